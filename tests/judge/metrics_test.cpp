// Metrics are compared with figures computed by hand or by scikit-learn 1.2.1.
#include "moe/metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "models.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "throws.hpp"

TEST_CASE("area under the curve counts ties by half and weights as rows", "[metrics]") {
  // sklearn.metrics.roc_auc_score([0,0,1,1,1,0], [.1,.4,.35,.8,.4,.4]) = 0.6666666666666667, and with
  // sample_weight=[1,2,1,1,3,1] 0.625: pairs counted by hand, (1*1 + 1*4 + 3*(1 + 0.5*3)) / (5 * 4)
  const arma::vec score = {0.1, 0.4, 0.35, 0.8, 0.4, 0.4}, positive = {0, 0, 1, 1, 1, 0};
  CHECK(moe::area_under_curve(score, positive, arma::ones(6)) == Approx(0.6666666666666667).epsilon(1e-15));
  CHECK(moe::area_under_curve(score, positive, {1, 2, 1, 1, 3, 1}) == Approx(0.625).epsilon(1e-15));
  CHECK(std::isnan(moe::area_under_curve(score, arma::ones(6), arma::ones(6))));
}

TEST_CASE("a normal distribution's CRPS, nll and coverage", "[metrics]") {
  // One constant expert is N(1, 2^2) in data units: center 1, scale 2, and sigma 1 in model units.
  moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 1, 1, 0, false});
  model.standardization.target_center = 1;
  model.standardization.target_scale = 2;
  model = moe::Model(model.schema, model.standardization, model.spec());
  model.theta[model.experts[0].psi_offset] = moe::gaussian_psi(1, 1);
  moe::Dataset data{arma::mat(2, 3, arma::fill::ones), arma::vec{1, 3, 6}, arma::vec{1, 1, 2}, {}, {}};
  const moe::Metrics metrics = moe::evaluate(model, data);
  // CRPS(N(m, s^2), y) = s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)) (Gneiting, Raftery 2007), z = 0, 1, 2.5
  const auto crps = [](double z) {
    return 2 *
           (z * std::erf(z / std::sqrt(2.0)) + 2 * std::exp(-z * z / 2) / std::sqrt(2 * M_PI) - 1 / std::sqrt(M_PI));
  };
  CHECK(metrics.numbers[0].crps == Approx((crps(0) + crps(1) + 2 * crps(2.5)) / 4).epsilon(1e-13));
  const double constant = std::log(2.0) + 0.5 * std::log(2 * M_PI);
  CHECK(metrics.nll == Approx(constant + 0.5 * (0 + 1 + 2 * 6.25) / 4).epsilon(1e-13));
  CHECK(metrics.log_likelihood == Approx(-4 * metrics.nll).epsilon(1e-14));
  CHECK(metrics.numbers[0].rmse == Approx(std::sqrt((0 + 4 + 2 * 25) / 4.0)).epsilon(1e-14));
  CHECK(metrics.numbers[0].mae == Approx((0 + 2 + 2 * 5) / 4.0).epsilon(1e-14));
  const double mean = (1 + 3 + 12) / 4.0, total = 9 + 1 + 2 * 4;
  CHECK(mean == 4);
  CHECK(metrics.numbers[0].r2 == Approx(1 - 54 / total).epsilon(1e-13));
  CHECK(metrics.numbers[0].coverage[0].second == Approx(0.25));  // only z = 0
  CHECK(metrics.numbers[0].coverage[1].second == Approx(0.5));   // z = 0 and 1, as |z| < 1.645
  CHECK(metrics.numbers[0].coverage[2].second == Approx(0.5));   // |z| < 1.96
}

