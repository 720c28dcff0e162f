// Counts what stands in the columns of a model's table. A cell is taken as TableReader takes it, but nothing is refused.
#include "moe/survey.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "table/levels.hpp"

namespace moe {
namespace {

/// More texts that are unknown are counted, but not kept.
constexpr std::size_t kMostUnknownsKept = 100;

/// Reads the cells of one column.
class ColumnSurveyor {
 public:
  ColumnSurveyor(const CsvReader& reader, const Schema& schema, std::size_t at, std::optional<std::size_t> target,
                 SurveyedColumn& out)
      : reader_(reader),
        schema_(schema),
        at_(at),
        target_(target),
        out_(out),
        levels_(out.column.levels, schema.levels_by_value) {
    out.counts.assign(out.column.levels.size(), 0);
    for (const std::string& word : schema.na)
      if (is_number(word)) na_numbers_.push_back(*parse_number(word));
  }

  void take(std::string_view text) {
    const bool category = out_.column.category;
    const std::size_t level = category ? levels_.find(text) : LevelTable::kNone;
    if (level != LevelTable::kNone) {
      ++out_.counts[level];
      if (out_.column.levels[level] == kMissingLevel) ++out_.missing;
      return;
    }
    if (is_missing(text)) return take_missing();
    const std::optional<double> value = category ? std::nullopt : parse_number(text);
    const bool possible =
        value && std::isfinite(*value) && (!target_ || expected_of(schema_.supports, *target_, *value).empty());
    if (possible)
      out_.numbers.push_back(*value);
    else
      take_unknown(text);
  }

 private:
  bool is_missing(std::string_view text) const {
    const auto is_word = [&](std::string_view word) {
      return std::find(schema_.na.begin(), schema_.na.end(), word) != schema_.na.end();
    };
    if (is_missing_word(text) || is_word(text)) return true;
    if (na_numbers_.empty()) return false;
    if (out_.column.category && !schema_.levels_by_value) {
      const auto other = other_spelling(text);
      return other && is_word(*other);
    }
    const auto value = parse_number(text);
    return value && std::find(na_numbers_.begin(), na_numbers_.end(), *value) != na_numbers_.end();
  }

  void take_missing() {
    if (out_.missing++ == 0) out_.first_missing = reader_.place(at_);
    const std::size_t level = levels_.find(kMissingLevel);
    if (level != LevelTable::kNone) ++out_.counts[level];
  }

  void take_unknown(std::string_view text) {
    ++out_.unknown;
    const std::size_t known = unknowns_.size();
    if (known == kMostUnknownsKept && unknowns_.find(text) == LevelTable::kNone) return;
    const std::size_t found = unknowns_.insert(text, 0);
    if (found == known) out_.unknowns.push_back({std::string(text), 0, reader_.place(at_)});
    ++out_.unknowns[found].cells;
  }

  const CsvReader& reader_;
  const Schema& schema_;
  std::size_t at_;
  std::optional<std::size_t> target_;
  SurveyedColumn& out_;
  KnownLevels levels_;
  std::vector<double> na_numbers_{};
  LevelTable unknowns_{};
};

/// The columns of the schema, with their roles.
std::vector<SurveyedColumn> columns_to_survey(const Schema& schema) {
  std::vector<SurveyedColumn> result;
  for (const Column& column : columns_of(schema)) {
    const bool level = std::find(column.levels.begin(), column.levels.end(), kMissingLevel) != column.levels.end();
    result.push_back({column, "input"});
    result.back().may_miss = column.category ? level : !std::isnan(column.fill);
  }
  for (const std::string& target : schema.targets)
    result.push_back({{target, schema.labels, schema.classes()}, "target"});
  for (const auto& [name, role] : {std::pair{schema.trials, "trials"}, std::pair{schema.offset, "offset"},
                                   std::pair{schema.exposure, "exposure"}, std::pair{schema.weight, "weight"}})
    if (!name.empty()) result.push_back({{name}, role});
  return result;
}

}  // namespace

Survey survey_table(CsvReader& reader, const Schema& schema) {
  Survey survey{0, columns_to_survey(schema)};
  const std::vector<std::string>& names = reader.names();
  std::vector<std::size_t> used;
  std::deque<ColumnSurveyor> surveyors;
  std::size_t targets = 0;
  for (SurveyedColumn& column : survey.columns) {
    const auto at = std::find(names.begin(), names.end(), column.column.name);
    const bool target = column.role == "target";
    const std::optional<std::size_t> number = target ? std::optional(targets++) : std::nullopt;
    column.there = at != names.end();
    if (!column.there) continue;
    used.push_back(static_cast<std::size_t>(at - names.begin()));
    surveyors.emplace_back(reader, schema, used.back(), number, column);
  }
  reader.require_names(used);
  for (; reader.next(); ++survey.rows)
    for (std::size_t i = 0; i < used.size(); ++i) surveyors[i].take(reader.fields()[used[i]]);
  return survey;
}

}  // namespace moe
