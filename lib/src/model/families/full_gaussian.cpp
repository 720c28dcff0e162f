// gaussian:full: several targets, with a covariance matrix in each expert. It is parametrised by the modified Cholesky
// decomposition of its inverse (Pourahmadi 1999). With r = y - eta, e_t = r_t - sum_{s<t} phi_ts r_s is the residual of
// target t given the targets before it, d_t is its standard deviation, and
//   log p = sum_t -e_t^2 / (2 d_t^2) - log d_t - log(2 pi) / 2, minus the logarithms of the targets' scales.
// psi = (psi_1 .. psi_T, phi_21, phi_31, phi_32, ..) with d_t^2 = floor_t^2 + exp(2 psi_t): as for a gaussian, the
// floor bounds the likelihood.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/blas_memory.hpp"
#include "model/scale_floor.hpp"
#include "model/several_targets.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// If the earlier targets leave less than this part of a target's mean square, the rest is rounding error.
constexpr double kDependent = 1e-14;

class FullGaussian : public SeveralTargets, public HasExpressions {
 public:
  explicit FullGaussian(std::vector<TargetInfo> targets) : SeveralTargets(std::move(targets)) {
    for (arma::uword t = 0; t < this->targets(); ++t) marginals_.push_back(make_family("gaussian", target_at(t)));
  }

  std::string spec() const override { return "gaussian:full"; }
  std::vector<Support> supports() const override { return std::vector<Support>(targets(), Support::kReal); }
  bool location_scale() const override { return true; }
  arma::uword outputs() const override { return targets(); }
  arma::uword dispersions() const override { return targets() * (targets() + 1) / 2; }

