// Model: the layout of theta and the units in which it counts. Standardising inputs and target makes coefficients
// comparable, and the linear algebra well conditioned.
#include "moe/model.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/kernels/kernels.hpp"
#include "model/quartiles.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

/// A spread below this part of the values' size is rounding error, so the values count as constant.
constexpr double kConstant = 1e-13;

/// Weighted mean and standard deviation of n values that are `stride` apart, in two passes. The values are first
/// divided by the largest one, so that no square overflows or vanishes.
std::pair<double, double> mean_and_deviation(const double* values, std::size_t stride, const arma::vec& w) {
  double sum = 0, squares = 0, largest = 0;
  for (arma::uword n = 0; n < w.n_elem; ++n) largest = std::max(largest, std::abs(values[n * stride]));
  if (largest == 0) return {0, 0};
  const double total = arma::accu(w);
  for (arma::uword n = 0; n < w.n_elem; ++n) sum += w[n] * (values[n * stride] / largest);
  const double mean = sum / total;
  for (arma::uword n = 0; n < w.n_elem; ++n) {
    const double from_mean = values[n * stride] / largest - mean;
    squares += w[n] * from_mean * from_mean;
  }
  const double deviation = std::sqrt(squares / total);
  return {mean * largest, deviation > kConstant ? deviation * largest : 0};
}

arma::uvec rows_of_x(const std::vector<std::size_t>& inputs) {
  arma::uvec rows(1 + inputs.size());
  rows[0] = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) rows[i + 1] = 1 + inputs[i];
  return rows;
}

/// Standardises X, which may be rows.X itself. Everything else in `rows` is standardised in place.
void standardize_from(const arma::mat& X, const Standardization& units, bool classes, Rows& rows) {
  kernels().standardize(X.memptr(), X.n_rows, X.n_cols, units.input_center.memptr(), units.input_scale.memptr(),
                        rows.X.memptr());
  rows.X.row(0).ones();
  if (classes) return;
  for (arma::uword t = 0; t < rows.y.n_cols; ++t)
    rows.y.col(t) = (rows.y.col(t) - units.target_center[t]) / units.target_scale[t];
  rows.offset /= units.target_scale[0];
}

/// Throws Error (usage) for a role that makes sense with one target only.
void require_one_target(const Schema& schema) {
  const auto refuse = [&](const std::string& name, const char* option) {
    if (!name.empty())
      throw Error(ErrorKind::kUsage, std::string(option) + ": there are " + std::to_string(schema.targets.size()) +
                                         " targets, and it tells of one: expected one target with it");
  };
  refuse(schema.trials, "--trials");
  refuse(schema.offset, "--offset");
  refuse(schema.exposure, "--exposure");
}

/// Throws Error (usage) where the experts of the members do not add up to the model's, or the link is not softmax.
void require_members(const ModelSpec& spec) {
  std::size_t experts = 0;
  for (const MemberSpec& member : spec.members) {
    if (member.experts == 0) throw Error(ErrorKind::kUsage, "a member of the committee has no experts");
    experts += member.experts;
  }
  if (experts != spec.experts.size())
    throw Error(ErrorKind::kUsage, "the members of the committee have " + std::to_string(experts) +
                                       " experts together, and the model has " + std::to_string(spec.experts.size()));
  if (spec.gate_link != "softmax")
    throw Error(ErrorKind::kUsage, "a committee has gate link '" + spec.gate_link + "': expected softmax");
}

/// The family of each expert. Experts with the same family share one object.
std::vector<std::shared_ptr<const Family>> families_of(const ModelSpec& spec, const std::vector<TargetInfo>& targets) {
  std::vector<std::shared_ptr<const Family>> families;
  std::map<std::string, std::shared_ptr<const Family>> known;
  for (std::size_t k = 0; k < spec.experts.size(); ++k) {
    const std::string& word = spec.expert_families.empty() ? spec.family : spec.expert_families[k];
    std::shared_ptr<const Family>& family = known[word];
    if (!family) family = make_family(word, targets);
    families.push_back(family);
  }
  return families;
}

}  // namespace

bool Standardization::has_input_units() const { return !(arma::all(input_center == 0) && arma::all(input_scale == 1)); }

Standardization Standardization::none(arma::uword inputs, arma::uword targets) {
  Standardization result;
  result.input_center.zeros(inputs);
  result.input_scale.ones(inputs);
  result.target_center.zeros(targets);
  result.target_scale.ones(targets);
  result.target_spread.ones(targets);
  result.target_typical.ones(targets);
  return result;
}

