// train(): checks a request, settles what it leaves open (units, floors, solver), and runs a Training.
#include "moe/train.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/blas_memory.hpp"
#include "fit/far_values.hpp"
#include "fit/firth.hpp"
#include "fit/solver_choice.hpp"
#include "fit/spurious.hpp"
#include "fit/stochastic.hpp"
#include "fit/training.hpp"
#include "fit/units.hpp"
#include "fit/wide_table.hpp"
#include "model/floors.hpp"
#include "model/scale_floor.hpp"
#include "moe/error.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

/// The most passes of the fit of a single expert with which a mixture is compared.
constexpr arma::uword kPassesOfOne = 50;

std::string resolved_family(const std::string& family, const Schema& schema, const TrainOptions& options,
                            const std::string& gate_link) {
  if (family != "auto") return family;
  if (schema.classes() || options.objective == "likelihood") return default_family(schema);
  const bool merged = options.objective == "blend" || options.objective == "localized";
  return merged && make_gate(gate_link)->normalised() ? "gaussian:shared" : "gaussian:unit";
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

/// Throws Error (usage) where options are wrong or contradict each other.
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

/// Sets a random part of the rows aside. Both parts keep the order of the table.
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

/// Throws std::logic_error where the table's shape is not that of the schema.
void require_shape(const Schema& schema, const Dataset& data) {
  if (data.X.n_rows != 1 + schema.inputs.size() || data.y.n_rows != data.X.n_cols || data.w.n_elem != data.X.n_cols ||
      data.y.n_cols != schema.targets.size())
    throw std::logic_error(
        "train: expected X of 1 + inputs by rows, its first row ones, y of rows by targets, w of rows");
}

/// Throws Error (data) for more experts than rows.
void require_rows(const Model& model, arma::uword rows) {
  if (model.size() > 1 && model.size() > rows)
    throw Error(ErrorKind::kData, std::to_string(model.size()) + " experts and " + counted(rows, "row") +
                                      ": expected fewer experts, or more rows");
}

/// Throws Error (usage) for a column, such as trials, that none of the experts uses.
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

/// The log-likelihood of a single expert, fitted by EM. With `simplest` it is constant; otherwise it has the network of
/// the model's first expert.
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

/// Whether dependent columns are found by QR decompositions, so that their coefficients stay 0.
bool goes_by_decompositions(const Model& model, const TrainOptions& options) {
  const bool stochastic = options.solver != "auto" && make_solver(options.solver)->stochastic();
  return all_linear(model) && !stochastic && !options.penalty.has_l1();
}

/// Compares a fit that has not converged with that of a single expert. Keeps the latter's log-likelihood where it is
/// higher.
void compare_to_one_expert(const Rows& rows, const TrainOptions& options, Model& model) {
  FitSummary& fit = model.fit;
  if (fit.converged || !fit.study || fit.objective != "likelihood" || options.firth) return;
  const bool penalised = options.penalty.experts > 0 || options.penalty.has_l1();
  const bool simplest = penalised || !all_linear(model) || make_solver(fit.solver)->stochastic();
  if (model.size() == 1 && !simplest) return;
  const double one = log_likelihood_of_one(model, rows, simplest, options.threads);
  if (one > fit.log_likelihood + kSameMaximum * fit.weight) fit.study->simpler = one;
}

/// Throws Error (usage) where the parameters to begin with belong to a table with other columns.
void require_same_columns(const Model& start, const Schema& schema) {
  if (start.schema.inputs != schema.inputs || start.schema.labels != schema.labels ||
      start.schema.targets.size() != schema.targets.size())
    throw Error(ErrorKind::kUsage, "--resume: the model reads other inputs or classes than the data: expected its own");
}

/// Whether expert k has a sigma of target t that a fit may move.
bool has_sigma(const Model& model, arma::uword k, arma::uword t) {
  const Family::Marginal marginal =
      model.experts[k].family->marginal(t, model.theta.memptr() + model.experts[k].psi_offset);
  return marginal.family->location_scale() && marginal.family->dispersions() + marginal.family->outputs() > 1;
}

/// Throws Error (usage) for a floor of sigmas that cannot be.
void require_floor(const Model& model, const TrainOptions& options, bool begun) {
  const std::vector<double>& floors = options.sigma_floor;
  if (floors.empty()) return;
  const auto refuse = [](const std::string& sentence) { throw Error(ErrorKind::kUsage, "--sigma-floor: " + sentence); };
  if (begun) refuse("the model that the fit begins with has its floor: expected one of the two only");
  if (floors.size() != model.targets())
    refuse(counted(floors.size(), "number") + " for " + counted(model.targets(), "target") +
           ": expected one for each target");
  for (arma::uword t = 0; t < model.targets(); ++t) {
    if (!(floors[t] > 0 && std::isfinite(floors[t]))) refuse("this is no sigma: expected a number above 0");
    bool any = false;
    for (arma::uword k = 0; k < model.size() && !any; ++k) any = has_sigma(model, k, t);
    if (!any)
      refuse("family '" + model.family_spec() + "' has no sigma to find: expected it with gaussian or its like");
  }
}

/// Throws Error (usage) for an objective that does not contain parameters of a family.
void require_objective(const Model& model, const std::string& objective) {
  if (objective == "likelihood") return;
  for (const Expert& expert : model.experts)
    if (expert.family->likelihood_only())
      throw Error(ErrorKind::kUsage, "family '" + expert.family->spec() +
                                         "' is fitted by its likelihood only: expected " +
                                         "--objective likelihood, or another family");
}

/// The options with the name of a solver in place of "auto".
TrainOptions resolved(const TrainOptions& options, const Model& model, arma::uword rows) {
  TrainOptions result = options;
  if (options.firth) {
    require_firth(model);
    result.solver = model.size() > 1 ? "lbfgs" : "newton";  // without mini-batches; a single expert needs none
    if (model.size() == 1) result.restarts = 1;
  } else {
    result.solver = resolved_solver(model, options, rows);
  }
  return result;
}

/// Checks the request, and decides what it leaves open: which rows are used, and which networks and families.
void settle(FitRequest& request) {
  const TrainOptions& options = request.options;
  check(options, request.validation.has_value());
  use_blas();
  if (arma::any(request.data.w == 0)) request.data = counted_rows(request.data);
  if (options.validation > 0) request.validation = split_off(request.data, options.validation, options.seed);
  ModelSpec& spec = request.spec;
  spec.family = resolved_family(spec.family, request.schema, options, spec.gate_link);
  if (spec.experts.size() == 1) spec.gate = "constant";
  if (!spec.members.empty() || (request.start != nullptr && request.start->is_committee()))
    throw Error(ErrorKind::kUsage, "a committee is not fitted as a whole: expected its members, each by itself");
  if (request.start != nullptr) require_same_columns(*request.start, request.schema);
}

/// A model with the units and, if there are any, the initial parameters of the request. Subtracts offsets from the
/// targets.
Model model_to_fit(FitRequest& request) {
  const auto& [schema, spec, data, validation, options, observer, start, units] = request;
  const Model probe = start != nullptr
                          ? *start
                          : Model(schema, Standardization::none(schema.inputs.size(), schema.targets.size()), spec);
  if (units && start == nullptr) settle_knots(request.spec, data, *units);
  take_offsets(probe, request.data);
  if (validation) take_offsets(probe, *request.validation);
  Model model = start != nullptr ? *start
                : units          ? Model(schema, *units, spec)
                                 : unfitted(schema, spec, probe, data, options.standardize);
  require_use(model);
  require_rows(model, data.rows());
  require_objective(model, options.objective);
  require_floor(model, options, start != nullptr);
  return model;
}

}  // namespace

