// Weighted least absolute deviations by the algorithm of Barrodale and Roberts (1973), a simplex method. A vertex is a
// fit that passes exactly through p rows. A step leaves one of these rows: the sum of deviations is piecewise linear
// along the edge, and the step ends at the row where its slope changes its sign, which enters the vertex (a weighted
// median). At a minimum, no row can be left with a gain.
#include "fit/absolute_deviations.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "moe/stop.hpp"

namespace moe {
namespace {

/// A row is a multiple of other rows if less than this part of it remains without them.
constexpr double kDependent = 1e-7;
/// Rows that pass through a vertex by chance are moved off it by this part of the mean deviation, so that every step
/// gains something.
constexpr double kApart = 1e-11;
constexpr double kGolden = 0.6180339887498949;
constexpr double kRounding = 1e-12;
constexpr int kStepsEach = 200;  // at most, for each coefficient

/// The rows nearest to the fit that determine its coefficients; fewer than p where the others depend on them.
std::vector<arma::uword> first_vertex(const arma::mat& X, const arma::vec& distance, const arma::vec& v) {
  arma::uvec order = arma::stable_sort_index(distance);
  std::stable_partition(order.begin(), order.end(), [&](arma::uword n) { return v[n] > 0; });
  std::vector<arma::uword> rows;
  arma::mat spanned(X.n_rows, 0);
  for (const arma::uword n : order) {
    if (rows.size() == X.n_rows) break;
    end_if_stopped();
    arma::vec left = X.col(n);
    const double size = arma::norm(left);
    for (int twice = 0; twice < 2 && !rows.empty(); ++twice) left -= spanned * (spanned.t() * left);
    const double rest = arma::norm(left);
    if (!(rest > kDependent * size)) continue;
    spanned.insert_cols(spanned.n_cols, left / rest);
    rows.push_back(n);
  }
  return rows;
}

}  // namespace

double absolute_deviation(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta) {
  return arma::dot(v, arma::abs(y - X.t() * beta));
}

arma::vec least_absolute(const arma::mat& X, const arma::vec& y, const arma::vec& v, const arma::vec& beta) {
  const arma::uword p = X.n_rows, n = X.n_cols;
  const arma::vec distance = arma::abs(y - X.t() * beta);
  std::vector<arma::uword> vertex = first_vertex(X, distance, v);
  if (vertex.size() < p) return beta;
  arma::vec apart(n);
  const double mean = arma::dot(v, distance) / arma::accu(v);
  for (arma::uword i = 0; i < n; ++i) {
    const double turns = kGolden * static_cast<double>(i + 1);
    apart[i] = kApart * mean * (turns - std::floor(turns) - 0.5);
  }
  const arma::vec moved = y + apart;
  std::vector<std::pair<double, arma::uword>> crossings;
  for (arma::uword steps = 0; steps < kStepsEach * p; ++steps) {
    end_if_stopped();
    const arma::uvec rows(vertex);
    arma::mat inverse;  // of the matrix of the vertex's rows
    if (!arma::inv(inverse, arma::mat(X.cols(rows).t()))) break;
    arma::vec r = moved - X.t() * (inverse * moved.elem(rows));
    r.elem(rows).zeros();
    // If the fit leaves row j, the deviations of the other rows fall at a rate of |pull|, and that of row j rises at a
    // rate of v.
    const arma::vec pull = inverse.t() * (X * (v % arma::sign(r)));
    const arma::vec gain = arma::abs(pull) - v.elem(rows);
    const arma::uword j = arma::index_max(gain / arma::sqrt(arma::sum(arma::square(inverse), 0)).t());
    const arma::vec g = X.t() * (inverse.col(j) * (pull[j] > 0 ? 1.0 : -1.0));
    if (!(gain[j] > kRounding * arma::dot(v, arma::abs(g)))) break;
    crossings.clear();
    for (arma::uword i = 0; i < n; ++i)
      if (r[i] * g[i] > 0) crossings.emplace_back(r[i] / g[i], i);
    std::sort(crossings.begin(), crossings.end());
    double slope = -gain[j];
    arma::uword entering = n;
    for (const auto& [at, i] : crossings) {
      entering = i;
      slope += 2 * v[i] * std::abs(g[i]);
      if (slope >= 0) break;
    }
    if (entering == n) break;
    vertex[j] = entering;
  }
  arma::vec result;
  const arma::uvec rows(vertex);
  if (!arma::solve(result, arma::mat(X.cols(rows).t()), arma::vec(y.elem(rows)), arma::solve_opts::no_approx))
    return beta;
  return absolute_deviation(X, y, v, result) < absolute_deviation(X, y, v, beta) ? result : beta;
}

}  // namespace moe
