// Figures of two samples against values worked by hand, closed forms and published tables.
#include "moe/drift.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using Catch::Matchers::Equals;

TEST_CASE("the stability index is its sum, worked by hand", "[drift]") {
  // Shares 1/2, 1/4, 1/4 and 1/4, 1/4, 1/2: (1/4 - 1/2) log(1/2) + 0 + (1/2 - 1/4) log 2 = log(2) / 2.
  CHECK(moe::stability_index({2, 1, 1}, {10, 10, 20}) == Approx(std::log(2.0) / 2).epsilon(1e-14));
  CHECK(moe::stability_index({3, 7}, {30, 70}) == 0);
  // A bin without rows before counts as one with a share of 1e-4.
  CHECK(moe::stability_index({4, 0}, {2, 2}) ==
        Approx((0.5 - 1) * std::log(0.5) + (0.5 - 1e-4) * std::log(0.5 / 1e-4)).epsilon(1e-14));
  CHECK(std::isnan(moe::stability_index({0, 0}, {1, 1})));
}

TEST_CASE("the distance of two samples, and Kolmogorov's distribution", "[drift]") {
  // Distribution functions after 1, 2, 3, 4: 1/3, 2/3, 1, 1 and 0, 1/2, 1/2, 1.
  CHECK(moe::smirnov_test({1, 2, 3}, {2, 4}).statistic == Approx(0.5).epsilon(1e-15));
  CHECK(moe::smirnov_test({1, 1, 1}, {1, 1}).statistic == 0);
  CHECK(moe::smirnov_test({1, 1, 1}, {1, 1}).p == 1);
  CHECK(moe::smirnov_test({1, 2}, {3, 4}).statistic == 1);
  CHECK(std::isnan(moe::smirnov_test({}, {1}).statistic));
  // n of 0 and n of 1 against n d of 1 and n of 0: distance d, and x = sqrt(n / 2) d. The tail at 0.5, 1 and 2 is
  // tabulated (Smirnov 1948): 0.963945, 0.270000, 0.000671.
  const auto tail = [](std::size_t n, std::size_t ones) {
    std::vector<double> before(n, 0.0), now(n, 0.0);
    std::fill(now.end() - static_cast<std::ptrdiff_t>(ones), now.end(), 1.0);
    return moe::smirnov_test(before, now).p;
  };
  CHECK(tail(200, 10) == Approx(0.963945).margin(6e-7));
  CHECK(tail(200, 20) == Approx(0.270000).margin(6e-7));
  CHECK(tail(200, 40) == Approx(0.000671).margin(6e-7));
}

TEST_CASE("chi-square of two rows of counts", "[drift]") {
  // Each expected count is 15: 4 * 25 / 15 = 20 / 3, with one degree of freedom: p = erfc(sqrt(x / 2)).
  const moe::TestOfTwo two = moe::homogeneity_test({10, 20}, {20, 10});
  CHECK(two.statistic == Approx(20.0 / 3).epsilon(1e-14));
  CHECK(two.p == Approx(std::erfc(std::sqrt(10.0 / 3))).epsilon(1e-10));
  // With two degrees of freedom p = exp(-x / 2). A bin without a count is none.
  const moe::TestOfTwo three = moe::homogeneity_test({10, 20, 0, 30}, {30, 20, 0, 10});
  CHECK(three.statistic == Approx(20).epsilon(1e-14));
  CHECK(three.p == Approx(std::exp(-10.0)).epsilon(1e-10));
  CHECK(moe::homogeneity_test({5}, {7}).p == 1);
}

TEST_CASE("bounds are deciles, each once", "[drift]") {
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  CHECK_THAT(moe::decile_bounds(hundred), Equals(std::vector<double>{10, 20, 30, 40, 50, 60, 70, 80, 90}));
  CHECK_THAT(moe::decile_bounds({0, 0, 0, 0, 0, 0, 0, 1, 2, 3}), Equals(std::vector<double>{0, 1, 2}));
  CHECK(moe::decile_bounds({4, 4, 4}).empty());
}
