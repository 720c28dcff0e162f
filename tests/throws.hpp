// The sentence of the Error that code throws.
#pragma once

#include <string>

#include "moe/error.hpp"

/// "" where nothing is thrown. Writes the kind of the error to `kind`, unless that is null.
template <class Code>
std::string sentence_of(Code&& code, moe::ErrorKind* kind = nullptr) {
  try {
    code();
  } catch (const moe::Error& error) {
    if (kind != nullptr) *kind = error.kind();
    return error.what();
  }
  return "";
}
