#include "report/page.hpp"

#include <xxhash.h>

#include <cstdio>
#include <map>

#include "export/formats/embedded.hpp"

namespace moe {
namespace {

std::string escaped_html(const std::string& text) {
  std::string result;
  for (const char c : text) switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  return result;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// JSON in which no markup can begin: outside of its texts it has none of these characters.
std::string json_in_page(std::string json) {
  replace_all(json, "<", "\\u003c");
  replace_all(json, ">", "\\u003e");
  replace_all(json, "&", "\\u0026");
  replace_all(json, "\xe2\x80\xa8", "\\u2028");
  replace_all(json, "\xe2\x80\xa9", "\\u2029");
  return json;
}

/// A script in which no markup ends it. Its comments and texts alone may hold such words, where a backslash means
/// nothing.
std::string script_in_page(std::string script) {
  replace_all(script, "</script", "<\\/script");
  replace_all(script, "<!--", "<\\!--");
  return script;
}

/// The template with each {{name}} replaced. What is put in is not looked through.
std::string filled(const std::string& text, const std::map<std::string, std::string>& parts) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t open; (open = text.find("{{", at)) != std::string::npos;) {
    const std::size_t close = text.find("}}", open);
    result.append(text, at, open - at);
    result += parts.at(text.substr(open + 2, close - open - 2));
    at = close + 2;
  }
  return result.append(text, at);
}

std::string hash_of(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char digits[40];
  std::snprintf(digits, sizeof digits, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return digits;
}

}  // namespace

std::string page_of(const PageParts& page) {
  std::string script = "(() => {\n\"use strict\";\n";
  for (const char* const file : {"elements.js", "figure.js", "picture.js", "beside_figure.js", "inputs.js",
                                 "density.js", "what_if.js", "page.js"})
    script += kEmbedded.at(file);
  std::map<std::string, std::string> parts{{"title", escaped_html(page.title)},
                                           {"version", MOE_VERSION},
                                           {"style", kEmbedded.at("page.css")},
                                           {"licences", escaped_html(kEmbedded.at("plot.licences.txt"))},
                                           {"report", json_in_page(page.json)},
                                           {"plot", script_in_page(kEmbedded.at("plot.js"))},
                                           {"model", script_in_page(page.model_script)},
                                           {"script", script_in_page(script + "})();")},
                                           {"nonce", ""}};
  const std::string text = kEmbedded.at("page.html");
  parts["nonce"] = hash_of(filled(text, parts));
  return filled(text, parts);
}

}  // namespace moe
