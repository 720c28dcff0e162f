// Checks of a model whose parts come from a file or a person; and the list of a fit's numbers.
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

/// The numbers that every fit has.
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

/// Numbers that a fit may have. Those of a group come together.
constexpr std::array<FitNumber, 2> kPenalties{{{"l2", &FitSummary::l2}, {"gate_l2", &FitSummary::gate_l2}}};
constexpr std::array<FitNumber, 2> kLasso{{{"l1", &FitSummary::l1}, {"gate_l1", &FitSummary::gate_l1}}};
constexpr std::array<FitNumber, 1> kFirth{{{"firth", &FitSummary::firth}}};

/// The nearest double below 2^64 to a count.
double double_of(std::uint64_t count);
/// Whether a double holds the count exactly.
bool is_double(std::uint64_t count);
/// The figure as a double; 0 or 1 for a flag.
double number_of(const FitSummary& fit, const FitNumber& number);
/// Sets the figure to what a file or a person wrote. A count loses its fraction; a flag is set where `value` is not 0.
/// Throws ModelFault for a count that is negative, NaN, or 2^64 and more; and for a penalty's flag other than 0 or 1.
void set_number(FitSummary& fit, const FitNumber& number, double value);

/// A seed that a double does not hold exactly stands in a file twice: as the nearest double, which must have been set,
/// and with all its digits. Throws ModelFault where the two do not agree.
void set_whole_seed(FitSummary& fit, const std::string& digits);

/// Whether the study has findings that are not always stored.
bool has_findings(const FitStudy& study);

/// How many parameters the networks and families have together; any number above `most` where there are more than that.
/// Throws ModelFault at an unknown word.
std::uint64_t count_parameters(const Description& description, std::uint64_t most);

/// Throws ModelFault for impossible units. Places are those of the JSON export.
void check_units(const Standardization& units, const Schema& schema);
/// The same for a whole model: its units, its numbers, the record of its fit, and whether its prediction at the middle
/// of the inputs is finite.
void check_model(const Model& model);

/// A model without a fit. The units must have been checked, and theta must be as long as count_parameters() says.
/// Throws ModelFault.
Model make_described(Description description, Standardization units, arma::vec theta);

}  // namespace moe
