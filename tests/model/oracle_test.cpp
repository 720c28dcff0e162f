// Comparison with figures that scripts/oracle.py has computed independently in NumPy.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/describe.hpp"
#include "moe/metrics.hpp"
#include "moe/objective.hpp"
#include "moe/train.hpp"

namespace {

using nlohmann::json;

json read_json(const std::string& name) {
  std::ifstream in(std::string(MOE_SOURCE "/testdata/oracle/") + name);
  return json::parse(in);
}

arma::vec vector_of(const json& values) { return arma::vec(values.get<std::vector<double>>()); }

moe::Model model_of(const json& c) {
  const arma::uword d = c.at("X").at(0).size();
  moe::Standardization by;
  by.input_center.zeros(d);
  by.input_scale.ones(d);
  by.target_center = c.at("target_center").get<double>();
  by.target_scale = c.at("target_scale").get<double>();
  by.target_spread = c.at("target_spread").get<double>();
  const moe::ModelSpec spec{c.at("experts"), c.at("gate"),        c.at("gate_link"),
                            c.at("family"),  c.at("gate_inputs"), c.at("expert_inputs")};
  moe::Model model(some_schema(d, c.at("classes")), by, spec);
  model.theta = vector_of(c.at("theta"));
  return model;
}

moe::Rows rows_of(const json& c) {
  const arma::uword n = c.at("X").size(), d = c.at("X").at(0).size();
  moe::Rows rows{arma::mat(1 + d, n, arma::fill::ones), vector_of(c.at("y")), vector_of(c.at("w"))};
  for (arma::uword i = 0; i < n; ++i) rows.X.col(i).tail(d) = vector_of(c.at("X")[i]);
  return rows;
}

}  // namespace

TEST_CASE("objectives and gradients equal NumPy's to 1e-12", "[oracle]") {
  const json cases = read_json("objectives.json");
  REQUIRE(cases.size() > 60);
  for (const json& c : cases) {
    INFO(c.at("name").get<std::string>());
    const moe::Model model = model_of(c);
    const auto objective = moe::make_objective(c.at("objective"));
    arma::vec gradient;
    const arma::vec expected = vector_of(c.at("gradient"));
    REQUIRE(model.theta.n_elem == expected.n_elem);
    const double value = moe::Pass(model, *objective, {}, 1).run(model.theta, rows_of(c), &gradient).value;
    CHECK(value == Approx(c.at("value").get<double>()).epsilon(1e-12).margin(1e-13));
    const double scale = arma::norm(expected, "inf");
    for (arma::uword i = 0; i < expected.n_elem; ++i)
      CHECK(gradient[i] == Approx(expected[i]).epsilon(1e-12).margin(1e-12 * scale));
  }
}

TEST_CASE("penalised maxima on mcycle are those of NumPy's EM and Newton", "[oracle]") {
  moe::CsvReader reader(MOE_SOURCE "/testdata/mcycle.csv");
  const moe::TrainingTable table = moe::read_training_table(reader, {}, 3);
  const json oracle = read_json("mcycle_k3.json");
  for (const json& fit : oracle.at("fits")) {
    INFO("gate_l2 " << fit.at("gate_l2"));
    moe::ModelSpec spec;
    spec.experts.assign(3, "linear");
    spec.family = "gaussian";
    spec.gate_inputs = table.gate_inputs;
    spec.expert_inputs = table.expert_inputs;
    moe::TrainOptions options;
    options.restarts = 100;
    options.penalty.gate = fit.at("gate_l2");
    options.threads = 2;
    const moe::Model model =
        moe::train({.schema = table.schema, .spec = spec, .data = table.data, .options = options}).model;
    // A maximum may be higher than the oracle's, but not lower.
    const double value = model.fit.objective_value + model.fit.penalty;
    const double expected = fit.at("objective").get<double>() + fit.at("penalty").get<double>();
    CHECK(value <= expected + 1e-9);
    if (value < expected - 1e-9) continue;
    CHECK(model.fit.log_likelihood == Approx(fit.at("log_likelihood").get<double>()).epsilon(1e-8));
    // Experts may come in any order; they are sorted by sigma here and there.
    std::vector<std::pair<double, arma::uword>> order;
    for (arma::uword k = 0; k < 3; ++k) order.emplace_back(moe::expert_figures(model, k)[0].value, k);
    std::sort(order.begin(), order.end());
    for (arma::uword k = 0; k < 3; ++k) {
      const json& expert = fit.at("experts")[k];
      const arma::mat coefficients = moe::expert_coefficients(model, order[k].second);
      CHECK(order[k].first == Approx(expert.at("sigma").get<double>()).epsilon(1e-5));
      CHECK(coefficients(0, 0) == Approx(expert.at("(intercept)").get<double>()).epsilon(1e-4));
      CHECK(coefficients(1, 0) == Approx(expert.at("times").get<double>()).epsilon(1e-4));
    }
  }
}
