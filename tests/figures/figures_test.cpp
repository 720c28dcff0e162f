// What figures say, compared with values from NumPy 1.24, SciPy 1.10, scikit-learn 1.2.1, and with formulas.
#include "moe/figures.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>
#include <tuple>

#include "models.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

/// A model in the data's own units.
moe::Model in_own_units(const Make& make) {
  const moe::Model model = make_model(make);
  return moe::Model(model.schema, moe::Standardization::none(make.inputs, make.targets), model.spec());
}

/// One gaussian expert with mean b0 + b'x and this sigma.
moe::Model linear_model(const arma::vec& b, double sigma) {
  moe::Model model = in_own_units({"gaussian", "linear", "constant", "softmax", 1, b.n_elem - 1});
  model.theta.subvec(model.experts[0].offset, arma::size(b)) = b;
  model.theta[model.experts[0].psi_offset] = moe::gaussian_psi(sigma, 1);
  return model;
}

moe::Dataset dataset(const arma::mat& inputs, const arma::vec& y, const arma::vec& w) {
  return {{arma::join_cols(arma::ones(1, inputs.n_cols), inputs), y, w, {}, {}}};
}

arma::mat normal_numbers(arma::uword rows, arma::uword columns, std::uint64_t seed) {
  moe::Random random(seed);
  arma::mat result(rows, columns);
  for (double& value : result) value = random.normal();
  return result;
}

const moe::Mark& mark_of(const moe::Figure& figure, moe::Mark::Kind kind, const std::string& series = "") {
  for (const moe::Mark& mark : figure.marks)
    if (mark.kind == kind && (series.empty() || mark.series == series)) return mark;
  FAIL("no such mark in " << figure.id);
  return figure.marks.front();
}

void check_close(const arma::vec& values, const arma::vec& expected, double most) {
  REQUIRE(values.n_elem == expected.n_elem);
  CHECK(arma::abs(values - expected).max() <= most);
}

constexpr auto kLine = moe::Mark::Kind::kLine;
constexpr auto kBand = moe::Mark::Kind::kBand;
constexpr auto kPoints = moe::Mark::Kind::kPoints;
constexpr auto kBars = moe::Mark::Kind::kBars;

}  // namespace

// Where y = b'x exactly, the nll rises by (b_j (x_j - x_j'))^2 / (2 sigma^2); over permutations this has the mean
// b_j^2 var(x_j) n / (n - 1) / sigma^2, where var divides by n.
TEST_CASE("permutation importance of a linear model is b^2 var / sigma^2", "[figures]") {
  constexpr arma::uword kRows = 8000;
  const moe::Model model = linear_model({1, 2, -0.5, 0}, 1.5);
  arma::mat X = normal_numbers(3, kRows, 5);
  X.row(1) *= 3;
  const moe::Dataset data = dataset(X, 1 + 2 * X.row(0).t() - 0.5 * X.row(1).t(), arma::ones(kRows));
  const moe::Figure figure = moe::make_figures(model, &data, "importance").front();
  CHECK(figure.y.categories == std::vector<std::string>{"x3", "x2", "x1"});
  const moe::Mark& rise = mark_of(figure, kPoints);
  CHECK(rise.x[0] == 0);
  for (const auto& [place, input, b] : {std::tuple{1, 1, -0.5}, std::tuple{2, 0, 2.0}}) {
    const double exact = b * b * arma::var(X.row(input)) / (1.5 * 1.5);
    // The mean of 5 x 8,000 squares of (x - x')^2, whose relative standard deviation is about 1.4, varies by .8 %.
    CHECK(rise.x[place] == Approx(exact).epsilon(0.04));
  }
}

TEST_CASE("importance of weighted rows is that of rows written as often", "[figures]") {
  // Rows with x = -1, 0, 1 and weights 1, 2, 5: mean .5, mean of squares .75, var .5.
  constexpr arma::uword kRows = 6000;
  arma::mat X(1, kRows);
  arma::vec w(kRows);
  for (arma::uword n = 0; n < kRows; ++n) {
    X[n] = static_cast<double>(n % 3) - 1;
    w[n] = arma::vec{1, 2, 5}[n % 3];
  }
  const moe::Dataset data = dataset(X, 3 * X.row(0).t(), w);
  const moe::Figure figure = moe::make_figures(linear_model({0, 3}, 2), &data, "importance").front();
  CHECK(mark_of(figure, kPoints).x[0] == Approx(9 * 0.5 / 4).epsilon(0.06));
}

