// Fits that say little of rows that they have not seen are not silent.
#include "moe/held_out.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/select.hpp"
#include "shell.hpp"

namespace {

/// A target without any relation to its inputs.
const char* const kNoise = "moe gen uniform -d 4 -n 80 -o noise.csv\n";

}  // namespace

TEST_CASE("many parameters for the rows have one note with their count", "[held-out][cli]") {
  const Shell sh;
  sh(kNoise);
  // One line has 4 slopes, an intercept and a sigma: fewer than one for ten of 80 rows.
  const Ran few = sh("moe train -k 1 noise.csv -o m.moe");
  INFO(few);
  CHECK(few.err.find("more than one for ten") == std::string::npos);
  // Two lines and a gate: 2 * 6 + 5.
  const Ran many = sh("moe train -k 2 noise.csv -q -o m.moe");
  INFO(many);
  CHECK(many.err.find("note: 17 free parameters and 80 rows are more than one for ten") != std::string::npos);
  const Ran network = sh("moe train -k 1 --expert mlp:10 noise.csv -q -o m.moe");
  INFO(network);  // 10 units of 5 weights, 11 weights of the mean, and sigma
  CHECK(network.err.find("note: 62 free parameters and 80 rows are more than one for ten") != std::string::npos);
  // More parameters than rows have a warning in place of the note.
  const Ran more = sh("moe train -k 1 --expert mlp:20 noise.csv -q -o m.moe");
  INFO(more);
  CHECK(more.err.find("warning: 122 free parameters and 80 rows: ") != std::string::npos);
  CHECK(more.err.find("more than one for ten") == std::string::npos);
}

TEST_CASE("a fit that is worse on held-out rows than one line is told, with both figures", "[held-out][cli]") {
  const Shell sh;
  sh(kNoise);
  for (const std::string options : {"-k 3 --expert poly:3 --restarts 6", "-k 2 --expert mlp:16 --epochs 400"}) {
    const Ran ran = sh("moe train noise.csv -q -o m.moe " + options);
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.err.find("warning: of 16 rows held out, this kind of fit has an nll of ") != std::string::npos);
    CHECK(ran.err.find(", and one linear expert ") != std::string::npos);
  }
  // Lines that are there are none to warn of; one line is compared with nothing.
  for (const std::string command :
       {"moe gen two-lines -n 300 | moe train -k 2 -q -o m.moe", "moe train -k 1 -q noise.csv -o m.moe",
        "moe train -k 4 -y accel $DATA/mcycle.csv -q -o m.moe"}) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == 0);
    CHECK(ran.err.find("rows held out") == std::string::npos);
  }
}

TEST_CASE("the figures of the check are those of fits without one fold", "[held-out]") {
  moe::Random random(5);
  moe::Dataset data;
  data.X = arma::mat(2, 60, arma::fill::ones);
  data.y = arma::mat(60, 1);
  data.w = arma::vec(60, arma::fill::ones);
  for (arma::uword n = 0; n < 60; ++n) {
    const double x = data.X(1, n) = random.normal();
    data.y(n, 0) = (x < 0 ? 3 * x : 10 + x) + 0.5 * random.normal();
  }
  moe::FitRequest request;
  request.schema = some_schema(1, 0);
  request.spec.gate_inputs = {0};
  request.spec.expert_inputs = {{0}, {0}};
  request.options.penalty = {1e-3, 1e-3};
  request.options.standardize = false;  // so that the penalty counts in the same units in all fits
  request.data = data;
  const moe::FitResult fit = moe::train(request);
  const auto check = moe::check_held_out(request, fit);
  REQUIRE(check);
  CHECK(check->rows == 12);
  CHECK_FALSE(check->over_fits());
  CHECK(check->difference == Approx(check->one - check->score));
  const auto fold = moe::cross_validation_folds(request.schema, data, 5, request.options.seed)[0];
  moe::FitRequest seen = request;
  seen.data = moe::take_rows(data, moe::rows_outside(fold, data.w));
  const auto score = [&](const moe::Model& model) {
    return moe::likelihood_sums(model, model.standardize(moe::take_rows(data, fold))).log_likelihood / 12;
  };
  CHECK(check->score == Approx(score(moe::train(seen).model)).epsilon(1e-5));
  seen.spec.experts = {"linear"};
  seen.spec.expert_inputs = {{0}};
  CHECK(check->one == Approx(score(moe::train(seen).model)).epsilon(1e-9));
  // No check where it would say nothing, or cost too much.
  moe::FitRequest one = request;
  one.spec.experts = {"linear"};
  one.spec.expert_inputs = {{0}};
  CHECK_FALSE(moe::may_check_held_out(one));
  moe::FitRequest blend = request;
  blend.options.objective = "blend";
  CHECK_FALSE(moe::may_check_held_out(blend));
  moe::FitRequest large = request;
  large.data.X = arma::mat(2, 2'000'000, arma::fill::ones);
  CHECK_FALSE(moe::may_check_held_out(large));
}
