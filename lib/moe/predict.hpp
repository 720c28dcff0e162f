// The predictive distribution of a fitted model at new rows, in the data's units.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/file.hpp"
#include "moe/forward_pass.hpp"
#include "moe/model.hpp"

namespace moe {

/// Throws Error (usage) where `what` makes no sense under an unnormalised gate.
void require_density(const Model& model, const std::string& what);

/// The predictive distributions of b rows. It is reused from block to block.
class Predictive {
 public:
  explicit Predictive(const Model& model);
  /// Takes the rows, in the data's units.
  void at(const Dataset& block);
  arma::uword rows() const { return forward_.rows(); }

  arma::mat weights() const;  ///< b x K: g_k, which may be negative under a linear gate
  // For target t alone, 0 .. T-1:
  /// B x K; for two classes each expert's probability of the last one.
  arma::mat expert_means(arma::uword t = 0) const;
  arma::vec mean(arma::uword t = 0) const;  ///< of a number: sum_k g_k mu_k
  arma::vec sd(arma::uword t = 0) const;    ///< of a number: within and between experts; may be infinite
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

  // For classes:
  arma::mat probabilities() const;  ///< b x C
  arma::uvec label() const;         ///< the most probable class

  // At the block's targets together:
  arma::vec log_density() const;           ///< log sum_k g_k p_k
  arma::mat expert_log_densities() const;  ///< b x K
  arma::mat responsibilities() const;      ///< b x K
  arma::uvec most_responsible() const;     ///< the expert with the largest weight, from 0; needs no target
  /// Draws the targets of each row (b x T), and tells which expert (from 0) has drawn them.
  void draw(Random& random, arma::mat& target, arma::uvec& expert) const;

 private:
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
};

struct PredictOptions {
  std::string output;           ///< comma-separated words; "": mean, or label,proba for classes
  bool append = false;          ///< write the new columns after the input's own columns
  bool ignore_unknown = false;  ///< see TableReader::Options
  /// Put before the name of each new column. With "", only a name that an earlier column has gets "predicted_" before
  /// it.
  std::string prefix{};
  int digits = 0;  ///< significant digits of numbers, 1 to 17; 0: as many as tell a double from all others
};

/// Writes one record for each of the reader's, in order and as soon as they come. Uses the reader's threads, and memory
/// that does not grow with the number of rows. Returns a sentence for each renamed column.
std::vector<std::string> predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options,
                                     OutputFile& out);

/// The words that PredictOptions::output may contain, with explanations.
std::vector<std::pair<std::string, std::string>> predict_outputs();

}  // namespace moe
