// Penalties that are chosen by held-out rows.
#include "moe/penalty.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/select.hpp"
#include "moe/stop.hpp"
#include "shell.hpp"
#include "throws.hpp"

using nlohmann::json;

namespace {

/// Few rows, many inputs, and a target that depends on two of them.
moe::Dataset noisy_rows(arma::uword rows, arma::uword inputs) {
  moe::Random random(3);
  moe::Dataset data;
  data.X = arma::mat(1 + inputs, rows, arma::fill::ones);
  data.y = arma::mat(rows, 1);
  data.w = arma::vec(rows, arma::fill::ones);
  for (arma::uword n = 0; n < rows; ++n) {
    for (arma::uword j = 1; j <= inputs; ++j) data.X(j, n) = 3 + 2 * random.normal();
    data.y(n, 0) = 5 + data.X(1, n) - 0.5 * data.X(2, n) + 2 * random.normal();
  }
  return data;
}

moe::FitRequest request_of(const moe::Dataset& data, arma::uword experts) {
  moe::FitRequest request;
  const arma::uword inputs = data.X.n_rows - 1;
  request.schema = some_schema(inputs, 0);
  std::vector<std::size_t> all(inputs);
  for (std::size_t j = 0; j < inputs; ++j) all[j] = j;
  request.spec.experts.assign(experts, "linear");
  request.spec.gate_inputs = all;
  request.spec.expert_inputs.assign(experts, all);
  request.data = data;
  return request;
}

/// log N(y | a + x b, sigma) of the held-out rows, where a, b and sigma minimise 0.5 l2 |b|^2 plus the mean of
/// -log N(y | ..) over the other rows, all in units of those rows. For a fixed sigma, b is a ridge regression.
arma::vec ridge_scores(const moe::Dataset& data, const arma::uvec& seen, const arma::uvec& held_out, double l2) {
  const arma::mat X = data.X.tail_rows(data.X.n_rows - 1).t();
  const arma::rowvec center = arma::mean(X.rows(seen)), scale = arma::stddev(X.rows(seen), 1);
  const auto units = [&](const arma::uvec& rows) -> arma::mat {
    arma::mat Z = X.rows(rows);
    Z.each_row() -= center;
    Z.each_row() /= scale;
    return Z;
  };
  const arma::vec y = data.y.col(0);
  const double mean = arma::mean(y.elem(seen)), sd = arma::stddev(arma::vec(y.elem(seen)), 1);
  const arma::mat Z = units(seen);
  const arma::vec v = (y.elem(seen) - mean) / sd;
  const double n = static_cast<double>(seen.n_elem);
  double variance = 1;
  arma::vec b;
  for (int i = 0; i < 2000; ++i) {
    b = arma::solve(Z.t() * Z / (n * variance) + l2 * arma::eye(Z.n_cols, Z.n_cols), Z.t() * v / (n * variance));
    variance = arma::mean(arma::square(v - Z * b));
  }
  const arma::vec z = ((y.elem(held_out) - mean) / sd - units(held_out) * b) / std::sqrt(variance);
  return -0.5 * arma::square(z) - std::log(std::sqrt(2 * arma::datum::pi * variance) * sd);
}

}  // namespace

TEST_CASE("a penalty's score is that of ridge regressions of the folds, and the best is chosen", "[penalty]") {
  const moe::Dataset data = noisy_rows(60, 20);
  const moe::FitRequest request = request_of(data, 1);
  moe::PenaltyOptions options;
  options.path = {1, 0, 0.01, 0.1};
  std::size_t told = 0;
  const moe::PenaltyChoice choice = moe::choose_penalty(request, options, [&](std::size_t done, std::size_t fits) {
    CHECK(done == ++told);
    CHECK(fits == 20);
  });
  CHECK(told == 20);
  REQUIRE(choice.path.size() == 4);
  const auto folds = moe::cross_validation_folds(request.schema, data, 5, request.options.seed);
  const arma::vec path{0, 0.01, 0.1, 1};
  for (std::size_t i = 0; i < path.n_elem; ++i) {
    CAPTURE(path[i]);
    arma::vec scores;
    for (const auto& fold : folds) {
      const arma::uvec seen = arma::conv_to<arma::uvec>::from(moe::rows_outside(fold, data.w));
      scores = arma::join_cols(scores, ridge_scores(data, seen, arma::conv_to<arma::uvec>::from(fold), path[i]));
    }
    CHECK(choice.path[i].value == path[i]);
    CHECK(choice.path[i].penalty.experts == path[i]);
    CHECK(choice.path[i].penalty.gate == std::max(path[i], 1e-12));
    CHECK(choice.path[i].score == Approx(arma::mean(scores)).epsilon(1e-6));
    CHECK(choice.path[i].error == Approx(arma::stddev(scores) / std::sqrt(60.0)).epsilon(1e-6));
    CHECK(choice.path[choice.best].score >= choice.path[i].score);
  }
  CHECK(choice.best > 0);
}

