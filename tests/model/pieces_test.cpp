// Networks of pieces: the piecewise linear code of their inputs, and the knots that training finds.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models.hpp"
#include "moe/error.hpp"
#include "moe/forward_pass.hpp"
#include "moe/model_file.hpp"
#include "moe/predict.hpp"
#include "moe/train.hpp"
#include "shell.hpp"

namespace {

using nlohmann::json;

/// The code of x by the definition: u_i = (x - t_i) / (t_i+1 - t_i), limited to 0 .. 1. Where x is above the middle of
/// piece i of M with probability q = 1 - (i + 1/2) / M, it is standardised as a variable that is 1 then and 0 else.
arma::rowvec code(double x, const std::vector<double>& knots) {
  arma::rowvec u(knots.size() - 1);
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    const double at = (x - knots[i]) / (knots[i + 1] - knots[i]);
    const double q = 1 - (static_cast<double>(i) + 0.5) / static_cast<double>(u.n_elem);
    u[i] = ((at < 0 ? 0 : at > 1 ? 1 : at) - q) / std::sqrt(q * (1 - q));
  }
  return u;
}

}  // namespace

TEST_CASE("a network of pieces is an mlp of the inputs and their code", "[pieces]") {
  const moe::Knots knots{{-1, 0.5, 2}, {}, {0, 1}};
  const moe::Network pieces = moe::make_network("pieces:8:mlp:5:tanh", 3, 2).with_knots(knots);
  const moe::Network mlp = moe::make_network("mlp:5:tanh", 6, 2);
  REQUIRE(pieces.parameters() == mlp.parameters());
  CHECK(pieces.spec() == "pieces:8:mlp:5:tanh");
  arma::arma_rng::set_seed(3);
  const arma::vec theta(mlp.parameters(), arma::fill::randn);
  arma::mat X(4, 9, arma::fill::randn), coded(7, 9);
  X.row(0).ones();
  X(1, 0) = -5;  // outside of the knots
  X(1, 1) = 5;
  for (arma::uword n = 0; n < 9; ++n) {
    arma::rowvec row = arma::join_rows(X.col(n).t(), code(X(1, n), knots[0]), code(X(3, n), knots[2]));
    coded.col(n) = row.t();
  }
  arma::mat design, expected, actual;
  pieces.design(X, design);
  moe::Network::Tape tape, other;
  pieces.forward(theta.memptr(), design.t(), tape, actual);
  mlp.forward(theta.memptr(), coded.t(), other, expected);
  CHECK(arma::approx_equal(actual, expected, "absdiff", 1e-13));
  const arma::mat d_eta(9, 2, arma::fill::randn);
  arma::vec gradient(theta.n_elem, arma::fill::ones), by_mlp = gradient;  // both add to what is there
  pieces.backward(theta.memptr(), design.t(), tape, d_eta, gradient.memptr());
  mlp.backward(theta.memptr(), coded.t(), other, d_eta, by_mlp.memptr());
  CHECK(arma::approx_equal(gradient, by_mlp, "absdiff", 1e-12));
}

