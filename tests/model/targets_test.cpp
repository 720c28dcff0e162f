// Several targets at once. laws_test.cpp checks what they have in common with one target.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model_parts.hpp"
#include "models.hpp"
#include "moe/describe.hpp"
#include "moe/inference.hpp"
#include "moe/metrics.hpp"
#include "moe/model_file.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "moe/train.hpp"
#include "scratch.hpp"
#include "throws.hpp"

namespace {

using moe::Dataset;
using moe::Model;
using nlohmann::json;

std::vector<std::string> several_families() {
  std::vector<std::string> all;
  for (const moe::Word& word : moe::several_family_words())
    all.insert(all.end(), word.examples.begin(), word.examples.end());
  return all;
}

arma::mat matrix_of(const json& rows) {
  arma::mat result(rows.size(), rows.at(0).size());
  for (arma::uword i = 0; i < result.n_rows; ++i) result.row(i) = arma::rowvec(rows[i].get<std::vector<double>>());
  return result;
}

Dataset data_of(const json& c) {
  const arma::mat X = matrix_of(c.at("X"));
  Dataset data;
  data.X = arma::join_cols(arma::ones(1, X.n_rows), X.t());
  data.y = matrix_of(c.at("Y"));
  data.w = arma::vec(c.at("w").get<std::vector<double>>());
  return data;
}

moe::ModelSpec spec_of(const std::string& family, arma::uword experts, arma::uword inputs) {
  moe::ModelSpec spec;
  spec.family = family;
  spec.experts.assign(experts, "linear");
  for (arma::uword j = 0; j < inputs; ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(experts, spec.gate_inputs);
  return spec;
}

Model fitted(const std::string& family, arma::uword experts, const Dataset& data, moe::TrainOptions options = {}) {
  const arma::uword d = data.X.n_rows - 1;
  options.penalty.gate = 0;
  return moe::train({.schema = some_schema(d, 0, data.y.n_cols),
                     .spec = spec_of(family, experts, d),
                     .data = data,
                     .options = options})
      .model;
}

/// In data units, computed from the output of `moe inspect`.
arma::mat covariance_of(const Model& model, arma::uword k) {
  arma::mat result(model.targets(), model.targets(), arma::fill::zeros);
  const auto figures = moe::expert_figures(model, k);
  const auto value = [&](const std::string& name) {
    for (const auto& figure : figures)
      if (figure.name == name) return figure.value;
    return 0.0;
  };
  const auto& names = model.schema.targets;
  for (arma::uword t = 0; t < names.size(); ++t)
    for (arma::uword s = 0; s <= t; ++s)
      result(s, t) = result(t, s) = value("sigma_" + names[s]) * value("sigma_" + names[t]) *
                                    (s == t ? 1 : value("correlation_" + names[s] + "_" + names[t]));
  return result;
}

void check_near(const arma::mat& ours, const arma::mat& theirs, double tolerance) {
  REQUIRE(arma::size(ours) == arma::size(theirs));
  const double size = arma::abs(theirs).max();
  for (arma::uword i = 0; i < ours.n_elem; ++i)
    CHECK(ours[i] == Approx(theirs[i]).epsilon(tolerance).margin(tolerance * 1e-3 * size));
}

Model random_model(const std::string& family, arma::uword experts, moe::Random& random) {
  Model model = make_model({family, "linear", "linear", "softmax", experts, 2, 0, false, 2});
  randomize(model, random);
  return model;
}

/// Points and weights that sum a function of target t at row 0: counts one by one, else Gauss-Legendre quadrature
/// between quantiles.
struct Rule {
  std::vector<double> at, weight;
};

Rule rule_of(const moe::Predictive& predictive, arma::uword t) {
  Rule rule;
  if (predictive.discrete(t)) {
    for (double y = 0; y <= predictive.quantile(1 - 1e-9, t)[0]; ++y) rule.at.push_back(y), rule.weight.push_back(1);
    return rule;
  }
  std::vector<double> cuts;
  for (double p = 1e-9; p < 0.02; p *= 3) cuts.push_back(predictive.quantile(p, t)[0]);
  for (double p = 0.02; p < 0.99; p += 0.01) cuts.push_back(predictive.quantile(p, t)[0]);
  for (double p = 0.01; p > 1e-9; p /= 3) cuts.push_back(predictive.quantile(1 - p, t)[0]);
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double middle = 0.5 * (cuts[i] + cuts[i + 1]), half = 0.5 * (cuts[i + 1] - cuts[i]);
    for (const double side : {-std::sqrt(0.6), 0.0, std::sqrt(0.6)}) {
      rule.at.push_back(middle + side * half);
      rule.weight.push_back(half * (side == 0 ? 8.0 : 5.0) / 9);
    }
  }
  return rule;
}

}  // namespace

