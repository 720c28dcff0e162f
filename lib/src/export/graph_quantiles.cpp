// Quantiles of a mixture as graph operations. An expert's quantile has a formula. That of the mixture lies between the
// smallest and the largest of its experts: a fixed number of steps finds it there. A step is Newton's on the
// distribution function, of at most half the bracket, or halves the bracket where Newton's would leave it. The bracket is
// as wide as the distance between experts: where that is 10^6 sigmas, 20 steps of 40 halve it down to a sigma.
#include <algorithm>

#include "export/elementary.hpp"
#include "export/model_graph.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

using Op = Expression::Op;

constexpr int kSteps = 40;
/// Below all that is divided by, so that a quotient of zeros is 0.
constexpr double kTiny = 1e-30;
/// Below all numbers whose logarithm is taken.
constexpr double kLeastPositive = 1e-290;

}  // namespace

void ModelGraph::bounds() {
  if (graph().classes > 0) {
    for (const Bound& bound : request_.bounds) graph().bounds.push_back(in_conformal_set(bound));
    return;
  }
  std::vector<std::vector<double>> asked(model_.targets());
  const auto place_of = [&](arma::uword t, double p) {
    std::vector<double>& all = asked[t];
    const auto found = std::find(all.begin(), all.end(), p);
    if (found == all.end()) all.push_back(p);
    return static_cast<arma::uword>(std::distance(all.begin(), std::find(all.begin(), all.end(), p)));
  };
  const double below = normal_cdf(-1), above = normal_cdf(1);
  for (const Bound& bound : request_.bounds)
    for (const Bound::Quantile& quantile : bound.quantiles) {
      place_of(bound.target, quantile.p);
      if (quantile.beyond == 0) continue;
      place_of(bound.target, below);
      place_of(bound.target, above);
    }
  std::vector<Id> known;
  for (arma::uword t = 0; t < model_.targets(); ++t)
    known.push_back(asked[t].empty() ? constant(0) : quantiles(t, asked[t]));
  const Predictive predictive(model_);
  for (const Bound& bound : request_.bounds) {
    const arma::uword t = bound.target;
    const auto at_p = [&](double p) { return pick(known[t], {place_of(t, p)}); };
    std::vector<Id> values;
    for (const Bound::Quantile& quantile : bound.quantiles) {
      values.push_back(at_p(quantile.p));
      if (quantile.beyond == 0) continue;
      const Id half = each(Op::kMultiply, {constant(0.5), each(Op::kSubtract, {at_p(above), at_p(below)})});
      const Id unit = each(Op::kIfPositive, {half, half, constant(predictive.unit_of(t))});
      values.back() = each(Op::kAdd, {values.back(), each(Op::kMultiply, {constant(quantile.beyond), unit})});
    }
    graph().bounds.push_back(of_group(values, bound));
  }
}

ModelGraph::Id ModelGraph::in_conformal_set(const Bound& bound) {
  const Id p = *graph().probabilities, own = pick(p, {bound.label});
  Id above = constant(0);  // the probability of all more probable classes; of equal ones the first counts as more
  for (arma::uword other = 0; other < graph().classes; ++other) {
    if (other == bound.label) continue;
    const Id its = pick(p, {other});
    const Id part = other < bound.label ? each(Op::kIfPositive, {each(Op::kSubtract, {own, its}), constant(0), its})
                                        : each(Op::kIfPositive, {each(Op::kSubtract, {its, own}), its, constant(0)});
    above = each(Op::kAdd, {above, part});
  }
  std::vector<Id> thresholds;
  for (const double threshold : bound.thresholds) thresholds.push_back(constant(threshold));
  const Id excess = each(Op::kSubtract, {above, of_group(thresholds, bound)});
  const Id zero = each(Op::kSubtract, {excess, excess});  // NaN where a row cannot be scored
  return each(Op::kIfPositive, {excess, zero, each(Op::kAdd, {zero, constant(1)})});
}

ModelGraph::Id ModelGraph::of_group(const std::vector<Id>& values, const Bound& bound) {
  return bound.second_level ? of_level(values, *bound.second_level) : of_heaviest(values);
}

ModelGraph::Id ModelGraph::of_heaviest(const std::vector<Id>& values) {
  Id value = values[0], weight = pick(graph().gate, {0});
  for (arma::uword k = 1; k < values.size(); ++k) {
    const Id own = pick(graph().gate, {k});
    value = each(Op::kIfPositive, {each(Op::kSubtract, {own, weight}), values[k], value});
    weight = each(Op::kMax, {weight, own});
  }
  return value;
}

