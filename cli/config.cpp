#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include "config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "moe/error.hpp"
#include "moe/file.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// What is wrong at a place of the file.
[[noreturn]] void refuse_at(const std::string& file, const toml::source_region& place, const std::string& sentence) {
  throw Error(ErrorKind::kUsage, file + ":" + std::to_string(place.begin.line) + ":" +
                                     std::to_string(place.begin.column) + ": " + sentence);
}

std::string whole_file(const std::string& path) {
  if (path == "-")
    throw Error(ErrorKind::kUsage, "--config: standard input is the data's or the model's: expected a file");
  moe::InputFile in(path);
  std::string text;
  char buffer[4096];
  while (const std::size_t count = in.read(buffer, sizeof buffer)) text.append(buffer, count);
  return text;
}

/// The option with that name or letter, or nullptr.
const Option* option_of(const Command& command, std::string_view key) {
  const auto found = std::find_if(command.options.begin(), command.options.end(), [&](const Option& option) {
    return option.name == key || (!option.letter.empty() && option.letter == key);
  });
  return found == command.options.end() ? nullptr : &*found;
}

/// One value as it would be typed, or "" where it cannot be.
std::string typed(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto yes = node.value_exact<bool>()) return *yes ? "yes" : "no";
  if (const auto number = node.value_exact<double>()) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, *number).ptr);
  }
  return "";
}

/// The values of a node. Of an option that takes one value, a list is one value with commas.
std::vector<std::string> values_of(const std::string& file, const Option& option, const toml::node& node) {
  const std::string expected = ": expected " + (option.value.empty() ? "true or false" : option.value);
  if (option.value.empty()) {
    const auto yes = node.value_exact<bool>();
    if (!yes) refuse_at(file, node.source(), option.name + ": no value that it can have" + expected);
    return *yes ? std::vector<std::string>{"yes"} : std::vector<std::string>{};
  }
  std::vector<std::string> values;
  const auto add = [&](const toml::node& one) {
    values.push_back(typed(one));
    if (values.back().empty())
      refuse_at(file, one.source(), option.name + ": no text, number, true or false" + expected);
  };
  if (const toml::array* const list = node.as_array())
    for (const toml::node& one : *list) add(one);
  else
    add(node);
  if (values.empty()) refuse_at(file, node.source(), option.name + ": the list is empty" + expected);
  if (!option.repeatable) values = {moe::join(values, ",")};
  return values;
}

void add_options(const Command& command, const std::string& file, const toml::table& table,
                 std::map<std::string, std::vector<std::string>>& options) {
  std::vector<std::string> here;
  for (const auto& [key, node] : table) {
    const Option* const option = option_of(command, key.str());
    if (option == nullptr) {
      const std::string near = nearest_option(command, std::string(key.str()));
      refuse_at(file, key.source(),
                "unknown option '" + moe::printable(key.str()) + "': expected " +
                    (near.empty() ? "one that 'moe " + command.name + " --help' lists" : near.substr(2)));
    }
    if (option->name == "config") refuse_at(file, key.source(), "config: expected options, and no other file");
    if (std::find(here.begin(), here.end(), option->name) != here.end())
      refuse_at(file, key.source(), "'" + option->name + "' is there already: expected it once");
    here.push_back(option->name);
    std::vector<std::string> values = values_of(file, *option, node);
    if (values.empty())
      options.erase(option->name);
    else
      options[option->name] = std::move(values);
  }
}

}  // namespace

std::map<std::string, std::vector<std::string>> options_in_file(const Command& command, const std::string& path) {
  const std::string text = whole_file(path), file = moe::printable(path, 200);
  toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    std::ostringstream why;
    why << parsed.error().description();
    refuse_at(file, parsed.error().source(), "no TOML: " + why.str() + ": expected lines such as experts = 3");
  }
  toml::table table = std::move(parsed).table(), own;
  const std::vector<std::string> commands = command_names();
  for (const std::string& name : commands)
    if (toml::node* const node = table.get(name); node != nullptr && node->is_table()) {
      if (name == command.name) own = std::move(*node->as_table());
      table.erase(name);
    }
  std::map<std::string, std::vector<std::string>> options;
  add_options(command, file, table, options);
  add_options(command, file, own, options);
  return options;
}

}  // namespace cli
