// Every name that a user can type. Help texts, error messages and the laws that the tests run over everything read from here.
#pragma once

#include <string>
#include <vector>

namespace moe {

struct Word {
  std::string name;
  std::string help;                   ///< one line
  std::vector<std::string> examples;  ///< specifications to try it with; just the name where it takes no arguments
};

std::vector<Word> network_words();
std::vector<Word> family_words();
/// What describes several targets, at two targets each.
std::vector<Word> several_family_words();
std::vector<Word> gate_words();
std::vector<Word> objective_words();
std::vector<Word> solver_words();

/// The names alone.
std::vector<std::string> names(const std::vector<Word>& words);

}  // namespace moe