double spread_of(const arma::vec& y, const arma::vec& w, double deviation) {
  constexpr double kMostQuartiles = 10;
  // As a part of the deviation: a smaller unit would let squares of the others overflow.
  constexpr double kLeast = 1e-8;
  const double quartiles = quartiles_of(y, w).distance();
  return quartiles > 0 ? std::clamp(kMostQuartiles * quartiles, kLeast * deviation, deviation) : deviation;
}

Standardization Standardization::of(const Dataset& data, bool classes, Parts parts) {
  const arma::uword d = data.X.n_rows - 1;
  Standardization result = none(d, data.y.n_cols);
  if (parts.inputs) {
    for (arma::uword j = 0; j < d; ++j) {
      const auto [mean, deviation] = mean_and_deviation(data.X.memptr() + 1 + j, data.X.n_rows, data.w);
      if (parts.centers) result.input_center[j] = mean;
      if (deviation > 0) result.input_scale[j] = deviation;
    }
  }
  if (classes) return result;
  for (arma::uword t = 0; t < data.y.n_cols; ++t) {
    const auto [mean, deviation] = mean_and_deviation(data.y.colptr(t), 1, data.w);
    const double spread = spread_of(data.y.col(t), data.w, deviation);
    // Where a few extreme rows make up the deviation, the bulk of the rows has to have an ordinary size.
    const bool extreme = spread < deviation;
    if (parts.target && parts.centers)
      result.target_center[t] = extreme ? quartiles_of(data.y.col(t), data.w).middle : mean;
    if (parts.target && deviation > 0) result.target_scale[t] = spread;
    if (deviation > 0) result.target_typical[t] = spread / result.target_scale[t];
  }
  result.target_spread = result.target_typical;
  return result;
}

void Branch::design(const arma::mat& X, arma::mat& out) const {
  network->design(columns.n_elem == X.n_rows && columns.is_sorted() ? X : arma::mat(X.rows(columns)), out);
}

bool Branch::has_design_of(const Branch& other) const {
  return network->has_pieces() == other.network->has_pieces() && network->degree() == other.network->degree() &&
         network->has_intercept() == other.network->has_intercept() &&
         arma::size(columns) == arma::size(other.columns) && arma::all(columns == other.columns);
}

bool Branch::design_is_all_of(arma::uword rows_of_X) const {
  return columns.n_elem == rows_of_X && columns.is_sorted() && network->degree() == 1 && !network->has_pieces() &&
         network->has_intercept();
}

Network ModelSpec::network_of(const std::string& network, const std::vector<std::size_t>& inputs,
                              arma::uword outputs) const {
  Network result = make_network(network, inputs.size(), outputs);
  if (!result.has_pieces() || knots.empty()) return result;
  Knots own;
  for (const std::size_t input : inputs) own.push_back(knots.at(input));
  return result.with_knots(own);
}

Model::Model(Schema schema_, Standardization standardization_, const ModelSpec& spec, arma::vec theta_)
    : schema(std::move(schema_)),
      standardization(std::move(standardization_)),
      gate(make_gate(spec.gate_link)),
      knots(spec.knots),
      theta(std::move(theta_)) {
  if (targets() != standardization.target_scale.n_elem) throw std::logic_error("other targets than were standardised");
  if (targets() > 1) require_one_target(schema);
  std::vector<TargetInfo> infos;
  for (arma::uword t = 0; t < targets(); ++t)
    infos.push_back({schema.labels.size(), standardization.target_scale[t], standardization.target_spread[t],
                     schema.targets[t], standardization.target_typical[t], standardization.target_center[t]});
  const auto families = families_of(spec, infos);
  arma::uword end = 0;
  const auto place = [&](Branch& branch, const std::string& network, const std::vector<std::size_t>& inputs,
                         arma::uword outputs) {
    branch.network = std::make_shared<Network>(spec.network_of(network, inputs, outputs));
    branch.columns = branch.network->inputs() == 0 ? arma::uvec{0} : rows_of_x(inputs);
    branch.offset = end;
    end += branch.network->parameters();
  };
  if (!spec.members.empty()) require_members(spec);
  place(gate_branch, spec.gate, spec.gate_inputs, spec.members.empty() ? spec.experts.size() : spec.members.size());
  experts.resize(spec.experts.size());
  for (std::size_t k = 0; k < experts.size(); ++k) {
    place(experts[k], spec.experts[k], spec.expert_inputs[k], families[k]->outputs());
    experts[k].family = families[k];
  }
  const bool shared = family().shared_dispersion();
  for (Expert& expert : experts) {
    if (shared != expert.family->shared_dispersion() || (shared && expert.family->spec() != family().spec()))
      throw Error(ErrorKind::kUsage, "family '" + (shared ? family() : *expert.family).spec() +
                                         "' has one sigma in all experts: expected it for each of them, or gaussian");
    expert.psi_offset = end;
    if (!shared) end += expert.family->dispersions();
    if (expert.family->reads_trials() && schema.trials.empty())
      throw Error(ErrorKind::kUsage, "family '" + expert.family->spec() +
                                         "' counts successes of a number of trials: expected --trials COL with it");
    schema.supports.push_back(expert.family->supports());
  }
  if (shared) end += family().dispersions();
  arma::uword first = 0;
  for (const MemberSpec& member : spec.members) {
    members.push_back({{}, first, member.experts});
    place(members.back(), member.gate, member.inputs, member.experts);
    first += member.experts;
  }
  if (theta.is_empty()) theta.zeros(end);
  if (theta.n_elem != end) throw std::logic_error("a theta of another length than the model's");
}