TEST_CASE("partial dependence of a linear model is its line", "[figures]") {
  const moe::Model model = linear_model({1, 2, -0.5}, 1);
  const arma::mat X = normal_numbers(2, 150, 6);
  const moe::Dataset data = dataset(X, arma::zeros(150), arma::linspace(0.5, 2, 150));
  moe::FigureOptions options;
  options.along = {"x1"};
  const moe::Figure figure = moe::make_figures(model, &data, "dependence", options).front();
  const moe::Mark& line = mark_of(figure, kLine);
  CHECK(line.x.front() == X.row(0).min());
  CHECK(line.x.back() == X.row(0).max());
  const double others = arma::dot(data.w, X.row(1)) / arma::accu(data.w);
  check_close(line.y, 1 + 2 * line.x - 0.5 * others, 1e-12);
  // Each row's own curve is the line, moved by the row's x2: the band has the same width everywhere.
  const moe::Mark& band = mark_of(figure, kBand);
  check_close(band.y2 - band.y, arma::vec(line.x.n_elem).fill(band.y2[0] - band.y[0]), 1e-12);
}

TEST_CASE("the fit along an input holds the others at their medians", "[figures]") {
  const moe::Model model = linear_model({1, 2, -0.5}, 3);
  const moe::Dataset data = dataset({{0, 1, 2, 3, 10}, {7, -1, 4, 5, 2}}, arma::zeros(5), {1, 1, 1, 1, 1});
  moe::FigureOptions options;
  options.along = {"x1"};
  options.grid = 11;
  const moe::Figure figure = moe::make_figures(model, &data, "fit", options).front();
  const arma::vec center = 1 + 2 * arma::linspace(0, 10, 11) - 0.5 * 4;
  check_close(mark_of(figure, kLine).y, center, 1e-12);
  const double half = 1.6448536269514722 * 3;  // scipy.stats.norm.ppf(.95) sigma
  check_close(mark_of(figure, kBand).y, center - half, 1e-8);
  check_close(mark_of(figure, kBand).y2, center + half, 1e-8);
  CHECK(mark_of(figure, kPoints).x.n_elem == 5);
}

TEST_CASE("effects are coefficients in standard deviations, and average slopes of curves", "[figures]") {
  const arma::mat X = normal_numbers(2, 400, 7);
  const arma::vec y = 5 * X.row(0).t() + 0.1 * X.row(1).t();
  const moe::Dataset data = dataset(X, y, arma::ones(400));
  const arma::vec deviations = arma::stddev(X, 1, 1);
  {
    const moe::Figure figure = moe::make_figures(linear_model({1, 2, -0.5}, 1), &data, "effects").front();
    const arma::vec expected = arma::vec{-0.5, 2} % arma::flipud(deviations) / arma::stddev(y, 1);
    check_close(mark_of(figure, kPoints).x, expected, 1e-12);
  }
  moe::Model curve = in_own_units({"gaussian", "poly:2", "constant", "softmax", 1, 2});
  curve.theta.subvec(curve.experts[0].offset, arma::size(5, 1)) = arma::vec{1, 2, -0.5, 0.3, 0};
  const moe::Figure figure = moe::make_figures(curve, &data, "effects").front();
  const arma::vec slopes = {-0.5, 2 + 2 * 0.3 * arma::mean(X.row(0))};
  check_close(mark_of(figure, kPoints).x, slopes % arma::flipud(deviations) / arma::stddev(y, 1), 1e-12);
}

TEST_CASE("the PIT of the true model is uniform, and that of a narrower one is not", "[figures]") {
  moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 3, 2});
  moe::Random random(8);
  randomize(model, random);
  moe::Rows rows = some_rows(model, 5000, random);
  moe::Dataset data = in_data_units(model, rows);
  data.w.ones();
  moe::Predictive predictive(model);
  predictive.at(data);
  arma::uvec expert;
  predictive.draw(random, data.y, expert);
  const auto chi_square = [&](const moe::Model& judged) {
    const moe::Mark bars = mark_of(moe::make_figures(judged, &data, "pit").front(), kBars);
    REQUIRE(bars.y.n_elem == 20);
    return 5000 * arma::accu(arma::square(bars.y / 20 - 0.05)) / 0.05;
  };
  constexpr double kBound = 43.82019596451753;  // scipy.stats.chi2.ppf(.999, 19)
  CHECK(chi_square(model) < kBound);
  for (const moe::Expert& one : model.experts) model.theta[one.psi_offset] -= 0.5;
  CHECK(chi_square(model) > 2 * kBound);
}

