// Committees: one model whose density is the weighted mean of its members' densities.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "models.hpp"
#include "moe/describe.hpp"
#include "moe/forward_pass.hpp"
#include "moe/import.hpp"
#include "moe/metrics.hpp"
#include "moe/model_file.hpp"
#include "moe/objective.hpp"
#include "moe/predict.hpp"
#include "scratch.hpp"
#include "throws.hpp"

namespace {

/// p(y_n | x_n) of each row, in data units.
arma::vec densities(const moe::Model& model, const moe::Rows& rows) {
  moe::ForwardPass forward(model);
  forward.run(model.theta, rows);
  return arma::sum(arma::exp(forward.log_terms(model.theta, rows.y)), 1);
}

std::vector<moe::Model> some_members(const std::vector<Make>& makes) {
  moe::Random random(5);
  std::vector<moe::Model> members;
  for (const Make& make : makes) {
    members.push_back(make_model(make));
    randomize(members.back(), random);
  }
  return members;
}

/// The greatest distance of the logarithms: a density far out has the rounding errors of a large exponent.
double apart(const arma::vec& a, const arma::vec& b) { return arma::abs(arma::log(a) - arma::log(b)).max(); }

}  // namespace

TEST_CASE("a committee's density is the weighted mean of its members'", "[committee]") {
  const std::vector<std::vector<Make>> cases{
      {{"gaussian"},
       {"student", "mlp:4", "mlp:3", "softmax", 2, 3, 0, true},
       {"gaussian:hetero", "linear", "constant", "softmax", 1}},
      {{"categorical", "linear", "linear", "softmax", 2, 3, 3}, {"categorical", "mlp:3", "mlp:2", "softmax", 3, 3, 3}},
      {{"poisson"}, {"negative-binomial", "mlp:3"}},
      {{"gaussian:full", "linear", "linear", "softmax", 2, 3, 0, false, 2},
       {"gaussian,student", "mlp:3", "linear", "softmax", 2, 3, 0, false, 2}}};
  for (const std::vector<Make>& makes : cases) {
    INFO(makes[0].family);
    const std::vector<moe::Model> members = some_members(makes);
    const arma::vec weights = arma::linspace(1, 3, members.size());
    const moe::Model whole = moe::committee(members, weights);
    moe::Random random(6);
    const moe::Rows rows = some_rows(whole, 40, random);
    arma::vec mean(rows.count(), arma::fill::zeros);
    for (std::size_t b = 0; b < members.size(); ++b)
      mean += weights[b] / arma::accu(weights) * densities(members[b], rows);
    CHECK(apart(densities(whole, rows), mean) < 1e-12);
    CHECK(apart(moe::member_weights(whole), weights / arma::accu(weights)) < 1e-14);
    // Of each member all parameters, and of the root one for each member, of which one is not free.
    arma::uword free = members.size() - 1;
    for (const moe::Model& member : members) free += member.degrees_of_freedom();
    CHECK(whole.degrees_of_freedom() == free);
  }
}

TEST_CASE("a committee's weights may be as far apart as doubles are", "[committee]") {
  const std::vector<moe::Model> members = some_members({{"gaussian"}, {"gaussian"}});
  const arma::vec weights = moe::member_weights(moe::committee(members, {1e-160, 1e160}));
  CHECK(weights[0] == Approx(0).margin(1e-300));
  CHECK(weights[1] == 1);
}

TEST_CASE("a committee of committees is one of their members", "[committee]") {
  const std::vector<moe::Model> members = some_members({{"gaussian"}, {"student"}, {"gaussian", "mlp:2"}});
  const moe::Model inner = moe::committee({members[0], members[1]}, {1, 3});
  const moe::Model whole = moe::committee({inner, members[2]}, {1, 1});
  CHECK(whole.members.size() == 3);
  CHECK(apart(moe::member_weights(whole), {0.125, 0.375, 0.5}) < 1e-14);
  moe::Random random(7);
  const moe::Rows rows = some_rows(whole, 20, random);
  CHECK(apart(densities(whole, rows), 0.5 * densities(inner, rows) + 0.5 * densities(members[2], rows)) < 1e-12);
}

