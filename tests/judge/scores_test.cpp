// Scores, their figures and errors against scikit-learn, SciPy's quadrature and NumPy: testdata/oracle/scores.json,
// which scripts/oracle-scores.py writes and explains.
#include "moe/scores.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/metrics.hpp"
#include "moe/predict.hpp"
#include "throws.hpp"

using nlohmann::json;

namespace {

json golden(const std::string& name) {
  std::ifstream file(MOE_SOURCE "/testdata/oracle/scores.json");
  return json::parse(file).at(name);
}

arma::vec vector_of(const json& values) { return arma::vec(values.get<std::vector<double>>()); }

arma::mat matrix_of(const json& rows) {
  arma::mat result(rows.size(), rows[0].size());
  for (arma::uword i = 0; i < result.n_rows; ++i) result.row(i) = vector_of(rows[i]).t();
  return result;
}

moe::JudgedRows rows_of(const json& of) {
  return {vector_of(of.at("y")), vector_of(of.at("w")), of.at("groups").get<std::vector<std::size_t>>(), {"y"}, {}};
}

/// Every figure of the oracle must be there, and no other.
void check_figures(const json& of, const moe::RowScores& scores, moe::JudgedRows rows) {
  std::size_t found = 0;
  for (const moe::MeasuredFigure& by_group : moe::measure(scores, rows)) {
    const std::string name = moe::spelling(by_group.figure, rows);
    CAPTURE(name);
    if (name == "width:0.5") CHECK(by_group.figure.level == 0.5);
    REQUIRE(of.at("figures").contains(name));
    ++found;
    CHECK(by_group.value == Approx(of.at("figures").at(name).get<double>()).epsilon(1e-10));
    // The oracle's errors are by numerical derivatives.
    CHECK(by_group.error == Approx(of.at("errors").at(name)[1].get<double>()).epsilon(1e-7));
    moe::JudgedRows alone = rows;
    alone.groups.clear();
    for (const moe::MeasuredFigure& by_row : moe::measure(scores, alone))
      if (by_row.figure == by_group.figure)
        CHECK(by_row.error == Approx(of.at("errors").at(name)[0].get<double>()).epsilon(1e-7));
  }
  CHECK(found == of.at("figures").size());
}

}  // namespace

TEST_CASE("scores of normal distributions equal quadrature's and scikit-learn's", "[scores]") {
  const json of = golden("normal");
  const moe::JudgedRows rows = rows_of(of);
  const moe::RowScores scores =
      moe::score_columns({vector_of(of.at("mean")), vector_of(of.at("sd")), {}}, rows, {true, 1});
  check_figures(of, scores, rows);
  const moe::Uniformity pit = moe::pit_uniformity(scores.numbers[0], rows.w);
  CHECK(arma::approx_equal(arma::vec(pit.shares), vector_of(of.at("pit_shares")), "absdiff", 1e-12));
  const arma::vec ones(rows.count(), arma::fill::ones);
  CHECK(moe::pit_uniformity(scores.numbers[0], ones).distance ==
        Approx(of.at("pit_distance_unweighted").get<double>()).epsilon(1e-12));
}

TEST_CASE("figures of classes equal scikit-learn's", "[scores]") {
  for (const std::string name : {"two", "three"}) {
    CAPTURE(name);
    const json of = golden(name);
    moe::JudgedRows rows = rows_of(of);
    rows.labels = {"a", "b"};
    if (name == "three") rows.labels.emplace_back("c");
    const moe::RowScores scores = moe::score_columns({{}, {}, matrix_of(of.at("p"))}, rows, {true, 1});
    check_figures(of, scores, rows);
    const moe::Calibration found = moe::calibration_of(*scores.classes, rows);
    const arma::vec parts{found.reliability, found.resolution, found.uncertainty, found.within_bins};
    CHECK(arma::approx_equal(parts, vector_of(of.at("brier_parts")), "absdiff", 1e-12));
    CHECK(found.expected_error == Approx(of.at("calibration_error").get<double>()).epsilon(1e-11));
    REQUIRE(found.bins.size() == of.at("bins").size());
    for (std::size_t b = 0; b < found.bins.size(); ++b) {
      CHECK(found.bins[b].weight == Approx(of.at("bins")[b][0].get<double>()).epsilon(1e-12));
      if (found.bins[b].weight == 0) continue;
      CHECK(found.bins[b].probability == Approx(of.at("bins")[b][1].get<double>()).epsilon(1e-12));
      CHECK(found.bins[b].share == Approx(of.at("bins")[b][2].get<double>()).epsilon(1e-12).margin(1e-15));
    }
    const std::vector<moe::ClassFigures> classes = moe::class_figures(*scores.classes, rows);
    REQUIRE(classes.size() == of.at("classes").size());
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const moe::ClassFigures& own = classes[c];
      const arma::vec table{own.precision, own.recall, own.f1, own.auc, own.average_precision};
      CHECK(arma::approx_equal(table, vector_of(of.at("classes")[c]), "absdiff", 1e-12));
    }
  }
}

