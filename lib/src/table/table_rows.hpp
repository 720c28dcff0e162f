// Parsed rows become a Dataset: where each value of a row goes, and what a column's cell makes of the inputs.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "moe/dataset.hpp"
#include "table/row_parser.hpp"

namespace moe {

/// Columns of a table beside inputs and target, each there or not.
struct OtherColumns {
  std::optional<std::size_t> weight, trials, offset, exposure;
};

/// Where a row's values stand among those that a RowPlan yields: the cells of the input columns first.
struct RowLayout {
  std::size_t columns = 0, stride = 0;
  std::vector<std::size_t> targets{};
  std::optional<std::size_t> weight{}, trials{}, offset{}, exposure{};
};

/// Plans the columns beside inputs and targets, which are planned, with what their numbers must be; `successes`: whether the only
/// target, a number, counts those of the trials.
void plan_others(RowPlan& plan, const OtherColumns& others, bool successes, RowLayout& layout);

/// What a CellUse checks of target t.
std::function<std::string(double, std::string_view)> support_check(const std::vector<std::vector<Support>>& supports,
                                                                   std::size_t t);

/// The rows of a block, and what its fresh levels are called by all: codes[slot][number in the block]; none for other slots.
struct TableRows {
  ParsedRows parsed;
  std::vector<std::vector<double>> codes{};
};

/// All the rows in their order, which give their memory back. A missing number is NaN in X where its column has no fill.
/// `threads` do it.
Dataset assemble(std::deque<TableRows>& blocks, const RowLayout& layout, const std::vector<Column>& columns,
                 unsigned threads);

/// Throws Error (data) where there are no rows, or none with a weight.
void require_weight(const arma::vec& w, const std::string& file);

}  // namespace moe
