#include "moe/random.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>

using moe::Random;
namespace portable = moe::portable;

namespace {

/// How many doubles lie between the two.
double ulps(double a, double b) {
  if (a == b) return 0.0;
  if (std::signbit(a) != std::signbit(b) || !std::isfinite(a) || !std::isfinite(b)) return 1e18;
  const auto x = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(a));
  const auto y = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(b));
  return std::fabs(static_cast<double>(x - y));
}

/// Sum of (seen - expected)^2 / expected.
double chi_square(const std::vector<double>& seen, const std::vector<double>& expected) {
  double sum = 0.0;
  for (std::size_t i = 0; i < seen.size(); ++i) sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  return sum;
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};

template <class Draw>
Moments moments(std::size_t n, Draw draw) {
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / static_cast<double>(n);
  return {mean, squares / static_cast<double>(n) - mean * mean};
}

}  // namespace

// The recurrences, written out in Python's unbounded integers (scr(z) is SplitMix64's output function,
// M = 2**64 - 1):
//   x = seed ^ scr(stream); four times: x = (x + 0x9e3779b97f4a7c15) & M; s.append(scr(x))
//   draw = (rotl((s[0] + s[3]) & M, 23) + s[0]) & M; t = (s[1] << 17) & M; s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2];
//   s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45)
// From s = [1, 2, 3, 4] they give 41943041, 58720359, 3588806011781223, the values published for xoshiro256++.
TEST_CASE("the bits are xoshiro256++'s", "[random]") {
  const auto first_four = [](Random random) {
    return std::vector<std::uint64_t>{random.bits(), random.bits(), random.bits(), random.bits()};
  };
  using Four = std::vector<std::uint64_t>;
  CHECK(first_four(Random(0)) == Four{0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc, 0x02eebf8c3bbe5e1a});
  CHECK(first_four(Random(1)) == Four{0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520, 0xbf08119f05cd56d6});
  CHECK(first_four(Random(1, 1)) ==
        Four{0x247aaec4a0676e53, 0x4735afaa0c2d8384, 0xaae7eca12c689747, 0x4cc8a5e191826d0d});
  CHECK(first_four(Random(0xdeadbeef, 7)) ==
        Four{0xabcfeaa27106b841, 0xcc5902045aee27c3, 0x5586be16bfdb7edb, 0x4207cfcfc3076119});
  Random random(1);
  for (int i = 0; i < 9999; ++i) random.bits();
  CHECK(random.bits() == 0xc63d128bab8beb4b);
}

TEST_CASE("seeds and streams that are neighbours have nothing in common", "[random]") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t stream = 0; stream < 100; ++stream) seen.insert(Random(seed, stream).bits());
  }
  CHECK(seen.size() == 10'000);
}

TEST_CASE("uniform: flat, and never 0 or 1", "[random]") {
  Random random(3);
  constexpr int kDraws = 1'000'000, kCells = 100;
  std::vector<double> seen(kCells), expected(kCells, 1.0 * kDraws / kCells);
  double lowest = 1.0, highest = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform();
    lowest = std::min(lowest, u);
    highest = std::max(highest, u);
    ++seen[static_cast<std::size_t>(u * kCells)];
  }
  CHECK(lowest > 0.0);
  CHECK(highest < 1.0);
  CHECK(chi_square(seen, expected) < 149.4);  // the 99.9 % point at 99 degrees of freedom is 148.2
  CHECK(random.uniform(5.0, 5.0) == 5.0);
  const double scaled = random.uniform(-2.0, 3.0);
  CHECK((scaled > -2.0 && scaled < 3.0));
}

TEST_CASE("normal: moments, and equal shares between the quantiles", "[random]") {
  Random random(4);
  constexpr std::size_t kDraws = 1'000'000, kCells = 50;
  std::vector<double> seen(kCells), expected(kCells, double{kDraws} / kCells);
  double third = 0.0, fourth = 0.0;
  const Moments m = moments(kDraws, [&] {
    const double z = random.normal();
    third += z * z * z;
    fourth += z * z * z * z;
    ++seen[std::min(static_cast<std::size_t>(0.5 * std::erfc(-z / std::sqrt(2.0)) * kCells), kCells - 1)];
    return z;
  });
  CHECK(std::fabs(m.mean) < 0.004);  // four standard errors each
  CHECK(std::fabs(m.variance - 1.0) < 0.0057);
  CHECK(std::fabs(third / kDraws) < 0.016);
  CHECK(std::fabs(fourth / kDraws - 3.0) < 0.04);
  CHECK(chi_square(seen, expected) < 85.4);  // the 99.9 % point at 49 degrees of freedom
}