TEST_CASE("several targets: maxima of the likelihood are NumPy's", "[targets][oracle]") {
  std::ifstream in(MOE_SOURCE "/testdata/oracle/targets.json");
  for (const json& c : json::parse(in))
    for (const auto& [key, family] : {std::pair{"full", "gaussian:full"}, std::pair{"independent", "gaussian"}}) {
      INFO(c.at("name") << " " << key);
      const json& oracle = c.at(key);
      const arma::uword K = oracle.at("experts").size();
      const Model model = fitted(family, K, data_of(c));
      CHECK(model.fit.log_likelihood == Approx(oracle.at("log_likelihood").get<double>()).epsilon(1e-11));
      const arma::mat first = moe::expert_coefficients(model, 0);
      const arma::mat expected = matrix_of(oracle.at("experts")[0].at("coefficients"));
      const bool swapped = K == 2 && std::abs(first(0, 0) - expected(0, 0)) > 0.1;
      for (arma::uword k = 0; k < K; ++k) {
        const json& expert = oracle.at("experts")[swapped ? 1 - k : k];
        check_near(moe::expert_coefficients(model, k), matrix_of(expert.at("coefficients")), 1e-5);
        check_near(covariance_of(model, k), matrix_of(expert.at("covariance")), 1e-5);
      }
      if (K == 1) {
        const moe::Inference inference = *moe::stored_inference(model);
        CHECK(inference.uncertainty.degrees_of_freedom == Approx(model.fit.weight - 3));
        check_near(moe::expert_estimates(model, inference, 0, 0.95).error, matrix_of(oracle.at("standard_errors")),
                   1e-6);
        continue;
      }
      const arma::vec gate = moe::gate_coefficients(model).col(0);
      check_near(swapped ? arma::vec(-gate) : gate, arma::vec(oracle.at("gate").get<std::vector<double>>()), 1e-4);
    }
}

TEST_CASE("several targets: one expert is the sum of the targets' own fits", "[targets]") {
  moe::Random random(3);
  Dataset data;
  data.X = arma::mat(3, 80, arma::fill::ones);
  data.y.set_size(80, 3);
  data.w.set_size(80);
  for (arma::uword n = 0; n < 80; ++n) {
    const double a = data.X(1, n) = random.normal(), b = data.X(2, n) = 5 + 2 * random.normal();
    data.y.row(n) = arma::rowvec{1 + a - b + random.normal(), std::floor(3 * random.uniform() * std::exp(0.3 * a)),
                                 100 * b + 30 * random.normal() / (0.1 + random.uniform())};
    data.w[n] = random.uniform(0.5, 1.5);
  }
  const std::vector<std::string> families = {"gaussian", "poisson", "student"};
  moe::TrainOptions options;
  options.solver = "newton";
  const Model joint = fitted("gaussian,poisson,student", 1, data, options);
  double sum = 0;
  std::uint64_t parameters = 0;
  for (arma::uword t = 0; t < 3; ++t) {
    Dataset own = data;
    own.y = data.y.col(t);
    const Model model = fitted(families[t], 1, own, options);
    sum += model.fit.log_likelihood;
    parameters += model.fit.parameters;
    check_near(moe::expert_coefficients(joint, 0).col(t), moe::expert_coefficients(model, 0), 1e-5);
  }
  CHECK(joint.fit.log_likelihood == Approx(sum).epsilon(1e-10));
  CHECK(joint.fit.parameters == parameters);
  const moe::Metrics metrics = moe::evaluate(joint, data);
  CHECK(metrics.log_likelihood == Approx(sum).epsilon(1e-10));
  CHECK(metrics.numbers.size() == 3);
}

