// The figures of eval, inspect, select and the summary are compared with the formulas that define them, written anew
// here: with weighted rows, counts, classes and several targets. Weights are powers of two where a share is a sum of
// weights, so that the sum shows which rows it contains.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models.hpp"
#include "moe/metrics.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

/// A mixture's distribution of a number.
struct Distribution {
  std::function<double(double)> below;  ///< P(Y <= y)
  double mean;
  bool whole;
};

arma::vec powers_of_two(arma::uword count) { return arma::exp2(arma::regspace(0, static_cast<double>(count) - 1)); }

/// The integral of (F(t) - 1{t >= y})^2 (Gneiting, Raftery 2007): a sum if Y is whole, else by Simpson's rule on both
/// sides of y.
double crps(const Distribution& of, double y) {
  double sum = 0;
  if (of.whole) {
    for (double j = 0; j < 300; ++j) sum += std::pow(of.below(j) - (j >= y ? 1 : 0), 2);
    return sum;
  }
  constexpr int kSteps = 4000;
  for (const double side : {-1.0, 1.0}) {
    const double step = 60.0 / kSteps;
    for (int i = 0; i <= kSteps; ++i) {
      const double weight = i == 0 || i == kSteps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * step / 3 * std::pow(of.below(y + side * i * step) - (side > 0 ? 1 : 0), 2);
    }
  }
  return sum;
}

/// Whether y lies between the quantiles of the two tails; quantiles of counts are whole numbers (as R's qpois).
bool is_central(const Distribution& of, double y, double level) {
  const double tail = 0.5 * (1 - level);
  if (!of.whole) return of.below(y) >= tail && of.below(y) <= 1 - tail;
  double low = 0, high = 0;
  while (of.below(low) < tail) ++low;
  while (of.below(high) < 1 - tail) ++high;
  return low <= y && y <= high;
}

/// `of`: the distribution, which is the same for every row.
void check_number(const moe::Metrics::OfNumber& found, const std::vector<Distribution>& of, const arma::vec& y,
                  const arma::vec& w) {
  const double weight = arma::accu(w), center = arma::dot(w, y) / weight;
  double squares = 0, errors = 0, total = 0, score = 0;
  for (arma::uword n = 0; n < y.n_elem; ++n) {
    squares += w[n] * std::pow(of[n].mean - y[n], 2);
    errors += w[n] * std::abs(of[n].mean - y[n]);
    total += w[n] * std::pow(y[n] - center, 2);
    score += w[n] * crps(of[n], y[n]);
  }
  CHECK(found.rmse == Approx(std::sqrt(squares / weight)).epsilon(1e-12));
  CHECK(found.mae == Approx(errors / weight).epsilon(1e-12));
  CHECK(found.r2 == Approx(1 - squares / total).epsilon(1e-12));
  CHECK(found.crps == Approx(score / weight).epsilon(1e-6));
  const double levels[] = {0.5, 0.9, 0.95};
  REQUIRE(found.coverage.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    double inside = 0;
    for (arma::uword n = 0; n < y.n_elem; ++n) inside += is_central(of[n], y[n], levels[i]) ? w[n] : 0;
    CHECK(found.coverage[i].first == levels[i]);
    CHECK(found.coverage[i].second * weight == Approx(inside).epsilon(1e-12));
  }
}

/// `p`: the densities of each expert in each row. `g`: the gate's weights.
void check_densities(const moe::Metrics& found, const arma::mat& p, const arma::rowvec& g, const arma::vec& w) {
  const arma::vec density = p * g.t();
  const double weight = arma::accu(w);
  CHECK(found.rows == p.n_rows);
  CHECK(found.weight == weight);
  CHECK(found.log_likelihood == Approx(arma::dot(w, arma::log(density))).epsilon(1e-12));
  CHECK(found.nll == Approx(-arma::dot(w, arma::log(density)) / weight).epsilon(1e-12));
  CHECK(found.objective_name == "likelihood");
  CHECK(found.objective == Approx(found.nll).epsilon(1e-12));
  REQUIRE(found.experts.size() == g.n_elem);
  for (arma::uword k = 0; k < g.n_elem; ++k) {
    CHECK(found.experts[k].share == Approx(g[k]).epsilon(1e-12));
    CHECK(found.experts[k].responsibility == Approx(arma::dot(w, g[k] * p.col(k) / density) / weight).epsilon(1e-12));
    CHECK(found.experts[k].nll == Approx(-arma::dot(w, arma::log(p.col(k))) / weight).epsilon(1e-12));
  }
}

