// Standard errors of weighted means, and parts of scores.
#include "moe/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace moe {
namespace {

/// What is there of `all`; nothing where it is empty.
arma::vec part_of_scores(const arma::vec& all, const arma::uvec& rows) {
  return all.is_empty() ? arma::vec() : arma::vec(all.elem(rows));
}

arma::mat part_of_scores(const arma::mat& all, const arma::uvec& rows) {
  return all.is_empty() ? arma::mat() : arma::mat(all.rows(rows));
}

RowScores::OfConformal part_of_scores(const RowScores::OfConformal& all, const arma::uvec& rows) {
  return {part_of_scores(all.inside, rows), part_of_scores(all.size, rows)};
}

}  // namespace

JudgedRows JudgedRows::take(const arma::uvec& rows) const {
  JudgedRows part{y.rows(rows), w.elem(rows), {}, targets, labels};
  for (const arma::uword n : rows)
    if (!groups.empty()) part.groups.push_back(groups[n]);
  return part;
}

RowScores RowScores::take(const arma::uvec& rows) const {
  RowScores part;
  part.log_p = part_of_scores(log_p, rows);
  part.energy = part_of_scores(energy, rows);
  part.energy_variance = part_of_scores(energy_variance, rows);
  for (const OfNumber& all : numbers)
    part.numbers.push_back({all.unit, part_of_scores(all.error, rows), part_of_scores(all.log_p, rows),
                            part_of_scores(all.crps, rows), part_of_scores(all.up_to, rows),
                            part_of_scores(all.below, rows), part_of_scores(all.quantiles, rows), all.rounding_step,
                            part_of_scores(all.rounding_log_p, rows), part_of_scores(all.conformal, rows)});
  if (!classes) return part;
  part.classes =
      OfClasses{classes->predicted.elem(rows), classes->brier.elem(rows), part_of_scores(classes->positive, rows),
                part_of_scores(classes->probabilities, rows), part_of_scores(classes->conformal, rows)};
  return part;
}

double unit_of_squares(const arma::vec& values) {
  const double most = values.is_empty() ? 0 : arma::abs(values).max();
  return most > 0 && std::isfinite(most) ? std::scalbn(1.0, std::ilogb(most)) : 1;
}

double standard_error(const arma::vec& of_rows, const arma::vec& w, const std::vector<std::size_t>& groups) {
  const double unit = unit_of_squares(of_rows);
  const arma::vec influence = of_rows / unit;
  double squares = 0, count = 0;
  if (groups.empty()) {
    squares = arma::accu(arma::square(w % influence));
    count = static_cast<double>(arma::accu(w > 0));
  } else {
    const std::size_t most = *std::max_element(groups.begin(), groups.end()) + 1;
    arma::vec sums(most, arma::fill::zeros), weights(most, arma::fill::zeros);
    for (std::size_t n = 0; n < groups.size(); ++n) {
      sums[groups[n]] += w[n] * influence[n];
      weights[groups[n]] += w[n];
    }
    squares = arma::accu(arma::square(sums));
    count = static_cast<double>(arma::accu(weights > 0));
  }
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  return unit * (std::sqrt(squares * count / (count - 1)) / arma::accu(w));
}

MeanScore mean_score(const arma::vec& scores, const arma::vec& w, const std::vector<std::size_t>& groups) {
  const double mean = arma::dot(w, scores) / arma::accu(w);
  return {mean, standard_error(scores - mean, w, groups)};
}

}  // namespace moe
