// zero-inflated-poisson: counts that are 0 with probability pi, else Poisson with mean lambda:
// p(0) = pi + (1 - pi) exp(-lambda), p(y) = (1 - pi) lambda^y exp(-lambda) / y!; log lambda = eta. psi = (logit pi).
#include <algorithm>
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/poisson_log_p.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr double kStartShare = 0.25;
/// At this logit, the share of extra zeros is practically 0.
constexpr double kNoZeros = -50;

class ZeroInflatedPoisson : public JetFamily<ZeroInflatedPoisson, 1, 1> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {
    T logit, log_zeros, log_rest, zeros, rest;
  };

  std::string spec() const override { return "zero-inflated-poisson"; }
  bool likelihood_only() const override { return true; }
  Link link() const override { return Link::kLog; }
  Support support() const override { return Support::kCounts; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("zero_share", logistic(psi_variables(psi)[0]))};
  }
  std::string simpler() const override { return "poisson"; }
  std::size_t sides() const override { return 2; }
  bool to_simpler(arma::uword, double* psi) const override {
    *psi = kNoZeros;
    return true;
  }
  // Begins near a Poisson, with its mean.
  Embedding embedded(const double*, std::size_t side) const override {
    if (side == 0) return {{0}, {0}, {kNoZeros}};
    return {{0}, {-std::log(1 - kStartShare)}, {std::log(kStartShare / (1 - kStartShare))}};
  }
  // Begins with some share of extra zeros, and the remaining counts near y.
  void start(double y, double* eta, double* psi) const override {
    *eta = std::log(std::max(y, 0.5) / (1 - kStartShare));
    *psi = std::log(kStartShare / (1 - kStartShare));
  }
  template <class T>
  Terms<T> terms(const T* psi) const {
    return {*psi, -log1p_exp(-*psi), -log1p_exp(*psi), logistic(*psi), logistic(-*psi)};
  }
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const T log_mean = bounded(*eta);
    return if_positive(
        y, [&]() -> T { return terms.log_rest + poisson_log_p(y, log_mean); },
        [&] {
          // exp(excess) is pi / ((1 - pi) exp(-lambda)), the odds that a 0 is an extra one.
          const T mean = exp(log_mean), excess = terms.logit + mean;
          return if_positive(
              value_of(excess), [&]() -> T { return terms.log_zeros + log1p_exp(-excess); },
              [&]() -> T { return terms.log_rest - mean + log1p_exp(excess); });
        });
  }
  template <class T>
  T mean_at(const T* eta, const Terms<T>& terms, const T&) const {
    return terms.rest * bounded_exp(*eta);
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>& terms, const T&) const {
    const T lambda = bounded_exp(*eta);
    return terms.rest * lambda * (1.0 + terms.zeros * lambda);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return zero_inflated_poisson_cdf(y, bounded_exp(*eta), terms.zeros);
  }
  double quantile_at(double p, const double* eta, const Terms<double>& terms, double) const {
    return zero_inflated_poisson_quantile(p, bounded_exp(*eta), terms.zeros);
  }
};

std::shared_ptr<const Family> make_zero_inflated_poisson(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<ZeroInflatedPoisson>("zero-inflated-poisson", arguments, target);
}

}  // namespace

FamilyEntry zero_inflated_poisson_family() {
  return {{"zero-inflated-poisson", "a count with more zeros than a Poisson's", {"zero-inflated-poisson"}},
          make_zero_inflated_poisson};
}

}  // namespace moe
