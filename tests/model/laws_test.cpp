// Laws that hold for every registered family, network, gate link and objective, in every combination. Whatever is added
// to a registry is checked here without further work.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numeric>

#include "models.hpp"
#include "moe/forward_pass.hpp"
#include "moe/hessian.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/objective.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "scratch.hpp"

namespace {

using moe::Model;
using moe::Rows;

std::string name_of(const Make& make) {
  return make.family + (make.targets > 1 ? " of several targets" : "") + ", experts " + make.network + ", gate " +
         make.gate + " " + make.link + (make.own_inputs ? ", own inputs" : "");
}

/// Every family with its number of targets; families of two targets come last.
std::vector<std::pair<std::string, arma::uword>> all_families() {
  std::vector<std::pair<std::string, arma::uword>> all;
  for (const std::string& family : examples(moe::family_words())) all.emplace_back(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) all.emplace_back(family, 2);
  return all;
}

/// Every family, with every expert network, gate network (the same as the experts', or linear) and gate link.
void for_each_model(const std::function<void(Model&, const Make&, moe::Random&)>& law) {
  std::uint64_t stream = 0;
  for (const auto& [family, targets] : all_families())
    for (const std::string& network : examples(moe::network_words()))
      for (const std::string& gate : {std::string("linear"), network})
        for (const std::string& link : examples(moe::gate_words()))
          for (const bool own_inputs : {false, true}) {
            // Without intercepts, the sum of the outputs may be negative.
            if (link == "linear" && gate.find("no-intercept") != std::string::npos) continue;
            const Make make{family, network, gate, link, 3, 3, classes_of(family), own_inputs, targets};
            moe::Random random(17, ++stream);
            Model model = make_model(make);
            randomize(model, random);
            INFO(name_of(make));
            law(model, make, random);
          }
}

/// The objectives that make sense for this model.
std::vector<std::string> objectives_of(const Model& model) {
  return model.family().likelihood_only() ? std::vector<std::string>{"likelihood"} : examples(moe::objective_words());
}

double value_at(const Model& model, const moe::Objective& objective, const arma::vec& theta, const Rows& rows,
                const moe::Penalty& penalty = {}) {
  return moe::Pass(model, objective, penalty, 1).run(theta, rows, nullptr).value;
}

/// d f / d theta_i by central differences of order h^4.
double difference(const std::function<double(const arma::vec&)>& f, arma::vec theta, arma::uword i, double h) {
  const double at = theta[i];
  const auto moved = [&](double by) {
    theta[i] = at + by;
    return f(theta);
  };
  return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
}

/// The same from the points on one side only: to the right where h is positive.
double one_sided(const std::function<double(const arma::vec&)>& f, arma::vec theta, arma::uword i, double h) {
  const double at = theta[i], weights[] = {-25, 48, -36, 16, -3};
  double sum = 0;
  for (int step = 0; step < 5; ++step) {
    theta[i] = at + step * h;
    sum += weights[step] * f(theta);
  }
  return sum / (12 * h);
}

Rows take(const Rows& rows, const arma::uvec& order) { return {rows.take(order)}; }

Rows repeated(const Rows& rows) {
  const arma::uvec once = arma::regspace<arma::uvec>(0, rows.count() - 1);
  return take(rows, arma::join_cols(once, once));
}

/// Levels from one tail to the other, so close that a density is smooth between two of their quantiles.
std::vector<double> levels() {
  std::vector<double> result;
  for (double p = 1e-12; p < 0.02; p *= 1.6) result.push_back(p);
  for (double p = 0.02; p < 0.98; p += 0.01) result.push_back(p);
  for (double q = 0.02; q > 1e-12; q /= 1.6) result.push_back(1 - q);
  return result;
}

/// The integral from a to b by Gauss-Legendre quadrature with 5 points.
double integral(const std::function<double(double)>& f, double a, double b) {
  const double middle = 0.5 * (a + b), half = 0.5 * (b - a);
  double sum = 128.0 / 225 * f(middle);
  for (const double side : {-1.0, 1.0}) {
    sum += (322 + 13 * std::sqrt(70.0)) / 900 * f(middle + side * half * std::sqrt(5 - 2 * std::sqrt(10.0 / 7)) / 3);
    sum += (322 - 13 * std::sqrt(70.0)) / 900 * f(middle + side * half * std::sqrt(5 + 2 * std::sqrt(10.0 / 7)) / 3);
  }
  return sum * half;
}

/// Where to cut the line for the integrals of row n: at the quantiles of every expert, so that all densities are smooth
/// in between, however far apart they are, and at the target.
arma::vec cuts(const Model& model, const Rows& rows, arma::uword n, double target) {
  std::vector<double> result{target};
  moe::ForwardPass forward(model);
  forward.run(model.theta, rows);
  arma::vec quantile;
  for (arma::uword k = 0; k < model.size(); ++k)
    for (const double p : levels()) {
      const moe::Expert& expert = model.experts[k];
      expert.family->quantile(p, forward.eta(k), model.theta.memptr() + expert.psi_offset, quantile);
      result.push_back(model.target_in_data_units(quantile[n]));
    }
  return arma::unique(arma::vec(result));
}

/// Makes the distributions of positive numbers and of parts of 1 narrow. Others stay as they are.
void narrow(Model& model) {
  const moe::Support support = model.family().support();
  if (support != moe::Support::kUnitInterval && support != moe::Support::kPositive) return;
  if (!model.family().name().starts_with("lognormal")) {
    model.theta.tail(model.size() * model.family().dispersions()) += support == moe::Support::kPositive ? 3 : 6;
    return;
  }
  for (const moe::Expert& expert : model.experts)
    if (expert.family->dispersions() == 1)
      model.theta[expert.psi_offset] -= 3;
    else
      model.theta[expert.offset + expert.network->intercept(1)] -= 3;
}

}  // namespace

