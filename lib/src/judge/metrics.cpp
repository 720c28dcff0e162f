// Metrics of predictions on rows with known targets. Everything is a sum over rows, computed block by block.
#include "moe/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/floors.hpp"
#include "model/forward_blocks.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

constexpr arma::uword kMetricsBlock = 1024;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kLevels[] = {0.5, 0.9, 0.95};

/// The step in which a target is given, or NaN. Of a few values, the largest number of which they are multiples says
/// little. A step near the rounding errors of doubles is one of the way in which they are printed.
double rounding_step(const arma::vec& y) {
  constexpr arma::uword kFewest = 10;
  constexpr double kLeast = 1e-12;
  if (y.n_elem < kFewest) return kNone;
  const double step = step_between(y);
  return step > kLeast * arma::abs(y).max() ? step : kNone;
}

/// Sums over rows. Metrics holds the means that follow from them.
class Evaluation {
 public:
  Evaluation(const Model& model, const Dataset& data) : model_(model), predictive_(model) {
    metrics_.rows = data.rows();
    metrics_.weight = arma::accu(data.w);
    metrics_.experts.assign(model.size(), {0, 0, 0});
    metrics_.confusion.zeros(model.schema.labels.size(), model.schema.labels.size());
    if (!model.classes()) metrics_.numbers.resize(model.targets());
    const arma::uvec counted = arma::find(data.w > 0);
    for (arma::uword t = 0; t < metrics_.numbers.size(); ++t)
      if (model.gate->normalised() && !predictive_.discrete(t)) {
        metrics_.numbers[t].rounding_step = rounding_step(arma::vec(data.y.col(t)).elem(counted));
        metrics_.numbers[t].rounding_log_p = 0;
      }
    for (Metrics::OfNumber& number : metrics_.numbers)
      for (const double level : kLevels) number.coverage.emplace_back(level, 0);
    score_.reserve(data.rows());
  }

  void add(const Dataset& block) {
    predictive_.at(block);
    const arma::mat g = predictive_.weights();
    for (arma::uword k = 0; k < model_.size(); ++k) metrics_.experts[k].share += arma::dot(block.w, g.col(k));
    if (model_.gate->normalised()) add_densities(block);
    if (model_.classes()) add_classes(block);
    for (arma::uword t = 0; t < metrics_.numbers.size(); ++t) add_number(block, t);
  }

  Metrics finish(const Dataset& data) {
    const double weight = metrics_.weight;
    for (double* sum : {&metrics_.accuracy, &metrics_.brier}) *sum /= weight;
    for (arma::uword t = 0; t < metrics_.numbers.size(); ++t) finish_number(data, t);
    for (Metrics::ByExpert& expert : metrics_.experts) {
      expert.share /= weight;
      expert.responsibility /= weight;
      expert.nll /= weight;
    }
    metrics_.nll = -metrics_.log_likelihood / weight;
    if (!model_.gate->normalised()) without_density();
    if (model_.without_mean()) without_mean();
    if (model_.classes()) {
      const bool binary = model_.schema.labels.size() == 2;
      metrics_.auc = binary ? area_under_curve(arma::vec(score_), data.y.col(0), data.w) : kNone;
    }
    return metrics_;
  }

 private:
  void add_densities(const Dataset& block) {
    metrics_.log_likelihood += arma::dot(block.w, predictive_.log_density());
    const arma::mat r = predictive_.responsibilities(), log_p = predictive_.expert_log_densities();
    for (arma::uword k = 0; k < model_.size(); ++k) {
      metrics_.experts[k].responsibility += arma::dot(block.w, r.col(k));
      metrics_.experts[k].nll -= arma::dot(block.w, log_p.col(k));
    }
  }

