// The study of a fit: how many rows each expert explains, whether the gate separates experts completely, and which
// experts fit their rows exactly. Such a fit has no finite maximum, or coefficients that grow without end (separation),
// and its likelihood means little.
#include <algorithm>
#include <cmath>

#include "judge/simpler.hpp"
#include "model/forward_blocks.hpp"
#include "moe/metrics.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr arma::uword kStudyBlock = 1024;
/// An expert whose weight is this near to 0 or 1 in every row is separated from the others.
constexpr double kSharp = 1e-3;
/// A fit is exact where the residuals are only rounding errors: below kExact of the target's spread, or below
/// kRoundings of its size. Times since 1970, for example, are large compared with noise of a thousandth of a second,
/// which is not rounding.
constexpr double kExact = 1e-10, kRoundings = 1e-14;
/// A fit can be exact only where the scale is below this part of the target's standard deviation.
constexpr double kTiny = 1e-6;

/// Calls visit(block, forward, log terms) for all rows.
template <class Visit>
void for_each_block(const Model& model, const Rows& rows, const Visit& visit) {
  for_each_block(model, model.theta, rows, kStudyBlock, [&](const Rows& block, const ForwardPass& forward) {
    visit(block, forward, forward.log_terms(model.theta, block.y));
  });
}

/// The log-likelihood in the limit of complete separation: the weights of the separated experts are rounded to 0 and 1.
double at_the_limit(const Model& model, const Rows& rows, const arma::uvec& separated) {
  double sum = 0;
  for_each_block(model, rows, [&](const Rows& block, const ForwardPass& forward, const arma::mat& terms) {
    const arma::mat log_p = terms - forward.log_weights();
    arma::mat g = arma::exp(forward.log_weights());
    for (arma::uword n = 0; n < g.n_rows; ++n) {
      for (const arma::uword k : separated) {
        const double limit = g(n, k) > 0.5 ? 1 : 0, others = arma::accu(g.row(n)) - g(n, k);
        for (arma::uword j = 0; j < g.n_cols; ++j)
          if (j != k) g(n, j) *= others > 0 ? (1 - limit) / others : 0;
        g(n, k) = limit;
      }
    }
    arma::vec total;
    log_sum_exp(arma::log(arma::clamp(g, 1e-300, 1)) + log_p, total);
    sum += arma::dot(block.w, total);
  });
  return sum;
}

/// Weighted sums over rows, K x T: squared residuals, squared targets from the target's center, and squared targets
/// from 0 in data units.
struct Squares {
  arma::mat left, spread, whole;
};

void add_squares(const Model& model, const Rows& block, const ForwardPass& forward, const arma::mat& r,
                 Squares& squares) {
  const arma::vec zero = model.standardization.target_center / model.standardization.target_scale;
  arma::mat mu;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    expert.family->mean(forward.eta(k), model.theta.memptr() + expert.psi_offset, mu);
    const arma::rowvec w = (block.w % r.col(k)).t();
    squares.left.row(k) += w * arma::square(block.y - mu);
    squares.spread.row(k) += w * arma::square(block.y);
    squares.whole.row(k) += w * arma::square(block.y.each_row() + zero.t());
  }
}

/// 1 for experts of numbers that explain all targets of their rows exactly, else 0.
arma::vec exact_of(const Squares& squares) {
  arma::vec result(squares.left.n_rows, arma::fill::zeros);
  for (arma::uword k = 0; k < result.n_elem; ++k)
    result[k] = arma::all(squares.left.row(k) <=
                          kExact * kExact * squares.spread.row(k) + kRoundings * kRoundings * squares.whole.row(k))
                    ? 1
                    : 0;
  return result;
}

}  // namespace

FitStudy study_fit(const Model& model, const Rows& rows) {
  const arma::uword K = model.size();
  arma::vec mass(K, arma::fill::zeros), blunt(K, arma::fill::zeros), reached(K, arma::fill::zeros);
  // Only an expert with a tiny scale can fit its rows exactly. A scale that depends on inputs may be tiny.
  const bool tight = std::any_of(model.experts.begin(), model.experts.end(), [&](const Expert& expert) {
    const double* psi = model.theta.memptr() + expert.psi_offset;
    const bool told = !model.classes() && expert.family->outputs() > model.targets();
    return told || expert.family->on_floor(psi) || expert.family->least_scale(psi) < kTiny;
  });
  const arma::mat none(K, model.targets(), arma::fill::zeros);
  Squares squares{none, none, none};
  for_each_block(model, rows, [&](const Rows& block, const ForwardPass& forward, const arma::mat& terms) {
    arma::mat r;
    softmax(terms, r);
    mass += r.t() * block.w;
    if (tight) add_squares(model, block, forward, r, squares);
    const arma::mat g = arma::exp(forward.log_weights());
    blunt = arma::max(blunt, arma::vec(arma::max(arma::min(g, 1 - g), 0).t()));
    reached = arma::max(reached, arma::vec(arma::max(g, 0).t()));
  });
  FitStudy study;
  study.shares = mass / arma::accu(rows.w);
  study.starved.zeros(K);
  study.separated.zeros(K);
  study.exact = tight ? exact_of(squares) : arma::zeros(K);
  const double rows_of_weight_1 = static_cast<double>(rows.count());
  for (arma::uword k = 0; k < K; ++k) {
    if (K > 1 && study.shares[k] * rows_of_weight_1 < static_cast<double>(model.experts[k].network->last_inputs()))
      study.starved[k] = 1;
    if (K > 1 && blunt[k] < kSharp && reached[k] > 0.5 && model.gate_branch.network->inputs() > 0)
      study.separated[k] = 1;
  }
  study.as_simple = as_simple(model, rows);
  if (arma::any(study.separated > 0)) study.supremum = at_the_limit(model, rows, arma::find(study.separated > 0));
  return study;
}

}  // namespace moe
