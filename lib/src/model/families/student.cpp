// student: z = (y - eta) / sigma,
//   log p = log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(nu pi) / 2 - log sigma - (nu + 1) / 2 log(1 + z^2 / nu),
// minus log(scale), which makes it a density in data units. psi = (log scale, log(nu - least)): sigma^2 = floor^2 +
// exp(2 psi_0), as for a gaussian; nu = least + exp(psi_1). least is 1, so that the mean eta exists, or LEAST of
// student:LEAST. As nu grows, the family becomes gaussian.
#include <cmath>
#include <limits>
#include <optional>

#include "model/families/families.hpp"
#include "model/jet_family.hpp"
#include "model/scale_floor.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr double kStartNu = 5;
/// Beyond this log nu, the distribution cannot be told from a gaussian.
constexpr double kNormal = 25;
/// A nu this near to its lower bound (relatively) counts as being on it.
constexpr double kAtBound = 1e-4;
/// The lower bounds of nu that a user may ask for.
constexpr double kLowestBound = 0.1, kHighestBound = 2;

class Student : public JetFamily<Student, 1, 2> {
 public:
  Student(double least, const TargetInfo& target) : JetFamily(target), least_(least) {}
  template <class T>
  struct Terms {
    T sigma, nu, inverse, power, constant;
  };

  std::string spec() const override { return least_ == 1 ? "student" : "student:" + format_number(least_); }
  Link link() const override { return Link::kIdentity; }
  bool location_scale() const override { return true; }
  std::vector<Figure> figures(const double* psi) const override {
    const auto at_psi = terms(psi_variables(psi).data());
    return {figure("sigma", target().scale * at_psi.sigma), figure("nu", at_psi.nu)};
  }
  bool on_floor(const double* psi) const override { return scale_on_floor(terms(psi).sigma, target().spread); }
  bool has_mean(const double* psi) const override { return least_ >= 1 || terms(psi).nu > 1; }
  std::string bound_note(const double* psi) const override {
    const double nu = terms(psi).nu;
    if (!(nu < least_ * (1 + kAtBound))) return "";
    return "nu is at its lower bound " + format_number(least_) + ", the tails are heavier" +
           (least_ > kLowestBound ? ": expected --family student:" + format_number(kLowestBound) +
                                        ", which lets nu be below" + (least_ <= 1 ? " 1, where there is no mean" : "")
                                  : "");
  }
  std::string simpler() const override { return "gaussian"; }
  std::size_t sides() const override { return 2; }
  std::optional<Widening> widening(double factor) const override { return Widening{1, {0}, {std::log(factor), 0}}; }
  bool to_simpler(arma::uword, double* psi) const override {
    psi[1] = kNormal;
    return true;
  }
  // Begins near a gaussian, with its standard deviation.
  Embedding embedded(const double* gaussian, std::size_t side) const override {
    const double spread = target().spread;
    const double sigma = std::sqrt((kStartNu - 2) / kStartNu) * floored_scale(*gaussian, spread);
    if (side > 0) return {{0}, {0}, {floored_psi(sigma, spread), std::log(kStartNu - least_)}};
    return {{0}, {0}, {*gaussian, kNormal}};
  }
  // Begins with a standard deviation sigma sqrt(nu / (nu - 2)) of half the target's.
  void start(double y, double* eta, double* psi) const override {
    *eta = y;
    psi[0] = floored_psi(0.5 * std::sqrt((kStartNu - 2) / kStartNu) * target().typical, target().spread);
    psi[1] = std::log(kStartNu - least_);
  }

  // With a = nu / 2: log Gamma(a + 1/2) - log Gamma(a) - log(a) / 2 = a log(1 + 1 / (2 a)) - 1/2 + (Stirling's error at
  // a + 1/2) - (Stirling's error at a).
  template <class T>
  Terms<T> terms(const T* psi) const {
    const T sigma = floored_scale(psi[0], target().spread), nu = least_ + bounded_exp(psi[1]), half = 0.5 * nu;
    const T gammas = half * log1p(1.0 / nu) - 0.5 + stirling_error_exp(log(half + 0.5)) - stirling_error_exp(log(half));
    return {sigma, nu, 1.0 / sigma, half + 0.5, gammas - 0.5 * std::log(2 * M_PI) - log(sigma)};
  }
  template <class T, class Y>
  T log_p(const Y& y, const T* eta, const Terms<T>& terms, const Y&) const {
    const T z = clamped((y - *eta) * terms.inverse, kFarthest);
    return terms.constant - terms.power * log1p(square(z) / terms.nu);
  }
  template <class T>
  T variance_at(const T*, const Terms<T>& terms, const T&) const {
    return if_positive(
        terms.nu - 2.0, [&]() -> T { return terms.sigma * terms.sigma * terms.nu / (terms.nu - 2.0); },
        []() -> T { return std::numeric_limits<double>::infinity(); });
  }
  template <class T>
  T cdf_at(const T& y, const T* eta, const Terms<T>& terms, const T&) const {
    return student_cdf((y - *eta) * terms.inverse, terms.nu);
  }
  template <class T>
  T quantile_at(double p, const T* eta, const Terms<T>& terms, const T&) const {
    return *eta + terms.sigma * student_quantile(p, terms.nu);
  }

 private:
  double least_;  // the lower bound of nu
};

std::shared_ptr<const Family> make_student_above(const std::string& arguments, const TargetInfo& target) {
  const std::optional<double> least = parse_number(arguments);
  if (!least || !(*least >= kLowestBound && *least <= kHighestBound))
    throw Error(ErrorKind::kUsage, "family 'student:" + arguments +
                                       "': expected student, or student:LEAST with a bound of nu from " +
                                       format_number(kLowestBound) + " to " + format_number(kHighestBound));
  return std::make_shared<Student>(*least, target);
}

std::shared_ptr<const Family> make_student(const std::string& arguments, const TargetInfo& target) {
  require_number_target("student", target);
  return arguments.empty() ? std::make_shared<Student>(1, target) : make_student_above(arguments, target);
}

}  // namespace

FamilyEntry student_family() {
  return {{"student",
           "a number with outliers; scale and degrees of freedom nu for each expert, nu above 1 or above what "
           "student:LEAST says, as "
           "student:0.1",
           {"student"}},
          make_student};
}

}  // namespace moe