TEST_CASE("training puts the knots at quantiles of its rows", "[pieces]") {
  moe::Schema schema = some_schema(3, 0);
  moe::Dataset data;
  data.X.ones(4, 100);
  for (arma::uword n = 0; n < 100; ++n) {
    data.X(1, n) = static_cast<double>((37 * n) % 100);  // 0 .. 99
    data.X(2, n) = n % 2;                                // two values need no pieces
    data.X(3, n) = n < 60 ? 0 : static_cast<double>(n);
  }
  data.y = data.X.row(1).t();
  data.w.ones(100);
  data.w[27] = 0;  // x1 is 99 there: a row that does not count
  moe::FitRequest request{schema, {}, data, {}, {}};
  request.spec.experts = {"pieces:4:mlp:2"};
  request.spec.expert_inputs = {{0, 1, 2}};
  request.options.solver = "adam";
  request.options.solver_options.epochs = 1;
  request.options.errors = false;
  const moe::Model model = moe::train(request).model;
  REQUIRE(model.knots.size() == 3);
  const auto knot = [&](std::size_t j, double x) {
    return Approx((x - model.standardization.input_center[j]) / model.standardization.input_scale[j]);
  };
  // 99 rows of weight 1, whose values are 0 .. 98: a quarter of them is 24.75, which the value 24 reaches.
  REQUIRE(model.knots[0].size() == 5);
  for (const auto& [i, x] : {std::pair{0, 0.0}, {1, 24.0}, {2, 49.0}, {3, 74.0}, {4, 98.0}})
    CHECK(model.knots[0][static_cast<std::size_t>(i)] == knot(0, x));
  CHECK(model.knots[1].empty());
  // More than half of the rows are 0, which is a knot. The others, 60 .. 99, are cut into three parts.
  REQUIRE(model.knots[2].size() == 5);
  for (const auto& [i, x] : {std::pair{0, 0.0}, {1, 60.0}, {2, 73.0}, {3, 86.0}, {4, 99.0}})
    CHECK(model.knots[2][static_cast<std::size_t>(i)] == knot(2, x));
  request.spec.experts = {"pieces:4:mlp:2", "pieces:5:mlp:2"};
  request.spec.expert_inputs = {{0}, {0}};
  CHECK_THROWS_WITH(moe::train(request), Catch::Contains("networks with 4 and 5 pieces"));
}

TEST_CASE("pieces find a step that is lost on the same mlp, and their model travels", "[pieces][cli]") {
  const Shell sh;
  sh(R"(awk 'BEGIN { print "x,y"; for (i = 0; i < 400; ++i) { x = (i * 37 % 400) / 40; print x * x "," (x > 2 && x < 3 ? 5 : 0) + cos(78.233 * i) / 10 } }' > d.csv)");
  const auto nll = [&](const std::string& expert) {
    const Ran ran =
        sh("moe train -k 1 --expert " + expert +
           " --solver adam --epochs 100 --schedule cosine -q d.csv -o m.moe && moe eval -m m.moe --json d.csv");
    INFO(ran);
    REQUIRE(ran.status == 0);
    return json::parse(ran.out).at("nll").get<double>();
  };
  const double plain = nll("mlp:8");
  CHECK(nll("pieces:16:mlp:8") < plain - 0.3);
  const Ran ran =
      sh("moe export -m m.moe --format json -o m.json && moe import m.json -o n.moe && cmp m.moe n.moe && moe inspect "
         "m.moe && "
         "sed '/knots/{n;s/\\[[^,]*,/[1e9,/}' m.json > bad.json; moe import bad.json -o bad.moe");
  INFO(ran);
  CHECK(ran.out.find("pieces:16:mlp:8") != std::string::npos);
  CHECK(ran.status == 4);
  CHECK(ran.err.find("its knots do not ascend") != std::string::npos);
  for (const char* wrong :
       {"pieces", "pieces:4", "pieces:1:mlp:3", "pieces:4:poly:2", "pieces:x:mlp:3", "pieces:4:mlp:0"})
    CHECK(sh(std::string("moe train -k 1 d.csv -o m.moe --expert ") + wrong).status == 2);
}

