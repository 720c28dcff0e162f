// What a checkpoint contains beside a model: a tensor "progress" [n] right before the checksum, and a text "progress"
// in the metadata (the caller's words). The tensor is a list of parts. Each consists of the length of its name, the
// bytes of the name, the number of its numbers, and these numbers.
#pragma once

#include <string>

#include "moe/checkpoint.hpp"

namespace moe {

arma::vec numbers_of(const FitProgress& progress);
/// Throws Error (model) where the numbers are not those of a FitProgress.
FitProgress progress_of(const arma::vec& numbers);

/// The length of the text, then its bytes.
arma::vec text_as_numbers(const std::string& text);
std::string text_from_numbers(const arma::vec& numbers);

}  // namespace moe
