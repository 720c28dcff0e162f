// Names for the coefficients of each branch, as tables and JSON show them.
#include "moe/coefficient_names.hpp"

namespace moe {
namespace {

constexpr const char* kIntercept = "(intercept)";

}  // namespace

std::vector<std::string> input_names(const Model& model, const Branch& branch) {
  std::vector<std::string> names;
  for (arma::uword j = 1; j < branch.columns.n_elem; ++j) names.push_back(model.schema.inputs[branch.columns[j] - 1]);
  return names;
}

std::vector<std::string> coefficient_names(const Model& model, const Branch& branch) {
  const std::vector<std::string> inputs = input_names(model, branch);
  std::vector<std::string> names;
  if (branch.network->has_intercept()) names.emplace_back(kIntercept);
  for (arma::uword power = 1; power <= branch.network->degree(); ++power)
    for (const std::string& input : inputs) names.push_back(power == 1 ? input : input + "^" + std::to_string(power));
  return names;
}

std::vector<std::string> output_names(const Model& model, arma::uword k) {
  const Expert& expert = model.experts[k];
  if (model.classes() && expert.family->outputs() > 1) return model.schema.labels;
  std::vector<std::string> names;
  for (arma::uword t = 0; t < model.targets(); ++t) {
    const Family& family = *expert.family->marginal(t, model.theta.memptr() + expert.psi_offset).family;
    const std::string target = model.schema.targets[t], before = model.targets() > 1 ? target + " " : "";
    const Family::Link link = family.link();
    const std::string first = link == Family::Link::kLogistic    ? before + "log-odds"
                              : link == Family::Link::kLog       ? before + "log mean"
                              : link == Family::Link::kLogMedian ? before + "log median"
                              : family.outputs() == 1            ? target
                                                                 : before + "mean";
    names.push_back(first);
    if (family.outputs() > 1) names.push_back(before + "log_sigma");
  }
  return names;
}

}  // namespace moe
