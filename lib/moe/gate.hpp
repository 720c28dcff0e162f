// A gate's link: a network's outputs a (logits, b x K) -> weights g (b x K), with log |g|, which is finite where g underflows, and,
// where a weight may be negative, a sign.
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
  /// Whether the weights are positive and sum to 1 in every row; else the mixture is no density.
  virtual bool normalised() const = 0;
  /// The map from logits to weights, the vocabulary that exporters translate.
  enum class Link { kSoftmax, kExp, kIdentity };
  /// Nothing where it is another map: json and dot alone can then express the model.
  virtual std::optional<Link> link() const { return std::nullopt; }
  /// Whether the weights are a multinomial logit: its second derivatives are known to em's steps, newton's, standard errors and --firth.
  bool multinomial() const { return link() == Link::kSoftmax; }
  /// 1 where all outputs may move together without changing a weight, so that one of them is as good as 0; else 0.
  virtual arma::uword redundant_outputs() const { return 0; }
  /// The intercept at which every weight is 1/K.
  virtual double even_intercept(arma::uword experts) const = 0;
  /// log |g|, g and its signs, which are left empty where every weight is positive.
  virtual void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const = 0;
  /// d_log_weights_nk = g_nk d loss / d g_nk (finite even where g underflows) -> the loss's derivative in the logits.
  virtual void backward(const arma::mat& logits, const arma::mat& weights, const arma::mat& d_log_weights,
                        arma::mat& d_logits) const = 0;
};

/// "softmax", "positive" or "linear". Throws Error (usage) for anything else.
std::shared_ptr<const Gate> make_gate(const std::string& name);

using MakeGate = std::function<std::shared_ptr<const Gate>()>;
/// Makes a gate's link known by its name. Throws Error (usage) where the name is taken.
void add_gate(const Word& word, const MakeGate& make);

}  // namespace moe
