// Text in SVG: escaped as XML, measured, broken into lines.
#pragma once

#include <string>
#include <vector>

namespace moe {

/// The text for XML. Characters that XML cannot hold, and malformed UTF-8, become U+FFFD.
std::string xml_escaped(const std::string& text);
/// About how wide the text is in pixels: readers' fonts differ.
double text_width(const std::string& text, double size);
/// The text in lines of at most this width, broken between words where that is possible.
std::vector<std::string> wrapped_text(const std::string& text, double width, double size);
/// The beginning of the text that has this width, with an ellipsis where something is cut.
std::string fitting_text(const std::string& text, double width, double size);
/// A coordinate: one decimal.
std::string svg_number(double value);

}  // namespace moe
