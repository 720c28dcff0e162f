// Modes and sets of highest density, beside closed forms, beside what they must fulfil, and beside counting.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "models.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"

namespace {

/// One expert of a family that is the same in every row, at this eta and psi.
moe::Model constant_model(const std::string& family, const arma::vec& eta, const arma::vec& psi) {
  moe::Model model = make_model({family, "constant", "constant", "softmax", 1, 1});
  if (eta.n_elem > 0) model.theta.subvec(model.experts[0].offset, arma::size(eta)) = eta;
  if (psi.n_elem > 0) model.theta.subvec(model.experts[0].psi_offset, arma::size(psi)) = psi;
  return model;
}

moe::Dataset one_row(double y = 0.5) { return {arma::mat(2, 1, arma::fill::ones), arma::vec{y}, arma::vec{1}, {}, {}}; }

struct At {
  explicit At(moe::Model kept) : model(std::move(kept)), predictive(model) { predictive.at(one_row()); }
  moe::Model model;
  moe::Predictive predictive;
  double mean() const { return predictive.mean()[0]; }
  double sd() const { return predictive.sd()[0]; }
  double mode() const { return predictive.mode()[0]; }
  std::vector<moe::Interval> region(double level) const { return predictive.highest_density(level)[0]; }
};

/// log p of target t at these y, one for each row of the data.
arma::vec log_density_at(const moe::Model& model, moe::Dataset data, arma::uword t, const arma::vec& y) {
  data.y.set_size(data.rows(), model.targets());
  data.y.each_col() = y;
  moe::Predictive predictive(model);
  predictive.at(data);
  return predictive.log_density_of(t);
}

/// The integral of exp(log p) over an interval of row 0, by Gauss-Legendre with 3 points on many cells.
double mass(const moe::Model& model, const moe::Dataset& row, arma::uword t, double low, double high) {
  constexpr arma::uword kCells = 4000;
  const arma::vec node{-std::sqrt(0.6), 0, std::sqrt(0.6)}, share{5.0 / 18, 8.0 / 18, 5.0 / 18};
  arma::vec at(3 * kCells), weight(3 * kCells);
  const double h = (high - low) / kCells;
  for (arma::uword i = 0; i < at.n_elem; ++i) {
    at[i] = low + h * (static_cast<double>(i / 3) + 0.5 + 0.5 * node[i % 3]);
    weight[i] = h * share[i % 3];
  }
  moe::Dataset rows{row.take(arma::uvec(at.n_elem, arma::fill::zeros))};
  return arma::dot(weight, arma::exp(log_density_at(model, rows, t, at)));
}

}  // namespace