TEST_CASE("the PIT of counts is the mean of functions that rise from P(Y < y) to P(Y <= y)", "[scores]") {
  const json of = golden("counts");
  const arma::vec mean = vector_of(of.at("mean")), y = vector_of(of.at("y")), w = vector_of(of.at("w"));
  // Poisson experts whose mean is the exposure: the input has a coefficient of 0.
  moe::Model model = make_model({"poisson", "constant", "constant", "softmax", 1, 0});
  model.theta.zeros();
  moe::Dataset data{arma::mat(1, y.n_elem, arma::fill::ones), y, w, arma::log(mean), {}};
  const moe::RowScores scores = moe::score_rows(model, data);
  const moe::Uniformity pit = moe::pit_uniformity(scores.numbers[0], w);
  CHECK(arma::approx_equal(arma::vec(pit.shares), vector_of(of.at("pit_shares")), "absdiff", 1e-12));
  CHECK(pit.distance == Approx(of.at("pit_distance").get<double>()).epsilon(1e-12));
}

TEST_CASE("the energy score of a mixture is within its stated error of a quadrature", "[scores]") {
  const json of = golden("energy");
  moe::Model model = make_model({"gaussian", "constant", "constant", "softmax", 2, 0, 0, false, 2});
  model.standardization = moe::Standardization::none(0, 2);
  model = moe::Model(model.schema, model.standardization, model.spec());
  const arma::mat mean = matrix_of(of.at("mean")), sd = matrix_of(of.at("sd")), y = matrix_of(of.at("y"));
  model.theta.subvec(0, 1) = arma::log(vector_of(of.at("share")));
  for (arma::uword k = 0; k < 2; ++k)
    for (arma::uword t = 0; t < 2; ++t) {
      model.theta[model.experts[k].offset + t] = mean(k, t);
      model.theta[model.experts[k].psi_offset + t] = moe::gaussian_psi(sd(k, t), 1);
    }
  // Each row stands in the table 3,000 times, with draws of its own.
  const arma::vec expected = vector_of(of.at("scores"));
  for (arma::uword n = 0; n < 2; ++n) {
    const arma::uword count = 3000;
    moe::Dataset data{arma::mat(1, count, arma::fill::ones), arma::repmat(y.row(n), count, 1), arma::ones(count)};
    const moe::RowScores scores = moe::score_rows(model, data, {true, 2});
    const double error = std::sqrt(arma::accu(scores.energy_variance)) / static_cast<double>(count);
    CHECK(error < 0.005);
    CHECK(std::abs(arma::mean(scores.energy) - expected[n]) < 4 * error);
    // The stated error is that of the scores' spread, as the rows are the same but for their draws.
    CHECK(error == Approx(arma::stddev(scores.energy) / std::sqrt(count)).epsilon(0.1));
  }
}

TEST_CASE("differences of figures are paired row by row", "[scores]") {
  const json of = golden("normal");
  const moe::JudgedRows rows = rows_of(of);
  const arma::vec mean = vector_of(of.at("mean")), sd = vector_of(of.at("sd"));
  const moe::RowScores one = moe::score_columns({mean, sd, {}}, rows),
                       other = moe::score_columns({mean, 2 * sd, {}}, rows);
  for (const moe::MeasuredFigure& measured : moe::measure_differences(other, one, rows)) {
    CAPTURE(measured.figure.name);
    // The means are the same, and so is everything that depends on them alone.
    if (measured.figure.name == "rmse" || measured.figure.name == "mae" || measured.figure.name == "r2") {
      CHECK(measured.value == 0);
      CHECK(measured.error == 0);
    }
    if (measured.figure.name != "nll") continue;
    // log N(y; m, 2 s) - log N(y; m, s) = -log 2 + 3/8 z^2; the error is that of this number's weighted mean.
    const arma::vec apart = std::log(2.0) - 0.375 * arma::square((rows.y.col(0) - mean) / sd);
    const moe::MeanScore expected = moe::mean_score(apart, rows.w, rows.groups);
    CHECK(measured.value == Approx(expected.mean).epsilon(1e-12));
    CHECK(measured.error == Approx(expected.error).epsilon(1e-10));
  }
  // Figures that one of them does not have are left out.
  const moe::RowScores means_only = moe::score_columns({mean, {}, {}}, rows);
  CHECK(moe::measure_differences(one, means_only, rows).size() == 3);
}

