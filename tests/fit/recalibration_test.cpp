// How much wider or narrower a committee is made than its fits.
#include "fit/recalibration.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"

namespace {

constexpr double kHalfLog2Pi = 0.9189385332046727;

/// log of the mean of normal densities with these means (n x R) and this sigma, at y (n).
arma::vec log_mean_density(const arma::mat& means, const arma::vec& y, double sigma) {
  const arma::mat z = (means.each_col() - y) / sigma;
  const arma::mat density = arma::exp(-0.5 * arma::square(z) - std::log(sigma) - kHalfLog2Pi);
  return arma::log(arma::mean(density, 1));
}

}  // namespace

TEST_CASE("widening multiplies the scale of every expert, and keeps its mean", "[recalibration]") {
  moe::Random random(5, 1);
  for (const std::string family :
       {"gaussian", "gaussian:shared", "gaussian:hetero", "student:2", "laplace", "skew-normal"}) {
    moe::Model model = make_model({.family = family, .network = "mlp:3"});
    randomize(model, random);
    if (family == "gaussian:hetero")  // far above the floor of sigma, which no factor multiplies
      for (const moe::Expert& expert : model.experts) model.theta[expert.offset + expert.network->intercept(1)] += 6;
    moe::Model wide = model;
    REQUIRE(moe::can_widen(wide));
    moe::widen(wide, 0.6);
    moe::Rows rows;
    rows.X.randn(4, 7);
    rows.X.row(0).ones();
    rows.y.zeros(7, 1);
    rows.w.ones(7);
    moe::ForwardPass before(model), after(wide);
    before.run(model.theta, rows);
    after.run(wide.theta, rows);
    CHECK(arma::approx_equal(before.log_weights(), after.log_weights(), "absdiff", 0));
    for (arma::uword k = 0; k < model.size(); ++k) {
      const moe::Family& expert = *model.experts[k].family;
      const double* psi = model.theta.memptr() + model.experts[k].psi_offset;
      const double* wide_psi = wide.theta.memptr() + wide.experts[k].psi_offset;
      arma::vec q, p, wide_q, wide_p;  // the distance of two quantiles is in proportion to the scale
      expert.quantile(0.8, before.eta(k), psi, q);
      expert.quantile(0.1, before.eta(k), psi, p);
      expert.quantile(0.8, after.eta(k), wide_psi, wide_q);
      expert.quantile(0.1, after.eta(k), wide_psi, wide_p);
      INFO(family << " expert " << k);
      CHECK(arma::approx_equal(0.6 * (q - p), wide_q - wide_p, "reldiff", 1e-6));  // the floor is not multiplied
      CHECK(arma::approx_equal(before.eta(k).eval().col(0), after.eta(k).eval().col(0), "absdiff", 0));
    }
  }
}

TEST_CASE("widening divides the log-odds of classes", "[recalibration]") {
  moe::Random random(6, 1);
  for (const std::string family : {"bernoulli", "categorical"}) {
    moe::Model model = make_model({.family = family, .network = "mlp:3", .classes = classes_of(family)});
    randomize(model, random);
    moe::Model wide = model;
    moe::widen(wide, 1.7);
    moe::Rows rows;
    rows.X.randn(4, 7);
    rows.X.row(0).ones();
    moe::ForwardPass before(model), after(wide);
    before.run(model.theta, rows);
    after.run(wide.theta, rows);
    for (arma::uword k = 0; k < model.size(); ++k)
      CHECK(arma::approx_equal(before.eta(k).eval() / 1.7, after.eta(k).eval(), "reldiff", 1e-12));
  }
  CHECK_FALSE(moe::can_widen(make_model({.family = "poisson"})));
  CHECK_FALSE(moe::can_widen(make_model({.family = "gaussian:unit"})));
}

TEST_CASE("the factor for many fits follows from the rows that few fits have not seen", "[recalibration]") {
  // y is standard normal about 0; every fit says a normal distribution with sigma 1 about a mean of its own, which is
  // wrong by an error of variance v. The table has four fits; the best sigma of twenty is found by trying.
  moe::Random random(7, 1);
  const arma::uword n = 20000, candidates = 4, repeats = 5;
  for (const double v : {0.0, 0.1, 0.2}) {
    arma::vec y(n);
    arma::mat means(n, candidates * repeats);
    for (double& value : y) value = random.normal();
    for (double& value : means) value = std::sqrt(v) * random.normal();
    std::vector<arma::mat> log_p;
    for (const double factor : moe::widening_factors()) {
      arma::mat table(n, candidates);
      for (arma::uword m = 0; m < candidates; ++m) table.col(m) = log_mean_density(means.col(m), y, factor);
      log_p.push_back(table);
    }
    double best = 0, highest = -arma::datum::inf;
    for (double sigma = 0.5; sigma < 1.5; sigma += 0.005) {
      const double score = arma::mean(log_mean_density(means, y, sigma));
      if (score > highest) std::tie(best, highest) = std::pair(sigma, score);
    }
    const double factor = moe::committee_factor(log_p, arma::vec(n, arma::fill::ones),
                                                arma::vec(candidates, arma::fill::value(0.25)), repeats);
    INFO("v " << v << ", best " << best);
    CHECK(factor == Approx(best).margin(0.03));
  }
}

TEST_CASE("the temperature undoes log-odds that are too large, and is 1 where too few rows tell", "[recalibration]") {
  moe::Random random(8, 1);
  const auto temperature = [&](arma::uword n, double exaggerated) {
    std::vector<arma::mat> log_p(moe::widening_factors().n_elem, arma::mat(n, 1));
    for (arma::uword row = 0; row < n; ++row) {
      const double odds = 2 * random.normal(), p = 1 / (1 + std::exp(-odds));
      const double sign = random.uniform() < p ? -1 : 1;
      for (arma::uword i = 0; i < log_p.size(); ++i)
        log_p[i](row, 0) = -std::log1p(std::exp(sign * exaggerated * odds / moe::widening_factors()[i]));
    }
    return moe::temperature(log_p, arma::vec(n, arma::fill::ones), {1.0});
  };
  // The factors stand 16 % apart.
  CHECK(temperature(20000, 2) == Approx(2).epsilon(0.1));
  CHECK(temperature(20000, 0.6) == Approx(0.6).epsilon(0.1));
  CHECK(temperature(20000, 1) == 1);
  CHECK(temperature(4, 1.1) == 1);
  // Where 30 rows of 30 are right, with log-odds of 2, one more row that is wrong makes it 30 of 31: log-odds of log
  // 30.
  std::vector<arma::mat> right;
  for (const double factor : moe::widening_factors())
    right.push_back(arma::mat(30, 1, arma::fill::value(-std::log1p(std::exp(-2 / factor)))));
  CHECK(moe::temperature(right, arma::vec(30, arma::fill::ones), {1.0}) == Approx(2 / std::log(30)).epsilon(0.1));
}