  Marginal marginal(arma::uword t, const double* psi) const override {
    const double sigma = std::sqrt(Covariance(*this, psi).sigma(t, t));
    return {marginals_[t].get(), t, {gaussian_psi(sigma, target_at(t).spread)}};
  }
  std::vector<Figure> figures(const double* psi) const override;
  bool on_floor(const double* psi) const override {
    for (arma::uword t = 0; t < targets(); ++t)
      if (scale_on_floor(left(t, psi), target_at(t).spread)) return true;
    return false;
  }
  double least_scale(const double* psi) const override {
    double least = std::numeric_limits<double>::infinity();
    for (arma::uword t = 0; t < targets(); ++t) least = std::min(least, left(t, psi) / target_at(t).typical);
    return least;
  }

  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const Residuals residuals(*this, y, eta, psi);
    out.zeros(eta.n_rows);
    for (arma::uword t = 0; t < targets(); ++t) {
      const double log_scale = std::log(left(t, psi)) + std::log(target_at(t).scale);
      for (arma::uword n = 0; n < eta.n_rows; ++n) out[n] += normal_log_density(residuals.z(n, t)) - log_scale;
    }
  }

  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    const Residuals residuals(*this, y, eta, psi);
    d_eta.set_size(eta.n_rows, targets());
    for (arma::uword t = 0; t < targets(); ++t) {
      const arma::vec q = weight % residuals.z.col(t) / left(t, psi);
      d_eta.col(t) = q;
      d_psi[t] += share(t, psi) * arma::dot(weight, arma::square(residuals.z.col(t)) - 1);
      for (arma::uword s = 0; s < t; ++s) {
        d_eta.col(s) -= psi[place(t, s)] * q;
        d_psi[place(t, s)] += arma::dot(q, residuals.r.col(s));
      }
    }
  }

  bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                   arma::mat& seconds) const override;
  /// Second derivatives in eta only, which are the same in all rows. psi has too many elements to include it.
  void curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                 arma::mat& seconds) const override;
  bool fit_dispersion(const arma::mat& mean_products, double* psi) const override;

  std::string simpler() const override { return "gaussian"; }
  // Begins without correlations.
  Embedding embedded(const double* gaussians, std::size_t side) const override {
    std::vector<double> psi(gaussians, gaussians + targets());
    psi.resize(dispersions(), 0);
    return Family::embedded(psi.data(), side);
  }
  std::optional<Widening> widening(double factor) const override {
    Widening result{1, std::vector<double>(outputs(), 0), std::vector<double>(dispersions(), 0)};
    std::fill_n(result.psi.begin(), targets(), std::log(factor));
    return result;
  }
  void start_at(const double* y, double* eta, double* psi) const override {
    std::copy_n(y, targets(), eta);
    std::fill_n(psi, dispersions(), 0.0);
    for (arma::uword t = 0; t < targets(); ++t) psi[t] = gaussian_psi(0.5 * target_at(t).typical, target_at(t).spread);
  }
  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override { mu = eta; }
  void mean_backward(const arma::mat&, const arma::mat&, const arma::mat& d_mu, arma::mat& d_eta) const override {
    d_eta = d_mu;
  }
  void draw_at(const arma::mat& eta, arma::uword row, const double* psi, Random& random, double* y) const override {
    for (arma::uword t = 0; t < targets(); ++t) {
      y[t] = eta(row, t) + left(t, psi) * random.normal();
      for (arma::uword s = 0; s < t; ++s) y[t] += psi[place(t, s)] * (y[s] - eta(row, s));
    }
  }

  Expression log_density_expression(const double* psi) const override {
    Expression sum = 0.0;
    std::vector<Expression> r;
    for (arma::uword t = 0; t < targets(); ++t) {
      r.push_back(clamped(Expression::target(t) - Expression::eta(t), kFarthest));
      Expression e = r[t];
      for (arma::uword s = 0; s < t; ++s) e = e - psi[place(t, s)] * r[s];
      const Expression z = clamped(e / left(t, psi), kFarthest);
      const double constant = normal_log_density(0) - (std::log(left(t, psi)) + std::log(target_at(t).scale));
      sum = sum + (constant - 0.5 * square(z));
    }
    return sum;
  }

 private:
  /// r = y - eta, and z = e / d (b x T).
  struct Residuals {
    arma::mat r, z;
    Residuals(const FullGaussian& family, const arma::mat& y, const arma::mat& eta, const double* psi)
        : r(arma::clamp(y - eta, -kFarthest, kFarthest)), z(r) {
      for (arma::uword t = family.targets(); t-- > 0;) {
        for (arma::uword s = 0; s < t; ++s) z.col(t) -= psi[family.place(t, s)] * r.col(s);
        z.col(t) = arma::clamp(z.col(t) / family.left(t, psi), -kFarthest, kFarthest);
      }
    }
  };
  /// The covariance matrix sigma = A^-1 D^2 A^-1' with A = I - phi.
  struct Covariance {
    arma::mat inverse, sigma;
    Covariance(const FullGaussian& family, const double* psi) {
      use_blas();
      inverse = arma::inv(arma::trimatl(family.factor(psi)));
      arma::mat root = inverse;
      for (arma::uword t = 0; t < family.targets(); ++t) root.col(t) *= family.left(t, psi);
      sigma = root * root.t();
    }
  };

  /// The place of phi_ts in psi, for s < t.
  arma::uword place(arma::uword t, arma::uword s) const { return targets() + t * (t - 1) / 2 + s; }
  /// d_t, the standard deviation of target t given the targets before it.
  double left(arma::uword t, const double* psi) const {
    return std::hypot(kFloor * target_at(t).spread, std::exp(psi[t]));
  }
  /// d log d_t / d psi_t.
  double share(arma::uword t, const double* psi) const {
    const double share = std::exp(psi[t]) / left(t, psi);
    return share * share;
  }
  /// The matrix A, for which e = A r.
  arma::mat factor(const double* psi) const {
    arma::mat A(targets(), targets(), arma::fill::eye);
    for (arma::uword t = 1; t < targets(); ++t)
      for (arma::uword s = 0; s < t; ++s) A(t, s) = -psi[place(t, s)];
    return A;
  }
  /// The scores in (eta, psi), row by row.
  void score_rows(const Residuals& residuals, const double* psi, arma::mat& scores) const;
  /// The derivatives of the covariance matrix in each element of psi.
  std::vector<arma::mat> slopes(const Covariance& residuals, const double* psi) const;

  std::vector<std::shared_ptr<const Family>> marginals_;
};

std::vector<arma::mat> FullGaussian::slopes(const Covariance& covariance, const double* psi) const {
  std::vector<arma::mat> result(dispersions());
  for (arma::uword t = 0; t < targets(); ++t) {
    const arma::vec along = covariance.inverse.col(t);
    result[t] = 2 * share(t, psi) * std::pow(left(t, psi), 2) * along * along.t();
    for (arma::uword s = 0; s < t; ++s) {
      const arma::mat half = along * covariance.sigma.row(s);
      result[place(t, s)] = half + half.t();
    }
  }
  return result;
}

/// The sigma of each target, then the correlation of each pair.
std::vector<Family::Figure> FullGaussian::figures(const double* psi) const {
  const Covariance covariance(*this, psi);
  const std::vector<arma::mat> slope = slopes(covariance, psi);
  const arma::vec variance = covariance.sigma.diag();
  std::vector<Figure> result;
  for (arma::uword t = 0; t < targets(); ++t) {
    const double sigma = target_at(t).scale * std::sqrt(variance[t]);
    result.push_back({"sigma_" + target_at(t).name, sigma, {}});
    for (const arma::mat& d : slope) result.back().slope.push_back(0.5 * sigma * d(t, t) / variance[t]);
  }
  for (arma::uword t = 1; t < targets(); ++t)
    for (arma::uword s = 0; s < t; ++s) {
      const double size = std::sqrt(variance[s] * variance[t]), value = covariance.sigma(s, t) / size;
      result.push_back({"correlation_" + target_at(s).name + "_" + target_at(t).name, value, {}});
      for (const arma::mat& d : slope)
        result.back().slope.push_back(d(s, t) / size - 0.5 * value * (d(s, s) / variance[s] + d(t, t) / variance[t]));
    }
  return result;
}

