// Forward and backward through a chain of steps. A dense step is one matrix product, the backward of which gives
// d_weights = in' d_out and d_in = d_out W'. An elementwise step keeps its slopes and multiplies by them on the way
// back.
#include "moe/network.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <utility>

#include "base/kernels/kernels.hpp"
#include "model/piece_layer.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

using Kind = Step::Kind;

/// out (b x outputs) = in (b x height) W.
void dense(const double* theta, const Step& step, const arma::mat& in, const double* ahead, arma::mat& out) {
  out.set_size(in.n_rows, step.outputs);
  kernels().product(in.memptr(), in.n_rows, step.height(), theta + step.offset, 1, step.height(), step.outputs,
                    out.memptr(), ahead);
}

/// d_weights += in' d_out.
void dense_weights(const Step& step, const arma::mat& in, const arma::mat& d_out, double* gradient) {
  kernels().cross(in.memptr(), d_out.memptr(), in.n_rows, step.height(), step.outputs, gradient + step.offset);
}

/// d_in (b x inputs) = d_out W', without the intercepts.
void dense_inputs(const double* theta, const Step& step, const arma::mat& d_out, arma::mat& d_in) {
  d_in.set_size(d_out.n_rows, step.inputs);
  kernels().product(d_out.memptr(), d_out.n_rows, step.outputs, theta + step.offset + step.height() - step.inputs,
                    step.height(), 1, step.inputs, d_in.memptr(), nullptr);
}

/// Applies an elementwise function. pre (b x h) holds the inputs, and becomes the slopes there. post is b x (1 + h)
/// with a leading column of ones, so that the next dense step, intercepts included, is one product.
void activate(Kind kind, arma::mat& pre, arma::mat& post) {
  post.set_size(pre.n_rows, 1 + pre.n_cols);
  post.col(0).ones();
  double *x = pre.memptr(), *out = post.colptr(1);
  if (kind == Kind::kRelu) return kernels().relu(x, pre.n_elem, out);
  if (kind == Kind::kTanh) {
    kernels().tanh(x, pre.n_elem, out);
    for (arma::uword i = 0; i < pre.n_elem; ++i) x[i] = 1 - out[i] * out[i];
    return;
  }
  kernels().logistic(x, pre.n_elem, out);  // silu is x logistic(x)
  for (arma::uword i = 0; i < pre.n_elem; ++i) {
    const double s = out[i];
    out[i] = x[i] * s;
    x[i] = s * (1 + x[i] * (1 - s));
  }
}

}  // namespace

Network::Network(std::string spec, std::vector<Step> steps) : spec_(std::move(spec)), steps_(std::move(steps)) {
  for (Step& step : steps_) {
    step.offset = parameters_;
    if (step.kind == Kind::kDense) parameters_ += step.height() * step.outputs;
  }
}

Network Network::with_knots(const Knots& knots) const {
  std::vector<Step> steps = steps_;
  std::vector<Piece> pieces;
  for (std::size_t j = 0; j < knots.size(); ++j)
    for (std::size_t i = 1; i < knots[j].size(); ++i) {
      const double above = 1 - (static_cast<double>(i) - 0.5) / static_cast<double>(knots[j].size() - 1);
      pieces.push_back({j, knots[j][i - 1], knots[j][i] - knots[j][i - 1], above, std::sqrt(above * (1 - above))});
    }
  steps[0].outputs = steps[1].inputs = inputs() + pieces.size();
  Network result(spec_, std::move(steps));
  if (!pieces.empty()) result.piece_layer_ = std::make_shared<PieceLayer>(pieces, inputs() + (has_intercept() ? 1 : 0));
  result.pieces_ = std::move(pieces);
  return result;
}

arma::uword Network::last_rank() const {
  if (steps_.size() != 2 || !has_pieces()) return last_inputs();
  std::set<std::size_t> inputs;
  for (const Piece& piece : pieces_) inputs.insert(piece.input);
  return last_inputs() - inputs.size();
}

