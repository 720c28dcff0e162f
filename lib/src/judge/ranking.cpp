// How well scores and labels tell classes apart.
#include <limits>

#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr double kNoRanking = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double area_under_curve(const arma::vec& score, const arma::vec& positive, const arma::vec& weight) {
  const arma::uvec order = arma::stable_sort_index(score);
  double below = 0, pairs = 0, all_positive = 0;
  for (arma::uword first = 0; first < order.n_elem;) {
    double tied_positive = 0, tied_negative = 0;
    arma::uword next = first;
    for (; next < order.n_elem && score[order[next]] == score[order[first]]; ++next)
      (positive[order[next]] > 0 ? tied_positive : tied_negative) += weight[order[next]];
    pairs += tied_positive * (below + 0.5 * tied_negative);
    below += tied_negative;
    all_positive += tied_positive;
    first = next;
  }
  return below > 0 && all_positive > 0 ? pairs / (below * all_positive) : kNoRanking;
}

double average_precision(const arma::vec& score, const arma::vec& positive, const arma::vec& weight) {
  const arma::uvec order = arma::stable_sort_index(score, "descend");
  double found = 0, told = 0, sum = 0;
  for (arma::uword first = 0, next = 0; first < order.n_elem; first = next) {
    double tied = 0;
    for (; next < order.n_elem && score[order[next]] == score[order[first]]; ++next) {
      told += weight[order[next]];
      if (positive[order[next]] > 0) tied += weight[order[next]];
    }
    found += tied;
    if (tied > 0) sum += tied * found / told;
  }
  return found > 0 ? sum / found : kNoRanking;
}

arma::mat confusion_of(const RowScores::OfClasses& scores, const JudgedRows& rows) {
  arma::mat counts(rows.labels.size(), rows.labels.size(), arma::fill::zeros);
  for (arma::uword n = 0; n < rows.count(); ++n)
    counts(static_cast<arma::uword>(rows.y(n, 0)), scores.predicted[n]) += rows.w[n];
  return counts;
}

std::vector<ClassFigures> class_figures(const RowScores::OfClasses& scores, const JudgedRows& rows) {
  const arma::mat counts = confusion_of(scores, rows);
  std::vector<ClassFigures> result;
  for (arma::uword c = 0; c < counts.n_rows; ++c) {
    const double right = counts(c, c), there = arma::accu(counts.row(c)), told = arma::accu(counts.col(c));
    const arma::vec event = arma::conv_to<arma::vec>::from(rows.y.col(0) == static_cast<double>(c));
    const arma::vec p = scores.probabilities.col(c);
    result.push_back({there, told > 0 ? right / told : kNoRanking, there > 0 ? right / there : kNoRanking,
                      there + told > 0 ? 2 * right / (there + told) : kNoRanking, area_under_curve(p, event, rows.w),
                      average_precision(p, event, rows.w)});
  }
  return result;
}

}  // namespace moe