double poisson(double y, double mean) { return std::exp(y * std::log(mean) - mean - std::lgamma(y + 1)); }

double binomial(double y, double trials, double p) {
  return std::exp(std::lgamma(trials + 1) - std::lgamma(y + 1) - std::lgamma(trials - y + 1)) * std::pow(p, y) *
         std::pow(1 - p, trials - y);
}

double normal(double y, double mean, double sigma) {
  return std::exp(-0.5 * std::pow((y - mean) / sigma, 2)) / (sigma * std::sqrt(2 * M_PI));
}

double normal_below(double y, double mean, double sigma) { return 0.5 * std::erfc((mean - y) / (sigma * M_SQRT2)); }

/// P(Y <= y) for a whole number, from its probabilities.
std::function<double(double)> sums_of(const std::function<double(double)>& p) {
  return [p](double y) {
    double sum = 0;
    for (double j = 0; j <= y; ++j) sum += p(j);
    return std::min(sum, 1.0);
  };
}

moe::Dataset constant_rows(const arma::mat& y, const arma::vec& w) {
  return {arma::mat(1, y.n_rows, arma::fill::ones), y, w, {}, {}};
}

}  // namespace

TEST_CASE("figures of counts: two Poisson experts", "[figures][metrics]") {
  moe::Model model = make_model({"poisson", "constant", "constant", "softmax", 2, 0});
  model.theta = arma::vec{0, std::log(3.0), 0, std::log(6.0)};  // 1/4 with mean 1, 3/4 with mean 6
  const arma::vec y = arma::regspace(0, 14), w = powers_of_two(y.n_elem);
  const Distribution of{sums_of([](double j) { return 0.25 * poisson(j, 1) + 0.75 * poisson(j, 6); }), 4.75, true};
  arma::mat p(y.n_elem, 2);
  for (arma::uword n = 0; n < y.n_elem; ++n) p.row(n) = arma::rowvec{poisson(y[n], 1), poisson(y[n], 6)};
  const moe::Metrics found = moe::evaluate(model, constant_rows(y, w));
  check_densities(found, p, {0.25, 0.75}, w);
  check_number(found.numbers[0], std::vector<Distribution>(y.n_elem, of), y, w);
}

TEST_CASE("a count on the edge of the central interval is inside", "[figures][metrics]") {
  // R 4.2: qpois(c(0.25, 0.75, 0.05, 0.95, 0.025, 0.975), 3) is 2 4 1 6 0 7.
  moe::Model model = make_model({"poisson", "constant", "constant", "softmax", 1, 0});
  model.theta = arma::vec{0, std::log(3.0)};
  const arma::vec y = arma::regspace(0, 10);
  const auto coverage = moe::evaluate(model, constant_rows(y, powers_of_two(11))).numbers[0].coverage;
  const double all = (1 << 11) - 1;
  CHECK(coverage[0].second * all == Approx(4 + 8 + 16));
  CHECK(coverage[1].second * all == Approx(2 + 4 + 8 + 16 + 32 + 64));
  CHECK(coverage[2].second * all == Approx(255));
}

TEST_CASE("figures of successes: each row has trials of its own", "[figures][metrics]") {
  moe::Model model = make_model({"binomial", "constant", "constant", "softmax", 2, 0});
  model.theta = arma::vec{std::log(2.0), 0, std::log(0.2 / 0.8), std::log(0.7 / 0.3)};  // 2/3 and 1/3
  const arma::vec trials{1, 1, 5, 5, 5, 9, 9, 9, 9}, y{0, 1, 0, 3, 5, 0, 1, 6, 9}, w = powers_of_two(9);
  moe::Dataset data = constant_rows(y, w);
  data.trials = trials;
  std::vector<Distribution> of;
  arma::mat p(y.n_elem, 2);
  for (arma::uword n = 0; n < y.n_elem; ++n) {
    const double m = trials[n];
    const auto mixed = [m](double j) {
      return j > m ? 0 : 2 / 3.0 * binomial(j, m, 0.2) + 1 / 3.0 * binomial(j, m, 0.7);
    };
    of.push_back({sums_of(mixed), m * (2 / 3.0 * 0.2 + 1 / 3.0 * 0.7), true});
    p.row(n) = arma::rowvec{binomial(y[n], m, 0.2), binomial(y[n], m, 0.7)};
  }
  const moe::Metrics found = moe::evaluate(model, data);
  check_densities(found, p, {2 / 3.0, 1 / 3.0}, w);
  check_number(found.numbers[0], of, y, w);
}

