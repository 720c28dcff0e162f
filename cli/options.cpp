// Options that several commands have, and what can be said of options without a command.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "command.hpp"

namespace cli {
namespace {

bool is_lower_case(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c); });
}

}  // namespace

std::vector<Option> in_group(Group group, std::vector<Option> options) {
  for (Option& option : options) option.group = group;
  return options;
}

std::vector<Option> joined(const std::vector<std::vector<Option>>& lists) {
  std::vector<Option> result;
  for (const std::vector<Option>& list : lists) result.insert(result.end(), list.begin(), list.end());
  return result;
}

std::vector<std::string> words_of_value(const Option& option) {
  if (!option.words.empty()) return option.words;
  std::vector<std::string> words;
  if (option.value.find('|') == std::string::npos) return words;
  for (std::size_t begin = 0; begin <= option.value.size();) {
    const std::size_t end = std::min(option.value.find('|', begin), option.value.size());
    const std::string word = option.value.substr(begin, end - begin);
    if (is_lower_case(word)) words.push_back(word);
    begin = end + 1;
  }
  return words;
}

bool takes_file(const Option& option) {
  return option.value.find("FILE") != std::string::npos || option.value.find("MODEL") != std::string::npos;
}

Option model_option() { return {"model", "m", "FILE", "", "the model; - is standard input", false, Group::kModel}; }

Option output_option(const std::string& what) {
  return {"output", "o", "FILE", "-", what + "; - is standard output", false, Group::kOutput};
}

Option json_option() { return {"json", "", "", "", "one JSON object instead of a table", false, Group::kOutput}; }

Option threads_option() {
  return {"threads", "", "N", "0", "0: all cores. The result does not depend on it", false, Group::kRun};
}

}  // namespace cli