void Network::start(double* theta, Random& random) const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (step.kind != Kind::kDense) continue;
    const bool before_relu = i + 1 < steps_.size() && steps_[i + 1].kind == Kind::kRelu;
    const double fan =
        before_relu ? static_cast<double>(step.inputs) : 0.5 * static_cast<double>(step.inputs + step.outputs);
    const double bound = std::sqrt((before_relu ? 6.0 : 3.0) / std::max(fan, 1.0));
    double* value = theta + step.offset;
    for (arma::uword out = 0; out < step.outputs; ++out) {
      if (step.intercept) *value++ = 0;
      for (arma::uword in = 0; in < step.inputs; ++in) *value++ = random.uniform(-bound, bound);
    }
  }
}

void Network::mark_weights(double* mask) const {
  for (const Step& step : steps_) {
    if (step.kind != Kind::kDense) continue;
    arma::mat block(mask + step.offset, step.height(), step.outputs, false, true);
    block.ones();
    if (step.intercept) block.row(0).zeros();
  }
}

arma::uword Network::degree() const {
  const Step& first = steps_.front();
  return first.kind == Kind::kPowers ? first.outputs / first.inputs : 1;
}

void Network::design(const arma::mat& X, arma::mat& out) const {
  const arma::uword d = inputs(), first = has_intercept() ? 1 : 0;
  out.set_size(piece_layer_ ? piece_layer_->columns() : first + d * degree(), X.n_cols);
  if (first == 1) out.row(0).ones();
  if (d == 0) return;
  for (arma::uword n = 0; n < X.n_cols && piece_layer_; ++n)
    piece_layer_->design(X.colptr(n) + X.n_rows - d, out.colptr(n) + first + d);
  const arma::mat x = X.tail_rows(d);
  arma::mat power = x;
  for (arma::uword p = 0; p < degree(); ++p) {
    if (p > 0) power %= x;
    out.rows(first + p * d, first + (p + 1) * d - 1) = power;
  }
}

namespace {

bool is_elementwise(const Step& step) {
  return step.kind != Kind::kDense && step.kind != Kind::kPowers && step.kind != Kind::kPieces;
}

/// How many matrices the tape has for elementwise steps.
std::size_t on_tape(const std::vector<Step>& steps) {
  return 3 * static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), is_elementwise));
}

}  // namespace

// For each elementwise step the tape holds its slopes (b x h), its output (b x (1 + h)), and room for derivatives (b x
// h). The working memory of a layer of pieces is behind them.
void Network::forward(const double* theta, const arma::mat& D, Tape& tape, arma::mat& eta, const double* ahead) const {
  const std::size_t all = on_tape(steps_);
  tape.resize(all + (piece_layer_ ? PieceLayer::kMemory : 0));
  const arma::mat* in = &D;
  std::size_t used = 0;
  for (const Step& step : steps_) {
    if (step.kind == Kind::kPowers || step.kind == Kind::kPieces) continue;
    if (step.kind == Kind::kDense) {
      arma::mat& out = used < all ? tape[used] : eta;
      if (in == &D && piece_layer_)
        piece_layer_->forward(D, theta + step.offset, step.outputs, std::span(tape).subspan(all), out);
      else
        dense(theta, step, *in, in == &D ? ahead : nullptr, out);
    } else {
      activate(step.kind, tape[used], tape[used + 1]);
      in = &tape[used + 1];
      used += 3;
    }
  }
}

void Network::backward(const double* theta, const arma::mat& D, Tape& tape, const arma::mat& d_eta,
                       double* gradient) const {
  const std::size_t all = on_tape(steps_);
  std::size_t used = all;
  const arma::mat* d_out = &d_eta;
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    if (step.kind == Kind::kPowers || step.kind == Kind::kPieces) continue;
    if (step.kind == Kind::kDense) {
      if (used == 0 && piece_layer_)
        return piece_layer_->backward(*d_out, std::span(tape).subspan(all), gradient + step.offset);
      dense_weights(step, used == 0 ? D : tape[used - 2], *d_out, gradient);
      if (used == 0) return;
      dense_inputs(theta, step, *d_out, tape[used - 1]);
    } else {
      used -= 3;
      arma::mat& d = tape[used + 2];
      kernels().scale(d.memptr(), tape[used].memptr(), d.n_elem, 1, d.memptr());
      d_out = &tape[used + 2];
    }
  }
}

}  // namespace moe
