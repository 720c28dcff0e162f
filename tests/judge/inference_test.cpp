// Standard errors are compared with closed forms, differences, NumPy (scripts/oracle-inference.py) and R.
#include "moe/inference.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/special.hpp"
#include "models.hpp"
#include "moe/bootstrap.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/registry.hpp"
#include "moe/train.hpp"
#include "objective/basis_hessian.hpp"
#include "scratch.hpp"
#include "throws.hpp"

using moe::Inference;
using moe::Model;
using moe::Rows;
using moe::Uncertainty;

namespace {

/// Every family with second derivatives, with several linear networks, and with or without inputs of its own for each
/// branch.
void for_each_model(const std::function<void(const Model&, const Rows&)>& law) {
  std::uint64_t stream = 0;
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples)
      for (const char* network : {"linear", "poly:2", "linear:no-intercept", "constant"})
        for (const bool own_inputs : {false, true}) {
          const Make make{family, network, "linear", "softmax", 3, 3, classes_of(family), own_inputs};
          moe::Random random(5, ++stream);
          Model model = make_model(make);
          if (!moe::has_hessian(model)) continue;
          randomize(model, random);
          INFO(family << " " << network << (own_inputs ? ", own inputs" : ""));
          law(model, some_rows(model, 40, random));
        }
}

/// The matrix T of theta = T phi, made of blocks of R^-1.
arma::mat from_basis(const Model& model, const moe::Basis& basis) {
  arma::mat T = arma::eye(model.theta.n_elem, model.theta.n_elem);
  const auto place = [&](const moe::Branch& branch, arma::uword index) {
    const arma::mat inverse = basis.inverse(basis.design_of(index));
    for (arma::uword out = 0; out < branch.network->outputs(); ++out) {
      const arma::uword at = branch.offset + branch.network->intercept(out);
      T.submat(at, at, arma::size(inverse)) = inverse;
    }
  };
  place(model.gate_branch, 0);
  for (arma::uword k = 0; k < model.size(); ++k) place(model.experts[k], k + 1);
  return T;
}

/// The gradient of -log p of each row, by differences of order h^4; n x P.
arma::mat difference_scores(const Model& model, const Rows& rows) {
  const auto objective = moe::make_objective("likelihood");
  const moe::Pass pass(model, *objective, {0, 0}, 1);
  const double h = 1e-4;
  arma::mat scores(rows.count(), model.theta.n_elem);
  for (arma::uword n = 0; n < rows.count(); ++n)
    for (arma::uword i = 0; i < model.theta.n_elem; ++i) {
      const auto moved = [&](double by) {
        arma::vec theta = model.theta;
        theta[i] += by;
        return pass.run(theta, rows.block(n, n), nullptr).value;
      };
      scores(n, i) = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
    }
  return scores;
}

void check_close(const arma::mat& a, const arma::mat& b, double tolerance) {
  REQUIRE(arma::size(a) == arma::size(b));
  const double scale = arma::abs(b).max();
  for (arma::uword i = 0; i < a.n_elem; ++i) CHECK(a[i] == Approx(b[i]).epsilon(tolerance).margin(tolerance * scale));
}

moe::Dataset drawn_lines(arma::uword n, std::uint64_t seed) {
  moe::Random random(seed);
  moe::Dataset data{arma::mat(2, n, arma::fill::ones), arma::mat(n, 1), arma::vec(n, arma::fill::ones)};
  for (arma::uword i = 0; i < n; ++i) {
    const double x = data.X(1, i) = random.uniform(-2, 2);
    const bool first = random.uniform() < moe::logistic(0.3 + x);
    data.y[i] = first ? 3 + x + 0.7 * random.normal() : -2 - 0.5 * x + random.normal();
    data.w[i] = random.uniform(0.5, 1.5);
  }
  return data;
}

