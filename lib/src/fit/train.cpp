#include "moe/train.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>

#include "base/blas_memory.hpp"
#include "base/parallel.hpp"
#include "fit/dispersion.hpp"
#include "fit/em_step.hpp"
#include "fit/firth.hpp"
#include "fit/fit_ledger.hpp"
#include "fit/fit_problem.hpp"
#include "fit/progress_numbers.hpp"
#include "fit/recession.hpp"
#include "fit/sparsity.hpp"
#include "fit/split_and_merge.hpp"
#include "fit/spurious.hpp"
#include "fit/starts.hpp"
#include "fit/stochastic.hpp"
#include "fit/wide_table.hpp"
#include "judge/simpler.hpp"
#include "model/floors.hpp"
#include "model/scale_floor.hpp"
#include "moe/error.hpp"
#include "moe/hessian.hpp"
#include "moe/inference.hpp"
#include "moe/metrics.hpp"
#include "moe/random.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// Streams of the seed: what each is for.
constexpr std::uint64_t kSplitStream = 1, kSampleStream = 2, kMoveStreams = 100, kStartStreams = 1000;
/// Maxima that split and merge goes on from, and how often.
constexpr std::size_t kMostMoved = 6;
constexpr int kRounds = 5;
/// Rows up to which starts differ in their solvers, too: beyond, the slower one would cost more than all others.
constexpr arma::uword kMostRowsAside = 10000;
/// Parameters up to which second derivatives cost less than the passes that they save; the second where some of the rows tell them.
constexpr arma::uword kMostForEm = 300, kMostForEmOfMany = 1000;
/// The same up to which Newton's steps go on from the best of the ends that lbfgs's passes have not sufficed for.
constexpr arma::uword kMostToFinish = 600;
/// Work, in parameters times rows, that the default number of restarts may cost beside a single start.
constexpr double kRestartBudget = 2e6;
constexpr arma::uword kFewestRestarts = 4, kMostRestarts = 20;
/// Rows that starts are compared on where there are more than twice as many: the maxima of so many rows lie where those of all do.
constexpr arma::uword kRowsToCompare = 20000;
/// How many maxima then go on with all rows: those whose mean loss is this near to the best one's.
constexpr std::size_t kMostGoOn = 2;
constexpr double kNearBest = 0.01;
/// Two starts found the same maximum where their mean losses differ by less.
constexpr double kSameMaximum = 1e-6;
/// An end that began at a simpler model's fit is better only by more than this. Mean losses differ by less where a parameter goes to infinity.
constexpr double kNoBetter = 1e-8;

/// Work, in parameters times rows, from which on starts are looked at every so many passes, and left where they are once spurious.
constexpr double kDear = 1e6;
constexpr arma::uword kLook = 10;

/// Passes of the fit of one expert that a mixture is compared to.
constexpr arma::uword kPassesOfOne = 50;
/// Rows for each coefficient that an expert lies nearer to than their noise is, where it tells sigma, too.
constexpr double kByChance = 2;

/// A mean loss of classes below this is certainty about every row: the weights have no finite maximum.
constexpr double kCertain = 1e-3;

/// One start's end.
struct Fit {
  arma::vec theta;
  double value = 0;  ///< what the starts are compared by
  double validation = 0;
  arma::uword passes = 0;
  bool converged = false, spurious = false;
  bool given_up = false;   ///< as it was spurious on its way already
  bool moved = false;      ///< it began where experts of another one's end were split and merged
  bool simpler = false;    ///< it began at the fit of simpler families, or of one expert
  arma::uword starts = 1;  ///< that ended there; 0 where it is moved or simpler
  std::string stop;
};

