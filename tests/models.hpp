// Models and rows for tests.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "moe/export.hpp"
#include "moe/model.hpp"
#include "moe/random.hpp"
#include "moe/registry.hpp"

/// Every specification among the examples in the registry.
inline std::vector<std::string> examples(const std::vector<moe::Word>& words) {
  std::vector<std::string> all;
  for (const moe::Word& word : words) all.insert(all.end(), word.examples.begin(), word.examples.end());
  return all;
}

/// The spec of a model. Every branch reads all inputs unless `own_inputs`.
struct Make {
  std::string family = "gaussian";
  std::string network = "linear";
  std::string gate = "linear";
  std::string link = "softmax";
  arma::uword experts = 3, inputs = 3, classes = 0;
  bool own_inputs = false;
  arma::uword targets = 1;
};

/// The number of classes with which a family is tested; 0 for a number.
inline arma::uword classes_of(const std::string& family) {
  return family == "bernoulli" ? 2 : family == "categorical" ? 3 : 0;
}

/// With `classes` = 0, targets may be shifted and scaled.
inline moe::Standardization some_standardization(arma::uword inputs, arma::uword classes, arma::uword targets = 1) {
  moe::Standardization by = moe::Standardization::none(inputs, targets);
  by.input_center = arma::linspace(-1, 2, inputs);
  by.input_scale = arma::linspace(0.5, 3, inputs);
  for (arma::uword t = 0; t < targets && classes == 0; ++t) {
    by.target_center[t] = 4 - 5 * static_cast<double>(t);
    by.target_scale[t] = 2.5 / (1 + 4 * static_cast<double>(t));
  }
  return by;
}

/// The targets are called y, or y1, y2 ..
inline moe::Schema some_schema(arma::uword inputs, arma::uword classes, arma::uword targets = 1) {
  moe::Schema schema;
  for (arma::uword j = 1; j <= inputs; ++j) schema.inputs.push_back("x" + std::to_string(j));
  schema.targets = {"y"};
  if (targets > 1) schema.targets.clear();
  for (arma::uword t = 1; t <= targets && targets > 1; ++t) schema.targets.push_back("y" + std::to_string(t));
  for (arma::uword c = 0; c < classes; ++c) schema.labels.push_back(std::string(1, static_cast<char>('a' + c)));
  return schema;
}

/// Knots for networks of pieces, where one of these is one. The second input has no pieces.
inline moe::Knots some_knots(const std::vector<std::string>& networks, arma::uword inputs) {
  moe::Knots knots;
  for (const std::string& network : networks)
    if (knots.empty() && network.starts_with("pieces")) knots.assign(inputs, {-1.25, -0.5, 0.125, 1, 1.75});
  if (knots.size() > 1) knots[1].clear();
  return knots;
}

inline moe::Model make_model(const Make& make) {
  moe::ModelSpec spec;
  spec.experts.assign(make.experts, make.network);
  spec.gate = make.gate;
  spec.gate_link = make.link;
  spec.family = make.family;
  std::vector<std::size_t> all;
  for (arma::uword j = 0; j < make.inputs; ++j) all.push_back(j);
  spec.gate_inputs = all;
  spec.expert_inputs.assign(make.experts, all);
  if (make.own_inputs) {
    spec.gate_inputs = {2};
    for (arma::uword k = 0; k < make.experts; ++k) spec.expert_inputs[k] = {k % make.inputs, (k + 1) % make.inputs};
  }
  spec.knots = some_knots({make.network, make.gate}, make.inputs);
  const std::vector<moe::TargetInfo> targets(make.targets, moe::TargetInfo{make.classes, 1, 1});
  const auto family = moe::make_family(make.family, targets);
  moe::Schema schema = some_schema(make.inputs, make.classes, make.targets);
  if (family->reads_trials()) schema.trials = "trials";
  return moe::Model(schema, some_standardization(make.inputs, family->location_scale() ? 0 : 1, make.targets), spec);
}

inline void randomize(moe::Model& model, moe::Random& random);

