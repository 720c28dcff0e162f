// Metrics are compared with figures computed by hand or by scikit-learn 1.2.1.
#include "moe/metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "models.hpp"
#include "moe/numeric.hpp"
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
