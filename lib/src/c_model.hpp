// What is behind a moe_model of moe.h, and the caller's rows for it.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "moe/model.hpp"
#include "moe/moe.h"
#include "table/levels.hpp"
#include "table/row_parser.hpp"
#include "table/table_rows.hpp"

/// What moe.h hands out: a model, with whatever is computed once and needed in each call.
struct moe_model {
  explicit moe_model(moe::Model opened);
  /// The number for a cell of that text: its value, or that of its level. NaN: missing, or no number; -1: no level.
  double value_of(std::size_t column, const char* text) const;
  /// Rows first .. first + count - 1 of the caller's, which must outlive them; `y` may be NULL. Throws Error (data) for
  /// a number of which no input or target can be made.
  moe::Dataset dataset(const double* x, const double* y, std::size_t first, std::size_t count) const;

  moe::Model model;
  std::vector<moe::Column> inputs;
  std::vector<std::string> columns;  // the columns of a row: those of the inputs, then the others
  std::deque<moe::KnownLevels> levels;
  std::vector<std::string> families;
  moe::RowPlan plan;  // has the checks of each column
  moe::RowLayout layout;
};