TEST_CASE("the highest densities of known distributions", "[predict][regions]") {
  constexpr double kLevel = 0.8;
  SECTION("gaussian: the mean, and both quantiles of the normal distribution") {
    const At at(constant_model("gaussian", {0.3}, {-0.4}));
    CHECK(at.mode() == at.mean());
    const auto set = at.region(kLevel);
    REQUIRE(set.size() == 1);
    constexpr double kQuantile = 1.2815515655446004;  // R: qnorm(0.9)
    CHECK(set[0].low == Approx(at.mean() - kQuantile * at.sd()).epsilon(1e-12));
    CHECK(set[0].high == Approx(at.mean() + kQuantile * at.sd()).epsilon(1e-12));
  }
  SECTION("laplace: -b log(1 - level) to both sides") {
    const At at(constant_model("laplace", {-0.7}, {0.2}));
    CHECK(at.mode() == Approx(at.mean()).epsilon(1e-15));
    const auto set = at.region(kLevel);
    REQUIRE(set.size() == 1);
    const double half = -std::log(1 - kLevel) * at.sd() / std::sqrt(2.0);
    CHECK(set[0].low == Approx(at.mean() - half).epsilon(1e-12));
    CHECK(set[0].high == Approx(at.mean() + half).epsilon(1e-12));
  }
  SECTION("lognormal: exp(mu - sigma^2)") {
    const At at(constant_model("lognormal", {0.6}, {-0.3}));
    const double square = std::log1p(std::pow(at.sd() / at.mean(), 2)), mu = std::log(at.mean()) - square / 2;
    CHECK(at.mode() == Approx(std::exp(mu - square)).epsilon(1e-7));
  }
  SECTION("gamma: (shape - 1) / shape mean; of an exponential from 0 to -mean log(1 - level)") {
    const At at(constant_model("gamma", {0.4}, {1.3}));
    const double shape = std::pow(at.mean() / at.sd(), 2);
    REQUIRE(shape > 1);
    CHECK(at.mode() == Approx((shape - 1) / shape * at.mean()).epsilon(1e-7));
    const At exponential(constant_model("gamma", {0.4}, {-std::log(1 - 1e-8)}));
    REQUIRE(exponential.sd() == Approx(exponential.mean()).epsilon(1e-12));
    const auto set = exponential.region(kLevel);
    REQUIRE(set.size() == 1);
    CHECK(set[0].low == 0);
    CHECK(set[0].high == Approx(-exponential.mean() * std::log(1 - kLevel)).epsilon(1e-9));
  }
  SECTION("beta: (a - 1) / (a + b - 2), and the arcsine law, which is infinite at both ends") {
    const At at(constant_model("beta", {0.5}, {2.0}));
    const double m = at.mean(), precision = m * (1 - m) / std::pow(at.sd(), 2) - 1;
    CHECK(at.mode() == Approx((m * precision - 1) / (precision - 2)).epsilon(1e-7));
    const At arcsine(constant_model("beta", {0}, {-std::log(1 - 1e-8)}));  // F(y) = 2 / pi asin(sqrt(y))
    const auto set = arcsine.region(kLevel);
    REQUIRE(set.size() == 2);
    const double end = std::pow(std::sin(M_PI / 4 * kLevel), 2);
    CHECK(set[0].low == 0);
    CHECK(set[0].high == Approx(end).epsilon(1e-9));
    CHECK(set[1].low == Approx(1 - end).epsilon(1e-9));
    CHECK(set[1].high == 1);
    CHECK(arcsine.mode() == 0);
    CHECK(At(constant_model("beta", {0.5}, {-1})).mode() == 1);  // a = 1.24 b < 1: the density rises faster at 1
  }
  SECTION("poisson: the whole part of its mean; the lesser of two") {
    CHECK(At(constant_model("poisson", {std::log(3.7)}, {})).mode() == 3);
    CHECK(At(constant_model("poisson", {std::log(4)}, {})).mode() == 3);
    CHECK(At(constant_model("poisson", {std::log(0.2)}, {})).mode() == 0);
    CHECK(At(constant_model("poisson", {std::log(2e6) + 1e-7}, {})).mode() == 2000000);
  }
}

TEST_CASE("two normal experts apart have two regions", "[predict][regions]") {
  // 0.6 N(-4, 1) + 0.4 N(4, 0.5^2): the peak of the second is higher, 0.4 / 0.5 > 0.6.
  moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 2, 1});
  model.standardization = moe::Standardization::none(1, 1);
  model = moe::Model(model.schema, model.standardization, model.spec());
  model.theta = arma::vec{std::log(0.6), std::log(0.4), -4, 4, moe::gaussian_psi(1, 1), moe::gaussian_psi(0.5, 1)};
  const At at(model);
  CHECK(at.mode() == Approx(4).epsilon(1e-7));
  const auto set = at.region(0.9);
  REQUIRE(set.size() == 2);
  double inside = 0;
  arma::vec ends(4);
  const auto normal = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  for (std::size_t i = 0; i < 2; ++i) {
    const double low = set[i].low, high = set[i].high;
    inside += 0.6 * (normal(high + 4) - normal(low + 4)) + 0.4 * (normal((high - 4) / 0.5) - normal((low - 4) / 0.5));
    for (const double y : {low, high})
      ends[2 * i + (y == high)] = 0.6 * std::exp(-0.5 * std::pow(y + 4, 2)) + 0.8 * std::exp(-2 * std::pow(y - 4, 2));
  }
  CHECK(inside == Approx(0.9).epsilon(1e-12));
  CHECK(ends.min() == Approx(ends.max()).epsilon(1e-11));
  CHECK(at.region(0.2).size() == 1);  // the higher peak alone
  CHECK(at.region(1 - 1e-6).size() == 2);
  CHECK(at.region(1 - 1e-12).size() == 1);
}