TEST_CASE("below: each number equally often", "[random]") {
  Random random(5);
  std::vector<double> seen(6), expected(6, 100'000.0);
  for (int i = 0; i < 600'000; ++i) ++seen[random.below(6)];
  CHECK(chi_square(seen, expected) < 20.5);  // 99.9 % at 5
  CHECK(random.below(1) == 0);
  // With 3/4 of 2^64, a generator without rejection would fall below a half of it two times in three.
  const std::uint64_t large = std::uint64_t{3} << 62;
  int low = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t draw = random.below(large);
    REQUIRE(draw < large);
    low += draw < large / 3 ? 1 : 0;
  }
  CHECK(std::fabs(low - 100'000 / 3.0) < 4 * std::sqrt(100'000 * 2.0 / 9.0));
}

TEST_CASE("index: in proportion to the weights, never one of weight 0", "[random]") {
  Random random(6);
  const std::vector<double> weights = {0.0, 1.0, 2.0, 0.0, 5.0, 0.0};
  std::vector<double> seen(6);
  for (int i = 0; i < 80'000; ++i) ++seen[random.index(weights)];
  CHECK(seen[0] + seen[3] + seen[5] == 0.0);
  CHECK(chi_square({seen[1], seen[2], seen[4]}, {10'000, 20'000, 50'000}) < 13.8);  // 99.9 % at 2
  CHECK(random.index({0.0, 1e-300}) == 1);
  CHECK(random.index({3.0}) == 0);
}

TEST_CASE("Poisson: mean and variance are the mean, small, large and in between", "[random]") {
  Random random(7);
  for (const double mean : {0.01, 0.5, 3.0, 15.9, 16.1, 40.0, 1000.0}) {
    CAPTURE(mean);
    constexpr std::size_t kDraws = 50'000;
    const Moments m = moments(kDraws, [&] { return static_cast<double>(random.poisson(mean)); });
    CHECK(std::fabs(m.mean - mean) < 4 * std::sqrt(mean / kDraws));
    CHECK(std::fabs(m.variance - mean) < 4 * std::sqrt((mean + 2 * mean * mean) / kDraws));
  }
  CHECK(random.poisson(0.0) == 0);
  CHECK(random.poisson(1e300) == std::uint64_t{1} << 63);
  const Moments m = moments(20'000, [&] { return static_cast<double>(random.poisson(1e10)) - 1e10; });
  CHECK(std::fabs(m.mean) < 4 * 1e5 / std::sqrt(20'000.0));
  CHECK(std::fabs(m.variance / 1e10 - 1.0) < 4 * std::sqrt(2.0 / 20'000));
}

TEST_CASE("Poisson: the probabilities themselves", "[random]") {
  Random random(8);
  constexpr double kMean = 2.5, kDraws = 200'000;
  std::vector<double> seen(9), expected(9);
  for (int i = 0; i < kDraws; ++i) ++seen[std::min<std::uint64_t>(random.poisson(kMean), 8)];
  double rest = kDraws;
  for (std::size_t k = 0; k < 8; ++k) {
    expected[k] = kDraws * std::exp(-kMean + static_cast<double>(k) * std::log(kMean) -
                                    std::lgamma(static_cast<double>(k) + 1.0));
    rest -= expected[k];
  }
  expected[8] = rest;
  CHECK(chi_square(seen, expected) < 26.1);  // 99.9 % at 8
}

TEST_CASE("permutation: every number once, every order equally often", "[random]") {
  Random random(9);
  std::vector<std::size_t> order = random.permutation(1000);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == i);
  CHECK(random.permutation(0).empty());
  std::vector<double> seen(100), expected;
  for (int i = 0; i < 60'000; ++i) {
    const auto p = random.permutation(3);
    ++seen[p[0] * 10 + p[1]];
  }
  std::erase(seen, 0.0);
  REQUIRE(seen.size() == 6);
  CHECK(chi_square(seen, std::vector<double>(6, 10'000.0)) < 20.5);
}

TEST_CASE("log and exp are within 4 ulp of the C library's", "[random]") {
  Random random(10);
  double worst_log = 0.0, worst_near_one = 0.0, worst_exp = 0.0, worst_large = 0.0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = std::bit_cast<double>(random.bits() >> 1);  // any magnitude, subnormals too
    if (std::isfinite(x) && x > 0.0) worst_log = std::max(worst_log, ulps(portable::log(x), std::log(x)));
    const double near_one = random.uniform(0.5, 2.0);
    worst_near_one = std::max(worst_near_one, ulps(portable::log(near_one), std::log(near_one)));
    const double y = random.uniform(-2.0, 2.0), large = random.uniform(-708.0, 709.0);
    worst_exp = std::max(worst_exp, ulps(portable::exp(y), std::exp(y)));
    worst_large = std::max(worst_large, ulps(portable::exp(large), std::exp(large)));
  }
  CHECK(worst_log <= 4.0);
  CHECK(worst_near_one <= 4.0);
  CHECK(worst_exp <= 4.0);
  CHECK(worst_large <= 4.0);
}

TEST_CASE("log and exp at the ends of their ranges", "[random]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(portable::log(1.0) == 0.0);
  CHECK(portable::log(0.0) == -infinity);
  CHECK(portable::log(infinity) == infinity);
  CHECK(std::isnan(portable::log(-1.0)));
  CHECK(portable::exp(0.0) == 1.0);
  CHECK(portable::exp(1000.0) == infinity);
  CHECK(portable::exp(infinity) == infinity);
  CHECK(portable::exp(-1000.0) == 0.0);
  CHECK(portable::exp(-infinity) == 0.0);
  CHECK(portable::exp(-745.0) == 5e-324);
  CHECK(portable::exp(709.78) < infinity);
  CHECK(std::isnan(portable::exp(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("sin and cos of multiples of pi", "[random]") {
  Random random(11);
  double worst_sin = 0.0, worst_cos = 0.0;
  int broken = 0;
  const long double pi = 3.14159265358979323846264338327950288L;
  for (int i = 0; i < 1'000'000; ++i) {
    // Below 1/4 the C library's long double is an oracle without reduction of the argument.
    const double x = random.uniform(-0.25, 0.25);
    worst_sin = std::max(worst_sin, ulps(portable::sin_pi(x), static_cast<double>(std::sin(pi * x))));
    worst_cos = std::max(worst_cos, ulps(portable::cos_pi(x), static_cast<double>(std::cos(pi * x))));
    const double y = std::ldexp(x, -20);
    worst_sin = std::max(worst_sin, ulps(portable::sin_pi(y), static_cast<double>(std::sin(pi * y))));
    // Elsewhere the shifts hold exactly where x + n is exact.
    const double dyadic = std::ldexp(static_cast<double>(random.below(1 << 20)), -22);
    const double sine = portable::sin_pi(dyadic), cosine = portable::cos_pi(dyadic);
    const bool holds = portable::sin_pi(dyadic + 1.0) == -sine && portable::sin_pi(dyadic + 0.5) == cosine &&
                       portable::cos_pi(dyadic + 1e6) == cosine && portable::sin_pi(-dyadic - 7.0) == sine;
    broken += holds ? 0 : 1;
  }
  CHECK(broken == 0);
  CHECK(worst_sin <= 4.0);
  CHECK(worst_cos <= 4.0);
  CHECK(portable::sin_pi(1e15) == 0.0);
  CHECK(portable::sin_pi(0.5) == 1.0);
  CHECK(portable::cos_pi(0.5) == 0.0);
  CHECK(portable::cos_pi(-1.0) == -1.0);
}

// From mpmath with 50 digits: the root z of ncdf(z) = p, p being the double nearest to the decimal.
TEST_CASE("normal quantiles", "[random]") {
  const std::vector<std::pair<double, double>> kQuantiles = {
      {1e-300, -37.047096299361199237}, {1e-100, -21.273453560965324294}, {1e-20, -9.2623400897984075796},
      {1e-10, -6.3613409024040561991},  {1e-5, -4.2648907939228246102},   {0.001, -3.0902323061678135354},
      {0.025, -1.9599639845400542118},  {0.074, -1.4466320671589785099},  {0.076, -1.4325027208258116188},
      {0.25, -0.6744897501960817432},   {0.4, -0.25334710313579974132},   {0.49999, -0.000025066282748960008527},
      {0.6, 0.25334710313579974132},    {0.9, 1.2815515655446005935},     {0.975, 1.9599639845400538556},
      {0.99999, 4.2648907939238407699}};
  for (const auto& [p, z] : kQuantiles) {
    CAPTURE(p);
    CHECK(std::fabs(portable::normal_quantile(p) - z) <= 1e-15 * std::max(1.0, std::fabs(z)));
  }
  CHECK(portable::normal_quantile(0.5) == 0.0);
}

// This generator's own values, which other machines must give too: a change here changes every seed's data.
TEST_CASE("the draws stay what they are", "[random]") {
  Random random(1);
  CHECK(random.uniform() == 0x1.9f8ba0fede078p-1);
  CHECK(random.below(1000) == 747);
}
