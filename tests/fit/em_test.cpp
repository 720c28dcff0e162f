// The promises of expectation maximisation, for every family.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "fit/fit_problem.hpp"
#include "models.hpp"
#include "moe/predict.hpp"
#include "moe/recipe.hpp"
#include "moe/registry.hpp"
#include "moe/train.hpp"
#include "shell.hpp"

namespace {

using moe::Dataset;
using moe::Model;

/// A model and rows for it, in data units.
struct Trial {
  moe::Schema schema;
  moe::ModelSpec spec;
  Dataset data;
  std::string name;
};

std::vector<std::string> families() {
  std::vector<std::string> all;
  for (const moe::Word& word : moe::family_words()) all.insert(all.end(), word.examples.begin(), word.examples.end());
  return all;
}

bool may_be_mixed(const std::string& a, const std::string& b) {
  return moe::family_support(a) == moe::family_support(b) && moe::family_support(a) != moe::Support::kClasses &&
         a != "gaussian:shared" && b != "gaussian:shared";
}

/// Draws rows from a random model of that family, and makes a model to be fitted to them, with linear networks of all
/// kinds, and sometimes with another family in one expert.
Trial some_trial(const std::string& family, moe::Random& random) {
  const arma::uword d = 1 + random.below(2), K = 1 + random.below(4), n = 15 + random.below(35);
  Make make{family, "linear", "linear", "softmax", 1 + random.below(3), d, classes_of(family), false};
  Model truth = make_model(make);
  randomize(truth, random);
  const moe::Rows rows = some_rows(truth, n, random);
  Trial trial;
  trial.data = in_data_units(truth, rows);
  moe::Predictive predictive(truth);
  predictive.at(trial.data);
  arma::vec y;
  arma::uvec expert;
  predictive.draw(random, y, expert);
  const moe::Support support = moe::family_support(family);
  if (support == moe::Support::kUnitInterval) y = arma::clamp(y, 1e-3, 1 - 1e-3);
  if (support == moe::Support::kPositive) y = arma::clamp(y, 1e-6, 1e6);
  if (support == moe::Support::kCounts) y = arma::clamp(y, 0, 1e6);
  trial.data.y = y;
  trial.schema = truth.schema;
  const std::vector<std::string> all = families();
  const std::vector<std::string> networks = {"linear", "linear", "constant", "poly:2", "linear:no-intercept"};
  trial.spec.family = family;
  trial.spec.gate = random.below(3) == 0 ? "constant" : "linear";
  trial.spec.experts.clear();
  for (arma::uword j = 0; j < d; ++j) trial.spec.gate_inputs.push_back(j);
  const bool mixed = random.below(3) == 0;
  trial.name = family + ":";
  for (arma::uword k = 0; k < K; ++k) {
    std::string own = family;
    while (mixed && k > 0 && !may_be_mixed(own = all[random.below(all.size())], family)) {
      own = family;
      if (!may_be_mixed(family, family)) break;
    }
    trial.spec.expert_families.push_back(own);
    trial.spec.experts.push_back(networks[random.below(networks.size())]);
    trial.spec.expert_inputs.push_back(trial.spec.gate_inputs);
    trial.name += " " + own + ":" + trial.spec.experts.back();
  }
  trial.name += ", gate " + trial.spec.gate;
  const auto& own = trial.spec.expert_families;
  if (std::all_of(own.begin(), own.end(), [&](const std::string& f) { return f == family; }))
    trial.spec.expert_families.clear();
  return trial;
}

moe::TrainOptions by(const std::string& solver) {
  moe::TrainOptions options;
  options.solver = solver;
  options.restarts = 1;
  return options;
}

Model train(const Trial& trial, const moe::TrainOptions& options, const moe::Observer& observer = nullptr,
            const Model* start = nullptr, std::string* stop = nullptr) {
  moe::FitResult fit = moe::train({trial.schema, trial.spec, trial.data, std::nullopt, options, observer, start});
  if (stop != nullptr) *stop = fit.report.stop;
  return fit.model;
}

/// The same rows with weights 0.5, 1, .. in `trial`, and as often as that, as half rows, in the result.
Trial repeat_rows(Trial& trial, moe::Random& random) {
  Trial repeated = trial;
  std::vector<arma::uword> rows;
  for (arma::uword n = 0; n < trial.data.rows(); ++n) {
    const std::uint64_t times = 1 + random.below(4);
    trial.data.w[n] = 0.5 * static_cast<double>(times);
    rows.insert(rows.end(), times, n);
  }
  repeated.data = {trial.data.take(arma::uvec(rows))};
  repeated.data.w.fill(0.5);
  return repeated;
}

/// A step of EM over these rows from the model's parameters, in theta.
struct StepOver {
  StepOver(const Model& from, const Dataset& data, const moe::Penalty& penalty)
      : rows(from.standardize(data)),
        basis(from, rows, 1),
        objective(moe::make_objective("likelihood")),
        pass(from, *objective, penalty, 1) {
    moe::FitProblem problem({from, *objective, penalty, rows, nullptr, 0, 0, 1, &basis}, nullptr);
    step = problem.em()->em_step(problem.seen(from.theta));
    step.target = problem.theta(step.target);
  }
  double value_at(const arma::vec& theta) const { return pass.run(theta, rows, nullptr).value; }

