// A committee: p(y|x) = sum_b w_b p_b(y|x), whose members p_b are mixtures of experts. It is one mixture of all their
// experts, under a gate of two levels: the root has a constant weight w_b for each member, and the member's own gate
// shares that out among its experts. So whatever reads a mixture reads a committee: densities, predictions, exports.
#include <stdexcept>

#include "moe/model.hpp"

namespace moe {
namespace {

bool same(const arma::vec& a, const arma::vec& b) { return a.n_elem == b.n_elem && arma::all(a == b); }

void require_alike(const Model& member, const Model& first, const Knots& knots) {
  const Standardization &a = member.standardization, &b = first.standardization;
  const bool alike = member.schema.inputs == first.schema.inputs && member.schema.targets == first.schema.targets &&
                     member.schema.labels == first.schema.labels && same(a.input_center, b.input_center) &&
                     same(a.input_scale, b.input_scale) && same(a.target_center, b.target_center) &&
                     same(a.target_scale, b.target_scale) && same(a.target_spread, b.target_spread);
  if (!member.knots.empty() && !knots.empty() && member.knots != knots)
    throw std::logic_error("the members of a committee have other knots");
  if (!alike) throw std::logic_error("the members of a committee have other columns or other units");
  if (!member.gate->multinomial()) throw std::logic_error("a member of a committee has another gate than softmax");
}

/// What a committee's parts are copied from: a mixture, or a member of another committee.
struct Part {
  const Model* model;
  const Branch* gate;
  arma::uword first, experts;
  double weight;
};

std::vector<Part> parts_of(const std::vector<Model>& members, const arma::vec& weights) {
  std::vector<Part> parts;
  for (std::size_t b = 0; b < members.size(); ++b) {
    const Model& model = members[b];
    if (!model.is_committee()) {
      parts.push_back({&model, &model.gate_branch, 0, model.size(), weights[b]});
      continue;
    }
    const arma::vec own = member_weights(model);
    if (own.is_empty()) throw std::logic_error("a member is a committee whose weights are not constant");
    for (std::size_t i = 0; i < model.members.size(); ++i) {
      const Member& member = model.members[i];
      parts.push_back({&model, &member, member.first, member.experts, weights[b] * own[i]});
    }
  }
  return parts;
}

ModelSpec spec_of(const std::vector<Part>& parts) {
  ModelSpec spec;
  spec.gate = "constant";
  spec.experts.clear();
  for (const Part& part : parts) {
    const ModelSpec own = part.model->spec();
    spec.family = own.family;
    if (!own.knots.empty()) spec.knots = own.knots;
    MemberSpec member{part.gate->network->spec(), {}, part.experts};
    for (arma::uword i = 1; i < part.gate->columns.n_elem; ++i) member.inputs.push_back(part.gate->columns[i] - 1);
    spec.members.push_back(std::move(member));
    for (arma::uword k = part.first; k < part.first + part.experts; ++k) {
      spec.experts.push_back(own.experts[k]);
      spec.expert_inputs.push_back(own.expert_inputs[k]);
      spec.expert_families.push_back(own.expert_families.empty() ? own.family : own.expert_families[k]);
    }
  }
  return spec;
}

void copy(const Branch& from, const arma::vec& theta, const Branch& to, arma::vec& result) {
  const arma::uword count = from.network->parameters();
  if (count > 0) result.subvec(to.offset, to.offset + count - 1) = theta.subvec(from.offset, from.offset + count - 1);
}

}  // namespace

arma::vec member_weights(const Model& model) {
  if (!model.is_committee() || model.gate_branch.network->inputs() > 0) return {};
  const arma::vec logits = model.theta.head(model.members.size());
  const arma::vec weights = arma::exp(logits - logits.max());
  return weights / arma::accu(weights);
}

Model committee(const std::vector<Model>& members, const arma::vec& weights) {
  if (members.empty() || weights.n_elem != members.size() || !(weights.min() > 0))
    throw std::logic_error("a committee: expected a weight above 0 for each member");
  Knots knots;
  for (const Model& member : members) {
    if (knots.empty()) knots = member.knots;
    require_alike(member, members.front(), knots);
  }
  const std::vector<Part> parts = parts_of(members, weights);
  Schema schema = members.front().schema;
  schema.supports.clear();  // the model adds those of its own families
  Model result(schema, members.front().standardization, spec_of(parts));
  arma::uword k = 0;
  for (std::size_t b = 0; b < parts.size(); ++b) {
    const Part& part = parts[b];
    const arma::vec& theta = part.model->theta;
    result.theta[b] = std::log(part.weight / arma::accu(weights));
    copy(*part.gate, theta, result.members[b], result.theta);
    for (arma::uword i = part.first; i < part.first + part.experts; ++i, ++k) {
      const Expert &from = part.model->experts[i], &to = result.experts[k];
      copy(from, theta, to, result.theta);
      for (arma::uword p = 0; p < from.family->dispersions(); ++p)
        result.theta[to.psi_offset + p] = theta[from.psi_offset + p];
    }
  }
  return result;
}

}  // namespace moe