TEST_CASE("figures of two targets: the likelihood is that of both, the errors are of each", "[figures][metrics]") {
  moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 2, 0, 0, false, 2});
  const arma::vec center = model.standardization.target_center, scale = model.standardization.target_scale;
  const double mean[2][2] = {{0.5, -1}, {-0.25, 2}}, sigma[2][2] = {{0.8, 1.5}, {0.3, 0.6}};  // [expert][target]
  model.theta.subvec(0, 1) = arma::vec{std::log(0.4), std::log(0.6)};
  for (arma::uword k = 0; k < 2; ++k)
    for (arma::uword t = 0; t < 2; ++t) {
      model.theta[model.experts[k].offset + t] = mean[k][t];
      model.theta[model.experts[k].psi_offset + t] = moe::gaussian_psi(sigma[k][t], 1);
    }
  const arma::vec w = powers_of_two(8);
  arma::mat y(8, 2), p(8, 2);
  for (arma::uword n = 0; n < 8; ++n)
    for (arma::uword t = 0; t < 2; ++t)
      y(n, t) = center[t] + scale[t] * (-2.3 + 0.7 * static_cast<double>((3 * n + 5 * t) % 8));
  const auto at = [&](arma::uword k, arma::uword t) { return center[t] + scale[t] * mean[k][t]; };
  for (arma::uword n = 0; n < 8; ++n)
    for (arma::uword k = 0; k < 2; ++k)
      p(n, k) = normal(y(n, 0), at(k, 0), scale[0] * sigma[k][0]) * normal(y(n, 1), at(k, 1), scale[1] * sigma[k][1]);
  const moe::Metrics found = moe::evaluate(model, constant_rows(y, w));
  check_densities(found, p, {0.4, 0.6}, w);
  for (arma::uword t = 0; t < 2; ++t) {
    CAPTURE(t);
    const auto below = [&, t](double v) {
      return 0.4 * normal_below(v, at(0, t), scale[t] * sigma[0][t]) +
             0.6 * normal_below(v, at(1, t), scale[t] * sigma[1][t]);
    };
    const Distribution of{below, 0.4 * at(0, t) + 0.6 * at(1, t), false};
    check_number(found.numbers[t], std::vector<Distribution>(8, of), y.col(t), w);
  }
}

TEST_CASE("figures of three classes, weighted", "[figures][metrics]") {
  moe::Model model = make_model({"categorical", "constant", "constant", "softmax", 2, 0, 3});
  // Two experts with weights 1/2, (.5 .3 .2) and (.1 .2 .7), give (.3 .25 .45), so c is predicted.
  model.theta =
      arma::join_cols(arma::vec{0, 0}, arma::log(arma::vec{0.5, 0.3, 0.2}), arma::log(arma::vec{0.1, 0.2, 0.7}));
  const arma::vec y{0, 1, 2, 2}, w{1, 2, 4, 8};
  const arma::mat p{{0.5, 0.1}, {0.3, 0.2}, {0.2, 0.7}, {0.2, 0.7}};
  const moe::Metrics found = moe::evaluate(model, constant_rows(y, w));
  check_densities(found, p, {0.5, 0.5}, w);
  CHECK(found.accuracy == Approx(12 / 15.0).epsilon(1e-14));
  const auto brier = [](double a, double b, double c) { return a * a + b * b + c * c; };
  CHECK(
      found.brier ==
      Approx((brier(0.7, 0.25, 0.45) + 2 * brier(0.3, 0.75, 0.45) + 12 * brier(0.3, 0.25, 0.55)) / 15).epsilon(1e-13));
  CHECK(arma::approx_equal(found.confusion, arma::mat{{0, 0, 1}, {0, 0, 2}, {0, 0, 12}}, "absdiff", 0));
  CHECK(std::isnan(found.auc));
}

