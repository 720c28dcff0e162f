// lognormal: y > 0 (in data units, whatever the model's), and log y is normal with mean eta and standard deviation sigma:
//   log p = -z^2 / 2 - log(sigma sqrt(2 pi)) - log y, z = (log y - eta) / sigma.
// The median is exp(eta), the mean exp(eta + sigma^2 / 2). psi = one number: sigma^2 = floor^2 + exp(2 psi), floor =
// 1e-4. In lognormal:hetero, the network tells the sigma of each row, too: eta = (mean of log y, s), sigma^2 = floor^2 +
// exp(2 s). lognormal:hetero:LOW:HIGH limits sigma to these bounds (scale_bounds.hpp).
#include <cmath>
#include <limits>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/scale_bounds.hpp"
#include "model/scale_floor.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// The sigma with which an expert begins: a factor of 1.6 up or down is common.
constexpr double kFirstSigma = 0.5;
/// Where an unknown expert's sigma has no rows to tell it, it is no larger.
constexpr double kLargestUntold = 1;
/// The mean of a lognormal with a larger sigma is more than e^50 times its median.
constexpr double kLargestTold = 10;
/// The logarithm is taken of this number where y is smaller.
constexpr double kLeast = std::numeric_limits<double>::min();
/// |s| counts as no more than this, so that sigma and its square are finite.
constexpr double kLargestLogSigma = 300;

/// What both have in common. Self::sigma_at(eta, terms) is their sigma.
template <class Self, int Outputs, int Dispersions>
class OfLogarithm : public JetFamily<Self, Outputs, Dispersions> {
 public:
  using JetFamily<Self, Outputs, Dispersions>::JetFamily;
  Family::Link link() const override { return Family::Link::kLogMedian; }
  Support support() const override { return Support::kPositive; }
  bool any_units() const override { return true; }
  bool likelihood_only() const override { return true; }

  // JetFamily subtracts the logarithm of the scale, which makes a density in model units one in data units.
  template <class T, class Terms, class Y>
  T log_p(const Y& y, const T* eta, const Terms& terms, const Y&) const {
    const Y log_y = log_in_data(y);
    const T sigma = self().sigma_at(eta, terms), z = clamped((log_y - *eta) / sigma, kFarthest);
    return normal_log_density(0) - 0.5 * square(z) - log(sigma) - (log_y - std::log(this->target().scale));
  }
  template <class T, class Terms>
  T mean_at(const T* eta, const Terms& terms, const T&) const {
    return in_model(mean_in_data(eta, terms));
  }
  template <class T, class Terms>
  T variance_at(const T* eta, const Terms& terms, const T&) const {
    using std::tanh;  // exp(v) - 1 = tanh(v / 2) (exp(v) + 1): databases and ONNX have no expm1
    const T v = square(self().sigma_at(eta, terms));
    return tanh(0.5 * v) * (bounded_exp(v) + 1.0) * square(mean_in_data(eta, terms) / this->target().scale);
  }
  template <class T, class Terms>
  T cdf_at(const T& y, const T* eta, const Terms& terms, const T&) const {
    return if_positive(
        in_data(y), [&]() -> T { return normal_cdf((log_in_data(y) - *eta) / self().sigma_at(eta, terms)); },
        []() -> T { return 0.0; });
  }
  template <class T, class Terms>
  T quantile_at(double p, const T* eta, const Terms& terms, const T&) const {
    return in_model(bounded_exp(*eta + portable::normal_quantile(p) * self().sigma_at(eta, terms)));
  }

 protected:
  template <class T, class Terms>
  T mean_in_data(const T* eta, const Terms& terms) const {
    return bounded_exp(*eta + 0.5 * square(self().sigma_at(eta, terms)));
  }
  template <class Y>
  Y log_in_data(const Y& y) const {
    return log(greater(in_data(y), kLeast));
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
  template <class Y>
  Y in_data(const Y& y) const {
    const TargetInfo& units = this->target();
    return units.center == 0 && units.scale == 1 ? y : y * units.scale + units.center;
  }
  template <class Y>
  Y in_model(const Y& y) const {
    const TargetInfo& units = this->target();
    return units.center == 0 && units.scale == 1 ? y : (y - units.center) / units.scale;
  }
};

class LogNormal : public OfLogarithm<LogNormal, 1, 1> {
 public:
  using OfLogarithm::OfLogarithm;
  template <class T>
  struct Terms {
    T sigma;
  };