TEST_CASE("classes: brier, confusion and responsibilities", "[metrics]") {
  moe::Model model = make_model({"bernoulli", "constant", "constant", "softmax", 2, 1, 2, false});
  // The gate gives 1/4 and 3/4, the experts 0.8 and 0.4. P(b) = 0.5 is not above 0.5, so a is predicted.
  model.theta = arma::vec{0, std::log(3.0), std::log(4.0), std::log(0.4 / 0.6)};
  moe::Dataset data{arma::mat(2, 2, arma::fill::ones), arma::vec{0, 1}, arma::vec{1, 3}, {}, {}};
  const moe::Metrics metrics = moe::evaluate(model, data);
  CHECK(metrics.nll == Approx(std::log(2.0)).epsilon(1e-14));
  CHECK(metrics.brier == Approx(0.25).epsilon(1e-14));
  CHECK(arma::accu(metrics.confusion) == 4);
  CHECK(metrics.experts[0].share == Approx(0.25).epsilon(1e-14));
  // r_1 = 0.25 * 0.2 / 0.5 for class a, 0.25 * 0.8 / 0.5 for class b, weights 1 and 3.
  CHECK(metrics.experts[0].responsibility == Approx((0.1 + 3 * 0.4) / 4).epsilon(1e-14));
  CHECK(metrics.experts[0].nll == Approx(-(std::log(0.2) + 3 * std::log(0.8)) / 4).epsilon(1e-14));
  const moe::LikelihoodSums sums = moe::likelihood_sums(model, model.standardize(data));
  const auto entropy = [](double r) { return -r * std::log(r) - (1 - r) * std::log1p(-r); };
  CHECK(sums.entropy == Approx(entropy(0.1) + 3 * entropy(0.4)).epsilon(1e-13));
}

TEST_CASE("rows without a target cannot be judged", "[metrics]") {
  const moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 1, 1, 0, false});
  const moe::Dataset data{arma::mat(2, 3, arma::fill::ones), {}, arma::vec{1, 1, 2}, {}, {}};
  moe::ErrorKind kind{};
  CHECK(sentence_of([&] { moe::evaluate(model, data); }, &kind) ==
        "there is no target: expected a column '" + model.schema.targets[0] + "'");
  CHECK(kind == moe::ErrorKind::kData);
}

namespace {

/// Log P(low < Y <= high) of one constant expert, whose theta is given.
double log_probability(const std::string& family, const arma::vec& theta, double low, double high) {
  moe::Model model = make_model({family, "constant", "constant", "softmax", 1, 1});
  model.standardization = moe::Standardization::none(1, 1);
  model.standardization.target_spread = 1e-8;  // no floor to speak of
  model = moe::Model(model.schema, model.standardization, model.spec(), theta);
  moe::Dataset data{arma::mat(2, 1, arma::fill::ones), arma::vec{1}, arma::vec{1}, {}, {}};
  moe::Predictive predictive(model);
  predictive.at(data);
  return predictive.log_probability({low}, {high})[0];
}

/// The gate has one number, which has no effect.
double normal_interval(double sigma, double low, double high) {
  return log_probability("gaussian", {0, 0, std::log(sigma)}, low, high);
}

}  // namespace

TEST_CASE("the probability of an interval keeps its digits in the tails", "[metrics]") {
  // By mpmath 1.2.1 with 50 digits.
  const auto near = [](double value) { return Approx(value).epsilon(1e-9).margin(1e-9); };
  CHECK(normal_interval(1, 0.45, 0.55) == near(-3.346836093645861));
  CHECK(normal_interval(1, 9.5, 10.5) == near(-48.306060454703855));
  CHECK(normal_interval(1, 39.5, 40.5) == near(-784.72087910431758));
  CHECK(normal_interval(1, -40.5, -39.5) == near(-784.72087910431758));
  CHECK(normal_interval(1, 5, 5.000001) == near(-27.234451591168072));
  CHECK(normal_interval(0.01, 0.5, 1.5) == near(-1254.8313611394199));
  CHECK(normal_interval(0.01, -0.5, 0.5) == near(0));
  CHECK(normal_interval(0.001, 3, 4) == near(-4500008.925306212));
  CHECK(normal_interval(1000, -0.5, 0.5) == near(-7.8266938538534758));
  const auto student = [](double low, double high) {
    return log_probability("student", {0, 0, 0, std::log(2.0)}, low, high);  // sigma 1, nu 3
  };
  CHECK(student(100, 101) == near(-17.24480668557836));
  CHECK(student(1e6, 1000001) == near(-54.065708504149053));
  CHECK(student(-0.05, 0.05) == near(-3.3040292359836921));
  CHECK(log_probability("laplace", {0, 0, 0}, 29.5, 30.5) == near(-30.651822325947027));
}

