#include "resume.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "moe/checkpoint.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

using SortedJson = nlohmann::json;
using moe::Error;
using moe::ErrorKind;

/// Options that do not change the result.
constexpr const char* kBeside[] = {"threads", "log",    "checkpoint", "every",   "resume",  "quiet",
                                   "dry-run", "output", "report",     "summary", "require", "config"};
/// Options on how a table is written. They may differ if the rows are the same, which fingerprints of the rows show.
constexpr const char* kOfTables[] = {"header", "delimiter", "comment"};

template <std::size_t size>
bool is_among(const char* const (&names)[size], const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

SortedJson parsed_command(const std::string& words) {
  SortedJson json = SortedJson::parse(words, nullptr, false);
  const auto is_text = [&](const char* name) { return json.contains(name) && json[name].is_string(); };
  if (!json.is_object() || !is_text("rows") || !is_text("validation") || !json.contains("options") ||
      !json["options"].is_object())
    throw Error(ErrorKind::kModel, "--resume: the checkpoint does not say which run it is of");
  return json;
}

std::vector<std::string> values_in(const SortedJson& options, const std::string& name) {
  try {
    return options.at(name).get<std::vector<std::string>>();
  } catch (const SortedJson::exception&) {
    throw Error(ErrorKind::kModel, "--resume: the checkpoint does not say which run it is of");
  }
}

bool same_value(const std::string& a, const std::string& b) {
  const auto x = moe::parse_number(a), y = moe::parse_number(b);
  return a == b || (x && y && *x == *y);
}

/// A word as a shell reads it.
std::string for_shell(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string("_./,:=+@%-").find(c) != std::string::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// The values as a user types them.
std::string shown(const std::vector<std::string>& values) { return moe::printable(moe::join(values, " "), 60); }

}  // namespace

std::string words_of_run(const Arguments& arguments, const moe::Schema& schema, const moe::Dataset& rows,
                         const std::optional<moe::Dataset>& validation) {
  SortedJson options = SortedJson::object();
  for (const auto& [name, values] : arguments.given())
    if (!is_among(kBeside, name)) options[name] = values;
  const SortedJson json{{"options", options},
                        {"rows", moe::fingerprint(schema, rows)},
                        {"validation", validation ? moe::fingerprint(schema, *validation) : ""}};
  return json.dump(-1, ' ', false, SortedJson::error_handler_t::replace);
}

Arguments as_begun(const Arguments& now, const std::string& words) {
  const SortedJson then = parsed_command(words).at("options");
  for (const auto& [name, values] : now.given()) {
    if (is_among(kBeside, name) || is_among(kOfTables, name)) continue;
    const std::vector<std::string> before =
        then.contains(name) ? values_in(then, name) : std::vector<std::string>{now.fallback(name)};
    if (std::equal(values.begin(), values.end(), before.begin(), before.end(), same_value)) continue;
    throw Error(ErrorKind::kUsage, "--" + name + ": '" + shown(values) + "': the checkpoint's run has " +
                                       (before.front().empty() ? "none" : "'" + shown(before) + "'") +
                                       ": expected the same, or no --" + name);
  }
  Arguments result = now;
  for (const auto& [name, values] : then.items())
    if (!now.has(name) && now.knows(name)) result.give(name, values_in(then, name));
  return result;
}

std::string command_to_go_on(const Arguments& arguments, const std::string& checkpoint) {
  std::string command = "moe train --resume " + for_shell(checkpoint);
  const std::string data = arguments.positional(0);
  const bool piped = data.empty() || data == "-";
  if (!piped) command += " " + for_shell(data);
  for (const char* option : kBeside)
    for (const std::string& value : arguments.all(option))
      if (option != std::string("resume"))
        command += std::string(" --") + option + (option == std::string("quiet") ? "" : " " + for_shell(value));
  return command + (piped ? ", with the same rows on standard input" : "");
}

void require_same_rows(const std::string& then, const std::string& now) {
  const SortedJson before = parsed_command(then), after = parsed_command(now);
  for (const char* key : {"rows", "validation"})
    if (before.at(key) != after.at(key))
      throw Error(ErrorKind::kData,
                  std::string("--resume: ") + (std::string(key) == "rows" ? "the rows" : "the rows of --validation") +
                      " are not those of the checkpoint's run: expected the same table, or a model, from which a new "
                      "fit begins");
}

}  // namespace cli