TEST_CASE("several targets: a full covariance explains as much as a diagonal one", "[targets]") {
  moe::Random random(5);
  for (int i = 0; i < 5; ++i) {
    const Model truth = random_model(i % 2 == 0 ? "gaussian" : "gaussian:full", 2, random);
    Dataset data = in_data_units(truth, some_rows(truth, 150, random));
    moe::Predictive predictive(truth);
    predictive.at(data);
    arma::uvec expert;
    predictive.draw(random, data.y, expert);
    const Model full = fitted("gaussian:full", 2, data), diagonal = fitted("gaussian", 2, data);
    CHECK(full.fit.log_likelihood >= diagonal.fit.log_likelihood);
    CHECK(full.fit.parameters == diagonal.fit.parameters + 2);
  }
}

TEST_CASE("several targets: densities sum to 1, and to the marginals", "[targets]") {
  moe::Random random(7);
  for (const std::string& family : several_families()) {
    INFO(family);
    const Model model = random_model(family, 2, random);
    Dataset data = in_data_units(model, some_rows(model, 1, random));
    moe::Predictive predictive(model);
    predictive.at(data);
    const Rule first = rule_of(predictive, 0), second = rule_of(predictive, 1);
    const arma::uword n = first.at.size() * second.at.size();
    Dataset grid{arma::repmat(data.X, 1, n), arma::mat(n, 2), arma::vec(n)};
    for (arma::uword i = 0; i < n; ++i) {
      const arma::uword a = i % first.at.size(), b = i / first.at.size();
      grid.y.row(i) = arma::rowvec{first.at[a], second.at[b]};
      grid.w[i] = first.weight[a] * second.weight[b];
    }
    moe::Predictive everywhere(model);
    everywhere.at(grid);
    const arma::vec mass = grid.w % arma::exp(everywhere.log_density());
    CHECK(arma::accu(mass) == Approx(1).margin(2e-4));
    for (arma::uword t = 0; t < 2; ++t) {
      const double mean = predictive.mean(t)[0], sd = predictive.sd(t)[0];
      const arma::vec y = grid.y.col(t);
      if (std::isfinite(sd)) CHECK(arma::dot(mass, y) == Approx(mean).margin(2e-3 * sd));
      const double at = predictive.discrete(t) ? 2 : predictive.quantile(0.32, t)[0];
      CHECK(arma::accu(mass.elem(arma::find(y <= at))) == Approx(predictive.cdf(arma::vec{at}, t)[0]).margin(2e-3));
    }
  }
}

TEST_CASE("several targets: draws have the means and covariances of their distribution", "[targets]") {
  moe::Random random(11);
  const Model model = random_model("gaussian:full", 1, random);
  const arma::uword draws = 40000;
  const Dataset one = in_data_units(model, some_rows(model, 1, random));
  Dataset same{arma::repmat(one.X, 1, draws), arma::repmat(one.y, draws, 1), arma::vec(draws, arma::fill::ones)};
  moe::Predictive predictive(model);
  predictive.at(same);
  arma::mat y;
  arma::uvec expert;
  predictive.draw(random, y, expert);
  const arma::mat expected = covariance_of(model, 0), found = arma::cov(y);
  for (arma::uword t = 0; t < 2; ++t) {
    const double sd = predictive.sd(t)[0];
    CHECK(sd * sd == Approx(expected(t, t)).epsilon(1e-12));
    const double scale = model.standardization.target_scale[t];
    CHECK(predictive.expert_variances(t)(0, 0) * scale * scale == Approx(expected(t, t)).epsilon(1e-12));
    CHECK(arma::mean(y.col(t)) == Approx(predictive.mean(t)[0]).margin(0.025 * sd));
    for (arma::uword s = 0; s < 2; ++s)
      CHECK(found(s, t) == Approx(expected(s, t)).margin(0.03 * sd * predictive.sd(s)[0]));
  }
}

