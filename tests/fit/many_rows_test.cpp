// Fits of many rows, where a subsample gives the second derivatives, end at the same place as with all rows.
#include <catch2/catch.hpp>
#include <string>

#include "fit/em_step.hpp"
#include "moe/objective.hpp"
#include "moe/recipe.hpp"
#include "moe/train.hpp"
#include "objective/responsibilities.hpp"

namespace {

constexpr arma::uword kRows = 140000;

struct Made {
  moe::Schema schema;
  moe::Dataset data;
  moe::Model truth;
};

Made made(arma::uword experts) {
  moe::RecipeOptions options;
  options.rows = kRows;
  options.features = 4;
  options.experts = experts;
  moe::Generated generated = moe::generate("experts", options);
  Made result;
  result.schema.inputs = generated.inputs;
  result.schema.targets = {"y"};
  result.data.X = arma::join_cols(arma::ones(1, kRows), generated.X);
  result.data.y = generated.y;
  result.data.w.ones(kRows);
  result.truth = std::move(*generated.truth);
  return result;
}

/// The coefficients of an expert after one step of EM, by Armadillo's least squares.
arma::vec weighted_fit(const moe::Rows& rows, const arma::vec& r) {
  const arma::vec root = arma::sqrt(rows.w % r);
  arma::mat D = rows.X.t();
  D.each_col() %= root;
  return arma::solve(D, root % rows.y.col(0));
}

/// The relative distance of a step from that fit; the largest over all experts.
double miss(const moe::Model& model, const moe::Rows& rows, const arma::vec& from) {
  const moe::Basis basis(model, rows, 2);
  const arma::vec penalty(model.theta.n_elem, arma::fill::zeros);
  const arma::vec target = moe::EmStep(model, rows, basis, penalty, 2).run(from).target;
  const arma::mat r = moe::responsibilities(model, rows, from);
  double result = 0;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const moe::Expert& expert = model.experts[k];
    const auto own = [&](const arma::vec& theta) {
      return arma::vec(theta.subvec(expert.offset, arma::size(expert.network->parameters(), 1)));
    };
    const arma::vec best = weighted_fit(rows, r.col(k));
    result = std::max(result, arma::norm(own(target) - best) / arma::norm(own(from) - best));
  }
  return result;
}

}  // namespace

TEST_CASE("steps of em over many rows, some of which stand for all in the curvature, lead to a maximum", "[many]") {
  Made from = made(3);
  const moe::Rows rows = from.truth.standardize(std::move(from.data));
  const moe::Basis basis(from.truth, rows, 2);
  const arma::vec penalty(from.truth.theta.n_elem, arma::fill::zeros);
  const moe::EmStep step(from.truth, rows, basis, penalty, 2);
  moe::EmStep::Result here = step.run(from.truth.theta);
  for (int i = 0; i < 12; ++i) {
    const moe::EmStep::Result there = step.run(here.target);
    CHECK(there.value <= here.value * (1 + 1e-14));
    here = there;
  }
  CHECK(here.slope < 1e-8);
}

TEST_CASE(
    "a step of em over some of many rows is near the one over all, which takes over where some do not stand for all",
    "[many]") {
  Made from = made(2);
  const std::string kind = GENERATE("plain", "rare", "unweighted");
  const bool rare = kind == "rare", unweighted = kind == "unweighted";
  CAPTURE(kind);
  // Neighbouring rows are in few blocks: an input that is 0 in all others, and weights that are.
  if (rare) from.data.X.row(2).zeros();
  if (rare) from.data.X.submat(2, 5000, 2, 5099).ones();
  if (unweighted) from.data.w.zeros();
  if (unweighted) from.data.w.subvec(5000, 5999).ones();
  const moe::Rows rows = from.truth.standardize(std::move(from.data));
  arma::vec theta = from.truth.theta;
  theta += 0.1 * arma::linspace(-1, 1, theta.n_elem);
  const double missed = miss(from.truth, rows, theta);
  if (rare || unweighted) {
    CHECK(missed < 1e-8);
    const moe::Basis basis(from.truth, rows, 2);
    const arma::vec penalty(theta.n_elem, arma::fill::zeros);
    moe::EmStep all(from.truth, rows, basis, penalty, 2);
    all.refine();
    const arma::vec step = all.run(theta).target - theta;  // the gate's, too
    const arma::vec own = moe::EmStep(from.truth, rows, basis, penalty, 2).run(theta).target - theta;
    CHECK(arma::norm(own - step) < 1e-8 * arma::norm(step));
  } else {
    CHECK(missed < 0.1);
    CHECK(missed > 1e-6);  // else all rows were taken anyway, and nothing was tested
  }
}

TEST_CASE("Newton's steps over some of many rows end where the gradient over all is nothing", "[many]") {
  Made from = made(3);
  moe::ModelSpec spec = from.truth.spec();
  for (const std::string solver : {"em", "newton"}) {
    CAPTURE(solver);
    moe::TrainOptions options;
    options.solver = solver;
    options.restarts = 1;
    options.threads = 2;
    const auto [model, report] =
        moe::train({.schema = from.schema, .spec = spec, .data = from.data, .options = options});
    const moe::Rows rows = model.standardize(from.data);
    arma::vec gradient;
    moe::Pass(model, *moe::make_objective("likelihood"), options.penalty, 2).run(model.theta, rows, &gradient);
    CHECK(report.stop == "gradient below tolerance");
    CHECK(arma::norm(gradient, "inf") < 1e-9);
  }
}
