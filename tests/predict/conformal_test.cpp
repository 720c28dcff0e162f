#include "moe/conformal.hpp"

#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/automatic.hpp"
#include "moe/import.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "scratch.hpp"
#include "shell.hpp"

namespace {

/// Rows at which y is what `target` makes of x.
moe::Dataset rows_of(arma::uword count, moe::Random& random, const std::function<double(double)>& target) {
  moe::Dataset data;
  data.X = arma::mat(2, count, arma::fill::ones);
  data.y = arma::mat(count, 1);
  data.w = arma::vec(count, arma::fill::ones);
  for (arma::uword n = 0; n < count; ++n) {
    data.X(1, n) = random.normal();
    data.y(n, 0) = target(data.X(1, n));
  }
  return data;
}

moe::Dataset rows_with(const std::vector<double>& targets) {
  moe::Random random(1);
  std::size_t next = 0;
  return rows_of(targets.size(), random, [&](double) { return targets[next++]; });
}

/// The share of targets in their sets, over fresh rows, and over calibrations by fresh rows. `wanted`: whether a row
/// counts.
double coverage(moe::Model model, double level, bool by_expert, moe::Random& random,
                const std::function<double(double)>& target, arma::uword expert = 0) {
  constexpr int kSimulations = 1000;
  constexpr arma::uword kCalibration = 49, kFresh = 20;
  double held = 0, counted = 0;
  for (int i = 0; i < kSimulations; ++i) {
    model.conformal = moe::conformal_scores(model, rows_of(kCalibration, random, target), by_expert, 1);
    const moe::Dataset fresh = rows_of(kFresh, random, target);
    moe::Predictive predictive(model);
    predictive.at(fresh);
    const arma::uvec experts = predictive.most_responsible();
    const arma::mat ends = model.classes() ? arma::mat() : moe::conformal_interval(model, predictive, level);
    const auto labels = model.classes() ? moe::conformal_labels(model, predictive, level)
                                        : std::vector<std::vector<arma::uword>>(kFresh);
    for (arma::uword n = 0; n < kFresh; ++n) {
      if (expert > 0 && experts[n] + 1 != expert) continue;
      const double y = fresh.y(n, 0);
      const auto& set = labels[n];
      const bool in = model.classes() ? std::find(set.begin(), set.end(), static_cast<arma::uword>(y)) != set.end()
                                      : ends(n, 0) <= y && y <= ends(n, 1);
      held += in ? 1 : 0;
      ++counted;
    }
  }
  return held / counted;
}

/// Four standard errors of the coverage that 1,000 simulations show: each has a coverage of its own, of a beta
/// distribution with parameters 45 and 5, and 20 rows.
constexpr double kBand = 0.01;

moe::Model made(const Make& make, std::uint64_t seed) {
  moe::Model model = make_model(make);
  moe::Random random(seed);
  randomize(model, random);
  return model;
}

}  // namespace

TEST_CASE("the threshold is an order statistic, and infinite where there are too few scores", "[conformal]") {
  const arma::vec scores = arma::linspace(1, 9, 9);
  CHECK(moe::conformal_threshold(scores, 0.9) == Approx(9));   // ceil(10 * .9) = 9
  CHECK(moe::conformal_threshold(scores, 0.85) == Approx(9));  // ceil(8.5) = 9
  CHECK(moe::conformal_threshold(scores, 0.8) == Approx(8));
  CHECK(moe::conformal_threshold(scores, 0.01) == Approx(1));
  CHECK(std::isinf(moe::conformal_threshold(scores, 0.91)));
  CHECK(std::isinf(moe::conformal_threshold({}, 0.5)));
  CHECK(std::isinf(moe::conformal_threshold({}, 1e-300)));
  CHECK(moe::conformal_threshold(scores, 1e-300) == Approx(1));
}

TEST_CASE("the score of a number is its distance in standard deviations, at any distance", "[conformal]") {
  const moe::Model model = make_model({.experts = 1, .inputs = 1});
  const moe::Dataset probe = rows_with({0});
  moe::Predictive predictive(model);
  predictive.at(probe);
  const double mean = predictive.mean()[0], sd = predictive.sd()[0];
  const moe::Conformal found = moe::conformal_scores(
      model, rows_with({mean, mean - 0.5 * sd, mean + 2 * sd, mean - 5 * sd, mean + 9 * sd, mean - 1000 * sd}), false,
      1);
  REQUIRE(found.scores.size() == 1);
  const arma::vec expected{0, 0.5, 2, 5, 9, 1000};
  for (arma::uword i = 0; i < expected.n_elem; ++i) CHECK(found.scores[0][i] == Approx(expected[i]).margin(1e-7));
}

TEST_CASE("the score of a count is at the nearer end of its step", "[conformal]") {
  // Poisson with mean 1: P(Y <= 0) = 1/e, P(Y <= 1) = 2/e, P(Y <= 2) = 2.5/e.
  const moe::Model model = make_model({.family = "poisson", .experts = 1, .inputs = 1});
  const auto score = [&](double y) { return moe::conformal_scores(model, rows_with({y}), false, 1).scores[0][0]; };
  CHECK(moe::normal_cdf(-score(0)) == Approx(std::exp(-1)));
  CHECK(score(1) == 0);
  CHECK(moe::normal_cdf(score(2)) == Approx(2 * std::exp(-1)));
  CHECK(moe::normal_cdf(score(3)) == Approx(2.5 * std::exp(-1)));
}