TEST_CASE("the PIT of counts spreads each over its step", "[figures]") {
  // Poisson with mean 2 at y = 0, 1, 3 with weights 1, 1, 2: differences of clip((u - F(y - 1)) / (F(y) - F(y - 1)), 0,
  // 1) by NumPy and scipy.stats.poisson.cdf.
  moe::Model model = in_own_units({"poisson", "constant", "constant", "softmax", 1, 1});
  model.theta[model.experts[0].offset] = std::log(2.0);
  const moe::Dataset data = dataset(arma::mat(1, 3, arma::fill::ones), {0, 1, 3}, {1, 1, 2});
  const moe::Mark bars = mark_of(moe::make_figures(model, &data, "pit").front(), kBars);
  check_close(bars.y,
              {1.5486320123663313, 0.923632012366332, 0.027735975267336732, 1.7085841483959763, 0.7914158516040237},
              1e-12);
}

TEST_CASE("coverage of central intervals is the weighted share of rows inside", "[figures]") {
  moe::Model model = linear_model({1, 0}, 2);
  const moe::Dataset data = dataset(arma::linspace(0, 1, 10).t(), {-1.2, .3, .9, 2.4, 5.1, 1.7, 0.05, 1.0, 3.9, -3.0},
                                    {1, 2, 1, 1, 3, 1, 1, 2, 1, 1});
  const moe::Mark line = mark_of(moe::make_figures(model, &data, "calibration").front(), kLine, "rows");
  // numpy.average(abs((y - 1) / 2) <= norm.ppf(.5 + level / 2), weights=w)
  CHECK(line.x[20] == Approx(0.2));
  CHECK(line.y[20] == Approx(0.21428571428571427).epsilon(1e-14));
  CHECK(line.y[50] == Approx(0.5).epsilon(1e-14));
  CHECK(line.y[90] == Approx(0.7142857142857143).epsilon(1e-14));
  const moe::Mark residuals = mark_of(moe::make_figures(model, &data, "residuals").front(), kPoints);
  check_close(residuals.y, (data.y - 1) / 2, 1e-9);
}

TEST_CASE("residuals of another family are the normal values as improbable", "[figures]") {
  moe::Model model = in_own_units({"laplace", "constant", "constant", "softmax", 1, 1});
  model.theta.zeros();
  const double scale = model.experts[0].family->figures(&model.theta[model.experts[0].psi_offset])[0].value;
  const moe::Dataset data = dataset({{1, 2, 3}}, scale * arma::vec{-2, 0.3, 4}, {1, 1, 1});
  const moe::Mark residuals = mark_of(moe::make_figures(model, &data, "residuals").front(), kPoints);
  // scipy.stats.norm.ppf(scipy.stats.laplace.cdf([-2, .3, 4]))
  check_close(residuals.y, {-1.4933894106572594, 0.3307700031316617, 2.3591745411622598}, 1e-12);
}

TEST_CASE("a report lists the rows that fit worst and those far from the training rows", "[figures]") {
  moe::Model model = linear_model({0, 0}, 1);
  model.standardization.input_scale = 2;
  model = moe::Model(model.schema, model.standardization, model.spec(), model.theta);
  const moe::Dataset data = dataset({{0, 1, 11, -1}}, {0.5, 3, -1, 0}, {1, 1, 1, 0});
  const moe::Report report = moe::make_report(model, &data);
  const auto section = std::find_if(report.sections.begin(), report.sections.end(),
                                    [](const moe::ReportSection& one) { return one.id == "rows"; });
  REQUIRE(section != report.sections.end());
  REQUIRE(section->tables.size() == 2);
  const moe::ReportTable &worst = section->tables[0], &far = section->tables[1];
  REQUIRE(worst.rows.size() == 3);  // the row of weight 0 is none
  CHECK(worst.rows[0][0] == "2");
  const auto nll = std::find(worst.columns.begin(), worst.columns.end(), "nll") - worst.columns.begin();
  CHECK(worst.rows[0][static_cast<std::size_t>(nll)] == "5.41894");  // log(2 pi) / 2 + 3^2 / 2
  REQUIRE(far.rows.size() == 1);
  CHECK(far.rows[0] == std::vector<std::string>{"3", "x1", "11", "5.5"});
}

