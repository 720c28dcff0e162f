#include "moe/network.hpp"

#include <cmath>
#include <utility>

#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

using Kind = Step::Kind;

/// The matrix of a dense step, as a view on the network's parameters.
const arma::mat weights(const double* theta, const Step& step) {
  return arma::mat(const_cast<double*>(theta) + step.offset, step.height(), step.outputs, false, true);
}

double activate(Kind kind, double x) {
  switch (kind) {
    case Kind::kRelu:
      return x > 0 ? x : 0;
    case Kind::kTanh:
      return std::tanh(x);
    default:
      return x * logistic(x);  // silu
  }
}

double slope(Kind kind, double x) {
  switch (kind) {
    case Kind::kRelu:
      return x > 0 ? 1 : 0;
    case Kind::kTanh: {
      const double t = std::tanh(x);
      return 1 - t * t;
    }
    default: {
      const double s = logistic(x);
      return s * (1 + x * (1 - s));
    }
  }
}

/// post: b x (1 + h), a leading column of ones, so that the next dense step is one product.
void activate(Kind kind, const arma::mat& pre, arma::mat& post) {
  post.set_size(pre.n_rows, 1 + pre.n_cols);
  post.col(0).ones();
  const double* in = pre.memptr();
  double* out = post.colptr(1);
  for (arma::uword i = 0; i < pre.n_elem; ++i) out[i] = activate(kind, in[i]);
}

}  // namespace

Network::Network(std::string spec, std::vector<Step> steps) : spec_(std::move(spec)), steps_(std::move(steps)) {
  for (Step& step : steps_) {
    step.offset = parameters_;
    if (step.kind == Kind::kDense) parameters_ += step.height() * step.outputs;
  }
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
  out.set_size(first + d * degree(), X.n_cols);
  if (first == 1) out.row(0).ones();
  if (d == 0) return;
  const arma::mat x = X.tail_rows(d);
  arma::mat power = x;
  for (arma::uword p = 0; p < degree(); ++p) {
    if (p > 0) power %= x;
    out.rows(first + p * d, first + (p + 1) * d - 1) = power;
  }
}

// The tape holds, for each elementwise step, its input (b x h) and its output (b x (1 + h)).
void Network::forward(const double* theta, const arma::mat& X, Tape& tape, arma::mat& eta) const {
  tape.resize(is_linear() ? 0 : 2 * (steps_.size() / 2));
  std::size_t used = 0;
  for (const Step& step : steps_) {
    if (step.kind == Kind::kPowers) continue;
    if (step.kind == Kind::kDense) {
      const arma::mat W = weights(theta, step);
      arma::mat& out = used < tape.size() ? tape[used] : eta;
      if (used == 0)
        out = X.t() * W;
      else
        out = tape[used - 1] * W;
    } else {
      activate(step.kind, tape[used], tape[used + 1]);
      used += 2;
    }
  }
}

void Network::backward(const double* theta, const arma::mat& X, const Tape& tape, const arma::mat& d_eta,
                       double* gradient) const {
  std::size_t used = tape.size();
  arma::mat d_out = d_eta;
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    if (step.kind == Kind::kPowers) continue;
    if (step.kind == Kind::kDense) {
      arma::mat d_weights(gradient + step.offset, step.height(), step.outputs, false, true);
      if (used == 0) {
        d_weights += X * d_out;
      } else {
        d_weights += tape[used - 1].t() * d_out;
        d_out = arma::mat(d_out * weights(theta, step).tail_rows(step.inputs).t());
      }
    } else {
      used -= 2;
      const double* pre = tape[used].memptr();
      for (arma::uword j = 0; j < d_out.n_elem; ++j) d_out[j] *= slope(step.kind, pre[j]);
    }
  }
}

}  // namespace moe
