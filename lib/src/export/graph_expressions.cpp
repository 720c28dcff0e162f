// The expressions of families as graph operations. Those of experts that have the same shape are computed together, one
// element for each expert.
#include <algorithm>
#include <string>
#include <utility>

#include "export/model_graph.hpp"

namespace moe {
namespace {

using Kind = Graph::Kind;
using Op = Expression::Op;

/// A text that is the same for expressions that differ only in their numbers.
std::string shape(const Expression& expression) {
  std::map<const void*, std::size_t> known;
  std::string text;
  const std::function<void(const Expression&)> write = [&](const Expression& x) {
    if (!known.emplace(x.identity(), known.size()).second) {
      text += "#" + std::to_string(known.at(x.identity())) + " ";
      return;
    }
    text += std::to_string(static_cast<int>(x.op())) + "/" + std::to_string(x.index()) + " ";
    for (const Expression& argument : x.arguments()) write(argument);
  };
  write(expression);
  return text;
}

}  // namespace

ModelGraph::Id ModelGraph::function(Id x, const std::function<Expression(const Expression&)>& f) {
  Known known;
  return lowered({f(Expression::eta(0))}, known, [x](const Expression&) { return x; });
}

ModelGraph::Id ModelGraph::eta(const Indices& lanes, arma::uword j) {
  Indices indices;
  for (const arma::uword lane : lanes) indices.push_back(places_[lane % K_ + 1] + j);
  const Id raw = pick(all_outputs_, indices);
  return j == 0 ? with_offset(raw, 1) : raw;
}

ModelGraph::Id ModelGraph::with_offset(Id outputs, arma::uword run) {
  if (model_.schema.offset.empty() && model_.schema.exposure.empty()) return outputs;
  Id offset = given(Kind::kOffset, 1);
  const double scale = model_.standardization.target_scale[0];
  if (scale != 1) offset = each(Op::kDivide, {offset, constant(scale)});
  if (run > 1) {
    arma::vec first(at(outputs).width);
    for (arma::uword i = 0; i < first.n_elem; i += run) first[i] = 1;
    offset = each(Op::kMultiply, {offset, numbers(first)});
  }
  return each(Op::kAdd, {outputs, offset});
}

ModelGraph::Id ModelGraph::target(arma::uword t) {
  return in_model_units(pick(given(Kind::kTargets, model_.targets()), {t}), t);
}

ModelGraph::Id ModelGraph::in_model_units(Id y, arma::uword t) {
  const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
  if (scale == 1 && center == 0) return y;
  return each(Op::kDivide, {each(Op::kSubtract, {y, constant(center)}), constant(scale)});
}

ModelGraph::Id ModelGraph::in_data_units(Id y, arma::uword t) {
  const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
  if (scale == 1 && center == 0) return y;
  return each(Op::kAdd, {constant(center), each(Op::kMultiply, {constant(scale), y})});
}

ModelGraph::Id ModelGraph::of_lanes(arma::uword lanes, const std::function<Expression(arma::uword)>& expression_of,
                                    std::optional<Id> y) {
  std::vector<Expression> expressions;
  std::vector<std::pair<std::string, Indices>> groups;
  for (arma::uword lane = 0; lane < lanes; ++lane) {
    expressions.push_back(expression_of(lane));
    const std::string its_shape = shape(expressions[lane]);
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& entry) { return entry.first == its_shape; });
    if (group == groups.end()) group = groups.insert(groups.end(), {its_shape, {}});
    group->second.push_back(lane);
  }
  std::vector<Id> parts;
  Indices order(lanes);
  arma::uword place = 0;
  for (const auto& [its_shape, members] : groups) {
    std::vector<Expression> of_members;
    for (const arma::uword lane : members) {
      of_members.push_back(expressions[lane]);
      order[lane] = place++;
    }
    Known known;
    const Id value = lowered(of_members, known, [this, &y, &lanes_of_leaf = members](const Expression& leaf) {
      if (leaf.op() == Op::kEta) return eta(lanes_of_leaf, leaf.index());
      if (!y) return target(leaf.index());
      Indices runs;
      for (const arma::uword lane : lanes_of_leaf) runs.push_back(lane / K_);
      return pick(*y, runs);
    });
    if (groups.size() == 1) return value;
    parts.push_back(widened(value, members.size()));
  }
  return pick(join(parts), order);
}

ModelGraph::Id ModelGraph::lowered(const std::vector<Expression>& expressions, Known& known, const Leaf& leaf) {
  std::vector<const void*> key;
  for (const Expression& expression : expressions) key.push_back(expression.identity());
  if (const auto found = known.find(key); found != known.end()) return found->second;
  const Expression& first = expressions[0];
  Id result = 0;
  switch (first.op()) {
    case Op::kNumber: {
      std::vector<double> values;
      for (const Expression& expression : expressions) values.push_back(expression.number());
      if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; })) values.resize(1);
      result = numbers(std::move(values));
      break;
    }
    case Op::kEta:
    case Op::kTarget:
      result = leaf(first);
      break;
    case Op::kTrials:
      result = given(Kind::kTrials, 1);
      break;
    default: {
      std::vector<Id> arguments;
      for (std::size_t a = 0; a < first.arguments().size(); ++a) {
        std::vector<Expression> argument;
        for (const Expression& expression : expressions) argument.push_back(expression.arguments()[a]);
        arguments.push_back(lowered(argument, known, leaf));
      }
      result = each(first.op(), arguments);
    }
  }
  known.emplace(std::move(key), result);
  return result;
}

}  // namespace moe
