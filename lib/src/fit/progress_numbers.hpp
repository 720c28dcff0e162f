// What a checkpoint has beside a model: a tensor "progress" [n] right before the checksum, and a text "progress" in the metadata (the
// caller's words). The tensor is a list of parts, each: the length of its name, the name's bytes, how many numbers, the numbers.
#pragma once

#include <string>

#include "moe/checkpoint.hpp"

namespace moe {

arma::vec numbers_of(const FitProgress& progress);
/// Throws Error (model) where they are none of numbers_of().
FitProgress progress_of(const arma::vec& numbers);

/// A text's length, then its bytes.
arma::vec text_as_numbers(const std::string& text);
std::string text_from_numbers(const arma::vec& numbers);

}  // namespace moe
