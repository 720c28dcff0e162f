// Fits with an l1 penalty are compared with scikit-learn's, and with the conditions for a minimum.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/error.hpp"
#include "moe/train.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

struct Table {
  moe::Schema schema;
  moe::Dataset data;
};

moe::Model fit(const Table& table, moe::ModelSpec spec, const moe::TrainOptions& options, moe::TrainReport& report,
               const moe::Model* start = nullptr) {
  std::vector<std::size_t> all;
  for (std::size_t j = 0; j < table.schema.inputs.size(); ++j) all.push_back(j);
  spec.gate_inputs = all;
  spec.expert_inputs.assign(spec.experts.size(), all);
  moe::FitResult result = moe::train({table.schema, spec, table.data, std::nullopt, options, nullptr, start});
  report = result.report;
  return result.model;
}

moe::ModelSpec spec_of(const std::string& family, std::size_t experts, const std::string& network = "linear",
                       const std::string& gate = "linear") {
  moe::ModelSpec spec;
  spec.family = family;
  spec.experts.assign(experts, network);
  spec.gate = gate;
  return spec;
}

moe::TrainOptions options_of(double l1, double gate_l1) {
  moe::TrainOptions options;
  options.penalty.experts_l1 = l1;
  options.penalty.gate_l1 = gate_l1;
  options.threads = 2;
  return options;
}

double target(const std::string& family, double eta, moe::Random& random) {
  if (family == "bernoulli") return random.uniform() < 1 / (1 + std::exp(-3 * eta)) ? 1 : 0;
  if (family == "poisson") return static_cast<double>(random.poisson(std::exp(eta)));
  return 10 * eta + 2 * random.normal();
}

/// Two regimes by x1. x2 and x3 have the most influence, x4 and x5 have none, and x5 is correlated with x3.
Table two_regimes(const std::string& family, arma::uword rows) {
  moe::Random random(3);
  Table table{some_schema(5, family == "bernoulli" ? 2 : 0), {}};
  table.data.X.ones(6, rows);
  table.data.y.set_size(rows, 1);
  table.data.w.set_size(rows);
  for (arma::uword n = 0; n < rows; ++n) {
    for (arma::uword j = 1; j <= 5; ++j) table.data.X(j, n) = random.normal();
    table.data.X(5, n) = 0.3 * table.data.X(5, n) + table.data.X(3, n);
    const arma::vec x = table.data.X.col(n);
    table.data.y[n] = target(family, x[1] > 0 ? 0.9 * x[2] + 0.6 : 0.3 - 0.8 * x[2] + 0.7 * x[3], random);
    table.data.w[n] = random.uniform(0.5, 1.5);
  }
  return table;
}

/// How far theta is from meeting the conditions for a minimum of loss plus penalty, in the objective's unit.
double distance(const moe::Model& model, const Table& table, const moe::TrainOptions& options) {
  const auto objective = moe::make_objective(options.objective);
  const moe::Pass pass(model, *objective, options.penalty, 1);
  arma::vec gradient;
  pass.run(model.theta, model.standardize(table.data), &gradient);
  double worst = 0;
  for (arma::uword i = 0; i < gradient.n_elem; ++i) {
    const double l1 = pass.l1_weights()[i], theta = model.theta[i];
    const double off = theta == 0 ? std::abs(gradient[i]) - l1 : std::abs(gradient[i] + std::copysign(l1, theta));
    worst = std::max(worst, off);
  }
  return worst / objective->unit(model);
}

arma::mat weights_of(const moe::Model& model, const moe::Branch& branch) {
  return arma::mat(model.theta.memptr() + branch.offset, branch.network->last_inputs(), branch.network->outputs())
      .tail_rows(branch.network->last_inputs() - 1);
}

arma::uword zeros(const arma::mat& weights) { return arma::accu(weights == 0); }

}  // namespace

