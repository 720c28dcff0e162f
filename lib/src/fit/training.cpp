// A Training runs starts, each through a FitProblem and a solver, and keeps the best end. Results of an earlier run
// come from the ledger. Streams of random numbers belong to starts, not threads, so that the number of threads changes
// no result.
#include "fit/training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/parallel.hpp"
#include "fit/dispersion.hpp"
#include "fit/firth.hpp"
#include "fit/fit_problem.hpp"
#include "fit/progress_numbers.hpp"
#include "fit/solver_choice.hpp"
#include "fit/sparsity.hpp"
#include "fit/spurious.hpp"
#include "fit/starts.hpp"
#include "moe/error.hpp"
#include "moe/hessian.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// Up to so many rows, starts also differ in their solvers. With more rows, the slower solver would cost more than all
/// others.
constexpr arma::uword kMostRowsAside = 10000;
/// Up to so many parameters, Newton's method goes on from the best end of lbfgs, if that has used up its passes.
constexpr arma::uword kMostToFinish = 600;
/// The work, in parameters times rows, that the default number of restarts may cost in addition to a single start.
constexpr double kRestartBudget = 2e6;
constexpr arma::uword kFewestRestarts = 4, kMostRestarts = 20;
constexpr arma::uword kLook = 10;
/// With a mean loss of classes below this, the class of every row is certain: the weights have no finite maximum.
constexpr double kCertain = 1e-3;

/// The numbers of an end, for a FitLedger.
arma::vec numbers_of(const FitEnd& fit) {
  const auto number = [](arma::uword count) { return static_cast<double>(count); };
  const arma::vec figures{fit.value,
                          fit.validation,
                          number(fit.passes),
                          number(fit.converged),
                          number(fit.spurious),
                          number(fit.given_up),
                          number(fit.starts)};
  return arma::join_cols(figures, text_as_numbers(fit.stop), fit.theta);
}

FitEnd fit_from(const arma::vec& numbers, arma::uword parameters) {
  constexpr arma::uword kFigures = 7;
  const arma::uword least = kFigures + 1;
  const auto texts = numbers.n_elem < least ? 0 : static_cast<arma::uword>(std::clamp(numbers[kFigures], 0.0, 1e6));
  const arma::uword before = least + texts;
  if (numbers.n_elem < before || (numbers.n_elem != before && numbers.n_elem != before + parameters))
    throw Error(ErrorKind::kModel, "the checkpoint's progress is none of this fit: an end has other parameters");
  FitEnd fit;
  fit.value = numbers[0];
  fit.validation = numbers[1];
  fit.passes = static_cast<arma::uword>(numbers[2]);
  fit.converged = numbers[3] != 0;
  fit.spurious = numbers[4] != 0;
  fit.given_up = numbers[5] != 0;
  fit.starts = static_cast<arma::uword>(numbers[6]);
  fit.stop = text_from_numbers(numbers.subvec(kFigures, before - 1));
  fit.theta = numbers.tail(numbers.n_elem - before);
  return fit;
}

bool on_floor(const Model& model, const arma::vec& theta) {
  return std::any_of(model.experts.begin(), model.experts.end(),
                     [&](const Expert& expert) { return expert.family->on_floor(theta.memptr() + expert.psi_offset); });
}

arma::uword default_restarts(const Model& model, const Solver& solver, const Rows& rows) {
  if (solver.stochastic() || model.size() == 1) return 1;
  const double cost = static_cast<double>(model.theta.n_elem) * static_cast<double>(rows.count());
  return std::clamp(static_cast<arma::uword>(kRestartBudget / cost), kFewestRestarts, kMostRestarts);
}

}  // namespace

Training::Training(Model& model, const Rows& rows, const Rows* validation, const TrainOptions& options,
                   const Observer& observer, bool several_ways, std::string part)
    : model_(model),
      rows_(rows),
      validation_(validation),
      options_(options),
      observer_(observer),
      objective_(make_objective(options.objective)),
      solver_(make_solver(options.solver)),
      part_(std::move(part)),
      chosen_(several_ways),
      several_ways_(several_ways && options.solver == "em" && has_hessian(model) && rows.count() <= kMostRowsAside),
      began_(std::chrono::steady_clock::now()),
      ledger_(options.progress, part_, mutex_) {}

