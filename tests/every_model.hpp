// A model of every kind, for properties that must hold for all of them.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models.hpp"
#include "moe/registry.hpp"

struct NamedModel {
  std::string name;
  moe::Model model;
};

/// Fills all numbers of the record of a fit, some of them with many digits.
inline void fill_fit(moe::Model& model, moe::Random& random) {
  moe::FitSummary& fit = model.fit;
  fit.rows = 1000;
  fit.weight = 1000.0 / 3;
  fit.log_likelihood = -1234.5678901234567;
  fit.objective_value = 0.1 + 0.2;
  fit.parameters = model.theta.n_elem;
  fit.icl = std::numeric_limits<double>::quiet_NaN();
  fit.converged = true;
  fit.seed = std::numeric_limits<std::uint64_t>::max();  // no double holds this
  fit.objective = "likelihood";
  fit.solver = "em";
  fit.l2 = 5e-324;
  fit.gate_l2 = 1e-12;
  moe::FitStudy& study = fit.study.emplace();
  study.shares.set_size(model.size());
  study.shares.fill(1.0 / static_cast<double>(model.size()));
  study.starved.zeros(model.size());
  study.separated.ones(model.size());
  study.supremum = -0.1;
  moe::Uncertainty& uncertainty = fit.uncertainty.emplace();
  uncertainty.factor.set_size(model.theta.n_elem, 2);
  for (double& value : uncertainty.factor) value = random.normal();
}

/// A schema with categories, filled cells, columns beside the inputs, and names that are no words.
inline moe::Model awkward_model() {
  moe::Schema schema;
  moe::Column colour{"colour \"of\" <b>\n"}, age{"age, {years} | \\N"}, plain{"\u00e4\u4e16 -> $x"};
  colour.category = true;
  colour.levels = {"", "red; [label=\"x\"]", "(missing)"};
  age.fill = 31.4;
  age.indicator = true;
  schema.columns = {colour, age, plain};
  schema.inputs = moe::input_names(schema.columns);
  schema.targets = {"y = f(x)\t</svg>"};
  schema.weight = "w,eight";
  schema.id = "#id";
  schema.offset = "off\"set";
  schema.exposure = "exposure";
  schema.na = {"-9", "n\\a"};
  moe::ModelSpec spec;
  spec.experts = {"mlp:3:tanh", "constant", "poly:2"};
  spec.expert_families = {"poisson", "negative-binomial", "zero-inflated-poisson"};
  spec.family = "poisson";
  spec.gate_inputs = {4, 0};
  spec.expert_inputs = {{0, 1, 2, 3, 4}, {}, {3, 2}};
  return moe::Model(schema, some_standardization(5, 1), spec);
}

/// Models with each family, network and gate at least once, and everything that a model may have.
inline std::vector<NamedModel> every_model() {
  std::vector<NamedModel> models;
  const auto add = [&](const std::string& name, moe::Model model) {
    moe::Random random(71, models.size());
    randomize(model, random);
    if (models.size() % 2 == 0) fill_fit(model, random);
    models.push_back({name, std::move(model)});
  };
  for (const moe::Word& family : moe::family_words())
    for (const std::string& spec : family.examples)
      add(spec, make_model({spec, "linear", "linear", "softmax", 3, 3, classes_of(spec), models.size() % 3 == 0}));
  for (const moe::Word& network : moe::network_words())
    for (const std::string& spec : network.examples) {
      add(spec, make_model({"gaussian", spec, spec}));
      add(spec + ", classes", make_model({"categorical", spec, "linear", "softmax", 2, 3, 3}));
    }
  for (const moe::Word& gate : moe::gate_words())
    add(gate.name, make_model({"gaussian", "linear", "linear", gate.name}));
  for (const moe::Word& family : moe::several_family_words())
    for (const std::string& spec : family.examples)
      add(spec, make_model({spec, "linear", "linear", "softmax", 2, 3, 0, false, 2}));
  add("one expert", make_model({"gaussian", "linear", "constant", "softmax", 1}));
  add("no inputs", make_model({"gaussian", "constant", "constant", "softmax", 2, 0}));
  add("awkward names", awkward_model());
  add("committee", make_committee({"gaussian", "linear", "linear"}, {"student", "mlp:3", "mlp:2"}));
  add("committee of linear mixtures",
      make_committee({"student", "linear", "linear"}, {"gaussian", "linear", "linear"}));
  add("committee of classes", make_committee({"categorical", "linear", "linear", "softmax", 2, 3, 3},
                                             {"categorical", "mlp:3", "constant", "softmax", 1, 3, 3}));
  add("committee of bounded sigmas", make_bounded());
  return models;
}