TEST_CASE("gradient equals central differences", "[laws]") {
  const moe::Penalty penalty{0.03, 0.02};
  for_each_model([&](Model& model, const Make&, moe::Random& random) {
    const Rows rows = some_rows(model, 7, random);
    for (const std::string& name : objectives_of(model)) {
      INFO(name);
      const auto objective = moe::make_objective(name);
      arma::vec gradient;
      const moe::PassResult result = moe::Pass(model, *objective, penalty, 1).run(model.theta, rows, &gradient);
      REQUIRE(result.undefined == 0);
      const auto f = [&](const arma::vec& theta) { return value_at(model, *objective, theta, rows, penalty); };
      REQUIRE(f(model.theta) == result.value);
      const double tolerance = 1e-8, margin = tolerance * arma::norm(gradient, "inf");
      for (arma::uword i = 0; i < gradient.n_elem; ++i) {
        INFO("theta[" << i << "]");
        const auto about = [&](double slope) { return Approx(slope).epsilon(tolerance).margin(margin); };
        const auto central = [&](double h) { return about(difference(f, model.theta, i, h)); };
        const auto sided = [&](double h) { return about(one_sided(f, model.theta, i, h)); };
        // The larger step has smaller rounding errors. If it reaches beyond a relu's kink, which is rare, the smaller
        // one counts, and if that does, too, the side without the kink.
        if (gradient[i] == central(2e-5) || gradient[i] == central(2e-6) || gradient[i] == sided(2e-6)) continue;
        CHECK(gradient[i] == sided(-2e-6));
      }
    }
  });
}

TEST_CASE("second derivatives equal differences of the gradient", "[laws]") {
  int tried = 0;
  for_each_model([&](Model& model, const Make&, moe::Random& random) {
    if (!moe::has_hessian(model)) return;
    ++tried;
    const Rows rows = some_rows(model, 7, random);
    const auto objective = moe::make_objective("likelihood");
    const arma::mat H = moe::likelihood_hessian(model, model.theta, rows, 1);
    CHECK(arma::approx_equal(H, H.t(), "absdiff", 0));
    const double size = arma::abs(H).max();
    for (arma::uword i = 0; i < H.n_cols; ++i) {
      INFO("theta[" << i << "]");
      const auto gradient = [&](double by) {
        arma::vec theta = model.theta, g;
        theta[i] += by;
        moe::Pass(model, *objective, {}, 1).run(theta, rows, &g);
        return g;
      };
      // Of two step sizes one must fit: rounding errors grow as steps shrink, truncation errors as they grow.
      const auto error = [&](double h) {
        const auto across = [&](double by) { return arma::vec(gradient(by) - gradient(-by)); };
        const arma::vec slope = (45 * across(h) - 9 * across(2 * h) + across(3 * h)) / (60 * h);
        return arma::abs(slope - H.col(i)).max();
      };
      INFO(std::min(error(3e-4), error(2e-5)) / size);
      CHECK(std::min(error(3e-4), error(2e-5)) < 1e-10 * size);
    }
  });
  CHECK(tried > 20);
}