namespace {

std::string printed(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The columns of a CSV table of numbers, by name.
std::map<std::string, arma::vec> columns_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line, cell;
  std::getline(lines, line);
  std::vector<std::string> names;
  for (std::istringstream cells(line); std::getline(cells, cell, ',');) names.push_back(cell);
  std::vector<std::vector<double>> values(names.size());
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    for (std::vector<double>& column : values) {
      std::getline(cells, cell, ',');
      column.push_back(std::stod(cell));
    }
  }
  std::map<std::string, arma::vec> columns;
  for (std::size_t i = 0; i < names.size(); ++i) columns[names[i]] = arma::vec(values[i]);
  return columns;
}

/// The output of `moe eval --json`, made from evaluate().
moe::Metrics metrics_of(const json& eval) {
  moe::Metrics result;
  result.rows = eval.at("rows");
  result.weight = eval.at("weight");
  result.objective_name = eval.at("objective_name");
  result.objective = eval.at("objective");
  result.nll = eval.at("nll");
  result.log_likelihood = eval.at("log_likelihood");
  for (const json& expert : eval.at("experts")) {
    CHECK(expert.at("expert") == result.experts.size() + 1);
    result.experts.push_back({expert.at("share"), expert.at("responsibility"), expert.at("nll")});
  }
  if (!eval.contains("rmse")) return result;
  moe::Metrics::OfNumber number{eval.at("rmse"), eval.at("mae"), eval.at("r2"), eval.at("crps"), {}};
  for (const char* level : {"0.5", "0.9", "0.95"})
    number.coverage.emplace_back(std::stod(level), eval.at("coverage").at(level).get<double>());
  result.numbers = {number};
  return result;
}

/// Compares every line "name  figure +- error" in the text of `moe eval` with its JSON, which must have no other single
/// number.
void check_text(const std::string& text, const json& eval) {
  std::map<std::string, json> expected;
  for (const auto& [key, value] : eval.items())
    if (value.is_number() && key != "objective" && key != "log_loss") expected[key] = value;  // log_loss is nll
  if (eval.at("objective_name") != "likelihood") expected[eval.at("objective_name")] = eval.at("objective");
  std::map<std::string, json> errors;
  for (const auto& [key, value] : eval.at("errors").items())
    if (value.is_number()) errors[key] = value;
  if (eval.at("errors").contains("coverage"))
    for (const auto& [level, error] : eval.at("errors").at("coverage").items()) errors["coverage " + level] = error;
  if (eval.at("weight") == eval.at("rows")) expected.erase("weight");
  if (eval.contains("coverage"))
    for (const auto& [level, share] : eval.at("coverage").items()) expected["coverage " + level] = share;
  for (const auto& [name, value] : expected) {
    CAPTURE(name);
    char line[80];
    std::snprintf(line, sizeof line, "%-20s %12.6g", name.c_str(), value.get<double>());
    const std::string error = errors.contains(name) ? "  +- " + printed("%.2g", errors[name].get<double>()) : "";
    CHECK(("\n" + text).find(std::string("\n") + line + error + "\n") != std::string::npos);
  }
  std::string experts = "expert        share   responsibility          nll\n";
  for (const json& expert : eval.at("experts")) {
    char row[100];
    std::snprintf(row, sizeof row, "%6d %12.6g %16.6g %12.6g\n", expert.at("expert").get<int>(),
                  expert.at("share").get<double>(), expert.at("responsibility").get<double>(),
                  expert.at("nll").get<double>());
    experts += row;
  }
  CHECK(text.find(experts) != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') >=
        static_cast<std::ptrdiff_t>(expected.size() + eval.at("experts").size() + 1));
}