bool Training::tell(arma::uword restart, arma::uword pass, const arma::vec& theta, double value,
                    std::optional<double> validation) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (observer_ && !stopped_)
    stopped_ = !observer_({restart, restarts_, pass, options_.solver_options.epochs, value, validation,
                           objective_->is_likelihood() && !floor_by_hand() && on_floor(model_, theta), !part_.empty(),
                           seconds(), theta, model_});
  return !stopped_;
}

FitEnd Training::fit(const std::string& name, arma::uword restart, const std::function<arma::vec()>& begin,
                     unsigned threads, arma::uword passes, bool to_its_end) {
  if (const auto end = ledger_.end_of(name)) return fit_from(*end, model_.theta.n_elem);
  const std::optional<SolverState> begun = ledger_.state_of(name);
  const arma::vec theta = begun ? arma::vec(model_.theta.n_elem, arma::fill::zeros) : begin();
  if (stopped_ && restart > 0) return {};
  FitEnd result = theta.is_empty()
                      ? FitEnd()
                      : fit_on(name, begun ? &*begun : nullptr, restart, theta, threads, passes, to_its_end);
  if (!stopped_) ledger_.end(name, numbers_of(result));
  return result;
}

double Training::value_at(const arma::vec& theta, unsigned threads) const {
  const bool judged = validation_ != nullptr;
  const Penalty penalty = judged ? Penalty{} : options_.penalty;
  const Pass pass(model_, *objective_, penalty, threads);
  return pass.run(theta, judged ? *validation_ : rows_, nullptr).value;
}

FitEnd Training::fit_on(const std::string& name, const SolverState* begun, arma::uword restart, const arma::vec& theta,
                        unsigned threads, arma::uword passes, bool to_its_end) {
  FitEnd fit;
  std::function<void(SolverState &&)> keeper;
  if (ledger_.is_kept()) keeper = [&](SolverState&& state) { ledger_.keep(name, std::move(state)); };
  FitProblem problem({model_, *objective_, options_.penalty, rows_, validation_, options_.batch, options_.patience,
                      threads, basis_ ? &*basis_ : nullptr, begun, keeper, reduces_gate_bias()},
                     [&](arma::uword pass, const arma::vec& at, double value, std::optional<double> validation) {
                       fit.given_up = !to_its_end && pass % kLook == kLook / 2 &&
                                      pass != options_.solver_options.epochs &&
                                      spurious(model_, at, rows_, floor_by_hand());
                       return tell(restart, passes + pass, at, value, validation) && !fit.given_up;
                     });
  Random random(options_.seed, kStartStreams + kStartStreams * kStartStreams + restart);
  // The newton solver goes another way than EM, and so reaches other maxima.
  const bool aside = several_ways_ && goes_aside(restart) && restart < restarts_;
  const auto solver = finishes_ ? make_solver("em") : aside ? make_solver("newton") : solver_;
  SolverOptions options = options_.solver_options;
  if (options.epochs > 0) options.epochs -= passes;
  SolverResult result = solver->minimise(problem, problem.seen(theta), options, random);
  if (!stopped_) problem.require_minimum();
  fit.passes = result.passes;
  fit.converged = result.converged;
  fit.stop = problem.ran_out_of_patience() ? "patience ran out" : result.stop;
  if (problem.best() && problem.best_pass() != result.passes) {
    fit.converged = false;
    fit.stop += ", best at pass " + std::to_string(problem.best_pass());
  }
  fit.theta = result.passes > 0 ? problem.theta(result.theta) : theta;  // a conversion there and back would change bits
  if (problem.best()) fit.theta = *problem.best();
  const Pass pass(model_, *objective_, options_.penalty, threads);
  balance(model_, pass.l1_weights(), pass.penalty_weights(), fit.theta);
  fit.validation = validation_ != nullptr ? problem.best_value() : std::numeric_limits<double>::infinity();
  fit.value = validation_ != nullptr ? problem.best_value() : pass.run(fit.theta, rows_, nullptr).value;
  if (std::isnan(fit.value)) fit.value = std::numeric_limits<double>::infinity();
  if (reduces_gate_bias()) fit.value = result.value * objective_->unit(model_);
  fit.spurious = objective_->is_likelihood() && spurious(model_, fit.theta, rows_, floor_by_hand());
  return fit;
}

