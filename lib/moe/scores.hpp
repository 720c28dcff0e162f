// What predictions earn on rows with known targets: the scores of each row, and the figures that follow from them with
// their standard errors. The predictions are a model's, or columns that any other tool has written. Figures of several
// predictions of the same rows compare row by row.
#pragma once

#include <armadillo>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// What rows have beside their predictions.
struct JudgedRows {
  arma::mat y;  ///< n x T: the targets in data units, or the class 0 .. C-1
  arma::vec w;  ///< n
  /// n, or empty: rows with the same number, 0 .. G-1, may depend on each other. Standard errors then are those of G
  /// independent groups.
  std::vector<std::size_t> groups{};
  std::vector<std::string> targets{};  ///< T names
  std::vector<std::string> labels{};   ///< C names; empty for numbers

  arma::uword count() const { return w.n_elem; }
  JudgedRows take(const arma::uvec& rows) const;
};

/// The levels of the quantiles that are judged. The first and the last are the ends of an interval, and so on inwards.
constexpr double kJudgedQuantiles[] = {0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975};
/// The levels of the central intervals that are judged.
constexpr double kJudgedIntervals[] = {0.5, 0.9, 0.95};

/// How many experts share the rows, and how each does.
struct ExpertScore {
  double share = 0;           ///< the mean weight
  double responsibility = 0;  ///< its mean; NaN without a density
  double nll = 0;             ///< the mean of -log p_k(y|x) over all rows; NaN without a density
};

/// The scores of n rows. A vector is empty where its score does not exist.
struct RowScores {
  /// Of the conformal sets of a calibrated model, a column for each of kJudgedIntervals. Empty for other models. A set
  /// without an end holds every target.
  struct OfConformal {
    arma::mat inside;  ///< n x levels: 1 where the set holds the target, else 0
    arma::mat size;    ///< n x levels: the width of an interval / unit; how many classes a set has
  };
  /// Of a target that is a number.
  struct OfNumber {
    double unit = 1;        ///< a power of two near the target's scale; what follows is divided by it where it says so
    arma::vec error{};      ///< n: (predicted mean - y) / unit
    arma::vec log_p{};      ///< n: log p(y|x) of this target alone; of several targets, with details
    arma::vec crps{};       ///< n: the continuous ranked probability score / unit
    arma::vec up_to{};      ///< n: P(Y <= y), the PIT of a continuous target
    arma::vec below{};      ///< n: P(Y < y); empty for a continuous target, for which it is P(Y <= y)
    arma::mat quantiles{};  ///< n x levels of kJudgedQuantiles, / unit; with details
    /// The step in which the rows give the target; NaN where they show none, and for counts.
    double rounding_step = std::numeric_limits<double>::quiet_NaN();
    arma::vec rounding_log_p{};  ///< n: log P(y - step / 2 < Y <= y + step / 2)
    OfConformal conformal{};
  };
  /// No member has an initialiser: with one, clang would not let a std::optional in RowScores make an OfClasses.
  struct OfClasses {
    arma::uvec predicted;     ///< n: the most probable class
    arma::vec brier;          ///< n: the squared error of the last of two classes, or summed over three or more
    arma::vec positive;       ///< n: the probability of the last class of two
    arma::mat probabilities;  ///< n x C; with details
    OfConformal conformal;
  };
  arma::vec log_p{};                   ///< n: log p(y|x) in data units, of all targets together
  std::vector<OfNumber> numbers{};     ///< T; none for classes
  std::optional<OfClasses> classes{};  ///< nothing for numbers
  arma::vec energy{};                  ///< n: the energy score of several targets; with details
  arma::vec energy_variance{};         ///< n: the variance of its error, as it is estimated from random draws
  std::vector<ExpertScore> experts{};  ///< K, over all rows; none for columns of other tools
  /// The scores of these rows, without experts.
  RowScores take(const arma::uvec& rows) const;
};

struct ScoreOptions {
  /// Also what takes long or needs memory for all classes: quantiles, energy scores, all probabilities.
  bool details = false;
  unsigned threads = 1;  ///< the result does not depend on it
};

/// The scores of a model. Throws Error (data) where the data have no target.
RowScores score_rows(const Model& model, const Dataset& data, const ScoreOptions& options = {});

/// Predictions that other tools have made, in data units. A matrix may be empty.
struct ColumnPredictions {
  arma::mat mean{};  ///< n x T
  /// n x T: with it, the prediction is a normal distribution with this mean and standard deviation. Several targets are
  /// independent.
  arma::mat sd{};
  arma::mat probability{};  ///< n x C; or n x 1, that of the last class of two
};
/// Throws Error (data) for a standard deviation that is not above 0, and for probabilities that are none.
RowScores score_columns(const ColumnPredictions& predictions, const JudgedRows& rows, const ScoreOptions& options = {});

