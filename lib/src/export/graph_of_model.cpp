// What a model predicts, as graph operations: see graph.hpp.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "export/model_graph.hpp"
#include "moe/error.hpp"

namespace moe {

using Op = Expression::Op;

Graph ModelGraph::build() {
  graph().experts = K_;
  graph().classes = model_.schema.labels.size();
  networks();
  weights();
  if (graph().classes > 0)
    classes();
  else
    for (arma::uword t = 0; t < model_.targets(); ++t) number(t);
  if (normalised() && graph().classes == 0) {
    const Id terms =
        of_experts([&](arma::uword k) { return expressions_of(family(k)).log_density_expression(psi(k)); });
    graph().log_density = log_sum_exp(each(Op::kAdd, {log_weights_, terms}), K_);
  }
  if (!request_.bounds.empty()) bounds();
  return graph();
}

void ModelGraph::number(arma::uword t) {
  if (const auto k = model_.without_mean())
    throw Error(ErrorKind::kUsage,
                "expert " + std::to_string(*k + 1) +
                    "'s tails are so heavy (nu is at most 1) that its mean does not exist, which every "
                    "format writes: expected moe predict --output median");
  const double scale = model_.standardization.target_scale[t];
  std::vector<Family::Marginal> marginals;
  std::vector<FamilyExpressions> expressions;
  for (arma::uword k = 0; k < K_; ++k) {
    marginals.push_back(family(k).marginal(t, psi(k)));
    expressions.push_back(expressions_of(*marginals[k].family).expressions(marginals[k].psi.data()));
  }
  const auto figure = [&](Expression FamilyExpressions::*expression) {
    return of_experts(
        [&](arma::uword k) { return (expressions[k].*expression).shifted(marginals[k].first_output, t); });
  };
  const Id mu = widened(in_data_units(figure(&FamilyExpressions::mean), t), K_);
  graph().expert_means.push_back(mu);
  const Id mean = mixed(mu);
  graph().mean.push_back(mean);
  if (!normalised()) return;
  const bool finite = std::all_of(expressions.begin(), expressions.end(), [](const FamilyExpressions& of_expert) {
    return !of_expert.variance.is_number() || std::isfinite(of_expert.variance.number());
  });
  if (finite) {
    // In units of a power of two, which change no bit: no square overflows.
    const double unit = std::scalbn(1.0, std::ilogb(scale)), scale_in_units = scale / unit;
    const Id between = each(Op::kMultiply, {constant(1 / unit), each(Op::kSubtract, {mu, mean})});
    const Id within =
        each(Op::kMultiply, {constant(scale_in_units * scale_in_units), figure(&FamilyExpressions::variance)});
    const Id variance = mixed(each(Op::kAdd, {within, each(Op::kMultiply, {between, between})}));
    graph().sd.push_back(each(Op::kMultiply, {constant(unit), each(Op::kSqrt, {variance})}));
  } else {
    graph().sd.push_back(constant_of_rows(arma::vec{std::numeric_limits<double>::infinity()}));
  }
  graph().cdf.push_back(mixed(figure(&FamilyExpressions::cdf)));
}

void ModelGraph::classes() {
  const arma::uword C = graph().classes;
  Id log_p = 0;  // K x C by rows: the classes of an expert are neighbours
  if (model_.family().link() == Family::Link::kLogistic) {
    const Id eta = this->eta(range(0, K_), 0);
    const Id p = function(eta, [](const Expression& x) { return logistic(x); });
    graph().expert_means.push_back(p);
    const Id last = share(mixed(p));
    graph().probabilities = join({each(Op::kSubtract, {constant(1.0), last}), last});
    const auto log_share = [&](double sign) {
      return function(eta, [sign](const Expression& x) { return -log1p_exp(sign * x); });
    };
    log_p = pick(join({log_share(1), log_share(-1)}), transposed(C, K_));
  } else {
    Indices all;
    for (arma::uword k = 0; k < K_; ++k)
      for (arma::uword c = 0; c < C; ++c) all.push_back(places_[k + 1] + c);
    const auto [p, logs] = softmax(with_offset(pick(all_outputs_, all), C), C);
    log_p = logs;
    Indices last;
    for (arma::uword k = 0; k < K_; ++k) last.push_back(k * C + C - 1);
    graph().expert_means.push_back(pick(p, last));
    const Id weighted = each(Op::kMultiply, {pick(graph().gate, tiled(K_, C)), pick(p, transposed(K_, C))});
    graph().probabilities = share(sum(weighted, K_));
  }
  if (!normalised()) return;
  const Id terms = each(Op::kAdd, {pick(log_weights_, tiled(K_, C)), pick(log_p, transposed(K_, C))});
  graph().log_density = log_sum_exp(terms, K_);
}

ModelGraph::Id ModelGraph::mixed(Id x) {
  const arma::uword runs = at(x).width / K_;
  return sum(each(Op::kMultiply, {runs > 1 ? pick(graph().gate, tiled(K_, runs)) : graph().gate, x}), K_);
}

ModelGraph::Id ModelGraph::share(Id p) { return each(Op::kMin, {each(Op::kMax, {p, constant(0.0)}), constant(1.0)}); }

Graph graph_of(const Model& model, const GraphRequest& request) { return ModelGraph(model, request).build(); }

}  // namespace moe