/// As a FitLedger keeps it.
arma::vec numbers_of(const Fit& fit) {
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

Fit fit_from(const arma::vec& numbers, arma::uword parameters) {
  constexpr arma::uword kFigures = 7;
  const arma::uword least = kFigures + 1;
  const auto texts = numbers.n_elem < least ? 0 : static_cast<arma::uword>(std::clamp(numbers[kFigures], 0.0, 1e6));
  const arma::uword before = least + texts;
  if (numbers.n_elem < before || (numbers.n_elem != before && numbers.n_elem != before + parameters))
    throw Error(ErrorKind::kModel, "the checkpoint's progress is none of this fit: an end has other parameters");
  Fit fit;
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

std::string resolved_family(const std::string& family, const Schema& schema, const TrainOptions& options,
                            const std::string& gate_link) {
  if (family != "auto") return family;
  if (schema.classes()) return schema.labels.size() == 2 ? "bernoulli" : "categorical";
  if (options.objective == "likelihood") return "gaussian";
  const bool merged = options.objective == "blend" || options.objective == "localized";
  return merged && make_gate(gate_link)->normalised() ? "gaussian:shared" : "gaussian:unit";
}

bool all_linear(const Model& model) {
  return model.gate_branch.network->is_linear() &&
         std::all_of(model.experts.begin(), model.experts.end(),
                     [](const Expert& expert) { return expert.network->is_linear(); });
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
  if (!all_linear(model)) return "adam";
  const bool normal = model.targets() == 1 && std::all_of(model.experts.begin(), model.experts.end(),
                                                          [](const Expert& e) { return e.family->normal(); });
  const bool some_stand_for_all = normal && rows >= 2 * rows_for_hessian(model.theta.n_elem);
  const arma::uword most = some_stand_for_all ? kMostForEmOfMany : kMostForEm;
  const bool stepped = options.objective == "likelihood" && EmStep::knows(model) && model.theta.n_elem <= most;
  return stepped ? "em" : "lbfgs";
}

void check_firth(const TrainOptions& options, bool has_validation) {
  const auto refuse = [](const std::string& sentence) { throw Error(ErrorKind::kUsage, "--firth: " + sentence); };
  if (options.objective != "likelihood")
    refuse("it corrects the likelihood: expected it without --objective " + options.objective);
  if (options.solver != "auto") refuse("it is a solver of its own: expected it without --solver");
  if (options.penalty.experts > 0 || options.penalty.has_l1())
    refuse("it brings a penalty of its own: expected it without --l2 and --l1");
  if (has_validation || options.validation > 0 || options.patience > 0)
    refuse("it goes to the end of its fit: expected it without --validation and --patience");
}

/// Throws Error (usage) with the sentence that says what is wrong with the options.
void check(const TrainOptions& options, bool has_validation) {
  const auto refuse = [](const std::string& sentence) { throw Error(ErrorKind::kUsage, sentence); };
  if (!(options.validation >= 0 && options.validation < 1))
    refuse("--validation: this is no fraction of the rows: expected one from 0 to below 1, such as 0.2, or a file");
  if (options.validation > 0 && has_validation) refuse("--validation: expected a fraction or a file, not both");
  const Penalty& penalty = options.penalty;
  if (!(penalty.experts >= 0 && penalty.gate >= 0)) refuse("--l2: a penalty is negative: expected 0 or more");
  if (!(penalty.experts_l1 >= 0 && penalty.gate_l1 >= 0)) refuse("--l1: a penalty is negative: expected 0 or more");
  check_schedule(options.solver_options.schedule);
  if (options.firth) check_firth(options, has_validation);
}

arma::uword constant_inputs(const Dataset& data) {
  arma::uword count = 0;
  for (arma::uword j = 1; j < data.X.n_rows; ++j) count += arma::all(data.X.row(j) == data.X(j, 0)) ? 1 : 0;
  return count;
}

bool has_constant_column(const arma::mat& y) {
  for (arma::uword t = 0; t < y.n_cols; ++t)
    if (arma::all(y.col(t) == y(0, t))) return true;
  return false;
}

/// The rows that have a weight: the others must not act, not even through the largest value of a column.
Dataset counted_rows(const Dataset& data) {
  const arma::uvec rows = arma::find(data.w > 0);
  return take_rows(data, {rows.begin(), rows.end()});
}

/// Sets a random part of the rows aside; both parts keep the order of the table.
Dataset split_off(Dataset& data, double fraction, std::uint64_t seed) {
  const std::size_t n = data.rows(), aside = static_cast<std::size_t>(std::round(fraction * static_cast<double>(n)));
  if (aside == 0 || aside == n)
    throw Error(ErrorKind::kUsage, "--validation: this fraction of " + std::to_string(n) +
                                       " rows leaves a part empty: expected one that leaves rows in both");
  Random random(seed, kSplitStream);
  std::vector<std::size_t> order = random.permutation(n);
  std::sort(order.begin(), order.begin() + static_cast<long>(aside));
  std::sort(order.begin() + static_cast<long>(aside), order.end());
  Dataset validation = take_rows(data, {order.begin(), order.begin() + static_cast<long>(aside)});
  data = take_rows(data, {order.begin() + static_cast<long>(aside), order.end()});
  return validation;
}

bool on_floor(const Model& model, const arma::vec& theta) {
  return std::any_of(model.experts.begin(), model.experts.end(),
                     [&](const Expert& expert) { return expert.family->on_floor(theta.memptr() + expert.psi); });
}

bool tells_scales(const Model& model) {
  for (arma::uword k = 0; k < model.size(); ++k)
    if (tells_scale(model, k)) return true;
  return false;
}

arma::uword default_restarts(const Model& model, const Solver& solver, const Rows& rows) {
  if (solver.stochastic() || model.size() == 1) return 1;
  const double cost = static_cast<double>(model.theta.n_elem) * static_cast<double>(rows.count());
  return std::clamp(static_cast<arma::uword>(kRestartBudget / cost), kFewestRestarts, kMostRestarts);
}

/// A fit under way: what all its starts share.
class Training {
 public:
  Training(Model& model, const Rows& rows, const Rows* validation, const TrainOptions& options,
           const Observer& observer, bool several_ways, std::string part = "")
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

  void run(const Model* start, TrainReport& report);

 private:
  /// The ends of all starts, and where they led on.
  std::vector<Fit> fit_all(const Model* start);
  /// Goes on from the fit of the same model with simpler families, where there are such, and appends the ends.
  void fit_from_simpler(std::vector<Fit>& fits);
  /// Appends the fit of a single expert, which all experts then are, where every end so far is worse.
  void fit_from_single(std::vector<Fit>& fits);
  /// The same over some of the rows, and the ends over all rows of the best of them.
  std::vector<Fit> fit_best_of_some(TrainReport& report);
  /// From where `begin` says, which `passes` have led to already; nothing where that is nowhere. What an earlier run has come to under
  /// that name is not done again.
  Fit fit(const std::string& name, arma::uword restart, const std::function<arma::vec()>& begin, unsigned threads,
          arma::uword passes = 0, bool to_its_end = true);
  Fit fit_on(const std::string& name, const SolverState* begun, arma::uword restart, const arma::vec& theta,
             unsigned threads, arma::uword passes, bool to_its_end);
  /// What starts are compared by, at theta.
  double value_at(const arma::vec& theta, unsigned threads) const;
  bool tell(arma::uword restart, arma::uword pass, const arma::vec& theta, double value,
            std::optional<double> validation);
  Fit fit_without_bias();
  std::size_t choose(const std::vector<Fit>& fits, TrainReport& report) const;
  /// Puts where the fit was to begin in the best end's place where that is higher.
  void stay_if_better(const Model& start, Fit& best, TrainReport& report) const;
  /// Goes on by second derivatives from an end that lbfgs's passes have not sufficed for: a few rare levels are enough for it to creep.
  void finish(Fit& best);
  /// Goes on from the best starts' ends to where moves of experts lead, and appends what lies higher.
  void split_and_merge(std::vector<Fit>& fits);
  /// Keeps scales that inputs tell within what they are in the rows at theta.
  void bound_scales(const arma::vec& theta);
  void summarise(const Fit& best);
  /// Standard errors, and where there are none as the maximum is at infinity.
  void find_errors();
  /// The model where a solver ends that goes to a maximum's place, also at infinity; adam and sgd stop on the way there.
  Model gone_on() const;
  void prepare();
  /// One expert has a solver of its own: firth.hpp.
  bool reduces_gate_bias() const { return options_.firth && model_.size() > 1; }
  /// Whether starts may use steps of EM.
  bool by_em() const { return !solver_->stochastic() && objective_->is_likelihood() && EmStep::knows(model_); }
  /// Coefficients that have no value of their own, as columns of a design depend on others.
  arma::uword aliased_parameters() const;
  void name_aliased(arma::uword k, std::vector<std::string>& names) const;
  bool same_value(double a, double b) const { return std::abs(a - b) < kSameMaximum * objective_->unit(model_); }
  bool same_maximum(const Fit& a, const Fit& b) const { return same_value(a.value, b.value); }
  void count_weights(TrainReport& report) const;
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

  Model& model_;
  const Rows& rows_;
  const Rows* validation_;
  const TrainOptions& options_;
  const Observer& observer_;
  std::shared_ptr<const Objective> objective_;
  std::shared_ptr<const Solver> solver_;
  std::string part_;       // what is before the fit proper has a name, which its starts are kept under
  bool chosen_;            // whether the solver was left to choose
  bool finishes_ = false;  // whether what is fitted is the best end, by second derivatives
  bool several_ways_;      // whether starts may differ in their solvers, too
  std::optional<Basis> basis_;
  std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  FitLedger ledger_;
  arma::uword restarts_ = 1;
  std::atomic<bool> stopped_ = false;
};

bool Training::tell(arma::uword restart, arma::uword pass, const arma::vec& theta, double value,
                    std::optional<double> validation) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (observer_ && !stopped_)
    stopped_ =
        !observer_({restart, restarts_, pass, options_.solver_options.epochs, value, validation,
                    objective_->is_likelihood() && on_floor(model_, theta), !part_.empty(), seconds(), theta, model_});
  return !stopped_;
}

Fit Training::fit(const std::string& name, arma::uword restart, const std::function<arma::vec()>& begin,
                  unsigned threads, arma::uword passes, bool to_its_end) {
  if (const auto end = ledger_.end_of(name)) return fit_from(*end, model_.theta.n_elem);
  const std::optional<SolverState> begun = ledger_.state_of(name);
  const arma::vec theta = begun ? arma::vec(model_.theta.n_elem, arma::fill::zeros) : begin();
  if (stopped_ && restart > 0) return {};
  const Fit result =
      theta.is_empty() ? Fit() : fit_on(name, begun ? &*begun : nullptr, restart, theta, threads, passes, to_its_end);
  if (!stopped_) ledger_.end(name, numbers_of(result));
  return result;
}

double Training::value_at(const arma::vec& theta, unsigned threads) const {
  const bool judged = validation_ != nullptr;
  const Penalty penalty = judged ? Penalty{} : options_.penalty;
  const Pass pass(model_, *objective_, penalty, threads);
  return pass.run(theta, judged ? *validation_ : rows_, nullptr).value;
}

Fit Training::fit_on(const std::string& name, const SolverState* begun, arma::uword restart, const arma::vec& theta,
                     unsigned threads, arma::uword passes, bool to_its_end) {
  Fit fit;
  std::function<void(SolverState &&)> keeper;
  if (ledger_.is_kept()) keeper = [&](SolverState&& state) { ledger_.keep(name, std::move(state)); };
  FitProblem problem({model_, *objective_, options_.penalty, rows_, validation_, options_.batch, options_.patience,
                      threads, basis_ ? &*basis_ : nullptr, begun, keeper, reduces_gate_bias()},
                     [&](arma::uword pass, const arma::vec& at, double value, std::optional<double> validation) {
                       fit.given_up = !to_its_end && pass % kLook == kLook / 2 &&
                                      pass != options_.solver_options.epochs && spurious(model_, at, rows_);
                       return tell(restart, passes + pass, at, value, validation) && !fit.given_up;
                     });
  Random random(options_.seed, kStartStreams + kStartStreams * kStartStreams + restart);
  // By another way to other maxima: EM's first steps are long.
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
  fit.theta = result.passes > 0 ? problem.theta(result.theta) : theta;  // there and back would cost bits
  if (problem.best()) fit.theta = *problem.best();
  const Pass pass(model_, *objective_, options_.penalty, threads);
  balance(model_, pass.l1_weights(), pass.penalty_weights(), fit.theta);
  fit.validation = validation_ != nullptr ? problem.best_value() : std::numeric_limits<double>::infinity();
  fit.value = validation_ != nullptr ? problem.best_value() : pass.run(fit.theta, rows_, nullptr).value;
  if (std::isnan(fit.value)) fit.value = std::numeric_limits<double>::infinity();
  if (reduces_gate_bias()) fit.value = result.value * objective_->unit(model_);
  fit.spurious = objective_->is_likelihood() && spurious(model_, fit.theta, rows_);
  return fit;
}

Fit Training::fit_without_bias() {
  const SolverResult result = fit_firth(model_, rows_, *basis_, options_.solver_options,
                                        [&](arma::uword pass, const arma::vec& theta, double value) {
                                          return tell(0, pass, theta, value, std::nullopt);
                                        });
  Fit fit;
  fit.theta = result.theta;
  fit.value = Pass(model_, *objective_, options_.penalty, options_.threads).run(fit.theta, rows_, nullptr).value;
  fit.validation = std::numeric_limits<double>::infinity();
  fit.passes = result.passes;
  fit.converged = result.converged;
  fit.stop = result.stop;
  return fit;
}

std::size_t Training::choose(const std::vector<Fit>& fits, TrainReport& report) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < fits.size(); ++i) {
    if (fits[i].theta.is_empty()) continue;  // stopped before it began
    // Between equals a start of the usual ones.
    const double margin = fits[i].simpler && !fits[best].simpler ? kNoBetter * objective_->unit(model_) : 0;
    if (fits[i].spurious != fits[best].spurious ? fits[best].spurious : fits[i].value < fits[best].value - margin)
      best = i;
  }
  std::vector<const Fit*> ends;  // the best first, so that each maximum is known by its highest end
  for (const Fit& fit : fits) {
    if (fit.theta.is_empty()) continue;
    if (fit.spurious && !fits[best].spurious) ++report.starts_set_aside;
    if (!fit.given_up && !(fit.simpler && &fit != &fits[best])) ends.push_back(&fit);
  }
  std::stable_sort(ends.begin(), ends.end(), [](const Fit* a, const Fit* b) {
    return a->spurious != b->spurious ? b->spurious : a->value < b->value;
  });
  for (const Fit* fit : ends) {
    std::vector<Maximum>& maxima = report.maxima;
    if (maxima.empty() || maxima.back().spurious != fit->spurious || !same_value(maxima.back().objective, fit->value))
      maxima.push_back({fit->value, 0, fit->spurious});
    maxima.back().starts += fit->starts;
  }
  if (!report.maxima.empty()) report.starts_at_best = report.maxima.front().starts;
  report.from_simpler = fits[best].simpler;
  report.moved = fits[best].moved;
  return best;
}

