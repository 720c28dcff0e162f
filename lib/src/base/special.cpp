// Densities, cdfs and quantiles without cancellation. Three differences of large numbers have functions of their own:
// - Stirling's error log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2 (Loader 2000), with two derivatives in log a;
// - exp(x) - 1 - x, to which the deviances of counts reduce;
// - log Phi(x) far down in the tail, by Laplace's continued fraction.
// Boost computes the incomplete gamma and beta functions. Distributions with a variance above kNormalVariance use the
// normal approximation with a correction for skewness.
#include "base/special.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/owens_t.hpp>
#include <cmath>
#include <cstddef>
#include <limits>

#include "moe/numeric.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

namespace policies = boost::math::policies;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// A count with a larger variance has the cdf of its normal approximation, whose error is about one over the variance.
constexpr double kNormalVariance = 1e10;

/// A policy for Boost: no exceptions. `LongDouble`: whether Boost computes internally with 64 bits of mantissa.
template <bool LongDouble>
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>, policies::rounding_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::indeterminate_result_error<policies::ignore_error>,
    policies::promote_float<false>, policies::promote_double<LongDouble>>;

/// Calls f(policy). Parameters above 100 cost the incomplete beta function digits, so it then computes in long double.
template <class F>
double at_precision(double largest, const F& f) {
  return largest > 100 ? f(Quiet<true>()) : f(Quiet<false>());
}

double normal_density(double z) { return std::exp(normal_log_density(z)); }

/// Stirling's error by its asymptotic series, for a >= 10. Returns the error, a times its derivative, and a^2 times its
/// second derivative, all with respect to a.
Curve stirling_series(double a) {
  static constexpr std::array<double, 8> kTerms = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                                   1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  const double inverse = 1 / a, square = inverse * inverse;
  double value = 0, first = 0, second = 0;
  for (std::size_t i = kTerms.size(); i-- > 0;) {
    const double power = 2 * static_cast<double>(i) + 1;
    value = value * square + kTerms[i];
    first = first * square - power * kTerms[i];
    second = second * square + power * (power + 1) * kTerms[i];
  }
  return {value * inverse, first * inverse, second * inverse};
}

/// Solves f(x) = p between low and high for an increasing f: by Newton's steps, and by bisection where a step would
/// leave the bracket.
template <class F, class Slope>
double increasing_root(const F& f, const Slope& slope, double p, double low, double high) {
  double x = 0.5 * (low + high);
  for (int i = 0; i < 200 && low < x && x < high; ++i) {
    const double excess = f(x) - p;
    if (excess == 0) return x;
    (excess > 0 ? high : low) = x;
    const double next = x - excess / slope(x);
    if (std::abs(next - x) <= 1e-15 * std::abs(x)) return next;
    x = next > low && next < high ? next : 0.5 * (low + high);
  }
  return x;
}

/// The smallest whole number k in 0 .. most with cdf(k) >= p. The search begins at a guess.
template <class Cdf>
double smallest_count(const Cdf& cdf, double p, double guess, double most = kInfinity) {
  if (!(p > 0)) return 0;
  if (p >= 1) return most;
  const double largest = std::min(most, 1e300);
  double high = guess > 0 ? std::min(std::floor(guess), largest) : 0, low = high;
  double step = std::max(1.0, 1e-15 * high);
  if (cdf(high) >= p) {
    for (low = high - step; low >= 0 && cdf(low) >= p; step *= 2, low = high - step) high = low;
    low = std::max(low, -1.0);
  } else {
    for (high = low + step; high < largest && cdf(high) < p; step *= 2, high = low + step) low = high;
    high = std::min(high, largest);
  }
  for (double middle = low + std::floor(0.5 * (high - low)); middle > low && middle < high;
       middle = low + std::floor(0.5 * (high - low)))
    (cdf(middle) >= p ? high : low) = middle;
  return high;
}

