#include "export/sql_cells.hpp"

#include <cmath>

#include "export/exported_table.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {

SqlCells::SqlCells(const Schema& schema, const SqlDialect& dialect, const SqlNames& names, bool ignore_unknown)
    : schema_(schema),
      dialect_(dialect),
      names_(names),
      ignore_unknown_(ignore_unknown),
      words_(missing_words(schema)),
      numbers_(missing_numbers(schema)) {
  for (const Column& column : columns_of(schema)) column.category ? category(column) : number(column);
  beside(schema);
}

std::string SqlCells::add(const std::string& expression) {
  const std::string name = "c" + std::to_string(columns_.size() + 1);
  columns_.push_back(expression + " AS " + name);
  return SqlNames::before(name);
}

/// The same for a column without which the row has no prediction.
std::string SqlCells::needed_place(const std::string& expression) {
  std::string name = add(expression);
  conditions_.push_back(name + " >= 0");
  return name;
}
std::string SqlCells::needed_number(const std::string& expression) {
  std::string name = add(expression);
  conditions_.push_back(dialect_.is_finite(name));
  return name;
}

void SqlCells::category(const Column& column) {
  std::string place = dialect_.place(names_.column(column.name), typed_levels(column.levels, dialect_.day_reader()),
                                     place_of_text(column));
  std::vector<std::string> words = words_;
  words.emplace_back(kMissingLevel);
  const std::string missing = is_missing(column.name, words, schema_.levels_by_value);
  if (const auto level = missing_level(column))
    place = "coalesce(" + place + ", CASE WHEN " + missing + " THEN " + std::to_string(*level) +
            (ignore_unknown_ ? " ELSE 0 END)" : " END)");
  else if (ignore_unknown_)
    place = "coalesce(" + place + ", CASE WHEN " + missing + " THEN NULL ELSE 0 END)";
  place = needed_place(place);
  for (std::size_t level = 1; level < column.levels.size(); ++level)
    leaves_.push_back("CASE WHEN " + place + " = " + std::to_string(level) + " THEN " + dialect_.number(1) + " ELSE " +
                      dialect_.number(0) + " END");
}

void SqlCells::number(const Column& column) {
  std::string value = number_cell(column.name);
  if (std::isnan(column.fill)) {
    leaves_.push_back(needed_number(value));
    return;
  }
  leaves_.push_back(needed_number("coalesce(" + value + ", CASE WHEN " + is_missing(column.name, words_, true) +
                                  " THEN " + dialect_.number(column.fill) + " END)"));
  if (column.indicator)
    leaves_.push_back(
        add("CASE WHEN " + value + " IS NULL THEN " + dialect_.number(1) + " ELSE " + dialect_.number(0) + " END"));
}

/// The leaf for offset and exposure together, and the one for the trials.
void SqlCells::beside(const Schema& schema) {
  std::vector<std::string> offsets;
  if (!schema.offset.empty()) offsets.push_back(needed_number(number_cell(schema.offset)));
  if (!schema.exposure.empty()) {  // the logarithm must not be computed for 0 or less
    const std::string exposure = add(number_cell(schema.exposure)), positive = exposure + " > " + dialect_.number(0);
    offsets.push_back("CASE WHEN " + positive + " THEN ln(" + exposure + ") END");
    conditions_.insert(conditions_.end(), {positive, dialect_.is_finite(exposure)});
  }
  leaves_.push_back(join(offsets, " + "));
  leaves_.push_back(schema.trials.empty() ? "" : needed_number(number_cell(schema.trials)));
}

std::string SqlCells::number_cell(const std::string& column) const {
  std::string value = dialect_.number_of(cell(column));
  for (const double missing : numbers_) value = "nullif(" + value + ", " + dialect_.number(missing) + ")";
  return value;
}

std::string SqlCells::is_missing(const std::string& column, const std::vector<std::string>& words,
                                 bool by_value) const {
  std::string result =
      cell(column) + " IS NULL OR " + dialect_.is_one_of(dialect_.trimmed(dialect_.text(cell(column))), words);
  if (by_value)
    for (const double number : numbers_)
      result += " OR " + dialect_.number_of(cell(column)) + " = " + dialect_.number(number);
  return result;
}

std::string SqlCells::place_of_text(const Column& column) const {
  std::string text = dialect_.text(cell(column.name));
  if (ignores_blanks(column)) text = dialect_.trimmed(text);
  const Comparison comparison = comparison_of(column, schema_);
  std::vector<TypedLevel> levels;
  for (std::size_t place = 0; place < column.levels.size(); ++place)
    if (column.levels[place] != kMissingLevel) levels.push_back({column.levels[place], place});
  if (comparison == Comparison::kNumber)
    return sql_places(dialect_.number_of(cell(column.name)), levels,
                      [&](const TypedLevel& level) { return dialect_.number(*parse_number(level.text)); });
  for (const auto& [other, place] : other_spellings(column, schema_)) levels.push_back({other, place});
  if (comparison == Comparison::kText)
    return sql_places(text, levels, [](const TypedLevel& level) { return sql_text(level.text); });
  return sql_places("lower(" + text + ")", levels,
                    [](const TypedLevel& level) { return sql_text(in_lower_case(level.text)); });
}

}  // namespace moe