  moe::Rows rows;
  moe::Basis basis;
  std::shared_ptr<const moe::Objective> objective;
  moe::Pass pass;
  moe::EmSteps::Improvement step;
};

/// Checks that a step over weighted rows is the one over repeated rows, and returns what it gains. A step is made of
/// sums over rows. Those of the two differ in the order of their terms, so by rounding. Parameters that are hardly
/// determined may differ by more, but the objective does not.
double check_same_step(const Model& from, const Dataset& weighted, const Dataset& repeated,
                       const moe::Penalty& penalty) {
  const StepOver one(from, weighted, penalty), other(from, repeated, penalty);
  CHECK(one.rows.count() < other.rows.count());
  CHECK(arma::accu(one.rows.w) == arma::accu(other.rows.w));
  CHECK(one.step.value == Approx(other.step.value).epsilon(1e-10).margin(1e-10));
  const double before = other.value_at(from.theta), after = other.value_at(other.step.target);
  CHECK(other.value_at(one.step.target) == Approx(after).epsilon(1e-9).margin(1e-9));
  return before - after;
}

}  // namespace

TEST_CASE("EM never lets the penalised objective rise", "[em]") {
  const std::vector<std::string> all = families();
  moe::Random random(41);
  for (int i = 0; i < 1000; ++i) {
    const Trial trial = some_trial(all[static_cast<std::size_t>(i) % all.size()], random);
    moe::TrainOptions options = by("em");
    options.seed = static_cast<std::uint64_t>(i);
    options.solver_options.epochs = 60;
    options.penalty.experts = random.below(2) == 0 ? 0 : std::pow(10, random.uniform(-6, 1));
    options.penalty.gate = random.below(2) == 0 ? 1e-12 : std::pow(10, random.uniform(-6, 1));
    double last = std::numeric_limits<double>::infinity(), highest = 0;
    INFO(i << ": " << trial.name << ", penalties " << options.penalty.experts << " " << options.penalty.gate);
    train(trial, options, [&](const moe::PassReport& report) {
      if (report.pass == 0)
        // The objective may rise here, as another fit begins: that of a simpler family comes first.
        last = std::numeric_limits<double>::infinity();
      highest = std::max(highest, (report.objective - last) / std::abs(last));
      last = report.objective;
      return true;
    });
    CHECK(std::isfinite(last));
    CHECK(highest <= 1e-10);
  }
}

