// Ways to make responsibilities (rows x K) without a model: k-means (Lloyd), segments along a random direction, random
// rows for each expert, and the cells of random rows (Voronoi cells of inputs and target). A few M steps turn them into
// parameters (short_runs.hpp). Different ways find different maxima, so starts and moves use them by turns.
#include "fit/row_shares.hpp"

#include <algorithm>

#include "moe/stop.hpp"

namespace moe {
namespace {

/// The share of a row that its expert gets. The others divide the rest, so that no expert is without rows.
constexpr double kOwn = 0.98;
constexpr int kLloyd = 10;

arma::mat random_centers(const arma::mat& points, arma::uword K, Random& random) {
  arma::mat centers(points.n_rows, K);
  for (arma::uword k = 0; k < K; ++k) centers.col(k) = points.col(random.below(points.n_cols));
  return centers;
}

/// The nearest center for each point.
arma::uvec nearest(const arma::mat& points, const arma::mat& centers) {
  arma::uvec result(points.n_cols);
  for (arma::uword n = 0; n < points.n_cols; ++n)
    result[n] = arma::sum(arma::square(centers.each_col() - points.col(n)), 0).index_min();
  return result;
}

arma::uvec k_means(const arma::mat& points, arma::uword K, Random& random) {
  arma::mat centers = random_centers(points, K, random);
  arma::uvec cluster = nearest(points, centers);
  for (int i = 0; i < kLloyd; ++i) {
    end_if_stopped();
    for (arma::uword k = 0; k < K; ++k)
      if (const arma::uvec members = arma::find(cluster == k); !members.is_empty())
        centers.col(k) = arma::mean(points.cols(members), 1);
    cluster = nearest(points, centers);
  }
  return cluster;
}

/// Cuts space into segments between random quantiles along a random direction.
arma::uvec segments(const arma::mat& points, arma::uword K, Random& random) {
  arma::rowvec direction(points.n_rows);
  for (double& value : direction) value = random.normal();
  const arma::vec along = (direction * points).t();
  std::vector<double> cuts;
  for (arma::uword k = 1; k < K; ++k) cuts.push_back(along[random.below(along.n_elem)]);
  std::sort(cuts.begin(), cuts.end());
  arma::uvec result(along.n_elem);
  for (arma::uword n = 0; n < along.n_elem; ++n)
    result[n] = static_cast<arma::uword>(std::upper_bound(cuts.begin(), cuts.end(), along[n]) - cuts.begin());
  return result;
}

/// Responsibilities that give almost all of each row to its expert.
arma::mat responsibilities_of(const arma::uvec& cluster, arma::uword K) {
  arma::mat R(cluster.n_elem, K);
  R.fill(K > 1 ? (1 - kOwn) / static_cast<double>(K - 1) : 1);
  for (arma::uword n = 0; n < cluster.n_elem; ++n) R(n, cluster[n]) = K > 1 ? kOwn : 1;
  return R;
}

/// Each expert gets a few random rows, as many as determine its coefficients, and very little of the others.
arma::mat elemental(const Model& model, arma::uword rows, Random& random) {
  arma::mat R(rows, model.size());
  R.fill(1e-3);
  for (arma::uword k = 0; k < model.size(); ++k)
    for (arma::uword i = 0; i <= model.experts[k].network->last_inputs(); ++i) R(random.below(rows), k) = 1;
  return R;
}

/// 1 for random rows, twice as many as an expert has coefficients; else 0.
arma::uvec few(const Model& model, arma::uword k, arma::uword rows, Random& random) {
  arma::uvec result(rows, arma::fill::zeros);
  for (arma::uword i = 0; i < 2 * model.experts[k].network->last_inputs(); ++i) result[random.below(rows)] = 1;
  return result;
}

/// 1 for the nearest neighbours of a random row, a few times as many as an expert has coefficients; else 0.
arma::uvec neighbours(const Model& model, arma::uword k, const arma::mat& points, Random& random) {
  const arma::vec center = points.col(random.below(points.n_cols));
  const arma::rowvec distance = arma::sum(arma::square(points.each_col() - center), 0);
  const arma::uvec order = arma::sort_index(distance);
  const arma::uword most = (3 + random.below(6)) * model.experts[k].network->last_inputs();
  arma::uvec result(points.n_cols, arma::fill::zeros);
  result.elem(order.head(std::min<arma::uword>(most, order.n_elem))).ones();
  return result;
}

}  // namespace

Rows sample(const Rows& rows, std::size_t most, Random& random) {
  if (rows.count() <= most) return rows;
  arma::uvec chosen(most);
  for (arma::uword& row : chosen) row = random.below(rows.count());
  return {rows.take(chosen)};
}

arma::mat points_of(const Model& model, const Rows& rows) {
  arma::mat targets = rows.y.t();
  if (!model.classes()) targets.each_col() /= model.standardization.target_typical;
  return arma::join_cols(arma::mat(rows.X.tail_rows(rows.X.n_rows - 1)), targets);
}

arma::uvec part_of(const Model& model, arma::uword k, const arma::mat& points, std::size_t attempt, Random& random) {
  if (attempt % 3 == 0) return segments(points, 2, random);
  return attempt % 3 == 1 ? few(model, k, points.n_cols, random) : neighbours(model, k, points, random);
}

arma::mat shares(const Model& model, const arma::mat& points, std::size_t way, Random& random) {
  const arma::uword K = model.size();
  if (way == 0) return responsibilities_of(k_means(points, K, random), K);
  if (way == 1) return responsibilities_of(segments(points, K, random), K);
  if (way == 2) return elemental(model, points.n_cols, random);
  return responsibilities_of(nearest(points, random_centers(points, K, random)), K);
}

arma::mat split_shares(const arma::mat& R, arma::uword split, const arma::uvec& side) {
  arma::mat result = arma::join_rows(R, R.col(split));
  for (arma::uword n = 0; n < R.n_rows; ++n) {
    const double taken = side[n] == 1 ? kOwn : 1 - kOwn;
    result(n, R.n_cols) *= taken;
    result(n, split) *= 1 - taken;
  }
  return result;
}

arma::mat moved_shares(arma::mat R, arma::uword taken, arma::uword split, const std::vector<bool>& side) {
  const arma::vec both = R.col(split) + R.col(taken);  // the merged expert, where nothing better is known
  for (arma::uword n = 0; n < R.n_rows; ++n) {
    R(n, taken) = (side[n] ? kOwn : 1 - kOwn) * both[n];
    R(n, split) = both[n] - R(n, taken);
  }
  return R;
}

}  // namespace moe
