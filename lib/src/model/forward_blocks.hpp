// All rows through a model, block by block, so that memory does not grow with the rows.
#pragma once

#include <algorithm>

#include "moe/forward_pass.hpp"

namespace moe {

/// Calls visit(block, forward) for all rows in order, `size` of them at a time, after forward.run(theta, block). The
/// place of a block's first row is block.first.
template <class Visit>
void for_each_block(const Model& model, const arma::vec& theta, const Rows& rows, arma::uword size,
                    const Visit& visit) {
  ForwardPass forward(model);
  for (arma::uword first = 0; first < rows.count(); first += size) {
    const Rows block = rows.block(first, std::min(rows.count(), first + size) - 1);
    forward.run(theta, block);
    visit(block, forward);
  }
}

}  // namespace moe
