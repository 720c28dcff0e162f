// Fisher scoring on the penalised likelihood of Firth (1993); firth.hpp has its equation. A pass computes the score and
// the information I = R'R, another one the derivative of log |I| / 2 = sum_j log R_jj by third cumulants. The step I^-1
// score is limited in length, and halved until the value does not fall. The test of convergence is the length of R
// step, which measures the step in standard errors.
#include "fit/firth.hpp"

#include <cmath>

#include "moe/error.hpp"
#include "moe/forward_pass.hpp"
#include "moe/hessian.hpp"

namespace moe {
namespace {

constexpr arma::uword kFirthBlock = 512;
constexpr double kFirthTolerance = 1e-9;  // for a step, in standard errors
constexpr arma::uword kFirthPasses = 1000;
constexpr int kFirthHalvings = 30;
constexpr double kFirthRounding = 1e-13;  // relative rounding error of a value
/// The longest step of linear predictors, on average over rows: without a limit, means of counts overflow.
constexpr double kLongest = 5;

/// The third cumulant of outputs a, b and c in row n. The first class is the reference and has no output here.
double third_cumulant(const Family& family, const arma::mat& mu, const arma::mat& eta, arma::uword n, arma::uword a,
                      arma::uword b, arma::uword c) {
  if (family.link() == Family::Link::kLog) return mu[n];
  if (family.link() == Family::Link::kLogistic) {
    const double trials = eta.n_cols > 1 ? eta(n, 1) : 1, p = mu[n] / trials;
    return mu[n] * (1 - p) * (1 - 2 * p);
  }
  const double pa = mu(n, a + 1), pb = mu(n, b + 1), pc = mu(n, c + 1);
  return (a == b && b == c ? pa : 0) - (a == b ? pa * pc : 0) - (a == c ? pa * pb : 0) - (b == c ? pa * pb : 0) +
         2 * pa * pb * pc;
}

/// A point and the results of the pass over the rows there, in orthonormal coordinates of the estimated columns.
struct Point {
  arma::mat phi;     // p x outputs
  double value = 0;  // the function that is maximised
  arma::vec score;   // the derivative of value
  arma::mat root;    // R with I = R'R
};

class Firth {
 public:
  Firth(const Model& model, const Rows& rows, const Basis& basis)
      : model_(model),
        rows_(rows),
        basis_(basis),
        expert_(model.experts.front()),
        first_(expert_.family->redundant_outputs()),
        outputs_(expert_.family->outputs() - first_) {
    const arma::uvec all = arma::regspace<arma::uvec>(0, basis.columns(design()) - 1);
    std::vector<arma::uword> kept;
    for (const arma::uword j : all)
      if (!arma::any(basis.dependent(design()) == j)) kept.push_back(j);
    columns_ = kept;
  }

  arma::vec theta(const arma::mat& phi) const {
    arma::mat W(basis_.columns(design()), outputs_, arma::fill::zeros);
    W.rows(columns_) = phi;
    arma::vec result(model_.theta.n_elem, arma::fill::zeros);
    const arma::vec coefficients = arma::vectorise(basis_.coefficients(design(), W));
    result.subvec(expert_.offset + first_ * W.n_rows, arma::size(coefficients)) = coefficients;
    return result;
  }

  /// All slopes are 0; for counts the intercept gives their mean.
  Point start() const {
    arma::mat W(basis_.columns(design()), outputs_, arma::fill::zeros);
    if (expert_.family->link() == Family::Link::kLog && expert_.network->has_intercept())
      expert_.family->start(arma::dot(rows_.w, rows_.y.col(0)) / arma::accu(rows_.w), W.memptr(), nullptr);
    return at(arma::mat(basis_.orthonormal(design(), W)).rows(columns_));
  }

  /// `value` is not finite where the information is not positive definite.
  Point at(const arma::mat& phi) const {
    Point point{phi, 0, arma::zeros(phi.n_elem), {}};
    arma::mat information(phi.n_elem, phi.n_elem, arma::fill::zeros);
    for_each_block(point, [&](const Rows& block, const arma::mat& Z, const arma::mat& eta) {
      add(block, Z, eta, point, information);
    });
    if (!arma::chol(point.root, arma::symmatu(information))) {
      point.value = -arma::datum::inf;
      return point;
    }
    point.value += arma::accu(arma::log(point.root.diag()));
    const arma::mat inverse_root = arma::inv(arma::trimatu(point.root)), inverse = inverse_root * inverse_root.t();
    for_each_block(point, [&](const Rows& block, const arma::mat& Z, const arma::mat& eta) {
      add_prior(block, Z, eta, inverse, point.score);
    });
    return point;
  }

  arma::mat step(const Point& from) const {
    const arma::vec step = arma::solve(arma::trimatu(from.root), arma::solve(arma::trimatl(from.root.t()), from.score));
    const double length = arma::norm(step) / std::sqrt(arma::accu(rows_.w));
    return arma::reshape(length > kLongest ? arma::vec(kLongest / length * step) : step, arma::size(from.phi));
  }