  std::string spec() const override { return "lognormal"; }
  std::vector<Figure> figures(const double* psi) const override {
    return {figure("sigma", terms(psi_variables(psi).data()).sigma)};
  }
  bool on_floor(const double* psi) const override { return scale_on_floor(terms(psi).sigma, 1); }
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0}, {std::log(factor)}}; }
  void start(double y, double* eta, double* psi) const override {
    *eta = log_in_data(y);
    *psi = floored_psi(kFirstSigma, 1);
  }

  template <class T>
  Terms<T> terms(const T* psi) const {
    return {floored_scale(*psi, 1)};
  }
  template <class T>
  const T& sigma_at(const T*, const Terms<T>& terms) const {
    return terms.sigma;
  }
};

class HeteroLogNormal : public OfLogarithm<HeteroLogNormal, 2, 0> {
 public:
  struct Terms {};

  HeteroLogNormal(const TargetInfo& target, const std::optional<ScaleBounds>& bounds)
      : OfLogarithm(target), bounds_(bounds) {
    if (!bounds) return;
    const double low = floored_psi(bounds->low, 1), high = floored_psi(bounds->high, 1);
    middle_ = 0.5 * (low + high);
    half_ = 0.5 * (high - low);
  }
  std::string spec() const override { return spec_with_bounds(name(), bounds_); }
  std::string name() const override { return "lognormal:hetero"; }
  std::string bounded_to(const arma::mat& eta, const arma::vec& weight, double by_chance,
                         const arma::vec&) const override {
    if (bounds_ || eta.n_rows == 0) return spec();
    const auto sigma = [&](arma::uword n) { return floored_scale(clamped(eta(n, 1), kLargestLogSigma), 1); };
    return HeteroLogNormal(target(),
                           scale_bounds_of(eta.col(1), weight, by_chance, sigma, kLargestUntold, kLargestTold))
        .spec();
  }
  std::vector<Figure> figures(const double*) const override {
    if (!bounds_) return {};
    return {{"least_sigma", bounds_->low, {}}, {"largest_sigma", bounds_->high, {}}};
  }
  std::string simpler() const override { return "lognormal"; }
  Embedding embedded(const double* lognormal, std::size_t) const override { return {{0}, {0, *lognormal}, {}}; }
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0, std::log(factor)}, {}}; }
  void start(double y, double* eta, double*) const override {
    eta[0] = log_in_data(y);
    eta[1] = floored_psi(kFirstSigma, 1);
  }
  template <class T>
  Terms terms(const T*) const {
    return {};
  }
  template <class T>
  T sigma_at(const T* eta, const Terms&) const {
    return floored_scale(clamped(eta[1] - middle_, half_) + middle_, 1);
  }

 private:
  std::optional<ScaleBounds> bounds_;
  double middle_ = 0, half_ = kLargestLogSigma;  // s lies between middle_ - half_ and middle_ + half_
};

std::shared_ptr<const Family> make_lognormal(const std::string& arguments, const TargetInfo& target) {
  require_number_target("lognormal", target);
  if (arguments.empty()) return std::make_shared<LogNormal>(target);
  const std::string hetero = "hetero";
  if (arguments == hetero || arguments.starts_with(hetero + ":"))
    return std::make_shared<HeteroLogNormal>(target,
                                             parse_scale_bounds("lognormal:hetero", arguments.substr(hetero.size())));
  throw Error(ErrorKind::kUsage, unknown_word("lognormal", arguments, {hetero}));
}

}  // namespace

FamilyEntry lognormal_family() {
  return {
      {"lognormal",
       "a number above 0 whose logarithm is normal; one sigma of the logarithm for each expert, or lognormal:hetero "
       "for one that the inputs tell, too",
       {"lognormal", "lognormal:hetero", "lognormal:hetero:0.1:2"}},
      make_lognormal};
}

}  // namespace moe
