#include <catch2/catch.hpp>

#include "models.hpp"
#include "moe/train.hpp"

TEST_CASE("adamw shrinks the weights that the penalty counts, and no others", "[solver]") {
  moe::FitRequest request;
  request.schema = some_schema(1, 0);
  request.spec.experts = {"mlp:3"};
  request.spec.gate = "constant";
  request.spec.expert_inputs = {{0}};
  moe::Random random(4);
  request.data.X = arma::mat(2, 30, arma::fill::ones);
  request.data.y = arma::mat(30, 1);
  request.data.w = arma::vec(30, arma::fill::value(2.0));
  for (arma::uword n = 0; n < 30; ++n)
    request.data.y(n, 0) = (request.data.X(1, n) = random.normal()) + random.normal();
  request.options.solver = "adamw";
  request.options.batch = 0;
  request.options.solver_options.epochs = 1;
  request.options.solver_options.learning_rate = 0.01;
  const moe::Model start = moe::train(request).model;
  request.start = &start;
  const auto after = [&](double l2) {
    moe::FitRequest own = request;
    own.options.penalty = {l2, l2};
    return moe::train(std::move(own)).model.theta;
  };
  const arma::vec moved = after(0.5) - after(0);
  const moe::Expert& expert = start.experts[0];
  arma::uword shrunk = 0;
  for (arma::uword i = 0; i < moved.n_elem; ++i) {
    if (moved[i] == 0) continue;
    CHECK(moved[i] == Approx(-0.01 * 0.5 * start.theta[i]).epsilon(1e-9));
    ++shrunk;
  }
  CHECK(shrunk == 6);  // three weights of the hidden layer and three of the output
  CHECK(moved[expert.offset + expert.network->intercept(0)] == 0);
}