TEST_CASE("single experts under l1 and l2 are scikit-learn's", "[l1]") {
  std::ifstream in(std::string(MOE_SOURCE "/testdata/oracle/l1.json"));
  const json cases = json::parse(in);
  REQUIRE(cases.size() > 10);
  for (const json& c : cases) {
    INFO(c.at("family") << " " << c.at("objective") << ", l1 " << c.at("l1") << ", l2 " << c.at("l2"));
    const arma::uword n = c.at("X").size(), d = c.at("X").at(0).size();
    Table table{some_schema(d, c.at("classes")), {}};
    table.data.X.ones(1 + d, n);
    for (arma::uword i = 0; i < n; ++i)
      table.data.X.col(i).tail(d) = arma::vec(c.at("X")[i].get<std::vector<double>>());
    table.data.y = arma::vec(c.at("y").get<std::vector<double>>());
    table.data.w = arma::vec(c.at("w").get<std::vector<double>>());
    moe::TrainOptions options = options_of(c.at("l1"), 0);
    options.penalty.experts = c.at("l2");
    options.objective = c.at("objective");
    options.solver_options.tolerance = 1e-10;
    moe::TrainReport report;
    const moe::Model model = fit(table, spec_of(c.at("family"), 1), options, report);
    CHECK(report.solver == "owlqn");
    const double scale = model.standardization.target_scale[0];
    const arma::mat weights = scale * weights_of(model, model.experts[0]);
    arma::uword kept = 0;
    for (arma::uword out = 0; out < weights.n_cols; ++out)
      for (arma::uword j = 0; j < d; ++j) {
        const double expected = c.at("weights")[out][j];
        CHECK((weights(j, out) == 0) == (expected == 0));
        CHECK(weights(j, out) == Approx(expected).epsilon(1e-7).margin(1e-8 * scale));
        if (expected != 0) ++kept;
      }
    // Only differences between the intercepts of classes have a meaning.
    const moe::Expert& expert = model.experts[0];
    const auto intercept = [&](arma::uword out) { return model.theta[expert.offset + expert.network->intercept(out)]; };
    const json& expected = c.at("intercept");
    if (weights.n_cols == 1)
      CHECK(model.target_in_data_units(intercept(0)) == Approx(expected[0].get<double>()).epsilon(1e-7));
    for (arma::uword out = 1; out < weights.n_cols; ++out)
      CHECK(intercept(out) - intercept(0) ==
            Approx(expected[out].get<double>() - expected[0].get<double>()).epsilon(1e-7));
    CHECK(report.experts_l1.not_zero == kept);
    CHECK(report.experts_l1.all == d * weights.n_cols);
    CHECK(report.gate_l1.all == 0);
    // Under a softmax each row of weights has a 0, so that each weight that is not 0 is one parameter.
    const arma::uword intercepts = weights.n_cols == 1 ? 1 : weights.n_cols - 1;
    CHECK(model.fit.parameters == kept + expert.family->dispersions() + intercepts);
  }
}

TEST_CASE("mixtures end where no move lowers loss plus l1", "[l1]") {
  for (const std::string family : {"gaussian", "gaussian:shared", "gaussian:unit", "bernoulli", "poisson"})
    for (const std::size_t experts : {2, 3})
      for (const double l2 : {0.0, 0.02}) {
        INFO(family << ", " << experts << " experts, l2 " << l2);
        const Table table = two_regimes(family, 600);
        moe::TrainOptions options = options_of(0.02, 0.02);
        options.penalty.experts = l2;
        if (l2 > 0) options.penalty.gate = l2;
        options.restarts = 3;
        moe::TrainReport report;
        const moe::Model model = fit(table, spec_of(family, experts), options, report);
        CHECK(model.fit.converged);
        CHECK(distance(model, table, options) < 1e-6);
        CHECK(report.experts_l1.not_zero < report.experts_l1.all);
        // In the unit of gaussian:unit, which is the target's variance, this penalty is too large for a gate.
        CHECK((report.gate_l1.not_zero > 0) == (family != "gaussian:unit"));
        CHECK(report.gate_l1.not_zero < report.gate_l1.all);
        arma::uword kept = 0;
        for (const moe::Expert& expert : model.experts) kept += 5 - zeros(weights_of(model, expert));
        CHECK(report.experts_l1.not_zero == kept);
      }
}

TEST_CASE("either penalty leaves the other branch's weights alone", "[l1]") {
  const Table table = two_regimes("gaussian", 400);
  for (const bool gate : {false, true}) {
    const moe::TrainOptions options = gate ? options_of(0, 0.05) : options_of(0.05, 0);
    moe::TrainReport report;
    const moe::Model model = fit(table, spec_of("gaussian", 2), options, report);
    CHECK(distance(model, table, options) < 1e-6);
    CHECK((report.gate_l1.all == 0) == !gate);
    CHECK((report.experts_l1.all == 0) == gate);
    const arma::uword in_experts =
        zeros(weights_of(model, model.experts[0])) + zeros(weights_of(model, model.experts[1]));
    CHECK((in_experts > 0) == !gate);
    CHECK((zeros(weights_of(model, model.gate_branch)) > 0) == gate);
  }
}

TEST_CASE("a gate's weights stand where their penalty is least, and count once where they are opposite", "[l1]") {
  const Table table = two_regimes("gaussian", 400);
  for (const arma::uword experts : {2, 3, 4}) {
    const moe::TrainOptions options = options_of(0, 0.01);
    moe::TrainReport report;
    const moe::Model model = fit(table, spec_of("gaussian", experts), options, report);
    const arma::mat weights = weights_of(model, model.gate_branch);
    arma::uword free = 0;
    for (arma::uword j = 0; j < 5; ++j) {
      const arma::rowvec row = arma::sort(arma::rowvec(weights.row(j)));
      CHECK(row[(experts - 1) / 2] <= 0);
      CHECK(row[experts / 2] >= 0);
      free += std::min<arma::uword>(arma::accu(row != 0), experts - 1);
    }
    CHECK(model.fit.parameters == free + (experts - 1) + 7 * experts);
    CHECK(model.fit.aic == Approx(2 * static_cast<double>(model.fit.parameters) - 2 * model.fit.log_likelihood));
  }
}

