// The choice of a solver: owlqn for l1 penalties, adam for networks with hidden layers, em for the likelihood of
// linear ones with few parameters, and lbfgs for the rest. The cost of second derivatives grows with the square of the
// number of parameters, that of a gradient only in proportion.
#include "fit/solver_choice.hpp"

#include <algorithm>

#include "fit/em_step.hpp"
#include "fit/fit_problem.hpp"
#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

/// Up to so many parameters, second derivatives cost less than the passes that they save. The second number is for
/// subsampled ones.
constexpr arma::uword kMostForEm = 300, kMostForEmOfMany = 1000;

}  // namespace

std::string default_family(const Schema& schema) {
  if (!schema.classes()) return "gaussian";
  return schema.labels.size() == 2 ? "bernoulli" : "categorical";
}

bool all_linear(const Model& model) {
  return model.gate_branch.network->is_linear() &&
         std::all_of(model.experts.begin(), model.experts.end(),
                     [](const Expert& expert) { return expert.network->is_linear(); });
}

bool linear_in_parameters(const Model& model) {
  return model.gate_branch.network->is_linear_in_parameters() &&
         std::all_of(model.experts.begin(), model.experts.end(),
                     [](const Expert& expert) { return expert.network->is_linear_in_parameters(); });
}

std::string resolved_solver(const Model& model, const TrainOptions& options, arma::uword rows) {
  if (options.penalty.has_l1()) {
    if (options.solver == "auto") return "owlqn";
    if (make_solver(options.solver)->sparse()) return options.solver;
    throw Error(ErrorKind::kUsage, "--solver " + make_solver(options.solver)->name() +
                                       ": it brings no weight to 0, as --l1 and --gate-l1 mean to: expected --solver "
                                       "owlqn or auto");
  }
  if (options.solver != "auto") return options.solver;
  if (!all_linear(model)) return linear_in_parameters(model) ? "lbfgs" : "adam";
  const bool normal = model.targets() == 1 && std::all_of(model.experts.begin(), model.experts.end(),
                                                          [](const Expert& e) { return e.family->normal(); });
  const bool some_stand_for_all = normal && rows >= 2 * rows_for_hessian(model.theta.n_elem);
  const arma::uword most = some_stand_for_all ? kMostForEmOfMany : kMostForEm;
  const bool stepped = options.objective == "likelihood" && EmStep::knows(model) && model.theta.n_elem <= most;
  return stepped ? "em" : "lbfgs";
}

}  // namespace moe
