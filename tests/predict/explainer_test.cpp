// Contributions of columns, beside Shapley's definition as a mean over all orders, and what else a row is told.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "models.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"

namespace {

/// The mean of each row where the columns that are in `of_row` are the row's and the others are at the baseline:
/// numbers at their training means, everything else 0.
arma::vec mean_with(const moe::Model& model, moe::Dataset rows, const std::vector<bool>& of_row) {
  arma::uword input = 0;
  std::size_t place = 0;
  for (const moe::Column& column : moe::columns_of(model.schema)) {
    for (std::size_t i = 0; i < column.inputs(); ++i, ++input)
      if (!of_row[place])
        rows.X.row(input + 1).fill(!column.category && i == 0 ? model.standardization.input_center[input] : 0);
    ++place;
  }
  moe::Predictive predictive(model);
  predictive.at(rows);
  return predictive.mean();
}

/// Shapley's values by all orders of the columns.
arma::mat by_all_orders(const moe::Model& model, const moe::Dataset& rows, std::size_t columns) {
  arma::mat effects(rows.rows(), columns, arma::fill::zeros);
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), 0);
  double orders = 0;
  do {
    std::vector<bool> in(columns, false);
    arma::vec before = mean_with(model, rows, in);
    for (const std::size_t j : order) {
      in[j] = true;
      const arma::vec after = mean_with(model, rows, in);
      effects.col(j) += after - before;
      before = after;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  return effects / orders;
}

moe::Explainer explainer_of(const moe::Model& model, std::size_t orders = 0) {
  return moe::Explainer(model, moe::Explained::kPrediction, orders, 1);
}

double gap(const moe::Explainer::Told& told) {
  double most = 0;
  for (arma::uword q = 0; q < told.baseline.n_cols; ++q)
    most = std::max(
        most, arma::abs(told.prediction.col(q) - told.baseline.col(q) - arma::sum(told.effects.slice(q), 1)).max());
  return most;
}

}  // namespace

TEST_CASE("contributions of four columns are means over all orders, and add up", "[predict][explain]") {
  moe::Random random(7);
  for (const char* network : {"linear", "mlp:4:tanh"}) {
    moe::Model model = make_model({"gaussian", network, "linear", "softmax", 3, 4});
    randomize(model, random);
    const moe::Dataset rows = in_data_units(model, some_rows(model, 5, random));
    moe::Predictive predictive(model);
    predictive.at(rows);
    const moe::Explainer explainer = explainer_of(model);
    REQUIRE(explainer.exact());
    const moe::Explainer::Told told = explainer.at(predictive);
    CHECK(arma::abs(told.effects.slice(0) - by_all_orders(model, rows, 4)).max() < 1e-12);
    CHECK(gap(told) < 1e-12);
    CHECK(arma::abs(told.prediction.col(0) - predictive.mean()).max() == 0);
  }
}

TEST_CASE("a category, and a number with a mark for missing cells, are one column each", "[predict][explain]") {
  moe::Column colour{"colour"}, age{"age"}, plain{"plain"};
  colour.category = true;
  colour.levels = {"red", "green", "blue"};
  age.fill = 2;
  age.indicator = true;
  const moe::Model model = model_of_columns({colour, age, plain}, "-9");
  moe::Random random(8);
  moe::Dataset rows = in_data_units(model, some_rows(model, 3, random));
  rows.X.rows(1, 2) = arma::mat{{1, 0, 0}, {0, 1, 0}};
  rows.X.row(4) = arma::rowvec{0, 1, 1};
  moe::Predictive predictive(model);
  predictive.at(rows);
  const moe::Explainer explainer = explainer_of(model);
  CHECK(explainer.columns == std::vector<std::string>{"colour", "age", "plain"});
  const moe::Explainer::Told told = explainer.at(predictive);
  CHECK(arma::abs(told.effects.slice(0) - by_all_orders(model, rows, 3)).max() < 1e-12);
  CHECK(std::abs(told.effects(2, 0, 0)) < 1e-12);  // red is the reference level
}

TEST_CASE("a linear model's contributions are its slopes times distances from the mean", "[predict][explain]") {
  // Twelve columns: random orders, which a linear model does not need, so that there is no error.
  moe::Model model = make_model({"gaussian", "linear", "constant", "softmax", 1, 12});
  moe::Random random(9);
  randomize(model, random);
  const moe::Dataset rows = in_data_units(model, some_rows(model, 4, random));
  moe::Predictive predictive(model);
  predictive.at(rows);
  const moe::Explainer explainer = explainer_of(model);
  REQUIRE(!explainer.exact());
  const moe::Explainer::Told told = explainer.at(predictive);
  CHECK(gap(told) < 1e-12);
  for (arma::uword j = 0; j < 12; ++j) {
    moe::Dataset moved = rows;
    moved.X.row(j + 1).fill(model.standardization.input_center[j]);
    moe::Predictive there(model);
    there.at(moved);
    CHECK(arma::abs(told.effects.slice(0).col(j) - (predictive.mean() - there.mean())).max() < 1e-12);
  }
  CHECK(told.errors.max() < 1e-7);
}

