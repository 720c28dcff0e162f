#include "fit/judged_fit.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

/// Two halves of some rows: the rows of each.
std::array<arma::uvec, 2> halves(arma::uword rows, const std::vector<std::size_t>& groups) {
  std::map<std::size_t, std::size_t> order;
  std::array<std::vector<arma::uword>, 2> result;
  for (arma::uword n = 0; n < rows; ++n) {
    const std::size_t place = groups.empty() ? n : order.try_emplace(groups[n], order.size()).first->second;
    result[place % 2].push_back(n);
  }
  return {arma::uvec(result[0]), arma::uvec(result[1])};
}

/// Keeps, for each half of the rows, the parameters of the pass that the other half thinks best.
class CrossedPasses {
 public:
  CrossedPasses(const Dataset& held, const std::vector<std::size_t>& groups)
      : held_(held), halves_(halves(held.rows(), groups)) {}

  /// Whether both halves have rows. Otherwise neither can choose for the other.
  bool possible() const { return !halves_[0].is_empty() && !halves_[1].is_empty(); }

  void see(const PassReport& pass) {
    if (rows_.count() == 0) rows_ = pass.model.standardize(held_);
    const arma::vec log_p = log_scores(pass.model, pass.theta, rows_);
    for (std::size_t h = 0; h < 2; ++h) {
      const arma::uvec& others = halves_[1 - h];
      const double sum = arma::dot(rows_.w.elem(others), log_p.elem(others));
      if (!theta_[h].is_empty() && !(sum > best_[h])) continue;
      best_[h] = sum;
      theta_[h] = pass.theta;
    }
  }

  arma::vec scores(const Model& model) const {
    arma::vec result(held_.rows());
    for (std::size_t h = 0; h < 2; ++h) result.elem(halves_[h]) = log_scores(model, theta_[h], rows_).elem(halves_[h]);
    return result;
  }

 private:
  const Dataset& held_;
  std::array<arma::uvec, 2> halves_;
  Rows rows_;
  std::array<arma::vec, 2> theta_;
  std::array<double, 2> best_{};
};

/// The expert's parameters before a fit, where it predicts `typical` (T, in model units) in every row.
void forget(Model& model, arma::uword k, const arma::vec& typical) {
  const Expert& expert = model.experts[k];
  const Network& network = *expert.network;
  std::vector<double> eta(network.outputs());
  model.theta.subvec(expert.offset, arma::size(network.parameters(), 1)).zeros();
  expert.family->start_at(typical.memptr(), eta.data(), model.theta.memptr() + expert.psi_offset);
  for (arma::uword out = 0; out < network.outputs(); ++out)
    model.theta[expert.offset + network.intercept(out)] = eta[out];
}

/// An expert that explains fewer rows than its last layer has coefficients may have any parameters: where no row tells
/// them, a sigma of 1e250 is as likely as any other. It forgets them where the rows held out lose nothing by that.
/// (Experts with many hidden units are below that number in any small table, and most are needed.) `mean`: of the
/// targets (T, in data units).
void tame_starved(Model& model, const arma::vec& mean, const Rows& held) {
  if (!model.fit.study || model.classes()) return;
  const arma::vec typical = (mean - model.standardization.target_center) / model.standardization.target_scale;
  const auto score = [&](const Model& judged) { return arma::dot(held.w, log_scores(judged, held)); };
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    if (k >= model.fit.study->starved.n_elem || model.fit.study->starved[k] == 0 || !expert.network->has_intercept() ||
        expert.family->shared_dispersion())
      continue;
    Model other = model;
    forget(other, k, typical);
    if (score(other) >= score(model)) model = std::move(other);
  }
}

}  // namespace

JudgedFit judged_fit(FitRequest request, const Dataset& held, const std::vector<std::size_t>& groups, bool crossed) {
  CrossedPasses passes(held, groups);
  const bool stops = request.options.solver != "auto" && make_solver(request.options.solver)->stochastic();
  crossed = crossed && stops && passes.possible();
  if (stops) request.validation = held;
  if (crossed)
    request.observer = [&](const PassReport& pass) {
      passes.see(pass);
      return true;
    };
  const arma::vec mean = request.data.y.t() * request.data.w / arma::accu(request.data.w);
  JudgedFit result{train(std::move(request)).model, {}};
  tame_starved(result.model, mean, result.model.standardize(held));
  result.log_p = crossed ? passes.scores(result.model) : log_scores(result.model, result.model.standardize(held));
  if (!result.log_p.is_finite()) throw Error(ErrorKind::kFit, "the score of the rows held out is not a finite number");
  return result;
}

}  // namespace moe
