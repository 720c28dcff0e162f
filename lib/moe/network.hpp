// A network f: x -> eta is a chain of steps, dense layers and elementwise functions; it knows no parameters of its own.
//
// theta of a network: the matrices of its dense steps one after the other, each (1 + inputs) x outputs by columns; row 0
// holds the intercepts, so that a layer is one product with inputs that carry a leading 1. A single layer may do without them.
#pragma once

#include <armadillo>
#include <functional>
#include <string>
#include <vector>

#include "moe/registry.hpp"

namespace moe {

class Random;

/// One step of a network, the vocabulary that exporters translate.
struct Step {
  /// kPowers comes first or nowhere: x -> (x, x^2, .., x^P), each power of all inputs side by side.
  enum class Kind { kDense, kRelu, kTanh, kSilu, kPowers };
  Kind kind;
  arma::uword inputs, outputs;  ///< equal for elementwise steps
  arma::uword offset;           ///< of a dense step's matrix in the network's parameters
  bool intercept = true;        ///< of a dense step: whether its matrix has a row of them
  arma::uword height() const { return inputs + (intercept ? 1 : 0); }
};

class Network {
 public:
  /// What backward() needs of the forward pass over the same block, and its working memory; reused from block to block.
  using Tape = std::vector<arma::mat>;

  /// `spec` is what make_network() reads back; offsets are filled in here.
  Network(std::string spec, std::vector<Step> steps);

  const std::string& spec() const { return spec_; }
  const std::vector<Step>& steps() const { return steps_; }
  arma::uword inputs() const { return steps_.front().inputs; }
  arma::uword outputs() const { return steps_.back().outputs; }
  arma::uword parameters() const { return parameters_; }
  /// The highest power of the inputs: 1 without a step of powers.
  arma::uword degree() const;
  bool has_intercept() const { return steps_.back().intercept; }
  /// Whether it is a single dense step after design(), which may stand side by side with others in one product.
  bool is_linear() const { return steps_.size() == (degree() > 1 ? 2 : 1); }
  /// Parameters of the last step that add the same to every output when each output's share of them moves alike.
  arma::uword last_inputs() const { return steps_.back().height(); }

  /// Random weights (Glorot, Bengio 2010, uniform; He 2015 before a relu), intercepts 0.
  void start(double* theta, Random& random) const;
  /// Where output `out`'s part of the last step stands among the parameters, its intercept (where there is one) first.
  arma::uword intercept(arma::uword out) const { return steps_.back().offset + out * last_inputs(); }
  /// 1 at weights, 0 at intercepts: what a penalty applies to.
  void mark_weights(double* mask) const;

  /// X: (1 + inputs) x b, its first row ones -> what forward() reads: powers beside it, and no ones without an intercept.
  void design(const arma::mat& X, arma::mat& out) const;
  /// D: b x columns, a design's transpose; eta: b x outputs.
  /// `ahead`: numbers of as many rows that are wanted next, or nullptr.
  void forward(const double* theta, const arma::mat& D, Tape& tape, arma::mat& eta,
               const double* ahead = nullptr) const;
  /// d_eta: b x outputs, the loss's derivative; adds the derivative in theta to `gradient`.
  void backward(const double* theta, const arma::mat& D, Tape& tape, const arma::mat& d_eta, double* gradient) const;

 private:
  std::string spec_;
  std::vector<Step> steps_;
  arma::uword parameters_ = 0;
};

/// "linear", "poly:2", "constant", "mlp:32,16", ..: see network_words(). Throws Error (usage) for anything else.
Network make_network(const std::string& spec, arma::uword inputs, arma::uword outputs);

/// `arguments`: what stands behind the name and a colon. Throws Error (usage) for what it does not understand.
using MakeNetwork = std::function<Network(const std::string& arguments, arma::uword inputs, arma::uword outputs)>;
/// Makes a network known by its name. Throws Error (usage) where the name is taken.
void add_network(const Word& word, const MakeNetwork& make);

}  // namespace moe