TEST_CASE("pieces of a linear network are a sum of functions of each input", "[pieces]") {
  // y = |x1| - (x2 > 0): the sum of a bend at 0 and a step, which the knots hold.
  moe::Random random(5);
  moe::Dataset data;
  data.X.ones(3, 400);
  for (double& x : data.X.tail_rows(2)) x = random.uniform(-1, 1);
  data.y = arma::abs(data.X.row(1).t()) - arma::conv_to<arma::vec>::from(data.X.row(2).t() > 0);
  data.w.ones(400);
  moe::FitRequest request{some_schema(2, 0), {}, data, {}, {}};
  request.spec.experts = {"pieces:64:linear"};
  request.spec.expert_inputs = {{0, 1}};
  request.options.solver = "lbfgs";
  request.options.errors = false;
  request.options.penalty = {1e-6, 1e-6};
  const moe::Model model = moe::train(request).model;
  moe::Predictive predictive(model);
  const auto at = [&](double x1, double x2) {
    moe::Dataset row;
    row.X = arma::vec{1, x1, x2};
    row.w.ones(1);
    predictive.at(row);
    return predictive.mean()[0];
  };
  CHECK(at(0.5, 0.5) == Approx(-0.5).margin(0.05));
  CHECK(at(-0.5, 0.5) == Approx(-0.5).margin(0.05));
  CHECK(at(-0.9, -0.5) == Approx(0.9).margin(0.05));
  // Effects add up: no part depends on both inputs.
  CHECK(at(0.3, 0.7) - at(0.3, -0.7) == Approx(at(-0.8, 0.7) - at(-0.8, -0.7)).margin(1e-9));
}

TEST_CASE("a sum of pieces is fitted to its maximum, and its parameters are the rank of its design", "[pieces]") {
  moe::Random random(8);
  moe::Dataset data;
  data.X.ones(3, 300);
  for (double& x : data.X.tail_rows(2)) x = random.uniform(-1, 1);
  data.y = arma::sin(3 * data.X.row(1).t()) + arma::abs(data.X.row(2).t());
  for (double& y : data.y) y += 0.1 * random.normal();
  data.w.ones(300);
  moe::FitRequest request{some_schema(2, 0), {}, data, {}, {}};
  request.spec.experts = {"pieces:8:linear"};
  request.spec.expert_inputs = {{0, 1}};
  const moe::Model model = moe::train(request).model;
  CHECK(model.fit.solver == "lbfgs");
  CHECK(model.fit.converged);
  // The same by least squares, which takes a pseudo-inverse, as the design has not its full rank.
  const moe::Rows rows = model.standardize(data);
  arma::mat design(300, 3 + 2 * 8);
  design.head_cols(3) = rows.X.t();
  for (arma::uword n = 0; n < 300; ++n)
    for (arma::uword j = 0; j < 2; ++j)
      design.submat(n, 3 + 8 * j, n, 10 + 8 * j) = code(rows.X(j + 1, n), model.knots[j]);
  const arma::vec residuals = data.y - design * (arma::pinv(design) * data.y);
  const double variance = arma::dot(residuals, residuals) / 300;
  CHECK(model.fit.log_likelihood == Approx(-150 * (std::log(2 * arma::datum::pi * variance) + 1)).epsilon(1e-8));
  CHECK(model.fit.parameters == arma::rank(design) + 1);
}

TEST_CASE("inputs without pieces stand beside those with pieces, in every fit of a model", "[pieces]") {
  const Shell sh;
  // A category, a 0/1 column and a constant have no pieces. The fit without a fold begins where the first one ended.
  const Ran ran =
      sh("awk 'BEGIN { print \"c,b,k,x,y\"; for (i = 0; i < 200; ++i) print substr(\"pqr\", i % 3 + 1, 1) \",\" i % 2 "
         "\",5,\" i * 37 % 200 / 100 \",\" i % 3 + i % 2 + (i * 37 % 200 > 100) + i * 7919 % 101 / 500 }' >d.csv\n"
         "moe train -q -k 1 --expert pieces:8:linear d.csv -o m.moe && moe eval -m m.moe d.csv | grep -o '^rmse "
         "*0[.][0-2]'\n"
         "moe train -q -k 2 --expert pieces:8:linear --gate softmax:pieces:8:linear --l2 auto --gate-l2 auto d.csv "
         "-o n.moe && moe eval -m n.moe d.csv | grep -c '^rmse'");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out.starts_with("rmse"));
}
