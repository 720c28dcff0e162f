#include "check_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

constexpr std::size_t kMostUnknownsShown = 5;

/// The value in nine characters, "-" where it is not known.
std::string cell(double value) {
  char text[32];
  if (std::isnan(value)) return "        -";
  std::snprintf(text, sizeof text, " %8.3g", value);
  return text;
}

std::string row(const moe::ColumnDrift& drift) {
  const auto padded = [](const std::string& text, std::size_t width) {
    return text + std::string(text.size() < width ? width - text.size() : 1, ' ');
  };
  std::string text = padded(moe::printable(drift.name, 24), 25) + padded(drift.role, 8);
  if (!drift.there) return text + " not there\n";
  for (const double value :
       {drift.missing, drift.missing_before, drift.unknown, drift.outside, drift.shift, drift.psi, drift.ks, drift.p})
    text += cell(value);
  return text + "\n";
}

/// A line on the texts that are no number or no level; "" where there are none.
std::string unknowns(const moe::SurveyedColumn& column) {
  if (column.unknown == 0) return "";
  std::vector<std::string> texts;
  for (const moe::SurveyedColumn::Unknown& unknown : column.unknowns)
    if (texts.size() < kMostUnknownsShown)
      texts.push_back("'" + moe::printable(unknown.text) + "' (" + std::to_string(unknown.cells) + ")");
  if (column.unknowns.size() > kMostUnknownsShown) texts.emplace_back("..");
  return moe::printable(column.column.name) + ": unknown " + moe::join(texts) + ", the first at " +
         column.unknowns.front().place + "\n";
}

Json summary(const moe::ColumnDrift::Summary& of) {
  return {{"low", number(of.low)}, {"high", number(of.high)}, {"mean", number(of.mean)}, {"sd", number(of.deviation)}};
}

}  // namespace

std::string check_text(const CheckedTable& checked) {
  std::string text = checked.file + ": " + moe::counted(checked.now.rows, "row");
  text += checked.reference
              ? ", before: " + checked.reference_file + ", " + moe::counted(checked.reference->rows, "row")
              : ", before: what the model keeps of its training";
  text +=
      "\ncolumn                   role      missing   before  unknown  outside    shift      psi       ks        p\n";
  for (const moe::ColumnDrift& drift : checked.columns) text += row(drift);
  for (const moe::SurveyedColumn& column : checked.now.columns) text += unknowns(column);
  return text;
}

Json check_json(const CheckedTable& checked) {
  Json result = {{"rows", checked.now.rows},
                 {"reference_rows", checked.reference ? Json(checked.reference->rows) : Json(nullptr)},
                 {"readable", checked.faults.empty()},
                 {"faults", checked.faults},
                 {"columns", Json::array()}};
  for (std::size_t i = 0; i < checked.columns.size(); ++i) {
    const moe::ColumnDrift& drift = checked.columns[i];
    Json column = {{"column", drift.name},
                   {"role", drift.role},
                   {"kind", drift.category ? "category" : "number"},
                   {"there", drift.there}};
    for (const auto& [name, value] :
         {std::pair{"missing", drift.missing}, std::pair{"missing_before", drift.missing_before},
          std::pair{"unknown", drift.unknown}, std::pair{"outside", drift.outside}, std::pair{"shift", drift.shift},
          std::pair{"psi", drift.psi}, std::pair{"ks", drift.ks}, std::pair{"chi_square", drift.chi_square},
          std::pair{"p", drift.p}})
      column[name] = number(value);
    if (!drift.category) column["now"] = summary(drift.now);
    if (!drift.category) column["before"] = summary(drift.before);
    column["unknowns"] = Json::array();
    for (const moe::SurveyedColumn::Unknown& unknown : checked.now.columns[i].unknowns)
      column["unknowns"].push_back({{"text", unknown.text}, {"cells", unknown.cells}, {"place", unknown.place}});
    result["columns"].push_back(std::move(column));
  }
  return result;
}

}  // namespace cli