/// The log-likelihood, parameters and criteria of the fit, wherever they are printed. `entropy`: that of all
/// responsibilities.
void check_fit(const Shell& sh, const std::string& arguments, const std::string& told, double log_likelihood,
               double entropy, double parameters, double weight) {
  CAPTURE(arguments);
  const double aic = -2 * log_likelihood + 2 * parameters, bic = -2 * log_likelihood + parameters * std::log(weight),
               icl = bic + 2 * entropy;
  const Ran trained = sh("moe train " + arguments + " -o m.moe");
  INFO(trained);
  CHECK(trained.err.find(told + ", " + printed("%.0f", parameters) + " free parameters\n") != std::string::npos);
  CHECK(trained.err.find(printed(", log-likelihood %.6f, ", log_likelihood)) != std::string::npos);
  const json fit = json_of(sh, "moe inspect --json m.moe").at("fit");
  CHECK(fit.at("weight") == Approx(weight).epsilon(1e-14));
  CHECK(fit.at("log_likelihood") == Approx(log_likelihood).epsilon(1e-10));
  CHECK(fit.at("parameters") == parameters);
  CHECK(fit.at("aic") == Approx(aic).epsilon(1e-10));
  CHECK(fit.at("bic") == Approx(bic).epsilon(1e-10));
  CHECK(fit.at("icl") == Approx(icl).epsilon(1e-10));
  CHECK(fit.at("objective_value") == Approx(-log_likelihood / weight).epsilon(1e-10));
  const Ran inspected = sh("moe inspect m.moe");
  INFO(inspected);
  CHECK(inspected.out.find("  log-likelihood " + printed("%.6f", log_likelihood) + ", " + printed("%.0f", parameters) +
                           " parameters, AIC " + printed("%.4f", aic) + ", BIC " + printed("%.4f", bic) + ", ICL " +
                           printed("%.4f", icl) + " (lower is better)\n") != std::string::npos);
  CHECK(inspected.out.find(", nll " + printed("%.8g", -log_likelihood / weight) + " by ") != std::string::npos);
  const json chosen = json_of(sh, "moe select -q --json " + arguments).at("candidates")[0];
  for (const char* key : {"log_likelihood", "parameters", "aic", "bic", "icl"})
    CHECK(chosen.at(key).get<double>() == Approx(fit.at(key).get<double>()).epsilon(1e-12));
  const Ran selected = sh("moe select -q " + arguments + " | tr -s ' '");
  INFO(selected);
  CHECK(selected.out.find(" " + printed("%.4f", log_likelihood) + " " + printed("%.0f", parameters) + " " +
                          printed("%.4f", aic) + " " + printed("%.4f", bic) + " " + printed("%.4f", icl) + " yes") !=
        std::string::npos);
}

/// Two lines with noise, weights 1 to 3, exposures 1 to 4, and counts near the exposure times e^x.
const char* const kWeighted =
    R"(awk 'BEGIN { print "x,y,w,e,c"; for (i = 0; i < 60; ++i) { u = sin(12.9898 * i) * 43758.5453;
  v = sin(78.233 * i) * 43758.5453; u -= int(u); v -= int(v); x = i / 60; e = 1 + i % 4; m = (i % 3 ? 2 : 9) * e * exp(x);
  printf "%.6f,%.6f,%d,%d,%d\n", x, (i % 2 ? 4 - 3 * x : 2 * x) + 0.4 * (u + v), 1 + i % 3, e, m * (1 + 0.4 * u) + 0.5 } }' > d.csv
)";

/// The gate's weights of a row, computed from the coefficients that inspect shows.
arma::rowvec gate_of(const json& model, double x) {
  arma::rowvec g(2);
  for (arma::uword k = 0; k < 2; ++k) {
    const json& coefficients = model.at("gate").at("coefficients")[k];
    g[k] = std::exp(coefficients.at("(intercept)").get<double>() + coefficients.at("x").get<double>() * x);
  }
  return g / arma::accu(g);
}

double line_of(const json& model, arma::uword k, double x) {
  const json& coefficients = model.at("experts")[k].at("coefficients");
  return coefficients.at("(intercept)").get<double>() + coefficients.at("x").get<double>() * x;
}

/// Compares the figures of eval and of the fit with these densities (n x 2) and gate weights (n x 2).
void check_mixture(const Shell& sh, const std::string& arguments, const std::string& told, double parameters,
                   const arma::mat& p, const arma::mat& g, const std::vector<Distribution>& of, const arma::vec& y,
                   const arma::vec& w) {
  const arma::vec density = arma::sum(g % p, 1);
  arma::mat r = g % p;
  r.each_col() /= density;
  const double log_likelihood = arma::dot(w, arma::log(density)), weight = arma::accu(w);
  const double entropy = -arma::dot(w, arma::sum(r % arma::log(arma::clamp(r, 1e-300, 1)), 1));
  const json eval = json_of(sh, "moe eval --json -m m.moe d.csv");
  const moe::Metrics found = metrics_of(eval);
  CHECK(found.log_likelihood == Approx(log_likelihood).epsilon(1e-9));
  CHECK(found.nll == Approx(-log_likelihood / weight).epsilon(1e-9));
  CHECK(found.objective == Approx(found.nll).epsilon(1e-9));
  for (arma::uword k = 0; k < 2; ++k) {
    CHECK(found.experts[k].share == Approx(arma::dot(w, g.col(k)) / weight).epsilon(1e-9));
    CHECK(found.experts[k].responsibility == Approx(arma::dot(w, r.col(k)) / weight).epsilon(1e-9));
    CHECK(found.experts[k].nll == Approx(-arma::dot(w, arma::log(p.col(k))) / weight).epsilon(1e-9));
  }
  check_number(found.numbers[0], of, y, w);
  check_text(sh("moe eval --by-expert -m m.moe d.csv").out, eval);
  check_fit(sh, arguments, told, log_likelihood, entropy, parameters, weight);
}

}  // namespace

