// The predictive distribution of a fitted model at new rows, in the data's units.
#pragma once

#include <armadillo>
#include <cstdint>
#include <string>
#include <vector>

#include "moe/file.hpp"
#include "moe/forward_pass.hpp"
#include "moe/model.hpp"

namespace moe {

/// Throws Error (usage) where `what` makes no sense under an unnormalised gate.
void require_density(const Model& model, const std::string& what);

/// The numbers from low to high, ends included, in data units.
struct Interval {
  double low, high;
};

/// The predictive distributions of b rows. It is reused from block to block.
class Predictive {
 public:
  explicit Predictive(const Model& model);
  /// Takes the rows, in the data's units.
  void at(const Dataset& block);
  /// The same, where only the first `asked` rows are of interest, and others fill the block. What takes long for each
  /// row, which says so below, is 0 or empty for the others.
  void at(const Dataset& block, arma::uword asked);
  /// Takes rows in the model's units.
  void at_rows(Rows block);
  arma::uword rows() const { return forward_.rows(); }
  arma::uword asked() const { return asked_; }
  const Model& model() const { return model_; }
  const Rows& block() const { return block_; }  ///< in the model's units

  arma::mat weights() const;  ///< b x K: g_k, which may be negative under a linear gate
  // For target t alone, 0 .. T-1:
  /// B x K; for two classes each expert's probability of the last one.
  arma::mat expert_means(arma::uword t = 0) const;
  arma::vec mean(arma::uword t = 0) const;  ///< of a number: sum_k g_k mu_k
  arma::vec sd(arma::uword t = 0) const;    ///< of a number: within and between experts; may be infinite
  /// Of a number: b x K, in the model's units, in which nothing overflows; may be infinite.
  arma::mat expert_variances(arma::uword t = 0) const;
  /// A power of two near the target's scale. Values are divided by it before they are squared, so that nothing
  /// overflows.
  double unit_of(arma::uword t = 0) const;
  arma::vec cdf(const arma::vec& target, arma::uword t = 0) const;
  arma::vec quantile(double p, arma::uword t = 0) const;
  /// log P(low < Y <= high), low < high in data units (b), to about 1e-9 of it however small the probability.
  arma::vec log_probability(const arma::vec& low, const arma::vec& high, arma::uword t = 0) const;
  /// The continuous ranked probability score at the block's target. It has a closed form where all experts are normal.
  arma::vec crps(arma::uword t = 0) const;
  arma::vec log_density_of(arma::uword t) const;  ///< log p(y|x) of this target alone
  bool discrete(arma::uword t = 0) const;         ///< whether every expert's density is a probability of whole numbers
  /// (y - mean) / sd at the block's target: Pearson's residual. For two classes y is 1 for the last one, else 0.
  arma::vec standard_residual(arma::uword t = 0) const;
  // What takes long for each row, in data units; for `asked` rows. One expert may not be discrete beside another that
  // is not: see require_one_kind().
  /// The y of the highest density; of whole numbers the most probable one, and the least of several. Where the density
  /// has no bound at an end of its range, that end.
  arma::vec mode(arma::uword t = 0) const;
  /// The smallest set with this probability, as its intervals in order: the density is the same at all their ends but
  /// those at an end of the target's range, and is lower outside. Of whole numbers, the smallest set whose probability
  /// is at least `level`. Empty for a row whose prediction is not finite.
  std::vector<std::vector<Interval>> highest_density(double level, arma::uword t = 0) const;
  /// `draws` draws of all targets, b x (draws T): the first draw's T targets, then the second's. A class is its number.
  /// Row n draws from a stream of its own, which `seed` and the row's place in the table (Rows::first) determine.
  arma::mat sample(std::uint64_t seed, arma::uword draws) const;

  /// How far each row is from the training rows: the largest distance of its numbers from their training means, in
  /// training standard deviations. See require_novelty().
  arma::vec novelty() const;

  // For classes:
  arma::mat probabilities() const;  ///< b x C
  arma::uvec label() const;         ///< the most probable class
  /// The fewest classes with at least this probability together, the most probable ones first.
  std::vector<std::vector<arma::uword>> probable_classes(double level) const;

