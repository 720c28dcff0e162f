#include "fit/em_step.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "fit/absolute_deviations.hpp"
#include "moe/hessian.hpp"
#include "moe/numeric.hpp"
#include "moe/stop.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

constexpr arma::uword kParts = 32;
/// Where there are many rows, second derivatives come from a subsample of blocks, evenly spread: sums of squares would otherwise take most
/// of an iteration's time. The subsample changes the steps, not the optimum, since gradients are always those of all rows. It has at least
/// the first number of rows, and the second for each coefficient of each expert. An expert that has fewer of its rows than the third number
/// for each coefficient takes its second derivatives from all rows.
constexpr arma::uword kRowsForCurvature = 1 << 14, kRowsForCoefficient = 512, kFewestForCoefficient = 64;
/// The subsample is used where, in every direction, its mean square is between these multiples of all rows' mean square.
constexpr double kLeastPart = 0.5, kMostPart = 2;
/// Parameters of the gate up to which its own second derivatives are summed; beyond, Boehning's bound of them (1992), which is the
/// same in every step and, in orthonormal coordinates, 1/2.
constexpr arma::uword kMostForNewton = 300;
/// Of the largest second derivative: what is added to all, and to those that are not positive definite, more and more.
constexpr double kFirstShift = 1e-13, kShiftGrowth = 100, kLastShift = 1e8;
/// Of a sum of deviations: less is no gain.
constexpr double kNoGain = 1e-13;
/// Of a sum of squares: what a difference may leave is rounding below it.
constexpr double kCancelled = 1e-14;
/// A step of a dispersion in logarithms at most: Newton's steps overshoot far from the maximum.
constexpr double kLongestDispersion = 2;
/// The same of linear predictors, on average over rows, where a fit is not least squares: those that are certain have next to no
/// curvature left.
constexpr double kLongestPredictor = 5;

/// J^-1 score, with the smallest shift that makes J positive definite and the step no longer than `longest`. Where J is 0 the
/// result is.
arma::vec newton_step(const arma::mat& J, const arma::vec& score, double longest = arma::datum::inf) {
  const double size = arma::abs(J.diag()).max();
  if (!(size > 0)) return arma::zeros(score.n_elem);
  for (double shift = kFirstShift * size; shift > 0 && shift < kLastShift * size; shift *= kShiftGrowth) {
    end_if_stopped();
    arma::mat shifted = arma::symmatu(J), U;
    shifted.diag() += shift;
    if (!arma::chol(U, shifted)) continue;
    arma::vec step = arma::solve(arma::trimatu(U), arma::solve(arma::trimatl(U.t()), score, arma::solve_opts::fast),
                                 arma::solve_opts::fast);
    if (arma::norm(step) <= longest) return step;
  }
  return arma::zeros(score.n_elem);
}

/// Copies the upper triangle of each p x p block but those on the diagonal: as sums of squares they are symmetric.
void fill_blocks(arma::mat& information, arma::uword p, arma::uword blocks) {
  for (arma::uword a = 0; a < blocks; ++a)
    for (arma::uword b = a + 1; b < blocks; ++b)
      for (arma::uword j = 0; j < p; ++j)
        for (arma::uword i = j + 1; i < p; ++i) information(a * p + i, b * p + j) = information(a * p + j, b * p + i);
}

/// What a step (p x T) takes from the sum of the residuals' products, where `score` (p x T) and `information` are sums
/// over the same rows; every target has the same design.
arma::mat gained_products(const arma::mat& step, const arma::mat& score, const arma::mat& information,
                          const arma::mat& precision) {
  const arma::mat G = arma::symmatu(information.submat(0, 0, step.n_rows - 1, step.n_rows - 1));
  if (step.n_cols == 1) {
    const double gained = (2 * arma::dot(step, score) - arma::dot(step, G * step)) / precision[0];
    return arma::mat(1, 1).fill(gained);
  }
  const arma::mat cross = step.t() * score * arma::inv(precision);
  return cross + cross.t() - step.t() * (G / precision[0]) * step;
}

}  // namespace

/// Sums over rows. Derivatives are those of the expected log-likelihood, in orthonormal coordinates; `information` is minus the
/// second ones, of which the upper blocks are filled.
struct EmStep::Fit {
  arma::vec score;        // coefficients, then psi
  arma::mat information;  // the same
  double mass = 0;        // an expert's sum of w r
  double curved = 0;      // sum of w r, or of w for the gate, over the rows that `information` is of
  // Where eta is the mean and all rows have the same second derivatives in it; T x T:
  arma::mat products;   // sum of w r (y - eta)' (y - eta)
  arma::mat precision;  // minus the second derivatives
};

