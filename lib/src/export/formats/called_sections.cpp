#include "export/formats/called_sections.hpp"

#include <cstring>
#include <set>
#include <sstream>

#include "export/formats/embedded.hpp"

namespace moe {

std::string called_sections(const std::vector<std::string>& files, const std::string& text) {
  struct Section {
    std::string name, body;
    std::vector<std::string> calls;
  };
  std::vector<Section> sections;
  for (const std::string& name : files) {
    const char* const file = kEmbedded.at(name);
    std::istringstream lines(std::strstr(file, "\n/*= ") + 1);  // skips what concerns only the file itself
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("/*= ", 0) == 0) {
        std::istringstream words(line.substr(4));
        sections.emplace_back();
        words >> sections.back().name;
        for (std::string word; words >> word && word != "*/";) sections.back().calls.push_back(word);
      } else {
        sections.back().body += line + "\n";
      }
    }
  }
  std::set<std::string> wanted;
  for (std::size_t i = sections.size(); i-- > 0;) {  // functions stand after those that they call
    const Section& section = sections[i];
    if (text.find(section.name + "(") != std::string::npos) wanted.insert(section.name);
    if (wanted.count(section.name) > 0) wanted.insert(section.calls.begin(), section.calls.end());
  }
  std::string result;
  for (const Section& section : sections)
    if (wanted.count(section.name) > 0) result += section.body;
  return result;
}

}  // namespace moe