/// The cdf of a count of large variance by Edgeworth's expansion up to the skewness. The quantile below inverts it
/// (Cornish, Fisher 1938).
double wide_count_cdf(double k, double mean, double sd, double skewness) {
  const double z = (k + 0.5 - mean) / sd;
  return std::clamp(normal_cdf(z) - skewness / 6 * (z * z - 1) * normal_density(z), 0.0, 1.0);
}

double wide_count_quantile(double p, double mean, double sd, double skewness) {
  if (!(p > 0)) return 0;
  if (p >= 1) return kInfinity;
  const double z = portable::normal_quantile(p);
  return mean + sd * (z + skewness / 6 * (z * z - 1));
}

/// The lower tail of a skew-normal with h = -z > 0 and alpha h >= 1:
///   exp(-h^2 (1 + alpha^2) / 2) h / pi * integral over w > 0 of
///       exp(-w) / ((h^2 (1 + alpha^2) + 2 w) sqrt(h^2 alpha^2 + 2 w)) dw
/// The substitution w = exp(t - exp(-t)) makes the trapezoidal rule converge fast.
double skew_normal_tail(double h, double alpha) {
  struct Node {
    double w, weight;
  };
  static const std::array<Node, 85> kNodes = [] {
    std::array<Node, 85> nodes{};
    constexpr double kStep = 0.09375, kFirst = -3.9375;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double t = kFirst + kStep * static_cast<double>(i), w = std::exp(t - std::exp(-t));
      nodes[i] = {w, kStep * w * (1 + std::exp(-t)) * std::exp(-w)};
    }
    return nodes;
  }();
  const double b = h * alpha, square = b * b, sum = h * h + square;
  double integral = 0;
  for (const Node& node : kNodes) integral += node.weight / ((sum + 2 * node.w) * std::sqrt(square + 2 * node.w));
  return std::exp(-0.5 * sum) * h / M_PI * integral;
}

double skew_normal_density(double z, double alpha) { return 2 * normal_density(z) * normal_cdf(alpha * z); }

}  // namespace

// The series serves from a = 10 on. A smaller a is raised by the recurrence Gamma(a) = Gamma(a + n) / (a (a + 1) .. (a
// + n - 1)). Derivatives are with respect to x = log a: the first is a d/da, the second a^2 d^2/da^2 + a d/da. No term
// contains 1 / a, which may overflow.
Curve stirling_error_exp_curve(double x) {
  if (x < -700) return {-0.5 * x - kLogSqrtTwoPi, -0.5, 0};
  const double a = std::exp(x);
  if (a >= 10) {
    const Curve series = stirling_series(a);
    return {series.value, series.first, series.second + series.first};
  }
  double product = 1, sum = 0, square_sum = 0, shifted = a + 1;  // the logarithm of the factor a itself is x
  for (; shifted < 10; shifted += 1) {
    product *= shifted;
    sum += 1 / shifted;
    square_sum += 1 / (shifted * shifted);
  }
  const Curve series = stirling_series(shifted);
  const double log_shifted = std::log(shifted), ratio = a / shifted;
  const double value = (shifted - 0.5) * log_shifted - (shifted - a) + series.value - std::log(product) - (a + 0.5) * x;
  // a psi(a) and a^2 psi'(a), without the terms -1 and +1 that the factor a of the recurrence contributes.
  const double psi = a * (log_shifted - sum - x) + ratio * (series.first - 0.5);
  const double psi_slope = a * ratio + ratio * ratio * (series.second + 0.5) + a * a * square_sum;
  return {value, psi - 0.5, psi_slope - a + psi};
}