void Training::split_and_merge(std::vector<Fit>& fits) {
  std::vector<std::size_t> order(fits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return fits[i].theta.is_empty() || fits[i].spurious; });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return fits[a].value < fits[b].value; });
  std::vector<Fit> from;
  for (const std::size_t i : order)
    if (from.size() < kMostMoved && (from.empty() || !same_maximum(fits[i], from.back()))) from.push_back(fits[i]);
  for (int round = 0; round < kRounds && !from.empty() && !stopped_; ++round) {
    std::vector<Fit> moved(from.size());
    const unsigned threads = std::max(1u, options_.threads / static_cast<unsigned>(from.size()));
    parallel_for(from.size(), options_.threads, [&](std::size_t i) {
      Random random(options_.seed, kMoveStreams + static_cast<std::uint64_t>(round) * kMostMoved + i);
      moved[i] = fit(
          "move " + std::to_string(round) + " of " + std::to_string(i), restarts_,
          [&] { return moe::split_and_merge(model_, rows_, from[i].theta, threads, random); }, threads);
      moved[i].moved = true;
      moved[i].starts = 0;
    });
    std::vector<Fit> next;
    for (std::size_t i = 0; i < moved.size(); ++i)
      if (!moved[i].theta.is_empty() && !moved[i].spurious && moved[i].value < from[i].value &&
          !same_maximum(moved[i], from[i]))
        next.push_back(moved[i]);
    fits.insert(fits.end(), next.begin(), next.end());
    from = std::move(next);
  }
}

