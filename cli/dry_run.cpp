#include "dry_run.hpp"

#include <algorithm>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "table_notes.hpp"

namespace cli {
namespace {

constexpr std::size_t kMostShown = 8;

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string some_of(const std::vector<std::string>& words) {
  const std::vector<std::string> shown(words.begin(),
                                       words.begin() + static_cast<long>(std::min(words.size(), kMostShown)));
  return moe::printable(moe::join(shown), 200) +
         (words.size() > kMostShown ? " and " + std::to_string(words.size() - kMostShown) + " more" : "");
}

std::string number(double least, double most) {
  return "number from " + moe::format_number(least) + " to " + moe::format_number(most);
}

std::string input(const moe::Column& column, const moe::ColumnNote& note, double least, double most) {
  std::string text = column.category
                         ? "category, " + counted(column.levels.size(), "level") + ": " + some_of(column.levels)
                         : number(least, most);
  if (note.missing > 0) text += ", " + counted(note.missing, "missing cell");
  if (note.missing > 0 && !column.plain() && !column.category)
    text += " (" + moe::format_number(column.fill) + " instead)";
  if (column.indicator) text += ", an indicator of them";
  if (note.constant) text += ", constant";
  if (!note.same_as.empty()) text += ", the same as '" + moe::printable(note.same_as) + "'";
  return text;
}

std::string line(const std::string& role, const std::string& name, const std::string& what) {
  const std::string shown = moe::printable(name);
  return "  " + role + std::string(role.size() < 10 ? 10 - role.size() : 1, ' ') + shown +
         std::string(shown.size() < 20 ? 20 - shown.size() : 1, ' ') + what + "\n";
}

}  // namespace

std::string to_text(const moe::CsvReader& reader, const moe::TrainingTable& table) {
  const moe::Schema& schema = table.schema;
  const moe::Dataset& data = table.data;
  std::string text = reader.file_name() + ": " + reader.dialect() + "\n" + counted(data.rows(), "row");
  if (table.dropped > 0) text += " (" + std::to_string(table.dropped) + " more left out: cells are missing)";
  text += ", " + counted(reader.names().size(), "column") + ", " + counted(schema.inputs.size(), "input") + "\n";
  const arma::vec least = arma::min(data.X, 1), most = arma::max(data.X, 1);
  arma::uword row = 1;
  const std::vector<moe::Column> columns = moe::columns_of(schema);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const arma::uword at = std::min<arma::uword>(row, least.n_elem - 1);  // a category may have no input
    text += line("input", columns[i].name, input(columns[i], table.notes[i], least[at], most[at]));
    row += columns[i].inputs();
  }
  for (std::size_t t = 0; t < schema.targets.size(); ++t)
    text += line("target", schema.targets[t],
                 schema.classes() ? std::to_string(schema.labels.size()) + " classes: " + some_of(schema.labels)
                                  : number(data.y.col(t).min(), data.y.col(t).max()));
  if (!schema.weight.empty())
    text += line("weight", schema.weight, "sums to " + moe::format_number(arma::accu(data.w)));
  for (const auto& [role, name] : {std::pair{"id", schema.id}, std::pair{"trials", schema.trials},
                                   std::pair{"offset", schema.offset}, std::pair{"exposure", schema.exposure}})
    if (!name.empty()) text += line(role, name, "");
  for (const std::string& note : table_notes(table)) text += note + "\n";
  return text;
}

}  // namespace cli