TEST_CASE("only the penalty that is asked for is chosen, and 0 only where it may be", "[penalty]") {
  moe::FitRequest request = request_of(noisy_rows(40, 1), 1);
  request.options.penalty.gate = 0.25;
  moe::PenaltyOptions options;
  options.path = {0, 10};
  options.gate = false;
  moe::PenaltyChoice choice = moe::choose_penalty(request, options, nullptr);
  CHECK(choice.best == 0);  // one input that matters
  for (const moe::PenaltyScore& score : choice.path) CHECK(score.penalty.gate == 0.25);
  options.above_zero = true;
  choice = moe::choose_penalty(request, options, nullptr);
  CHECK(choice.best == 1);
  CHECK(choice.path[0].score > choice.path[1].score);
  // Without a gate its penalty changes nothing. Of equals, the weakest is chosen.
  options = {};
  options.experts = false;
  CHECK(moe::choose_penalty(request, options, nullptr).best == 0);
}

TEST_CASE("a chain of fits finds the maximum of each penalty", "[penalty]") {
  // Two lines far apart: every fit of a fold ends at the same maximum, wherever it begins.
  moe::Random random(7);
  moe::Dataset data;
  data.X = arma::mat(2, 80, arma::fill::ones);
  data.y = arma::mat(80, 1);
  data.w = arma::vec(80, arma::fill::ones);
  for (arma::uword n = 0; n < 80; ++n) {
    const double x = static_cast<double>(n) / 40 - 1;
    data.X(1, n) = x;
    data.y(n, 0) = (x < 0 ? 4 * x : 10 - 2 * x) + 0.3 * random.normal();
  }
  const moe::FitRequest request = request_of(data, 2);
  moe::PenaltyOptions options;
  options.path = {1e-4, 1e-3, 1e-2};
  const moe::PenaltyChoice choice = moe::choose_penalty(request, options, nullptr);
  const auto folds = moe::cross_validation_folds(request.schema, data, 5, request.options.seed);
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (const auto& fold : folds) {
      moe::FitRequest one = request;
      one.data = moe::take_rows(data, moe::rows_outside(fold, data.w));
      one.options.penalty = choice.path[i].penalty;
      one.options.restarts = 4;
      const moe::Model model = moe::train(one).model;
      sum += moe::likelihood_sums(model, model.standardize(moe::take_rows(data, fold))).log_likelihood;
    }
    CHECK(choice.path[i].score == Approx(sum / 80).epsilon(1e-5));
  }
}

TEST_CASE("a penalty with which a fit fails is not chosen, and all that fail are an error", "[penalty]") {
  moe::FitRequest request = request_of(noisy_rows(40, 2), 1);
  request.options.solver = "sgd";
  request.options.solver_options.epochs = 20;
  moe::PenaltyOptions options;
  options.path = {0, 1e6};  // steps of sgd overshoot by far where the curvature is large
  const moe::PenaltyChoice choice = moe::choose_penalty(request, options, nullptr);
  CHECK(choice.best == 0);
  CHECK(choice.path[1].failure.find("fold 1: ") == 0);
  CHECK(std::isnan(choice.path[1].score));
  options.path = {1e6};
  CHECK(sentence_of([&] { moe::choose_penalty(request, options, nullptr); }).find("the loss is not a finite number") !=
        std::string::npos);
  options.path = {-1};
  CHECK(sentence_of([&] { moe::choose_penalty(request, options, nullptr); }).find("a penalty is negative") !=
        std::string::npos);
  options.path = {0};
  options.above_zero = true;
  CHECK(sentence_of([&] { moe::choose_penalty(request, options, nullptr); }).find("no penalty above 0") !=
        std::string::npos);
}

TEST_CASE("rows of a group are held out together when a penalty is chosen", "[penalty]") {
  moe::FitRequest request = request_of(noisy_rows(40, 1), 1);
  // Each row stands four times. Within folds of groups, all four are held out, as in the table of single rows.
  const moe::Dataset once = request.data;
  std::vector<std::size_t> rows, groups;
  for (std::size_t n = 0; n < 40; ++n)
    for (int i = 0; i < 4; ++i) {
      rows.push_back(n);
      groups.push_back(n);
    }
  request.data = moe::take_rows(once, rows);
  moe::PenaltyOptions options;
  options.path = {0.1};
  options.groups = groups;
  const double score = moe::choose_penalty(request, options, nullptr).path[0].score;
  std::vector<std::size_t> singles(40);
  for (std::size_t n = 0; n < 40; ++n) singles[n] = n;
  request.data = once;
  options.groups = singles;
  CHECK(score == Approx(moe::choose_penalty(request, options, nullptr).path[0].score).epsilon(1e-9));
}