TEST_CASE("figures of a weighted constant, by hand", "[figures][cli]") {
  const Shell sh;
  sh.write("d.csv", "y,w\n2,1\n3,2\n5,1\n4,4\n9,0.5\n");
  const arma::vec y{2, 3, 5, 4, 9}, w{1, 2, 1, 4, 0.5};
  const double n = 8.5, mean = arma::dot(w, y) / n, variance = arma::dot(w, arma::square(y - mean)) / n;
  check_fit(sh, "-k 1 --expert constant -y y --weight w d.csv", "5 rows, 0 inputs, 1 expert, gaussian",
            -0.5 * n * (std::log(2 * M_PI * variance) + 1), 0, 2, n);
}

TEST_CASE("figures of a weighted mixture of gaussians follow from its coefficients", "[figures][cli]") {
  const Shell sh;
  const std::string arguments = "-k 2 -y y --features x --weight w d.csv";
  REQUIRE(sh(kWeighted + ("moe train -q " + arguments + " -o m.moe")).status == 0);
  const json model = json_of(sh, "moe inspect --json m.moe");
  auto table = columns_of(sh("cat d.csv").out);
  const arma::vec x = table["x"], y = table["y"], w = table["w"];
  arma::mat p(x.n_elem, 2), g(x.n_elem, 2);
  std::vector<Distribution> of;
  const double sigma[] = {model.at("experts")[0].at("sigma"), model.at("experts")[1].at("sigma")};
  for (arma::uword n = 0; n < x.n_elem; ++n) {
    g.row(n) = gate_of(model, x[n]);
    const double mean[] = {line_of(model, 0, x[n]), line_of(model, 1, x[n])};
    for (arma::uword k = 0; k < 2; ++k) p(n, k) = normal(y[n], mean[k], sigma[k]);
    const auto below = [=, g1 = g(n, 0), a = mean[0], b = mean[1], s = sigma[0], u = sigma[1]](double v) {
      return g1 * normal_below(v, a, s) + (1 - g1) * normal_below(v, b, u);
    };
    of.push_back({below, g(n, 0) * mean[0] + g(n, 1) * mean[1], false});
  }
  check_mixture(sh, arguments, "60 rows, 1 input, 2 experts, gaussian", 8, p, g, of, y, w);
}

TEST_CASE("figures of a weighted mixture of counts with exposures follow from its coefficients", "[figures][cli]") {
  const Shell sh;
  const std::string arguments = "-k 2 -y c --family poisson --features x --exposure e --weight w d.csv";
  REQUIRE(sh(kWeighted + ("moe train -q " + arguments + " -o m.moe")).status == 0);
  const json model = json_of(sh, "moe inspect --json m.moe");
  auto table = columns_of(sh("cat d.csv").out);
  const arma::vec x = table["x"], y = table["c"], w = table["w"], e = table["e"];
  arma::mat p(x.n_elem, 2), g(x.n_elem, 2);
  std::vector<Distribution> of;
  for (arma::uword n = 0; n < x.n_elem; ++n) {
    g.row(n) = gate_of(model, x[n]);
    const double a = e[n] * std::exp(line_of(model, 0, x[n])), b = e[n] * std::exp(line_of(model, 1, x[n]));
    p.row(n) = arma::rowvec{poisson(y[n], a), poisson(y[n], b)};
    const double first = g(n, 0);
    of.push_back({sums_of([=](double j) { return first * poisson(j, a) + (1 - first) * poisson(j, b); }),
                  first * a + (1 - first) * b, true});
  }
  check_mixture(sh, arguments, "60 rows, 1 input, 2 experts, poisson", 6, p, g, of, y, w);
}

