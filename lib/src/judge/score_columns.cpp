// The scores of predictions that other tools have made: a mean, a normal distribution, or probabilities of classes.
#include <cmath>
#include <iterator>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"
#include "moe/scores.hpp"

namespace moe {
namespace {

/// Probabilities that were rounded to a few digits need not sum to 1 exactly.
constexpr double kSumTolerance = 0.01;

/// A power of two near the standard deviation of the values.
double unit_near(const arma::vec& y) {
  const double scale = arma::stddev(y);
  return scale > 0 && std::isfinite(scale) ? std::scalbn(1.0, std::ilogb(scale)) : 1;
}

/// Scores of the normal distributions with the errors and standard deviations in `unit`s.
void score_normal(const arma::vec& y, const arma::vec& sd, const ScoreOptions& options, RowScores::OfNumber& scores) {
  const arma::vec z = -scores.error / sd;
  scores.log_p.set_size(z.n_elem);
  scores.up_to.set_size(z.n_elem);
  scores.crps.set_size(z.n_elem);
  for (arma::uword n = 0; n < z.n_elem; ++n) {
    scores.log_p[n] = normal_log_density(z[n]) - std::log(sd[n]) - std::log(scores.unit);
    scores.up_to[n] = normal_cdf(z[n]);
    // E |Y - y| - E |Y - Y'| / 2, where Y - Y' has the variance 2 sd^2
    scores.crps[n] = mean_abs_normal(scores.error[n], sd[n]) - 0.5 * mean_abs_normal(0, M_SQRT2 * sd[n]);
  }
  if (!options.details) return;
  scores.quantiles.set_size(z.n_elem, std::size(kJudgedQuantiles));
  for (arma::uword q = 0; q < scores.quantiles.n_cols; ++q)
    scores.quantiles.col(q) = y + scores.error + portable::normal_quantile(kJudgedQuantiles[q]) * sd;
}

void score_numbers(const ColumnPredictions& predictions, const JudgedRows& rows, const ScoreOptions& options,
                   RowScores& scores) {
  if (!predictions.sd.is_empty()) scores.log_p.zeros(rows.count());
  for (arma::uword t = 0; t < predictions.mean.n_cols; ++t) {
    RowScores::OfNumber& number = scores.numbers.emplace_back();
    number.unit = unit_near(rows.y.col(t));
    const arma::vec y = rows.y.col(t) / number.unit;
    number.error = predictions.mean.col(t) / number.unit - y;
    if (predictions.sd.is_empty()) continue;
    for (arma::uword n = 0; n < rows.count(); ++n)
      if (!(predictions.sd(n, t) > 0))
        throw Error(ErrorKind::kData, "row " + std::to_string(n + 1) + ": the standard deviation " +
                                          format_number(predictions.sd(n, t)) +
                                          " is not above 0: expected one that is");
    score_normal(y, predictions.sd.col(t) / number.unit, options, number);
    scores.log_p += number.log_p;
    if (predictions.mean.n_cols == 1 || !options.details) number.log_p.reset();
  }
}

/// Throws where row n has no probabilities.
void check_probabilities(const arma::mat& p, arma::uword n) {
  const arma::rowvec row = p.row(n);
  for (const double value : row)
    if (!(value >= 0 && value <= 1))
      throw Error(ErrorKind::kData, "row " + std::to_string(n + 1) + ": " + format_number(value) +
                                        " is no probability: expected a number from 0 to 1");
  if (row.n_elem > 1 && std::abs(arma::accu(row) - 1) > kSumTolerance)
    throw Error(ErrorKind::kData, "row " + std::to_string(n + 1) + ": the probabilities sum to " +
                                      format_number(arma::accu(row)) + ": expected 1, within " +
                                      format_number(kSumTolerance));
}

void score_classes(const arma::mat& given, const JudgedRows& rows, const ScoreOptions& options, RowScores& scores) {
  const arma::mat p = given.n_cols == 1 ? arma::mat(arma::join_rows(1 - given, given)) : given;
  RowScores::OfClasses& classes = scores.classes.emplace();
  classes.predicted = arma::index_max(p, 1);
  scores.log_p.set_size(rows.count());
  classes.brier.zeros(rows.count());
  for (arma::uword n = 0; n < rows.count(); ++n) {
    check_probabilities(given, n);
    const auto truth = static_cast<arma::uword>(rows.y(n, 0));
    scores.log_p[n] = std::log(p(n, truth));
    for (arma::uword c = p.n_cols == 2 ? 1 : 0; c < p.n_cols; ++c)
      classes.brier[n] += std::pow(p(n, c) - (c == truth ? 1 : 0), 2);
  }
  if (p.n_cols == 2) classes.positive = p.col(1);
  if (options.details) classes.probabilities = p;
}

}  // namespace

RowScores score_columns(const ColumnPredictions& predictions, const JudgedRows& rows, const ScoreOptions& options) {
  RowScores scores;
  if (predictions.probability.is_empty())
    score_numbers(predictions, rows, options, scores);
  else
    score_classes(predictions.probability, rows, options, scores);
  return scores;
}

}  // namespace moe