TEST_CASE("standard errors of weighted means", "[scores]") {
  // By hand: the mean of 1, 2, 6 is 3; sqrt(3 / 2 (4 + 1 + 9)) / 3. With weights 1, 2, 1 it is 11 / 4, and the error
  // sqrt(3 / 2 (1.75^2 + 1.5^2 + 3.25^2)) / 4. Of two groups, {1, 2} and {6}: sqrt(2 (3.25^2 + 3.25^2)) / 4.
  const arma::vec values{1, 2, 6}, ones{1, 1, 1}, w{1, 2, 1};
  CHECK(moe::mean_score(values, ones).error == Approx(std::sqrt(1.5 * 14) / 3).epsilon(1e-14));
  CHECK(moe::mean_score(values, w).mean == Approx(2.75).epsilon(1e-14));
  CHECK(moe::mean_score(values, w).error ==
        Approx(std::sqrt(1.5 * (1.75 * 1.75 + 1.5 * 1.5 + 3.25 * 3.25)) / 4).epsilon(1e-14));
  CHECK(moe::mean_score(values, w, {0, 0, 1}).error == Approx(std::sqrt(4.0) * 3.25 / 4).epsilon(1e-14));
  // A row of weight 0 is none, and one row or group has no error.
  CHECK(moe::mean_score({1, 2, 6, 50}, {1, 2, 1, 0}).error == Approx(moe::mean_score(values, w).error).epsilon(1e-14));
  CHECK(std::isnan(moe::mean_score({1, 5}, {2, 0}).error));
  CHECK(std::isnan(moe::mean_score(values, w, {3, 3, 3}).error));
}

TEST_CASE("errors of independent rows are as large as the figures' spread over tables", "[scores]") {
  // 400 tables of 200 rows: the standard deviation of a figure over them, and the mean of its error.
  moe::Random random(11);
  std::map<std::string, std::vector<double>> values, errors;
  for (int table = 0; table < 400; ++table) {
    moe::JudgedRows rows{arma::mat(200, 1), arma::vec(200), {}, {"y"}, {}};
    arma::vec mean(200);
    for (arma::uword n = 0; n < 200; ++n) {
      mean[n] = random.normal();
      rows.y[n] = mean[n] + 1.5 * random.normal();
      rows.w[n] = random.uniform(0.5, 2);
    }
    for (const auto& found : moe::measure(moe::score_columns({mean, arma::ones(200), {}}, rows), rows)) {
      values[moe::spelling(found.figure, rows)].push_back(found.value);
      errors[moe::spelling(found.figure, rows)].push_back(found.error);
    }
  }
  CHECK(values.size() == 8);
  for (const auto& [name, all] : values) {
    CAPTURE(name);
    // The spread of 400 tables is known to 3.5 %.
    CHECK(arma::mean(arma::vec(errors[name])) == Approx(arma::stddev(arma::vec(all))).epsilon(0.14));
  }
}

TEST_CASE("scores of a model do not depend on threads, and are those of its parts", "[scores]") {
  moe::Random random(5);
  for (const char* family : {"gaussian", "student", "poisson"}) {
    CAPTURE(family);
    moe::Model model = make_model({family});
    randomize(model, random);
    const moe::Dataset data = in_data_units(model, some_rows(model, 20'000, random));
    const moe::RowScores one = moe::score_rows(model, data, {true, 1}), two = moe::score_rows(model, data, {true, 2});
    CHECK(arma::approx_equal(one.log_p, two.log_p, "absdiff", 0));
    CHECK(arma::approx_equal(one.numbers[0].quantiles, two.numbers[0].quantiles, "absdiff", 0));
    CHECK(one.experts[1].nll == two.experts[1].nll);
    // The rows of a part have the figures of the part.
    const arma::uvec half = arma::regspace<arma::uvec>(0, 2, 19'999);
    const moe::JudgedRows rows{data.y, data.w, {}, {"y"}, {}};
    const auto of_part = moe::measure(one.take(half), rows.take(half));
    const auto alone = moe::measure(moe::score_rows(model, {data.take(half)}, {true, 2}), rows.take(half));
    REQUIRE(of_part.size() == alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CAPTURE(alone[i].figure.name);
      CHECK(of_part[i].value == Approx(alone[i].value).epsilon(1e-9));
      CHECK(of_part[i].error == Approx(alone[i].error).epsilon(1e-9));
    }
  }
}

TEST_CASE("columns that are no predictions are refused", "[scores]") {
  moe::JudgedRows rows{arma::vec{0, 1}, {1, 1}, {}, {"y"}, {}};
  moe::ErrorKind kind{};
  CHECK(sentence_of(
            [&] {
              moe::score_columns({arma::vec{1, 2}, arma::vec{1, 0}, {}}, rows);
            },
            &kind) == "row 2: the standard deviation 0 is not above 0: expected one that is");
  CHECK(kind == moe::ErrorKind::kData);
  rows.labels = {"a", "b"};
  CHECK(sentence_of(
            [&] {
              moe::score_columns({{}, {}, arma::vec{0.5, 1.5}}, rows);
            },
            &kind) == "row 2: 1.5 is no probability: expected a number from 0 to 1");
  CHECK(sentence_of(
            [&] {
              moe::score_columns({{}, {}, arma::mat{{0.5, 0.5}, {0.5, 0.6}}}, rows);
            },
            &kind) == "row 2: the probabilities sum to 1.1: expected 1, within 0.01");
}
