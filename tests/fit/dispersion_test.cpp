// Objectives of squared errors say nothing of a dispersion.
// After such a fit it is the likeliest one beside the fit's means.
#include <catch2/catch.hpp>
#include <cmath>

#include "models.hpp"
#include "moe/metrics.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "moe/train.hpp"

namespace {

moe::Model refitted(const moe::Model& like, const moe::Dataset& data) {
  moe::TrainOptions options;
  options.objective = "blend";
  options.solver = "lbfgs";
  options.restarts = 1;
  return moe::train({like.schema, like.spec(), data, std::nullopt, options}).model;
}

double log_likelihood(const moe::Model& model, const moe::Dataset& data) {
  return moe::likelihood_sums(model, model.standardize(data)).log_likelihood;
}

}  // namespace

TEST_CASE("after a fit of squared errors no other dispersion is likelier", "[dispersion]") {
  moe::Random random(61);
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) {
      const Make make{family, "linear", "linear", "softmax", 2, 1, classes_of(family)};
      moe::Model like = make_model(make);
      if (like.experts[0].family->likelihood_only()) continue;
      randomize(like, random);
      const moe::Dataset data = in_data_units(like, some_rows(like, 60, random));
      moe::Model model = refitted(like, data);
      const double best = log_likelihood(model, data);
      CAPTURE(family, best);
      for (arma::uword i = model.experts.front().psi_offset; i < model.theta.n_elem; ++i) {
        const double at = model.theta[i];
        const auto moved = [&](double by) {
          model.theta[i] = at + by;
          const double there = log_likelihood(model, data);
          model.theta[i] = at;
          return there;
        };
        CAPTURE(i, at);
        CHECK(std::abs(moved(1e-4) - moved(-1e-4)) / 2e-4 < 1e-4);
        CHECK(moved(0.2) < best + 1e-6);
        CHECK(moved(-0.2) < best + 1e-6);
      }
    }
}

TEST_CASE("after a fit of squared errors a line's dispersion is the mean of what it leaves", "[dispersion]") {
  moe::Random random(62);
  const Make make{"gaussian", "linear", "linear", "softmax", 1, 1};
  moe::Model like = make_model(make);
  randomize(like, random);
  const moe::Dataset data = in_data_units(like, some_rows(like, 40, random));
  // sigma^2: the weighted mean of squares; laplace's b: of sizes.
  for (const bool square : {true, false}) {
    Make own = make;
    own.family = square ? "gaussian" : "laplace";
    const moe::Model model = refitted(make_model(own), data);
    moe::Predictive predictive(model);
    predictive.at(data);
    const arma::vec left = arma::abs(data.y.col(0) - predictive.mean());
    const double mean = arma::dot(data.w, square ? arma::vec(left % left) : left) / arma::accu(data.w);
    // A laplace distribution's standard deviation is b times the root of 2.
    CHECK(predictive.sd()[0] == Approx(square ? std::sqrt(mean) : std::sqrt(2.0) * mean).epsilon(1e-6));
  }
}
