#include "c_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace {

using moe::Error;
using moe::ErrorKind;

/// Whether a cell with that text is missing. `by_value`: a number among the words matches every equal number; otherwise
/// the word matches itself and its other spelling.
bool is_missing(const moe::Schema& schema, const std::string& text, bool by_value) {
  const auto other = moe::other_spelling(text);
  return moe::is_missing_word(text) || std::any_of(schema.na.begin(), schema.na.end(), [&](const std::string& word) {
           return word == text || word == other ||
                  (by_value && moe::is_number(text) && moe::is_number(word) &&
                   moe::parse_number(word) == moe::parse_number(text));
         });
}

[[noreturn]] void refuse_cell(const moe_model& model, std::size_t row, std::size_t column,
                              const std::string& sentence) {
  throw Error(ErrorKind::kData,
              "row " + std::to_string(row + 1) + ", " + moe::printable(model.columns[column]) + ": " + sentence);
}

/// Throws for a cell of which no input can be made.
void check_cell(const moe_model& model, std::size_t row, std::size_t column, double value) {
  const bool other = column >= model.inputs.size();
  if (!other && model.inputs[column].category) {
    const std::size_t count = model.inputs[column].levels.size();
    const bool level = value >= 0 && value < static_cast<double>(count) && value == std::floor(value);
    if (level || (std::isnan(value) && model.levels[column].find(moe::kMissingLevel) != moe::LevelTable::kNone)) return;
    refuse_cell(model, row, column, "this is no level: expected the number of one, below " + std::to_string(count));
  }
  if (std::isnan(value) && !other && !std::isnan(model.inputs[column].fill)) return;
  if (!std::isfinite(value)) refuse_cell(model, row, column, "the value is missing or not finite: expected a number");
  const auto& check = model.plan.columns[column].front().check;
  if (!check) return;
  if (const std::string wrong = check(value, ""); !wrong.empty()) refuse_cell(model, row, column, wrong);
}

void check_target(const moe_model& model, std::size_t row, std::size_t t, double value) {
  const moe::Schema& schema = model.model.schema;
  const auto refuse = [&](const std::string& sentence) {
    throw Error(ErrorKind::kData,
                "row " + std::to_string(row + 1) + ", " + moe::printable(schema.targets[t]) + ": " + sentence);
  };
  if (schema.classes()) {
    const std::size_t count = schema.labels.size();
    if (!(value >= 0 && value < static_cast<double>(count) && value == std::floor(value)))
      refuse("this is no class: expected the number of one, below " + std::to_string(count));
    return;
  }
  if (!std::isfinite(value)) refuse("the value is missing or not finite: expected a number");
  if (const std::string expected = moe::expected_of(schema.supports, t, value); !expected.empty())
    refuse("'" + moe::format_number(value) + "' is not what the family describes: " + expected);
}

}  // namespace

moe_model::moe_model(moe::Model opened) : model(std::move(opened)), inputs(moe::columns_of(model.schema)) {
  for (const moe::Column& column : inputs) {
    columns.push_back(column.name);
    levels.emplace_back(column.levels, model.schema.levels_by_value);
  }
  for (const moe::Expert& expert : model.experts) families.push_back(expert.family->name());
  moe::OtherColumns others;
  const auto add = [&](const std::string& name, std::optional<std::size_t>& place) {
    if (name.empty()) return;
    place = columns.size();
    columns.push_back(name);
  };
  add(model.schema.trials, others.trials);
  add(model.schema.offset, others.offset);
  add(model.schema.exposure, others.exposure);
  plan.columns.resize(columns.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) plan.add(i, {});
  layout.columns = inputs.size();
  plan_others(plan, others, false, layout);
}

double moe_model::value_of(std::size_t column, const char* text) const {
  constexpr std::size_t kNone = moe::LevelTable::kNone;
  constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
  const std::string bare(moe::trimmed(text));
  const bool category = column < inputs.size() && inputs[column].category;
  const bool missing = is_missing(model.schema, bare, !category || model.schema.levels_by_value);
  if (category) {
    std::size_t level = levels[column].find(text);
    if (level == kNone) level = levels[column].find(missing ? moe::kMissingLevel : bare);
    if (level != kNone) return static_cast<double>(level);
    return missing ? kNoValue : -1;
  }
  const auto number = moe::parse_number(text);
  return number && !missing ? *number : kNoValue;
}

moe::Dataset moe_model::dataset(const double* x, const double* y, std::size_t first, std::size_t count) const {
  const std::size_t d = columns.size(), targets = model.targets();
  for (std::size_t n = first; n < first + count; ++n) {
    for (std::size_t i = 0; i < d; ++i) check_cell(*this, n, i, x[n * d + i]);
    for (std::size_t t = 0; y != nullptr && t < targets; ++t) check_target(*this, n, t, y[n * targets + t]);
  }
  std::deque<moe::TableRows> blocks(1);
  blocks[0].parsed.rows = count;
  // The rows are only read, so the caller keeps them.
  blocks[0].parsed.values = std::shared_ptr<double>(const_cast<double*>(x) + first * d, [](double*) {});
  moe::Dataset data = assemble(blocks, layout, inputs, 1);
  if (y != nullptr) {
    data.y.set_size(count, targets);
    for (std::size_t n = 0; n < count; ++n)
      for (std::size_t t = 0; t < targets; ++t) data.y(n, t) = y[(first + n) * targets + t];
  }
  return data;
}