/// Three classes that depend strongly on x where x is large, and not at all where it is small.
moe::Dataset drawn_classes(arma::uword n, std::uint64_t seed) {
  moe::Dataset data = drawn_lines(n, seed);
  moe::Random random(seed + 1);
  for (arma::uword i = 0; i < n; ++i) {
    const double x = data.X(1, i);
    const bool first = random.uniform() < moe::logistic(3 * x);
    data.y[i] = static_cast<double>(random.index(
        first ? std::vector<double>{1, std::exp(2 * x - 2), std::exp(3 - 3 * x)} : std::vector<double>{2, 3, 1}));
  }
  return data;
}

moe::ModelSpec spec_of(const std::vector<std::string>& experts, const std::string& family, std::size_t inputs) {
  moe::ModelSpec spec;
  spec.experts = experts;
  spec.family = family;
  for (std::size_t j = 0; j < inputs; ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(experts.size(), spec.gate_inputs);
  return spec;
}

Model fitted(const moe::Schema& schema, const moe::ModelSpec& spec, const moe::Dataset& data,
             const moe::TrainOptions& options = {}) {
  return moe::train({.schema = schema, .spec = spec, .data = data, .options = options}).model;
}

Model fitted_lines(const moe::Dataset& data, const moe::TrainOptions& options = {}) {
  return fitted(some_schema(1, 0), spec_of({"linear", "linear"}, "gaussian", 1), data, options);
}

/// Every parameter minus that of its reference, which is left out.
arma::mat contrasts(const Model& model) {
  arma::mat C = arma::eye(model.theta.n_elem, model.theta.n_elem);
  const auto compare = [&](const moe::Branch& branch, arma::uword reference) {
    const arma::uword height = branch.network->last_inputs();
    for (arma::uword i = 0; i < branch.network->parameters(); ++i)
      C(branch.offset + i, branch.offset + reference * height + i % height) -= 1;
  };
  compare(model.gate_branch, model.size() - 1);
  for (const moe::Expert& expert : model.experts)
    if (expert.family->redundant_outputs() > 0) compare(expert, 0);
  return C;
}

moe::TrainingTable table_of(const std::string& name, const std::string& target, const std::string& features,
                            std::size_t experts) {
  moe::CsvReader reader(std::string(MOE_SOURCE "/testdata/") + name);
  moe::ColumnRequest request;
  request.target = target;
  request.features = features;
  return moe::read_training_table(reader, request, experts);
}

Model fitted_table(const moe::TrainingTable& table, std::size_t experts, const std::string& family) {
  moe::ModelSpec spec = spec_of(std::vector<std::string>(experts, "linear"), family, table.schema.inputs.size());
  return fitted(table.schema, spec, table.data);
}

bool same_bits(const arma::mat& a, const arma::mat& b) {
  return arma::size(a) == arma::size(b) && std::memcmp(a.memptr(), b.memptr(), a.n_elem * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("second derivatives in orthonormal coordinates are the plain ones transformed", "[inference]") {
  for_each_model([](const Model& model, const Rows& rows) {
    const moe::Basis basis(model, rows, 1);
    const arma::mat T = from_basis(model, basis), H = moe::likelihood_hessian(model, model.theta, rows, 1);
    check_close(moe::likelihood_hessian(model, model.theta, rows, 1, basis), T.t() * H * T, 1e-10);
    const arma::mat products = moe::score_products(model, model.theta, rows, 1);
    check_close(moe::score_products(model, model.theta, rows, 1, basis), T.t() * products * T, 1e-10);
  });
}

TEST_CASE("score products are those of the rows' derivatives", "[inference]") {
  for_each_model([](const Model& model, const Rows& rows) {
    arma::mat scores = difference_scores(model, rows);
    scores.each_col() %= rows.w;
    check_close(moe::score_products(model, model.theta, rows, 2), scores.t() * scores, 1e-7);
  });
}

TEST_CASE("errors are those of the inverse information, and of the sandwich, in any penalty", "[inference]") {
  for (const moe::Penalty& penalty : {moe::Penalty{0, 0}, moe::Penalty{0.002, 0.001}})
    for (const bool classes : {false, true}) {
      INFO((classes ? "classes, " : "a number, ") << penalty.experts);
      moe::TrainOptions options;
      options.penalty = penalty;
      const moe::Dataset data = classes ? drawn_classes(2000, 4) : drawn_lines(300, 4);
      const Model model =
          classes ? fitted(some_schema(1, 3), spec_of({"linear", "constant"}, "categorical", 1), data, options)
                  : fitted_lines(data, options);
      REQUIRE(model.fit.uncertainty);
      REQUIRE(model.fit.uncertainty->known());
      const Rows rows = model.standardize(data);
      const auto objective = moe::make_objective("likelihood");
      arma::mat H = moe::likelihood_hessian(model, model.theta, rows, 1);
      H.diag() += moe::Pass(model, *objective, penalty, 1).penalty_weights();
      arma::mat scores = difference_scores(model, rows);
      scores.each_col() %= rows.w;
      const arma::mat C = contrasts(model), inverse = arma::pinv(arma::symmatu(arma::accu(rows.w) * H), 1e-9);
      const arma::mat L = C * model.fit.uncertainty->factor;
      check_close(L * L.t(), C * inverse * C.t(), 1e-6);
      const arma::mat S = C * moe::sandwich_uncertainty(model, rows, penalty, 2).factor;
      check_close(S * S.t(), C * inverse * scores.t() * scores * inverse * C.t(), 1e-6);
    }
}

TEST_CASE("two experts' errors on mcycle are NumPy's", "[inference]") {
  std::ifstream in(MOE_SOURCE "/testdata/oracle/mcycle_k2_errors.json");
  const auto oracle = nlohmann::json::parse(in);
  const moe::TrainingTable table = table_of("mcycle.csv", "accel", "", 2);
  const Model model = fitted_table(table, 2, "gaussian");
  REQUIRE(model.fit.log_likelihood == Approx(oracle.at("log_likelihood").get<double>()).epsilon(1e-10));
  const moe::Uncertainty sandwich =
      moe::sandwich_uncertainty(model, model.standardize(table.data), moe::penalty_of(model.fit), 1);
  // In the oracle, the first expert is the one with the small sigma.
  const arma::uword first = moe::expert_figures(model, 0)[0].value < moe::expert_figures(model, 1)[0].value ? 0 : 1;
  for (const auto& [kind, uncertainty] : {std::pair{"observed", *model.fit.uncertainty}, {"sandwich", sandwich}}) {
    const Inference inference{kind, uncertainty};
    const auto expected = oracle.at(kind).get<std::vector<double>>();
    const moe::Estimates gate = moe::gate_estimates(model, inference, 0.95);
    for (arma::uword j = 0; j < 2; ++j) {
      CHECK(gate.error(j, 0) == Approx(expected[j]).epsilon(1e-5));
      CHECK(std::isnan(gate.error(j, 1)));
    }
    for (arma::uword k = 0; k < 2; ++k) {
      const arma::uword here = k == 0 ? first : 1 - first;
      const moe::Estimates expert = moe::expert_estimates(model, inference, here, 0.95);
      for (arma::uword j = 0; j < 2; ++j) CHECK(expert.error[j] == Approx(expected[2 + 2 * k + j]).epsilon(1e-6));
      const double sigma = moe::expert_figures(model, here)[0].value;
      CHECK(moe::figure_errors(model, inference, here)[0] == Approx(sigma * expected[6 + k]).epsilon(1e-6));
    }
  }
}

TEST_CASE("two experts' errors on CO2data are those found by another program's Hessian", "[inference]") {
  // Estimates and standard errors at the best known maximum, -66.29656, with the last digit rounded.
  const Model model = fitted_table(table_of("CO2data.csv", "CO2", "", 2), 2, "gaussian");
  CHECK(model.fit.log_likelihood == Approx(-66.29656).epsilon(0).margin(1e-5));
  const Inference inference = *moe::stored_inference(model);
  const arma::uword steep = moe::expert_coefficients(model, 0)[1] > 0.5 ? 0 : 1;
  const double estimates[2][2] = {{1.49305, 0.67300}, {8.87242, -0.03015}};
  const double errors[2][2] = {{0.61523, 0.03317}, {1.00264, 0.04166}};
  const double log_sigma[2] = {-0.19743, 0.70367}, log_sigma_error[2] = {0.28945, 0.16294};
  for (arma::uword i = 0; i < 2; ++i) {
    const arma::uword k = i == 0 ? steep : 1 - steep;
    const moe::Estimates expert = moe::expert_estimates(model, inference, k, 0.95);
    for (arma::uword j = 0; j < 2; ++j) {
      CHECK(expert.value[j] == Approx(estimates[i][j]).epsilon(0).margin(1e-5));
      CHECK(expert.error[j] == Approx(errors[i][j]).epsilon(0).margin(1e-5));
    }
    const double sigma = moe::expert_figures(model, k)[0].value;
    CHECK(std::log(sigma) == Approx(log_sigma[i]).epsilon(0).margin(1e-5));
    CHECK(moe::figure_errors(model, inference, k)[0] / sigma == Approx(log_sigma_error[i]).epsilon(0).margin(1e-5));
  }
  const moe::Estimates gate = moe::gate_estimates(model, inference, 0.95);
  CHECK(std::abs(gate.value(0, 0)) == Approx(0.16136).epsilon(0).margin(1e-5));
  CHECK(gate.error(0, 0) == Approx(0.91588).epsilon(0).margin(1e-5));
  CHECK(gate.error(1, 0) == Approx(0.04501).epsilon(0).margin(1e-5));
}

TEST_CASE("one gaussian expert has linear regression's errors, as R's lm gives them", "[inference]") {
  const Model model = fitted_table(table_of("mcycle.csv", "accel", "", 1), 1, "gaussian");
  const Inference inference = *moe::stored_inference(model);
  CHECK(inference.uncertainty.degrees_of_freedom == 131);
  CHECK(inference.uncertainty.residual_standard_error == Approx(46.3264079905954).epsilon(1e-12));
  const moe::Estimates estimates = moe::expert_estimates(model, inference, 0, 0.9);
  const arma::vec error{8.712499294635645, 0.307049728095386}, t{-6.08412332844570, 3.55211284417691},
      p{1.20442467132035e-08, 5.31797558078088e-04}, lower{-67.440773392034401, 0.582026329773067},
      upper{-38.57506702308451, 1.59932423616423};
  check_close(estimates.error, error, 1e-11);
  check_close(estimates.z, t, 1e-11);
  CHECK(estimates.p[0] == Approx(p[0]).epsilon(1e-9));
  CHECK(estimates.p[1] == Approx(p[1]).epsilon(1e-9));
  check_close(estimates.lower, lower, 1e-10);
  check_close(estimates.upper, upper, 1e-10);
  // Sigma remains the maximum-likelihood estimate, with its own error.
  const double sigma = moe::expert_figures(model, 0)[0].value;
  CHECK(moe::figure_errors(model, inference, 0)[0] == Approx(sigma / std::sqrt(2 * 133.0)).epsilon(1e-6));
}

TEST_CASE("a logistic regression's errors are those of R's glm", "[inference]") {
  const Model model =
      fitted_table(table_of("breast_cancer_train.csv", "diagnosis", "mean_radius,mean_texture", 1), 1, "bernoulli");
  const moe::Estimates estimates = moe::expert_estimates(model, *moe::stored_inference(model), 0, 0.95);
  check_close(estimates.value, arma::vec{-21.095930432631683, 1.136707446193270, 0.227691837533116}, 1e-8);
  check_close(estimates.error, arma::vec{2.3465659711380122, 0.1322768849687275, 0.0456952830992166}, 1e-8);
  CHECK(estimates.p[2] == Approx(6.26609277268929e-07).epsilon(1e-6));
}

TEST_CASE("weights count as rows in a regression's errors", "[inference]") {
  moe::Dataset data = drawn_lines(50, 9), repeated;
  arma::uvec once = arma::regspace<arma::uvec>(0, 49), twice = arma::join_cols(once, once.head(20));
  data.w.ones();
  repeated = {data.X.cols(twice), data.y.rows(twice), arma::vec(70, arma::fill::ones)};
  data.w.head(20).fill(2);
  const auto spec = spec_of({"linear"}, "gaussian", 1);
  const Model weighted = fitted(some_schema(1, 0), spec, data), rows = fitted(some_schema(1, 0), spec, repeated);
  CHECK(weighted.fit.uncertainty->degrees_of_freedom == Approx(68));
  check_close(moe::expert_estimates(weighted, *moe::stored_inference(weighted), 0, 0.95).error,
              moe::expert_estimates(rows, *moe::stored_inference(rows), 0, 0.95).error, 1e-10);
}

TEST_CASE("an exact line has errors of 0, whatever sigma's floor", "[inference]") {
  moe::Dataset data = drawn_lines(30, 2);
  data.w.ones();
  data.y = 1 + 2 * data.X.row(1).t();
  const Model model = fitted(some_schema(1, 0), spec_of({"linear"}, "gaussian", 1), data);
  const moe::Estimates estimates = moe::expert_estimates(model, *moe::stored_inference(model), 0, 0.95);
  CHECK(estimates.value[1] == Approx(2).epsilon(1e-9));
  CHECK(arma::abs(estimates.error).max() < 1e-9);
  // Sigma is on its floor and has no error, or it is as small as rounding, and so is its error.
  const double error = moe::figure_errors(model, *moe::stored_inference(model), 0)[0];
  CHECK((std::isnan(error) || error < 1e-9));
}

TEST_CASE("columns that follow from others have no errors, and the others those without them", "[inference]") {
  moe::Dataset data = drawn_lines(60, 3);
  const Model alone = fitted_lines(data);
  data.X.insert_rows(2, 3 * data.X.row(1) - 1);
  data.X.insert_rows(3, arma::mat(1, 60).fill(5));
  const Model model = fitted(some_schema(3, 0), spec_of({"linear", "linear"}, "gaussian", 3), data);
  const auto errors = [](const Model& of, arma::uword k) {
    return moe::expert_estimates(of, *moe::stored_inference(of), k, 0.95).error;
  };
  for (const arma::uword k : {0, 1}) {
    CHECK(std::isfinite(errors(model, k)[0]));
    CHECK(std::isnan(errors(model, k)[2]));
    CHECK(std::isnan(errors(model, k)[3]));
  }
  // The experts may come in any order.
  CHECK(std::min(errors(model, 0)[1], errors(model, 1)[1]) ==
        Approx(std::min(errors(alone, 0)[1], errors(alone, 1)[1])).epsilon(1e-5));
  CHECK_THAT(moe::describe_text(model), Catch::Contains("no coefficient of their own: x2, x3"));
}

TEST_CASE("a point that is no maximum has no errors, and says so", "[inference]") {
  const moe::Dataset data = drawn_lines(60, 3);
  Model model = fitted_lines(data);
  for (moe::Expert& expert : model.experts)
    model.theta.subvec(expert.offset, arma::size(2, 1)).fill(-3);  // two equal experts, far from the others
  model.theta.subvec(model.gate_branch.offset, arma::size(4, 1)).zeros();
  const Uncertainty nothing = moe::observed_uncertainty(model, model.standardize(data), {}, 1);
  CHECK_FALSE(nothing.known());
  model.fit.uncertainty = nothing;
  CHECK(moe::boundary_notes(model, nothing).size() == 1);
  CHECK_THAT(moe::describe_text(model), Catch::Contains("note: no standard errors"));
  const auto described = nlohmann::json::parse(moe::describe_json(model));
  CHECK(described.at("experts")[0].at("standard_errors").at("x1").is_null());
  CHECK(described.at("inference").at("notes").size() == 1);
}

TEST_CASE("a gate that is a step is noted, a steep one is not", "[inference]") {
  moe::Dataset data = drawn_lines(200, 6);
  const auto notes = [&](double noise) {
    moe::Random random(1);
    for (arma::uword i = 0; i < 200; ++i)
      data.y[i] = (data.X(1, i) + noise * random.normal() > 0 ? 5 : -5) + 0.3 * random.normal();
    const Model model = fitted_lines(data);
    return moe::guard_notes(model);
  };
  const auto step = notes(0);
  REQUIRE(step.size() == 2);
  CHECK_THAT(step[0], Catch::Contains("the gate's split between the experts is a step"));
  CHECK_THAT(step[1], Catch::Contains("no finite estimate (separation)"));
  CHECK(notes(0.1).empty());
}

TEST_CASE("a model's errors come back from its file with the same bits", "[inference]") {
  const ScratchDir scratch;
  const Model model = fitted_lines(drawn_lines(80, 1));
  moe::save_model(model, scratch.path("m.moe"));
  const Model back = moe::load_model(scratch.path("m.moe"));
  REQUIRE(back.fit.uncertainty);
  CHECK(same_bits(back.fit.uncertainty->factor, model.fit.uncertainty->factor));
  CHECK(back.fit.gate_l2 == model.fit.gate_l2);
  CHECK(moe::describe_json(back) == moe::describe_json(model));
}

TEST_CASE("labels go back to where they were", "[inference]") {
  moe::Random random(3);
  for (const arma::uword experts : {2, 4, 8}) {
    Model model = make_model({"gaussian", "linear", "linear", "softmax", experts, 2});
    randomize(model, random);
    const arma::vec plain = moe::aligned(model, {}, model.theta);
    std::vector<std::size_t> order = random.permutation(experts);
    arma::vec theta = model.theta;
    for (arma::uword k = 0; k < experts; ++k) {
      const moe::Expert &to = model.experts[k], &from = model.experts[order[k]];
      theta.subvec(to.offset, arma::size(3, 1)) = model.theta.subvec(from.offset, arma::size(3, 1)) + 1e-3;
      theta.subvec(3 * k, arma::size(3, 1)) = model.theta.subvec(3 * order[k], arma::size(3, 1)) + 17.0;
      theta[to.psi_offset] = model.theta[from.psi_offset];
    }
    const arma::vec back = moe::aligned(model, {}, theta);
    CHECK(arma::abs(back - plain).max() < 2e-3);
    CHECK(arma::all(back.subvec(3 * (experts - 1), arma::size(3, 1)) == 0));
  }
  // Experts of different kinds are not exchanged.
  Model model = make_model({"gaussian", "linear", "linear", "softmax", 2, 2});
  model = Model(model.schema, model.standardization, spec_of({"linear", "poly:2"}, "gaussian", 2));
  randomize(model, random);
  CHECK(same_bits(moe::aligned(model, {}, model.theta).tail(2), model.theta.tail(2)));
}

TEST_CASE("a bootstrap gives the same bits for any number of threads, and others for another seed", "[inference]") {
  const moe::Dataset data = drawn_lines(80, 1);
  const Model model = fitted_lines(data);
  for (const bool parametric : {false, true}) {
    moe::BootstrapOptions options{20, parametric, 1, 1};
    const Inference one = moe::bootstrap(model, data, options);
    options.threads = 3;
    const Inference three = moe::bootstrap(model, data, options);
    CHECK(one.failed == three.failed);
    CHECK(same_bits(one.replicates, three.replicates));
    options.seed = 2;
    CHECK_FALSE(same_bits(one.replicates, moe::bootstrap(model, data, options).replicates));
  }
}

TEST_CASE("a bootstrap's errors are near those of the information where the model is true", "[inference]") {
  const moe::Dataset data = drawn_lines(400, 1);
  const Model model = fitted_lines(data);
  const moe::Estimates expected = moe::expert_estimates(model, *moe::stored_inference(model), 0, 0.9);
  for (const bool parametric : {false, true}) {
    const Inference inference = moe::bootstrap(model, data, {400, parametric, 1, 2});
    CHECK(inference.failed == 0);
    const moe::Estimates drawn = moe::expert_estimates(model, inference, 0, 0.9);
    for (arma::uword j = 0; j < 2; ++j) {
      CHECK(drawn.error[j] == Approx(expected.error[j]).epsilon(0.2));
      CHECK(drawn.lower[j] == Approx(expected.lower[j]).margin(0.6 * expected.error[j]));
      CHECK(drawn.upper[j] == Approx(expected.upper[j]).margin(0.6 * expected.error[j]));
    }
    CHECK(moe::figure_errors(model, inference, 0)[0] ==
          Approx(moe::figure_errors(model, *moe::stored_inference(model), 0)[0]).epsilon(0.25));
  }
}

TEST_CASE("what a bootstrap cannot do has its sentence", "[inference]") {
  const moe::Dataset data = drawn_lines(40, 1);
  moe::ErrorKind kind{};
  const Model deep = fitted(some_schema(1, 0), spec_of({"linear", "mlp:2"}, "gaussian", 1), data, {});
  CHECK_THAT(sentence_of([&] { moe::bootstrap(deep, data, {}); }, &kind), Catch::Contains("expected linear networks"));
  CHECK(kind == moe::ErrorKind::kUsage);
}

TEST_CASE("the beta distribution has all digits for large parameters, be it one or both", "[inference]") {
  // P(X <= x) for whole a and b is the probability of a or more successes in a + b - 1 trials, a sum of positive terms.
  for (const auto& [a, b] :
       std::vector<std::pair<int, int>>{{2, 3}, {3, 200}, {200, 3}, {40, 900}, {900, 40}, {300, 300}})
    for (const double spread : {-6.0, -2.0, -0.5, 0.0, 0.7, 2.0, 6.0}) {
      const double mean = static_cast<double>(a) / (a + b), sd = std::sqrt(mean * (1 - mean) / (a + b + 1));
      const double x = mean + spread * sd;
      if (!(x > 0 && x < 1)) continue;
      const int trials = a + b - 1;
      long double term = 1;  // C(trials, a) x^a (1 - x)^(trials - a), built such that it neither overflows nor vanishes
      int failures = trials - a;
      for (int i = 1; i <= a; ++i) {
        term *= static_cast<long double>(trials - a + i) / i * x;
        while (failures > 0 && term > 1) {
          term *= 1 - static_cast<long double>(x);
          --failures;
        }
      }
      for (; failures > 0; --failures) term *= 1 - static_cast<long double>(x);
      long double sum = 0;
      for (int j = a; j <= trials; ++j) {
        sum += term;
        term *= static_cast<long double>(trials - j) / (j + 1) * x / (1 - static_cast<long double>(x));
      }
      CAPTURE(a, b, x);
      CHECK(moe::beta_cdf(x, a, b) == Approx(static_cast<double>(sum)).epsilon(2e-15));
      // Near 1 a double of the probability no longer tells x.
      if (spread < 1) CHECK(moe::beta_quantile(moe::beta_cdf(x, a, b), a, b) == Approx(x).epsilon(1e-12));
    }
}

TEST_CASE("Student's t has R's tails", "[inference]") {
  CHECK(moe::student_quantile(0.975, 10) == Approx(2.2281388519862739).epsilon(1e-13));
  CHECK(moe::student_quantile(0.05, 1) == Approx(-6.3137515146750438).epsilon(1e-13));
  CHECK(moe::student_cdf(-40, 7) == Approx(7.951089992425214e-10).epsilon(1e-12));
  CHECK(moe::student_cdf(-1e3, 3) == Approx(1.1026538212882999e-09).epsilon(1e-12));
}
