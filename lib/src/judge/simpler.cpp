// Finds where a model is no better than one with simpler families. A student with a large nu, for example, is a
// gaussian. The psi of an expert is moved to the simpler family; if that costs no likelihood, the additional parameter
// has no finite maximum.
#include "judge/simpler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "moe/forward_pass.hpp"
#include "moe/metrics.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// A simpler family describes the rows as well where the log-likelihood falls by less than kNothing, plus kNothingOfRow
/// for each row, which a fit's tolerance may leave.
constexpr double kNothing = 1e-4, kNothingOfRow = 1e-8;

/// Writes the parameters of an expert that make it equal to the simpler expert.
void embed(const Expert& expert, const Family::Embedding& at, const Expert& simple, const arma::vec& simple_theta,
           arma::vec& theta) {
  const Network &network = *expert.network, &simple_network = *simple.network;
  if (network.parameters() == simple_network.parameters()) {
    theta.subvec(expert.offset, arma::size(simple_network.parameters(), 1)) =
        simple_theta.subvec(simple.offset, arma::size(simple_network.parameters(), 1));
  } else {
    const arma::uword height = network.last_inputs();
    for (arma::uword out = 0; out < at.outputs.size(); ++out)
      theta.subvec(expert.offset + network.intercept(at.outputs[out]), arma::size(height, 1)) =
          simple_theta.subvec(simple.offset + simple_network.intercept(out), arma::size(height, 1));
  }
  for (arma::uword out = 0; out < at.intercepts.size() && network.has_intercept(); ++out)
    theta[expert.offset + network.intercept(out)] += at.intercepts[out];
  std::copy(at.psi.begin(), at.psi.end(), theta.begin() + expert.psi_offset);
}

/// How many rows are used for the skewness of residuals.
constexpr arma::uword kMostRows = 20000;

/// For each expert, whether its residuals of the first target are skewed to the left.
std::vector<bool> lean_left(const Model& simple, const Rows& all) {
  const Rows rows = all.block(0, std::min(all.count(), kMostRows) - 1);
  const arma::mat R = responsibilities(simple, rows, simple.theta);
  ForwardPass forward(simple);
  forward.run(simple.theta, rows);
  std::vector<bool> result;
  for (arma::uword k = 0; k < simple.size(); ++k) {
    arma::mat mean;
    simple.experts[k].family->mean(forward.eta(k), simple.theta.memptr() + simple.experts[k].psi_offset, mean);
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
      const std::size_t expert_sides = expert.family->sides(),
                        leaning = left[k] && expert_sides > 2 && side > 0 ? 3 - side : side;
      embed(expert,
            expert.family->embedded(simple.theta.memptr() + from.psi_offset, std::min(leaning, expert_sides - 1)), from,
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
      if (!model.experts[k].family->to_simpler(t, theta.memptr() + model.experts[k].psi_offset)) continue;
      Model moved = model;
      moved.theta = std::move(theta);
      if (!here) here = log_likelihood(model, rows);
      const double lost = *here - log_likelihood(moved, rows);
      if (lost < kNothing + kNothingOfRow * arma::accu(rows.w)) flags[k * T + t] = 1;
    }
  return arma::any(flags > 0) ? flags : arma::vec();
}

}  // namespace moe
