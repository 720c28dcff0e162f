// C source text: literals, names, and the functions that c_vectors.c and c_functions.c hold ready.
#pragma once

#include <string>
#include <vector>

namespace moe::c_source {

std::string literal(double value);
/// A C string literal: names are a user's data.
std::string quoted(const std::string& text);
/// Text inside a comment.
std::string commented(std::string text);
/// const char *const declaration[], with a 0 at the end.
std::string names(const std::string& declaration, const std::vector<std::string>& words);
/// The sections of these files that `text` calls, with those that they call, in their order.
std::string functions_for(const std::string& text);
/// The text with names that begin with `prefix` instead of moe_ and MOE_; what stands between quotes stays. Throws Error (usage) for
/// what no name in C begins with.
std::string with_prefix(const std::string& text, const std::string& prefix);

}  // namespace moe::c_source