TEST_CASE("the order of rows does not matter, and weight 2 is the row twice", "[laws]") {
  for_each_model([&](Model& model, const Make&, moe::Random& random) {
    const Rows rows = some_rows(model, 9, random);
    const arma::uvec order = {4, 2, 8, 0, 1, 7, 6, 3, 5};
    Rows doubled = rows;
    doubled.w *= 2;
    for (const std::string& name : objectives_of(model)) {
      INFO(name);
      const auto objective = moe::make_objective(name);
      const double value = value_at(model, *objective, model.theta, rows);
      CHECK(value_at(model, *objective, model.theta, take(rows, order)) == Approx(value).epsilon(1e-13).margin(1e-15));
      CHECK(value_at(model, *objective, model.theta, doubled) ==
            Approx(value_at(model, *objective, model.theta, repeated(rows))).epsilon(1e-13));
      // me-batch is the logarithm of a sum; all other objectives are means.
      const double shift = name == "me-batch" ? std::log(2.0) : 0;
      CHECK(value_at(model, *objective, model.theta, doubled) == Approx(value - shift).epsilon(1e-13));
    }
  });
}

TEST_CASE("the order of experts does not matter", "[laws]") {
  for_each_model([&](Model& model, const Make& make, moe::Random& random) {
    if (make.own_inputs) return;
    const Rows rows = some_rows(model, 9, random);
    const std::vector<arma::uword> order = {2, 0, 1};
    Model permuted = model;
    const moe::Branch& gate = model.gate_branch;
    const arma::uword height = gate.network->last_inputs();
    for (arma::uword k = 0; k < model.size(); ++k) {
      const moe::Expert &to = model.experts[k], &from = model.experts[order[k]];
      permuted.theta.subvec(gate.offset + gate.network->intercept(k), arma::size(height, 1)) =
          model.theta.subvec(gate.offset + gate.network->intercept(order[k]), arma::size(height, 1));
      permuted.theta.subvec(to.offset, arma::size(to.network->parameters(), 1)) =
          model.theta.subvec(from.offset, arma::size(from.network->parameters(), 1));
      for (arma::uword i = 0; i < to.family->dispersions(); ++i)
        permuted.theta[to.psi_offset + i] = model.theta[from.psi_offset + i];
    }
    for (const std::string& name : objectives_of(model)) {
      INFO(name);
      const auto objective = moe::make_objective(name);
      CHECK(value_at(permuted, *objective, permuted.theta, rows, {0.1, 0.1}) ==
            Approx(value_at(model, *objective, model.theta, rows, {0.1, 0.1})).epsilon(1e-12));
    }
  });
}

TEST_CASE("values and gradients stay finite far out", "[laws]") {
  for_each_model([&](Model& model, const Make& make, moe::Random& random) {
    Rows rows = some_rows(model, 9, random);
    for (arma::uword t = 0; t < model.targets(); ++t)
      if (const moe::Support support = model.family().supports()[t];
          support != moe::Support::kClasses && support != moe::Support::kUnitInterval)
        rows.y.col(t) *= 1e3;
    rows.trials *= 1e3;
    for (const double size : {1e3, -1e3}) {
      arma::vec theta = model.theta;
      for (const moe::Model::Tensor& tensor : model.tensors())
        if (tensor.name.find("psi") == std::string::npos)
          theta.subvec(tensor.offset, arma::size(tensor.rows * tensor.columns, 1)) *= size;
      for (const std::string& name : objectives_of(model)) {
        INFO(name << " at " << size);
        arma::vec gradient;
        const auto objective = moe::make_objective(name);
        const moe::PassResult result = moe::Pass(model, *objective, {}, 1).run(theta, rows, &gradient);
        if (result.undefined > 0) {
          CHECK(make.link == "linear");
          CHECK(std::isnan(result.value));
          continue;
        }
        // exp(1e3) overflows, so under the positive gate, objectives that need the weights themselves overflow, too.
        if (make.link == "positive" && !objective->is_mixture()) continue;
        CHECK(std::isfinite(result.value));
        CHECK(gradient.is_finite());
      }
    }
  });
}

