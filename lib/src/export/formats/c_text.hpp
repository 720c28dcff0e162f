// C source text: literals, names, and the functions of c_vectors.c and c_functions.c.
#pragma once

#include <string>
#include <vector>

namespace moe::c_source {

std::string literal(double value);
/// A C string literal, escaped, as names come from a user's data.
std::string quoted(const std::string& text);
/// The text in a form that may stand in a C comment.
std::string commented(std::string text);
/// "const char *const declaration[]" with these words, and a 0 at the end.
std::string names(const std::string& declaration, const std::vector<std::string>& words);
/// The sections of these files that `text` calls, and those that these call in turn, in their order in the files.
std::string functions_for(const std::string& text);
/// The text with `prefix` in place of moe_ and MOE_ at the beginning of names, but not between quotes. Throws Error
/// (usage) where no name in C can begin with the prefix.
std::string with_prefix(const std::string& text, const std::string& prefix);

}  // namespace moe::c_source
