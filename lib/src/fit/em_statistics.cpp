// The E step of EM: the posterior weights (responsibilities) of each row, and the weighted sums over rows that the M
// step needs. For expert k with w_nk = w_n r_nk, these are the score sum_n w_nk s_n (x) z_n and the information -sum_n
// w_nk S_n (x) z_n z_n', where s_n and S_n are the first and second derivatives of log p in eta, and z_n is the row's
// design in orthonormal coordinates.
#include "fit/em_statistics.hpp"

#include <algorithm>
#include <utility>

#include "base/parallel.hpp"
#include "moe/forward_pass.hpp"
#include "moe/hessian.hpp"
#include "moe/numeric.hpp"
#include "moe/stop.hpp"

namespace moe {
namespace {

constexpr arma::uword kParts = 32;
/// With many rows, second derivatives are taken from a subsample of evenly spaced blocks, as sums of squares would take
/// most of the time of an iteration. This changes the steps, not the optimum: gradients are always those of all rows.
/// The subsample has at least kRowsForCurvature rows, and kRowsForCoefficient for each coefficient of each expert. An
/// expert with fewer than kFewestForCoefficient of its own rows there for each coefficient takes its second derivatives
/// from all rows.
constexpr arma::uword kRowsForCurvature = 1 << 14, kRowsForCoefficient = 512, kFewestForCoefficient = 64;
/// The subsample is used if in every direction its mean square lies between these multiples of the mean square of all
/// rows.
constexpr double kLeastPart = 0.5, kMostPart = 2;
/// If the gate has more parameters, its second derivatives are not summed. Boehning's bound (1992) replaces them, which
/// is the same in every step, and 1/2 in orthonormal coordinates.
constexpr arma::uword kMostForNewton = 300;

/// Copies the upper triangle of each p x p block off the diagonal to its lower triangle: the blocks are symmetric, as
/// they are sums of squares.
void fill_blocks(arma::mat& information, arma::uword p, arma::uword blocks) {
  for (arma::uword a = 0; a < blocks; ++a)
    for (arma::uword b = a + 1; b < blocks; ++b)
      for (arma::uword j = 0; j < p; ++j)
        for (arma::uword i = j + 1; i < p; ++i) information(a * p + i, b * p + j) = information(a * p + j, b * p + i);
}

}  // namespace

EmStep::EmStep(const Model& model, const Rows& rows, const Basis& basis, const arma::vec& penalty_weights,
               unsigned threads)
    : model_(model),
      rows_(rows),
      basis_(basis),
      penalty_(penalty_weights),
      weight_(arma::accu(rows.w)),
      threads_(threads) {
  const arma::mat unit(model.targets(), model.targets(), arma::fill::eye);
  for (const Expert& expert : model.experts) {
    std::vector<double> psi(expert.family->dispersions() + 1);
    closed_.push_back(expert.family->fit_dispersion(unit, psi.data()));
  }
  arma::uword inputs = model.gate_branch.network->last_inputs();
  for (const Expert& expert : model.experts) inputs = std::max(inputs, expert.network->last_inputs());
  const arma::uword enough = std::max(kRowsForCurvature, kRowsForCoefficient * inputs * model.size());
  stride_ = std::max<arma::uword>(1, rows.count() / enough);
  for (arma::uword design = 0; design < basis.designs(); ++design)
    if (stride_ > 1 && !represented(design)) stride_ = 1;
  for (arma::uword k = 0; k < model.size(); ++k) whole_.push_back(!is_normal(k));
}

/// Whether the subsample, every stride-th block, represents all rows: whether its sum of squares of a design's columns
/// is close to the identity, which is that of all rows.
bool EmStep::represented(arma::uword design) const {
  const arma::uword rows = rows_at_once(model_), p = basis_.columns(design);
  arma::mat sum(p, p, arma::fill::zeros), U;
  double mass = 0;
  BlockSums sums;
  for (arma::uword first = 0; first < rows_.count(); first += stride_ * rows) {
    end_if_stopped();
    const Rows block = rows_.block(first, std::min(rows_.count(), first + rows) - 1);
    arma::mat Z;
    basis_.whiten(design, block.X, Z);
    sums.Z = Z.t();
    sums.squares_for(sum.memptr(), p) = block.w;
    sums.finish();
    mass += arma::accu(block.w);
  }
  if (!(mass > 0)) return false;
  sum = arma::symmatu(sum) * (weight_ / mass);
  for (const arma::uword j : basis_.dependent(design)) sum(j, j) = 1;
  const arma::mat unit(p, p, arma::fill::eye);
  return arma::chol(U, sum - kLeastPart * unit) && arma::chol(U, kMostPart * unit - sum);
}

void EmStep::add(const Rows& block, const arma::vec& theta, const arma::mat* given, const Curved& curved, Work& work,
                 Statistics& to) const {
  ForwardPass& forward = work.forward;
  forward.run(theta, block, block.X.end());
  signed_shares(forward.log_terms(theta, block.y), {}, work.log_sum, work.sign, work.r);
  to.loss -= arma::dot(block.w, work.log_sum);
  if (given != nullptr) work.r = given->rows(block.first, block.first + block.count() - 1);
  work.sums.resize(basis_.designs());
  // Designs are numbered in the order in which branches first have them.
  for (arma::uword branch = 0, next = 0; next < work.sums.size(); ++branch)
    if (basis_.design_of(branch) == next) {
      basis_.whiten_rows(next, forward.columns(branch), work.sums[next].Z);
      ++next;
    }
  add_gate(block, curved.gate && !to.gate.information.is_empty(), work, to.gate);
  for (arma::uword k = 0; k < model_.size(); ++k) add_expert(block, theta, k, curved.experts[k], work, to.experts[k]);
  for (BlockSums& sums : work.sums) sums.finish();
}

void EmStep::add_gate(const Rows& block, bool curved, Work& work, Fit& to) const {
  BlockSums& sums = work.sums[basis_.design_of(0)];
  const arma::uword h = sums.Z.n_cols, free = model_.size() - 1;
  if (free == 0) return;
  const arma::mat& g = work.forward.weights();
  for (arma::uword a = 0; a < free; ++a)
    sums.product_for(to.score.memptr() + a * h) = block.w % (work.r.col(a) - g.col(a));
  if (!curved) return;
  to.curved += arma::accu(block.w);
  for (arma::uword a = 0; a < free; ++a)
    for (arma::uword b = a; b < free; ++b)
      sums.squares_for(&to.information(a * h, b * h), to.information.n_rows) =
          block.w % g.col(a) % ((a == b ? 1.0 : 0.0) - g.col(b));
}

/// Adds an expert whose density of a single target is normal about eta. The second derivative is then the same in all
/// rows.
void EmStep::add_normal(const Rows& block, const arma::mat& eta, const Family& family, const double* psi,
                        const arma::vec& w, bool curved, BlockSums& sums, Fit& to) {
  arma::vec room = sums.product_for(to.score.memptr());
  arma::mat score(room.memptr(), room.n_elem, 1, false, true);
  double d_psi = 0;
  family.score(block.y, eta, psi, w, score, &d_psi);
  if (family.dispersions() > 0) to.score.back() += d_psi;
  arma::vec variance;
  family.variance(eta.row(0), psi, variance);
  const double precision = 1 / variance[0];
  const double mass = arma::accu(w);
  to.mass += mass;
  if (curved) {
    to.curved += mass;
    sums.squares_for(to.information.memptr(), to.information.n_rows) = precision * w;
  }
  to.products += arma::accu(score % (block.y - eta)) * variance[0];
  to.precision = precision;
}

void EmStep::add_expert(const Rows& block, const arma::vec& theta, arma::uword k, bool curved, Work& work,
                        Fit& to) const {
  const Expert& expert = model_.experts[k];
  const arma::mat eta = work.forward.eta(k);
  BlockSums& sums = work.sums[basis_.design_of(k + 1)];
  arma::mat &scores = work.scores, &seconds = work.seconds;
  work.w = block.w % work.r.col(k);
  if (is_normal(k))
    return add_normal(block, eta, *expert.family, theta.memptr() + expert.psi_offset, work.w, curved, sums, to);
  expert.family->curvature(block.y, eta, theta.memptr() + expert.psi_offset, scores, seconds);
  const arma::uword p = sums.Z.n_cols, m = expert.network->outputs(), u = scores.n_cols, T = block.y.n_cols;
  const arma::uword bent = closed_[k] ? m : u, stride = seconds.n_cols == m * m ? m : u;
  const auto place = [&](arma::uword i) { return i < m ? i * p : m * p + (i - m); };
  for (arma::uword i = 0; i < u; ++i) {
    if (i < m) sums.product_for(to.score.memptr() + place(i)) = work.w % scores.col(i);
    if (i >= m) to.score[place(i)] += arma::dot(work.w, scores.col(i));
    for (arma::uword j = i; j < bent; ++j) {
      const arma::vec second = seconds.unsafe_col(i * stride + j);
      if (T > 1 && second.is_zero()) continue;  // two targets that are independent
      double* const at = &to.information(place(i), place(j));
      if (j < m) sums.squares_for(at, to.information.n_rows) = -work.w % second;
      if (i < m && j >= m) sums.product_for(at) = -work.w % second;
      if (i >= m) *at -= arma::dot(work.w, second);
    }
  }
  to.mass += arma::accu(work.w);
  to.curved = to.mass;
  for (arma::uword s = 0; s < T && to.products.n_rows == m; ++s)
    for (arma::uword t = 0; t < T; ++t) {
      to.products(s, t) += arma::dot(work.w, (block.y.col(s) - eta.col(s)) % (block.y.col(t) - eta.col(t)));
      to.precision(s, t) = -seconds(0, s * stride + t);
    }
}

EmStep::Statistics EmStep::zeros() const {
  Statistics to;
  const arma::uword gate = (model_.size() - 1) * model_.gate_branch.network->last_inputs();
  to.gate.score.zeros(gate);
  if (gate <= kMostForNewton) to.gate.information.zeros(gate, gate);
  to.experts.resize(model_.size());
  for (std::size_t k = 0; k < to.experts.size(); ++k) {
    const arma::uword size = model_.experts[k].network->parameters() + model_.experts[k].family->dispersions();
    const arma::uword means = model_.experts[k].family->outputs() == model_.targets() ? model_.targets() : 0;
    to.experts[k].score.zeros(size);
    to.experts[k].information.zeros(size, size);
    to.experts[k].products.zeros(means, means);
    to.experts[k].precision.zeros(means, means);
  }
  return to;
}

EmStep::Statistics EmStep::collect(const arma::vec& theta, const arma::mat* given) const {
  for (;;) {
    Statistics sum = collect_once(theta, given);
    bool enough = true;
    for (arma::uword k = 0; k < model_.size() && stride_ > 1; ++k) {
      const auto p = static_cast<double>(model_.experts[k].network->last_inputs());
      const double rows = sum.experts[k].curved / weight_ * static_cast<double>(rows_.count());
      if (whole_[k] || rows >= kFewestForCoefficient * p) continue;
      whole_[k] = true;
      enough = false;
    }
    if (enough) return sum;
  }
}

EmStep::Statistics EmStep::collect_once(const arma::vec& theta, const arma::mat* given) const {
  const arma::uword rows = rows_at_once(model_), blocks = (rows_.count() + rows - 1) / rows;
  const arma::uword each = (blocks + kParts - 1) / kParts;
  std::vector<Statistics> parts((blocks + each - 1) / each);
  parallel_for(parts.size(), threads_, [&](std::size_t part) {
    Statistics& to = parts[part];
    to = zeros();
    Work work(model_);
    for (arma::uword b = part * each; b < std::min(blocks, (part + 1) * each); ++b) {
      const bool chosen = b % stride_ == 0;
      Curved curved{chosen, std::vector<bool>(model_.size(), chosen)};
      for (std::size_t k = 0; k < whole_.size(); ++k) curved.experts[k] = chosen || whole_[k];
      add(rows_.block(b * rows, std::min(rows_.count(), (b + 1) * rows) - 1), theta, given, curved, work, to);
    }
  });
  for (std::size_t part = 1; part < parts.size(); ++part) parts[0] += parts[part];
  Statistics& sum = parts[0];
  if (stride_ > 1 && sum.gate.curved > 0) sum.gate.information *= weight_ / sum.gate.curved;
  for (Fit& fit : sum.experts)
    if (fit.curved > 0 && fit.curved < fit.mass) fit.information *= fit.mass / fit.curved;
  if (!sum.gate.information.is_empty())
    fill_blocks(sum.gate.information, model_.gate_branch.network->last_inputs(), model_.size() - 1);
  for (arma::uword k = 0; k < model_.size(); ++k)
    fill_blocks(sum.experts[k].information, model_.experts[k].network->last_inputs(),
                model_.experts[k].network->outputs());
  return std::move(sum);
}

}  // namespace moe
