// A model from parts that a file or a person wrote: what must hold of them, and what a fit's summary is made of.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "moe/model.hpp"
#include "store/model_description.hpp"

namespace moe {

/// A figure of a fit that files have as a number: its name there, and where it stands here.
struct FitNumber {
  const char* name;
  std::variant<double FitSummary::*, std::uint64_t FitSummary::*, bool FitSummary::*> member;
};

/// What every fit has.
constexpr std::array<FitNumber, 13> kFitNumbers{{
    {"rows", &FitSummary::rows},
    {"weight", &FitSummary::weight},
    {"log_likelihood", &FitSummary::log_likelihood},
    {"objective_value", &FitSummary::objective_value},
    {"penalty", &FitSummary::penalty},
    {"parameters", &FitSummary::parameters},
    {"aic", &FitSummary::aic},
    {"bic", &FitSummary::bic},
    {"icl", &FitSummary::icl},
    {"converged", &FitSummary::converged},
    {"iterations", &FitSummary::iterations},
    {"restarts", &FitSummary::restarts},
    {"seed", &FitSummary::seed},
}};

/// What may stand beside them, or not, all of a group together.
constexpr std::array<FitNumber, 2> kPenalties{{{"l2", &FitSummary::l2}, {"gate_l2", &FitSummary::gate_l2}}};
constexpr std::array<FitNumber, 2> kLasso{{{"l1", &FitSummary::l1}, {"gate_l1", &FitSummary::gate_l1}}};
constexpr std::array<FitNumber, 1> kFirth{{{"firth", &FitSummary::firth}}};

/// A count as a double: the nearest one below 2^64.
double double_of(std::uint64_t count);
/// Whether that is the count itself.
bool is_double(std::uint64_t count);
/// The figure as a double, for a flag 0 or 1.
double number_of(const FitSummary& fit, const FitNumber& number);
/// Sets the figure to what a file or a person wrote: a fraction of a count is cut off, and a flag is set where `value` is not 0.
/// Throws ModelFault for a count below 0, from 2^64 on or NaN, and for a penalty's flag that is neither 0 nor 1.
void set_number(FitSummary& fit, const FitNumber& number, double value);

/// A seed that no double holds stands in a file in full, too: its digits, beside the double nearest to it, which has been set.
/// Throws ModelFault where the two differ.
void set_whole_seed(FitSummary& fit, const std::string& digits);

/// Whether there is something that a study need not have.
bool has_findings(const FitStudy& study);

/// The parameters that the networks and families have together; a number above `most` where they are more, however many.
/// Throws ModelFault at the word that names none of them.
std::uint64_t count_parameters(const Description& description, std::uint64_t most);

/// Throws ModelFault, the places being those of the JSON export, for units that no model can have.
void check_units(const Standardization& units, const Schema& schema);
/// The same of a whole model: its units, its numbers, what its fit says of it, and whether it predicts a number at all, which is asked
/// at the middle of its inputs.
void check_model(const Model& model);

/// A model without a fit. The units have been checked, and theta is as long as count_parameters() says. Throws ModelFault.
Model make_described(Description description, Standardization units, arma::vec theta);

}  // namespace moe
