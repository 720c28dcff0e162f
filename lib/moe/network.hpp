// A network f: x -> eta is a chain of steps: dense layers and elementwise functions. It does not hold its parameters.
//
// Its part of theta holds the matrices of its dense steps, one after the other. Each is (1 + inputs) x outputs, stored
// by columns. Row 0 holds the intercepts, so that a layer is one product with inputs that begin with a 1. A network of
// a single layer may have no intercepts.
#pragma once

#include <armadillo>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "moe/registry.hpp"

namespace moe {

class PieceLayer;
class Random;

/// One step of a network, in the terms that exporters understand.
struct Step {
  /// kPowers and kPieces can only be the first step. kPowers: x becomes (x, x^2, .., x^P), where each power has all
  /// inputs. kPieces: x becomes (x, u), see Piece.
  enum class Kind { kDense, kRelu, kTanh, kSilu, kPowers, kPieces };
  Kind kind;
  arma::uword inputs, outputs;  ///< equal for elementwise steps
  arma::uword offset;           ///< of a dense step: the place of its matrix in the network's parameters
  bool intercept = true;        ///< of a dense step: whether its matrix has a row of intercepts
  arma::uword height() const { return inputs + (intercept ? 1 : 0); }
};

/// A piece of the range of an input x: u = (x - low) / width, but 0 below and 1 above the piece. The pieces of an input
/// are a piecewise linear code of it (Gorishniy, Rubachev, Babenko 2022). The network reads (u - center) / scale, which has
/// about mean 0 and variance 1 in rows of which each piece has the same part.
struct Piece {
  std::size_t input;  ///< from 0
  double low, width, center, scale;
};

/// For each input the knots that bound its pieces, ascending, in the model's units. An input with fewer than two has
/// none.
using Knots = std::vector<std::vector<double>>;

class Network {
 public:
  /// What backward() needs of the forward pass over the same block, and working memory. It is reused from block to
  /// block.
  using Tape = std::vector<arma::mat>;

  /// `spec`: the word from which make_network() makes the same network. The offsets of steps are filled in here.
  Network(std::string spec, std::vector<Step> steps);

  const std::string& spec() const { return spec_; }
  const std::vector<Step>& steps() const { return steps_; }
  arma::uword inputs() const { return steps_.front().inputs; }
  arma::uword outputs() const { return steps_.back().outputs; }
  arma::uword parameters() const { return parameters_; }
  /// The pieces of the inputs; none unless there is a step of pieces.
  const std::vector<Piece>& pieces() const { return pieces_; }
  bool has_pieces() const { return steps_.front().kind == Step::Kind::kPieces; }
  /// A network with a step of pieces has those of the standard normal distribution at first. This is the same network
  /// with the pieces between these knots, a list for each input.
  Network with_knots(const Knots& knots) const;
  /// The highest power of the inputs: 1 unless there is a step of powers.
  arma::uword degree() const;
  bool has_intercept() const { return steps_.back().intercept; }
  /// Whether the network is a single dense step after design(), so that it can be computed together with others in one
  /// product.
  bool is_linear() const { return steps_.size() == (degree() > 1 ? 2 : 1); }
  /// Whether the outputs are linear in the parameters. That of pieces:N:linear are, too.
  bool is_linear_in_parameters() const { return is_linear() || (has_pieces() && steps_.size() == 2); }
  /// The number of parameters of the last step for each output.
  arma::uword last_inputs() const { return steps_.back().height(); }
  /// How many of them training rows can tell apart. Between the first and the last knot of an input its pieces add up
  /// to the input itself, so that pieces:N:linear has one parameter too many for each such input.
  arma::uword last_rank() const;

  /// Random weights (uniform as in Glorot, Bengio 2010; He 2015 before a relu), and intercepts 0.
  void start(double* theta, Random& random) const;
  /// The place among the parameters of output `out`'s part of the last step. Its intercept, if there is one, is first.
  arma::uword intercept(arma::uword out) const { return steps_.back().offset + out * last_inputs(); }
  /// Writes 1 for weights, which a penalty applies to, and 0 for intercepts.
  void mark_weights(double* mask) const;

  /// Turns X ((1 + inputs) x b, with ones in its first row) into what forward() reads: with powers, with the places of
  /// inputs among their pieces (model/piece_layer.hpp), and without ones if there are no intercepts.
  void design(const arma::mat& X, arma::mat& out) const;
  /// D: the transposed design, b x columns. eta: b x outputs. `ahead`: inputs of the next rows, as many as here, to be
  /// prefetched, or nullptr.
  void forward(const double* theta, const arma::mat& D, Tape& tape, arma::mat& eta,
               const double* ahead = nullptr) const;
  /// d_eta: the derivative of the loss, b x outputs. Adds the derivative in theta to `gradient`.
  void backward(const double* theta, const arma::mat& D, Tape& tape, const arma::mat& d_eta, double* gradient) const;

 private:
  std::string spec_;
  std::vector<Step> steps_;
  std::vector<Piece> pieces_;
  std::shared_ptr<const PieceLayer> piece_layer_;  // the first dense step; nothing where there are no pieces
  arma::uword parameters_ = 0;
};

/// "linear", "poly:2", "constant", "mlp:32,16", ..: see network_words(). Throws Error (usage) for anything else.
Network make_network(const std::string& spec, arma::uword inputs, arma::uword outputs);

/// N of "pieces:N:mlp:..", or nothing for another network.
std::optional<arma::uword> number_of_pieces(const std::string& spec);

/// `arguments`: the text after the name and a colon. Throws Error (usage) where it cannot be read.
using MakeNetwork = std::function<Network(const std::string& arguments, arma::uword inputs, arma::uword outputs)>;
/// Registers a network under its name. Throws Error (usage) where the name is taken.
void add_network(const Word& word, const MakeNetwork& make);

}  // namespace moe
