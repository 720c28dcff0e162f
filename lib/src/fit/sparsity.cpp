// l1 penalties and redundant parameters. In a softmax a vector can be added to all outputs without changing the
// density. The penalty then decides: for each weight it has a unique minimum, which balance() moves to.
#include "fit/sparsity.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace moe {
namespace {

/// How many outputs of a branch are redundant: one of a softmax's, as adding a vector to all of them changes nothing.
arma::uword redundant_outputs(const Model& model, const Branch& branch) {
  if (&branch == &model.gate_branch) return model.gate->redundant_outputs();
  return static_cast<const Expert&>(branch).family->redundant_outputs();
}

void for_each_branch(const Model& model, const std::function<void(const Branch&)>& call) {
  call(model.gate_branch);
  for (const Expert& expert : model.experts) call(expert);
}

/// The c that minimises l1 sum |w_k - c| + l2 / 2 sum (w_k - c)^2. The slope is linear between the w_k. Its zero is the
/// median of the w_k and of the zeros of these lines (Li, Osher 2009).
double center(const arma::vec& w, double l1, double l2) {
  const double mean = arma::mean(w), K = static_cast<double>(w.n_elem);
  std::vector<double> points(w.begin(), w.end());
  for (arma::uword below = 0; below <= w.n_elem; ++below) {
    const double pull = l1 * (K - 2 * static_cast<double>(below));
    points.push_back(pull == 0 ? mean : mean + pull / (l2 * K));
  }
  std::nth_element(points.begin(), points.begin() + static_cast<long>(w.n_elem), points.end());
  return points[w.n_elem];
}

}  // namespace

void balance(const Model& model, const arma::vec& l1, const arma::vec& l2, arma::vec& theta) {
  if (!theta.is_finite()) return;
  for_each_branch(model, [&](const Branch& branch) {
    if (redundant_outputs(model, branch) == 0) return;
    const Step& last = branch.network->steps().back();
    const arma::uword first = branch.offset + last.offset, rows = last.height();
    for (arma::uword row = 0; row < rows; ++row) {
      const arma::uvec places = arma::regspace<arma::uvec>(first + row, rows, first + row + rows * (last.outputs - 1));
      if (l1[first + row] > 0) theta.elem(places) -= center(theta.elem(places), l1[first + row], l2[first + row]);
    }
  });
}

WeightCount count_weights(const Branch& branch, const arma::vec& theta, const arma::vec& l1) {
  WeightCount count;
  for (arma::uword i = branch.offset; i < branch.offset + branch.network->parameters(); ++i) {
    if (!(l1[i] > 0)) continue;
    ++count.all;
    if (theta[i] != 0) ++count.not_zero;
  }
  return count;
}

arma::uword removed_parameters(const Model& model, const arma::vec& l1) {
  arma::uword removed = 0;
  for_each_branch(model, [&](const Branch& branch) {
    for (const Step& step : branch.network->steps()) {
      if (step.kind != Step::Kind::kDense) continue;
      const bool last = &step == &branch.network->steps().back();
      const arma::uword free = step.outputs - (last ? redundant_outputs(model, branch) : 0);
      for (arma::uword row = 0; row < step.height(); ++row) {
        arma::uword kept = 0;
        for (arma::uword out = 0; out < step.outputs; ++out) {
          const arma::uword i = branch.offset + step.offset + out * step.height() + row;
          if (!(l1[i] > 0) || model.theta[i] != 0) ++kept;
        }
        removed += free - std::min(free, kept);
      }
    }
  });
  return removed;
}

}  // namespace moe