TEST_CASE("a report shows the course of the fit, and the members of a committee", "[figures]") {
  const moe::Model model = make_committee({"gaussian", "linear", "linear"}, {"gaussian", "linear", "linear"});
  moe::FigureOptions options;
  options.history = {{3, 2, 1.5}, {3, 2.5, 2.4}, {-10, -8, -9}};
  std::map<std::string, moe::Figure> figures;
  for (const moe::ReportSection& section : moe::make_report(model, nullptr, options).sections)
    for (const moe::Figure& figure : section.figures) figures[figure.id] = figure;
  check_close(mark_of(figures["passes"], kLine, "validation rows").y, {3, 2.5, 2.4}, 0);
  check_close(mark_of(figures["starts"], kPoints).y, {-8, -9, -10}, 0);
  check_close(mark_of(figures["members"], kBars).y, {0.3, 0.7}, 1e-12);
}

TEST_CASE("ROC, precision and recall are scikit-learn's", "[figures]") {
  moe::Model model = in_own_units({"bernoulli", "linear", "constant", "softmax", 1, 1, 2});
  model.theta.subvec(model.experts[0].offset, arma::size(2, 1)) = arma::vec{0, 1};
  const arma::vec p = {.1, .2, .2, .35, .4, .55, .55, .7, .8, .9};
  const moe::Dataset data =
      dataset(arma::log(p / (1 - p)).t(), {0, 0, 1, 0, 1, 0, 1, 1, 1, 1}, {1, 2, 1, 1, 3, 1, 1, 2, 1, 1});
  const moe::Figure roc = moe::make_figures(model, &data, "roc").front();
  // roc_curve(t, p, sample_weight=w, drop_intermediate=False), roc_auc_score
  const arma::vec found = {0, 1, 2, 4, 5, 8, 8, 9, 9};
  check_close(mark_of(roc, kLine, "b").x, {0, 0, 0, 0, 0.2, 0.2, 0.4, 0.8, 1}, 1e-14);
  check_close(mark_of(roc, kLine, "b").y, found / 9, 1e-14);
  CHECK(roc.caption.find("Area under the curve 0.856.") != roc.caption.npos);
  const moe::Figure recall = moe::make_figures(model, &data, "precision-recall").front();
  // precision_recall_curve, average_precision_score: 0.9102564102564102
  check_close(mark_of(recall, kLine).x, found.tail(8) / 9, 1e-14);
  check_close(mark_of(recall, kLine).y, {1, 1, 1, 5.0 / 6, 8.0 / 9, 0.8, 9.0 / 13, 9.0 / 14}, 1e-14);
  CHECK(recall.caption.find("Average precision 0.91.") != recall.caption.npos);
  // Two bins of 5 rows: by hand, weights as rows.
  const moe::Figure reliability = moe::make_figures(model, &data, "calibration").front();
  check_close(mark_of(reliability, kPoints).x, {(0.1 + 0.4 + 0.2 + 0.35 + 1.2) / 8, (0.55 * 2 + 1.4 + 0.8 + 0.9) / 6},
              1e-14);
  check_close(mark_of(reliability, kPoints).y, {4.0 / 8, 5.0 / 6}, 1e-14);
}

TEST_CASE("an expert in words: its region, its share, its slope, its sigma", "[figures]") {
  // The second expert has the greater weight above x1 = 3; the gate is steep.
  moe::Model model = in_own_units({"gaussian", "linear", "linear", "softmax", 2, 1});
  model.theta.zeros();
  model.theta.subvec(0, 3) = arma::vec{0, 0, -150, 50};    // logits
  model.theta.subvec(4, 7) = arma::vec{1, 2, 100, -0.25};  // 1 + 2 x, 100 - x / 4
  model.theta[model.experts[0].psi_offset] = moe::gaussian_psi(1.5, 1);
  model.theta[model.experts[1].psi_offset] = moe::gaussian_psi(4, 1);
  const arma::vec x = arma::linspace(0.25, 9.75, 20);
  const moe::Dataset data = dataset(x.t(), arma::mean(x) + x, arma::ones(20));
  const std::vector<std::string> words = moe::in_words(model, &data);
  CHECK(words[0].find("Expert 1 answers for x1 below 3 (") == 0);
  CHECK(words[0].find("y grows by 2 for each 1 of x1; sigma 1.5.") != words[0].npos);
  CHECK(words[1].find("Expert 2 answers for x1 above 3 (") == 0);
  CHECK(words[1].find("y falls by 0.25 for each 1 of x1; sigma 4.") != words[1].npos);
  CHECK(moe::in_words(model, 1, &data) == words[1]);
}