  void add_number(const Dataset& block, arma::uword t) {
    Metrics::OfNumber& sums = metrics_.numbers[t];
    const double unit = predictive_.unit_of(t);
    const arma::vec y = block.y.col(t), error = (predictive_.mean(t) - y) / unit;
    sums.rmse += arma::dot(block.w, arma::square(error));
    sums.mae += arma::dot(block.w, arma::abs(error));
    if (!model_.gate->normalised()) return;
    if (!model_.without_mean()) sums.crps += arma::dot(block.w, predictive_.crps(t) / unit);
    if (const double half = 0.5 * sums.rounding_step; half > 0)
      sums.rounding_log_p += arma::dot(block.w, predictive_.log_probability(y - half, y + half, t));
    // y is inside the central interval unless P(Y < y) > 1 - tail or P(Y <= y) < tail, both read from the distribution
    // function.
    const arma::vec up_to = predictive_.cdf(y, t),
                    below = predictive_.discrete(t) ? predictive_.cdf(y - 0.5, t) : up_to;
    for (auto& [level, share] : sums.coverage) {
      const double tail = 0.5 * (1 - level);
      share += arma::dot(block.w, arma::conv_to<arma::vec>::from(up_to >= tail && below <= 1 - tail));
    }
  }

  void finish_number(const Dataset& data, arma::uword t) {
    Metrics::OfNumber& number = metrics_.numbers[t];
    const double squares = number.rmse, weight = metrics_.weight, unit = predictive_.unit_of(t);
    const arma::vec y = data.y.col(t) / unit;
    const double total = arma::dot(data.w, arma::square(y - arma::dot(data.w, y) / weight));
    number.rmse = unit * std::sqrt(squares / weight);
    number.r2 = total > 0 ? 1 - squares / total : kNone;
    number.mae = unit * (number.mae / weight);
    number.crps = unit * (number.crps / weight);
    number.rounding_log_p /= number.rounding_step > 0 ? weight : kNone;
    for (auto& [level, share] : number.coverage) share /= weight;
  }

  void add_classes(const Dataset& block) {
    const arma::mat p = predictive_.probabilities();
    const arma::uvec predicted = predictive_.label();
    const bool binary = p.n_cols == 2;
    for (arma::uword n = 0; n < block.rows(); ++n) {
      const auto truth = static_cast<arma::uword>(block.y[n]);
      metrics_.confusion(truth, predicted[n]) += block.w[n];
      if (truth == predicted[n]) metrics_.accuracy += block.w[n];
      double square = 0;
      for (arma::uword c = binary ? 1 : 0; c < p.n_cols; ++c) {
        const double error = p(n, c) - (c == truth ? 1 : 0);
        square += error * error;
      }
      metrics_.brier += block.w[n] * square;
      score_.push_back(p(n, p.n_cols - 1));
    }
  }

  void without_density() {
    metrics_.nll = metrics_.log_likelihood = kNone;
    for (Metrics::OfNumber& number : metrics_.numbers) {
      number.crps = kNone;
      for (auto& [level, share] : number.coverage) share = kNone;
    }
    for (Metrics::ByExpert& expert : metrics_.experts) expert.responsibility = expert.nll = kNone;
  }

  void without_mean() {
    for (Metrics::OfNumber& number : metrics_.numbers) number.rmse = number.mae = number.r2 = number.crps = kNone;
  }

  const Model& model_;
  Predictive predictive_;
  Metrics metrics_;
  std::vector<double> score_;
};

}  // namespace

Metrics evaluate(const Model& model, const Dataset& data) {
  if (!data.has_target())
    throw Error(ErrorKind::kData, "there is no target: expected a column '" + model.schema.targets[0] + "'");
  Evaluation evaluation(model, data);
  for (arma::uword first = 0; first < data.rows(); first += kMetricsBlock)
    evaluation.add({data.slice(first, std::min(first + kMetricsBlock, data.rows()) - 1)});
  Metrics metrics = evaluation.finish(data);
  const auto objective = make_objective(model.fit.objective.empty() ? "likelihood" : model.fit.objective);
  metrics.objective_name = objective->name();
  metrics.objective =
      Pass(model, *objective, Penalty{0, 0}, 1).run(model.theta, model.standardize(data), nullptr).value;
  return metrics;
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
  return below > 0 && all_positive > 0 ? pairs / (below * all_positive) : kNone;
}

}  // namespace moe