ModelGraph::Id ModelGraph::of_level(const std::vector<Id>& values, std::size_t second_level) {
  const Id inputs = given(Graph::Kind::kInputs, model_.schema.inputs.size());
  Id value = values[0];
  for (std::size_t level = 1; level < values.size(); ++level) {
    const Id is_level = pick(inputs, {second_level + level - 1});
    value = each(Op::kIfPositive, {each(Op::kSubtract, {is_level, constant(0.5)}), values[level], value});
  }
  return value;
}

ModelGraph::Id ModelGraph::quantiles_of_experts(arma::uword t, const std::vector<double>& probabilities) {
  const arma::uword lanes = K_ * probabilities.size();
  const Id of_experts = of_lanes(lanes, [&](arma::uword lane) {
    const arma::uword k = lane % K_;
    const Family::Marginal marginal = family(k).marginal(t, psi(k));
    const auto quantile =
        expressions_of(*marginal.family).quantile_expression(probabilities[lane / K_], marginal.psi.data());
    if (!quantile)
      throw Error(ErrorKind::kUsage, "--with: the quantiles of family " + marginal.family->name() +
                                         " have no formula: expected --format c without --with, whose file has "
                                         "moe_quantile(), or js, which has distribution(row).quantile(p)");
    return quantile->shifted(marginal.first_output, t);
  });
  return widened(in_data_units(of_experts, t), lanes);
}

ModelGraph::Id ModelGraph::quantiles(arma::uword t, const std::vector<double>& probabilities) {
  const Id ends = quantiles_of_experts(t, probabilities);
  return K_ == 1 ? ends : between(ends, t, numbers(probabilities));
}

ModelGraph::Id ModelGraph::between(Id ends, arma::uword t, Id p) {
  bool positive = true;  // then the steps are those of the logarithm
  for (arma::uword k = 0; k < K_; ++k) positive = positive && family(k).supports()[t] == Support::kPositive;
  if (positive) ends = each(Op::kLog, {each(Op::kMax, {ends, constant(kLeastPositive)})});
  Id high = largest(ends, K_);
  Id low = each(Op::kSubtract, {constant(0), largest(each(Op::kSubtract, {constant(0), ends}), K_)});
  Id x = each(Op::kMin, {each(Op::kMax, {mixed(ends), low}), high});
  const auto y_of = [&](Id at) { return positive ? each(Op::kExp, {at}) : at; };
  for (int step = 0; step < kSteps; ++step) {
    const Id y = y_of(x);
    const auto [excess, density] = curve_at(y, t, p);
    const Id new_low = each(Op::kIfPositive, {excess, low, x});
    high = each(Op::kIfPositive, {excess, x, high});
    low = new_low;
    const Id width = each(Op::kSubtract, {high, low});
    const Id rise = each(Op::kMultiply, {positive ? each(Op::kMultiply, {density, y}) : density, width});
    const Id twice = each(Op::kMultiply, {constant(2), each(Op::kAbs, {excess})});
    const Id divisor = each(Op::kMax, {each(Op::kMax, {rise, twice}), constant(kTiny)});
    const Id next = each(Op::kSubtract, {x, each(Op::kMultiply, {width, each(Op::kDivide, {excess, divisor})})});
    const Id outside = each(Op::kMax, {each(Op::kSubtract, {low, next}), each(Op::kSubtract, {next, high})});
    const Id middle = each(Op::kAdd, {low, each(Op::kMultiply, {constant(0.5), width})});
    x = each(Op::kIfPositive, {outside, middle, next});
  }
  return y_of(x);
}

ModelGraph::Curve ModelGraph::curve_at(Id y, arma::uword t, Id p) {
  const arma::uword lanes = K_ * at(y).width;
  const Id in_units = in_model_units(y, t);
  const auto of_families = [&](const std::function<Expression(const HasExpressions&, const double*)>& expression) {
    const Id value = of_lanes(
        lanes,
        [&](arma::uword lane) {
          const arma::uword k = lane % K_;
          const Family::Marginal marginal = family(k).marginal(t, psi(k));
          Expression its = expression(expressions_of(*marginal.family), marginal.psi.data());
          if (request_.elementary) its = elementary(its);
          if (request_.elementary && !is_elementary(its))
            throw Error(ErrorKind::kUsage,
                        "--with: this format has no formula for the distribution function of family " +
                            marginal.family->name() + ": expected --format c or js, or a model of one expert");
          return its.shifted(marginal.first_output, t);
        },
        in_units);
    return widened(value, lanes);
  };
  const Id cdf =
      of_families([](const HasExpressions& family, const double* psi) { return family.expressions(psi).cdf; });
  const Id density = of_families(
      [](const HasExpressions& family, const double* psi) { return exp(family.log_density_expression(psi)); });
  return {each(Op::kSubtract, {mixed(cdf), p}), mixed(density)};
}

}  // namespace moe
