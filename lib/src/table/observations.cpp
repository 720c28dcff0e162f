#include <algorithm>

#include "moe/dataset.hpp"

namespace moe {

Observations Observations::view(arma::uword first, arma::uword last) const {
  const arma::uword count = last - first + 1;
  const auto part = [&](const arma::vec& all) {
    return all.is_empty() ? arma::vec() : arma::vec(const_cast<double*>(all.memptr()) + first, count, false, true);
  };
  const auto targets = [&] {
    if (y.n_cols == 1) return arma::mat(const_cast<double*>(y.memptr()) + first, count, 1, false, true);
    return y.n_cols > 0 ? arma::mat(y.rows(first, last)) : arma::mat(count, 0);
  };
  return {arma::mat(const_cast<double*>(X.colptr(first)), X.n_rows, count, false, true), targets(), part(w),
          part(offset), part(trials)};
}

Observations Observations::slice(arma::uword first, arma::uword last) const {
  const Observations part = view(first, last);
  return Observations(part);  // a copy has memory of its own
}

Observations Observations::take(const arma::uvec& rows) const {
  Observations result{X.cols(rows), y.n_cols > 0 ? arma::mat(y.rows(rows)) : arma::mat(rows.n_elem, 0), w.elem(rows)};
  if (!offset.is_empty()) result.offset = offset.elem(rows);
  if (!trials.is_empty()) result.trials = trials.elem(rows);
  return result;
}

void Observations::gather(const std::size_t* rows, arma::uword count, Observations& out) const {
  out.X.set_size(X.n_rows, count);
  out.y.set_size(count, y.n_cols);
  out.w.set_size(count);
  out.offset.set_size(offset.is_empty() ? 0 : count);
  out.trials.set_size(trials.is_empty() ? 0 : count);
  for (arma::uword i = 0; i < count; ++i) {
    const std::size_t n = rows[i];
    std::copy_n(X.colptr(n), X.n_rows, out.X.colptr(i));
    for (arma::uword t = 0; t < y.n_cols; ++t) out.y(i, t) = y(n, t);
    out.w[i] = w[n];
    if (!offset.is_empty()) out.offset[i] = offset[n];
    if (!trials.is_empty()) out.trials[i] = trials[n];
  }
}

void Observations::append(const Observations& more) {
  X = arma::join_rows(X, more.X);
  y = arma::join_cols(y, more.y);
  w = arma::join_cols(w, more.w);
  offset = arma::join_cols(offset, more.offset);
  trials = arma::join_cols(trials, more.trials);
}

}  // namespace moe
