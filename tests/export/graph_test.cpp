// Graphs and expressions, which exporters translate, compute what the library computes.
#include "export/graph.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "export/scalar_graph.hpp"
#include "graph_run.hpp"
#include "models.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"

namespace {

constexpr arma::uword kGraphRows = 60;

/// Sums may have another order, so some units in the last place of the largest term are allowed.
void check_near(const char* what, const arma::mat& found, const arma::mat& expected) {
  INFO(what);
  REQUIRE(arma::size(found) == arma::size(expected));
  arma::uword differing = 0;
  for (arma::uword i = 0; i < found.n_elem; ++i)
    if (!(found[i] == expected[i] || std::abs(found[i] - expected[i]) <= 2e-13 * std::max(10.0, std::abs(expected[i]))))
      ++differing;
  CHECK(differing == 0);
}

void check(const moe::Model& model, const moe::Dataset& data) {
  const moe::Graph graph = moe::graph_of(model);
  const GraphRun run(graph, data);
  moe::Predictive predictive(model);
  predictive.at(data);
  check_near("gate", run[graph.gate], predictive.weights());
  for (arma::uword t = 0; t < graph.expert_means.size(); ++t)
    check_near("expert means", run[graph.expert_means[t]], predictive.expert_means(t));
  for (arma::uword t = 0; t < graph.mean.size(); ++t) check_near("mean", run[graph.mean[t]], predictive.mean(t));
  for (arma::uword t = 0; t < graph.sd.size(); ++t) check_near("sd", run[graph.sd[t]], predictive.sd(t));
  for (arma::uword t = 0; t < graph.cdf.size(); ++t)
    check_near("cdf", run[graph.cdf[t]], predictive.cdf(data.y.col(t), t));
  if (graph.probabilities) check_near("probabilities", run[*graph.probabilities], predictive.probabilities());
  if (!graph.log_density) return;
  arma::mat log_density = run[*graph.log_density];
  if (model.classes()) {
    arma::vec own(data.rows());
    for (arma::uword n = 0; n < data.rows(); ++n) own[n] = log_density(n, static_cast<arma::uword>(data.y[n]));
    log_density = own;
  }
  check_near("log density", log_density, predictive.log_density());
}

}  // namespace

TEST_CASE("graphs compute what the library computes, for every family, network and gate", "[graph]") {
  std::uint64_t stream = 0;
  const auto try_all = [&](const std::string& family, arma::uword targets) {
    for (const std::string& network : examples(moe::network_words()))
      for (const std::string& link : examples(moe::gate_words()))
        for (const bool own_inputs : {false, true}) {
          if (link == "linear" && network.find("no-intercept") != std::string::npos) continue;
          moe::Random random(29, ++stream);
          moe::Model model = make_model({family, network, stream % 3 == 0 ? network : "linear", link, 3, 3,
                                         classes_of(family), own_inputs, targets});
          randomize(model, random);
          if (stream % 4 == 0 && link == "softmax")  // logits that differ by up to a thousand
            model.theta.head(model.gate_branch.network->parameters()) *= 300;
          if (stream % 2 == 0 && targets == 1) model.schema.offset = "o";
          moe::Rows rows = some_rows(model, kGraphRows, random);
          if (!model.schema.offset.empty()) rows.offset = 0.3 * arma::vec(rows.X.row(1).t());
          INFO(family << " " << network << " " << link << " " << own_inputs);
          check(model, in_data_units(model, rows));
        }
  };
  for (const std::string& family : examples(moe::family_words())) try_all(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) try_all(family, 2);
}

TEST_CASE("graphs hold experts of different families and networks side by side", "[graph]") {
  moe::ModelSpec spec;
  spec.experts = {"linear", "mlp:4:tanh", "poly:2", "linear", "constant"};
  spec.expert_families = {"gaussian", "student", "gaussian", "laplace", "gaussian:hetero"};
  spec.gate_inputs = {0, 1, 2};
  spec.expert_inputs = {{0, 1}, {1, 2}, {0, 2}, {0, 1, 2}, {}};
  moe::Model model(some_schema(3, 0), some_standardization(3, 0), spec);
  moe::Random random(31);
  randomize(model, random);
  check(model, in_data_units(model, some_rows(model, kGraphRows, random)));
}

