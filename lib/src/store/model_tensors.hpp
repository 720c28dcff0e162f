// The tensors of a model file, all of doubles, in this order:
//
//     the units:    "input.center" [d], "input.scale" [d], "target.center" [], "target.scale" [], "target.spread" [];
//                   the last three are [T] for T > 1 targets
//     theta:        as Model::tensors() lists it: "gate.0" [outputs, 1 + inputs] (intercepts first), ..,
//                   "expert.1.0", .., "expert.1.psi" [p], .. or "psi" [p]
//     the fit:      "fit.rows" [], "fit.weight" [], .. (kFitNumbers)
//     penalties, where they are recorded: "fit.l2" [], "fit.gate_l2" []; where one is not 0: "fit.l1" [],
//                   "fit.gate_l1" []; "fit.firth" [] where it is 1
//     errors, where they were computed: "fit.degrees_of_freedom" [] (of Student's t; 0: normal),
//                   "fit.residual_standard_error" [] (NaN: none), "fit.covariance_factor" [f, P]: the covariance of
//                   theta, P x P, is the sum over rows of row' row; f = 0 where there is no covariance
//     the study of the fit, where it was made: "fit.shares" [K], "fit.starved" [K] and "fit.steps" [K] (1: the expert
//                   is starved; the gate separates it from the others; else 0),
//                   "fit.supremum" [] (NaN: none is separated)
//     findings, where one of them was made: "fit.exact" [K] (1: the expert fits its rows exactly),
//                   "fit.recession" [q, P] and "fit.unseen" [r, P] (directions of theta, see FitStudy),
//                   "fit.simpler" [] (NaN: no simpler model is better)
//     where they say something: "fit.as_simple" [K T] (1: a simpler family describes that target of that expert as
//                   well), "fit.undetermined" [q, P]: directions in which theta moves without changing the likelihood
//     of a calibrated model: "conformal.1" [n], "conformal.2" [n], ..: see Conformal
//     where no double holds the seed: "fit.seed" is the nearest one, and "__metadata__" has all its digits as "seed"
//     in a checkpoint: "progress" [n], see progress_numbers.hpp
//
// model_file.cpp has the rest of the format.
#pragma once

#include <armadillo>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "moe/model.hpp"
#include "store/model_checks.hpp"
#include "store/safetensors.hpp"

namespace moe {

/// All tensors of the model, and of a checkpoint those of its progress (else nullptr). They view the model; `numbers`
/// keeps what those of a single number view.
std::vector<TensorView> tensors_of(const Model& model, const arma::vec* progress, std::deque<double>& numbers);

/// What the tensors of a file say, before any of it is checked.
struct ReadTensors {
  Standardization units{};
  bool of_several_targets = false;  ///< whether the units are those of several targets
  arma::vec theta{};
  std::vector<StoredTensor> of_theta{};                 ///< the tensors of which theta was made
  FitSummary fit{};                                     ///< without the numbers
  std::vector<std::pair<FitNumber, double>> numbers{};  ///< of the fit
  std::optional<Conformal> conformal{};
  arma::vec progress{};  ///< of a checkpoint
};

/// Reads the file to its end. Throws Error (model) where a tensor is not in its place, or the file is damaged.
ReadTensors read_tensors(SafetensorsReader& file);

/// Whether these are the tensors of the model's theta, by names and shapes.
bool are_tensors_of(const Model& model, const std::vector<StoredTensor>& stored);

}  // namespace moe