TEST_CASE("random orders come as close to exact contributions as their errors say", "[predict][explain]") {
  moe::Model model = make_model({"gaussian", "mlp:4:tanh", "linear", "softmax", 3, 6});
  moe::Random random(10);
  randomize(model, random);
  const moe::Dataset rows = in_data_units(model, some_rows(model, 20, random));
  moe::Predictive predictive(model);
  predictive.at(rows);
  const arma::mat exact = explainer_of(model).at(predictive).effects.slice(0);
  const moe::Explainer::Told told = explainer_of(model, 200).at(predictive);
  CHECK(gap(told) < 1e-12);
  const arma::mat z = (told.effects.slice(0) - exact) / told.errors.slice(0);
  CHECK(arma::abs(z).max() < 5);
  // The orders are the same for all rows, so that 120 values of z are no 120 draws: their size is right within a half.
  const double size = std::sqrt(arma::accu(arma::square(z)) / static_cast<double>(z.n_elem));
  CHECK(size > 0.5);
  CHECK(size < 1.5);
}

TEST_CASE("contributions to classes, to several targets and to the gate add up", "[predict][explain]") {
  moe::Random random(11);
  for (const Make& make : {Make{"bernoulli", "linear", "linear", "softmax", 2, 3, 2},
                           Make{"categorical", "linear", "linear", "softmax", 2, 3, 3},
                           Make{"gaussian", "linear", "linear", "softmax", 2, 3, 0, false, 2}})
    for (const moe::Explained what : {moe::Explained::kPrediction, moe::Explained::kGate}) {
      moe::Model model = make_model(make);
      randomize(model, random);
      const moe::Dataset rows = in_data_units(model, some_rows(model, 5, random));
      moe::Predictive predictive(model);
      predictive.at(rows);
      const moe::Explainer::Told told = moe::Explainer(model, what, 0, 1).at(predictive);
      CHECK(gap(told) < 1e-12);
      if (what == moe::Explained::kGate) CHECK(arma::abs(arma::sum(told.prediction, 1) - 1).max() < 1e-12);
    }
}

TEST_CASE("draws follow the distribution function, and depend on the row's place alone", "[predict][sample]") {
  moe::Random random(12);
  moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 3, 3});
  randomize(model, random);
  moe::Dataset rows = in_data_units(model, some_rows(model, 3, random));
  moe::Predictive predictive(model);
  predictive.at(rows);
  constexpr arma::uword kDraws = 4000;
  const arma::mat draws = predictive.sample(5, kDraws);
  for (arma::uword n = 0; n < 3; ++n) {
    const arma::vec sorted = arma::sort(arma::vec(draws.row(n).t()));
    double distance = 0;
    for (arma::uword i = 0; i < kDraws; ++i) {
      const arma::vec F = predictive.cdf(arma::vec(3).fill(sorted[i]));
      distance = std::max({distance, std::abs(F[n] - static_cast<double>(i) / kDraws),
                           std::abs(F[n] - static_cast<double>(i + 1) / kDraws)});
    }
    CHECK(distance * std::sqrt(kDraws) < 1.95);  // Kolmogorov's limit at a level of 0.1 %
  }
  moe::Dataset last{rows.take(arma::uvec{2})};
  last.first = 2;
  predictive.at(last);
  const arma::rowvec again = predictive.sample(5, kDraws).row(0);
  CHECK(arma::abs(again - draws.row(2)).max() < 1e-12);
  CHECK(arma::abs(predictive.sample(6, kDraws).row(0) - draws.row(2)).max() > 0.1);
}

TEST_CASE("residuals in standard deviations, and the distance from the training rows", "[predict][residual]") {
  moe::Random random(13);
  moe::Model model = make_model({"poisson", "constant", "constant", "softmax", 1, 2});
  model.theta = arma::vec{0, std::log(4.0)}.tail(model.theta.n_elem);
  moe::Dataset rows = in_data_units(model, some_rows(model, 3, random));
  rows.y = arma::vec{4, 0, 10};
  moe::Predictive predictive(model);
  predictive.at(rows);
  CHECK(arma::abs(predictive.standard_residual() - arma::vec{0, -2, 3}).max() < 1e-12);  // (y - 4) / 2
  // Standardised by centers -1 and 2, scales 0.5 and 3.
  rows.X = arma::mat{{1, 1, 1}, {-1, 0, -1.25}, {2, 2.3, 14}};
  predictive.at(rows);
  CHECK(arma::abs(predictive.novelty() - arma::vec{0, 2, 4}).max() < 1e-14);
  moe::Model classes = make_model({"bernoulli", "constant", "constant", "softmax", 1, 1, 2});
  classes.theta.tail(1).fill(std::log(0.2 / 0.8));
  moe::Predictive of_classes(classes);
  of_classes.at({arma::mat(2, 2, arma::fill::ones), arma::vec{0, 1}, arma::vec{1, 1}, {}, {}});
  CHECK(arma::abs(of_classes.standard_residual() - arma::vec{-0.5, 2}).max() < 1e-12);  // (y - 0.2) / 0.4
}