bool Model::has_pieces() const {
  const auto coded = [](const Branch& branch) { return branch.network->has_pieces(); };
  return coded(gate_branch) || std::any_of(experts.begin(), experts.end(), coded) ||
         std::any_of(members.begin(), members.end(), coded);
}

arma::uword Model::degrees_of_freedom() const {
  arma::uword free = theta.n_elem;
  const auto take_off = [&](const Network& network, arma::uword redundant) {
    const arma::uword all = network.last_inputs(), rank = network.last_rank();
    free -= network.outputs() * (all - rank) + redundant * rank;
  };
  take_off(*gate_branch.network, gate->redundant_outputs());
  for (const Member& member : members) take_off(*member.network, gate->redundant_outputs());
  for (const Expert& expert : experts) take_off(*expert.network, expert.family->redundant_outputs());
  return free;
}

std::vector<Model::Tensor> Model::tensors() const {
  std::vector<Tensor> result;
  const auto add = [&](const Branch& branch, const std::string& name) {
    int layer = 0;
    for (const Step& step : branch.network->steps())
      if (step.kind == Step::Kind::kDense)
        result.push_back(
            {name + "." + std::to_string(layer++), branch.offset + step.offset, step.height(), step.outputs});
  };
  add(gate_branch, "gate");
  for (std::size_t k = 0; k < experts.size(); ++k) add(experts[k], "expert." + std::to_string(k + 1));
  const bool shared = family().shared_dispersion();
  if (shared) result.push_back({"psi", experts[0].psi_offset, family().dispersions(), 1});
  for (std::size_t k = 0; k < experts.size() && !shared; ++k)
    if (const arma::uword dispersions = experts[k].family->dispersions(); dispersions > 0)
      result.push_back({"expert." + std::to_string(k + 1) + ".psi", experts[k].psi_offset, dispersions, 1});
  for (std::size_t b = 0; b < members.size(); ++b) add(members[b], "gate." + std::to_string(b + 1));
  return result;
}

std::string Model::family_spec() const {
  std::vector<std::string> names;
  for (const Expert& expert : experts)
    if (std::find(names.begin(), names.end(), expert.family->name()) == names.end())
      names.push_back(expert.family->name());
  return join(names, " + ");
}

std::optional<arma::uword> Model::without_mean() const {
  for (arma::uword k = 0; k < size(); ++k)
    if (!experts[k].family->has_mean(theta.memptr() + experts[k].psi_offset)) return k;
  return std::nullopt;
}

ModelSpec Model::spec() const {
  const auto inputs = [](const Branch& branch) {
    std::vector<std::size_t> result;
    for (arma::uword i = 1; i < branch.columns.n_elem; ++i) result.push_back(branch.columns[i] - 1);
    return result;
  };
  ModelSpec result;
  result.gate = gate_branch.network->spec();
  result.gate_link = gate->name();
  result.family = family().spec();
  result.gate_inputs = inputs(gate_branch);
  result.experts.clear();
  for (const Expert& expert : experts) {
    result.experts.push_back(expert.network->spec());
    result.expert_inputs.push_back(inputs(expert));
    result.expert_families.push_back(expert.family->spec());
  }
  for (const Member& member : members)
    result.members.push_back({member.network->spec(), inputs(member), member.experts});
  result.knots = knots;
  const auto& all = result.expert_families;
  if (std::all_of(all.begin(), all.end(), [&](const std::string& spec) { return spec == all[0]; }))
    result.expert_families.clear();
  return result;
}

Rows Model::standardize(Dataset&& data) const {
  Rows rows{std::move(data)};
  standardize_from(rows.X, standardization, classes(), rows);
  return rows;
}

Rows Model::standardize(const Dataset& data) const {
  Rows rows;
  standardize(data, rows);
  return rows;
}

void Model::standardize(const Dataset& data, Rows& out) const {
  out.X.set_size(arma::size(data.X));
  out.y = data.y;
  out.w = data.w;
  out.offset = data.offset;
  out.trials = data.trials;
  standardize_from(data.X, standardization, classes(), out);
}

}  // namespace moe