void FullGaussian::score_rows(const Residuals& residuals, const double* psi, arma::mat& scores) const {
  const arma::uword T = targets();
  scores.zeros(residuals.r.n_rows, T + dispersions());
  for (arma::uword t = 0; t < T; ++t) {
    const arma::vec z = residuals.z.col(t), q = z / left(t, psi);
    scores.col(t) += q;
    scores.col(T + t) = share(t, psi) * (z % z - 1);
    for (arma::uword s = 0; s < t; ++s) {
      scores.col(s) -= psi[place(t, s)] * q;
      scores.col(T + place(t, s)) = q % residuals.r.col(s);
    }
  }
}

bool FullGaussian::derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                               arma::mat& seconds) const {
  const Residuals residuals(*this, y, eta, psi);
  const arma::uword T = targets(), size = T + dispersions();
  const arma::mat A = factor(psi);
  score_rows(residuals, psi, scores);
  seconds.zeros(eta.n_rows, size * size);
  const auto add = [&](arma::uword i, arma::uword j, const auto& value) {
    seconds.col(i * size + j) += value;
    if (i != j) seconds.col(j * size + i) += value;
  };
  for (arma::uword t = 0; t < T; ++t) {
    const double d = left(t, psi), slope = share(t, psi), precision = 1 / (d * d);
    const arma::vec z = residuals.z.col(t), q = z / d;
    add(T + t, T + t, 2 * slope * ((1 - slope) * (z % z - 1) - slope * z % z));
    for (arma::uword s = 0; s <= t; ++s) {
      add(s, T + t, -2 * slope * A(t, s) * q);
      for (arma::uword v = 0; v <= s; ++v) add(v, s, -A(t, s) * A(t, v) * precision * arma::ones(z.n_elem));
    }
    for (arma::uword v = 0; v < t; ++v) {
      const arma::vec r = residuals.r.col(v);
      const arma::uword at = T + place(t, v);
      add(T + t, at, -2 * slope * q % r);
      add(v, at, -q);
      for (arma::uword s = 0; s <= t; ++s) add(s, at, -A(t, s) * precision * r);
      for (arma::uword w = 0; w <= v; ++w) add(T + place(t, w), at, -precision * r % residuals.r.col(w));
    }
  }
  return true;
}

void FullGaussian::curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                             arma::mat& seconds) const {
  score_rows(Residuals(*this, y, eta, psi), psi, scores);
  arma::mat root = factor(psi);
  for (arma::uword t = 0; t < targets(); ++t) root.row(t) /= left(t, psi);
  seconds = arma::repmat(-arma::vectorise(root.t() * root).t(), eta.n_rows, 1);
}

/// Decomposes the mean products S = L D L'. Then A = L^-1.
bool FullGaussian::fit_dispersion(const arma::mat& mean_products, double* psi) const {
  const arma::uword T = targets();
  arma::mat L(T, T, arma::fill::eye);
  arma::vec left_square(T);
  for (arma::uword t = 0; t < T; ++t) {
    double rest = mean_products(t, t);
    for (arma::uword s = 0; s < t; ++s) {
      double product = mean_products(t, s);
      for (arma::uword v = 0; v < s; ++v) product -= L(t, v) * left_square[v] * L(s, v);
      L(t, s) = left_square[s] > 0 ? product / left_square[s] : 0;
      rest -= L(t, s) * L(t, s) * left_square[s];
    }
    left_square[t] = rest > kDependent * mean_products(t, t) ? rest : 0;
    psi[t] = gaussian_psi(std::sqrt(left_square[t]), target_at(t).spread);
  }
  const arma::mat A = arma::inv(arma::trimatl(L));
  for (arma::uword t = 1; t < T; ++t)
    for (arma::uword s = 0; s < t; ++s) psi[place(t, s)] = -A(t, s);
  return true;
}

}  // namespace

std::shared_ptr<const Family> make_full_gaussian(const std::vector<TargetInfo>& targets) {
  if (targets.size() == 1)
    throw Error(ErrorKind::kUsage,
                "family 'gaussian:full' describes several targets together, and there is one: expected gaussian");
  return std::make_shared<FullGaussian>(targets);
}

}  // namespace moe
