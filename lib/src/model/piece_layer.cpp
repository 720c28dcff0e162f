#include "model/piece_layer.hpp"

#include <algorithm>

#include "base/kernels/kernels.hpp"

namespace moe {

PieceLayer::PieceLayer(const std::vector<Piece>& pieces, arma::uword plain) : plain_(plain) {
  for (const Piece& piece : pieces) {
    if (inputs_.empty() || inputs_.back().input != piece.input)
      inputs_.push_back({piece.input, center_.size(), {piece.low}});
    inputs_.back().knots.push_back(piece.low + piece.width);
    center_.push_back(piece.center);
    scale_.push_back(piece.scale);
  }
}

void PieceLayer::design(const double* x, double* to) const {
  for (const Input& input : inputs_) {
    const double at = x[input.input];
    const auto inner = input.knots.begin() + 1;
    const auto i = static_cast<std::size_t>(std::upper_bound(inner, input.knots.end() - 1, at) - inner);
    const double low = input.knots[i], width = input.knots[i + 1] - low;
    *to++ = static_cast<double>(input.first + i);
    *to++ = std::clamp((at - low) / width, 0.0, 1.0) / scale_[input.first + i];
  }
}

void PieceLayer::forward(const arma::mat& D, const double* W, arma::uword outputs, std::span<arma::mat> memory,
                         arma::mat& out) const {
  arma::mat &weights = memory[0], &tables = memory[1], &rows = memory[2], &design = memory[3];
  weights.set_size(outputs, height());
  tables.set_size(outputs, center_.size());
  rows.set_size(outputs, D.n_rows);
  design.set_size(columns(), D.n_rows);
  out.set_size(D.n_rows, outputs);
  kernels().transpose(D.memptr(), D.n_rows, columns(), design.memptr());
  kernels().transpose(W, height(), outputs, weights.memptr());
  for (const Input& input : inputs_)
    kernels().piece_tables(weights.colptr(plain_ + input.first), input.pieces(), outputs, &center_[input.first],
                           &scale_[input.first], tables.colptr(input.first));
  kernels().piece_sums({design.memptr(), D.n_rows, plain_, inputs_.size()}, weights.memptr(), tables.memptr(), outputs,
                       rows.memptr());
  kernels().transpose(rows.memptr(), outputs, D.n_rows, out.memptr());
}

void PieceLayer::backward(const arma::mat& d_out, std::span<arma::mat> memory, double* gradient) const {
  const arma::uword outputs = d_out.n_cols;
  arma::mat &d_weights = memory[0], &d_tables = memory[1], &rows = memory[2], &added = memory[4];
  const arma::mat& design = memory[3];
  d_weights.zeros(outputs, height());
  d_tables.zeros(outputs, center_.size());
  rows.set_size(outputs, d_out.n_rows);
  kernels().transpose(d_out.memptr(), d_out.n_rows, outputs, rows.memptr());
  kernels().piece_scores({design.memptr(), d_out.n_rows, plain_, inputs_.size()}, rows.memptr(), outputs,
                         d_weights.memptr(), d_tables.memptr());
  for (const Input& input : inputs_)
    kernels().piece_table_scores(d_tables.colptr(input.first), input.pieces(), outputs, &center_[input.first],
                                 &scale_[input.first], d_weights.colptr(plain_ + input.first));
  added.set_size(height(), outputs);
  kernels().transpose(d_weights.memptr(), outputs, height(), added.memptr());
  arma::mat(gradient, height(), outputs, false, true) += added;
}

}  // namespace moe
