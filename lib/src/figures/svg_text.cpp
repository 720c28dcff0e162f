#include "figures/svg_text.hpp"

#include <cmath>
#include <cstdio>

namespace moe {
namespace {

/// The characters of UTF-8 text; malformed bytes, and what XML cannot hold, are U+FFFD.
std::vector<std::string> xml_characters(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char head = byte(i);
    const std::size_t length = head < 0x80   ? 1
                               : head < 0xc2 ? 0
                               : head < 0xe0 ? 2
                               : head < 0xf0 ? 3
                               : head < 0xf5 ? 4
                                             : 0;
    bool good = length > 0 && i + length <= text.size() && (head >= 0x20 || head == '\t' || head == '\n');
    for (std::size_t j = 1; good && j < length; ++j) good = (byte(i + j) & 0xc0) == 0x80;
    if (good && length == 3) {
      const unsigned second = byte(i + 1), third = byte(i + 2);
      good = !(head == 0xe0 && second < 0xa0) && !(head == 0xed && second >= 0xa0) &&
             !(head == 0xef && second == 0xbf && third >= 0xbe);
    }
    if (good && length == 4) good = !(head == 0xf0 && byte(i + 1) < 0x90) && !(head == 0xf4 && byte(i + 1) >= 0x90);
    result.push_back(good ? text.substr(i, length) : "\xef\xbf\xbd");
    i += good ? length : 1;
  }
  return result;
}

/// The width of a character in parts of the font's size, as in common fonts without serifs.
double width_of_character(const std::string& character) {
  constexpr double kWideCharacter = 1, kUsual = 0.61, kNarrow = 0.37, kBroad = 0.95, kCapital = 0.69;
  if (character.size() > 2) return kWideCharacter;
  const char c = character[0];
  const std::string narrow = " .,:;!'|iljtfI()[]", broad = "mwMW@%";
  return narrow.find(c) != narrow.npos ? kNarrow
         : broad.find(c) != broad.npos ? kBroad
         : c >= 'A' && c <= 'Z'        ? kCapital
                                       : kUsual;
}

}  // namespace

std::string xml_escaped(const std::string& text) {
  std::string result;
  for (const std::string& character : xml_characters(text)) {
    const char c = character[0];
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += character;
  }
  return result;
}

double text_width(const std::string& text, double size) {
  double width = 0;
  for (const std::string& character : xml_characters(text)) width += width_of_character(character);
  return width * size;
}

std::vector<std::string> wrapped_text(const std::string& text, double width, double size) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin), longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && text_width(longer, size) > width) {
      lines.push_back(fitting_text(line, width, size));
      line = word;
    } else {
      line = longer;
    }
    begin = end + 1;
  }
  if (!line.empty()) lines.push_back(fitting_text(line, width, size));
  return lines;
}

std::string fitting_text(const std::string& text, double width, double size) {
  if (text_width(text, size) <= width) return text;
  std::string result;
  double used = size;  // of the ellipsis
  for (const std::string& character : xml_characters(text)) {
    used += width_of_character(character) * size;
    if (used > width) break;
    result += character;
  }
  return result + "\xe2\x80\xa6";
}

std::string svg_number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string result = text;
  if (result.ends_with(".0")) result.resize(result.size() - 2);
  return result == "-0" ? "0" : result;
}

}  // namespace moe
