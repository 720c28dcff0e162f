// The link of a gate turns a network's outputs a (logits, b x K) into weights g (b x K). It also gives log |g|, which
// is finite where g underflows, and signs where a weight may be negative.
#pragma once

#include <armadillo>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "moe/registry.hpp"

namespace moe {

class Gate {
 public:
  virtual ~Gate() = default;
  virtual std::string name() const = 0;
  /// Whether in every row the weights are positive and sum to 1. Otherwise the mixture is no density.
  virtual bool normalised() const = 0;
  /// The map from logits to weights, in the terms that exporters understand.
  enum class Link { kSoftmax, kExp, kIdentity };
  /// Nothing for any other map; then only json and dot can express the model.
  virtual std::optional<Link> link() const { return std::nullopt; }
  /// Whether the gate is a multinomial logit. Its second derivatives are known to EM, Newton's method, standard errors
  /// and --firth.
  bool multinomial() const { return link() == Link::kSoftmax; }
  /// 1 where all outputs can move together without changing a weight, so that one output can be fixed at 0; else 0.
  virtual arma::uword redundant_outputs() const { return 0; }
  /// The intercept at which every weight is 1/K.
  virtual double even_intercept(arma::uword experts) const = 0;
  /// Computes log |g|, g and its signs. `signs` stays empty where every weight is positive.
  virtual void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const = 0;
  /// Turns d_log_weights_nk = g_nk d loss / d g_nk, which is finite even where g underflows, into the derivative of the
  /// loss in the logits.
  virtual void backward(const arma::mat& logits, const arma::mat& weights, const arma::mat& d_log_weights,
                        arma::mat& d_logits) const = 0;
};

/// "softmax", "positive" or "linear". Throws Error (usage) for anything else.
std::shared_ptr<const Gate> make_gate(const std::string& name);

using MakeGate = std::function<std::shared_ptr<const Gate>()>;
/// Registers a gate's link under its name. Throws Error (usage) where the name is taken.
void add_gate(const Word& word, const MakeGate& make);

}  // namespace moe
