// json: everything that makes a model, each fact once, so that it can be edited and read again (store/import.cpp): the
// structure (describe_structure()); "standardization", which is (value - center) / scale; "parameters", which has for
// each dense step a row [intercept, weights..] per output, in model units, and each expert's dispersions; and the
// results of the fit. model.schema.json describes every member.
#include <algorithm>

#include "export/formats/exporters.hpp"
#include "moe/export.hpp"
#include "store/json_text.hpp"
#include "store/model_checks.hpp"

namespace moe {
namespace {

Json matrix(const double* first, arma::uword rows, arma::uword columns) {
  Json result = Json::array();
  for (arma::uword i = 0; i < columns; ++i)
    result.push_back(std::vector<double>(first + i * rows, first + (i + 1) * rows));
  return result;
}

/// A number for one target, a list for several.
Json of_targets(const arma::vec& values) {
  return values.n_elem == 1 ? Json(values[0]) : Json(std::vector<double>(values.begin(), values.end()));
}

Json units_object(const Standardization& by) {
  return {{"features",
           {{"center", std::vector<double>(by.input_center.begin(), by.input_center.end())},
            {"scale", std::vector<double>(by.input_scale.begin(), by.input_scale.end())}}},
          {"target",
           {{"center", of_targets(by.target_center)},
            {"scale", of_targets(by.target_scale)},
            {"spread", of_targets(by.target_spread)}}}};
}

Json parameters_object(const Model& model) {
  Json result = Json::object();
  for (const Model::Tensor& tensor : model.tensors())
    result[tensor.name] = matrix(model.theta.memptr() + tensor.offset, tensor.rows, tensor.columns);
  return result;
}

Json study_object(const FitStudy& study) {
  Json result{{"shares", study.shares},
              {"starved", study.starved},
              {"steps", study.separated},
              {"supremum", number_or_null(study.supremum)}};
  if (arma::any(study.exact > 0)) result["exact"] = study.exact;
  for (const auto& [name, directions] : {std::pair{"recession", &study.recession}, std::pair{"unseen", &study.unseen}})
    if (!directions->is_empty()) result[name] = matrix(directions->memptr(), directions->n_rows, directions->n_cols);
  if (!std::isnan(study.simpler)) result["simpler"] = study.simpler;
  if (!study.as_simple.is_empty()) result["as_simple"] = study.as_simple;
  return result;
}

Json fit_object(const FitSummary& fit) {
  Json result{{"objective", fit.objective}, {"solver", fit.solver}};
  const auto add = [&](const auto& numbers) {
    for (const FitNumber& number : numbers) result[number.name] = number_or_null(number_of(fit, number));
  };
  add(kFitNumbers);
  if (!is_double(fit.seed)) result["seed"] = fit.seed;
  add(kPenalties);
  add(kLasso);
  if (fit.firth) add(kFirth);
  if (const auto& uncertainty = fit.uncertainty)
    result["uncertainty"] = {{"degrees_of_freedom", uncertainty->degrees_of_freedom},
                             {"residual_standard_error", number_or_null(uncertainty->residual_standard_error)},
                             {"covariance_factor", matrix(uncertainty->factor.memptr(), uncertainty->factor.n_rows,
                                                          uncertainty->factor.n_cols)}};
  if (fit.uncertainty && !fit.uncertainty->undetermined.is_empty()) {
    const arma::mat& undetermined = fit.uncertainty->undetermined;
    result["uncertainty"]["undetermined"] = matrix(undetermined.memptr(), undetermined.n_rows, undetermined.n_cols);
  }
  if (fit.study) result["study"] = study_object(*fit.study);
  return result;
}

/// Appends `value` with indentation. A list of plain values stays on one line, so that rows of numbers can be read.
void append(std::string& text, const Json& value, const std::string& indent) {
  const auto plain = [](const Json& item) { return !item.is_structured(); };
  if (!value.is_structured() || value.empty()) {
    text += value.dump();
    return;
  }
  if (value.is_array() && std::all_of(value.begin(), value.end(), plain)) {
    text += '[';
    for (const Json& item : value) text += (&item == &value.front() ? "" : ", ") + item.dump();
    text += ']';
    return;
  }
  const std::string inner = indent + "  ";
  std::string before = "\n";
  text += value.is_array() ? '[' : '{';
  for (const auto& [key, item] : value.items()) {
    text += before + inner + (value.is_array() ? "" : Json(key).dump() + ": ");
    append(text, item, inner);
    before = ",\n";
  }
  text += "\n" + indent + (value.is_array() ? ']' : '}');
}

std::vector<ExportedFile> export_json(const Model& model, const ExportOptions&) {
  Json result{{"format", "moe"}, {"version", 1}};
  result.update(describe_structure(model, InputsBy::kName));
  result["standardization"] = units_object(model.standardization);
  result["parameters"] = parameters_object(model);
  result["fit"] = fit_object(model.fit);
  if (model.conformal) result["conformal"] = model.conformal->scores;
  if (model.conformal && !model.conformal->column.empty()) result["conformal_by"] = model.conformal->column;
  std::string text;
  append(text, result, "");
  return {{"", text + "\n"}};
}

}  // namespace

ExporterEntry json_exporter() {
  return {{"json", "all that the model is, for scripts and 'moe import'", {}, false}, export_json};
}

}  // namespace moe
