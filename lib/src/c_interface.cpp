// The C interface moe.h, on top of the C++ library. No exception leaves these functions; messages are kept in a buffer
// of the thread.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "base/blas_memory.hpp"
#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"
#include "moe/moe.h"
#include "moe/numeric.hpp"
#include "predict/outputs.hpp"
#include "table/levels.hpp"
#include "table/table_rows.hpp"

/// What moe.h hands out: a model, with whatever is computed once and needed in each call.
struct moe_model {
  explicit moe_model(moe::Model opened);

  moe::Model model;
  std::vector<moe::Column> inputs;
  std::vector<std::string> columns;  // the columns of a row: those of the inputs, then the others
  std::deque<moe::KnownLevels> levels;
  std::vector<std::string> families;
  moe::RowPlan plan;  // has the checks of each column
  moe::RowLayout layout;
};

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

namespace {

using moe::Error;
using moe::ErrorKind;

constexpr std::size_t kLongestMessage = 2000;
thread_local char message[kLongestMessage] = "";

/// How many rows become a Dataset at once. A multiple of a group, so that the groups are the same as for all rows
/// together.
constexpr std::size_t kBlock = 16 * moe::GroupPredictor::kGroup;

int failed(ErrorKind kind, const char* sentence) {
  // The library's sentences on options begin with the option's name.
  std::snprintf(message, sizeof message, "%s", std::strncmp(sentence, "--", 2) == 0 ? sentence + 2 : sentence);
  return static_cast<int>(kind);
}

/// Runs `code`, and returns its outcome as a status.
template <class Code>
int guarded(Code&& code) {
  try {
    code();
    return MOE_OK;
  } catch (const Error& error) {
    return failed(error.kind(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(ErrorKind::kFit, "out of memory");
  } catch (const std::exception& error) {
    return failed(ErrorKind::kFit, error.what());
  } catch (...) {
    return failed(ErrorKind::kFit, "an error of an unknown kind");
  }
}

void require(bool holds, const char* sentence) {
  if (!holds) throw Error(ErrorKind::kUsage, sentence);
}

const char* name_at(const std::vector<std::string>& names, std::size_t i) {
  return i < names.size() ? names[i].c_str() : nullptr;
}

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

std::string words_of(const char* outputs) { return outputs == nullptr ? "" : outputs; }

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

/// The caller's rows first .. first + count - 1 as a Dataset.
moe::Dataset dataset(const moe_model& model, const double* x, const double* y, std::size_t first, std::size_t count) {
  const std::size_t d = model.columns.size(), targets = model.model.targets();
  for (std::size_t n = first; n < first + count; ++n) {
    for (std::size_t i = 0; i < d; ++i) check_cell(model, n, i, x[n * d + i]);
    for (std::size_t t = 0; y != nullptr && t < targets; ++t) check_target(model, n, t, y[n * targets + t]);
  }
  std::deque<moe::TableRows> blocks(1);
  blocks[0].parsed.rows = count;
  // The rows are only read, so the caller keeps them.
  blocks[0].parsed.values = std::shared_ptr<double>(const_cast<double*>(x) + first * d, [](double*) {});
  moe::Dataset data = assemble(blocks, model.layout, model.inputs, 1);
  if (y != nullptr) {
    data.y.set_size(count, targets);
    for (std::size_t n = 0; n < count; ++n)
      for (std::size_t t = 0; t < targets; ++t) data.y(n, t) = y[(first + n) * targets + t];
  }
  return data;
}

/// Predicts the rows of a block and writes them to `out`. `before` rows came before the block, which messages need.
void predict_block(moe::GroupPredictor& predictor, moe::Dataset data, std::size_t before, double* out) {
  data.first = before;
  for (std::size_t first = 0; first < data.rows(); first += moe::GroupPredictor::kGroup) {
    const std::size_t count = std::min<std::size_t>(moe::GroupPredictor::kGroup, data.rows() - first);
    const std::size_t good = predictor.predict(data, first, count);
    if (good < count)
      throw Error(ErrorKind::kData, "row " + std::to_string(before + first + good + 1) +
                                        ": the prediction is not a finite number: expected inputs within reach of the "
                                        "training data's");
    for (std::size_t n = 0; n < count; ++n)
      for (const arma::mat& values : predictor.values())
        for (arma::uword column = 0; column < values.n_cols; ++column) *out++ = values(n, column);
  }
}

std::vector<std::string> names_of(const moe::Outputs& outputs) {
  std::vector<std::string> names;
  for (const moe::Output& output : outputs.list())
    names.insert(names.end(), output.headers.begin(), output.headers.end());
  return names;
}

/// What the words ask for. Throws Error (usage) where that is text.
moe::Outputs outputs_of(const moe_model& model, const char* words) {
  moe::Outputs outputs(model.model, words_of(words));
  for (const moe::Output& output : outputs.list())
    require(!output.texts, "hdr gives text: expected words that give numbers");
  return outputs;
}

template <class Load>
int open(moe_model** model, const Load& load) {
  return guarded([&] {
    require(model != nullptr, "model is NULL: expected a place for it");
    *model = nullptr;
    *model = std::make_unique<moe_model>(load()).release();
  });
}

}  // namespace

extern "C" {

int moe_abi_version(void) { return MOE_ABI_VERSION; }
const char* moe_version(void) { return MOE_VERSION; }
const char* moe_error(void) { return message; }

int moe_open(const char* path, moe_model** model) {
  return open(model, [&] {
    require(path != nullptr, "path is NULL: expected that of a model file");
    return moe::load_model(std::string(path));
  });
}

int moe_open_bytes(const void* bytes, size_t size, moe_model** model) {
  return open(model, [&] {
    require(bytes != nullptr || size == 0, "bytes is NULL: expected those of a model file");
    return moe::load_model(std::string_view(static_cast<const char*>(bytes), size), "<memory>");
  });
}

void moe_free(moe_model* model) { delete model; }

size_t moe_columns(const moe_model* model) { return model->columns.size(); }
const char* moe_column_name(const moe_model* model, size_t column) { return name_at(model->columns, column); }

size_t moe_column_levels(const moe_model* model, size_t column) {
  return column < model->inputs.size() ? model->inputs[column].levels.size() : 0;
}

const char* moe_column_level(const moe_model* model, size_t column, size_t level) {
  return column < model->inputs.size() ? name_at(model->inputs[column].levels, level) : nullptr;
}

double moe_column_value(const moe_model* model, size_t column, const char* text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (text == nullptr || column >= model->columns.size()) return value;
  guarded([&] {
    constexpr std::size_t kNone = moe::LevelTable::kNone;
    const std::string bare(moe::trimmed(text));
    const moe::Schema& schema = model->model.schema;
    const bool category = column < model->inputs.size() && model->inputs[column].category;
    const bool missing = is_missing(schema, bare, !category || schema.levels_by_value);
    if (category) {
      const moe::KnownLevels& levels = model->levels[column];
      std::size_t level = levels.find(text);
      if (level == kNone) level = levels.find(missing ? moe::kMissingLevel : bare);
      if (level != kNone || !missing) value = level == kNone ? -1 : static_cast<double>(level);
    } else if (const auto number = moe::parse_number(text); number && !missing) {
      value = *number;
    }
  });
  return value;
}

size_t moe_targets(const moe_model* model) { return model->model.targets(); }
const char* moe_target_name(const moe_model* model, size_t target) {
  return name_at(model->model.schema.targets, target);
}
size_t moe_labels(const moe_model* model) { return model->model.schema.labels.size(); }
const char* moe_label(const moe_model* model, size_t label) { return name_at(model->model.schema.labels, label); }
size_t moe_experts(const moe_model* model) { return model->model.size(); }
const char* moe_expert_family(const moe_model* model, size_t expert) { return name_at(model->families, expert); }

size_t moe_outputs(const moe_model* model, const char* outputs) {
  size_t count = 0;
  guarded([&] { count = names_of(outputs_of(*model, outputs)).size(); });
  return count;
}

int moe_output_name(const moe_model* model, const char* outputs, size_t i, char* name, size_t size) {
  return guarded([&] {
    const std::vector<std::string> names = names_of(outputs_of(*model, outputs));
    require(i < names.size(), "there are fewer outputs: expected a number below moe_outputs()");
    require(name != nullptr && size > 0, "there is no room for the name: expected a buffer");
    std::snprintf(name, size, "%s", names[i].c_str());
  });
}

int moe_predict(const moe_model* model, const char* outputs, const double* x, const double* y, size_t rows, double* out,
                size_t size) {
  return guarded([&] {
    require(model != nullptr && out != nullptr, "model or out is NULL: expected both");
    require(x != nullptr || model->columns.empty(), "x is NULL: expected rows");
    moe::keep_blas_to_one_thread();
    const moe::Outputs asked = outputs_of(*model, outputs);
    const std::size_t width = names_of(asked).size();
    require(!asked.needs_target() || y != nullptr, "the outputs need the rows' targets: expected y");
    require(size / width >= rows, "out is too small: expected room for rows x moe_outputs() numbers");
    moe::GroupPredictor predictor(model->model, asked);
    for (std::size_t first = 0; first < rows; first += kBlock) {
      const std::size_t count = std::min(kBlock, rows - first);
      predict_block(predictor, dataset(*model, x, asked.needs_target() ? y : nullptr, first, count), first,
                    out + first * width);
    }
  });
}

}  // extern "C"
