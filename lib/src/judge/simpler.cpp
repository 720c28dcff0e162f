#include "judge/simpler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "moe/metrics.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// A log-likelihood that falls by less than this, and by less than a fit's tolerance leaves in each row, tells nothing.
constexpr double kNothing = 1e-4, kNothingOfRow = 1e-8;

/// Expert k's parameters at those of the simpler one.
void embed(const Expert& expert, const Family::Embedding& at, const Expert& simple, const arma::vec& from,
           arma::vec& to) {
  const Network &network = *expert.network, &of = *simple.network;
  if (network.parameters() == of.parameters()) {
    to.subvec(expert.offset, arma::size(of.parameters(), 1)) =
        from.subvec(simple.offset, arma::size(of.parameters(), 1));
  } else {
    const arma::uword height = network.last_inputs();
    for (arma::uword out = 0; out < at.outputs.size(); ++out)
      to.subvec(expert.offset + network.intercept(at.outputs[out]), arma::size(height, 1)) =
          from.subvec(simple.offset + of.intercept(out), arma::size(height, 1));
  }
  for (arma::uword out = 0; out < at.intercepts.size() && network.has_intercept(); ++out)
    to[expert.offset + network.intercept(out)] += at.intercepts[out];
  std::copy(at.psi.begin(), at.psi.end(), to.begin() + expert.psi);
}

/// Rows that tell how residuals lean, at most.
constexpr arma::uword kMostRows = 20000;

/// Of each expert, whether its residuals of the first target lean to the left.
std::vector<bool> lean_left(const Model& simple, const Rows& all) {
  const Rows rows = all.block(0, std::min(all.count(), kMostRows) - 1);
  const arma::mat R = responsibilities(simple, rows, simple.theta);
  ForwardPass forward(simple);
  forward.run(simple.theta, rows);
  std::vector<bool> result;
  for (arma::uword k = 0; k < simple.size(); ++k) {
    arma::mat mean;
    simple.experts[k].family->mean(forward.eta(k), simple.theta.memptr() + simple.experts[k].psi, mean);
    const arma::vec w = rows.w % R.col(k), left = rows.y.col(0) - mean.col(0);
    const arma::vec centred = left - arma::dot(w, left) / arma::accu(w);
    result.push_back(arma::dot(w, centred % centred % centred) < 0);
  }
  return result;
}

double log_likelihood(const Model& model, const Rows& rows) { return likelihood_sums(model, rows).log_likelihood; }

}  // namespace

std::optional<Model> simpler_model(const Model& model) {
  ModelSpec spec = model.spec();
  bool any = false;
  spec.expert_families.clear();
  for (const Expert& expert : model.experts) {
    const std::string simpler = expert.family->simpler();
    spec.expert_families.push_back(simpler.empty() ? expert.family->spec() : simpler);
    any = any || !simpler.empty();
  }
  if (!any) return std::nullopt;
  Schema schema = model.schema;
  schema.supports.clear();
  Model simple(schema, model.standardization, spec);
  for (arma::uword k = 0; k < model.size(); ++k)
    if (!model.experts[k].network->is_linear() &&
        model.experts[k].network->outputs() != simple.experts[k].network->outputs())
      return std::nullopt;
  return simple;
}

std::vector<arma::vec> starts_from(const Model& model, const Model& simple, const Rows& rows) {
  std::size_t sides = 1;
  for (const Expert& expert : model.experts) sides = std::max(sides, expert.family->sides());
  const std::vector<bool> left = sides > 2 ? lean_left(simple, rows) : std::vector<bool>(model.size(), false);
  std::vector<arma::vec> result;
  for (std::size_t side = 0; side < sides; ++side) {
    arma::vec theta(model.theta.n_elem, arma::fill::zeros);
    theta.head(model.gate_branch.network->parameters()) = simple.theta.head(model.gate_branch.network->parameters());
    for (arma::uword k = 0; k < model.size(); ++k) {
      const Expert &expert = model.experts[k], &from = simple.experts[k];
      const std::size_t own = expert.family->sides(), leaning = left[k] && own > 2 && side > 0 ? 3 - side : side;
      embed(expert, expert.family->embedded(simple.theta.memptr() + from.psi, std::min(leaning, own - 1)), from,
            simple.theta, theta);
    }
    result.push_back(theta);
  }
  return result;
}

arma::vec as_simple(const Model& model, const Rows& rows) {
  const arma::uword T = model.targets();
  arma::vec flags(model.size() * T, arma::fill::zeros);
  std::optional<double> here;
  for (arma::uword k = 0; k < model.size(); ++k)
    for (arma::uword t = 0; t < T; ++t) {
      arma::vec theta = model.theta;
      if (!model.experts[k].family->to_simpler(t, theta.memptr() + model.experts[k].psi)) continue;
      Model moved = model;
      moved.theta = std::move(theta);
      if (!here) here = log_likelihood(model, rows);
      const double lost = *here - log_likelihood(moved, rows);
      if (lost < kNothing + kNothingOfRow * arma::accu(rows.w)) flags[k * T + t] = 1;
    }
  return arma::any(flags > 0) ? flags : arma::vec();
}

}  // namespace moe