TEST_CASE("a choice of penalties can be stopped", "[penalty]") {
  const moe::FitRequest request = request_of(noisy_rows(60, 5), 2);
  std::atomic<bool> stop{false};
  const moe::StopScope scope(&stop);
  const auto stops = [&](std::size_t, std::size_t) { stop = true; };
  CHECK_THROWS_AS(moe::choose_penalty(request, {}, stops), moe::Stopped);
}

TEST_CASE("train says which penalty it has chosen, and fits as with that", "[penalty][cli]") {
  const Shell sh;
  const Ran ran =
      sh("for t in 1 3; do moe train -y diagnosis -k 1 --l2 auto $DATA/breast_cancer_train.csv --threads $t -o $t.moe "
         "2> $t.txt; grep -v ' s$' $t.txt > $t.said; done; cmp 1.moe 3.moe; cmp 1.said 3.said; cat 1.txt >&2\n"
         "l2=$(sed -n 's/^--l2 \\([^ ]*\\) is the best of 12 penalties on 5 folds; nll of rows held out: "
         "[0-9.]* +- [0-9.]*; without a penalty [0-9.]* +- [0-9.]*$/\\1/p' 1.txt)\n"
         "moe train -y diagnosis -k 1 --l2 $l2 $DATA/breast_cancer_train.csv -q -o plain.moe; cmp 1.moe plain.moe\n"
         "moe train -y diagnosis -k 1 $DATA/breast_cancer_train.csv -o open.moe 2> open.txt; cmp 1.moe open.moe\n"
         "grep -c '^note: classes separate, so that the likelihood has no maximum: --l2 '$l2' is the best' open.txt\n"
         "moe train -y diagnosis -k 1 --l2 0 $DATA/breast_cancer_train.csv -q -o none.moe 2> none.txt\n"
         "grep -c 'have no finite estimate (separation)' none.txt\n"
         "for m in open none; do moe eval -m $m.moe --json $DATA/breast_cancer_test.csv > $m.json; done");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out == "1\n1\n");
  const json open = json::parse(ScratchDir::read(sh.path("open.json"))),
             none = json::parse(ScratchDir::read(sh.path("none.json")));
  // Base rates give 0.66. scikit-learn's LogisticRegressionCV gives about 0.1 on such parts of these data.
  CHECK(open.at("log_loss") < 0.2);
  CHECK(none.at("log_loss") > 1);
}

TEST_CASE("two penalties have one value on a path, and each may be chosen alone", "[penalty][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 80 -o d.csv\n"
         "moe train d.csv -k 2 --l2 auto --gate-l2 auto -o both.moe\nmoe train d.csv -k 2 --gate-l2 auto -o gate.moe");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const auto penalties = [&](const std::string& file) {
    return json::parse(sh("moe export --format json -m " + file).out).at("fit");
  };
  const json both = penalties("both.moe"), gate = penalties("gate.moe");
  CHECK((both.at("l2") == both.at("gate_l2") || both.at("gate_l2") == 1e-12));
  CHECK(gate.at("l2") == 0);
  CHECK(ran.err.find(" is the best of 12 penalties on 5 folds") != std::string::npos);
}

TEST_CASE("what a choice of penalties cannot do is told", "[penalty][cli]") {
  const Shell sh;
  sh("moe gen two-lines -n 60 -o d.csv; moe gen blobs -n 60 -o c.csv; moe train d.csv -k 2 -q -o m.moe");
  const std::pair<const char*, const char*> cases[] = {
      {"--l2 auto --gate-link linear d.csv", "its weights do not sum to 1"},
      {"-k 1 --l2 auto --firth c.csv", "--firth: it brings a penalty of its own"},
      {"--l2 auto --resume m.moe d.csv", "no penalty is chosen for a fit that begins with a model"},
      {"--l2 automatic d.csv", "--l2: 'automatic': expected a number"},
      {"--gate-l2 -1 d.csv", "--gate-l2: '-1': expected a number"}};
  for (const auto& [options, sentence] : cases) {
    const Ran ran = sh(std::string("moe train -o n.moe ") + options);
    INFO(ran);
    CHECK(ran.status == 2);
    CHECK(ran.err.find(sentence) != std::string::npos);
    CHECK(sh("ls n.moe").status != 0);
  }
  const Ran stopped =
      sh("moe gen friedman1 -n 4000 -o f.csv\n"
         "moe train f.csv --expert mlp:64 --l2 auto --epochs 100000 -o f.moe & sleep 0.7; kill -INT $!; wait $!; echo "
         "$?; ls f.moe");
  INFO(stopped);
  CHECK(stopped.out == "130\n");
  CHECK(stopped.err.find("moe train: interrupted: no model written\n") != std::string::npos);
}