TEST_CASE("every family of any number: equal density at the ends, the level inside, less outside",
          "[predict][regions]") {
  moe::Random random(5);
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) {
      if (classes_of(family) > 0) continue;
      for (const std::string& second : {family, std::string("gaussian")}) {
        Make make{family, "linear", "linear", "softmax", 3, 3};
        moe::Model model = make_model(make);
        const moe::Support support = model.family().support();
        if (model.experts[0].family->discrete()) continue;
        if (second != family) {
          if (support != moe::Support::kReal) continue;
          moe::ModelSpec spec = model.spec();
          if (!model.family().location_scale() || model.family().shared_dispersion()) continue;
          spec.expert_families = {family, second, family};
          model = moe::Model(model.schema, model.standardization, spec);
        }
        randomize(model, random);
        const moe::Dataset rows = in_data_units(model, some_rows(model, 6, random));
        moe::Predictive predictive(model);
        predictive.at(rows);
        const arma::vec mode = predictive.mode(), at_mode = log_density_at(model, rows, 0, mode);
        for (const double level : {0.3, 0.9, 0.999}) {
          const auto sets = predictive.highest_density(level);
          for (arma::uword n = 0; n < rows.rows(); ++n) {
            CAPTURE(family, second, level, n);
            const moe::Dataset row{rows.take(arma::uvec{n})};
            REQUIRE(!sets[n].empty());
            double inside = 0, by_cdf = 0, before = -arma::datum::inf;
            std::vector<double> ends;
            moe::Predictive one(model);
            one.at(row);
            for (const moe::Interval& part : sets[n]) {
              CHECK(before < part.low);
              CHECK(part.low < part.high);
              before = part.high;
              for (const double y : {part.low, part.high})
                if (!(y == 0 && support != moe::Support::kReal) && !(y == 1 && support == moe::Support::kUnitInterval))
                  ends.push_back(y);
              by_cdf += one.cdf({part.high})[0] - one.cdf({part.low})[0];
              inside += mass(model, row, 0, part.low, part.high);
            }
            REQUIRE(!ends.empty());
            const arma::vec at_ends =
                log_density_at(model, moe::Dataset{row.take(arma::uvec(ends.size(), arma::fill::zeros))}, 0, ends);
            CHECK(at_ends.max() - at_ends.min() < 1e-8);
            CHECK(by_cdf == Approx(level).margin(1e-8));
            if (support == moe::Support::kReal && level < 0.95) CHECK(inside == Approx(level).margin(1e-5));
            // Some hundred places of the distribution: inside where the density is higher than at the ends.
            for (double p = 0.002; p < 1; p += 0.004) {
              const double y = one.quantile(p)[0], log_p = log_density_at(model, row, 0, arma::vec{y})[0];
              const bool in = std::any_of(sets[n].begin(), sets[n].end(),
                                          [&](const moe::Interval& part) { return part.low <= y && y <= part.high; });
              if (std::abs(log_p - at_ends[0]) > 1e-7) CHECK(in == (log_p > at_ends[0]));
              if (std::isfinite(at_mode[n]) && mode[n] != 0 && mode[n] != 1) CHECK(log_p <= at_mode[n] + 1e-12);
            }
          }
        }
      }
    }
}

