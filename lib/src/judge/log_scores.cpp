#include "judge/log_scores.hpp"

#include "model/forward_blocks.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr arma::uword kRowsOfScores = 1024;

}  // namespace

arma::vec log_scores(const Model& model, const Rows& rows) { return log_scores(model, model.theta, rows); }

arma::vec log_scores(const Model& model, const arma::vec& theta, const Rows& rows) {
  arma::vec result(rows.count()), part;
  for_each_block(model, theta, rows, kRowsOfScores, [&](const Rows& block, const ForwardPass& forward) {
    log_sum_exp(forward.log_terms(theta, block.y), part);
    result.subvec(block.first, block.first + block.count() - 1) = part;
  });
  return result;
}

}  // namespace moe