TEST_CASE("a sigma with bounds keeps within them however far out a row is", "[laws]") {
  moe::Random random(19);
  const Model model = make_bounded();
  const Rows rows = far_rows(model, 70, random);
  moe::ForwardPass forward(model);
  forward.run(model.theta, rows);
  arma::vec variance;
  arma::uword at_low = 0, at_high = 0;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const double low = k < 3 ? 0.3 : 0.5, high = k < 3 ? 4 : 2;
    const moe::Family& family = *model.experts[k].family;
    family.variance(forward.eta(k), nullptr, variance);
    const arma::vec sigma = model.standardization.target_scale[0] * arma::sqrt(variance);
    CHECK(sigma.min() > low * (1 - 1e-12));
    CHECK(sigma.max() < high * (1 + 1e-12));
    // Beyond the bounds, the likelihood does not depend on what the network says of sigma.
    arma::mat score;
    family.score(rows.y, forward.eta(k), nullptr, rows.w, score, nullptr);
    for (arma::uword n = 0; n < rows.count(); ++n) {
      const bool is_low = sigma[n]<low*(1 + 1e-12), is_high = sigma[n]> high * (1 - 1e-12);
      at_low += is_low ? 1 : 0;
      at_high += is_high ? 1 : 0;
      if (is_low || is_high) CHECK(score(n, 1) == 0);
    }
  }
  CHECK(at_low > 20);
  CHECK(at_high > 20);
}

TEST_CASE("the probability of an interval is the integral of the density, in the tails, too", "[laws]") {
  for (const std::string& family : examples(moe::family_words())) {
    if (classes_of(family) > 0) continue;
    INFO(family);
    moe::Random random(27);
    Model model = make_model({family, "linear", "linear", "softmax", 3, 3, 0, false});
    randomize(model, random);
    narrow(model);
    const moe::Support support = model.family().support();
    moe::Dataset data = in_data_units(model, some_rows(model, 4, random));
    moe::Predictive predictive(model);
    predictive.at(data);
    if (predictive.discrete()) {
      // Of (y - 1/2, y + 1/2] it is the probability of y.
      const arma::vec found = predictive.log_probability(data.y.col(0) - 0.5, data.y.col(0) + 0.5);
      CHECK(arma::approx_equal(found, predictive.log_density(), "both", 1e-9, 1e-9));
      continue;
    }
    const bool bounded = support == moe::Support::kUnitInterval;
    for (const double p : {1e-12, 1e-3, 0.5, 0.999}) {
      const arma::vec low = predictive.quantile(p);
      const arma::vec width = bounded ? arma::vec(1e-3 * (1 - low)) : arma::vec(0.02 * predictive.quantile(0.9));
      const arma::vec found = predictive.log_probability(low, low + arma::abs(width));
      arma::vec expected(4, arma::fill::zeros);
      constexpr int kParts = 40;
      for (arma::uword n = 0; n < 4; ++n) {
        const auto density = [&](double y) {
          moe::Dataset at = data;
          at.y.fill(y);
          moe::Predictive there(model);
          there.at(at);
          return std::exp(there.log_density()[n]);
        };
        const double part = std::abs(width[n]) / kParts;
        for (int i = 0; i < kParts; ++i) expected[n] += integral(density, low[n] + i * part, low[n] + (i + 1) * part);
      }
      INFO(p);
      CHECK(arma::approx_equal(found, arma::log(expected), "absdiff", 1e-6));
    }
  }
}

TEST_CASE("a model comes back from its file with the same bits", "[laws]") {
  const ScratchDir scratch;
  for_each_model([&](Model& model, const Make&, moe::Random& random) {
    const std::string path = scratch.path("m.moe");
    moe::save_model(model, path);
    const Model back = moe::load_model(path);
    REQUIRE(back.theta.n_elem == model.theta.n_elem);
    CHECK(std::memcmp(back.theta.memptr(), model.theta.memptr(), model.theta.n_elem * sizeof(double)) == 0);
    CHECK(back.spec().experts == model.spec().experts);
    CHECK(back.spec().family == model.spec().family);
    const Rows rows = some_rows(model, 5, random);
    const auto objective = moe::make_objective("likelihood");
    CHECK(value_at(back, *objective, back.theta, rows) == value_at(model, *objective, model.theta, rows));
  });
}