TEST_CASE("of whole numbers the smallest set that reaches the level", "[predict][regions]") {
  moe::Random random(6);
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) {
      moe::Model model = make_model({family, "linear", "linear", "softmax", 3, 3, classes_of(family)});
      if (classes_of(family) > 0 || !model.experts[0].family->discrete()) continue;
      randomize(model, random);
      const moe::Dataset rows = in_data_units(model, some_rows(model, 12, random));
      moe::Predictive predictive(model);
      predictive.at(rows);
      const arma::vec mode = predictive.mode();
      for (const double level : {0.1, 0.5, 0.9, 0.99}) {
        const auto sets = predictive.highest_density(level);
        for (arma::uword n = 0; n < rows.rows(); ++n) {
          CAPTURE(family, level, n);
          const moe::Dataset row{rows.take(arma::uvec{n})};
          const double most = rows.trials.is_empty() ? 3000 : rows.trials[n];
          const arma::vec numbers = arma::regspace(0, most);
          const arma::vec p = arma::exp(
              log_density_at(model, moe::Dataset{row.take(arma::uvec(numbers.n_elem, arma::fill::zeros))}, 0, numbers));
          CHECK(p[static_cast<arma::uword>(mode[n])] == p.max());
          std::vector<arma::uword> order(p.n_elem);
          std::iota(order.begin(), order.end(), 0);
          std::stable_sort(order.begin(), order.end(), [&](arma::uword a, arma::uword b) { return p[a] > p[b]; });
          double sum = 0;
          std::vector<double> fewest;
          for (std::size_t i = 0; sum < level; ++i) {
            fewest.push_back(numbers[order[i]]);
            sum += p[order[i]];
          }
          std::sort(fewest.begin(), fewest.end());
          std::vector<double> found;
          for (const moe::Interval& part : sets[n])
            for (double y = part.low; y <= part.high; ++y) found.push_back(y);
          CHECK(found == fewest);
        }
      }
    }
}

TEST_CASE("a wide distribution of counts has its smallest set, too", "[predict][regions]") {
  // 0.5 Poisson(1000) + 0.5 Poisson(3000), and a geometric distribution of mean 5000 (negative binomial, theta = 1).
  moe::Model model = make_model({"poisson", "constant", "constant", "softmax", 2, 1});
  model.theta = arma::vec{0, 0, std::log(1000), std::log(3000)};
  const At at(model);
  CHECK(at.mode() == 999);  // 1000 is as probable
  const auto set = at.region(0.9);
  REQUIRE(set.size() == 2);
  const arma::vec numbers = arma::regspace(0, 5000);
  const arma::vec log_p =
      log_density_at(model, moe::Dataset{one_row().take(arma::uvec(numbers.n_elem, arma::fill::zeros))}, 0, numbers);
  const arma::vec p = arma::exp(log_p), falling = arma::sort(p, "descend");
  double sum = 0;
  arma::uword count = 0;
  while (sum < 0.9) sum += falling[count++];
  CHECK(set[0].high - set[0].low + set[1].high - set[1].low + 2 == count);
  for (const moe::Interval& part : set)
    for (const double y : {part.low, part.high}) CHECK(p[static_cast<arma::uword>(y)] >= falling[count - 1]);
  const At geometric(constant_model("negative-binomial", {std::log(5000)}, {0}));
  const double theta = std::pow(geometric.mean(), 2) / (std::pow(geometric.sd(), 2) - geometric.mean());
  REQUIRE(theta == Approx(1).epsilon(1e-6));
  const double share = 5000.0 / 5001;  // P(Y <= y) = 1 - share^(y + 1)
  const auto from_zero = geometric.region(0.9);
  REQUIRE(from_zero.size() == 1);
  CHECK(from_zero[0].low == 0);
  CHECK(from_zero[0].high == Approx(std::ceil(std::log(0.1) / std::log(share)) - 1).margin(1));
}

TEST_CASE("the fewest classes that reach a level", "[predict][regions]") {
  moe::Model model = make_model({"categorical", "constant", "constant", "softmax", 1, 1, 3});
  // P = 0.5, 0.2, 0.3
  const moe::Expert& expert = model.experts[0];
  const arma::vec log_p{std::log(0.5), std::log(0.2), std::log(0.3)};
  for (arma::uword c = 0; c < expert.network->parameters(); ++c) model.theta[expert.offset + c] = log_p[c];
  moe::Predictive predictive(model);
  predictive.at(one_row(0));
  REQUIRE(arma::approx_equal(predictive.probabilities(), arma::exp(log_p).t(), "absdiff", 1e-12));
  using Classes = std::vector<arma::uword>;
  CHECK(predictive.probable_classes(0.4)[0] == Classes{0});
  CHECK(predictive.probable_classes(0.6)[0] == Classes{0, 2});
  CHECK(predictive.probable_classes(0.8)[0] == Classes{0, 2});
  CHECK(predictive.probable_classes(0.81)[0] == Classes{0, 2, 1});
}