TEST_CASE("several targets: figures have the slopes that they say", "[targets]") {
  moe::Random random(13);
  for (const std::string& family : several_families()) {
    INFO(family);
    Model model = random_model(family, 1, random);
    const arma::uword psi = model.experts[0].psi_offset;
    const auto figures = moe::expert_figures(model, 0);
    for (std::size_t i = 0; i < figures.size(); ++i)
      for (std::size_t j = 0; j < figures[i].slope.size(); ++j) {
        const auto moved = [&](double by) {
          Model other = model;
          other.theta[psi + j] += by;
          return moe::expert_figures(other, 0)[i].value;
        };
        const double h = 1e-5;
        INFO(figures[i].name << " in psi " << j);
        CHECK((moved(h) - moved(-h)) / (2 * h) == Approx(figures[i].slope[j]).epsilon(1e-6).margin(1e-8));
      }
  }
}

TEST_CASE("several targets: EM never lets the objective rise, and ends where Newton's steps do", "[targets]") {
  moe::Random random(17);
  const std::vector<std::string> families = several_families();
  for (int i = 0; i < 70; ++i) {
    std::string family = families[static_cast<std::size_t>(i) % families.size()];
    // Bounds that a fit sets for sigma would change the likelihood afterwards, and this test is about its maximum.
    if (const std::size_t at = family.find("gaussian:hetero,"); at != std::string::npos)
      family.replace(at, 15, "gaussian:hetero:1e-9:1e9");
    INFO(i << ": " << family);
    const Model truth = random_model(family, 2, random);
    Dataset data = in_data_units(truth, some_rows(truth, 40, random));
    moe::TrainOptions options;
    options.restarts = 1;
    options.seed = static_cast<std::uint64_t>(i);
    options.solver = "em";
    options.penalty = {i % 3 == 0 ? 0.0 : 1e-2, 1e-2};
    double last = std::numeric_limits<double>::infinity(), highest = 0;
    moe::FitRequest request{
        .schema = some_schema(2, 0, 2), .spec = spec_of(family, 2, 2), .data = data, .options = options};
    request.observer = [&](const moe::PassReport& pass) {
      if (pass.pass == 0)
        last = std::numeric_limits<double>::infinity();  // another fit begins: that of a simpler family comes first
      highest = std::max(highest, (pass.objective - last) / std::abs(last));
      last = pass.objective;
      return true;
    };
    const Model em = moe::train(request).model;
    CHECK(highest <= 1e-10);
    if (!em.fit.converged) continue;
    request.options.solver = "lbfgs";
    request.observer = nullptr;
    request.start = &em;
    const Model after = moe::train(request).model;
    CHECK(after.fit.log_likelihood == Approx(em.fit.log_likelihood).epsilon(1e-8));
  }
}

TEST_CASE("several targets: one that tells another exactly puts a sigma on its floor", "[targets]") {
  moe::Random random(19);
  Dataset data{arma::mat(2, 50, arma::fill::ones), arma::mat(50, 2), arma::vec(50, arma::fill::ones)};
  for (arma::uword n = 0; n < 50; ++n) {
    data.X(1, n) = random.normal();
    data.y(n, 0) = data.X(1, n) + random.normal();
    data.y(n, 1) = 3 - 2 * data.y(n, 0);
  }
  const auto [model, report] = moe::train({some_schema(1, 0, 2), spec_of("gaussian:full", 1, 1), data});
  CHECK(report.on_floor);
  CHECK(std::isfinite(model.fit.log_likelihood));
  const auto figures = moe::expert_figures(model, 0);
  CHECK(figures[2].name == "correlation_y1_y2");
  CHECK(figures[2].value == Approx(-1).margin(1e-6));
}

