// The sums over rows that the E step of EM collects and the M step reads.
#pragma once

#include <vector>

#include "fit/em_step.hpp"
#include "moe/forward_pass.hpp"

namespace moe {

/// Sums over rows. Derivatives are those of the expected log-likelihood of the complete data, in orthonormal
/// coordinates. `information` is minus the second derivatives; only its upper blocks are filled.
struct EmStep::Fit {
  arma::vec score;        // of the coefficients, then of psi
  arma::mat information;  // likewise
  double mass = 0;        // of an expert: the sum of w r
  double curved = 0;      // sum of w r, or for the gate of w, over the rows that contribute to `information`
  // For experts whose eta is the mean, with the same second derivatives in all rows; T x T:
  arma::mat products;   // sum of w r (y - eta)' (y - eta)
  arma::mat precision;  // minus the second derivatives
};

struct EmStep::Statistics {
  double loss = 0;
  Fit gate;  // for all logits but the last
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

/// Memory for the numbers of a block, which is kept from block to block.
struct EmStep::Work {
  explicit Work(const Model& model) : forward(model) {}
  ForwardPass forward;
  std::vector<BlockSums> sums;  // for each design of the basis
  arma::mat r, scores, seconds;
  arma::vec log_sum, sign, w;
};

}  // namespace moe
