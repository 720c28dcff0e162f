// Reads a table for the models and columns that eval judges, and scores them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "moe/dataset.hpp"
#include "moe/scores.hpp"

namespace cli {

/// A model, or the columns of another tool, with what they earn.
struct Judged {
  std::string letter;                       ///< "A", "B", ..: in the order of -m, the columns last
  std::string name;                         ///< the model's file, or the columns' names
  std::shared_ptr<const moe::Model> model;  ///< none for columns
  moe::RowScores scores{};
  std::string objective_name{};
  double objective = 0;
};

/// Predictions of the same rows.
struct Judgement {
  moe::JudgedRows rows;
  std::vector<Judged> of{};  ///< at least one
  std::string group{};       ///< the name of the column of --fold-group; "" for none
  std::string by{};          ///< the same of --by, with
  moe::LevelColumn by_levels{};
};

/// The options that say what is judged, and by which columns.
std::vector<Option> judged_options();
/// Reads and scores. Throws Error: usage for options that contradict each other and models of other targets; and what
/// reading a model and a table throws.
Judgement judge(const Arguments& arguments);

}  // namespace cli
