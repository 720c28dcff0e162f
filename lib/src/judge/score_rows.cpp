// The scores of a model: blocks of rows on all threads, each with a predictive distribution of its own. A row's scores
// are written to its place; the sums over experts are added block by block, so that threads change no bit.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/parallel.hpp"
#include "model/floors.hpp"
#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr arma::uword kScoreBlock = 1024;
/// A task has so many blocks, as it begins with memory of its own.
constexpr arma::uword kBlocksOfTask = 8;
/// The energy score needs expectations, which are means over so many pairs of draws.
constexpr arma::uword kEnergyPairs = 64;
constexpr std::uint64_t kEnergySeed = 1;
constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();

/// The step in which a target is given, or NaN. Of a few values, the largest number of which they are multiples says
/// little. A step near the rounding errors of doubles is one of the way in which they are printed.
double rounding_step(const arma::vec& y, const arma::vec& w) {
  constexpr arma::uword kFewest = 10;
  constexpr double kLeast = 1e-12;
  const arma::vec counted = y.elem(arma::find(w > 0));
  if (counted.n_elem < kFewest) return kNoScore;
  const double step = step_between(counted);
  return step > kLeast * arma::abs(counted).max() ? step : kNoScore;
}

/// The length of each row.
arma::vec lengths(const arma::mat& rows) {
  const double unit = unit_of_squares(arma::vectorise(rows));
  return unit * arma::sqrt(arma::sum(arma::square(rows / unit), 1));
}

/// Scores blocks of rows. Each thread needs one of its own.
class BlockScorer {
 public:
  BlockScorer(const Model& model, RowScores& scores) : model_(model), scores_(scores), predictive_(model) {}

  /// The rows of this block, of which the first is row `first`. `experts`: their sums over the block.
  void score(const Dataset& block, arma::uword first, std::vector<ExpertScore>& experts) {
    first_ = first;
    last_ = first + block.rows() - 1;
    predictive_.at(block);
    add_experts(block, experts);
    for (arma::uword t = 0; t < scores_.numbers.size(); ++t) add_number(block, t);
    if (scores_.classes) add_classes(block);
    if (!scores_.energy.is_empty()) add_energy(block);
    if (model_.conformal) add_conformal(block);
  }

 private:
  void put(arma::vec& all, const arma::vec& part) { all.subvec(first_, last_) = part; }

  void add_experts(const Dataset& block, std::vector<ExpertScore>& experts) {
    experts.assign(model_.size(), {});
    const arma::mat g = predictive_.weights();
    for (arma::uword k = 0; k < model_.size(); ++k) experts[k].share = arma::dot(block.w, g.col(k));
    if (scores_.log_p.is_empty()) return;
    put(scores_.log_p, predictive_.log_density());
    const arma::mat r = predictive_.responsibilities(), log_p = predictive_.expert_log_densities();
    for (arma::uword k = 0; k < model_.size(); ++k) {
      experts[k].responsibility = arma::dot(block.w, r.col(k));
      experts[k].nll = -arma::dot(block.w, log_p.col(k));
    }
  }

  void add_number(const Dataset& block, arma::uword t) {
    RowScores::OfNumber& number = scores_.numbers[t];
    const double unit = number.unit;
    const arma::vec y = block.y.col(t);
    if (!number.error.is_empty()) put(number.error, (predictive_.mean(t) - y) / unit);
    if (!number.crps.is_empty()) put(number.crps, predictive_.crps(t) / unit);
    if (!number.up_to.is_empty()) put(number.up_to, predictive_.cdf(y, t));
    if (!number.below.is_empty()) put(number.below, predictive_.cdf(y - 0.5, t));
    if (!number.log_p.is_empty()) put(number.log_p, predictive_.log_density_of(t));
    if (const double half = 0.5 * number.rounding_step; half > 0)
      put(number.rounding_log_p, predictive_.log_probability(y - half, y + half, t));
    for (arma::uword q = 0; q < number.quantiles.n_cols; ++q)
      number.quantiles(arma::span(first_, last_), q) = predictive_.quantile(kJudgedQuantiles[q], t) / unit;
  }

  void put_conformal(RowScores::OfConformal& all, std::size_t level, const arma::vec& inside, const arma::vec& size) {
    all.inside(arma::span(first_, last_), level) = inside;
    all.size(arma::span(first_, last_), level) = size;
  }

  void add_conformal(const Dataset& block) {
    for (std::size_t i = 0; i < std::size(kJudgedIntervals); ++i) {
      const double level = kJudgedIntervals[i];
      for (arma::uword t = 0; t < scores_.numbers.size(); ++t) {
        RowScores::OfNumber& number = scores_.numbers[t];
        const arma::mat ends = conformal_interval(model_, predictive_, level, t);
        const arma::vec y = block.y.col(t);
        put_conformal(number.conformal, i, arma::conv_to<arma::vec>::from(ends.col(0) <= y && y <= ends.col(1)),
                      (ends.col(1) - ends.col(0)) / number.unit);
      }
      if (!scores_.classes) continue;
      const auto sets = conformal_labels(model_, predictive_, level);
      arma::vec inside(block.rows()), size(block.rows());
      for (arma::uword n = 0; n < block.rows(); ++n) {
        const auto truth = static_cast<arma::uword>(block.y[n]);
        inside[n] = std::find(sets[n].begin(), sets[n].end(), truth) == sets[n].end() ? 0 : 1;
        size[n] = static_cast<double>(sets[n].size());
      }
      put_conformal(scores_.classes->conformal, i, inside, size);
    }
  }