TEST_CASE("the score of a class is the probability of those above it", "[conformal]") {
  const moe::Model model = made({.family = "categorical", .experts = 2, .inputs = 1, .classes = 3}, 3);
  moe::Dataset rows = rows_with({0, 1, 2});
  rows.X.row(1).fill(0.3);
  moe::Predictive predictive(model);
  predictive.at(rows);
  const arma::rowvec p = predictive.probabilities().row(0);
  const arma::vec sorted = arma::sort(p.t(), "descend");
  const arma::vec scores = moe::conformal_scores(model, rows, false, 1).scores[0];
  CHECK(scores[0] == 0);
  CHECK(scores[1] == Approx(sorted[0]));
  CHECK(scores[2] == Approx(sorted[0] + sorted[1]));
}

TEST_CASE("sets hold what they promise, whatever the model is", "[conformal]") {
  moe::Random random(11);
  const auto skewed = [&](double x) { return 3 * x + std::exp(random.normal()); };
  const auto count = [&](double x) { return static_cast<double>(random.poisson(std::exp(1 + 0.5 * x))); };
  SECTION("numbers") {
    const moe::Model model = made({.experts = 2, .inputs = 1}, 5);
    CHECK(coverage(model, 0.9, false, random, skewed) == Approx(0.9).margin(kBand));
  }
  SECTION("a model that is far too sure, beyond where its probabilities differ from 0 and 1") {
    moe::Model model = make_model({.experts = 1, .inputs = 1});
    model.standardization.target_scale *= 0.01;
    CHECK(coverage(model, 0.9, false, random, skewed) == Approx(0.9).margin(kBand));
  }
  SECTION("counts, which tie") {
    const moe::Model model = made({.family = "poisson", .experts = 2, .inputs = 1}, 7);
    const double held = coverage(model, 0.9, false, random, count);
    CHECK(held > 0.9 - kBand);
    CHECK(held < 0.97);
  }
  SECTION("classes") {
    const moe::Model model = made({.family = "categorical", .experts = 2, .inputs = 1, .classes = 3}, 3);
    const auto label = [&](double x) { return x + random.normal() > 0.5 ? 2.0 : static_cast<double>(random.below(2)); };
    const double held = coverage(model, 0.9, false, random, label);
    CHECK(held > 0.9 - kBand);
    CHECK(held < 1);
  }
  SECTION("each expert's rows") {
    // The noise is ten times as large where the second expert answers.
    moe::Model model = make_model({.experts = 2, .inputs = 1});
    model.theta[model.gate_branch.offset + 1] = 3;  // the first expert's weight grows with x
    const auto uneven = [&](double x) { return (x > -1 ? 1 : 10) * random.normal(); };
    for (const arma::uword expert : {1, 2}) CHECK(coverage(model, 0.8, true, random, uneven, expert) > 0.8 - kBand);
  }
}

TEST_CASE("a calibrated model is stored with its scores", "[conformal]") {
  for (const bool by_expert : {false, true}) {
    moe::Model model = made({.experts = 2, .inputs = 1}, 5);
    moe::Random random(2);
    model.conformal = moe::conformal_scores(model, rows_of(30, random, [](double x) { return x; }), by_expert, 1);
    REQUIRE(model.conformal->scores.size() == (by_expert ? 2 : 1));
    const ScratchDir dir;
    moe::save_model(model, dir.path("calibrated.moe"));
    const moe::Model read = moe::load_model(dir.path("calibrated.moe"));
    const moe::Model imported =
        moe::import_model(moe::export_model(model, "json", {}).front().bytes, "calibrated.json");
    for (std::size_t i = 0; i < model.conformal->scores.size(); ++i) {
      CHECK(arma::approx_equal(read.conformal->scores[i], model.conformal->scores[i], "absdiff", 0));
      CHECK(arma::approx_equal(imported.conformal->scores[i], model.conformal->scores[i], "absdiff", 0));
    }
  }
}

TEST_CASE("scores of folds calibrate a committee, for a wrong model, too", "[conformal]") {
  // A line for a curve with errors of a heavy tail: its own 90 % intervals are wrong.
  moe::Random random(61);
  const auto target = [&](double x) { return x * x + std::exp(random.normal()); };
  constexpr int kSimulations = 200;
  constexpr arma::uword kFresh = 50;
  moe::Schema schema = some_schema(1, 0);
  moe::Tried line;
  line.spec.experts = {"linear"};
  line.spec.expert_inputs = {{0}};
  double held = 0;
  for (int i = 0; i < kSimulations; ++i) {
    const moe::Dataset rows = rows_of(60, random, target);
    std::vector<moe::Conformal> of_folds;
    std::size_t seen = 0;
    moe::AutomaticOptions options;
    options.candidates = {line};
    options.on_unseen = [&](const moe::Model& model, const std::vector<std::size_t>& fold) {
      of_folds.push_back(moe::conformal_scores(model, moe::take_rows(rows, fold), false, 1));
      seen += fold.size();
    };
    moe::Model model = moe::fit_automatically(schema, rows, options, nullptr).model;
    REQUIRE(seen == 60);
    REQUIRE(of_folds.size() == 5);
    model.conformal = moe::joined(of_folds);
    REQUIRE(model.conformal->scores[0].is_sorted());
    REQUIRE(model.conformal->scores[0].n_elem == 60);
    const moe::Dataset fresh = rows_of(kFresh, random, target);
    moe::Predictive predictive(model);
    predictive.at(fresh);
    const arma::mat ends = moe::conformal_interval(model, predictive, 0.9);
    for (arma::uword n = 0; n < kFresh; ++n) held += ends(n, 0) <= fresh.y(n, 0) && fresh.y(n, 0) <= ends(n, 1) ? 1 : 0;
  }
  // A calibration by 60 rows holds a share with a standard deviation of .038: .003 over 200 of them, and .003 of rows.
  CHECK(held / (kSimulations * kFresh) == Approx(0.905).margin(0.02));
}