double stirling_error_of_count(double k) {
  static constexpr std::array<double, 16> kFirst = {0,
                                                    0.081061466795327258220,
                                                    0.041340695955409294094,
                                                    0.027677925684998339149,
                                                    0.020790672103765093112,
                                                    0.016644691189821192163,
                                                    0.013876128823070747999,
                                                    0.011896709945891770095,
                                                    0.010411265261972096497,
                                                    0.0092554621827127329177,
                                                    0.0083305634333628712565,
                                                    0.0075736754879518407950,
                                                    0.0069428401072095298657,
                                                    0.0064089941880042070684,
                                                    0.0059513701127588477356,
                                                    0.0055547335519628013710};
  if (k < 16) return kFirst[static_cast<std::size_t>(k)];
  const double square = 1 / (k * k);
  return (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188)))) / k;
}

// A Taylor series serves up to 0.1. The first term that it leaves out is below a double's last digit there.
Curve exp_remainder_curve(double x) {
  const double first = std::expm1(x);
  if (std::abs(x) > 0.1) return {first - x, first, first + 1};
  double sum = 1;
  for (int i = 11; i > 2; --i) sum = 1 + sum * x / i;
  return {0.5 * x * x * sum, first, first + 1};
}

// Far down in the tail phi / Phi = -x + g, with Laplace's continued fraction g = 1 / (y + 2 / (y + 3 / ..)), y = -x.
// The second derivative -(phi / Phi) g then has no cancellation.
Curve log_normal_cdf_curve(double x) {
  if (x > -6) {
    const double below = normal_cdf(x), ratio = normal_density(x) / below;
    return {x > 0 ? std::log1p(-normal_cdf(-x)) : std::log(below), ratio, -ratio * (x + ratio)};
  }
  const double y = -x;
  double g = 0;
  for (int i = y > 30 ? 8 : 40; i > 0; --i) g = i / (y + g);
  const double ratio = y + g;
  return {-0.5 * x * x - kLogSqrtTwoPi - std::log(ratio), ratio, -ratio * g};
}

double student_cdf(double z, double nu) {
  if (!std::isfinite(z)) return z > 0 ? 1 : 0;
  return at_precision(nu, [&](auto policy) {
    return boost::math::cdf(boost::math::students_t_distribution<double, decltype(policy)>(nu), z);
  });
}

double student_quantile(double p, double nu) {
  if (!(p > 0)) return -kInfinity;
  if (p >= 1) return kInfinity;
  return boost::math::quantile(boost::math::students_t_distribution<double, Quiet<true>>(nu), p);
}

double laplace_cdf(double z) { return z < 0 ? 0.5 * std::exp(z) : 1 - 0.5 * std::exp(-z); }

double laplace_quantile(double p) {
  if (!(p > 0)) return -kInfinity;
  if (p >= 1) return kInfinity;
  return p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p));
}

double skew_normal_cdf(double z, double alpha) {
  if (z < 0 && -z * alpha >= 1) return skew_normal_tail(-z, alpha);
  if (z > 0 && -z * alpha >= 1) return 1 - skew_normal_tail(z, -alpha);
  return normal_cdf(z) - 2 * boost::math::owens_t(z, alpha, Quiet<false>());
}

// The quantile lies between those for alpha = 0 (a normal distribution) and alpha = +-infinity (a folded normal).
double skew_normal_quantile(double p, double alpha) {
  if (!(p > 0)) return -kInfinity;
  if (p >= 1) return kInfinity;
  const double normal = portable::normal_quantile(p);
  const double folded = alpha > 0 ? -portable::normal_quantile(0.5 * (1 - p)) : portable::normal_quantile(0.5 * p);
  return increasing_root([&](double z) { return skew_normal_cdf(z, alpha); },
                         [&](double z) { return skew_normal_density(z, alpha); }, p, std::min(normal, folded),
                         std::max(normal, folded));
}

double gamma_cdf(double x, double shape) {
  if (!(x > 0)) return 0;
  if (x == kInfinity) return 1;
  return boost::math::gamma_p(shape, x, Quiet<false>());
}

double gamma_quantile(double p, double shape) {
  if (!(p > 0)) return 0;
  if (p >= 1) return kInfinity;
  return boost::math::gamma_p_inv(shape, p, Quiet<false>());
}