void Training::bound_scales(const arma::vec& theta) {
  std::vector<arma::mat> etas(model_.size());
  ForwardPass forward(model_);
  constexpr arma::uword kBlock = 1024;
  for (arma::uword k = 0; k < model_.size(); ++k) etas[k].set_size(rows_.count(), model_.experts[k].network->outputs());
  for (arma::uword first = 0; first < rows_.count(); first += kBlock) {
    const arma::uword last = std::min(rows_.count(), first + kBlock) - 1;
    const Rows block = rows_.slice(first, last);
    forward.run(theta, block);
    for (arma::uword k = 0; k < model_.size(); ++k) etas[k].rows(first, last) = forward.eta(k);
  }
  const arma::mat R = responsibilities(model_, rows_, theta);
  const arma::vec w = rows_.w / arma::mean(rows_.w);
  for (arma::uword k = 0; k < model_.size(); ++k) {
    std::shared_ptr<const Family>& family = model_.experts[k].family;
    const double by_chance = kByChance * static_cast<double>(model_.experts[k].network->last_inputs());
    const std::string spec = family->bounded_to(etas[k], w % R.col(k), by_chance);
    if (spec == family->spec()) continue;
    std::vector<TargetInfo> targets;
    for (arma::uword t = 0; t < model_.targets(); ++t) targets.push_back(family->target_at(t));
    family = make_family(spec, targets);
  }
}

