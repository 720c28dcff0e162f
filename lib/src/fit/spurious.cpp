// Spurious maxima. The likelihood of a mixture grows without bound as an expert's scale shrinks around rows that lie
// exactly on its line, and there always are as many such rows as coefficients. The floor of the scale makes a maximum
// of this, which means nothing. So a fit is spurious if an expert with a tiny scale explains only a handful of rows per
// coefficient. Equal rows count once.
#include "fit/spurious.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "moe/forward_pass.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// An expert whose scale is below kTight of the target's, and which explains fewer than kHandful rows for each
/// coefficient, is a coincidence.
constexpr double kTight = 0.01, kHandful = 4;
/// Fewer rows than this with a tiny sigma, where sigma depends on inputs, are ignored.
constexpr double kSome = 0.5;

/// The sum of the shares `r` over different rows: a row that occurs twice, or has twice the weight, is one coincidence.
double distinct_rows(const Rows& rows, const arma::vec& r) {
  constexpr double kShare = 1e-3;
  const auto less = [&](arma::uword a, arma::uword b) {
    for (arma::uword t = 0; t < rows.y.n_cols; ++t)
      if (rows.y(a, t) != rows.y(b, t)) return rows.y(a, t) < rows.y(b, t);
    return std::lexicographical_compare(rows.X.begin_col(a), rows.X.end_col(a), rows.X.begin_col(b), rows.X.end_col(b));
  };
  arma::uvec shared = arma::find(r > kShare);
  std::sort(shared.begin(), shared.end(), less);
  double sum = 0;
  for (arma::uword i = 0; i < shared.n_elem; ++i)
    if (i == 0 || less(shared[i - 1], shared[i])) sum += r[shared[i]];
  return sum;
}

/// How many different target values the rows of an expert have. Each value counts by its row with the largest share
/// `r`. A constant fits a single value exactly, but an exact fit of many values is a line and no coincidence.
double distinct_targets(const Rows& rows, const arma::vec& r) {
  const auto less = [&](arma::uword a, arma::uword b) {
    for (arma::uword t = 0; t < rows.y.n_cols; ++t)
      if (rows.y(a, t) != rows.y(b, t)) return rows.y(a, t) < rows.y(b, t);
    return false;
  };
  std::vector<arma::uword> order(rows.count());
  std::iota(order.begin(), order.end(), arma::uword{0});
  std::sort(order.begin(), order.end(), less);
  double sum = 0, largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, r[order[i]]);
    if (i + 1 < order.size() && !less(order[i], order[i + 1])) continue;
    sum += std::exchange(largest, 0);
  }
  return sum;
}

/// How many rows of expert k have a tiny sigma, where sigma depends on inputs. Rows count by their shares.
double tight_rows(const Model& model, const arma::vec& theta, const Rows& rows, arma::uword k, const arma::vec& r) {
  const Expert& expert = model.experts[k];
  arma::vec tight(rows.count(), arma::fill::zeros), variance;
  ForwardPass forward(model);
  constexpr arma::uword kBlock = 512;
  for (arma::uword first = 0; first < rows.count(); first += kBlock) {
    const Rows block = rows.block(first, std::min(rows.count(), first + kBlock) - 1);
    forward.run(theta, block);
    for (arma::uword t = 0; t < model.targets(); ++t) {
      const Family::Marginal marginal = expert.family->marginal(t, theta.memptr() + expert.psi_offset);
      if (marginal.family->outputs() == 1) continue;
      const arma::uword last_output = marginal.first_output + marginal.family->outputs() - 1;
      marginal.family->variance(forward.eta(k).cols(marginal.first_output, last_output), marginal.psi.data(), variance);
      const double least = kTight * marginal.family->target().typical;
      for (arma::uword n = 0; n < block.count(); ++n)
        if (variance[n] < least * least) tight[first + n] = r[first + n];
    }
  }
  return distinct_rows(rows, tight);
}

}  // namespace

bool spurious(const Model& model, const arma::vec& theta, const Rows& rows, bool floor_by_hand) {
  std::vector<arma::uword> suspects;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const double* psi = theta.memptr() + model.experts[k].psi_offset;
    const Family& family = *model.experts[k].family;
    if ((family.on_floor(psi) && !floor_by_hand) || family.least_scale(psi) < kTight || tells_scale(model, k))
      suspects.push_back(k);
  }
  if (suspects.empty() || model.size() == 1) return false;
  const arma::mat R = responsibilities(model, rows, theta);
  for (const arma::uword k : suspects) {
    const bool told = tells_scale(model, k);
    const double few = kHandful * static_cast<double>(model.experts[k].network->last_inputs() + model.targets() - 1);
    // An expert with a scale on its floor is accepted if it fits rows of many different values exactly. Few values are
    // due to rounding, or a single value repeated.
    if (!floor_by_hand && model.experts[k].family->on_floor(theta.memptr() + model.experts[k].psi_offset) &&
        distinct_targets(rows, R.col(k)) < few)
      return true;
    const double explained = told ? tight_rows(model, theta, rows, k, R.col(k)) : distinct_rows(rows, R.col(k));
    if (explained < few && (!told || explained >= kSome)) return true;
  }
  return false;
}

bool tells_scale(const Model& model, arma::uword k) {
  return !model.classes() && model.experts[k].family->location_scale() &&
         model.experts[k].family->outputs() > model.targets();
}

bool tells_scales(const Model& model) {
  for (arma::uword k = 0; k < model.size(); ++k)
    if (tells_scale(model, k)) return true;
  return false;
}

}  // namespace moe