FitResult train(FitRequest request) {
  require_shape(request.schema, request.data);
  FitResult result;
  TrainReport& report = result.report;
  if (!request.schema.classes()) report.far_values = far_values(request.data.y, request.data.w);
  settle(request);
  const Schema& schema = request.schema;
  const TrainOptions& options = request.options;
  const Model* const start = request.start;
  report.constant_inputs = constant_inputs(request.data);
  report.constant_target = !schema.classes() && has_constant_column(request.data.y);
  const arma::vec steps = schema.classes() ? arma::vec() : steps_between(request.data.y);
  Model& model = result.model = model_to_fit(request);
  request.spec.knots = model.knots;
  TrainOptions solved = resolved(options, model, request.data.rows());
  const Rows rows = model.standardize(std::move(request.data));
  if (start == nullptr && !request.units && !schema.classes())
    model = Model(schema, with_floors(model.standardization, model, rows, steps, solved.solver), request.spec);
  if (!options.sigma_floor.empty())
    model = Model(schema, with_floors(model.standardization, options.sigma_floor), request.spec);
  std::optional<Rows> validation;
  if (request.validation) validation = model.standardize(std::move(*request.validation));
  auto narrow = start == nullptr && goes_by_decompositions(model, options) ? narrowed(model, rows) : std::nullopt;
  Model& fitted = narrow ? *narrow : model;
  if (!options.firth) solved.solver = resolved_solver(fitted, options, rows.count());
  Training(fitted, rows, validation ? &*validation : nullptr, solved, request.observer, options.solver == "auto")
      .run(start, report);
  if (!report.stopped) compare_to_one_expert(rows, options, fitted);
  if (narrow) {
    widen(*narrow, model);
    const std::vector<std::string> without = left_out(*narrow, model);
    report.aliased.insert(report.aliased.end(), without.begin(), without.end());
  }
  report.solver = options.firth ? "firth" : solved.solver;
  report.restrained =
      options.firth || options.penalty.experts > 0 || options.penalty.experts_l1 > 0 || validation.has_value();
  return result;
}

}  // namespace moe
