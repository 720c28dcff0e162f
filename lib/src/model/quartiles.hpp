// Weighted quartiles: they describe the bulk of a column, whatever a few extreme rows are.
#pragma once

#include <armadillo>

namespace moe {

/// The values at which the weights of the sorted values reach a quarter, a half and three quarters of their sum.
struct Quartiles {
  double first, middle, third;
  double distance() const { return third - first; }
};

/// y, w: n. Of many rows it takes evenly spaced ones.
Quartiles quartiles_of(const arma::vec& y, const arma::vec& w);

}  // namespace moe