TEST_CASE("graphs hold the sums of functions that pieces of a linear network are", "[graph]") {
  for (const std::string family : {"gaussian:hetero", "categorical"}) {
    moe::Random random(35);
    moe::Model model = make_model({family, "pieces:4:linear", "pieces:4:linear", "softmax", 3, 3, classes_of(family)});
    randomize(model, random);
    check(model, in_data_units(model, some_rows(model, kGraphRows, random)));
  }
}

TEST_CASE("graphs keep a sigma within its bounds far outside of the rows", "[graph]") {
  moe::Random random(33);
  moe::Model one = make_model({"gaussian:hetero:0.3:4"});
  randomize(one, random);
  for (const moe::Model& model : {one, make_bounded()}) check(model, in_data_units(model, far_rows(model, 70, random)));
}

TEST_CASE("graphs of a model without inputs are numbers", "[graph]") {
  moe::ModelSpec spec;
  spec.experts = {"constant", "constant"};
  spec.gate = "constant";
  spec.expert_inputs = {{}, {}};
  moe::Model model(some_schema(0, 0), some_standardization(0, 0), spec);
  moe::Random random(37);
  randomize(model, random);
  check(model, in_data_units(model, some_rows(model, 3, random)));
}

TEST_CASE("neighbours in order are a range, and nothing else is", "[graph]") {
  const auto is_range = [](const std::vector<arma::uword>& indices) {
    moe::Graph::Value value{moe::Graph::Kind::kPick, indices.size(), {0}};
    value.indices = indices;
    return value.is_range();
  };
  CHECK(is_range({3, 4, 5}));
  CHECK(is_range({7}));
  CHECK_FALSE(is_range({5, 4, 3}));
  CHECK_FALSE(is_range({3, 5}));
  CHECK_FALSE(is_range({3, 3}));
}

TEST_CASE("what a graph of scalars leaves out changes no value", "[graph]") {
  using Op = moe::Expression::Op;
  constexpr double kX = 3.7;
  for (const Op op : {Op::kAdd, Op::kSubtract, Op::kMultiply, Op::kDivide})
    for (const double number : {0.0, 1.0, 2.0, -1.0, 0.5})
      for (const bool first : {false, true}) {
        if (op == Op::kDivide && !first && number == 0) continue;
        moe::Graph graph;
        graph.values.push_back({moe::Graph::Kind::kInputs, 1});
        graph.values.push_back({moe::Graph::Kind::kNumbers, 1, {}, {number}});
        moe::Graph::Value value{moe::Graph::Kind::kEach, 1, {0, 1}};
        if (first) value.operands = {1, 0};
        value.op = op;
        graph.values.push_back(value);
        const moe::ScalarGraph scalars = moe::scalar_graph_of(graph, {0, 1, 2});
        const auto value_of = [&](moe::ScalarId id) {
          const moe::ScalarNode& node = scalars.nodes[id];
          return node.kind == moe::ScalarKind::kNumber ? node.number : kX;
        };
        const moe::ScalarId id = scalars.elements[2][0];
        const moe::ScalarNode& node = scalars.nodes[id];
        const auto apply = [op](double a, double b) {
          return op == Op::kAdd ? a + b : op == Op::kSubtract ? a - b : op == Op::kMultiply ? a * b : a / b;
        };
        const double got = node.kind == moe::ScalarKind::kEach
                               ? apply(value_of(node.operands[0]), value_of(node.operands[1]))
                               : value_of(id);
        CAPTURE(static_cast<int>(op), number, first);
        CHECK(got == (first ? apply(number, kX) : apply(kX, number)));
      }
}