TEST_CASE("a committee is described by the weights and coefficients of its members", "[committee][inspect]") {
  // A member's gate is log g_k - log g_last = a + b' x in the data's units: its values at 0 and one unit from it give
  // the coefficients. The members have experts 1 to 2, 3, and 4 to 6; the last one has inputs of its own.
  const std::vector<moe::Model> members = some_members({{"gaussian", "linear", "linear", "softmax", 2, 3},
                                                        {"gaussian", "linear", "constant", "softmax", 1, 3},
                                                        {"student", "linear", "linear", "softmax", 3, 3, 0, true}});
  const moe::Model model = moe::committee(members, {1, 2, 5});
  moe::Dataset data{arma::mat(4, 4, arma::fill::zeros), arma::mat(4, 0), arma::ones(4)};
  data.X.row(0).ones();
  for (arma::uword j = 1; j < 4; ++j) data.X(j, j) = 1;
  moe::Predictive predictive(model);
  predictive.at(data);
  const arma::mat g = arma::log(predictive.weights());
  const auto json = nlohmann::json::parse(moe::describe_json(model));
  const std::string text = moe::describe_text(model);
  const auto& described = json.at("gate").at("members");
  REQUIRE(described.size() == 3);
  const std::vector<std::vector<int>> experts{{1, 2}, {3}, {4, 5, 6}};
  const std::vector<std::vector<std::string>> names{{"(intercept)", "x1", "x2", "x3"}, {}, {"(intercept)", "x3"}};
  const std::vector<std::string> lines{
      "member 1, weight 0.125: experts 1 to 2, gate softmax of linear, 8 parameters\n",
      "member 2, weight 0.25: experts 3 to 3, gate softmax of constant, 1 parameter\n",
      "member 3, weight 0.625: experts 4 to 6, gate softmax of linear, 6 parameters\n"};
  CHECK(text.find("gate: a committee of 3 mixtures\nmember 1, ") != std::string::npos);
  for (std::size_t b = 0; b < 3; ++b) {
    INFO("member " << b + 1 << "\n" << text);
    const auto& member = described[b];
    CHECK(member.at("experts") == nlohmann::json(experts[b]));
    CHECK(member.at("weight").get<double>() == Approx(b == 0 ? 0.125 : b == 1 ? 0.25 : 0.625).epsilon(1e-12));
    const std::size_t line = text.find(lines[b]);
    REQUIRE(line != std::string::npos);
    if (experts[b].size() == 1) continue;
    std::istringstream shown(text.substr(line + lines[b].size()));
    std::string word;
    for (const int k : experts[b]) {
      std::string number;
      shown >> word >> number;
      CHECK(word + " " + number == "expert " + std::to_string(k));
    }
    for (const std::string& name : names[b]) {
      shown >> word;
      CHECK(word == name);
      const arma::uword at = name == "(intercept)" ? 0 : static_cast<arma::uword>(name[1] - '0');
      const arma::uword last = static_cast<arma::uword>(experts[b].back()) - 1;
      for (std::size_t i = 0; i < experts[b].size(); ++i) {
        const arma::uword k = static_cast<arma::uword>(experts[b][i]) - 1;
        const double at_zero = g(0, k) - g(0, last), value = at == 0 ? at_zero : g(at, k) - g(at, last) - at_zero;
        CHECK(member.at("coefficients")[i].at(name).get<double>() == Approx(value).epsilon(1e-9).margin(1e-12));
        double figure = 0;
        shown >> figure;
        CHECK(figure == Approx(value).epsilon(1e-5).margin(1e-12));
      }
    }
  }
}

