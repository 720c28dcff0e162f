// A dense layer behind a step of pieces. Where x is within piece i of its input, the pieces before it are 1 and those
// behind it 0. So an input's part of an output is
//
//     sum_j w_j (u_j - center_j) / scale_j = T_i + w_i u_i / scale_i,    T_0 = -sum_j w_j center_j / scale_j,
//                                                                        T_i+1 = T_i + w_i / scale_i
//
// This takes two numbers, however many pieces there are. The table T is made anew for each block of rows, as the
// weights change from step to step.
#pragma once

#include <armadillo>
#include <span>
#include <vector>

#include "moe/network.hpp"

namespace moe {

class PieceLayer {
 public:
  /// How many matrices forward() and backward() need as working memory.
  static constexpr std::size_t kMemory = 5;

  /// The inputs of the layer are `plain` columns (1 and the inputs), then the pieces.
  PieceLayer(const std::vector<Piece>& pieces, arma::uword plain);

  /// How many columns the design has: the plain ones, and two for each input with pieces.
  arma::uword columns() const { return plain_ + 2 * inputs_.size(); }
  /// Writes what follows the plain columns: for each input with pieces the number of its piece, and u / scale. x: the
  /// inputs of a row.
  void design(const double* x, double* to) const;
  /// D: b x columns. W: height x outputs. out: b x outputs.
  void forward(const arma::mat& D, const double* W, arma::uword outputs, std::span<arma::mat> memory,
               arma::mat& out) const;
  /// Adds the derivative in W to `gradient`. The memory is as forward() left it.
  void backward(const arma::mat& d_out, std::span<arma::mat> memory, double* gradient) const;

 private:
  /// An input with pieces, which are numbered from `first` on.
  struct Input {
    std::size_t input, first;
    std::vector<double> knots;
    std::size_t pieces() const { return knots.size() - 1; }
  };
  arma::uword height() const { return plain_ + center_.size(); }

  arma::uword plain_;
  std::vector<Input> inputs_;
  std::vector<double> center_, scale_;  // of all pieces
};

}  // namespace moe
