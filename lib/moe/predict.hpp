// The predictive distribution of a fitted model at new rows, in the data's own units.
#pragma once

#include <armadillo>
#include <string>
#include <vector>

#include "moe/file.hpp"
#include "moe/model.hpp"

namespace moe {

/// Throws Error (usage) with a sentence where an unnormalised gate leaves `what` without a meaning.
void require_density(const Model& model, const std::string& what);

/// The distribution of each of b rows; reused from block to block.
class Predictive {
 public:
  explicit Predictive(const Model& model);
  /// Takes rows in the data's own units.
  void at(const Dataset& block);
  arma::uword rows() const { return forward_.rows(); }

  arma::mat weights() const;  ///< b x K: g_k, negative ones possible under a linear gate
  // Of target t alone, 0 .. T-1:
  arma::mat expert_means(arma::uword t = 0) const;  ///< b x K; of two classes each expert's probability of the last one
  arma::vec mean(arma::uword t = 0) const;          ///< sum_k g_k mu_k, of a number
  arma::vec sd(arma::uword t = 0) const;  ///< of a number: within experts and between them; infinite where it is
  /// A power of two near the target's scale, which is divided by so that squares of very large or small numbers stay within reach.
  double unit_of(arma::uword t = 0) const;
  arma::vec cdf(const arma::vec& target, arma::uword t = 0) const;
  arma::vec quantile(double p, arma::uword t = 0) const;
  /// Continuous ranked probability score at the block's target: in closed form where all experts are normal.
  arma::vec crps(arma::uword t = 0) const;
  bool discrete(arma::uword t = 0) const;  ///< whether every expert's density is a probability of whole numbers

  // Of a class:
  arma::mat probabilities() const;  ///< b x C
  arma::uvec label() const;         ///< the most probable class

  // At the block's targets, all together:
  arma::vec log_density() const;           ///< log sum_k g_k p_k
  arma::mat expert_log_densities() const;  ///< b x K
  arma::mat responsibilities() const;      ///< b x K
  arma::uvec most_responsible() const;     ///< the expert with the largest weight, 0-based (no target needed)
  /// Draws the targets of each row (b x T), and tells which expert (0-based) drew them.
  void draw(Random& random, arma::mat& target, arma::uvec& expert) const;

 private:
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi_offset; }
  /// What expert k says of target t: a family of one, with its part of eta (b x m) and its psi.
  struct Part {
    Family::Marginal marginal;
    arma::mat eta;
  };
  Part part(arma::uword k, arma::uword t) const;
  std::vector<Part> parts(arma::uword t) const;
  arma::vec cdf(const std::vector<Part>& parts, const arma::vec& target, arma::uword t) const;
  arma::vec normal_crps(arma::uword t) const;
  arma::vec numeric_crps(arma::uword t) const;
  arma::vec in_data_units(const arma::vec& y, arma::uword t) const;
  const Model& model_;
  ForwardPass forward_;
  Rows block_;
};

struct PredictOptions {
  std::string output;           ///< comma-separated words of cli; "": mean, or label,proba for classes
  bool append = false;          ///< after the input's own columns
  bool ignore_unknown = false;  ///< see TableReader::Options
  /// In front of the name of each new column. "": a name that the columns before it have already gets "predicted_" in front.
  std::string prefix{};
};

/// Streams predictions: one record for each of the reader's, in order and as soon as they come, computed on the reader's threads;
/// memory does not grow with the rows. Returns a sentence for each column that was renamed.
std::vector<std::string> predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options,
                                     OutputFile& out);

/// The words that PredictOptions::output may hold, each with what it gives.
std::vector<std::pair<std::string, std::string>> predict_outputs();

}  // namespace moe