TEST_CASE("a committee's gradient equals differences of its objective", "[committee]") {
  moe::Model model = make_committee({"gaussian", "linear", "linear"}, {"student", "mlp:3", "mlp:2"});
  moe::Random random(8);
  const moe::Rows rows = some_rows(model, 30, random);
  const auto objective = moe::make_objective("likelihood");
  const moe::Pass pass(model, *objective, {}, 1);
  arma::vec gradient;
  pass.run(model.theta, rows, &gradient);
  for (arma::uword i = 0; i < model.theta.n_elem; ++i) {
    arma::vec theta = model.theta;
    const auto value_at = [&](double step) {
      theta[i] = model.theta[i] + step;
      return pass.run(theta, rows, nullptr).value;
    };
    constexpr double kStep = 1e-5;
    INFO(i);
    CHECK(gradient[i] == Approx((value_at(kStep) - value_at(-kStep)) / (2 * kStep)).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("a committee comes back from its file with the same bits, and says so to older readers",
          "[committee][model_file]") {
  const ScratchDir scratch;
  const moe::Model model = make_committee({"gaussian", "linear", "linear"}, {"student", "mlp:3", "mlp:2"});
  moe::save_model(model, scratch.path("m.moe"));
  const moe::Model back = moe::load_model(scratch.path("m.moe"));
  CHECK(arma::all(back.theta == model.theta));
  CHECK(back.members.size() == 2);
  CHECK(back.members[1].first == 3);
  const std::string bytes = scratch.read(scratch.path("m.moe"));
  CHECK(bytes.find(R"("version":"3")") != std::string::npos);
}

TEST_CASE("members that do not share out the experts are refused where they stand", "[committee][import]") {
  const std::string head =
      R"({"format": "moe", "version": 1, "inputs": ["x"], "target": "y", "family": "gaussian", "gate": )";
  const std::string tail =
      R"(, "experts": [{"network": "constant"}, {"network": "constant"}], "parameters": {"gate.0": [[0], [0]],
    "expert.1.0": [[1]], "expert.2.0": [[2]], "expert.1.psi": [[0]], "expert.2.psi": [[0]], "gate.1.0": [[0]], "gate.2.0": [[0]]}})";
  const auto with = [&](const std::string& members, const std::string& link = "softmax") {
    return head + R"({"network": "constant", "link": ")" + link + R"(", "members": )" + members + "}" + tail;
  };
  const auto import = [](const std::string& json) { return moe::import_model(std::string_view(json), "m"); };
  const std::string one = R"({"network": "constant", "experts": 1})", two = R"({"network": "constant", "experts": 2})";
  CHECK(import(with("[" + one + "," + one + "]")).members.size() == 2);
  CHECK_THAT(sentence_of([&] { import(with("[" + one + "]")); }), Catch::Contains("/gate/members"));
  CHECK_THAT(sentence_of([&] { import(with("[" + one + "," + two + "]")); }),
             Catch::Contains("/gate/members/1/experts"));
  CHECK_THAT(sentence_of([&] { import(with(R"([{"network": "constant", "experts": 0}])")); }),
             Catch::Contains("/gate/members/0/experts"));
  CHECK_THAT(sentence_of([&] { import(with("[" + one + "," + one + "]", "positive")); }),
             Catch::Contains("/gate/link"));
}

TEST_CASE("what cannot be members of one model is refused", "[committee]") {
  const std::vector<moe::Model> members = some_members({{"gaussian"}, {"gaussian"}});
  CHECK_THROWS_AS(moe::committee(members, {1, 0}), std::logic_error);
  CHECK_THROWS_AS(moe::committee(members, {1}), std::logic_error);
  CHECK_THROWS_AS(moe::committee({}, {}), std::logic_error);
  moe::Model other = members[1];
  other.standardization.target_scale[0] *= 2;
  CHECK_THROWS_AS(moe::committee({members[0], other}, {1, 1}), std::logic_error);
}
