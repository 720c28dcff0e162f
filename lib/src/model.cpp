#include "moe/model.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "moe/error.hpp"

namespace moe {
namespace {

/// A spread below this part of the values' size is rounding, not information.
constexpr double kConstant = 1e-13;

/// Weighted mean and standard deviation of n values `stride` apart, in two passes; of values divided by the largest, so that no
/// square overflows or vanishes.
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

void standardize_in_place(const Standardization& by, bool classes, Rows& rows) {
  for (arma::uword n = 0; n < rows.X.n_cols; ++n) {
    double* x = rows.X.colptr(n) + 1;
    for (arma::uword j = 0; j < by.input_center.n_elem; ++j) x[j] = (x[j] - by.input_center[j]) / by.input_scale[j];
  }
  if (!classes) rows.y = (rows.y - by.target_center) / by.target_scale;
}

}  // namespace

Standardization Standardization::of(const Dataset& data, bool classes, bool apply) {
  const arma::uword d = data.X.n_rows - 1;
  Standardization result;
  result.input_center.zeros(d);
  result.input_scale.ones(d);
  if (apply) {
    for (arma::uword j = 0; j < d; ++j) {
      const auto [mean, deviation] = mean_and_deviation(data.X.memptr() + 1 + j, data.X.n_rows, data.w);
      result.input_center[j] = mean;
      if (deviation > 0) result.input_scale[j] = deviation;
    }
  }
  if (classes) return result;
  const auto [mean, deviation] = mean_and_deviation(data.y.memptr(), 1, data.w);
  if (apply) result.target_center = mean;
  if (apply && deviation > 0) result.target_scale = deviation;
  if (!apply && deviation > 0) result.target_spread = deviation;
  return result;
}

Model::Model(Schema schema_, Standardization standardization_, const ModelSpec& spec, arma::vec theta_)
    : schema(std::move(schema_)),
      standardization(std::move(standardization_)),
      gate(make_gate(spec.gate_link)),
      theta(std::move(theta_)) {
  const TargetInfo target{schema.labels.size(), standardization.target_scale, standardization.target_spread};
  const auto family = make_family(spec.family, target);
  arma::uword end = 0;
  const auto place = [&](Branch& branch, const std::string& network, const std::vector<std::size_t>& inputs,
                         arma::uword outputs) {
    branch.network = std::make_shared<Network>(make_network(network, inputs.size(), outputs));
    branch.columns = branch.network->inputs() == 0 ? arma::uvec{0} : rows_of_x(inputs);
    branch.offset = end;
    end += branch.network->parameters();
  };
  place(gate_branch, spec.gate, spec.gate_inputs, spec.experts.size());
  experts.resize(spec.experts.size());
  for (std::size_t k = 0; k < experts.size(); ++k) {
    place(experts[k], spec.experts[k], spec.expert_inputs[k], family->outputs());
    experts[k].family = family;
  }
  for (Expert& expert : experts) {
    expert.psi = end;
    if (!family->shared_dispersion()) end += family->dispersions();
  }
  if (family->shared_dispersion()) end += family->dispersions();
  if (theta.is_empty()) theta.zeros(end);
  if (theta.n_elem != end) throw std::logic_error("a theta of another length than the model's");
}

arma::uword Model::degrees_of_freedom() const {
  arma::uword free = theta.n_elem;
  // A normalised gate stays the same when all its outputs move together, as a softmax of classes does.
  if (gate->normalised()) free -= gate_branch.network->last_inputs();
  for (const Expert& expert : experts) free -= expert.family->redundant_outputs() * expert.network->last_inputs();
  return free;
}

std::vector<Model::Tensor> Model::tensors() const {
  std::vector<Tensor> result;
  const auto add = [&](const Branch& branch, const std::string& name) {
    int layer = 0;
    for (const Step& step : branch.network->steps())
      if (step.kind == Step::Kind::kDense)
        result.push_back(
            {name + "." + std::to_string(layer++), branch.offset + step.offset, 1 + step.inputs, step.outputs});
  };
  add(gate_branch, "gate");
  for (std::size_t k = 0; k < experts.size(); ++k) add(experts[k], "expert." + std::to_string(k + 1));
  const arma::uword dispersions = family().dispersions();
  if (dispersions == 0) return result;
  if (family().shared_dispersion()) {
    result.push_back({"psi", experts[0].psi, dispersions, 1});
    return result;
  }
  for (std::size_t k = 0; k < experts.size(); ++k)
    result.push_back({"expert." + std::to_string(k + 1) + ".psi", experts[k].psi, dispersions, 1});
  return result;
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
  }
  return result;
}

Rows Model::standardize(Dataset&& data) const {
  Rows rows{std::move(data.X), std::move(data.y), std::move(data.w)};
  standardize_in_place(standardization, classes(), rows);
  return rows;
}

Rows Model::standardize(const Dataset& data) const {
  Rows rows{data.X, data.y, data.w};
  standardize_in_place(standardization, classes(), rows);
  return rows;
}

}  // namespace moe