/// A measure of how good predictions are, by name: "nll", "rmse", "coverage" ..
struct Measure {
  std::string name;
  std::size_t target = 0;  ///< of a number: which target
  /// Of coverage, width, interval_score, quantile_loss and the conformal figures; NaN for others.
  double level = std::numeric_limits<double>::quiet_NaN();
  bool joint = true;  ///< whether it belongs to all targets together

  bool operator==(const Measure& other) const;
};
/// The figures that these scores have, the most telling ones first.
std::vector<Measure> figures_of(const RowScores& scores);
/// "nll", "coverage:0.9", and of several targets "rmse:b", "coverage:b:0.9".
std::string spelling(const Measure& figure, const JudgedRows& rows);

/// A figure's value, and what each row adds to its error: the figure's estimator is the value plus the weighted mean of
/// `influence`, to first order. The difference of two figures of the same rows has the difference of their influences.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  arma::vec influence{};  ///< n; its weighted mean is 0
};
Estimate estimate(const Measure& figure, const RowScores& scores, const JudgedRows& rows);

/// A power of two near the largest of the absolute values: divided by it, they have squares that do not overflow. 1
/// where there is no such number.
double unit_of_squares(const arma::vec& values);
/// sqrt(n / (n - 1) sum_i (w_i u_i)^2) / sum_i w_i for influences u_i, where i runs over the n rows with a weight above
/// 0. With groups, i runs over the groups, and w_i u_i is the sum over a group's rows. It is the error of a ratio of
/// sums (Cochran 1977, "Sampling Techniques", chapter 6; with groups Liang, Zeger 1986), which takes rows as drawn
/// independently and weights as how much each counts. NaN for fewer than two.
double standard_error(const arma::vec& influence, const arma::vec& w, const std::vector<std::size_t>& groups = {});

/// A figure with its standard error, which is NaN where it has none.
struct MeasuredFigure {
  Measure figure;
  double value = 0, error = 0;
};
/// All figures of these scores.
std::vector<MeasuredFigure> measure(const RowScores& scores, const JudgedRows& rows);
/// For the figures that both have: those of `scores` less those of `from`, as paired differences of the same rows.
std::vector<MeasuredFigure> measure_differences(const RowScores& scores, const RowScores& from, const JudgedRows& rows);

struct MeanScore {
  double mean = 0, error = 0;
};
/// The weighted mean of scores, and its standard error.
MeanScore mean_score(const arma::vec& scores, const arma::vec& w, const std::vector<std::size_t>& groups = {});

/// The probability integral transform: of a right prediction it is uniform on (0, 1). Of counts it is the
/// non-randomised one, the mean of the distribution functions that rise from P(Y < y) to P(Y <= y) (Czado, Gneiting,
/// Held 2009).
struct Uniformity {
  std::vector<double> shares;  ///< of 10 bins of the same width, from 0 to 1; each is 0.1 at best
  double distance = 0;         ///< the largest |F(u) - u|, that of Kolmogorov and Smirnov: 0 at best
};
/// Needs up_to.
Uniformity pit_uniformity(const RowScores::OfNumber& scores, const arma::vec& w);

/// How well probabilities of classes agree with what happens, by bins [0, 0.1), .., [0.9, 1] of the probability.
struct Calibration {
  struct Bin {
    double low, high, weight;
    double probability, share;  ///< the mean probability, and the share of rows in which it came true; NaN if empty
  };
  /// Of the last class of two. Of three classes or more: of the predicted class.
  std::vector<Bin> bins;
  double expected_error = 0;  ///< the mean over rows of |share - probability| of the row's bin
  /// The parts of the Brier score, which is reliability - resolution + uncertainty + within_bins (Murphy 1973; the last
  /// part, which is there as probabilities within a bin differ, by Stephenson, Coelho, Jolliffe 2008). Of three classes
  /// or more they are sums over the classes.
  double reliability = 0, resolution = 0, uncertainty = 0, within_bins = 0;
};
/// Needs the probabilities of all classes.
Calibration calibration_of(const RowScores::OfClasses& scores, const JudgedRows& rows);

/// C x C weights: true classes in rows, predicted classes in columns.
arma::mat confusion_of(const RowScores::OfClasses& scores, const JudgedRows& rows);

/// The figures of one class against all others. NaN where there is none: the precision of a class that is never
/// predicted.
struct ClassFigures {
  double weight = 0, precision = 0, recall = 0, f1 = 0, auc = 0, average_precision = 0;
};
/// One for each class. Needs the probabilities of all classes.
std::vector<ClassFigures> class_figures(const RowScores::OfClasses& scores, const JudgedRows& rows);

/// The weighted area under the ROC curve of scores for two classes (1 is positive); ties count half. NaN where there is
/// only one class.
double area_under_curve(const arma::vec& score, const arma::vec& positive, const arma::vec& weight);
/// The sum over the thresholds, from above, of precision times what recall gains there. NaN where no row is positive.
double average_precision(const arma::vec& score, const arma::vec& positive, const arma::vec& weight);

}  // namespace moe