TEST_CASE("EM, lbfgs and Newton's steps end at the same maximum", "[em]") {
  const std::vector<std::string> all = families();
  moe::Random random(43);
  int ended = 0, agreed = 0;
  for (int i = 0; i < 120; ++i) {
    const std::string& family = all[static_cast<std::size_t>(i) % all.size()];
    const Trial trial = some_trial(family, random);
    const auto& own = trial.spec.expert_families;
    if (family == "laplace" || std::count(own.begin(), own.end(), "laplace") > 0)
      continue;  // the gradient jumps at the maximum
    INFO(i << ": " << trial.name);
    moe::TrainOptions options = by("em");
    options.seed = static_cast<std::uint64_t>(i);
    options.penalty = {1e-2, 1e-2};  // makes the maximum lie at ordinary parameters
    options.solver_options.epochs = 5;
    const Model start = train(trial, options);
    options.solver_options.epochs = 1000;
    options.solver_options.tolerance = 1e-9;
    std::map<std::string, Model> ends;
    std::map<std::string, std::string> stops;
    for (const char* solver : {"em", "lbfgs", "newton"}) {
      options.solver = solver;
      ends[solver] = train(trial, options, nullptr, &start, &stops[solver]);
    }
    const Model& em = ends.at("em");
    if (!em.fit.converged) continue;
    ++ended;
    // Where EM reports a small gradient, lbfgs with its own evaluation has nothing left to do.
    options.solver = "lbfgs";
    options.solver_options.tolerance = 1e-8;  // conversions to theta and back lose digits, more where a sigma is small
    const Model after = train(trial, options, nullptr, &em);
    INFO(stops.at("em") << " after " << em.fit.iterations << ", then " << after.fit.iterations);
    if (stops.at("em") == "gradient below tolerance") {
      CHECK(after.fit.iterations == 0);
      CHECK(after.fit.converged);
    }
    CHECK(after.fit.log_likelihood == Approx(em.fit.log_likelihood).epsilon(1e-8));
    const auto value = [](const Model& model) { return model.fit.objective_value + model.fit.penalty; };
    bool same = true;
    for (const char* solver : {"lbfgs", "newton"}) {
      const Model& other = ends.at(solver);
      INFO(solver);
      if (!other.fit.converged || arma::norm(other.theta - em.theta, "inf") > 1e-3) {
        // The same maximum is found, also where a parameter goes to infinity (a sigma on its floor, a nu), up to a
        // tolerance.
        same = same && other.fit.converged && std::abs(value(other) - value(em)) < 1e-8;
        continue;
      }
      CHECK(value(other) ==
            Approx(value(em)).epsilon(1e-10));  // which all maximise; the likelihood alone has a slope there
    }
    agreed += same ? 1 : 0;
  }
  INFO(ended << " ended, " << agreed << " agreed");
  CHECK(ended > 75);
  CHECK(agreed > 45);
}

TEST_CASE("EM counts weights as it counts rows", "[em]") {
  const std::vector<std::string> all = families();
  moe::Random random(47);
  int steps = 0, ended = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string& family = all[static_cast<std::size_t>(i) % all.size()];
    Trial trial = some_trial(family, random);
    INFO(i << ": " << trial.name);
    moe::TrainOptions options = by("em");
    options.seed = static_cast<std::uint64_t>(i);
    options.penalty = {1e-3, 1e-2};
    options.solver_options.epochs = 1;
    const Trial repeated = repeat_rows(trial, random);
    const Model start = train(trial, options);
    steps += check_same_step(start, trial.data, repeated.data, options.penalty) > 1e-4 ? 1 : 0;
    // Two whole fits may part where a decision hangs on the last bit, such as whether a step is halved. But where one
    // has found the gradient 0, so does the other.
    options.solver_options.epochs = 0;
    std::string stop;
    const Model weighted = train(trial, options, nullptr, &start, &stop);
    if (stop != "gradient below tolerance") continue;
    ++ended;
    options.solver_options.tolerance = 1e-8;
    const Model counted = train(repeated, options, nullptr, &weighted, &stop);
    CHECK(stop == "gradient below tolerance");
    CHECK(StepOver(weighted, trial.data, options.penalty).step.slope < 1e-6);
    CHECK(counted.fit.weight == weighted.fit.weight);
    CHECK(counted.fit.rows > weighted.fit.rows);
    CHECK(counted.fit.log_likelihood == Approx(weighted.fit.log_likelihood).epsilon(1e-10));
    CHECK(counted.fit.objective_value == Approx(weighted.fit.objective_value).epsilon(1e-10));
    CHECK(arma::approx_equal(counted.theta, weighted.theta, "both", 1e-6, 1e-6));
  }
  INFO(steps << " steps, " << ended << " ended");
  CHECK(steps > 50);
  CHECK(ended > 50);
}

