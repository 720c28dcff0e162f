// Makes a Dataset of parsed rows. This is where columns become inputs.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "moe/dataset.hpp"
#include "table/row_parser.hpp"

namespace moe {

/// The columns of a table that are neither inputs nor targets. Each may be absent.
struct OtherColumns {
  std::optional<std::size_t> weight, trials, offset, exposure;
};

/// Where the values of a row are found among those of a RowPlan. The cells of the input columns come first.
struct RowLayout {
  std::size_t columns = 0, stride = 0;
  std::vector<std::size_t> targets{};
  std::optional<std::size_t> weight{}, trials{}, offset{}, exposure{};
};

/// Adds the other columns to a plan that has the inputs and targets, with checks of their numbers. `successes`: the
/// only target is a number, which may be a count of successes among the trials.
void plan_others(RowPlan& plan, const OtherColumns& others, bool successes, RowLayout& layout);

/// The check of target t for its CellUse.
std::function<std::string(double, std::string_view)> support_check(const std::vector<std::vector<Support>>& supports,
                                                                   std::size_t t);

/// The rows of a block. codes[slot][i] is the number that the block's fresh level i has in the whole table; other slots
/// have no codes.
struct TableRows {
  ParsedRows parsed;
  std::vector<std::vector<double>> codes{};
};

/// Makes one dataset of all rows, in order, with up to `threads` threads. The blocks' memory is freed on the way. A
/// missing number becomes NaN in X where its column has no fill.
Dataset assemble(std::deque<TableRows>& blocks, const RowLayout& layout, const std::vector<Column>& columns,
                 unsigned threads);

/// Throws Error (data) where there are no rows, or all weights are 0.
void require_weight(const arma::vec& w, const std::string& file);

}  // namespace moe
