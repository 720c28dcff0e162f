// What can be predicted for a row, and the words by which a user asks for it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "moe/predict.hpp"

namespace moe {

/// Some columns of the output. Where `labels` is set, a value is the index of a label.
struct Output {
  std::vector<std::string> headers;
  std::function<arma::mat(const Predictive&)> values;
  const std::vector<std::string>* labels = nullptr;
  bool endless = false;  ///< whether a value may be infinite, as no finite one exists
  bool number = false;   ///< whether a value is the number of something, which is never rounded
};

/// The outputs that a comma-separated list of words asks for.
class Outputs {
 public:
  /// "" means mean, or label,proba for classes. Throws Error (usage) for unknown words. The model must outlive the
  /// object.
  Outputs(const Model& model, const std::string& list);
  const std::vector<Output>& list() const { return list_; }
  bool needs_target() const { return needs_target_; }

 private:
  std::vector<Output> list_;
  bool needs_target_ = false;
};

/// Predicts rows in groups of always the same size. Products then take the same path, so that a row has the same bits
/// however many rows come with it. Each thread needs an object of its own.
class GroupPredictor {
 public:
  static constexpr arma::uword kGroup = 256;

  GroupPredictor(const Model& model, const Outputs& outputs)
      : outputs_(outputs), values_(outputs.list().size()), predictive_(model) {}

  /// Computes the outputs of rows first .. first + count - 1, at most kGroup. Returns the number of rows before the
  /// first one with a value that should be finite and is not.
  arma::uword predict(const Dataset& rows, arma::uword first, arma::uword count);
  /// The values of each output. They have at least kGroup rows, of which the first `count` count.
  const std::vector<arma::mat>& values() const { return values_; }

 private:
  const Outputs& outputs_;
  std::vector<arma::mat> values_;
  Predictive predictive_;
};

}  // namespace moe
