// A model file is a .safetensors file (safetensors.hpp), so that numpy, PyTorch and others can read its numbers:
//
//     8 bytes     the length of the header, little-endian, a multiple of 8
//     header      JSON {"__metadata__": {"format": "moe", "version": "1" .. "5", "model": DESCRIPTION},
//                       "NAME": {"dtype": "F64", "shape": [..], "data_offsets": [begin, end]}, ..}, blanks at its end
//     tensors     F64, little-endian, one after the other in this order:
//       the units:    "input.center" [d], "input.scale" [d], "target.center" [], "target.scale" [], "target.spread" [];
//                     the last three are [T] for T > 1 targets
//       theta:        as Model::tensors() lists it: "gate.0" [outputs, 1 + inputs] (intercepts first), ..,
//                     "expert.1.0", .., "expert.1.psi" [p], .. or "psi" [p]
//       the fit:      "fit.rows" [], "fit.weight" [], .. (kFitNumbers)
//       penalties, where they are recorded: "fit.l2" [], "fit.gate_l2" []; where one is not 0: "fit.l1" [],
//                     "fit.gate_l1" []; "fit.firth" [] where it is 1
//       errors, where they were computed: "fit.degrees_of_freedom" [] (of Student's t; 0: normal),
//                     "fit.residual_standard_error" [] (NaN: none), "fit.covariance_factor" [f, P]: the covariance of
//                     theta, P x P, is the sum over rows of row' row; f = 0 where there is no covariance
//       the study of the fit, where it was made: "fit.shares" [K], "fit.starved" [K] and "fit.steps" [K] (1: the expert
//                     is starved; the gate separates it from the others; else 0),
//                     "fit.supremum" [] (NaN: none is separated)
//       findings, where one of them was made: "fit.exact" [K] (1: the expert fits its rows exactly),
//                     "fit.recession" [q, P] and "fit.unseen" [r, P] (directions of theta, see FitStudy),
//                     "fit.simpler" [] (NaN: no simpler model is better)
//       where they say something: "fit.as_simple" [K T] (1: a simpler family describes that target of that expert as
//                     well), "fit.undetermined" [q, P]: directions in which theta moves without changing the likelihood
//       of a calibrated model: "conformal.1" [n], "conformal.2" [n], ..: see Conformal
//       where no double holds the seed: "fit.seed" is the nearest one, and "__metadata__" has all its digits as "seed"
//       in a checkpoint: "progress" [n], see progress_numbers.hpp
//       "checksum", U64 [1]: XXH3-64 with seed 0 of every byte before it
//
// DESCRIPTION is a string that contains JSON, as safetensors allows only strings in metadata: {"inputs": [names],
// "target": name, "labels": [classes; empty for a number], "weight": name or "", "id": name or "", "family": word,
// "gate": {"link": word, "network": word, "inputs": [indices into inputs; left out where it reads all]}, "experts":
// [{"network": word, "inputs": ..}, ..], "objective": word, "solver": word}. These members are left out where they say
// nothing:
// - "columns": [{"name": name, for a category "levels": [words, the reference first], for a number "fill": its value
//   where the cell is missing, "indicator": true where an input tells that it is}, ..]. The inputs are then
//   input_names() of them.
// - "na": [words for a missing cell, beside the usual ones].
// - "targets": [names] in place of "target", for several targets.
// - "trials", "offset" and "exposure": names of columns. "family" of an expert, where families differ.
// - "levels_by": "text": cells are compared as texts (levels.hpp) with levels, classes or words for missing that are
//   numbers. This makes the version 2. Without it they are compared by value, as in version 1.
//
// A committee has version 3. Its gate has "members": [{"experts": how many, "network": word, "inputs": ..}, ..], and
// the tensors of the members' gates, "gate.1.0", "gate.2.0" .., follow those of theta's other parts.
//
// A model with networks of pieces has version 4. Its "knots" are a list for each input (network.hpp).
//
// A calibrated model has version 5, whatever else it has.
//
// The file contains nothing but the model, so the same model gives the same bytes. A change that readers must know of
// gets a new version number.
#include "moe/model_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>