TEST_CASE("densities sum to 1, and their moments and quantiles are what they say", "[laws]") {
  for (const std::string& family : examples(moe::family_words())) {
    INFO(family);
    moe::Random random(23);
    Model model = make_model({family, "linear", "linear", "softmax", 3, 3, classes_of(family), false});
    randomize(model, random);
    // Leaves out densities that are infinite at an end of their range: quadrature would miss their mass, and doubles
    // near 1 are too coarse for a quantile at every level.
    narrow(model);
    const Rows rows = some_rows(model, 4, random);
    moe::Dataset data = in_data_units(model, rows);
    moe::Predictive predictive(model);
    predictive.at(data);
    const auto density_at = [&](double y) {
      data.y.fill(y);
      predictive.at(data);
      return arma::vec(arma::exp(predictive.log_density()));
    };
    if (model.classes()) {
      arma::vec total(4, arma::fill::zeros);
      for (arma::uword c = 0; c < classes_of(family); ++c) {
        const arma::vec p = density_at(static_cast<double>(c));
        CHECK(arma::approx_equal(p, predictive.probabilities().col(c), "absdiff", 1e-14));
        total += p;
      }
      CHECK(arma::approx_equal(total, arma::ones(4), "absdiff", 1e-14));
      continue;
    }
    for (arma::uword n = 0; n < 4; ++n) {
      const auto density = [&](double y) { return density_at(y)[n]; };
      const double mean = predictive.mean()[n], sd = predictive.sd()[n];
      double mass = 0, first = 0, second = 0, score = 0;
      const double at = some_target(model, data.trials.is_empty() ? 0 : data.trials[n], random);
      const auto cdf = [&](double t) { return predictive.cdf(t * arma::ones(4))[n]; };
      const auto missing = [&](double t) { return std::pow(cdf(t) - (t >= at ? 1 : 0), 2); };
      if (predictive.discrete()) {
        const double last = predictive.quantile(1 - 1e-13)[n];
        for (double y = 0; y <= last; ++y) {
          const double p = density(y);
          mass += p, first += p * y, second += p * (y - mean) * (y - mean), score += missing(y);
          CHECK(cdf(y) == Approx(mass).margin(1e-10));
        }
      } else {
        const arma::vec at_cuts = cuts(model, rows, n, at);
        for (arma::uword i = 0; i + 1 < at_cuts.n_elem; ++i) {
          const double a = at_cuts[i], b = at_cuts[i + 1], part = integral(density, a, b);
          CHECK(part == Approx(cdf(b) - cdf(a)).margin(2e-6));
          mass += part;
          first += integral([&](double y) { return y * density(y); }, a, b);
          second += integral([&](double y) { return (y - mean) * (y - mean) * density(y); }, a, b);
          score += integral(missing, a, b);
        }
      }
      CHECK(mass == Approx(1).margin(1e-5));
      CHECK(first == Approx(mean).margin(1e-4 * sd));
      if (std::isfinite(sd)) CHECK(second == Approx(sd * sd).epsilon(1e-3));
      data.y.fill(at);
      predictive.at(data);
      CHECK(predictive.crps()[n] == Approx(score).epsilon(1e-4));
    }
    for (const double p : {1e-6, 0.05, 0.5, 0.999}) {
      const arma::vec q = predictive.quantile(p), up_to = predictive.cdf(q);
      if (!predictive.discrete()) CHECK(arma::approx_equal(up_to, p * arma::ones(4), "absdiff", 1e-13));
      CHECK(arma::all(up_to > p - 1e-13));
      if (predictive.discrete()) CHECK(arma::all(predictive.cdf(q - 1) < p + 1e-13));
    }
  }
}

