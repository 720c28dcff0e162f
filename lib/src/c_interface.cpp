// The C interface moe.h, on top of the C++ library. No exception leaves these functions; messages are kept in a buffer
// of the thread.
#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>

#include "base/blas_memory.hpp"
#include "c_model.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"
#include "moe/moe.h"
#include "predict/outputs.hpp"

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

std::string words_of(const char* outputs) { return outputs == nullptr ? "" : outputs; }

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
  guarded([&] { value = model->value_of(column, text); });
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
      predict_block(predictor, model->dataset(x, asked.needs_target() ? y : nullptr, first, count), first,
                    out + first * width);
    }
  });
}

}  // extern "C"
