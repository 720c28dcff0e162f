#include "model/quartiles.hpp"

namespace moe {

Quartiles quartiles_of(const arma::vec& y, const arma::vec& w) {
  constexpr arma::uword kMost = 100000;
  const arma::uvec some = arma::regspace<arma::uvec>(0, (y.n_elem + kMost - 1) / kMost, y.n_elem - 1);
  const arma::uvec order = some.elem(arma::stable_sort_index(y.elem(some)));
  const double total = arma::accu(w.elem(order));
  double below = 0;
  Quartiles result{y[order[0]], y[order[0]], y[order[0]]};
  for (const arma::uword n : order) {
    if (below < 0.25 * total) result.first = y[n];
    if (below < 0.5 * total) result.middle = y[n];
    if (below < 0.75 * total) result.third = y[n];
    below += w[n];
  }
  return result;
}

}  // namespace moe