/// Two linear gaussian experts with random parameters, for the inputs that these columns become. `na` stands for a
/// missing cell.
inline moe::Model model_of_columns(const std::vector<moe::Column>& columns, const std::string& na) {
  moe::Schema schema;
  schema.targets = {"y"};
  schema.columns = columns;
  schema.inputs = moe::input_names(columns);
  schema.na = {na};
  moe::ModelSpec spec;
  for (std::size_t j = 0; j < schema.inputs.size(); ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(2, spec.gate_inputs);
  moe::Model model(schema, some_standardization(schema.inputs.size(), 0), spec);
  moe::Random random(89);
  randomize(model, random);
  return model;
}

/// Random parameters with which the weights of every link have a positive sum.
inline void randomize(moe::Model& model, moe::Random& random) {
  for (double& value : model.theta) value = 0.7 * random.normal();
  for (const moe::Expert& expert : model.experts)  // those whose means are powers of e
    for (arma::uword t = 0; t < model.targets(); ++t)
      if (const auto link = expert.family->marginal(t, &model.theta[expert.psi_offset]).family->link();
          link == moe::Family::Link::kLog || link == moe::Family::Link::kLogMedian) {
        model.theta.subvec(expert.offset, arma::size(expert.network->parameters(), 1)) *=
            link == moe::Family::Link::kLog ? 0.3 : 0.1;
        break;
      }
  if (model.gate->name() != "linear") return;
  const moe::Branch& gate = model.gate_branch;  // one with intercepts; otherwise the sum may be negative
  for (arma::uword i = 0; i < gate.network->parameters(); ++i) model.theta[gate.offset + i] *= 0.01;
  for (arma::uword k = 0; k < model.size(); ++k)
    model.theta[gate.offset + gate.network->intercept(k)] = model.gate->even_intercept(model.size());
}

/// A value of target t, in model units, that all experts can explain.
inline double some_target(const moe::Model& model, double trials, moe::Random& random, arma::uword t = 0) {
  double y = random.normal();
  for (const auto& supports : model.schema.supports) {
    const moe::Support support = supports.at(t);
    if (support == moe::Support::kClasses) y = static_cast<double>(random.below(model.schema.labels.size()));
    if (support == moe::Support::kCounts) y = static_cast<double>(random.below(8));
    if (support == moe::Support::kSuccesses)
      y = static_cast<double>(random.below(static_cast<std::uint64_t>(trials) + 1));
    if (support == moe::Support::kPositive) y = 0.05 + std::abs(random.normal());
    if (support == moe::Support::kUnitInterval) y = random.uniform(0.02, 0.98);
  }
  return y;
}

/// Two mixtures in one model, the second one with inputs of its own in each branch.
inline moe::Model make_committee(const Make& first, Make second) {
  second.own_inputs = second.inputs == 3;
  std::vector<moe::Model> members{make_model(first), make_model(second)};
  moe::Random random(97);
  for (moe::Model& member : members) randomize(member, random);
  return moe::committee(members, {0.3, 0.7});
}

/// Rows in the model's units, with weights between 0.5 and 1.5.
inline moe::Rows some_rows(const moe::Model& model, arma::uword count, moe::Random& random) {
  moe::Rows rows;
  rows.X.ones(1 + model.schema.inputs.size(), count);
  rows.y.set_size(count, model.targets());
  rows.w.set_size(count);
  const bool tried = !model.schema.trials.empty();
  if (tried) rows.trials.set_size(count);
  for (arma::uword n = 0; n < count; ++n) {
    for (arma::uword j = 1; j < rows.X.n_rows; ++j) rows.X(j, n) = random.normal();
    const double trials = tried ? static_cast<double>(1 + random.below(9)) : 0;
    if (tried) rows.trials[n] = trials;
    for (arma::uword t = 0; t < model.targets(); ++t) rows.y(n, t) = some_target(model, trials, random, t);
    rows.w[n] = random.uniform(0.5, 1.5);
  }
  return rows;
}

/// A committee in which inputs determine sigma, between bounds of its own in each member.
inline moe::Model make_bounded() {
  return make_committee({"gaussian:hetero:0.3:4", "linear", "linear"},
                        {"gaussian:hetero:0.5:2", "mlp:4:tanh", "linear"});
}

/// Rows with inputs of up to a million standard deviations.
inline moe::Rows far_rows(const moe::Model& model, arma::uword count, moe::Random& random) {
  moe::Rows rows = some_rows(model, count, random);
  for (arma::uword n = 0; n < count; ++n)
    rows.X.submat(1, n, rows.X.n_rows - 1, n) *= std::pow(10.0, static_cast<double>(n % 7));
  return rows;
}

/// The same rows in data units.
inline moe::Dataset in_data_units(const moe::Model& model, const moe::Rows& rows) {
  moe::Dataset data;
  data.X = rows.X;
  for (arma::uword j = 1; j < rows.X.n_rows; ++j)
    data.X.row(j) =
        model.standardization.input_center[j - 1] + model.standardization.input_scale[j - 1] * rows.X.row(j);
  data.y = rows.y;
  for (arma::uword t = 0; t < rows.y.n_cols && !model.classes(); ++t)
    data.y.col(t) = model.standardization.target_center[t] + model.standardization.target_scale[t] * rows.y.col(t);
  data.w = rows.w;
  data.trials = rows.trials;
  data.offset = model.standardization.target_scale[0] * rows.offset;
  return data;
}

/// Exports to a format of a single file.
inline std::string exported(const moe::Model& model, const std::string& format) {
  return moe::export_model(model, format).front().bytes;
}