TEST_CASE("a region by levels of a category", "[figures]") {
  moe::Column colour{"colour", {"blue", "green", "red"}};
  colour.category = true;
  moe::Model model = model_of_columns({colour, {"x"}}, "NA");
  model = moe::Model(model.schema, moe::Standardization::none(3, 1), model.spec());
  model.theta.zeros();
  model.theta[0] = 20;      // expert 1 answers unless the colour is green
  model.theta[4 + 1] = 40;  // green, of expert 2
  moe::Dataset data = dataset(arma::mat(3, 30, arma::fill::zeros), arma::linspace(0, 1, 30), arma::ones(30));
  for (arma::uword n = 0; n < 30; ++n) {
    if (n % 3 > 0) data.X(n % 3, n) = 1;
    data.X(3, n) = static_cast<double>(n);
  }
  const std::vector<std::string> words = moe::in_words(model, &data);
  CHECK(words[0].find("Expert 1 answers for colour blue or red (") == 0);
  CHECK(words[1].find("Expert 2 answers for colour green (") == 0);
  const moe::Figure figure = moe::make_figures(model, &data, "gate").front();
  CHECK(figure.x.categories == colour.levels);
}

TEST_CASE("kinds that do not suit say what was expected", "[figures]") {
  const moe::Model model = linear_model({1, 2}, 1);
  const moe::Dataset data = dataset({{1, 2}}, {1, 2}, {1, 1});
  moe::Dataset untold = data;
  untold.y.set_size(2, 0);
  const auto refusal = [](const moe::Model& drawn, const moe::Dataset* rows, const std::string& kind) {
    return sentence_of([&] { moe::make_figures(drawn, rows, kind); });
  };
  CHECK(refusal(model, &data, "fitt").starts_with("--kind: unknown kind 'fitt': did you mean 'fit'?"));
  CHECK(refusal(model, nullptr, "pit") == "pit: it is computed from rows: expected DATA");
  CHECK(refusal(model, &untold, "importance") ==
        "importance: it compares with the target, and the rows have none: expected a column 'y'");
  CHECK(refusal(model, &data, "roc") == "roc: the model predicts a number: expected a kind such as calibration or pit");
  CHECK(refusal(model, &data, "map") ==
        "map: it has two axes, and there are 0 inputs to draw: expected --input with "
        "two names, or a gate that reads two inputs");
  CHECK(refusal(make_model({"gaussian", "linear", "linear", "linear", 3, 1}), &data, "residuals")
            .find("so that the model is no density") != std::string::npos);
  moe::FigureOptions options;
  options.along = {"x9"};
  CHECK(sentence_of([&] { moe::make_figures(model, &data, "fit", options); }) ==
        "--input: unknown input 'x9': did you mean 'x1'? (known: x1)");
}

TEST_CASE("inspect begins with a sentence on each expert", "[figures][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe train -y accel -k 4 --gate-l2 1e-5 -q $DATA/mcycle.csv -o m.moe && moe inspect m.moe | head -5");
  INFO(ran);
  CHECK(ran.out.starts_with("number 'accel' from 1 input by 4 experts\n  Expert 1 answers for times "));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 5);
  // Several starts end at this maximum. Which is the best by a last bit depends on the processor, and with it the order.
  CHECK(ran.out.find(" answers for times below 14.2 (18 % of rows): accel falls by 0.219 ") != std::string::npos);
}

TEST_CASE("the bars of a sketch reach from 0 to their values", "[figures]") {
  moe::Figure figure;
  figure.x = {"class", moe::Axis::Scale::kCategories, {"a", "b"}};
  moe::Mark& bars = figure.marks.emplace_back();
  bars.kind = moe::Mark::Kind::kBars;
  bars.x = {0, 1};
  bars.y = {2, -2};
  const std::string text = moe::to_text(figure, 60, 20);
  INFO(text);
  std::istringstream lines(text);
  std::size_t above = 0, both = 0, below = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool first = line.find('#') < 30, second = line.rfind('#') != line.npos && line.rfind('#') >= 30;
    if (first) CHECK(below == 0);
    (first && second ? both : first ? above : below) += first || second ? 1 : 0;
  }
  CHECK(both == 1);
  CHECK(above >= 5);
  CHECK(above + 1 >= below);
  CHECK(below + 1 >= above);
}
