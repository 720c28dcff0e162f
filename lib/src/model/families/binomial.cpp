// binomial: y successes in the n trials of the row; log f = log C(n, y) + y log p + (n - y) log(1 - p) with p = 1 / (1
// + exp(-eta)). The second column of eta is n. No psi.
#include <cmath>
#include <limits>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"

namespace moe {
namespace {

class Binomial : public JetFamily<Binomial, 1, 0> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {};

  std::string spec() const override { return "binomial"; }
  Link link() const override { return Link::kLogistic; }
  Support support() const override { return Support::kSuccesses; }
  bool reads_trials() const override { return true; }
  // The trials are not known here, so y only shows whether successes are many.
  void start(double y, double* eta, double*) const override { *eta = (y + 0.5) / (y + 2) - 0.5; }

  template <class T>
  Terms<T> terms(const T*) const {
    return {};
  }
  // In terms of p over its estimate y / n: what remains of log C(n, y) is only of the order of log n, and both deviance
  // terms are positive (Loader 2000).
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>&, const Y& trials) const {
    const T log_success = -log1p_exp(-*eta), log_failure = -log1p_exp(*eta);
    const Y failures = trials - y;
    const auto inside = [&]() -> T {
      const Y constant = 0.5 * log(trials / (2.0 * M_PI * y * failures)) + stirling_error_of_count(trials) -
                         stirling_error_of_count(y) - stirling_error_of_count(failures);
      return constant - (y * exp_remainder(T(log_success - log(y / trials))) +
                         failures * exp_remainder(T(log_failure - log(failures / trials))));
    };
    const auto some = [&] { return if_positive(failures, inside, [&]() -> T { return trials * log_success; }); };
    const auto possible = [&] { return if_positive(y, some, [&]() -> T { return trials * log_failure; }); };
    return if_positive(
        -failures, []() -> T { return -std::numeric_limits<double>::infinity(); }, possible);
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>&, const T& trials) const {
    return trials * logistic(*eta) * logistic(-*eta);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>&, const T& trials) const {
    return binomial_cdf(y, trials, *eta);
  }
  double quantile_at(double p, const double* eta, const Terms<double>&, double trials) const {
    return binomial_quantile(p, trials, *eta);
  }
};

std::shared_ptr<const Family> make_binomial(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<Binomial>("binomial", arguments, target);
}

}  // namespace

FamilyEntry binomial_family() {
  return {{"binomial", "successes of a number of trials (--trials), by log-odds", {"binomial"}}, make_binomial};
}

}  // namespace moe
