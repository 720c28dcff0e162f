// The figures of a model in one struct, and sums over rows of the log-likelihood.
#include "moe/metrics.hpp"

#include <limits>
#include <tuple>

#include "model/forward_blocks.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"

namespace moe {
namespace {

constexpr arma::uword kMetricsBlock = 1024;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Writes a figure to its place.
void take_figure(const Measure& figure, double value, Metrics& metrics) {
  const std::string& name = figure.name;
  if (name == "accuracy") metrics.accuracy = value;
  if (name == "brier") metrics.brier = value;
  if (name == "auc") metrics.auc = value;
  if (name == "nll" && figure.joint) metrics.nll = value;
  if (metrics.numbers.empty()) return;
  Metrics::OfNumber& number = metrics.numbers[figure.target];
  if (name == "rmse") number.rmse = value;
  if (name == "mae") number.mae = value;
  if (name == "r2") number.r2 = value;
  if (name == "crps") number.crps = value;
  if (name == "rounding_log_p") number.rounding_log_p = value;
  if (name == "coverage") number.coverage.emplace_back(figure.level, value);
}

}  // namespace

Metrics evaluate(const Model& model, const Dataset& data) {
  Metrics metrics;
  if (data.has_target()) std::tie(metrics.objective_name, metrics.objective) = objective_at(model, data);
  const RowScores scores = score_rows(model, data);
  const JudgedRows rows{data.y, data.w, {}, model.schema.targets, model.schema.labels};
  metrics.rows = data.rows();
  metrics.weight = arma::accu(data.w);
  metrics.nll = metrics.auc = kNone;
  for (const RowScores::OfNumber& number : scores.numbers) {
    metrics.numbers.push_back({kNone, kNone, kNone, kNone, {}, number.rounding_step, kNone});
    if (number.up_to.is_empty())
      for (const double level : kJudgedIntervals) metrics.numbers.back().coverage.emplace_back(level, kNone);
  }
  for (const Measure& figure : figures_of(scores)) take_figure(figure, estimate(figure, scores, rows).value, metrics);
  metrics.log_likelihood = -metrics.nll * metrics.weight;
  if (scores.classes) metrics.confusion = confusion_of(*scores.classes, rows);
  metrics.experts = scores.experts;
  return metrics;
}

std::pair<std::string, double> objective_at(const Model& model, const Dataset& data) {
  const auto objective = make_objective(model.fit.objective.empty() ? "likelihood" : model.fit.objective);
  return {objective->name(),
          Pass(model, *objective, Penalty{0, 0}, 1).run(model.theta, model.standardize(data), nullptr).value};
}

LikelihoodSums likelihood_sums(const Model& model, const Rows& rows) {
  if (!model.gate->normalised()) return {kNone, kNone};
  LikelihoodSums sums;
  arma::vec total;
  arma::mat log_r, r;
  for_each_block(model, model.theta, rows, kMetricsBlock, [&](const Rows& block, const ForwardPass& forward) {
    const arma::mat terms = forward.log_terms(model.theta, block.y);
    log_sum_exp(terms, total);
    log_softmax(terms, log_r);
    exp_shifted(log_r, {}, {}, r);
    sums.log_likelihood += arma::dot(block.w, total);
    sums.entropy -= arma::dot(block.w, arma::sum(r % log_r, 1));
  });
  return sums;
}

}  // namespace moe
