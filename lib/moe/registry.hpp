// All names that a user can type. Help texts, error messages and the laws that tests check for everything read them
// from here.
#pragma once

#include <string>
#include <vector>

namespace moe {

struct Word {
  std::string name;
  std::string help;                   ///< one line
  std::vector<std::string> examples;  ///< specifications for trying it; just the name where it takes no arguments
};

std::vector<Word> network_words();
std::vector<Word> family_words();
/// Families of several targets, each for two targets.
std::vector<Word> several_family_words();
std::vector<Word> gate_words();
std::vector<Word> objective_words();
std::vector<Word> solver_words();

/// Just the names.
std::vector<std::string> names(const std::vector<Word>& words);

}  // namespace moe