  // At the block's targets together:
  arma::vec log_density() const;           ///< log sum_k g_k p_k
  arma::mat expert_log_densities() const;  ///< b x K
  arma::mat responsibilities() const;      ///< b x K
  arma::uvec most_responsible() const;     ///< the expert with the largest weight, from 0; needs no target
  /// Draws the targets of each row (b x T), and tells which expert (from 0) has drawn them.
  void draw(Random& random, arma::mat& target, arma::uvec& expert) const;

 private:
  friend class RowDensity;
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi_offset; }
  /// Expert k's distribution of target t: a family of one target, with its part of eta (b x m) and of psi.
  struct Part {
    Family::Marginal marginal;
    arma::mat eta;
  };
  Part part(arma::uword k, arma::uword t) const;
  std::vector<Part> parts(arma::uword t) const;
  arma::vec cdf(const std::vector<Part>& parts, const arma::vec& target, arma::uword t) const;
  arma::vec normal_crps(arma::uword t) const;
  arma::vec numeric_crps(arma::uword t) const;
  arma::vec discrete_crps(arma::uword t) const;
  arma::vec in_data_units(const arma::vec& y, arma::uword t) const;
  const Model& model_;
  ForwardPass forward_;
  Rows block_;
  arma::uword asked_ = 0;
};

/// Throws Error (usage) where some experts describe target t as a whole number and others as any number: a density and
/// a probability cannot be compared.
void require_one_kind(const Model& model, const std::string& what);
/// Throws Error (usage) where the model does not know its inputs' means and standard deviations.
void require_novelty(const Model& model, const std::string& what);

/// Whose contributions an Explainer tells.
enum class Explained {
  kPrediction,  ///< the mean of each target, the probability of the last of two classes or of each of more
  kGate         ///< the weight of each expert
};

/// Shares out what a row's prediction differs from the prediction at a baseline among the table's columns: Shapley
/// values (Shapley 1953; Lundberg, Lee 2017). The value of a set of columns is the prediction where these columns are
/// as in the row and the others as in the baseline: numbers at their training means, categories at their reference
/// levels, and nothing missing. Offset, exposure and trials are always the row's.
class Explainer {
 public:
  /// Up to this many columns, all sets are computed, so that the values are exact.
  static constexpr std::size_t kMostExact = 10;
  static constexpr std::size_t kPermutations = 64;
  /// `permutations`: an even number of random orders of the columns, each beside its reverse, which estimate the
  /// values. 0: none where there are at most kMostExact columns, else kPermutations.
  Explainer(const Model& model, Explained what, std::size_t permutations, std::uint64_t seed);
  bool exact() const { return orders_.empty(); }
  /// The names of the columns, and of what is explained ("" where it is one thing).
  std::vector<std::string> columns, quantities;
  /// What it tells of each row.
  struct Told {
    arma::mat baseline, prediction;  ///< b x Q
    arma::cube effects;              ///< b x D x Q; the sum over columns is prediction - baseline
    arma::cube errors;               ///< their standard errors, from the spread between orders; empty where exact
  };
  Told at(const Predictive& rows) const;

 private:
  arma::mat value(Predictive& at, const Rows& rows, const std::vector<bool>& columns_of_row) const;
  void enumerate(Predictive& at, const Rows& rows, Told& told) const;
  void permute(Predictive& at, const Rows& rows, Told& told) const;
  const Model& model_;
  Explained what_;
  std::vector<std::size_t> column_of_;  // the column of each input
  arma::vec baseline_;                  // of each input, in model units
  std::vector<std::vector<std::size_t>> orders_{};
};

struct PredictOptions {
  std::string output;           ///< comma-separated words; "": mean, or label,proba for classes
  bool append = false;          ///< write the new columns after the input's own columns
  bool ignore_unknown = false;  ///< see TableReader::Options
  /// Put before the name of each new column. With "", only a name that an earlier column has gets "predicted_" before
  /// it.
  std::string prefix{};
  int digits = 0;          ///< significant digits of numbers, 1 to 17; 0: as many as tell a double from all others
  std::uint64_t seed = 1;  ///< of what is drawn at random
};

/// Writes one record for each of the reader's, in order and as soon as they come. Uses the reader's threads, and memory
/// that does not grow with the number of rows. Returns a sentence for each renamed column.
std::vector<std::string> predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options,
                                     OutputFile& out);

/// The words that PredictOptions::output may contain, with explanations.
std::vector<std::pair<std::string, std::string>> predict_outputs();

}  // namespace moe
