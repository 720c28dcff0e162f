// What may be predicted of a row, by the words that a user has for it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "moe/predict.hpp"

namespace moe {

/// Some columns of the output. Where `labels` is set a value is a label's index.
struct Output {
  std::vector<std::string> headers;
  std::function<arma::mat(const Predictive&)> values;
  const std::vector<std::string>* labels = nullptr;
  bool endless = false;  ///< whether a value may be infinite: no finite one exists
};

/// What a comma-separated list of words asks of a model.
class Outputs {
 public:
  /// "": mean, or label,proba for classes. Throws Error (usage). The model must outlive it.
  Outputs(const Model& model, const std::string& list);
  const std::vector<Output>& list() const { return list_; }
  bool needs_target() const { return needs_target_; }

 private:
  std::vector<Output> list_;
  bool needs_target_ = false;
};

/// Predicts rows, in groups of one size however many come at once, so that products take the same path to the same bits; one
/// for each thread.
class GroupPredictor {
 public:
  static constexpr arma::uword kGroup = 256;

  GroupPredictor(const Model& model, const Outputs& outputs)
      : outputs_(outputs), values_(outputs.list().size()), predictive_(model) {}

  /// Computes those of rows first .. first + count - 1, kGroup at most; how many there are before one that has a value which
  /// is not finite, and should be.
  arma::uword predict(const Dataset& rows, arma::uword first, arma::uword count);
  /// Of each output its values, kGroup rows or more of which the first `count` count.
  const std::vector<arma::mat>& values() const { return values_; }

 private:
  const Outputs& outputs_;
  std::vector<arma::mat> values_;
  Predictive predictive_;
};

}  // namespace moe