TEST_CASE("figures of weighted classes follow from their probabilities", "[figures][cli]") {
  const Shell sh;
  sh(kWeighted +
     std::string("awk -F, 'NR == 1 { print \"x,w,two,three\"; next } { print $1 \",\" $3 \",\" ($2 > 1.5 ? \"yes\" : "
                 "\"no\") \",\" ($2 > 2.5 ? \"c\" : $2 > 1 ? \"b\" : \"a\") }' d.csv > classes.csv"));
  for (const std::string target : {"two", "three"}) {
    CAPTURE(target);
    REQUIRE(
        sh("moe train -q -k 2 --l2 0.01 --gate-l2 0.01 --features x --weight w -y " + target + " classes.csv -o m.moe")
            .status == 0);
    const json eval = json_of(sh, "moe eval --json -m m.moe classes.csv");
    const std::vector<std::string> labels =
        target == "two" ? std::vector<std::string>{"no", "yes"} : std::vector<std::string>{"a", "b", "c"};
    CHECK(eval.at("labels") == labels);
    std::string truth = "1";
    for (std::size_t c = 0; c < labels.size(); ++c)
      truth += " + " + std::to_string(c) + " * ($n == \"" + labels[c] + "\")";
    const std::string column = target == "two" ? "3" : "4";
    auto table =
        columns_of(sh("awk -F, -v n=" + column + " 'NR == 1 { print \"w,truth\"; next } { print $2 \",\" " + truth +
                      " - 1 }' classes.csv | paste -d , - <(moe predict -m m.moe --output proba classes.csv)")
                       .out);
    const arma::vec w = table["w"], y = table["truth"];
    const double weight = arma::accu(w);
    arma::mat p(w.n_elem, labels.size());
    for (arma::uword c = 0; c < labels.size(); ++c) p.col(c) = table["p_" + labels[c]];
    double log_likelihood = 0, right = 0, brier = 0, pairs = 0, all_pairs = 0;
    arma::mat confusion(labels.size(), labels.size(), arma::fill::zeros);
    for (arma::uword n = 0; n < w.n_elem; ++n) {
      const auto own = static_cast<arma::uword>(y[n]);
      log_likelihood += w[n] * std::log(p(n, own));
      confusion(own, p.row(n).index_max()) += w[n];
      right += p.row(n).index_max() == own ? w[n] : 0;
      for (arma::uword c = labels.size() == 2 ? 1 : 0; c < labels.size(); ++c)
        brier += w[n] * std::pow(p(n, c) - (c == own ? 1 : 0), 2);
      for (arma::uword m = 0; m < w.n_elem && own == 1; ++m)
        if (y[m] == 0) {
          all_pairs += w[n] * w[m];
          pairs += w[n] * w[m] * (p(n, 1) > p(m, 1) ? 1 : p(n, 1) == p(m, 1) ? 0.5 : 0);
        }
    }
    CHECK(eval.at("log_likelihood") == Approx(log_likelihood).epsilon(1e-9));
    CHECK(eval.at("nll") == Approx(-log_likelihood / weight).epsilon(1e-9));
    CHECK(eval.at("log_loss") == eval.at("nll"));
    CHECK(eval.at("accuracy") == Approx(right / weight).epsilon(1e-12));
    CHECK(eval.at("brier") == Approx(brier / weight).epsilon(1e-9));
    CHECK(eval.contains("auc") == (target == "two"));
    if (target == "two") CHECK(eval.at("auc") == Approx(pairs / all_pairs).epsilon(1e-9));
    const std::string text = sh("moe eval --by-expert -m m.moe classes.csv").out;
    check_text(text, eval);
    std::string cells = "confusion (rows: true, columns: predicted)\n" + std::string(14, ' ');
    for (const std::string& label : labels) cells += std::string(11 - label.size(), ' ') + label;
    for (arma::uword i = 0; i < labels.size(); ++i) {
      cells += "\n  " + labels[i] + std::string(12 - labels[i].size(), ' ');
      for (arma::uword j = 0; j < labels.size(); ++j) {
        CHECK(eval.at("confusion")[i][j] == confusion(i, j));
        cells += printed(" %10g", confusion(i, j));
      }
    }
    INFO(text);
    CHECK(text.find(cells + "\n") != std::string::npos);
  }
}

