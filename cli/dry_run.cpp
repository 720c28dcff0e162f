#include "dry_run.hpp"

#include <algorithm>

#include "command.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "table_notes.hpp"

namespace cli {
namespace {

constexpr std::size_t kMostShown = 8;

std::string range_of(const arma::vec& values) {
  const arma::vec there = values.elem(arma::find_finite(values));
  if (there.is_empty()) return "number";
  return "number from " + moe::format_number(there.min()) + " to " + moe::format_number(there.max());
}

std::string missing(std::size_t cells) { return cells > 0 ? ", " + moe::counted(cells, "missing cell") : ""; }

/// The line on an input column. `values`: the values of the first input that the column becomes.
std::string input(const moe::Column& column, const moe::ColumnNote& note, const arma::vec& values) {
  std::string text = column.category ? "category, " + moe::counted(column.levels.size(), "level") + ": " +
                                           moe::listed(column.levels, kMostShown)
                                     : range_of(values);
  text += missing(note.missing);
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
  std::string text = reader.file_name() + ": " + reader.dialect() + "\n" + moe::counted(data.rows(), "row");
  if (table.dropped > 0) text += " (" + std::to_string(table.dropped) + " more left out: cells are missing)";
  text +=
      ", " + moe::counted(reader.names().size(), "column") + ", " + moe::counted(schema.inputs.size(), "input") + "\n";
  arma::uword row = 1;
  const std::vector<moe::Column> columns = moe::columns_of(schema);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    // A category with a single level has no input.
    const arma::uword at = std::min<arma::uword>(row, data.X.n_rows - 1);
    text += line("input", columns[i].name, input(columns[i], table.notes[i], data.X.row(at).t()));
    row += columns[i].inputs();
  }
  const auto add = [&](const std::string& role, const std::string& name, const std::string& what) {
    const auto note = std::find_if(table.notes.begin(), table.notes.end(), [&](const moe::ColumnNote& noted) {
      return noted.role == role && noted.name == name;
    });
    if (!name.empty()) text += line(role, name, what + missing(note == table.notes.end() ? 0 : note->missing));
  };
  for (std::size_t t = 0; t < schema.targets.size(); ++t)
    add("target", schema.targets[t],
        schema.classes() ? std::to_string(schema.labels.size()) + " classes: " + moe::listed(schema.labels, kMostShown)
                         : range_of(data.y.col(t)));
  add("weight", schema.weight, "sums to " + moe::format_number(arma::accu(data.w)));
  add("id", schema.id, "text");
  add("trials", schema.trials, range_of(data.trials));
  add("offset", schema.offset, "number");
  add("exposure", schema.exposure, "number");
  for (const std::string& note : table_notes(table)) text += note + "\n";
  return text;
}

}  // namespace cli