TEST_CASE("a step of EM over several targets counts weights as it counts rows", "[em]") {
  const std::string family = GENERATE("gaussian:full", "gaussian,gaussian", "gaussian:shared,gaussian:shared",
                                      "gaussian,poisson", "student,gaussian:hetero");
  CAPTURE(family);
  moe::Random random(53);
  Model model = make_model({family, "linear", "linear", "softmax", 3, 2, 0, false, 2});
  randomize(model, random);
  Trial trial;
  trial.data = in_data_units(model, some_rows(model, 60, random));
  const Trial repeated = repeat_rows(trial, random);
  CHECK(check_same_step(model, trial.data, repeated.data, {1e-3, 1e-2}) > 1e-4);
}

TEST_CASE("EM, lbfgs and a long adam run meet at R's maximum from the same start", "[em]") {
  // The models of flexmix in testdata/oracle/families.json.
  const std::pair<const char*, double> cases[] = {
      {"gaussian-k2.csv -y y --features x1,x2", -292.352421672074},
      {"poisson-k2.csv -y y --features x1,x2 --gate constant --family poisson", -452.412668039972},
      {"binomial-k2.csv -y y --features x1,x2 --gate constant --trials n --family binomial", -346.817090963222},
  };
  const Shell sh;
  for (const auto& [arguments, expected] : cases) {
    const std::string all = arguments, data = "$DATA/oracle/families/" + all.substr(0, all.find(' '));
    sh("moe train -q --solver adam --epochs 20 $DATA/oracle/families/" + all + " -o start.moe");
    for (const std::string solver :
         {"em", "lbfgs", "adam --batch 0 --epochs 10000 --schedule cosine --learning-rate 0.001"}) {
      const Ran ran = sh("moe train -q " + data + " --resume start.moe --solver " + solver +
                         " -o end.moe && moe inspect --json end.moe");
      INFO(ran);
      REQUIRE(ran.status == 0);
      CHECK(nlohmann::json::parse(ran.out).at("fit").at("log_likelihood").get<double>() ==
            Approx(expected).epsilon(0).margin(1e-6));
    }
  }
}

TEST_CASE("generalised EM never lets the penalised objective rise, and ends where lbfgs does", "[em]") {
  const std::vector<std::string> all = families();
  moe::Random random(54);
  int agreed = 0;
  for (int i = 0; i < 60; ++i) {
    Trial trial = some_trial(all[static_cast<std::size_t>(i) % all.size()], random);
    for (std::string& network : trial.spec.experts) network = random.below(2) == 0 ? "mlp:3:tanh" : "mlp:2:silu";
    INFO(i << ": " << trial.name);
    moe::TrainOptions options = by("em");
    options.seed = static_cast<std::uint64_t>(i);
    options.penalty = {1e-2, 1e-2};
    options.solver_options.epochs = 100;
    double last = std::numeric_limits<double>::infinity(), highest = 0;
    const Model em = train(trial, options, [&](const moe::PassReport& report) {
      if (report.pass == 0)
        last = std::numeric_limits<double>::infinity();  // another fit begins: that of a simpler family comes first
      highest = std::max(highest, (report.objective - last) / std::abs(last));
      last = report.objective;
      return true;
    });
    CHECK(highest <= 1e-10);
    if (!em.fit.converged) continue;
    options.solver = "lbfgs";
    options.solver_options = {};
    const Model after = train(trial, options, nullptr, &em);
    CHECK(after.fit.objective_value + after.fit.penalty ==
          Approx(em.fit.objective_value + em.fit.penalty).epsilon(1e-8));
    ++agreed;
  }
  INFO(agreed);
  CHECK(agreed > 10);
}
