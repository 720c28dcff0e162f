// What a step of EM knows of the rows: the sums that its E step collects and its M step reads.
#pragma once

#include <vector>

#include "fit/em_step.hpp"

namespace moe {

/// Sums over rows. Derivatives are those of the expected log-likelihood, in orthonormal coordinates; `information` is minus the
/// second ones, of which the upper blocks are filled.
struct EmStep::Fit {
  arma::vec score;        // coefficients, then psi
  arma::mat information;  // the same
  double mass = 0;        // an expert's sum of w r
  double curved = 0;      // sum of w r, or of w for the gate, over the rows that `information` is of
  // Where eta is the mean and all rows have the same second derivatives in it; T x T:
  arma::mat products;   // sum of w r (y - eta)' (y - eta)
  arma::mat precision;  // minus the second derivatives
};

struct EmStep::Statistics {
  double loss = 0;
  Fit gate;  // of all logits but the last
  std::vector<Fit> experts;

  void operator+=(const Statistics& other) {
    loss += other.loss;
    const auto join = [](Fit& to, const Fit& from) {
      to.score += from.score;
      to.information += from.information;
      to.mass += from.mass;
      to.curved += from.curved;
      to.products += from.products;
      to.precision = from.precision;
    };
    join(gate, other.gate);
    for (std::size_t k = 0; k < experts.size(); ++k) join(experts[k], other.experts[k]);
  }
};

/// Room for a block's numbers, kept from block to block.
struct EmStep::Work {
  explicit Work(const Model& model) : forward(model) {}
  ForwardPass forward;
  std::vector<BlockSums> sums;  // of each design of the basis
  arma::mat r, scores, seconds;
  arma::vec log_sum, sign, w;
};

}  // namespace moe