arma::uword Training::aliased_parameters() const {
  if (!basis_) return 0;
  arma::uword count = (model_.size() - 1) * basis_->dependent(basis_->design_of(0)).n_elem;
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    count += (expert.family->outputs() - expert.family->redundant_outputs()) *
             basis_->dependent(basis_->design_of(k + 1)).n_elem;
  }
  return count;
}

void Training::count_weights(TrainReport& report) const {
  const arma::vec l1 = Pass(model_, *objective_, options_.penalty, 1).l1_weights();
  report.gate_l1 = moe::count_weights(model_.gate_branch, model_.theta, l1);
  for (const Expert& expert : model_.experts) {
    const WeightCount count = moe::count_weights(expert, model_.theta, l1);
    report.experts_l1.not_zero += count.not_zero;
    report.experts_l1.all += count.all;
  }
}

void Training::summarise(const Fit& best) {
  const Pass pass(model_, *objective_, options_.penalty, options_.threads);
  const PassResult result = pass.run(model_.theta, rows_, nullptr);
  FitSummary& fit = model_.fit;
  fit.rows = static_cast<double>(rows_.count());
  fit.weight = arma::accu(rows_.w);
  fit.objective_value = result.value - result.penalty;
  fit.penalty = result.penalty;
  fit.l2 = options_.penalty.experts;
  fit.gate_l2 = options_.penalty.gate;
  fit.l1 = options_.penalty.experts_l1;
  fit.gate_l1 = options_.penalty.gate_l1;
  if (objective_->is_likelihood() && model_.gate->normalised()) fit.study = study_fit(model_, rows_);
  if (options_.errors && objective_->is_likelihood() && !stopped_ && has_uncertainty(model_)) find_errors();
  const arma::uword undetermined = fit.uncertainty ? fit.uncertainty->undetermined.n_cols : 0;
  fit.parameters = static_cast<double>(model_.degrees_of_freedom() - aliased_parameters() - undetermined -
                                       removed_parameters(model_, pass.l1_weights()));
  const LikelihoodSums sums = likelihood_sums(model_, rows_);
  fit.log_likelihood = sums.log_likelihood;
  fit.aic = -2 * sums.log_likelihood + 2 * fit.parameters;
  fit.bic = -2 * sums.log_likelihood + std::log(fit.weight) * fit.parameters;
  fit.icl = fit.bic + 2 * sums.entropy;
  fit.converged = best.converged ? 1 : 0;
  fit.iterations = static_cast<double>(best.passes);
  fit.restarts = static_cast<double>(restarts_);
  fit.seed = static_cast<double>(options_.seed);
  fit.firth = options_.firth ? 1 : 0;
}

void Training::find_errors() {
  FitSummary& fit = model_.fit;
  fit.uncertainty = observed_uncertainty(model_, rows_, options_.penalty, options_.threads);
  // Where the fit stopped early, an error tells nothing of the maximum.
  const bool early = solver_->stochastic() && all_linear(model_);
  if (!fit.study || (options_.firth && model_.size() == 1)) return;
  if (!early && !suggests_recession(model_, *fit.uncertainty)) return;
  find_recession(early ? gone_on() : model_, rows_, options_.penalty, options_.threads, *fit.study);
  if (!fit.study->recession.is_empty() || !fit.study->unseen.is_empty())
    fit.uncertainty = observed_uncertainty(model_, rows_, options_.penalty, options_.threads);
}

Model Training::gone_on() const {
  Model model = model_;
  TrainOptions options = options_;
  options.solver = "auto";
  options.solver = resolved_solver(model, options, rows_.count());
  options.solver_options = {};
  options.progress = nullptr;
  Training training(model, rows_, nullptr, options, nullptr, false);
  training.prepare();
  const Fit fit = training.fit_on("", nullptr, 0, model_.theta, options_.threads, 0, true);
  if (fit.theta.is_finite()) model.theta = fit.theta;
  return model;
}