struct EmStep::Statistics {
  double loss = 0;
  Fit gate;  // of all logits but the last
  std::vector<Fit> experts;

  void operator+=(const Statistics& other) {
    loss += other.loss;
    const auto join = [](Fit& to, const Fit& from) {
      to.score += from.score;
      to.information += from.information;
      to.mass += from.mass;
      to.curved += from.curved;
      to.products += from.products;
      to.precision = from.precision;
    };
    join(gate, other.gate);
    for (std::size_t k = 0; k < experts.size(); ++k) join(experts[k], other.experts[k]);
  }
};

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

/// Whether each stride-th block's sum of squares of a design's columns is like that of all rows, which is 1.
bool EmStep::represented(arma::uword design) const {
  const arma::uword rows = rows_at_once(model_), p = basis_.columns(design);
  arma::mat sum(p, p, arma::fill::zeros), U;
  double mass = 0;
  BlockSums sums;
  for (arma::uword first = 0; first < rows_.count(); first += stride_ * rows) {
    end_if_stopped();
    const Rows block = rows_.slice(first, std::min(rows_.count(), first + rows) - 1);
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

/// Whether the family says what a step of its coefficients is.
bool has_curvature(const Family& family) {
  const std::vector<double> psi(family.dispersions() + 1, 0);
  const arma::mat y(1, family.targets(), arma::fill::ones);
  const arma::mat eta(1, family.outputs() + (family.reads_trials() ? 1 : 0), arma::fill::ones);
  arma::mat scores, seconds;
  family.curvature(y, eta, psi.data(), scores, seconds);
  return !seconds.is_empty();
}

bool EmStep::knows(const Model& model) {
  return model.gate->multinomial() && model.gate_branch.network->is_linear() &&
         std::all_of(model.experts.begin(), model.experts.end(),
                     [](const Expert& expert) { return expert.network->is_linear() && has_curvature(*expert.family); });
}

/// Room for a block's numbers, kept from block to block.
struct EmStep::Work {
  explicit Work(const Model& model) : forward(model) {}
  ForwardPass forward;
  std::vector<BlockSums> sums;  // of each design of the basis
  arma::mat r, scores, seconds;
  arma::vec log_sum, sign, w;
};

void EmStep::add(const Rows& block, const arma::vec& theta, const arma::mat* given, const Curved& curved, Work& work,
                 Statistics& to) const {
  ForwardPass& forward = work.forward;
  forward.run(theta, block, block.X.end());
  signed_shares(forward.log_terms(theta, block.y), {}, work.log_sum, work.sign, work.r);
  to.loss -= arma::dot(block.w, work.log_sum);
  if (given != nullptr) work.r = given->rows(block.first, block.first + block.count() - 1);
  work.sums.resize(basis_.designs());
  for (arma::uword branch = 0, next = 0; next < work.sums.size(); ++branch)  // designs count up in the branches' order
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

/// An expert whose density of the only target is normal about eta: all its rows have the same second derivative.
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
    return add_normal(block, eta, *expert.family, theta.memptr() + expert.psi, work.w, curved, sums, to);
  expert.family->curvature(block.y, eta, theta.memptr() + expert.psi, scores, seconds);
  const arma::uword p = sums.Z.n_cols, m = expert.network->outputs(), u = scores.n_cols, T = block.y.n_cols;
  const arma::uword bent = closed_[k] ? m : u, stride = seconds.n_cols == m * m ? m : u;
  const auto place = [&](arma::uword i) { return i < m ? i * p : m * p + (i - m); };
  for (arma::uword i = 0; i < u; ++i) {
    if (i < m) sums.product_for(to.score.memptr() + place(i)) = work.w % scores.col(i);
    if (i >= m) to.score[place(i)] += arma::dot(work.w, scores.col(i));
    for (arma::uword j = i; j < bent; ++j) {
      const arma::vec second = seconds.unsafe_col(i * stride + j);
      if (T > 1 && second.is_zero()) continue;  // of two targets that are independent
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
      add(rows_.slice(b * rows, std::min(rows_.count(), (b + 1) * rows) - 1), theta, given, curved, work, to);
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

void EmStep::move_gate(const Statistics& from, const arma::vec& theta, Result& result) const {
  const Branch& gate = model_.gate_branch;
  const arma::uword h = gate.network->last_inputs(), free = model_.size() - 1, design = basis_.design_of(0);
  if (free == 0) return;
  const arma::mat own(const_cast<double*>(theta.memptr()) + gate.offset, h, free + 1, false, true);
  const arma::mat ridge = weight_ * arma::mat(const_cast<double*>(penalty_.memptr()) + gate.offset, h, free + 1, false);
  const arma::mat pull = basis_.derivatives(design, ridge % own), inverse = basis_.inverse(design);
  arma::vec score = from.gate.score - arma::vectorise(pull.head_cols(free));
  const arma::mat curved = inverse.t() * arma::diagmat(ridge.col(0)) * inverse;
  arma::mat step(h, free);
  if (!from.gate.information.is_empty()) {
    arma::mat J = from.gate.information;
    for (arma::uword a = 0; a < free; ++a) J.submat(a * h, a * h, arma::size(h, h)) += curved;
    step = arma::reshape(newton_step(J, score), h, free);
  } else {
    // The bound's inverse on logits less the last: 2 (I + 11').
    const arma::mat S = arma::reshape(score, h, free);
    step = 2 * (S.each_col() + arma::sum(S, 1)) / (1 + 2 * arma::trace(curved) / static_cast<double>(h));
  }
  result.slope = std::max(result.slope, arma::abs(score).max());
  arma::mat to(result.target.memptr() + gate.offset, h, free + 1, false, true);
  to.head_cols(free) += basis_.coefficients(design, step);
  // All logits may move together: where the weights are smallest, their penalty is.
  to.each_col() -= arma::vec(arma::mean(to, 1));
}

void EmStep::move_experts(const Statistics& from, const arma::vec& theta, Result& result) const {
  arma::mat pooled_products(model_.targets(), model_.targets(), arma::fill::zeros);
  double pooled_mass = 0;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    if (nonsmooth(k)) continue;
    end_if_stopped();
    const Expert& expert = model_.experts[k];
    const Fit& fit = from.experts[k];
    const arma::uword m = expert.network->outputs(), p = expert.network->last_inputs(),
                      design = basis_.design_of(k + 1);
    const arma::mat own(const_cast<double*>(theta.memptr()) + expert.offset, p, m, false, true);
    const arma::mat ridge = weight_ * arma::mat(const_cast<double*>(penalty_.memptr()) + expert.offset, p, m, false);
    const arma::uword dispersions = expert.family->dispersions();
    const bool closed = closed_[k];
    arma::vec score = fit.score;
    score.head(m * p) -= arma::vectorise(basis_.derivatives(design, ridge % own));
    arma::mat J = fit.information;
    if (arma::any(ridge.col(0) > 0)) {
      const arma::mat inverse = basis_.inverse(design);
      for (arma::uword i = 0; i < m; ++i)
        J.submat(i * p, i * p, arma::size(p, p)) += inverse.t() * arma::diagmat(ridge.col(i)) * inverse;
    }
    const arma::uword moved = closed ? m * p : score.n_elem;
    const double longest = closed ? arma::datum::inf : kLongestPredictor * std::sqrt(weight_);
    arma::vec step = newton_step(J.submat(0, 0, arma::size(moved, moved)), score.head(moved), longest);
    // Coefficients' scores are of columns with squares that sum to 1, and those of dispersions are sums over rows.
    arma::vec slopes = arma::abs(score);
    slopes.tail(score.n_elem - m * p) /= std::sqrt(weight_);
    result.slope = std::max(result.slope, slopes.max());
    const arma::vec own_step = step.head(m * p);
    arma::mat to(result.target.memptr() + expert.offset, p, m, false, true);
    to += basis_.coefficients(design, arma::reshape(own_step, p, m));
    if (!closed) {
      const arma::vec tail = arma::clamp(step.tail(moved - m * p), -kLongestDispersion, kLongestDispersion);
      for (arma::uword i = 0; i < tail.n_elem; ++i) result.target[expert.psi + i] += tail[i];
      continue;
    }
    // What is left of the squares after the step, without another pass.
    const arma::mat gained = gained_products(arma::reshape(own_step, p, m), arma::reshape(fit.score.head(m * p), p, m),
                                             fit.information, fit.precision);
    arma::mat products = fit.products - gained;
    // Where some rows told the curvature, all rows tell what a long step has left, one step later.
    if (fit.curved < fit.mass && 2 * gained[0] > fit.products[0]) products = fit.products;
    // A difference of sums tells no less than this of them: an exact fit's scale falls with what later steps measure.
    products.diag() = arma::max(products.diag(), kCancelled * fit.products.diag());
    std::vector<double> psi(theta.begin() + expert.psi, theta.begin() + expert.psi + dispersions);
    psi.push_back(0);  // never empty
    pooled_products += products;
    pooled_mass += fit.mass;
    if (fit.mass > 0) expert.family->fit_dispersion(products / fit.mass, psi.data());
    if (expert.family->shared_dispersion()) continue;
    for (arma::uword i = 0; i < dispersions; ++i) result.target[expert.psi + i] = psi[i];
  }
  const Expert& first = model_.experts.front();
  if (first.family->shared_dispersion())
    first.family->fit_dispersion(pooled_products / pooled_mass, result.target.memptr() + first.psi);
}

bool EmStep::nonsmooth(arma::uword k) const {
  const Expert& expert = model_.experts[k];
  std::vector<double> psi(expert.family->dispersions());
  return expert.family->fit_absolute(1, psi.data()) &&
         !arma::any(penalty_.subvec(expert.offset, arma::size(expert.network->parameters(), 1)) > 0);
}

arma::uvec EmStep::nonsmooth() const {
  std::vector<arma::uword> result;
  for (arma::uword k = 0; k < model_.size(); ++k)
    for (arma::uword i = 0; nonsmooth(k) && i < model_.experts[k].network->parameters(); ++i)
      result.push_back(model_.experts[k].offset + i);
  return arma::uvec(result);
}

void EmStep::move_nonsmooth(arma::uword k, const arma::vec& r, const arma::vec& theta, Result& result) const {
  const Expert& expert = model_.experts[k];
  const arma::uword p = expert.network->parameters(), design = basis_.design_of(k + 1);
  arma::uvec free = arma::regspace<arma::uvec>(0, p - 1);
  free.shed_rows(basis_.dependent(design));
  arma::mat D;
  basis_.whiten(design, rows_.X, D);
  D = D.rows(free);
  arma::vec y = rows_.y.col(0);
  if (!rows_.offset.is_empty()) y -= rows_.offset;
  const arma::vec v = rows_.w % r;
  const double mass = arma::accu(v);
  if (!(mass > 0)) return;
  const arma::vec from = basis_.orthonormal(design, theta.subvec(expert.offset, arma::size(p, 1)));
  arma::vec to = from;
  to.elem(free) = least_absolute(D, y, v, from.elem(free));
  const double before = absolute_deviation(D, y, v, from.elem(free));
  double after = absolute_deviation(D, y, v, to.elem(free));
  const double length = arma::norm(to - from);
  std::vector<double> psi(expert.family->dispersions());
  expert.family->fit_absolute(before / mass, psi.data());
  if (before - after > kNoGain * before) {
    // How steeply it falls on the way, where the scale is the best one for where it begins.
    result.slope = std::max(result.slope, (before - after) / length * mass / before);
    result.target.subvec(expert.offset, arma::size(p, 1)) = basis_.coefficients(design, to);
  } else {
    after = before;
  }
  expert.family->fit_absolute(after / mass, psi.data());
  std::copy(psi.begin(), psi.end(), result.target.begin() + expert.psi);
}

EmStep::Result EmStep::run(const arma::vec& theta, const arma::mat* given) const {
  arma::mat own;
  bool any = false;
  for (arma::uword k = 0; k < model_.size(); ++k) any = any || nonsmooth(k);
  if (any && given == nullptr) {
    own = responsibilities(model_, rows_, theta);
    given = &own;
  }
  const Statistics statistics = collect(theta, given);
  Result result;
  result.value = statistics.loss / weight_ + 0.5 * arma::accu(penalty_ % theta % theta);
  result.target = theta;
  move_gate(statistics, theta, result);
  move_experts(statistics, theta, result);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    if (!nonsmooth(k)) continue;
    result.slope = std::max(result.slope, std::abs(statistics.experts[k].score.back()) / std::sqrt(weight_));
    move_nonsmooth(k, given->col(k), theta, result);
  }
  result.slope /= std::sqrt(weight_);
  return result;
}

void EmStep::save(SolverState& to) const {
  to.set("stride", static_cast<double>(stride_));
  arma::vec& whole = to.numbers["whole"];
  whole.set_size(whole_.size());
  std::copy(whole_.begin(), whole_.end(), whole.begin());
}

void EmStep::load(const SolverState& from) {
  stride_ = static_cast<arma::uword>(std::clamp(from.at("stride"), 1.0, static_cast<double>(stride_)));
  const arma::vec& whole = from.at("whole", whole_.size());
  for (std::size_t k = 0; k < whole_.size(); ++k) whole_[k] = whole[k] != 0;
}

}  // namespace moe
