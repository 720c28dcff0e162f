// Least absolute deviations against all vertices: a minimum passes through as many rows as there are coefficients.
#include "fit/absolute_deviations.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "moe/random.hpp"

namespace {

/// The least sum of weighted deviations over the fits through any p rows that determine one.
double least_of_vertices(const arma::mat& X, const arma::vec& y, const arma::vec& v) {
  const arma::uword p = X.n_rows, n = X.n_cols;
  double least = std::numeric_limits<double>::infinity();
  std::vector<bool> chosen(n, false);
  std::fill(chosen.begin(), chosen.begin() + static_cast<long>(p), true);
  do {
    arma::uvec rows(p);
    for (arma::uword i = 0, at = 0; i < n; ++i)
      if (chosen[i]) rows[at++] = i;
    const arma::mat A = X.cols(rows).t();
    if (std::abs(arma::det(A)) < 1e-6) continue;
    least = std::min(least, arma::dot(v, arma::abs(y - X.t() * arma::solve(A, arma::vec(y.elem(rows))))));
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return least;
}

}  // namespace

TEST_CASE("least absolute deviations are those of the best vertex, wherever the search begins", "[laplace]") {
  moe::Random random(3);
  for (int table = 0; table < 60; ++table) {
    const arma::uword p = 1 + static_cast<arma::uword>(table) % 4, n = 11;
    const bool whole = table % 2 == 0;  // small whole numbers: many rows lie on one plane
    const auto draw = [&] { return whole ? static_cast<double>(random.below(5)) - 2 : random.normal(); };
    arma::mat X(p, n, arma::fill::ones);
    arma::vec y(n), v(n), begin(p);
    for (arma::uword i = 0; i < n; ++i) {
      for (arma::uword j = 1; j < p; ++j) X(j, i) = draw();
      y[i] = 3 * draw() + 100;
      v[i] = table % 3 == 0 && i % 4 == 1 ? 0 : random.uniform(0.2, 3);
    }
    for (double& value : begin) value = 50 * random.normal();
    INFO("table " << table);
    const arma::vec beta = moe::least_absolute(X, y, v, begin);
    const double least = least_of_vertices(X, y, v);
    CHECK(arma::dot(v, arma::abs(y - X.t() * beta)) == Approx(least).epsilon(1e-9));
    CHECK(moe::absolute_deviation(X, y, v, beta) == Approx(least).epsilon(1e-9));
    // From the minimum, nothing is better.
    CHECK(arma::approx_equal(moe::least_absolute(X, y, v, beta), beta, "absdiff", 1e-9));
  }
}

TEST_CASE("the median is least, and rows that determine no fit leave the beginning as it is", "[laplace]") {
  const arma::vec y{7, 1, 9, 4, 2}, ones(5, arma::fill::ones);
  CHECK(moe::least_absolute(arma::mat(1, 5, arma::fill::ones), y, ones, {100})[0] == Approx(4));
  // Of weights 1, 1, 5, 1, 1 the third row has more than half.
  CHECK(moe::least_absolute(arma::mat(1, 5, arma::fill::ones), y, {1, 1, 5, 1, 1}, {-100})[0] == Approx(9));
  const arma::vec begin{1, 2};
  CHECK(arma::all(moe::least_absolute(arma::mat(2, 5, arma::fill::ones), y, ones, begin) == begin));
}