/// The coefficients of branch k (0: the gate) that have no value of their own.
void Training::name_aliased(arma::uword k, std::vector<std::string>& names) const {
  const Branch& branch = k == 0 ? model_.gate_branch : model_.experts[k - 1];
  const arma::uword first = branch.network->has_intercept() ? 1 : 0, d = branch.network->inputs();
  for (const arma::uword column : basis_->dependent(basis_->design_of(k))) {
    if (column < first || d == 0) continue;
    const arma::uword power = (column - first) / d + 1, input = branch.columns[1 + (column - first) % d] - 1;
    const std::string name = model_.schema.inputs[input] + (power > 1 ? "^" + std::to_string(power) : "");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

void Training::prepare() {
  // An l1 penalty is one on theta itself.
  if (!solver_->stochastic() && all_linear(model_) && !options_.penalty.has_l1())
    basis_.emplace(model_, rows_, options_.threads);
}

void Training::fit_from_simpler(std::vector<Fit>& fits) {
  if (!by_em() || stopped_) return;
  std::optional<Model> simple = simpler_model(model_);
  if (!simple) return;
  Training training(*simple, rows_, validation_, options_, observer_, several_ways_, part_ + "simpler/");
  training.restarts_ = restarts_;
  training.prepare();
  const std::vector<Fit> ends = training.fit_all(nullptr);
  stopped_ = training.stopped_.load();
  TrainReport ignored;
  simple->theta = ends[training.choose(ends, ignored)].theta;
  if (stopped_ || !simple->theta.is_finite()) return;
  const std::vector<arma::vec> starts = starts_from(model_, *simple, rows_);
  std::vector<Fit> found(starts.size());
  parallel_for(found.size(), options_.threads, [&](std::size_t i) {
    if (stopped_) return;
    found[i] = fit(
        "from simpler " + std::to_string(i), restarts_, [&] { return starts[i]; }, 1);
    found[i].simpler = true;
    found[i].starts = 0;
  });
  fits.insert(fits.end(), found.begin(), found.end());
}

void Training::fit_from_single(std::vector<Fit>& fits) {
  if (!by_em() || stopped_ || model_.size() == 1 || validation_ != nullptr || !experts_alike(model_)) return;
  Model single = first_experts(model_, 1);
  Training training(single, rows_, nullptr, options_, observer_, false, part_ + "single/");
  training.prepare();
  const std::vector<Fit> ends = training.fit_all(nullptr);
  stopped_ = training.stopped_.load();
  TrainReport ignored;
  single.theta = ends[training.choose(ends, ignored)].theta;
  if (stopped_ || !single.theta.is_finite()) return;
  const arma::vec theta = all_like(model_, single);
  const double value = Pass(model_, *objective_, options_.penalty, options_.threads).run(theta, rows_, nullptr).value;
  const bool reached = std::any_of(fits.begin(), fits.end(), [&](const Fit& end) {
    return !end.theta.is_empty() && !end.spurious && end.value <= value;
  });
  if (reached) return;
  fits.push_back(fit(
      "from single", restarts_, [&] { return theta; }, options_.threads));
  fits.back().simpler = true;
  fits.back().starts = 0;
}

std::vector<Fit> Training::fit_all(const Model* start) {
  const unsigned inside = restarts_ > 1 ? 1 : options_.threads;
  std::vector<Fit> fits(restarts_);
  const double work = static_cast<double>(model_.theta.n_elem) * static_cast<double>(rows_.count());
  const bool to_their_ends = restarts_ == 1 || work < kDear || !objective_->is_likelihood() || solver_->stochastic() ||
                             validation_ != nullptr || options_.patience > 0;
  parallel_for(restarts_, options_.threads, [&](std::size_t i) {
    if (stopped_ && i > 0) return;
    Random random(options_.seed, kStartStreams + i);
    fits[i] = fit(
        "start " + std::to_string(i), i,
        [&] { return start != nullptr ? start->theta : moe::start(model_, rows_, by_em(), i, random); }, inside, 0,
        to_their_ends);
  });
  if (std::all_of(fits.begin(), fits.end(), [](const Fit& end) { return end.spurious || end.theta.is_empty(); }))
    parallel_for(restarts_, options_.threads, [&](std::size_t i) {
      if (!fits[i].given_up || stopped_) return;
      const arma::uword before = fits[i].passes;
      const arma::vec from = fits[i].theta;
      fits[i] = fit(
          "start " + std::to_string(i) + " to its end", i, [&] { return from; }, inside, before);
      fits[i].passes += before;
    });
  if (start == nullptr) fit_from_simpler(fits);
  if (start == nullptr) fit_from_single(fits);
  if (by_em() && start == nullptr && restarts_ > 1 && model_.size() > 1) split_and_merge(fits);
  return fits;
}

std::vector<Fit> Training::fit_best_of_some(TrainReport& report) {
  Random random(options_.seed, kSampleStream);
  const std::vector<std::size_t> order = random.permutation(rows_.count());
  Rows some;
  rows_.gather(order.data(), kRowsToCompare, some);
  Training rehearsal(model_, some, nullptr, options_, observer_, true, part_ + "some rows/");
  rehearsal.restarts_ = restarts_;
  rehearsal.prepare();
  std::vector<Fit> tried = rehearsal.fit_all(nullptr);
  stopped_ = rehearsal.stopped_.load();
  std::erase_if(tried, [](const Fit& end) { return end.theta.is_empty(); });
  std::stable_sort(tried.begin(), tried.end(), [](const Fit& a, const Fit& b) {
    return a.spurious != b.spurious ? b.spurious : a.value < b.value;
  });
  std::vector<Fit> next;
  for (const Fit& end : tried) {
    if (end.spurious && !tried[0].spurious)
      ++report.starts_set_aside;
    else if (!next.empty() && rehearsal.same_maximum(end, next.back()))
      next.back().starts += end.starts;
    else if (next.empty() ||
             (next.size() < kMostGoOn && end.value - tried[0].value < kNearBest * objective_->unit(model_)))
      next.push_back(end);
  }
  report.rehearsed = kRowsToCompare;
  std::vector<Fit> fits;
  for (const Fit& end : next) {
    fits.push_back(fit(
        "all rows " + std::to_string(fits.size()), fits.size(), [&] { return end.theta; }, options_.threads));
    fits.back().starts = end.starts;
    fits.back().moved = end.moved;
    fits.back().simpler = end.simpler;
  }
  return fits;
}

void Training::finish(Fit& best) {
  const bool wanted = chosen_ && by_em() && has_hessian(model_) && options_.solver == "lbfgs" &&
                      options_.solver_options.epochs == 0 && validation_ == nullptr && options_.patience == 0 &&
                      !options_.firth && model_.theta.n_elem <= kMostToFinish;
  if (!wanted || best.converged || best.spurious || stopped_) return;
  finishes_ = true;
  const arma::uword before = best.passes;
  Fit end = fit(
      "best to its end", 0, [&] { return best.theta; }, options_.threads, before);
  finishes_ = false;
  if (end.theta.is_empty() || end.spurious || !(end.value <= best.value)) return;
  end.passes += before;
  end.starts = best.starts;
  end.moved = best.moved;
  end.simpler = best.simpler;
  best = std::move(end);
}

/// A solver by mini-batches may end higher than it began.
void Training::stay_if_better(const Model& start, Fit& best, TrainReport& report) const {
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
  const std::vector<Fit> fits = options_.firth && model_.size() == 1 ? std::vector<Fit>{fit_without_bias()}
                                : many                               ? fit_best_of_some(report)
                                                                     : fit_all(start);
  Fit best = fits[choose(fits, report)];
  finish(best);
  if (!report.maxima.empty()) report.maxima.front().objective = best.value;
  if (start != nullptr) stay_if_better(*start, best, report);
  if (objective_->is_likelihood() && tells_scales(model_)) bound_scales(best.theta);
  model_.theta = best.theta;
  if (!model_.theta.is_finite() || (validation_ == nullptr && !std::isfinite(best.value)))
    throw Error(ErrorKind::kFit, "the parameters are not finite: expected data of ordinary size");
  if (!objective_->is_likelihood()) fit_dispersions(model_, rows_, options_.threads);
  // Whatever found the maximum, coefficients that have no value of their own do not count.
  if (!basis_ && all_linear(model_) && !options_.penalty.has_l1()) basis_.emplace(model_, rows_, options_.threads);
  summarise(best);
  if (basis_ && !solver_->stochastic())
    for (arma::uword k = 0; k <= model_.size(); ++k) name_aliased(k, report.aliased);
  count_weights(report);
  report.stop = best.stop;
  report.on_floor = objective_->is_likelihood() && on_floor(model_, best.theta);
  report.separated = model_.classes() && !options_.firth &&
                     !(model_.fit.study && !model_.fit.study->recession.is_empty()) &&
                     model_.fit.log_likelihood > -kCertain * model_.fit.weight;
  report.validation = best.validation;
  report.stopped = stopped_;
  report.seconds = seconds();
}

/// Throws Error (data) for more experts than rows, where each could have one of its own.
void require_rows(const Model& model, arma::uword rows) {
  if (model.size() > 1 && model.size() > rows)
    throw Error(ErrorKind::kData, std::to_string(model.size()) + " experts and " + std::to_string(rows) +
                                      (rows == 1 ? " row" : " rows") + ": expected fewer experts, or more rows");
}

/// Throws Error (usage) for a column that none of the experts has a use for.
void require_use(const Model& model) {
  const auto any = [&](const auto& is) { return std::any_of(model.experts.begin(), model.experts.end(), is); };
  const Schema& schema = model.schema;
  if (!schema.trials.empty() && !any([](const Expert& expert) { return expert.family->reads_trials(); }))
    throw Error(ErrorKind::kUsage,
                "--trials: family '" + model.family_spec() + "' has no use for it: expected --family binomial with it");
  if (!schema.exposure.empty() &&
      !any([](const Expert& expert) { return expert.family->link() == Family::Link::kLog; }))
    throw Error(ErrorKind::kUsage, "--exposure: its logarithm is added to log means, and family '" +
                                       model.family_spec() +
                                       "' has none: expected --offset, or a family such as poisson");
}

/// A model of the data's units: the target is standardised where every family allows it, and nothing is centred where a branch
/// has no intercept.
Model unfitted(const Schema& schema, const ModelSpec& spec, const Model& probe, const Dataset& data, bool standardize) {
  Standardization::Parts parts{standardize, standardize, probe.gate_branch.network->has_intercept()};
  for (const Expert& expert : probe.experts) {
    // A scale's logarithm that has no intercept cannot follow the target's units.
    const bool follows = expert.network->has_intercept() || expert.family->outputs() == schema.targets.size();
    parts.target = parts.target && expert.family->location_scale() && follows;
    parts.centers = parts.centers && expert.network->has_intercept();
  }
  return Model(schema, Standardization::of(data, schema.classes(), parts), spec);
}

/// Whether ends of fits that have an expert on a few rows are known and set aside: see spurious().
bool guarded(const Model& model, const std::string& solver) {
  return !make_solver(solver)->stochastic() && all_linear(model) && !tells_scales(model);
}

/// `units` with the floors that follow from the rows, which the model has standardised.
Standardization with_floors(Standardization units, const Model& model, const Rows& rows, const arma::vec& steps,
                            const std::string& solver) {
  const arma::vec least = least_scales(model, rows, steps, guarded(model, solver));
  for (arma::uword t = 0; t < least.n_elem; ++t)
    if (arma::range(rows.y.col(t)) > 0) units.target_spread[t] = least[t] / kFloor;
  return units;
}

/// What is known of an expert's mean is no part of what it has to explain: with it goes what it does to the target's spread.
void take_offsets(const Model& model, Dataset& data) {
  const bool shifts = std::all_of(model.experts.begin(), model.experts.end(),
                                  [](const Expert& expert) { return expert.family->location_scale(); });
  if (!shifts || data.offset.is_empty()) return;
  data.y -= data.offset;
  data.offset.reset();
}

/// Of one expert by EM: of the first one's network where a fit is full-batch, of none where it is not, or has a penalty.
double log_likelihood_of_one(const Model& model, const Rows& rows, bool simplest, unsigned threads) {
  ModelSpec spec = model.spec();
  spec.gate = "constant";
  spec.experts = {simplest ? "constant" : spec.experts[0]};
  spec.expert_inputs.resize(1);
  if (!spec.expert_families.empty()) spec.expert_families.resize(1);
  Model one(model.schema, model.standardization, spec);
  TrainOptions options;
  options.solver = "em";
  options.solver_options.epochs = kPassesOfOne;
  options.restarts = 1;
  options.errors = false;
  options.threads = threads;
  TrainReport report;
  Training(one, rows, nullptr, options, nullptr, false).run(nullptr, report);
  return one.fit.log_likelihood;
}

/// Whether columns that follow from others stay 0.
bool goes_by_decompositions(const Model& model, const TrainOptions& options) {
  const bool stochastic = options.solver != "auto" && make_solver(options.solver)->stochastic();
  return all_linear(model) && !stochastic && !options.penalty.has_l1();
}

/// Keeps the log-likelihood of one expert where a fit that did not converge is worse.
void compare_to_one_expert(const Rows& rows, const TrainOptions& options, Model& model) {
  FitSummary& fit = model.fit;
  if (fit.converged != 0 || !fit.study || fit.objective != "likelihood" || options.firth) return;
  const bool penalised = options.penalty.experts > 0 || options.penalty.has_l1();
  const bool simplest = penalised || !all_linear(model) || make_solver(fit.solver)->stochastic();
  if (model.size() == 1 && !simplest) return;
  const double one = log_likelihood_of_one(model, rows, simplest, options.threads);
  if (one > fit.log_likelihood + kSameMaximum * fit.weight) fit.study->simpler = one;
}

}  // namespace

Model train(const Schema& schema, ModelSpec spec, Dataset data, std::optional<Dataset> validation,
            const TrainOptions& options, const Observer& observer, const Model* start, TrainReport& report) {
  check(options, validation.has_value());
  use_blas();
  if (arma::any(data.w == 0)) data = counted_rows(data);
  if (options.validation > 0) validation = split_off(data, options.validation, options.seed);
  spec.family = resolved_family(spec.family, schema, options, spec.gate_link);
  if (spec.experts.size() == 1) spec.gate = "constant";
  if (start != nullptr && (start->schema.inputs != schema.inputs || start->schema.labels != schema.labels ||
                           start->schema.targets.size() != schema.targets.size()))
    throw Error(ErrorKind::kUsage, "--resume: the model reads other inputs or classes than the data: expected its own");
  report.constant_inputs = constant_inputs(data);
  report.constant_target = !schema.classes() && has_constant_column(data.y);
  const arma::vec steps = schema.classes() ? arma::vec() : steps_between(data.y);
  const Model probe = start != nullptr
                          ? *start
                          : Model(schema, Standardization::none(schema.inputs.size(), schema.targets.size()), spec);
  take_offsets(probe, data);
  if (validation) take_offsets(probe, *validation);
  Model model = start != nullptr ? *start : unfitted(schema, spec, probe, data, options.standardize);
  require_use(model);
  require_rows(model, data.rows());
  if (options.objective != "likelihood")
    for (const Expert& expert : model.experts)
      if (expert.family->likelihood_only())
        throw Error(ErrorKind::kUsage, "family '" + expert.family->spec() +
                                           "' is fitted by its likelihood only: expected " +
                                           "--objective likelihood, or another family");
  TrainOptions resolved = options;
  if (options.firth) {
    require_firth(model);
    resolved.solver = model.size() > 1 ? "lbfgs" : "newton";  // which takes no mini-batches; one expert needs none
    if (model.size() == 1) resolved.restarts = 1;
  } else {
    resolved.solver = resolved_solver(model, options, data.rows());
  }
  const Rows rows = model.standardize(std::move(data));
  if (start == nullptr && !schema.classes())
    model = Model(schema, with_floors(model.standardization, model, rows, steps, resolved.solver), spec);
  std::optional<Rows> validation_rows;
  if (validation) validation_rows = model.standardize(std::move(*validation));
  const Rows* const judged = validation_rows ? &*validation_rows : nullptr;
  auto narrow = start == nullptr && goes_by_decompositions(model, options) ? narrowed(model, rows) : std::nullopt;
  Model& fitted = narrow ? *narrow : model;
  if (!options.firth) resolved.solver = resolved_solver(fitted, options, rows.count());
  Training(fitted, rows, judged, resolved, observer, options.solver == "auto").run(start, report);
  if (!report.stopped) compare_to_one_expert(rows, options, fitted);
  if (narrow) {
    widen(*narrow, model);
    const std::vector<std::string> without = left_out(*narrow, model);
    report.aliased.insert(report.aliased.end(), without.begin(), without.end());
  }
  report.solver = options.firth ? "firth" : resolved.solver;
  report.restrained =
      options.firth || options.penalty.experts > 0 || options.penalty.experts_l1 > 0 || validation_rows.has_value();
  return model;
}

}  // namespace moe
