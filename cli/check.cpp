#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "check_report.hpp"
#include "command.hpp"
#include "csv_options.hpp"
#include "moe/drift.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/survey.hpp"
#include "requirement.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// The words for figures of columns in --require.
constexpr std::pair<const char*, double moe::ColumnDrift::*> kFigures[] = {{"missing", &moe::ColumnDrift::missing},
                                                                           {"unknown", &moe::ColumnDrift::unknown},
                                                                           {"outside", &moe::ColumnDrift::outside},
                                                                           {"shift", &moe::ColumnDrift::shift},
                                                                           {"psi", &moe::ColumnDrift::psi},
                                                                           {"ks", &moe::ColumnDrift::ks},
                                                                           {"p", &moe::ColumnDrift::p}};

/// FIGURE: that of each column that has it. FIGURE:COL: that of the column. rows: how many there are.
std::vector<NamedFigure> figures_of(const std::string& operand, const CheckedTable& checked) {
  if (operand == "rows") return {{operand, static_cast<double>(checked.now.rows)}};
  const std::size_t colon = operand.find(':');
  const std::string word = operand.substr(0, colon), column = colon == operand.npos ? "" : operand.substr(colon + 1);
  std::vector<std::string> known{"rows"}, columns;
  std::vector<NamedFigure> result;
  for (const auto& [name, figure] : kFigures) {
    known.emplace_back(name);
    for (const moe::ColumnDrift& drift : checked.columns) {
      if (name != word || (!column.empty() && column != drift.name)) continue;
      if (column.empty() && std::isnan(drift.*figure)) continue;
      result.push_back({word + ":" + moe::printable(drift.name), drift.*figure});
    }
  }
  if (std::find(known.begin(), known.end(), word) == known.end())
    throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("figure", word, known));
  for (const moe::ColumnDrift& drift : checked.columns) columns.push_back(drift.name);
  if (!column.empty() && result.empty())
    throw Error(ErrorKind::kUsage, "--require: " + moe::unknown_word("column", column, columns));
  return result;
}

/// Why the model cannot read the column; "" where it can.
std::string fault_of(const moe::SurveyedColumn& column, bool ignore_unknown) {
  const std::string name = "'" + moe::printable(column.column.name) + "'";
  const bool target = column.role == "target", weight = column.role == "weight";
  if (weight) return "";
  if (!column.there) return target ? "" : "there is no column " + name;
  const bool ignored = ignore_unknown && column.column.category && !target;
  if (column.unknown > 0 && !ignored)
    return name + ": " + moe::counted(column.unknown, "cell") + (column.unknown == 1 ? " is no " : " are no ") +
           (column.column.category ? (target ? "class" : "level") : (target ? "possible number" : "number")) + " (" +
           column.unknowns.front().place + ")";
  if (column.missing > 0 && !column.may_miss && !ignored && !target)
    return name + ": " + moe::counted(column.missing, "cell") + (column.missing == 1 ? " is" : " are") + " missing (" +
           column.first_missing + ")";
  return "";
}

CheckedTable check(const Arguments& arguments) {
  const std::string model_file = required_model(arguments), reference = arguments.text("reference");
  const std::string data_file = data_path(arguments.positional(0), model_file);
  if (reference == "-" && (model_file == "-" || data_file == "-"))
    throw Error(ErrorKind::kUsage, "--reference -: standard input is read already: expected a file");
  const moe::Model model = moe::load_model(model_file);
  const moe::CsvOptions options = csv_options(arguments, model.schema.na);
  CheckedTable checked;
  moe::CsvReader reader(data_file, options);
  checked.file = reader.file_name();
  checked.now = moe::survey_table(reader, model.schema);
  for (const moe::SurveyedColumn& column : checked.now.columns)
    if (const std::string fault = fault_of(column, ignore_unknown(arguments)); !fault.empty())
      checked.faults.push_back(fault);
  if (checked.now.rows == 0) checked.faults.emplace_back("there are no rows");
  if (!reference.empty()) {
    moe::CsvReader before(reference, options);
    checked.reference_file = before.file_name();
    checked.reference = moe::survey_table(before, model.schema);
  }
  checked.columns = moe::drift(model, checked.now, checked.reference ? &*checked.reference : nullptr);
  return checked;
}

void run_check(const Arguments& arguments) {
  const std::vector<std::string> requirements = arguments.all("require");
  for (const std::string& text : requirements) check_requirement(text);
  const CheckedTable checked = check(arguments);
  const std::string missed =
      unmet(requirements, [&](const std::string& operand) { return figures_of(operand, checked); });
  if (arguments.has("json"))
    print(check_json(checked).dump(2) + "\n");
  else
    show(check_text(checked));
  if (!checked.faults.empty())
    throw Error(ErrorKind::kData,
                checked.file + ": " + moe::join(checked.faults, "; ") + ": expected rows that the model can read");
  if (!missed.empty()) throw Error(ErrorKind::kFit, missed);
}

std::vector<Option> options_of_check() {
  return with_csv_options(joined(
      {{model_option()},
       in_group(Group::kData, {{"reference", "r", "FILE", "",
                                "the rows of the training, or others: psi, ks, outside and p need them, but for "
                                "categories, whose shares the model keeps"}}),
       in_group(Group::kOutput,
                {json_option(),
                 {"require", "", "TEST", "",
                  "exit with status 1 unless this holds, as 'psi<=0.2' of every column that has the figure, "
                  "'missing:age<=0.05' of one, or 'rows>=1000'; figures: rows, missing, unknown, outside, shift, psi, "
                  "ks, p; may stand several times",
                  true}}),
       {unknown_option()}}));
}

constexpr const char* kCheckNotes =
    "Of each column that the model reads:\n"
    "  missing   the share of cells that are missing; before: the same in training, or in the reference\n"
    "  unknown   the share of cells that are no number, or no level of the model\n"
    "  outside   the share of numbers below the least or above the greatest of the reference\n"
    "  shift     the distance of the means, in standard deviations before\n"
    "  psi       population stability index: sum of (q - p) log(q / p), p and q the shares of deciles before, or of "
    "levels; 0.1 to 0.2 is often called some change, and more a great one\n"
    "  ks        the largest distance of the two distribution functions (Kolmogorov-Smirnov)\n"
    "  p         of ks, or of chi-square for a category: how often rows of one source would differ so much. With many "
    "rows, p is small for differences that do not matter\n"
    "Exit status: 3 where the model cannot read the rows: a column is not there, a cell is unknown, or is missing "
    "where training had none. Else 1 where a --require does not hold. The report is written in both cases. A target "
    "may be absent or missing; --require 'missing:NAME<=0' refuses that.";

}  // namespace

Command check_command() {
  return {
      "check",
      "Check new rows against a model: whether it can read them, and whether they are like those of its training.",
      {{"can the model read these rows, and what is new in them", "moe check -m fitted.moe new.csv"},
       {"compared with the training rows", "moe check -m fitted.moe --reference train.csv new.csv"},
       {"stop a script where rows have drifted",
        "moe check -m fitted.moe --reference train.csv --require 'psi<=0.2' --require 'missing:age<=0.05' new.csv"}},
      "[DATA]",
      1,
      options_of_check(),
      kCheckNotes,
      run_check};
}

}  // namespace cli