TEST_CASE("of a rounded target eval gives the step and the probability of what is rounded to it", "[metrics]") {
  moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 2, 1});
  model.standardization = moe::Standardization::none(1, 1);
  // Weights 1/4 and 3/4, means -1 and 2, sigmas 0.5 and 0.2 (but for the floor of 1e-4).
  model = moe::Model(model.schema, model.standardization, model.spec(),
                     {0, std::log(3.0), -1, 2, std::log(0.5), std::log(0.2)});
  const arma::vec y = arma::regspace(-2, 0.25, 3), w = arma::regspace(1, static_cast<double>(y.n_elem));
  const auto below = [](double t) { return 0.5 * std::erfc(-t / M_SQRT2); };
  double sum = 0;
  for (arma::uword n = 0; n < y.n_elem; ++n) {
    const auto mass = [&](double mean, double sigma) {
      return below((y[n] + 0.125 - mean) / sigma) - below((y[n] - 0.125 - mean) / sigma);
    };
    sum += w[n] * std::log(0.25 * mass(-1, 0.5) + 0.75 * mass(2, 0.2));
  }
  moe::Dataset data{arma::mat(2, y.n_elem, arma::fill::ones), y, w, {}, {}};
  const moe::Metrics::OfNumber found = moe::evaluate(model, data).numbers[0];
  CHECK(found.rounding_step == 0.25);
  CHECK(found.rounding_log_p == Approx(sum / arma::accu(w)).epsilon(1e-6));
  // A row of weight 0 has no say, and a target without a step has none.
  data.y[0] = std::sqrt(2.0);
  data.w[0] = 0;
  CHECK(moe::evaluate(model, data).numbers[0].rounding_step == 0.25);
  data.w[0] = 1;
  CHECK(std::isnan(moe::evaluate(model, data).numbers[0].rounding_step));
  CHECK(std::isnan(moe::evaluate(model, data).numbers[0].rounding_log_p));
}

TEST_CASE("the CRPS of many experts that are no normals equals its integral", "[metrics]") {
  constexpr arma::uword kExperts = 30;
  moe::Model model = make_model({"student", "constant", "constant", "softmax", kExperts, 1});
  moe::Random random(3);
  // Most experts are alike. Some are narrow, and far away.
  for (arma::uword k = 0; k < kExperts; ++k) {
    const bool odd = k % 7 == 0;
    model.theta[k] = random.normal();
    model.theta[model.experts[k].offset] = random.normal() * (odd ? 10 : 0.1);
    model.theta[model.experts[k].psi_offset] = (odd ? -2 : 0) + 0.2 * random.normal();
    model.theta[model.experts[k].psi_offset + 1] = 1 + random.normal();
  }
  for (const double y : {4.0, 4.3, -20.0, 90.0}) {
    moe::Dataset data{arma::mat(2, 1, arma::fill::ones), arma::vec{y}, arma::vec{1}, {}, {}};
    moe::Predictive predictive(model);
    predictive.at(data);
    // The integral of (F - 1{t >= y})^2 over t = 4 + sinh(u), by Simpson's rule on both sides of y.
    const double at = std::asinh(y - 4), most = std::asinh(1e7);
    double sum = 0;
    for (const double end : {-most, most}) {
      constexpr int kSteps = 8000;
      const double h = (end - at) / kSteps;
      for (int i = 0; i <= kSteps; ++i) {
        const double u = at + i * h, share = i == 0 || i == kSteps ? 1 : i % 2 == 1 ? 4 : 2;
        const double F = predictive.cdf({4 + std::sinh(u)})[0];
        sum += share * std::abs(h) / 3 * std::cosh(u) * std::pow(F - (end > at ? 1 : 0), 2);
      }
    }
    INFO(y);
    CHECK(predictive.crps()[0] == Approx(sum).epsilon(1e-5));
  }
}