TEST_CASE("a family's curvature has the slopes of its density, and a surrogate lies below it", "[laws]") {
  std::vector<std::pair<std::string, arma::uword>> families = all_families();
  families.emplace_back("laplace,student", 2);
  std::uint64_t stream = 0;
  for (const auto& [spec, targets] : families) {
    moe::TargetInfo info{classes_of(spec), 1, 1};
    const auto family = moe::make_family(spec, std::vector<moe::TargetInfo>(targets, info));
    INFO(spec);
    moe::Random random(67, ++stream);
    constexpr arma::uword kRows = 30;
    const arma::uword m = family->outputs(), p = family->dispersions();
    arma::mat y(kRows, targets), eta(kRows, m + (family->reads_trials() ? 1 : 0));
    for (double& value : eta) value = 0.5 * random.normal();
    if (family->reads_trials()) eta.col(m).fill(7);
    for (arma::uword t = 0; t < targets; ++t)
      for (arma::uword n = 0; n < kRows; ++n) {
        const moe::Support support = family->supports()[t];
        y(n, t) = support == moe::Support::kReal           ? 3 * random.normal()
                  : support == moe::Support::kPositive     ? 0.1 + std::abs(random.normal())
                  : support == moe::Support::kUnitInterval ? random.uniform(0.05, 0.95)
                  : support == moe::Support::kClasses      ? static_cast<double>(random.below(info.classes))
                                                           : static_cast<double>(random.below(7));
      }
    arma::vec psi(p);
    for (double& value : psi) value = 0.4 * random.normal();
    arma::mat scores, seconds;
    family->curvature(y, eta, psi.memptr(), scores, seconds);
    if (scores.is_empty()) continue;
    const auto log_p = [&](const arma::mat& at, const arma::vec& dispersions) {
      arma::vec result;
      family->log_density(y, at, dispersions.memptr(), result);
      return result;
    };
    constexpr double kStep = 1e-5;
    for (arma::uword j = 0; j < scores.n_cols; ++j) {
      const auto moved = [&](double by) {
        arma::mat at = eta;
        arma::vec dispersions = psi;
        if (j < m)
          at.col(j) += by;
        else
          dispersions[j - m] += by;
        return log_p(at, dispersions);
      };
      INFO("variable " << j);
      const arma::vec slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
      CHECK((arma::abs(slope - scores.col(j)) / (1 + arma::abs(slope))).max() < 1e-7);
    }
    arma::mat ignored_scores, ignored_seconds;
    // Of several targets, some may have second derivatives, which are no bound.
    if (targets > 1 || family->derivatives(y, eta, psi.memptr(), ignored_scores, ignored_seconds)) continue;
    const arma::vec here = log_p(eta, psi);
    const auto u = static_cast<arma::uword>(std::lround(std::sqrt(static_cast<double>(seconds.n_cols))));
    for (int trial = 0; trial < 20; ++trial) {
      arma::mat by(kRows, m);
      for (double& value : by) value = std::pow(4.0, random.uniform(-2, 2)) * random.normal();
      arma::mat at = eta;
      at.cols(0, m - 1) += by;
      arma::vec surrogate = here;
      for (arma::uword i = 0; i < m; ++i) {
        surrogate += scores.col(i) % by.col(i);
        for (arma::uword j = 0; j < m; ++j) surrogate += 0.5 * seconds.col(j * u + i) % by.col(i) % by.col(j);
      }
      CHECK((log_p(at, psi) - surrogate).min() > -1e-6);
    }
  }
}

TEST_CASE("a simpler family lies where the larger one says, and its other sides are beside it", "[laws]") {
  std::vector<std::pair<std::string, arma::uword>> families = all_families();
  for (const char* several : {"skew-normal,skew-normal", "negative-binomial,skew-normal", "gaussian:hetero,student",
                              "zero-inflated-poisson,poisson"})
    families.emplace_back(several, 2);
  std::size_t held = 0;
  for (const auto& [spec, targets] : families) {
    const std::vector<moe::TargetInfo> infos(targets, moe::TargetInfo{classes_of(spec), 1, 1});
    const auto family = moe::make_family(spec, infos);
    if (family->simpler().empty()) continue;
    ++held;
    const auto simpler = moe::make_family(family->simpler(), infos);
    INFO(spec << " over " << simpler->spec());
    moe::Random random(61, held);
    constexpr arma::uword kRows = 40;
    arma::mat y(kRows, targets), eta(kRows, simpler->outputs());
    for (double& value : eta) value = 0.5 * random.normal();
    for (arma::uword t = 0; t < targets; ++t)
      for (arma::uword n = 0; n < kRows; ++n)
        y(n, t) = family->supports()[t] == moe::Support::kCounts ? static_cast<double>(random.below(6))
                                                                 : 1.5 * random.normal();
    arma::vec psi(simpler->dispersions());
    for (double& value : psi) value = 0.3 * random.normal();
    const auto log_p = [&](std::size_t side, double mirror) {
      const moe::Family::Embedding at = family->embedded(psi.memptr(), side);
      arma::mat placed(kRows, family->outputs(), arma::fill::zeros);
      for (std::size_t i = 0; i < at.outputs.size(); ++i) placed.col(at.outputs[i]) = mirror * eta.col(i);
      for (arma::uword out = 0; out < family->outputs(); ++out) placed.col(out) += at.intercepts[out];
      arma::vec result;
      family->log_density(mirror * y, placed, at.psi.data(), result);
      return result;
    };
    arma::vec exact;
    simpler->log_density(y, eta, psi.memptr(), exact);
    CHECK(arma::abs(log_p(0, 1) - exact).max() < 1e-6);
    for (std::size_t side = 1; side < family->sides(); ++side) {
      const double apart = arma::abs(log_p(side, 1) - exact).max();
      INFO("side " << side);
      CHECK(apart > 1e-5);
      CHECK(std::isfinite(apart));
    }
    // Side 2 leans to the left as side 1 leans to the right.
    if (family->sides() == 3 && !family->discrete() && spec.find("binomial") == std::string::npos)
      CHECK(arma::approx_equal(log_p(1, 1), log_p(2, -1), "absdiff", 1e-9));
  }
  CHECK(held >= 9);
}

