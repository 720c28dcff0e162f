#include "table/reader_plan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "moe/error.hpp"

namespace moe {
namespace {

/// The first column of this name. Whether there is another of the same name is checked once all columns are found.
std::optional<std::size_t> find_column(const CsvReader& csv, const std::string& name) {
  const auto& names = csv.names();
  const auto at = std::find(names.begin(), names.end(), name);
  if (name.empty() || at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

/// The column of this name. If it is missing, the message hints at a similar name, unless the model reads that column,
/// too.
std::size_t require_column(const CsvReader& csv, const std::vector<Column>& columns, const std::string& name,
                           const char* role) {
  if (const auto found = find_column(csv, name)) return *found;
  if (csv.first_row_holds(name))
    throw Error(ErrorKind::kData, csv.file_name() + ": the first row, which has '" + printable(name) +
                                      "', was taken for data: expected --header yes, where it names the columns");
  std::string near = nearest_word(name, csv.names());
  for (const Column& column : columns)
    if (column.name == near) near.clear();
  throw Error(ErrorKind::kData, csv.file_name() + ": there is no column '" + printable(name) + "'" +
                                    (near.empty() ? "" : ", but '" + printable(near) + "'") +
                                    ": expected the model's " + role);
}

}  // namespace

ReaderPlan::ReaderPlan(const CsvReader& csv, const Schema& schema, TableReader::Target target,
                       const TableReader::Options& options)
    : columns(columns_of(schema)) {
  const bool judged = target == TableReader::Target::kRequired;
  rows.columns.resize(csv.names().size());
  rows.na = schema.na;
  rows.records = options.keep_records;
  plan_inputs(csv, schema.levels_by_value, options.ignore_unknown);
  if (judged) plan_targets(csv, schema);
  plan_beside(options);
  plan_rest(csv, schema, judged, options.keep_inputs);
  std::vector<std::size_t> used;
  for (std::size_t column = 0; column < rows.columns.size(); ++column)
    if (!rows.columns[column].empty()) used.push_back(column);
  csv.require_names(used);
}

void ReaderPlan::plan_inputs(const CsvReader& csv, bool by_value, bool ignore_unknown) {
  for (const Column& column : columns) {
    const std::size_t at = require_column(csv, columns, column.name, "inputs");
    CellUse use;
    use.fills = !std::isnan(column.fill);
    if (column.category) {
      use.kind = CellUse::Kind::kKnown;
      use.known = &known.emplace_back(column.levels, by_value);
      use.unknown = ignore_unknown ? 0 : -1;
      use.hint = ", or --unknown ignore";
    }
    rows.add(at, std::move(use));
  }
  layout.columns = columns.size();
}

void ReaderPlan::plan_targets(const CsvReader& csv, const Schema& schema) {
  for (std::size_t t = 0; t < schema.targets.size(); ++t) {
    const std::size_t at = require_column(csv, columns, schema.targets[t], "target");
    CellUse use;
    if (schema.classes()) {
      use.kind = CellUse::Kind::kKnown;
      use.known = &known.emplace_back(schema.labels, schema.levels_by_value);
      use.what = "class";
    } else {
      use.check = support_check(schema.supports, t);
    }
    layout.targets.push_back(rows.add(at, std::move(use)).slot);
  }
}

/// The columns that are neither inputs nor targets.
void ReaderPlan::plan_beside(const TableReader::Options& options) {
  for (const std::size_t column : options.numbers) number_slots.push_back(rows.add(column, CellUse{}).slot);
  CellUse text;
  text.kind = CellUse::Kind::kFresh;
  text.fills = true;
  for (const std::size_t column : options.levels) level_slots.push_back(rows.add(column, text).slot);
}

/// Weights are read only where predictions are judged by the target. In plain prediction each row counts alike.
void ReaderPlan::plan_rest(const CsvReader& csv, const Schema& schema, bool judged, bool keep_inputs) {
  const auto needed = [&](const std::string& name, const char* role) -> std::optional<std::size_t> {
    if (name.empty()) return std::nullopt;
    return require_column(csv, columns, name, role);
  };
  const OtherColumns others{judged ? find_column(csv, schema.weight) : std::nullopt, needed(schema.trials, "trials"),
                            needed(schema.offset, "offset"), needed(schema.exposure, "exposure")};
  plan_others(rows, others, !schema.classes() && layout.targets.size() == 1, layout);
  CellUse text;
  text.kind = CellUse::Kind::kText;
  if (const auto at = find_column(csv, schema.id)) id = rows.add(*at, text).slot;
  for (const Column& column : columns)
    if (keep_inputs) rows.add(*find_column(csv, column.name), text);
}

RowPlan ReaderPlan::of_numbers() const {
  RowPlan numbers = rows;
  numbers.records = false;
  numbers.texts = 0;
  for (std::vector<CellUse>& uses : numbers.columns)
    uses.erase(
        std::remove_if(uses.begin(), uses.end(), [](const CellUse& use) { return use.kind == CellUse::Kind::kText; }),
        uses.end());
  return numbers;
}

}  // namespace moe
