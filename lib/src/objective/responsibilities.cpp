#include "objective/responsibilities.hpp"

#include <algorithm>

#include "model/forward_blocks.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr arma::uword kPosteriorBlock = 512;  // how many rows' responsibilities are computed at once

}  // namespace

arma::mat responsibilities(const Model& model, const Rows& rows, const arma::vec& theta) {
  arma::mat result(rows.count(), model.size()), r;
  for_each_block(model, theta, rows, kPosteriorBlock, [&](const Rows& block, const ForwardPass& forward) {
    softmax(forward.log_terms(theta, block.y), r);
    result.rows(block.first - rows.first, block.first - rows.first + block.count() - 1) = r;
  });
  return result;
}

}  // namespace moe
