// Densities of counts are compared with 60-digit arithmetic (testdata/oracle/counts.csv, made by
// scripts/oracle-counts.py), and large counts are fitted.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "moe/family.hpp"
#include "shell.hpp"

namespace {

struct Case {
  std::string family;
  double y, eta, psi, trials, log_p, d_eta, d_psi, d_eta_eta, d_eta_psi, d_psi_psi;
};

std::vector<Case> read_cases() {
  std::ifstream in(MOE_SOURCE "/testdata/oracle/counts.csv");
  std::vector<Case> result;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Case c;
    std::getline(cells, c.family, ',');
    for (double* value :
         {&c.y, &c.eta, &c.psi, &c.trials, &c.log_p, &c.d_eta, &c.d_psi, &c.d_eta_eta, &c.d_eta_psi, &c.d_psi_psi}) {
      std::string cell;
      std::getline(cells, cell, ',');
      *value = std::stod(cell);
    }
    result.push_back(c);
  }
  return result;
}

/// A few times the error that rounding of eta, psi and the result causes.
double rounding(double value, double eta, double by_eta, double psi, double by_psi) {
  constexpr double kUnits = 8 * 2.2e-16;
  return kUnits * (1 + std::abs(value) + std::abs(eta * by_eta) + std::abs(psi * by_psi));
}

}  // namespace

TEST_CASE("densities of counts and their derivatives have all digits that a double of eta allows", "[oracle]") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() > 300);
  for (const Case& c : cases) {
    CAPTURE(c.family, c.y, c.eta, c.psi, c.trials);
    const auto family = moe::make_family(c.family, moe::TargetInfo{});
    const arma::mat y{c.y};
    arma::mat eta{c.eta};
    if (family->reads_trials()) eta.insert_cols(1, arma::mat{c.trials});
    arma::vec log_p;
    family->log_density(y, eta, &c.psi, log_p);
    CHECK(std::abs(log_p[0] - c.log_p) <= rounding(c.log_p, c.eta, c.d_eta, c.psi, c.d_psi));

    arma::mat scores, seconds;
    REQUIRE(family->derivatives(y, eta, &c.psi, scores, seconds));
    CHECK(std::abs(scores[0] - c.d_eta) <= rounding(c.d_eta, c.eta, c.d_eta_eta, c.psi, c.d_eta_psi));
    // Second derivatives are as accurate as the size of the first ones allows.
    const double below = 2.2e-16 * (std::abs(c.d_eta) + std::abs(c.d_psi));
    CHECK(std::abs(seconds[0] - c.d_eta_eta) <= below + 1e-12 * (1 + std::abs(c.d_eta_eta)) * (1 + std::abs(c.eta)));
    if (family->dispersions() == 0) continue;
    CHECK(std::abs(scores[1] - c.d_psi) <= 1e-11 * (1 + std::abs(c.d_psi)) + rounding(0, c.eta, c.d_eta_psi, 0, 0));
    CHECK(std::abs(seconds[1] - c.d_eta_psi) <=
          below + 1e-11 * (1 + std::abs(c.d_eta_psi)) + rounding(0, c.eta, c.d_eta_eta, 0, 0));
    CHECK(std::abs(seconds[3] - c.d_psi_psi) <= below + 1e-9 * (1 + std::abs(c.d_psi_psi)));
  }
}

TEST_CASE("a negative binomial's distribution function is the closed form of theta 1 and 2 for large counts, too") {
  for (const double mean : {1e5, 1e9, 1e13, 1e15})
    for (const double part : {1e-3, 0.5, 1.0, 4.0})
      for (const double theta : {1.0, 2.0}) {
        CAPTURE(mean, part, theta);
        // P(Y <= k) is the probability of theta or more successes, each with p = theta / (theta + mean), in k + theta
        // trials.
        const double k = std::floor(part * mean), trials = k + theta, log_q = -std::log1p(theta / mean);
        const double p = theta / (theta + mean);
        const double none = std::exp(trials * log_q), one = trials * p * std::exp((trials - 1) * log_q);
        const double expected = theta == 1 ? -std::expm1(trials * log_q) : 1 - none - one;
        const double psi = std::log(theta);
        arma::vec cdf;
        moe::make_family("negative-binomial", moe::TargetInfo{})
            ->cdf(arma::vec{k}, arma::mat{std::log(mean)}, &psi, cdf);
        CHECK(cdf[0] == Approx(expected).epsilon(1e-9).margin(1e-12));
      }
}

TEST_CASE("fits of large counts end converged", "[families]") {
  Shell sh;
  // Expected: SciPy's maximum of the same likelihood in 60 digits.
  const Ran ran = sh("moe train $DATA/cases/counts_e9.csv -y y -k 1 --family negative-binomial -o m.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err.find(", converged") != std::string::npos);
  for (const char* size : {"1e5", "1e6", "1e9", "1e13"})
    for (const char* family : {"poisson", "negative-binomial", "binomial --trials n"}) {
      const std::string counts =
          "awk -v s=" + std::string(size) +
          " 'BEGIN { print \"x,y,n\"; for (i = 0; i < 60; ++i) { x = i / 60; e = sin(7 * i) + sin(3 * i * i); "
          "printf \"%g,%.0f,%.0f\\n\", x, s * exp(x) / 9 * (1 + " +
          (family[0] == 'n' ? "0.3 * e" : "e / sqrt(s)") + "), s } }' > counts.csv";
      const Ran fit = sh(counts + "; moe train counts.csv --features x -y y -k 1 --family " + family + " -o m.moe");
      INFO(fit);
      CHECK(fit.status == 0);
      CHECK(fit.err.find(", converged") != std::string::npos);
    }
}