TEST_CASE("the largest gradient at zero weights is the penalty from which on all of them are 0", "[l1]") {
  for (const std::string family : {"gaussian:unit", "bernoulli", "poisson"}) {
    INFO(family);
    const Table table = two_regimes(family, 300);
    moe::TrainReport report;
    const moe::Model empty = fit(table, spec_of(family, 1, "linear", "constant"), options_of(1e3, 0), report);
    CHECK(report.experts_l1.not_zero == 0);
    const auto objective = moe::make_objective("likelihood");
    arma::vec gradient;
    moe::Pass(empty, *objective, {}, 1).run(empty.theta, empty.standardize(table.data), &gradient);
    const double least = arma::norm(gradient, "inf") / objective->unit(empty);
    fit(table, spec_of(family, 1), options_of(1.0001 * least, 0), report);
    CHECK(report.experts_l1.not_zero == 0);
    fit(table, spec_of(family, 1), options_of(0.999 * least, 0), report);
    CHECK(report.experts_l1.not_zero == 1);
  }
}

TEST_CASE("multilayer perceptrons and objectives without second derivatives, too", "[l1]") {
  const Table table = two_regimes("gaussian", 300);
  moe::TrainOptions options = options_of(0.01, 0.01);
  options.solver_options.epochs = 20000;
  options.restarts = 1;
  moe::TrainReport report;
  const moe::Model deep = fit(table, spec_of("gaussian", 2, "mlp:4:tanh", "mlp:3:tanh"), options, report);
  CHECK(distance(deep, table, options) < 1e-6);
  CHECK(report.experts_l1.all == 2 * (5 * 4 + 4));
  CHECK(report.experts_l1.not_zero < report.experts_l1.all);
  for (const std::string objective : {"me", "blend", "localized"}) {
    INFO(objective);
    options.objective = objective;
    const moe::Model model = fit(table, spec_of("auto", 2), options, report);
    CHECK(distance(model, table, options) < 1e-6);
    CHECK(report.experts_l1.not_zero < report.experts_l1.all);
  }
}

TEST_CASE("a fit that goes on from its own end stays there", "[l1]") {
  const Table table = two_regimes("gaussian", 300);
  const moe::TrainOptions options = options_of(0.03, 0.03);
  moe::TrainReport report;
  const moe::Model model = fit(table, spec_of("gaussian", 3), options, report);
  const moe::Model again = fit(table, spec_of("gaussian", 3), options, report, &model);
  CHECK(again.fit.iterations == 0);
  CHECK(arma::norm(again.theta - model.theta, "inf") < 1e-12);
  CHECK(arma::all((again.theta == 0) == (model.theta == 0)));
}

TEST_CASE("l1 at the command line", "[l1]") {
  const Shell sh;
  sh("moe gen friedman1 -d 8 -n 400 --seed 4 -o d.csv");
  const Ran ran = sh("moe train d.csv --l1 0.1 --gate-l1 0.1 -o m.moe && moe inspect --json m.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.find("owlqn: ") != std::string::npos);
  CHECK(ran.err.find(" + penalty ") != std::string::npos);
  const json model = json::parse(ran.out);
  int kept = 0;
  for (const json& expert : model.at("experts"))
    for (int j = 1; j <= 8; ++j)
      if (expert.at("coefficients").at("x" + std::to_string(j)) != 0.0) ++kept;
  CHECK(kept < 16);
  CHECK(ran.err.find("\nl1: " + std::to_string(kept) + " of 16 weights of the experts are not 0, ") !=
        std::string::npos);
  CHECK(model.at("fit").at("penalty") > 0.01);
  CHECK(sh("moe train d.csv --gate-l1 0.1 -o m.moe").err.find(" of 16 weights of the gate are not 0\n") !=
        std::string::npos);
  CHECK(sh("moe train d.csv -k 1 --l1 0.1 -o m.moe").err.find(" of 8 weights of the experts are not 0\n") !=
        std::string::npos);
  CHECK(sh("moe train -k 2 d.csv -o m.moe").err.find("l1: ") == std::string::npos);
  for (const std::string solver : {"em", "newton", "lbfgs", "adam", "sgd"}) {
    const Ran refused = sh("moe train d.csv --gate-l1 0.1 --solver " + solver + " -o x");
    CHECK(refused.status == 2);
    CHECK(refused.err == "moe train: --solver " + solver +
                             ": it brings no weight to 0, as --l1 and --gate-l1 mean to: expected --solver owlqn or "
                             "auto\n");
  }
  CHECK(sh("moe train d.csv --l1 -1 -o x").err == "moe train: --l1: '-1': expected a number of at least 0\n");
  CHECK(sh("moe train d.csv --l1 0.1 --gate-l1 0.1 --threads 1 -q -o a.moe && moe train d.csv --l1 0.1 --gate-l1 0.1 "
           "--threads 2 -q -o b.moe && cmp a.moe b.moe")
            .status == 0);
}
