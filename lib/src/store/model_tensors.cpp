#include "store/model_tensors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "judge/reported.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

/// The tensors of a calibrated model are called this and a number, from 1.
constexpr const char* kConformal = "conformal.";
/// The tensor of a checkpoint: see progress_numbers.hpp.
constexpr const char* kProgress = "progress";

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

void read_fit(SafetensorsReader& file, const Places& places, ReadTensors& result) {
  FitSummary& fit = result.fit;
  const auto read = [&](const FitNumber& number) { result.numbers.emplace_back(number, file.read().at(0)); };
  std::for_each(kFitNumbers.begin(), kFitNumbers.end(), read);
  if (places.penalties) std::for_each(kPenalties.begin(), kPenalties.end(), read);
  if (places.lasso) std::for_each(kLasso.begin(), kLasso.end(), read);
  if (places.firth) read(kFirth[0]);
  if (places.uncertainty) fit.uncertainty = read_uncertainty(file, places);
  if (places.study) fit.study = read_study(file, places);
  if (places.as_simple) fit.study->as_simple = file.read();
  if (places.undetermined) fit.uncertainty->undetermined = read_matrix(file, file.tensors()[places.fit_end - 1].shape);
}

}  // namespace

std::vector<TensorView> tensors_of(const Model& model, const arma::vec* progress, std::deque<double>& numbers) {
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
  if (progress != nullptr) tensors.push_back({kProgress, {progress->n_elem}, progress->memptr()});
  return tensors;
}

ReadTensors read_tensors(SafetensorsReader& file) {
  const Places places = check_places(file);
  const auto& tensors = file.tensors();
  ReadTensors result;
  result.units = read_units(file);
  result.of_several_targets = tensors[2].shape.size() == 1;
  const auto first = tensors.begin() + kUnits.size();
  result.of_theta.assign(first, first + static_cast<std::ptrdiff_t>(places.theta));
  result.theta = file.read(places.theta);
  read_fit(file, places, result);
  if (places.fit_end < places.model_end) result.conformal.emplace();
  for (std::size_t i = places.fit_end; i < places.model_end; ++i) result.conformal->scores.push_back(file.read());
  result.progress = file.read(tensors.size() - places.model_end);
  file.finish();
  return result;
}

bool are_tensors_of(const Model& model, const std::vector<StoredTensor>& stored) {
  const std::vector<Model::Tensor> expected = model.tensors();
  bool same = stored.size() == expected.size();
  for (std::size_t i = 0; same && i < stored.size(); ++i)
    same = stored[i].name == expected[i].name && stored[i].shape == shape_of(expected[i]);
  return same;
}

}  // namespace moe
