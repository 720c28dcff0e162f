// json: what `moe inspect --json` says, and every number of the model: "standardization" (value - center) / scale, and
// "parameters", a matrix of [intercept, weights..] rows, a row an output, for each dense step, in model units.
#include "json_text.hpp"
#include "moe/export.hpp"

namespace moe {
namespace {

Json matrix(const arma::vec& theta, const Model::Tensor& tensor) {
  Json rows = Json::array();
  for (arma::uword out = 0; out < tensor.columns; ++out) {
    const double* first = theta.memptr() + tensor.offset + out * tensor.rows;
    rows.push_back(std::vector<double>(first, first + tensor.rows));
  }
  return rows;
}

/// A number of one target, a list of several.
Json of_targets(const arma::vec& values) {
  return values.n_elem == 1 ? Json(values[0]) : Json(std::vector<double>(values.begin(), values.end()));
}

}  // namespace

std::vector<ExportedFile> export_json(const Model& model, const ExportOptions&) {
  Json result;
  result["format"] = "moe";
  result["version"] = 1;
  result.update(describe(model));
  const Standardization& by = model.standardization;
  result["standardization"] = {{"features",
                                {{"center", std::vector<double>(by.input_center.begin(), by.input_center.end())},
                                 {"scale", std::vector<double>(by.input_scale.begin(), by.input_scale.end())}}},
                               {"target",
                                {{"center", of_targets(by.target_center)},
                                 {"scale", of_targets(by.target_scale)},
                                 {"spread", of_targets(by.target_spread)}}}};
  result["parameters"] = Json::object();
  for (const Model::Tensor& tensor : model.tensors()) result["parameters"][tensor.name] = matrix(model.theta, tensor);
  return {{"", result.dump(2) + "\n"}};
}

}  // namespace moe
