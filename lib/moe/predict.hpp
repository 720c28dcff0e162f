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

  arma::mat weights() const;        ///< b x K: g_k, negative ones possible under a linear gate
  arma::mat expert_means() const;   ///< b x K; for two classes each expert's probability of the last one
  arma::vec mean() const;           ///< sum_k g_k mu_k, of a number
  arma::vec sd() const;             ///< of a number: within experts and between them
  arma::mat probabilities() const;  ///< b x C
  arma::uvec label() const;         ///< the most probable class
  arma::vec cdf(const arma::vec& target) const;
  arma::vec quantile(double p) const;
  /// Continuous ranked probability score at the block's target: in closed form where all experts are normal.
  arma::vec crps() const;
  bool discrete() const;  ///< whether every expert's density is a probability of whole numbers
  // At the block's target:
  arma::vec log_density() const;           ///< log sum_k g_k p_k
  arma::mat expert_log_densities() const;  ///< b x K
  arma::mat responsibilities() const;      ///< b x K
  arma::uvec most_responsible() const;     ///< the expert with the largest weight, 0-based (no target needed)
  /// Draws a target for each row, and tells which expert (0-based) drew it.
  void draw(Random& random, arma::vec& target, arma::uvec& expert) const;

 private:
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi; }
  arma::vec normal_crps() const;
  arma::vec numeric_crps() const;
  arma::vec in_data_units(const arma::vec& y) const;
  const Model& model_;
  ForwardPass forward_;
  Rows block_;
};

struct PredictOptions {
  std::string output;           ///< comma-separated words of cli; "": mean, or label,proba for classes
  bool append = false;          ///< after the input's own columns
  bool ignore_unknown = false;  ///< see TableReader::Options
};

/// Streams predictions: one record for each of the reader's, in order and as soon as they come, computed on the reader's threads;
/// memory does not grow with the rows.
void predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options, OutputFile& out);

/// The words that PredictOptions::output may hold, each with what it gives.
std::vector<std::pair<std::string, std::string>> predict_outputs();

}  // namespace moe
