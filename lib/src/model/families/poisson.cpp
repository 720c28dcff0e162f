// poisson: counts y = 0, 1, ..; log p = y log mu - mu - log y!, log mu = eta (extreme eta are bounded: jet.hpp). No
// psi.
#include <algorithm>
#include <cmath>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/poisson_log_p.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

class Poisson : public JetFamily<Poisson, 1, 0> {
 public:
  using JetFamily::JetFamily;
  template <class T>
  struct Terms {};

  std::string spec() const override { return "poisson"; }
  Link link() const override { return Link::kLog; }
  Support support() const override { return Support::kCounts; }
  void start(double y, double* eta, double*) const override { *eta = std::log(std::max(y, 0.5)); }

  template <class T>
  Terms<T> terms(const T*) const {
    return {};
  }
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>&, const Y&) const {
    return poisson_log_p(y, bounded(*eta));
  }
  template <class T>
  T variance_at(const T* eta, const Terms<T>&, const T&) const {
    return bounded_exp(*eta);
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>&, const T&) const {
    return poisson_cdf(y, bounded_exp(*eta));
  }
  double quantile_at(double p, const double* eta, const Terms<double>&, double) const {
    return poisson_quantile(p, bounded_exp(*eta));
  }
  double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const override {
    const double mean = bounded_exp(eta[row]);
    return mean < kLargestDrawn ? static_cast<double>(random.poisson(mean)) : Family::draw(eta, row, psi, random);
  }

 private:
  static constexpr double kLargestDrawn = 1e18;  // Random draws 64-bit numbers
};

std::shared_ptr<const Family> make_poisson(const std::string& arguments, const TargetInfo& target) {
  return make_plain_family<Poisson>("poisson", arguments, target);
}

}  // namespace

FamilyEntry poisson_family() {
  return {{"poisson", "a count, by the logarithm of its mean", {"poisson"}}, make_poisson};
}

}  // namespace moe
