// A model file is a .safetensors file (safetensors.hpp), so that numpy, PyTorch and others can read its numbers:
//
//     8 bytes     the length of the header, little-endian, a multiple of 8
//     header      JSON {"__metadata__": {"format": "moe", "version": "1" .. "6", "model": DESCRIPTION},
//                       "NAME": {"dtype": "F64", "shape": [..], "data_offsets": [begin, end]}, ..}, blanks at its end
//     tensors     F64, little-endian, one after the other in the order of model_tensors.hpp, and last
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
// A calibrated model has version 5, whatever else it has; and version 6 where its scores are in groups by the levels of
// a category, which the word "conformal_by" of the header names.
//
// The file contains nothing but the model, so the same model gives the same bytes. A change that readers must know of
// gets a new version number.
#include "moe/model_file.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "base/json/bounded_json.hpp"
#include "fit/progress_numbers.hpp"
#include "moe/checkpoint.hpp"
#include "moe/error.hpp"
#include "store/model_checks.hpp"
#include "store/model_description.hpp"
#include "store/model_tensors.hpp"
#include "store/safetensors.hpp"

namespace moe {
namespace {

constexpr const char* kFormat = "moe";
/// The second is for a model that says how its levels are compared, the third for a committee.
constexpr const char *kVersion = "1", *kVersionByText = "2", *kVersionOfCommittees = "3", *kVersionOfKnots = "4",
                     *kVersionOfConformal = "5", *kVersionOfLevels = "6";
constexpr const char* kConformalBy = "conformal_by";
/// The text of a checkpoint: see progress_numbers.hpp.
constexpr const char* kWordsOfProgress = "progress";
/// A word that stands there only where it says something, see set_whole_seed().
constexpr const char* kSeed = "seed";

void check_format(const SafetensorsReader& file) {
  const auto& words = file.metadata();
  const auto format = words.find("format"), version = words.find("version");
  if (format == words.end() || format->second != kFormat || version == words.end() || !words.contains("model"))
    file.fail("not a model file: a .safetensors file of some other program");
  const std::vector<std::string> known{kVersion,        kVersionByText,      kVersionOfCommittees,
                                       kVersionOfKnots, kVersionOfConformal, kVersionOfLevels};
  if (std::find(known.begin(), known.end(), version->second) == known.end())
    file.fail("format version " + printable(version->second) + ": this program reads versions " + known.front() +
              " to " + known.back());
}

/// Throws ModelFault for numbers that no fit has.
void take_numbers(const std::vector<std::pair<FitNumber, double>>& numbers, const SafetensorsReader& file,
                  FitSummary& fit) {
  for (const auto& [number, value] : numbers) set_number(fit, number, value);
  const auto word = file.metadata().find(kSeed);
  if (word != file.metadata().end()) set_whole_seed(fit, word->second);
}

/// `parts`: the tensors of which theta was made.
Model build(Description description, Standardization units, arma::vec theta, const std::vector<StoredTensor>& parts) {
  check_units(units, description.schema);
  const std::uint64_t available = theta.n_elem, needed = count_parameters(description, available);
  if (needed > available) refuse("it describes more parameters than it has");
  if (needed < available) refuse("it has more parameters than it describes");
  Model model = make_described(std::move(description), std::move(units), std::move(theta));
  if (!are_tensors_of(model, parts)) refuse("its tensors are not those of the model that it describes");
  return model;
}

/// Reads what follows the header.
Checkpoint load(SafetensorsReader& file) {
  check_format(file);
  ReadTensors read = read_tensors(file);
  // The checksum is right, so from here on a fault is that of the program that wrote the file.
  try {
    FileDescription description = read_description(file.metadata().at("model"));
    if (read.of_several_targets != (description.schema.targets.size() > 1))
      refuse("it has centers and scales for other targets than its own");
    read.fit.objective = std::move(description.objective);
    read.fit.solver = std::move(description.solver);
    Model model = build(std::move(description), std::move(read.units), std::move(read.theta), read.of_theta);
    take_numbers(read.numbers, file, read.fit);
    model.fit = std::move(read.fit);
    model.conformal = std::move(read.conformal);
    const auto by = file.metadata().find(kConformalBy);
    if (model.conformal && by != file.metadata().end()) model.conformal->column = by->second;
    check_model(model);
    const auto words = file.metadata().find(kWordsOfProgress);
    return {std::move(model), progress_of(read.progress), words == file.metadata().end() ? "" : words->second};
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
  const bool by_level = model.conformal && !model.conformal->column.empty();
  const char* const version = by_level                       ? kVersionOfLevels
                              : model.conformal              ? kVersionOfConformal
                              : model.has_pieces()           ? kVersionOfKnots
                              : model.is_committee()         ? kVersionOfCommittees
                              : says_levels_by(model.schema) ? kVersionByText
                                                             : kVersion;
  Words metadata{{"format", kFormat}, {"version", version}, {"model", description}};
  if (by_level) metadata.emplace_back(kConformalBy, model.conformal->column);
  if (!is_double(model.fit.seed)) metadata.emplace_back(kSeed, std::to_string(model.fit.seed));
  metadata.insert(metadata.end(), words.begin(), words.end());
  std::deque<double> numbers;
  write_safetensors(out, metadata, tensors_of(model, progress, numbers));
  out.commit();
}

}  // namespace

void save_model(const Model& model, OutputFile& out) { write_model(model, out, {}, nullptr); }

void save_checkpoint(const Checkpoint& checkpoint, const std::string& path) {
  OutputFile out(path);
  if (checkpoint.progress.empty()) return save_model(checkpoint.model, out);
  const arma::vec progress = numbers_of(checkpoint.progress);
  write_model(checkpoint.model, out, {{kWordsOfProgress, checkpoint.words}}, &progress);
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