  void add_classes(const Dataset& block) {
    RowScores::OfClasses& classes = *scores_.classes;
    const arma::mat p = predictive_.probabilities();
    classes.predicted.subvec(first_, last_) = arma::index_max(p, 1);
    const bool binary = p.n_cols == 2;
    for (arma::uword n = 0; n < block.rows(); ++n) {
      const auto truth = static_cast<arma::uword>(block.y[n]);
      double square = 0;
      for (arma::uword c = binary ? 1 : 0; c < p.n_cols; ++c) square += std::pow(p(n, c) - (c == truth ? 1 : 0), 2);
      classes.brier[first_ + n] = square;
    }
    if (binary) put(classes.positive, p.col(1));
    if (!classes.probabilities.is_empty()) classes.probabilities.rows(first_, last_) = p;
  }

  /// E |Y - y| - E |Y - Y'| / 2 (Gneiting, Raftery 2007), as the mean over pairs of independent draws.
  void add_energy(const Dataset& block) {
    Random random(kEnergySeed, first_ / kScoreBlock);
    arma::mat one, other;
    arma::uvec expert;
    arma::vec mean(block.rows(), arma::fill::zeros), squares(block.rows(), arma::fill::zeros);
    for (arma::uword pair = 0; pair < kEnergyPairs; ++pair) {
      predictive_.draw(random, one, expert);
      predictive_.draw(random, other, expert);
      const arma::vec score = 0.5 * (lengths(one - block.y) + lengths(other - block.y) - lengths(one - other));
      const arma::vec step = score - mean;
      mean += step / static_cast<double>(pair + 1);
      squares += step % (score - mean);
    }
    put(scores_.energy, mean);
    put(scores_.energy_variance, squares / static_cast<double>(kEnergyPairs * (kEnergyPairs - 1)));
  }

  const Model& model_;
  RowScores& scores_;
  Predictive predictive_;
  arma::uword first_ = 0, last_ = 0;
};

void make_room_for_number(const Model& model, const Dataset& data, const ScoreOptions& options, arma::uword t,
                          RowScores::OfNumber& number) {
  const Predictive predictive(model);
  const arma::uword n = data.rows();
  number.unit = predictive.unit_of(t);
  if (!model.without_mean()) number.error.set_size(n);
  if (!model.gate->normalised()) return;
  number.up_to.set_size(n);
  if (!model.without_mean()) number.crps.set_size(n);
  if (predictive.discrete(t))
    number.below.set_size(n);
  else
    number.rounding_step = rounding_step(data.y.col(t), data.w);
  if (number.rounding_step > 0) number.rounding_log_p.set_size(n);
  if (!options.details) return;
  number.quantiles.set_size(n, std::size(kJudgedQuantiles));
  if (model.targets() > 1) number.log_p.set_size(n);
}

void make_room_for_conformal(RowScores& scores, arma::uword rows) {
  const auto make_room = [&](RowScores::OfConformal& conformal) {
    conformal.inside.set_size(rows, std::size(kJudgedIntervals));
    conformal.size.set_size(rows, std::size(kJudgedIntervals));
  };
  for (RowScores::OfNumber& number : scores.numbers) make_room(number.conformal);
  if (scores.classes) make_room(scores.classes->conformal);
}

/// Scores without values, of those that the model has.
RowScores room_for(const Model& model, const Dataset& data, const ScoreOptions& options) {
  RowScores scores;
  const arma::uword n = data.rows();
  if (model.gate->normalised()) scores.log_p.set_size(n);
  if (model.classes()) {
    RowScores::OfClasses& classes = scores.classes.emplace();
    classes.predicted.set_size(n);
    classes.brier.set_size(n);
    if (model.schema.labels.size() == 2) classes.positive.set_size(n);
    if (options.details) classes.probabilities.set_size(n, model.schema.labels.size());
    return scores;
  }
  scores.numbers.resize(model.targets());
  for (arma::uword t = 0; t < model.targets(); ++t) make_room_for_number(model, data, options, t, scores.numbers[t]);
  if (options.details && model.targets() > 1 && model.gate->normalised() && !model.without_mean()) {
    scores.energy.set_size(n);
    scores.energy_variance.set_size(n);
  }
  return scores;
}

}  // namespace

RowScores score_rows(const Model& model, const Dataset& data, const ScoreOptions& options) {
  if (!data.has_target())
    throw Error(ErrorKind::kData, "there is no target: expected a column '" + model.schema.targets[0] + "'");
  RowScores scores = room_for(model, data, options);
  if (model.conformal) make_room_for_conformal(scores, data.rows());
  const arma::uword blocks = (data.rows() + kScoreBlock - 1) / kScoreBlock;
  std::vector<std::vector<ExpertScore>> sums(blocks);
  parallel_for((blocks + kBlocksOfTask - 1) / kBlocksOfTask, options.threads, [&](std::size_t task) {
    BlockScorer scorer(model, scores);
    for (arma::uword i = task * kBlocksOfTask; i < std::min<arma::uword>(blocks, (task + 1) * kBlocksOfTask); ++i) {
      const arma::uword first = i * kScoreBlock, last = std::min(first + kScoreBlock, data.rows()) - 1;
      scorer.score({data.slice(first, last)}, first, sums[i]);
    }
  });
  const double weight = arma::accu(data.w);
  scores.experts.assign(model.size(), {});
  for (arma::uword k = 0; k < model.size(); ++k) {
    ExpertScore& expert = scores.experts[k];
    for (const std::vector<ExpertScore>& block : sums) {
      expert.share += block[k].share / weight;
      expert.responsibility += block[k].responsibility / weight;
      expert.nll += block[k].nll / weight;
    }
    if (scores.log_p.is_empty()) expert.responsibility = expert.nll = kNoScore;
  }
  return scores;
}

}  // namespace moe