double beta_cdf(double x, double a, double b) {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  return at_precision(std::max(a, b), [&](auto policy) { return boost::math::ibeta(a, b, x, policy); });
}

double beta_quantile(double p, double a, double b) {
  if (!(p > 0)) return 0;
  if (p >= 1) return 1;
  return at_precision(std::max(a, b), [&](auto policy) { return boost::math::ibeta_inv(a, b, p, policy); });
}

double poisson_cdf(double k, double mean) {
  if (!(k >= 0)) return 0;
  if (k == kInfinity || !(mean > 0)) return 1;
  if (mean > kNormalVariance) return wide_count_cdf(std::floor(k), mean, std::sqrt(mean), 1 / std::sqrt(mean));
  return boost::math::gamma_q(std::floor(k) + 1, mean, Quiet<false>());
}

double poisson_quantile(double p, double mean) {
  const double sd = std::sqrt(mean);
  return smallest_count([&](double k) { return poisson_cdf(k, mean); }, p, wide_count_quantile(p, mean, sd, 1 / sd));
}

double binomial_cdf(double k, double trials, double log_odds) {
  if (!(k >= 0)) return 0;
  if (k >= trials) return 1;
  const double success = logistic(log_odds), failure = logistic(-log_odds), count = std::floor(k);
  const double variance = trials * success * failure;
  if (variance > kNormalVariance)
    return wide_count_cdf(count, trials * success, std::sqrt(variance), (failure - success) / std::sqrt(variance));
  // We compute the smaller of the two probabilities, as 1 - p of a tiny p would lose its digits.
  return at_precision(trials, [&](auto policy) {
    return success < 0.5 ? boost::math::ibetac(count + 1, trials - count, success, policy)
                         : boost::math::ibeta(trials - count, count + 1, failure, policy);
  });
}

double binomial_quantile(double p, double trials, double log_odds) {
  const double success = logistic(log_odds), failure = logistic(-log_odds);
  const double sd = std::max(std::sqrt(trials * success * failure), 1e-150);
  return smallest_count([&](double k) { return binomial_cdf(k, trials, log_odds); }, p,
                        wide_count_quantile(p, trials * success, sd, (failure - success) / sd), trials);
}

double negative_binomial_cdf(double k, double mean, double theta) {
  if (!(k >= 0)) return 0;
  if (k == kInfinity || !(mean > 0)) return 1;
  const double total = theta + mean, count = std::floor(k), ratio = mean / theta;
  if (std::min(mean, theta) > kNormalVariance) {
    const double sd = std::sqrt(mean * (1 + ratio));
    return wide_count_cdf(count, mean, sd, (1 + 2 * ratio) / sd);
  }
  if (theta > 1e15) return poisson_cdf(count, mean);
  if (mean > 1e15) return gamma_cdf((count + 0.5) / mean * theta, theta);
  return at_precision(std::max(count, theta), [&](auto policy) {
    return mean < theta ? boost::math::ibetac(count + 1, theta, mean / total, policy)
                        : boost::math::ibeta(theta, count + 1, theta / total, policy);
  });
}

double negative_binomial_quantile(double p, double mean, double theta) {
  const double ratio = mean / theta, sd = std::sqrt(mean * (1 + ratio));
  return smallest_count([&](double k) { return negative_binomial_cdf(k, mean, theta); }, p,
                        wide_count_quantile(p, mean, sd, (1 + 2 * ratio) / sd));
}

double zero_inflated_poisson_cdf(double k, double mean, double zeros) {
  return k >= 0 ? zeros + (1 - zeros) * poisson_cdf(k, mean) : 0;
}

double zero_inflated_poisson_quantile(double p, double mean, double zeros) {
  if (p <= zeros) return 0;
  return smallest_count([&](double k) { return zero_inflated_poisson_cdf(k, mean, zeros); }, p,
                        poisson_quantile((p - zeros) / (1 - zeros), mean));
}

}  // namespace moe