FitEnd Training::fit_without_bias() {
  const SolverResult result = fit_firth(model_, rows_, *basis_, options_.solver_options,
                                        [&](arma::uword pass, const arma::vec& theta, double value) {
                                          return tell(0, pass, theta, value, std::nullopt);
                                        });
  FitEnd fit;
  fit.theta = result.theta;
  fit.value = Pass(model_, *objective_, options_.penalty, options_.threads).run(fit.theta, rows_, nullptr).value;
  fit.validation = std::numeric_limits<double>::infinity();
  fit.passes = result.passes;
  fit.converged = result.converged;
  fit.stop = result.stop;
  return fit;
}

void Training::prepare() {
  // An l1 penalty applies to theta itself, so there is no change of coordinates.
  if (!solver_->stochastic() && all_linear(model_) && !options_.penalty.has_l1())
    basis_.emplace(model_, rows_, options_.threads);
}

void Training::finish(FitEnd& best) {
  const bool wanted = chosen_ && by_em() && has_hessian(model_) && options_.solver == "lbfgs" &&
                      options_.solver_options.epochs == 0 && validation_ == nullptr && options_.patience == 0 &&
                      !options_.firth && model_.theta.n_elem <= kMostToFinish;
  if (!wanted || best.converged || best.spurious || stopped_) return;
  finishes_ = true;
  const arma::uword before = best.passes;
  FitEnd end = fit(
      "best to its end", 0, [&] { return best.theta; }, options_.threads, before);
  finishes_ = false;
  if (end.theta.is_empty() || end.spurious || !(end.value <= best.value)) return;
  end.passes += before;
  end.starts = best.starts;
  end.moved = best.moved;
  end.simpler = best.simpler;
  best = std::move(end);
}

/// A solver with mini-batches may end higher than it began. Then the beginning is kept.
void Training::stay_if_better(const Model& start, FitEnd& best, TrainReport& report) const {
  const double before = value_at(start.theta, options_.threads);
  if (!(before < best.value) || same_value(before, best.value)) return;
  best.theta = start.theta;
  best.value = before;
  if (validation_ != nullptr) best.validation = before;
  best.converged = false;
  best.stop = "no pass led lower than where it began";
  report.stayed = true;
}

void Training::run(const Model* start, TrainReport& report) {
  restarts_ = start != nullptr        ? 1
              : options_.restarts > 0 ? options_.restarts
                                      : default_restarts(model_, *solver_, rows_);
  model_.fit = FitSummary();
  model_.fit.objective = objective_->name();
  model_.fit.solver = options_.firth ? "firth" : solver_->name();
  prepare();
  const bool many = by_em() && start == nullptr && restarts_ > 1 && rows_.count() > 2 * kRowsToCompare;
  const std::vector<FitEnd> fits = options_.firth && model_.size() == 1 ? std::vector<FitEnd>{fit_without_bias()}
                                   : many                               ? fit_best_of_some(report)
                                                                        : fit_all(start);
  FitEnd best = fits[choose(fits, report)];
  finish(best);
  if (!report.maxima.empty()) report.maxima.front().objective = best.value;
  if (start != nullptr) stay_if_better(*start, best, report);
  if (objective_->is_likelihood() && tells_scales(model_)) bound_scales(best.theta);
  model_.theta = best.theta;
  if (!model_.theta.is_finite() || (validation_ == nullptr && !std::isfinite(best.value)))
    throw Error(ErrorKind::kFit, "the parameters are not finite: expected data of ordinary size");
  if (!objective_->is_likelihood()) fit_dispersions(model_, rows_, options_.threads);
  // Aliased coefficients do not count as parameters, whichever solver has found the maximum.
  if (!basis_ && all_linear(model_) && !options_.penalty.has_l1()) basis_.emplace(model_, rows_, options_.threads);
  summarise(best);
  if (basis_ && !solver_->stochastic())
    for (arma::uword k = 0; k <= model_.size(); ++k) name_aliased(k, report.aliased);
  count_weights(report);
  report.stop = best.stop;
  report.on_floor = objective_->is_likelihood() && !floor_by_hand() && on_floor(model_, best.theta);
  report.separated = model_.classes() && !options_.firth &&
                     !(model_.fit.study && !model_.fit.study->recession.is_empty()) &&
                     model_.fit.log_likelihood > -kCertain * model_.fit.weight;
  report.validation = best.validation;
  report.stopped = stopped_;
  report.seconds = seconds();
}

}  // namespace moe