 private:
  /// Calls visit(block, columns p x b, eta b x m) for all rows.
  template <class Visit>
  void for_each_block(const Point& point, const Visit& visit) const {
    const arma::vec at = theta(point.phi);
    ForwardPass forward(model_);
    arma::mat Z;
    for (arma::uword first = 0; first < rows_.count(); first += kFirthBlock) {
      const Rows block = rows_.block(first, std::min(rows_.count(), first + kFirthBlock) - 1);
      forward.run(at, block);
      basis_.whiten(design(), block.X, Z);
      visit(block, arma::mat(Z.rows(columns_)), forward.eta(0));
    }
  }

  void add(const Rows& block, const arma::mat& Z, const arma::mat& eta, Point& to, arma::mat& information) const {
    arma::vec log_p;
    arma::mat scores, seconds;
    expert_.family->log_density(block.y, eta, nullptr, log_p);
    expert_.family->derivatives(block.y, eta, nullptr, scores, seconds);
    to.value += arma::dot(block.w, log_p);
    const arma::uword p = Z.n_rows, m = scores.n_cols;
    for (arma::uword a = 0; a < outputs_; ++a) {
      to.score.subvec(a * p, arma::size(p, 1)) += Z * (block.w % scores.col(a + first_));
      for (arma::uword b = 0; b < outputs_; ++b) {
        const arma::vec v = -block.w % seconds.col((a + first_) * m + b + first_);
        information.submat(a * p, b * p, arma::size(p, p)) += (Z.each_row() % v.t()) * Z.t();
      }
    }
  }

  void add_prior(const Rows& block, const arma::mat& Z, const arma::mat& eta, const arma::mat& inverse,
                 arma::vec& score) const {
    arma::mat mu;
    expert_.family->mean(eta, nullptr, mu);
    const arma::uword p = Z.n_rows;
    arma::mat pull(Z.n_cols, outputs_, arma::fill::zeros);
    for (arma::uword b = 0; b < outputs_; ++b)
      for (arma::uword c = 0; c < outputs_; ++c) {
        const arma::rowvec spread = arma::sum(Z % (inverse.submat(b * p, c * p, arma::size(p, p)) * Z), 0);
        for (arma::uword a = 0; a < outputs_; ++a)
          for (arma::uword n = 0; n < Z.n_cols; ++n)
            pull(n, a) += 0.5 * block.w[n] * third_cumulant(*expert_.family, mu, eta, n, a, b, c) * spread[n];
      }
    score += arma::vectorise(Z * pull);
  }

  arma::uword design() const { return basis_.design_of(1); }

  const Model& model_;
  const Rows& rows_;
  const Basis& basis_;
  const Expert& expert_;
  arma::uword first_, outputs_;  // the outputs that are free
  arma::uvec columns_;           // the columns of the design that are estimated
};

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::kUsage, "--firth: " + what); }

/// Throws where a mixture's gate cannot be bias-reduced.
void require_gate(const Model& model) {
  if (!model.gate->multinomial())
    refuse("gate link '" + model.gate->name() + "' has no information of its own: expected softmax");
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Network& network = b == 0 ? *model.gate_branch.network : *model.experts[b - 1].network;
    if (!network.is_linear())
      refuse("network '" + network.spec() + "' is not linear in its parameters: expected linear or poly, or --gate-l2");
  }
}

}  // namespace

void require_firth(const Model& model) {
  if (model.size() > 1) return require_gate(model);
  const Expert& expert = model.experts.front();
  if (!expert.network->is_linear())
    refuse("network '" + expert.network->spec() + "' is not linear in its parameters: expected linear or poly");
  const Family& family = *expert.family;
  if (model.targets() > 1 || family.dispersions() > 0 || family.link() == Family::Link::kIdentity ||
      family.link() == Family::Link::kLogMedian || !has_derivatives(family))
    refuse("it is not known for family '" + family.spec() + "': expected bernoulli, categorical, binomial or poisson");
}

SolverResult fit_firth(const Model& model, const Rows& rows, const Basis& basis, const SolverOptions& options,
                       const FirthWatch& watch) {
  const Firth firth(model, rows, basis);
  const double weight = arma::accu(rows.w), tolerance = options.tolerance > 0 ? options.tolerance : kFirthTolerance;
  const arma::uword passes = options.epochs > 0 ? options.epochs : kFirthPasses;
  SolverResult result;
  Point here = firth.start();
  result.stop = "passes used up; --epochs allows more";
  if (!std::isfinite(here.value))
    throw Error(ErrorKind::kFit,
                "--firth: the information is not positive definite: expected fewer inputs, or more rows");
  while (watch(result.passes, firth.theta(here.phi), -here.value / weight)) {
    const arma::mat step = firth.step(here);
    result.converged = arma::norm(here.root * arma::vectorise(step)) <= tolerance;
    if (result.converged) result.stop = "step below tolerance";
    if (result.converged || result.passes == passes) break;
    double part = 1;
    int halvings = 0;
    for (; halvings < kFirthHalvings; ++halvings, part *= 0.5) {
      Point there = firth.at(here.phi + part * step);
      if (!(there.value >= here.value - kFirthRounding * std::abs(here.value))) continue;
      here = std::move(there);
      break;
    }
    if (halvings == kFirthHalvings) {
      result.stop = "no step lowers the loss any more";
      break;
    }
    ++result.passes;
  }
  result.theta = firth.theta(here.phi);
  result.value = -here.value / weight;
  return result;
}

}  // namespace moe