TEST_CASE("draws have the mean and the gate's shares", "[laws]") {
  for (const std::string& family : examples(moe::family_words())) {
    INFO(family);
    moe::Random random(29);
    Model model = make_model({family, "linear", "linear", "softmax", 3, 3, classes_of(family), false});
    randomize(model, random);
    if (family.starts_with("lognormal")) narrow(model);  // the mean of some draws says little of one with long tails
    const Rows one = some_rows(model, 1, random);
    const arma::uword draws = 40000;
    Rows same{arma::repmat(one.X, 1, draws), arma::repmat(one.y, draws, 1), arma::vec(draws, arma::fill::ones)};
    if (!one.trials.is_empty()) same.trials = arma::repmat(one.trials, draws, 1);
    moe::Predictive predictive(model);
    predictive.at(in_data_units(model, same));
    arma::vec y;
    arma::uvec expert;
    predictive.draw(random, y, expert);
    const double error = 5 / std::sqrt(static_cast<double>(draws));
    for (arma::uword k = 0; k < 3; ++k)
      CHECK(arma::accu(expert == k) / double(draws) == Approx(predictive.weights()(0, k)).margin(error));
    if (model.classes())
      for (arma::uword c = 0; c < classes_of(family); ++c)
        CHECK(arma::accu(y == double(c)) / double(draws) == Approx(predictive.probabilities()(0, c)).margin(error));
    else
      CHECK(arma::mean(y) == Approx(predictive.mean()[0]).margin(error * std::min(predictive.sd()[0], 100.0)));
  }
}

TEST_CASE("second derivatives do not depend on the number of threads", "[laws]") {
  moe::Random random(37);
  Model model = make_model({"gaussian:shared", "linear", "linear", "softmax", 3, 3, 0, false});
  randomize(model, random);
  const Rows rows = some_rows(model, 20001, random);
  const arma::mat one = moe::likelihood_hessian(model, model.theta, rows, 1);
  for (const unsigned threads : {2u, 5u}) {
    const arma::mat other = moe::likelihood_hessian(model, model.theta, rows, threads);
    CHECK(std::memcmp(one.memptr(), other.memptr(), one.n_elem * sizeof(double)) == 0);
  }
}

TEST_CASE("the bits do not depend on the number of threads", "[laws]") {
  // A table, and a mini-batch whose networks are large enough to be shared among threads.
  const auto [network, count] = GENERATE(table<std::string, arma::uword>({{"mlp:5", 70001}, {"mlp:96", 300}}));
  moe::Random random(31);
  Model model = make_model({"gaussian", network, "linear", "softmax", 3, 3, 0, false});
  randomize(model, random);
  const Rows rows = some_rows(model, count, random);
  for (const std::string& name : objectives_of(model)) {
    INFO(name);
    const auto objective = moe::make_objective(name);
    arma::vec one, other;
    const double value = moe::Pass(model, *objective, {}, 1).run(model.theta, rows, &one).value;
    for (const unsigned threads : {2u, 5u}) {
      CHECK(moe::Pass(model, *objective, {}, threads).run(model.theta, rows, &other).value == value);
      CHECK(std::memcmp(one.memptr(), other.memptr(), one.n_elem * sizeof(double)) == 0);
    }
  }
}
