#include "objective/responsibilities.hpp"

#include <algorithm>

#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr arma::uword kPosteriorBlock = 512;  // how many rows' responsibilities are computed at once

}  // namespace

arma::mat responsibilities(const Model& model, const Rows& rows, const arma::vec& theta) {
  ForwardPass forward(model);
  arma::mat result(rows.count(), model.size()), r;
  for (arma::uword first = 0; first < rows.count(); first += kPosteriorBlock) {
    const arma::uword last = std::min(rows.count(), first + kPosteriorBlock) - 1;
    const Rows block = rows.block(first, last);
    forward.run(theta, block);
    softmax(forward.log_terms(theta, block.y), r);
    result.rows(first, last) = r;
  }
  return result;
}

}  // namespace moe
