// Reads the JSON that export/formats/json.cpp writes, or that a script has made. What a script may leave out gets a
// default: see fill_in().
#include "moe/import.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/json/json_place.hpp"
#include "base/json/strict_json.hpp"
#include "moe/file.hpp"
#include "store/model_checks.hpp"

namespace moe {
namespace {

constexpr const char* kDescriptionFormat = "moe";
constexpr std::size_t kDescriptionVersion = 1;

/// A model may have so many parameters even if its text has fewer characters. The message then names the first tensor
/// that is missing.
constexpr std::uint64_t kSomeParameters = std::uint64_t{1} << 20;

/// Throws for a member with an unknown name. Otherwise a typing error would go unnoticed.
void know_members(const JsonPlace& object, const std::vector<std::string>& known) {
  for (const std::string& member : object.members())
    if (std::find(known.begin(), known.end(), member) == known.end())
      object.at(member).fail(unknown_word("member", member, known));
}

void know_members(const JsonPlace& root) {
  know_members(root, {"$schema",         "format",     "version", "inputs", "columns",   "na",
                      "target",          "targets",    "labels",  "weight", "id",        "trials",
                      "offset",          "exposure",   "family",  "gate",   "levels_by", "experts",
                      "standardization", "parameters", "fit",     "knots",  "conformal", "conformal_by"});
  if (root.has("columns"))
    for (const JsonPlace& column : root.at("columns").items())
      know_members(column, {"name", "levels", "fill", "indicator"});
  if (root.has("gate")) know_members(root.at("gate"), {"link", "network", "inputs", "members"});
  if (!root.has("experts")) return;
  for (const JsonPlace& expert : root.at("experts").items()) know_members(expert, {"network", "inputs", "family"});
}

void check_version(const JsonPlace& root) {
  if (!root.has("format") || root.at("format").text() != kDescriptionFormat)
    root.fail("not a model: expected an object with \"format\": \"moe\"");
  const std::size_t version = root.at("version").index();
  if (version != kDescriptionVersion)
    root.at("version").fail("format version " + std::to_string(version) + ": this program reads version " +
                            std::to_string(kDescriptionVersion));
  if (root.has("target") && root.has("targets"))
    root.at("targets").fail("there is a 'target', too: expected one of them");
}

/// Adds what every model file says, but a script may leave out.
void fill_in(nlohmann::json& json) {
  for (const char* name : {"weight", "id"})
    if (!json.contains(name)) json[name] = "";
  if (!json.contains("labels")) json["labels"] = nlohmann::json::array();
  if (json.contains("gate") && json["gate"].is_object() && !json["gate"].contains("link"))
    json["gate"]["link"] = "softmax";
  if (json.contains("inputs") || !json.contains("columns")) return;
  std::vector<Column> columns;
  for (const JsonPlace& column : JsonPlace(json["columns"], "/columns").items()) {
    Column made{column.at("name").text()};
    made.category = column.has("levels");
    if (made.category) made.levels = column.at("levels").distinct_texts();
    made.indicator = column.has("indicator") && column.at("indicator").flag();
    columns.push_back(made);
  }
  json["inputs"] = input_names(columns);
}

// --- The numbers -----------------------------------------------------------------------------------------------------

/// Replaces `numbers` by those of the member, if it is there.
void read_numbers(const JsonPlace& object, const char* member, bool list, arma::vec& numbers) {
  if (!object.has(member)) return;
  const JsonPlace place = object.at(member);
  const std::vector<double> read = list ? place.numbers() : std::vector{place.number()};
  if (read.size() != numbers.n_elem)
    place.fail("these are " + std::to_string(read.size()) + " numbers: expected " + std::to_string(numbers.n_elem));
  numbers = read;
}

Standardization read_units(const JsonPlace& root, const Schema& schema) {
  Standardization units = Standardization::none(schema.inputs.size(), schema.targets.size());
  if (!root.has("standardization")) return units;
  const JsonPlace place = root.at("standardization");
  know_members(place, {"features", "target"});
  if (place.has("features")) {
    const JsonPlace features = place.at("features");
    know_members(features, {"center", "scale"});
    read_numbers(features, "center", true, units.input_center);
    read_numbers(features, "scale", true, units.input_scale);
  }
  if (place.has("target")) {
    const JsonPlace target = place.at("target");
    const bool several = schema.targets.size() > 1;
    know_members(target, {"center", "scale", "spread"});
    read_numbers(target, "center", several, units.target_center);
    read_numbers(target, "scale", several, units.target_scale);
    read_numbers(target, "spread", several, units.target_spread);
  }
  return units;
}

/// A list of rows with `width` numbers each. Row i becomes column i of the result.
arma::mat read_rows(const JsonPlace& place, std::size_t count, std::size_t width) {
  const std::vector<JsonPlace> rows = place.items();
  if (rows.size() != count)
    place.fail("these are " + std::to_string(rows.size()) + " rows: expected " + std::to_string(count));
  arma::mat result(width, count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<double> row = rows[i].numbers();
    if (row.size() != width)
      rows[i].fail("these are " + std::to_string(row.size()) + " numbers: expected " + std::to_string(width));
    std::copy(row.begin(), row.end(), result.colptr(i));
  }
  return result;
}

/// Reads theta tensor by tensor.
void read_parameters(const JsonPlace& parameters, Model& model) {
  std::vector<std::string> known;
  for (const Model::Tensor& tensor : model.tensors()) {
    known.push_back(tensor.name);
    const arma::mat rows = read_rows(parameters.at(tensor.name), tensor.columns, tensor.rows);
    std::copy(rows.begin(), rows.end(), model.theta.memptr() + tensor.offset);
  }
  know_members(parameters, known);
}

/// Throws where a short text asks for a huge number of parameters, before memory is allocated.
void require_parameters(const Description& description, const JsonPlace& parameters, std::size_t characters) {
  const std::uint64_t most = std::max<std::uint64_t>(kSomeParameters, characters);
  if (count_parameters(description, most) > most)
    parameters.fail("its networks have more parameters than there are numbers here");
}

// --- The fit ---------------------------------------------------------------------------------------------------------

Uncertainty read_uncertainty(const JsonPlace& place, std::size_t parameters) {
  know_members(place, {"degrees_of_freedom", "residual_standard_error", "covariance_factor", "undetermined"});
  Uncertainty result;
  result.degrees_of_freedom = place.at("degrees_of_freedom").number();
  result.residual_standard_error = place.at("residual_standard_error").number_or_nan();
  const JsonPlace factor = place.at("covariance_factor");
  result.factor = read_rows(factor, factor.items().size(), parameters);
  if (place.has("undetermined")) {
    const JsonPlace undetermined = place.at("undetermined");
    result.undetermined = read_rows(undetermined, undetermined.items().size(), parameters);
  }
  return result;
}

FitStudy read_study(const JsonPlace& place, std::size_t parameters) {
  know_members(place,
               {"shares", "starved", "steps", "supremum", "exact", "recession", "unseen", "simpler", "as_simple"});
  FitStudy study;
  study.shares = place.at("shares").numbers();
  study.starved = place.at("starved").numbers();
  study.separated = place.at("steps").numbers();
  study.supremum = place.at("supremum").number_or_nan();
  study.exact.zeros(study.shares.n_elem);
  if (place.has("exact")) study.exact = place.at("exact").numbers();
  for (const auto& [name, directions] : {std::pair{"recession", &study.recession}, std::pair{"unseen", &study.unseen}})
    if (place.has(name)) *directions = read_rows(place.at(name), place.at(name).items().size(), parameters);
  if (place.has("simpler")) study.simpler = place.at("simpler").number();
  if (place.has("as_simple")) study.as_simple = place.at("as_simple").numbers();
  return study;
}

template <class Numbers>
void read_fit_numbers(const JsonPlace& place, const Numbers& numbers, FitSummary& fit,
                      std::vector<std::string>& known) {
  for (const FitNumber& number : numbers) {
    known.emplace_back(number.name);
    if (!place.has(number.name)) continue;
    const JsonPlace value = place.at(number.name);
    set_number(fit, number, value.is_index() ? double_of(value.index()) : value.number_or_nan());
  }
}

FitSummary read_fit(const JsonPlace& place, std::size_t parameters) {
  FitSummary fit;
  if (place.is_null()) return fit;
  std::vector<std::string> known{"objective", "solver", "uncertainty", "study"};
  read_fit_numbers(place, kFitNumbers, fit, known);
  read_fit_numbers(place, kPenalties, fit, known);
  read_fit_numbers(place, kLasso, fit, known);
  read_fit_numbers(place, kFirth, fit, known);
  if (place.has("seed") && place.at("seed").is_index()) fit.seed = place.at("seed").index();
  know_members(place, known);
  fit.objective = place.text_or("objective", "");
  fit.solver = place.text_or("solver", "");
  if (place.has("uncertainty")) fit.uncertainty = read_uncertainty(place.at("uncertainty"), parameters);
  if (place.has("study")) fit.study = read_study(place.at("study"), parameters);
  return fit;
}

Model read_model(std::string_view text) {
  nlohmann::json json = parse_strict_json(text);
  if (json.is_object()) fill_in(json);
  const JsonPlace root(json, "");
  check_version(root);
  know_members(root);
  Description description = read_structure(root, InputsBy::kName);
  Standardization units = read_units(root, description.schema);
  check_units(units, description.schema);
  const JsonPlace parameters = root.at("parameters");
  require_parameters(description, parameters, text.size());
  Model model = make_described(std::move(description), std::move(units), {});
  read_parameters(parameters, model);
  if (root.has("fit")) model.fit = read_fit(root.at("fit"), model.theta.n_elem);
  if (root.has("conformal_by") && !root.has("conformal"))
    root.at("conformal_by").fail("there are no scores that it could group: expected \"conformal\" beside it");
  if (root.has("conformal")) {
    model.conformal.emplace();
    for (const JsonPlace& list : root.at("conformal").items()) model.conformal->scores.emplace_back(list.numbers());
    if (root.has("conformal_by")) model.conformal->column = root.at("conformal_by").text();
  }
  check_model(model);
  return model;
}

}  // namespace

Model import_model(std::string_view text, const std::string& name) {
  try {
    return read_model(text);
  } catch (const ModelFault& fault) {
    throw Error(ErrorKind::kModel, name + ": " + (fault.place().empty() ? "" : fault.place() + ": ") + fault.what());
  }
}

Model import_model(const std::string& path) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  InputFile file(path);
  std::string text;
  for (std::size_t got = kPiece; got == kPiece;) {
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    got = file.read(text.data() + before, kPiece);
    text.resize(before + got);
  }
  return import_model(text, file.name());
}

}  // namespace moe
