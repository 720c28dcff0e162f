// Random numbers with the same bits on every machine. The generator is xoshiro256++ (Blackman, Vigna 2021), seeded by
// SplitMix64 (Steele, Lea, Flood 2014). The C library's log, exp, sin and cos may differ in the last bit between
// systems, so this file has its own, of additions, multiplications and square roots only, which IEEE 754 fixes. Normal,
// gamma and Poisson variables are made of these.
#include "moe/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace moe {
namespace {

__extension__ using Uint128 = unsigned __int128;

/// SplitMix64's output function (Steele, Lea, Flood 2014). It is a bijection, and maps 0 to 0.
std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t rotate_left(std::uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

/// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t N>
double polynomial(const std::array<double, N>& c, double x) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// log 2 in two parts. The last bits of the first part are 0, so that its product with any exponent is exact.
constexpr double kLog2High = 0x1.62e42fee00000p-1;
constexpr double kLog2Low = 0x1.a39ef35793c76p-33;
constexpr double kPi = 0x1.921fb54442d18p+1;

/// sin y and cos y for |y| <= pi / 4, by Taylor's series, as far as its terms change the result.
double sine_near_zero(double y) {
  static constexpr std::array<double, 8> kTerms = {
      -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
      -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
  const double square = y * y;
  return y + y * square * polynomial(kTerms, square);
}

double cosine_near_zero(double y) {
  static constexpr std::array<double, 8> kTerms = {
      1.0 / 24,        -1.0 / 720,         1.0 / 40320,          -1.0 / 3628800,
      1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000};
  const double square = y * y;
  return 1.0 - (0.5 * square - square * square * polynomial(kTerms, square));
}

/// The Poisson quantile at `u` for mean <= 16: adds up the probabilities.
std::uint64_t small_poisson(double mean, double u) {
  // U cannot tell the probability beyond this count from 0; without a limit, rounding could make the search endless.
  constexpr std::uint64_t kMost = 72;
  double probability = portable::exp(-mean);
  double rest = u - probability;
  std::uint64_t draw = 0;
  while (rest >= 0.0 && draw < kMost) {
    ++draw;
    probability *= mean / static_cast<double>(draw);
    rest -= probability;
  }
  return draw;
}

/// The Poisson quantile at the probability Phi(z), from the expansion of Cornish and Fisher (1938) up to order
/// mean^-1/2.
std::uint64_t large_poisson(double mean, double z) {
  constexpr double kLargest = 0x1p63;
  return static_cast<std::uint64_t>(std::min(mean + std::sqrt(mean) * z + (z * z - 1.0) / 6.0 + 0.5, kLargest));
}

/// sin(pi (x + quarters / 2)). x is reduced to |t| <= 1/4 without rounding, so that zeros and extremes are exact.
double sine_of_turns(double x, int quarters) {
  const double turn = x - 2.0 * std::floor(0.5 * x);  // exact for x >= 0
  const double nearest = std::floor(2.0 * turn + 0.5);
  const double y = kPi * (turn - 0.5 * nearest);
  switch ((static_cast<int>(nearest) + quarters) % 4) {
    case 0:
      return sine_near_zero(y);
    case 1:
      return cosine_near_zero(y);
    case 2:
      return -sine_near_zero(y);
    default:
      return -cosine_near_zero(y);
  }
}

}  // namespace

namespace portable {

// x = m 2^e with m in [sqrt(1/2), sqrt(2)). log m = 2 atanh f with f = (m - 1) / (m + 1), so |f| < 0.172.
double log(double x) {
  constexpr double kRootHalf = 0x1.6a09e667f3bcdp-1;
  static constexpr std::array<double, 11> kTerms = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                                    2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
  if (!(x > 0.0)) return x == 0.0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (x == std::numeric_limits<double>::infinity()) return x;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kRootHalf) {
    m *= 2.0;
    --exponent;
  }
  const double f = (m - 1.0) / (m + 1.0);
  const double square = f * f;
  const double tail = f * square * polynomial(kTerms, square) + exponent * kLog2Low;
  return exponent * kLog2High + (2.0 * f + tail);
}

// x = k log 2 + r with |r| <= log(2) / 2. exp x = 2^k exp r, and exp r is summed by Taylor's series.
double exp(double x) {
  constexpr double kOverflow = 0x1.62e42fefa39efp+9, kUnderflow = -0x1.74910d52d3051p+9;
  constexpr double kLog2Inverse = 0x1.71547652b82fep+0;
  static constexpr std::array<double, 12> kTerms = {1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,
                                                    1.0 / 720,     1.0 / 5040,     1.0 / 40320,     1.0 / 362880,
                                                    1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
  if (x != x) return x;
  if (x > kOverflow) return std::numeric_limits<double>::infinity();
  if (x < kUnderflow) return 0.0;
  const double k = std::floor(x * kLog2Inverse + 0.5);
  const double high = x - k * kLog2High, low = k * kLog2Low;
  const double r = high - low;
  const double lost = (high - r) - low;
  const double value = 1.0 + (r + (lost + r * r * polynomial(kTerms, r)));
  return std::ldexp(value, static_cast<int>(k));
}

double sin_pi(double x) {
  const double value = sine_of_turns(std::fabs(x), 0);
  return x < 0.0 ? -value : value;
}

double cos_pi(double x) { return sine_of_turns(std::fabs(x), 1); }

double normal_quantile(double p) {
  static constexpr std::array<double, 8> kA = {
      3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array<double, 8> kB = {1.0,
                                               4.2313330701600911252e+1,
                                               6.8718700749205790830e+2,
                                               5.3941960214247511077e+3,
                                               2.1213794301586595867e+4,
                                               3.9307895800092710610e+4,
                                               2.8729085735721942674e+4,
                                               5.2264952788528545610e+3};
  static constexpr std::array<double, 8> kC = {
      1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
      1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array<double, 8> kD = {1.0,
                                               2.05319162663775882187e0,
                                               1.67638483018380384940e0,
                                               6.89767334985100004550e-1,
                                               1.48103976427480074590e-1,
                                               1.51986665636164571966e-2,
                                               5.47593808499534494600e-4,
                                               1.05075007164441684324e-9};
  static constexpr std::array<double, 8> kE = {
      6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array<double, 8> kF = {1.0,
                                               5.99832206555887937690e-1,
                                               1.36929880922735805310e-1,
                                               1.48753612908506148525e-2,
                                               7.86869131145613259100e-4,
                                               1.84631831751005468180e-5,
                                               1.42151175831644588870e-7,
                                               2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-portable::log(q < 0.0 ? p : 1.0 - p));
  const double z =
      r <= 5.0 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6) : polynomial(kE, r - 5.0) / polynomial(kF, r - 5.0);
  return q < 0.0 ? -z : z;
}

}  // namespace portable

// Stream 0 is xoshiro256++ seeded as its authors advise. For another stream SplitMix64 begins elsewhere.
Random::Random(std::uint64_t seed, std::uint64_t stream) : state_{} {
  constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;
  std::uint64_t counter = seed ^ scramble(stream);
  for (std::uint64_t& word : state_) word = scramble(counter += kGoldenGamma);
}

std::uint64_t Random::bits() {
  auto& s = state_;
  const std::uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
  const std::uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double Random::uniform() {
  std::uint64_t draw = 0;
  do {
    draw = bits() >> 11;
  } while (draw == 0);
  return static_cast<double>(draw) * 0x1p-53;
}

double Random::normal() { return portable::normal_quantile(uniform()); }

std::uint64_t Random::below(std::uint64_t n) {
  Uint128 product = static_cast<Uint128>(bits()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    // 2^64 mod n: without the values below it, each remainder is equally likely.
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Uint128>(bits()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::size_t Random::index(const std::vector<double>& weights) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  double left = uniform() * sum;
  std::size_t last = 0;  // rounding may leave a rest after the last weight above 0
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0) continue;
    last = i;
    left -= weights[i];
    if (left < 0.0) break;
  }
  return last;
}

std::uint64_t Random::poisson(double mean) {
  constexpr double kStep = 16.0;
  // This takes some ten thousand steps; for larger means the expansion of the quantile is as good.
  constexpr double kLarge = 0x1p20;
  if (mean > kLarge) return large_poisson(mean, normal());
  std::uint64_t sum = 0;
  for (double left = mean; left > 0.0; left -= kStep) sum += small_poisson(std::min(left, kStep), uniform());
  return sum;
}

std::vector<std::size_t> Random::permutation(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
  return order;
}

}  // namespace moe