namespace {

/// A coefficient as inspect prints it, given the quantile of its interval and its p value.
void check_coefficient(const Shell& sh, const json& expert, const std::string& output, double value, double error,
                       double p, double quantile) {
  const auto of = [&](const char* key) {
    const json& all = expert.at(key);
    return (output.empty() ? all : all.at(output)).at("(intercept)").get<double>();
  };
  CHECK(of("coefficients") == Approx(value).epsilon(1e-8));
  CHECK(of("standard_errors") == Approx(error).epsilon(1e-7));
  CHECK(of("z") == Approx(value / error).epsilon(1e-7));
  CHECK(of("p") == Approx(p).epsilon(1e-6));
  CHECK(of("lower") == Approx(value - quantile * error).epsilon(1e-7));
  CHECK(of("upper") == Approx(value + quantile * error).epsilon(1e-7));
  char line[200];
  std::snprintf(line, sizeof line, "\n  (intercept) %12.6g %12.6g %9.3f %10.3g %12.6g %12.6g\n", value, error,
                value / error, p, value - quantile * error, value + quantile * error);
  const Ran ran = sh("moe inspect m.moe");
  INFO(ran);
  INFO(line);
  CHECK(ran.out.find(line) != std::string::npos);
}

}  // namespace

TEST_CASE("errors of constants, by hand", "[figures][inspect]") {
  const Shell sh;
  sh.write("d.csv", "y,c,e,w,k\n2,2,1,1,a\n3,3,2,2,b\n5,9,4,1,a\n4,4,1,4,b\n9,0,1,0.5,b\n");
  const auto fitted = [&](const std::string& arguments) {
    REQUIRE(sh("moe train -q -k 1 --expert constant --weight w d.csv -o m.moe " + arguments).status == 0);
    return json_of(sh, "moe inspect --json m.moe");
  };
  constexpr double kNormal = 1.959963984540054;  // R: qnorm(0.975)
  const auto tails = [](double z) { return std::erfc(std::abs(z) / M_SQRT2); };
  {
    // R: n <- 8.5; m <- 67 / 17; r <- sqrt(sum(w * (y - m)^2) / (n - 1)), Student's t; qt(0.975, 7.5).
    const json model = fitted("-y y --features e");
    const double residual = 1.611235063971905, quantile = 2.333039626864970;
    check_coefficient(sh, model.at("experts")[0], "", 67 / 17.0, 0.552649067606363, 0.000135495664682, quantile);
    CHECK(model.at("inference").at("degrees_of_freedom") == 7.5);
    CHECK(model.at("inference").at("residual_standard_error") == Approx(residual).epsilon(1e-12));
    const double sigma = residual * std::sqrt(7.5 / 8.5);
    CHECK(model.at("experts")[0].at("sigma") == Approx(sigma).epsilon(1e-9));
    CHECK(model.at("experts")[0].at("sigma_standard_error") == Approx(sigma / std::sqrt(2 * 8.5)).epsilon(1e-6));
  }
  {
    // A rate is sum(w c) / sum(w e), and the information of its logarithm sum(w c).
    const json model = fitted("-y c --family poisson --exposure e");
    const double value = std::log(33 / 13.5), error = 1 / std::sqrt(33.0);
    check_coefficient(sh, model.at("experts")[0], "", value, error, tails(value / error), kNormal);
  }
  {
    // Log-odds of 6.5 to 2, whose information is n p (1 - p).
    const json model = fitted("-y k --features e");
    const double value = std::log(6.5 / 2), error = std::sqrt(8.5 / (6.5 * 2));
    check_coefficient(sh, model.at("experts")[0], "", value, error, tails(value / error), kNormal);
  }
  {
    // Each target alone has the same results as the first one.
    const json model = fitted("-y e,y");
    check_coefficient(sh, model.at("experts")[0], "y", 67 / 17.0, 0.552649067606363, 0.000135495664682,
                      2.333039626864970);
    CHECK(model.at("experts")[0].at("sigma_y") == Approx(1.611235063971905 * std::sqrt(7.5 / 8.5)).epsilon(1e-9));
    CHECK(model.at("fit").at("parameters") == 4);
  }
}
