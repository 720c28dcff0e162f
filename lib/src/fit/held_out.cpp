// One fold of five, held out from a fit like the one that is checked, and from a fit of one linear expert.
#include "moe/held_out.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "fit/refit.hpp"
#include "judge/log_scores.hpp"
#include "moe/error.hpp"
#include "moe/gate.hpp"
#include "moe/scores.hpp"
#include "moe/select.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

constexpr arma::uword kCheckFolds = 5, kFewestRows = 25;
/// The most numbers of a table whose rows are kept for the check.
constexpr double kMostCells = 2e6;
/// The most work of a fit that is checked: passes of its best start, times rows, times parameters.
constexpr double kMostWork = 2e8;

bool is_one_line(const ModelSpec& spec) {
  return spec.experts.size() == 1 && (spec.experts[0] == "linear" || spec.experts[0] == "constant");
}

/// Whether the second fit is like the first, and costs no more than about as much.
bool is_cheap(const FitRequest& request, const FitResult& fit) {
  const FitSummary& summary = fit.model.fit;
  const double passes = static_cast<double>(std::max<std::uint64_t>(summary.iterations, 1));
  const double work = passes * static_cast<double>(summary.rows) * static_cast<double>(fit.model.theta.n_elem);
  const bool anew = !goes_on_from_ends(request);
  if (anew && !make_solver(solver_of(request))->stochastic()) return false;
  return work <= kMostWork;
}

/// The request for one linear expert of the family of `fit`.
FitRequest one_line(const FitRequest& seen, const Model& fit) {
  FitRequest result = seen;
  std::set<std::size_t> inputs(seen.spec.gate_inputs.begin(), seen.spec.gate_inputs.end());
  if (seen.spec.experts.size() == 1) inputs.clear();
  for (const auto& own : seen.spec.expert_inputs) inputs.insert(own.begin(), own.end());
  result.spec = ModelSpec();
  result.spec.gate = "constant";
  result.spec.experts = {"linear"};
  result.spec.expert_inputs = {{inputs.begin(), inputs.end()}};
  result.spec.family = seen.spec.family == "auto" ? fit.spec().family : seen.spec.family;
  result.validation.reset();
  TrainOptions options;
  options.penalty = seen.options.penalty;
  options.standardize = seen.options.standardize;
  options.errors = false;
  options.seed = seen.options.seed;
  options.threads = seen.options.threads;
  result.options = options;
  return result;
}

}  // namespace

bool may_check_held_out(const FitRequest& request) {
  const TrainOptions& options = request.options;
  const double cells = static_cast<double>(request.data.X.n_elem);
  return request.start == nullptr && !options.firth && options.objective == "likelihood" && cells <= kMostCells &&
         make_gate(request.spec.gate_link)->normalised() && request.spec.expert_families.empty() &&
         !is_one_line(request.spec) && arma::accu(request.data.w > 0) >= kFewestRows;
}

std::optional<HeldOutCheck> check_held_out(const FitRequest& request, const FitResult& fit) {
  if (!may_check_held_out(request) || !is_cheap(request, fit)) return std::nullopt;
  try {
    const std::vector<std::size_t> fold =
        cross_validation_folds(request.schema, request.data, kCheckFolds, request.options.seed).front();
    FitRequest seen = without_company(request, rows_outside(fold, request.data.w));
    const Model one = train(one_line(seen, fit.model)).model;
    Model begin;
    if (goes_on_from_ends(request)) {
      begin = beginning_at(fit.model, seen);
      seen.start = &begin;
    }
    const Model again = train(std::move(seen)).model;
    const Dataset held_out = take_rows(request.data, fold);
    const arma::vec own = log_scores(again, again.standardize(held_out));
    const arma::vec simple = log_scores(one, one.standardize(held_out));
    if (!simple.is_finite()) return std::nullopt;
    const MeanScore difference = mean_score(simple - own, held_out.w);
    return HeldOutCheck{fold.size(), mean_score(own, held_out.w).mean, mean_score(simple, held_out.w).mean,
                        difference.mean, difference.error};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace moe
