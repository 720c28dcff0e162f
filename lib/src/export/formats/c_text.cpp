#include "export/formats/c_text.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "export/formats/called_sections.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe::c_source {

std::string literal(double value) {
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "(-INFINITY)";
  const std::string text = format_number(value);
  const std::string number = text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  return value < 0 ? "(" + number + ")" : number;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    char octal[8];
    std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(c));
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';
    result += plain ? std::string(1, c) : octal;
  }
  return result + "\"";
}

std::string commented(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("*/\\\"\n\r", at)) != std::string::npos;) text[at] = '_';
  return text;
}

std::string names(const std::string& declaration, const std::vector<std::string>& words) {
  std::string result = "const char *const " + declaration + "[] = {";
  for (const std::string& word : words) result += quoted(word) + ", ";
  return result + "0};\n";
}

std::string functions_for(const std::string& text) { return called_sections({"c_vectors.c", "c_functions.c"}, text); }

std::string with_prefix(const std::string& text, const std::string& prefix) {
  const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::string upper = prefix, result;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    const bool begins = !quoted && (i == 0 || !is_of_name(text[i - 1]));
    const bool small = begins && text.compare(i, 4, "moe_") == 0, large = begins && text.compare(i, 4, "MOE_") == 0;
    result += small ? prefix : large ? upper : std::string(1, text[i]);
    if (small || large) i += 2;
  }
  return result;
}

}  // namespace moe::c_source