TEST_CASE("several targets: objectives of squared errors add them up", "[targets]") {
  moe::Random random(23);
  const Model model = random_model("gaussian", 1, random);
  const Dataset data = in_data_units(model, some_rows(model, 20, random));
  moe::Predictive predictive(model);
  predictive.at(data);
  double squares = 0;
  for (arma::uword t = 0; t < 2; ++t)
    squares += arma::dot(data.w, arma::square(data.y.col(t) - predictive.mean(t))) / arma::accu(data.w);
  for (const char* name : {"blend", "localized"})
    CHECK(
        moe::Pass(model, *moe::make_objective(name), {}, 1).run(model.theta, model.standardize(data), nullptr).value ==
        Approx(squares).epsilon(1e-12));
}

TEST_CASE("several targets: a file names them, and one that is at odds with itself is refused", "[targets]") {
  const ScratchDir scratch;
  moe::Random random(29);
  Model model = random_model("gaussian:full", 2, random);
  moe::save_model(model, scratch.path("m.moe"));
  const Model back = moe::load_model(scratch.path("m.moe"));
  CHECK(back.schema.targets == std::vector<std::string>{"y1", "y2"});
  CHECK(arma::approx_equal(back.standardization.target_scale, model.standardization.target_scale, "absdiff", 0));
  CHECK(moe::describe_json(back) == moe::describe_json(model));
  const std::string bytes = ScratchDir::read(scratch.path("m.moe"));
  const auto refused = [&](const std::string& odd, const std::string& what) {
    moe::ErrorKind kind{};
    CHECK(sentence_of([&] { moe::load_model(odd, "x.moe"); }, &kind) ==
          "x.moe: " + what + ": expected a model file as moe writes it");
    CHECK(kind == moe::ErrorKind::kModel);
  };
  const auto with = [&](const char* member, const nlohmann::ordered_json& value) {
    return with_description(bytes, [&](auto& json) { json[member] = value; });
  };
  const std::string others = "it has centers and scales for other targets than its own";
  refused(with("targets", {"y1", "y2", "y3"}), others);
  refused(with_description(bytes, [](auto& json) { json.erase("targets"), json["target"] = "y1"; }), others);
  refused(with_number(bytes, "target.scale", 1, 0), "a scale is not above 0 and finite");
  refused(with("targets", {"y1", "y1"}), "targets names 'y1' twice");
  refused(with("labels", {"a", "b"}), "it has classes, and several targets");
  refused(with("offset", "x"), "offset tells of one target, and there are 2");
}

TEST_CASE("several targets: families that do not go together are refused", "[targets]") {
  const std::vector<moe::TargetInfo> two(2);
  const auto sentence = [&](const std::string& spec) {
    moe::ErrorKind kind{};
    std::string result = sentence_of([&] { moe::make_family(spec, two); }, &kind);
    CHECK(kind == moe::ErrorKind::kUsage);
    return result;
  };
  CHECK(sentence("gaussian,poisson,gamma") ==
        "family 'gaussian,poisson,gamma' names 3, and there are 2 targets: expected one for all, or one for each");
  CHECK(sentence("gaussian,bernoulli") ==
        "family 'bernoulli' describes a class, and there are several targets: expected families of numbers, or one "
        "target");
  CHECK(sentence("binomial").find("counts successes of trials, and there are several targets") != std::string::npos);
  CHECK(sentence("gaussian,gaussian:full") ==
        "family 'gaussian:full' describes all targets together: expected it alone");
  CHECK(sentence("gaussian:shared,gaussian").find("has one sigma in all experts") != std::string::npos);
  CHECK(sentence("gaussian,poison").find("poisson") != std::string::npos);
  CHECK(sentence_of([] { moe::make_family("gaussian:full", moe::TargetInfo{}); }) ==
        "family 'gaussian:full' describes several targets together, and there is one: expected gaussian");
  CHECK(moe::make_family("gaussian,gaussian", two)->spec() == "gaussian");
  CHECK(moe::make_family("gaussian:hetero,poisson", two)->outputs() == 3);
}
