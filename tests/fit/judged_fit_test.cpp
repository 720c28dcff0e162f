#include "fit/judged_fit.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "judge/log_scores.hpp"
#include "models.hpp"

namespace {

moe::Dataset curve(arma::uword rows, moe::Random& random) {
  moe::Dataset data;
  data.X = arma::mat(2, rows, arma::fill::ones);
  data.y = arma::mat(rows, 1);
  data.w = arma::vec(rows, arma::fill::ones);
  for (arma::uword n = 0; n < rows; ++n) {
    const double x = data.X(1, n) = random.normal();
    data.y(n, 0) = std::sin(2 * x) + 0.3 * random.normal();
  }
  return data;
}

moe::FitRequest network_on(const moe::Dataset& data, std::uint64_t seed) {
  moe::FitRequest request;
  request.schema = some_schema(1, 0);
  request.spec.experts = {"mlp:8"};
  request.spec.gate_inputs = {0};
  request.spec.expert_inputs = {{0}};
  request.options.solver = "adam";
  request.options.solver_options.epochs = 60;
  request.options.solver_options.learning_rate = 0.05;
  request.options.batch = 8;
  request.options.seed = seed;
  request.data = data;
  return request;
}

/// The scores of every pass: a column each.
arma::mat scores_of_passes(moe::FitRequest request, const moe::Dataset& held) {
  std::vector<arma::vec> columns;
  request.validation = held;
  request.observer = [&](const moe::PassReport& pass) {
    columns.push_back(moe::log_scores(pass.model, pass.theta, pass.model.standardize(held)));
    return true;
  };
  moe::train(std::move(request));
  arma::mat result(held.rows(), columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) result.col(i) = columns[i];
  return result;
}

}  // namespace

TEST_CASE("each half of the held-out rows is scored at the pass that is best for the other half", "[judged]") {
  // Groups in the order in which they appear go to the halves by turns.
  const std::vector<std::size_t> groups{7, 7, 3, 3, 3, 1, 1, 5, 5, 5, 2, 2, 2, 2, 9, 9, 4, 4, 4, 4};
  const std::set<std::size_t> first{7, 1, 2, 4};
  bool differ = false;
  for (const std::uint64_t seed : {5, 6, 7, 8}) {
    moe::Random random(seed);
    const moe::FitRequest request = network_on(curve(40, random), seed);
    const moe::Dataset held = curve(20, random);
    const arma::mat passes = scores_of_passes(request, held);
    REQUIRE(passes.n_cols > 10);
    arma::vec in_first(20);
    for (arma::uword n = 0; n < 20; ++n) in_first[n] = first.count(groups[n]) ? 1 : 0;
    const arma::uword best_of_first = arma::index_max(passes.t() * in_first);
    const arma::uword best_of_second = arma::index_max(passes.t() * (1 - in_first));
    differ = differ || best_of_first != best_of_second;
    const arma::vec crossed = in_first % passes.col(best_of_second) + (1 - in_first) % passes.col(best_of_first);
    CHECK(arma::abs(moe::judged_fit(request, held, groups, true).log_p - crossed).max() < 1e-12);
    const moe::JudgedFit plain = moe::judged_fit(request, held, groups, false);
    const arma::uword best = arma::index_max(arma::sum(passes, 0));
    CHECK(arma::abs(plain.log_p - passes.col(best)).max() < 1e-12);
    CHECK(arma::abs(plain.log_p - moe::log_scores(plain.model, plain.model.standardize(held))).max() == 0);
  }
  CHECK(differ);
}