#include "base/bounded_json.hpp"
#include "fit/progress_numbers.hpp"
#include "judge/reported.hpp"
#include "moe/checkpoint.hpp"
#include "moe/error.hpp"
#include "store/model_checks.hpp"
#include "store/model_description.hpp"
#include "store/safetensors.hpp"

namespace moe {
namespace {

constexpr const char* kFormat = "moe";
/// The second is for a model that says how its levels are compared, the third for a committee.
constexpr const char *kVersion = "1", *kVersionByText = "2", *kVersionOfCommittees = "3", *kVersionOfKnots = "4",
                     *kVersionOfConformal = "5";
/// The tensors of a calibrated model are called this and a number, from 1.
constexpr const char* kConformal = "conformal.";
/// The tensor and the text of a checkpoint: see progress_numbers.hpp.
constexpr const char* kProgress = "progress";
/// A word that stands there only where it says something, see set_whole_seed().
constexpr const char* kSeed = "seed";

constexpr std::array<const char*, 3> kUncertainty{"fit.degrees_of_freedom", "fit.residual_standard_error",
                                                  "fit.covariance_factor"};
constexpr std::array<const char*, 4> kStudy{"fit.shares", "fit.starved", "fit.steps", "fit.supremum"};
constexpr std::array<const char*, 4> kFindings{"fit.exact", "fit.recession", "fit.unseen", "fit.simpler"};
/// Tensors that are left out where they say nothing.
constexpr const char *kAsSimple = "fit.as_simple", *kUndetermined = "fit.undetermined";

/// The tensors before those of theta.
constexpr std::array<const char*, 5> kUnits{"input.center", "input.scale", "target.center", "target.scale",
                                            "target.spread"};

std::string tensor_of(const FitNumber& number) { return std::string("fit.") + number.name; }

/// The shape of a tensor of theta. A dense step's (1 + in) x out matrix, stored by columns, is a row-major tensor of
/// shape [out, 1 + in].
std::vector<std::uint64_t> shape_of(const Model::Tensor& tensor) {
  const bool dispersion = tensor.name.ends_with("psi");
  return dispersion ? std::vector<std::uint64_t>{tensor.rows} : std::vector<std::uint64_t>{tensor.columns, tensor.rows};
}

// --- Saving ----------------------------------------------------------------------------------------------------------

void add_findings(const FitStudy& study, std::uint64_t parameters, std::vector<TensorView>& tensors) {
  static constexpr double kNothing = 0;
  const auto directions = [&](const char* name, const arma::mat& matrix) {
    const bool any = !matrix.is_empty();
    tensors.push_back({name, {any ? matrix.n_cols : 0, parameters}, any ? matrix.memptr() : &kNothing});
  };
  const bool any = !study.exact.is_empty();
  tensors.push_back({kFindings[0], {study.exact.n_elem}, any ? study.exact.memptr() : &kNothing});
  directions(kFindings[1], study.recession);
  directions(kFindings[2], study.unseen);
  tensors.push_back({kFindings[3], {}, &study.simpler});
}

/// `numbers` keeps what the tensors of a single number view.
std::vector<TensorView> tensors_of(const Model& model, std::deque<double>& numbers) {
  const Standardization& units = model.standardization;
  const std::uint64_t d = model.schema.inputs.size(), T = units.target_center.n_elem;
  const std::vector<std::uint64_t> of_targets = T == 1 ? std::vector<std::uint64_t>{} : std::vector{T};
  std::vector<TensorView> tensors{{kUnits[0], {d}, units.input_center.memptr()},
                                  {kUnits[1], {d}, units.input_scale.memptr()},
                                  {kUnits[2], of_targets, units.target_center.memptr()},
                                  {kUnits[3], of_targets, units.target_scale.memptr()},
                                  {kUnits[4], of_targets, units.target_spread.memptr()}};
  for (const Model::Tensor& tensor : model.tensors())
    tensors.push_back({tensor.name, shape_of(tensor), model.theta.memptr() + tensor.offset});
  const auto add = [&](const FitNumber& number) {
    tensors.push_back({tensor_of(number), {}, &numbers.emplace_back(number_of(model.fit, number))});
  };
  std::for_each(kFitNumbers.begin(), kFitNumbers.end(), add);
  if (!std::isnan(model.fit.l2)) std::for_each(kPenalties.begin(), kPenalties.end(), add);
  if (model.fit.l1 > 0 || model.fit.gate_l1 > 0) std::for_each(kLasso.begin(), kLasso.end(), add);
  if (model.fit.firth) add(kFirth[0]);
  if (const auto& uncertainty = model.fit.uncertainty) {
    const arma::mat& factor = uncertainty->factor;
    tensors.push_back({kUncertainty[0], {}, &uncertainty->degrees_of_freedom});
    tensors.push_back({kUncertainty[1], {}, &uncertainty->residual_standard_error});
    tensors.push_back({kUncertainty[2], {factor.n_cols, model.theta.n_elem}, factor.memptr()});
  }
  if (const auto& study = model.fit.study) {
    const std::uint64_t K = model.size();
    tensors.push_back({kStudy[0], {K}, study->shares.memptr()});
    tensors.push_back({kStudy[1], {K}, study->starved.memptr()});
    tensors.push_back({kStudy[2], {K}, study->separated.memptr()});
    tensors.push_back({kStudy[3], {}, &study->supremum});
    if (has_findings(*study)) add_findings(*study, model.theta.n_elem, tensors);
    if (!study->as_simple.is_empty())
      tensors.push_back({kAsSimple, {study->as_simple.n_elem}, study->as_simple.memptr()});
  }
  if (const auto& uncertainty = model.fit.uncertainty; uncertainty && !uncertainty->undetermined.is_empty())
    tensors.push_back(
        {kUndetermined, {uncertainty->undetermined.n_cols, model.theta.n_elem}, uncertainty->undetermined.memptr()});
  if (model.conformal)
    for (std::size_t i = 0; i < model.conformal->scores.size(); ++i) {
      const arma::vec& scores = model.conformal->scores[i];
      tensors.push_back({kConformal + std::to_string(i + 1), {scores.n_elem}, scores.memptr()});
    }
  return tensors;
}

// --- Loading ---------------------------------------------------------------------------------------------------------

void check_format(const SafetensorsReader& file) {
  const auto& words = file.metadata();
  const auto format = words.find("format"), version = words.find("version");
  if (format == words.end() || format->second != kFormat || version == words.end() || !words.contains("model"))
    file.fail("not a model file: a .safetensors file of some other program");
  const std::vector<std::string> known{kVersion, kVersionByText, kVersionOfCommittees, kVersionOfKnots,
                                       kVersionOfConformal};
  if (std::find(known.begin(), known.end(), version->second) == known.end())
    file.fail("format version " + printable(version->second) + ": this program reads versions " + known.front() +
              " to " + known.back());
}

/// What the file contains: how many tensors of theta, and which of the optional groups.
struct Places {
  std::size_t theta;
  std::size_t model_end;  // how many tensors belong to the model
  std::size_t fit_end;    // how many stand before those of conformal sets
  bool penalties, lasso, firth, uncertainty, study, findings, as_simple, undetermined;
  /// How many tensors follow the findings.
  std::size_t behind() const { return std::size_t{as_simple} + std::size_t{undetermined}; }
};

/// Checks the names and places of the tensors around those of theta.
Places check_places(const SafetensorsReader& file) {
  const auto& tensors = file.tensors();
  const auto expect = [&](std::size_t place, const std::string& name, std::size_t dimensions) {
    if (tensors[place].name != name) file.fail("damaged: tensor '" + name + "' is not in its place");
    if (tensors[place].shape.size() != dimensions)
      file.fail("damaged: tensor '" + name + "' has too many or too few dimensions");
  };
  std::size_t end = tensors.size();
  const auto ends_with = [&](const std::string& name, std::size_t size) {
    if (end < size || tensors[end - 1].name != name) return false;
    end -= size;
    return true;
  };
  Places places{};
  if (ends_with(kProgress, 1)) expect(end, kProgress, 1);
  places.model_end = end;
  while (end > 0 && tensors[end - 1].name.starts_with(kConformal)) --end;
  for (std::size_t i = end; i < places.model_end; ++i) expect(i, kConformal + std::to_string(i - end + 1), 1);
  places.fit_end = end;
  const auto matrix = [&](const char* name) {
    if (!ends_with(name, 1)) return false;
    expect(end, name, 2);
    if (tensors[end].elements > kMostFactor) file.fail("its covariance is larger than any has");
    return true;
  };
  places.undetermined = matrix(kUndetermined);
  places.as_simple = ends_with(kAsSimple, 1);
  if (places.as_simple) expect(end, kAsSimple, 1);
  places.findings = ends_with(kFindings.back(), kFindings.size());
  for (std::size_t i = 0; places.findings && i < kFindings.size(); ++i) {
    expect(end + i, kFindings[i], i == 0 ? 1 : i < 3 ? 2 : 0);
    if (tensors[end + i].elements > kMostFactor) file.fail("its directions are more than any has");
  }
  places.study = ends_with(kStudy.back(), kStudy.size());
  if (places.findings && !places.study) file.fail("damaged: tensor 'fit.supremum' is not in its place");
  for (std::size_t i = 0; places.study && i < kStudy.size(); ++i)
    expect(end + i, kStudy[i], i + 1 < kStudy.size() ? 1 : 0);
  const std::size_t last = end;
  places.uncertainty = ends_with(kUncertainty.back(), kUncertainty.size());
  for (std::size_t i = 0; places.uncertainty && i < kUncertainty.size(); ++i)
    expect(end + i, kUncertainty[i], i + 1 < kUncertainty.size() ? 0 : 2);
  if (places.uncertainty && tensors[last - 1].elements > kMostFactor)
    file.fail("its covariance is larger than any has");
  const auto group = [&](std::span<const FitNumber> numbers) {
    const bool there = ends_with(tensor_of(numbers.back()), numbers.size());
    for (std::size_t i = 0; there && i < numbers.size(); ++i) expect(end + i, tensor_of(numbers[i]), 0);
    return there;
  };
  if ((places.as_simple && !places.study) || (places.undetermined && !places.uncertainty))
    file.fail("damaged: it has a part of its fit without what belongs to it");
  places.firth = group(kFirth);
  places.lasso = group(kLasso);
  places.penalties = group(kPenalties);
  if (end < kUnits.size() + kFitNumbers.size()) file.fail("damaged: it has too few tensors");
  end -= kFitNumbers.size();
  const std::size_t of_targets = std::min<std::size_t>(tensors[2].shape.size(), 1);
  for (std::size_t i = 0; i < kUnits.size(); ++i) expect(i, kUnits[i], i >= 2 ? of_targets : 1);
  for (std::size_t i = 0; i < kFitNumbers.size(); ++i) expect(end + i, tensor_of(kFitNumbers[i]), 0);
  places.theta = end - kUnits.size();
  return places;
}

Standardization read_units(SafetensorsReader& file) {
  Standardization units;
  units.input_center = file.read();
  units.input_scale = file.read();
  units.target_center = file.read();
  units.target_scale = file.read();
  units.target_spread = file.read();
  return units;
}

/// A tensor [columns, rows] as a matrix.
arma::mat read_matrix(SafetensorsReader& file, const std::vector<std::uint64_t>& shape) {
  arma::mat result = file.read();
  result.reshape(shape[1], shape[0]);
  return result;
}

Uncertainty read_uncertainty(SafetensorsReader& file, const Places& places) {
  const auto& tensors = file.tensors();
  const std::size_t after =
      (places.study ? kStudy.size() : 0) + (places.findings ? kFindings.size() : 0) + places.behind();
  Uncertainty uncertainty;
  uncertainty.degrees_of_freedom = file.read().at(0);
  uncertainty.residual_standard_error = file.read().at(0);
  uncertainty.factor = read_matrix(file, tensors[places.fit_end - 1 - after].shape);
  return uncertainty;
}

FitStudy read_study(SafetensorsReader& file, const Places& places) {
  const auto& tensors = file.tensors();
  FitStudy study;
  for (arma::vec* numbers : {&study.shares, &study.starved, &study.separated}) *numbers = file.read();
  study.supremum = file.read().at(0);
  study.exact.zeros(study.shares.n_elem);
  if (!places.findings) return study;
  study.exact = file.read();
  study.recession = read_matrix(file, tensors[places.fit_end - places.behind() - 3].shape);
  study.unseen = read_matrix(file, tensors[places.fit_end - places.behind() - 2].shape);
  study.simpler = file.read().at(0);
  return study;
}

/// What stands in tensors of a single number, before it is checked.
using ReadNumbers = std::vector<std::pair<FitNumber, double>>;

FitSummary read_fit(SafetensorsReader& file, const Places& places, ReadNumbers& numbers) {
  FitSummary fit;
  const auto read = [&](const FitNumber& number) { numbers.emplace_back(number, file.read().at(0)); };
  std::for_each(kFitNumbers.begin(), kFitNumbers.end(), read);
  if (places.penalties) std::for_each(kPenalties.begin(), kPenalties.end(), read);
  if (places.lasso) std::for_each(kLasso.begin(), kLasso.end(), read);
  if (places.firth) read(kFirth[0]);
  if (places.uncertainty) fit.uncertainty = read_uncertainty(file, places);
  if (places.study) fit.study = read_study(file, places);
  if (places.as_simple) fit.study->as_simple = file.read();
  if (places.undetermined) fit.uncertainty->undetermined = read_matrix(file, file.tensors()[places.fit_end - 1].shape);
  return fit;
}

/// Throws ModelFault for numbers that no fit has.
void take_numbers(const ReadNumbers& numbers, const SafetensorsReader& file, FitSummary& fit) {
  for (const auto& [number, value] : numbers) set_number(fit, number, value);
  const auto word = file.metadata().find(kSeed);
  if (word != file.metadata().end()) set_whole_seed(fit, word->second);
}

void check_tensors(const std::vector<Model::Tensor>& expected, const std::vector<StoredTensor>& stored) {
  bool same = stored.size() == expected.size();
  for (std::size_t i = 0; same && i < stored.size(); ++i)
    same = stored[i].name == expected[i].name && stored[i].shape == shape_of(expected[i]);
  if (!same) refuse("its tensors are not those of the model that it describes");
}

/// `parts`: the tensors of which theta was made.
Model build(Description description, Standardization units, arma::vec theta, const std::vector<StoredTensor>& parts) {
  check_units(units, description.schema);
  const std::uint64_t available = theta.n_elem, needed = count_parameters(description, available);
  if (needed > available) refuse("it describes more parameters than it has");
  if (needed < available) refuse("it has more parameters than it describes");
  Model model = make_described(std::move(description), std::move(units), std::move(theta));
  check_tensors(model.tensors(), parts);
  return model;
}

/// Reads what follows the header.
Checkpoint load(SafetensorsReader& file) {
  check_format(file);
  const Places places = check_places(file);
  const auto count = static_cast<std::ptrdiff_t>(places.theta);
  Standardization units = read_units(file);
  arma::vec theta = file.read(places.theta);
  ReadNumbers numbers;
  FitSummary fit = read_fit(file, places, numbers);
  const auto& tensors = file.tensors();
  std::optional<Conformal> conformal;
  if (places.fit_end < places.model_end) conformal.emplace();
  for (std::size_t i = places.fit_end; i < places.model_end; ++i) conformal->scores.push_back(file.read());
  const arma::vec progress = file.read(tensors.size() - places.model_end);
  file.finish();
  const auto first = tensors.begin() + kUnits.size();
  // The checksum is right, so from here on a fault is that of the program that wrote the file.
  try {
    FileDescription description = read_description(file.metadata().at("model"));
    if ((tensors[2].shape.size() == 1) != (description.schema.targets.size() > 1))
      refuse("it has centers and scales for other targets than its own");
    fit.objective = std::move(description.objective);
    fit.solver = std::move(description.solver);
    Model model = build(std::move(description), std::move(units), std::move(theta), {first, first + count});
    take_numbers(numbers, file, fit);
    model.fit = std::move(fit);
    model.conformal = std::move(conformal);
    check_model(model);
    const auto words = file.metadata().find(kProgress);
    return {std::move(model), progress_of(progress), words == file.metadata().end() ? "" : words->second};
  } catch (const Error& error) {
    file.fail(error.what());
  }
}

}  // namespace

void save_model(const Model& model, const std::string& path) {
  OutputFile out(path);
  save_model(model, out);
}

namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

/// Throws Error (fit) for a model whose file could not be read again.
void write_model(const Model& model, OutputFile& out, const Words& words, const arma::vec* progress) {
  const std::string description = describe_for_file(model);
  try {
    if (parse_bounded_json(description)) read_description(description);  // otherwise write_safetensors() reports it
    check_model(model);
  } catch (const Error& error) {  // the file could not be read again
    throw Error(ErrorKind::kFit, std::string("the model cannot be saved: ") + error.what());
  }
  if (out.is_terminal())
    throw Error(ErrorKind::kUsage, "a model file is not for a terminal: expected -o FILE, or a pipe");
  const char* const version = model.conformal                ? kVersionOfConformal
                              : model.has_pieces()           ? kVersionOfKnots
                              : model.is_committee()         ? kVersionOfCommittees
                              : says_levels_by(model.schema) ? kVersionByText
                                                             : kVersion;
  Words metadata{{"format", kFormat}, {"version", version}, {"model", description}};
  if (!is_double(model.fit.seed)) metadata.emplace_back(kSeed, std::to_string(model.fit.seed));
  metadata.insert(metadata.end(), words.begin(), words.end());
  std::deque<double> numbers;
  std::vector<TensorView> tensors = tensors_of(model, numbers);
  if (progress != nullptr) tensors.push_back({kProgress, {progress->n_elem}, progress->memptr()});
  write_safetensors(out, metadata, tensors);
  out.commit();
}

}  // namespace

void save_model(const Model& model, OutputFile& out) { write_model(model, out, {}, nullptr); }

void save_checkpoint(const Checkpoint& checkpoint, const std::string& path) {
  OutputFile out(path);
  if (checkpoint.progress.empty()) return save_model(checkpoint.model, out);
  const arma::vec progress = numbers_of(checkpoint.progress);
  write_model(checkpoint.model, out, {{kProgress, checkpoint.words}}, &progress);
}

Model load_model(const std::string& path) { return load_checkpoint(path).model; }

Checkpoint load_checkpoint(const std::string& path) {
  SafetensorsReader file(path);
  return load(file);
}

Model load_model(std::string_view bytes, const std::string& name) {
  SafetensorsReader file(bytes, name);
  return load(file).model;
}

}  // namespace moe
