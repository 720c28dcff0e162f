#include "table_notes.hpp"

#include <algorithm>
#include <cstdio>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/select.hpp"

namespace cli {
namespace {

constexpr std::size_t kMostExamples = 4;
/// How many inputs that say nothing are named.
constexpr std::size_t kMostNamed = 20;

std::string merged(const moe::ColumnNote& note) {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < std::min(note.merged.size(), kMostExamples); ++i)
    pairs.push_back(note.merged[i] + " and " + note.merged[i] + ".0");
  const std::size_t more = note.merged.size() - pairs.size();
  const std::string what = note.role == "target" ? "class" : "level";
  return "note: '" + moe::printable(note.name) + "': " + moe::join(pairs) +
         (more > 0 ? " and " + std::to_string(more) + " more pairs" : "") +
         (note.merged.size() == 1 ? " are one " + what + ", " + note.merged[0] : " are one " + what + " each");
}

std::string rounded(const moe::ColumnNote& note) {
  char number[400];
  std::snprintf(number, sizeof number, "%.0f", moe::parse_number(note.rounded).value_or(0));
  const std::string name = moe::printable(note.name);
  return "note: '" + name + "' is taken as a number, and beyond 2^53 not all whole numbers can be told apart: " +
         moe::printable(note.rounded) + " (line " + std::to_string(note.rounded_line) + ") is read as " + number +
         (note.role == "target" ? "; --family categorical takes the cells as classes"
                                : "; --categorical " + name + " takes the cells as text");
}

}  // namespace

std::vector<std::string> table_notes(const moe::TrainingTable& table) {
  std::vector<std::string> notes;
  if (!table.perhaps_names.empty())
    notes.push_back("note: the first row is taken for data: " + moe::listed(table.perhaps_names, kMostExamples) +
                    "; --header yes takes it for the columns' names");
  for (const moe::ColumnNote& note : table.notes) {
    if (!note.merged.empty()) notes.push_back(merged(note));
    if (!note.rounded.empty()) notes.push_back(rounded(note));
  }
  return notes;
}

std::vector<std::string> constant_inputs(const moe::TrainingTable& table) {
  std::vector<std::string> names;
  for (const moe::ColumnNote& note : table.notes)
    if (note.constant && note.role == "input") names.push_back(note.name);
  return names;
}

std::vector<std::string> notes_on_constant_inputs(const moe::TrainingTable& table) {
  const std::vector<std::string> names = constant_inputs(table);
  if (names.empty()) return {};
  return {"note: " + std::to_string(names.size()) +
          (names.size() == 1 ? " input is constant and says" : " inputs are constant and say") +
          " nothing: " + moe::listed(names, kMostNamed)};
}

std::vector<std::string> notes_on_lone_classes(const moe::TrainingTable& table, const std::string& part) {
  const std::vector<std::string> lone = moe::classes_of_one_row(table.schema, table.data);
  if (lone.empty()) return {};
  return {(lone.size() == 1 ? "note: class " : "note: classes ") + moe::listed(lone) +
          (lone.size() == 1 ? " has a single row: it is" : " have a single row each: those are") + " in every " + part +
          "'s training rows, and no " + part + " is judged by it"};
}

}  // namespace cli
