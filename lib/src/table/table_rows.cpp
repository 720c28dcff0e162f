// Writes parsed rows into X, y and w. A category with L levels becomes L - 1 inputs of 0 and 1; the first level is the
// reference. A missing number becomes its fill, and perhaps sets an indicator.
#include "table/table_rows.hpp"

#include <cmath>

#include "base/parallel.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// Writes the rows of one block into the dataset.
class Placement {
 public:
  Placement(const RowLayout& layout, const std::vector<Column>& columns, Dataset& data)
      : layout_(layout), columns_(columns), data_(data) {
    for (const Column& column : columns) {
      plain_ = plain_ && column.plain();
      first_.push_back(inputs_);
      inputs_ += column.inputs();
    }
  }

  void place(const TableRows& block, arma::uword first) const {
    const ParsedRows& rows = block.parsed;
    for (std::size_t n = 0; n < rows.rows; ++n) {
      const double* row = rows.values.get() + n * layout_.stride;
      inputs(block, row, data_.X.colptr(first + n));
      others(block, row, first + n);
    }
  }

 private:
  static double code(const TableRows& block, std::size_t slot, double value) {
    if (slot >= block.codes.size() || block.codes[slot].empty() || std::isnan(value)) return value;
    return block.codes[slot][static_cast<std::size_t>(value)];
  }
  void inputs(const TableRows& block, const double* row, double* x) const {
    *x++ = 1;
    if (plain_) {
      std::copy_n(row, layout_.columns, x);
      return;
    }
    std::fill_n(x, inputs_, 0.0);
    for (std::size_t i = 0; i < layout_.columns; ++i) {
      const Column& column = columns_[i];
      double* const first = x + first_[i];
      const bool missing = std::isnan(row[i]);
      if (column.category) {
        // A missing level is the last level.
        const std::size_t level = missing ? column.inputs() : static_cast<std::size_t>(code(block, i, row[i]));
        if (level > 0) first[level - 1] = 1;
      } else {
        *first = missing ? column.fill : row[i];
        if (column.indicator) first[1] = missing ? 1 : 0;
      }
    }
  }
  void others(const TableRows& block, const double* row, arma::uword n) const {
    for (std::size_t t = 0; t < layout_.targets.size(); ++t)
      data_.y(n, t) = code(block, layout_.targets[t], row[layout_.targets[t]]);
    if (layout_.weight) data_.w[n] = row[*layout_.weight];
    if (layout_.trials) data_.trials[n] = row[*layout_.trials];
    if (!layout_.offset && !layout_.exposure) return;
    double offset = layout_.offset ? row[*layout_.offset] : 0;
    if (layout_.exposure) offset += std::log(row[*layout_.exposure]);
    data_.offset[n] = offset;
  }

  const RowLayout& layout_;
  const std::vector<Column>& columns_;
  Dataset& data_;
  bool plain_ = true;
  std::vector<std::size_t> first_;  // for each column, the first of the inputs that it becomes
  std::size_t inputs_ = 0;
};

std::string weight_check(double value, std::string_view) {
  return value < 0 ? "the weight is negative: expected 0 or more" : "";
}

std::string trials_check(double value, std::string_view) {
  if (value < 1) return "this is no number of trials: expected 1 or more";
  return value != std::floor(value) ? "this is no number of trials: expected a whole number" : "";
}

std::string exposure_check(double value, std::string_view) {
  return value > 0 ? "" : "the exposure is not above 0: expected a size or time";
}

}  // namespace

void plan_others(RowPlan& plan, const OtherColumns& others, bool successes, RowLayout& layout) {
  const auto add = [&](std::optional<std::size_t> column, auto check) -> std::optional<std::size_t> {
    if (!column) return std::nullopt;
    CellUse use;
    use.check = check;
    return plan.add(*column, std::move(use)).slot;
  };
  layout.weight = add(others.weight, weight_check);
  layout.trials = add(others.trials, trials_check);
  layout.offset = add(others.offset, nullptr);
  layout.exposure = add(others.exposure, exposure_check);
  layout.stride = plan.values;
  if (!layout.trials || !successes) return;
  plan.check = [target = layout.targets[0], trials = *layout.trials,
                column = *others.trials](const double* row) -> std::optional<std::pair<std::size_t, std::string>> {
    if (!(row[target] > row[trials])) return std::nullopt;
    return std::pair{column, format_number(row[target]) + " successes in " + format_number(row[trials]) +
                                 " trials: expected as many at most"};
  };
}

std::function<std::string(double, std::string_view)> support_check(const std::vector<std::vector<Support>>& supports,
                                                                   std::size_t t) {
  if (supports.empty()) return nullptr;
  return [supports, t](double value, std::string_view cell) -> std::string {
    const std::string expected = expected_of(supports, t, value);
    return expected.empty() ? "" : "'" + printable(cell) + "' is not what the family describes: " + expected;
  };
}

Dataset assemble(std::deque<TableRows>& blocks, const RowLayout& layout, const std::vector<Column>& columns,
                 unsigned threads) {
  std::vector<arma::uword> first;
  arma::uword rows = 0;
  for (const TableRows& block : blocks) {
    first.push_back(rows);
    rows += block.parsed.rows;
  }
  std::size_t inputs = 0;
  for (const Column& column : columns) inputs += column.inputs();
  Dataset data;
  data.X = arma::mat(1 + inputs, rows, arma::fill::none);
  ask_for_huge_pages(data.X.memptr(), data.X.n_elem * sizeof(double));
  data.y = arma::mat(rows, layout.targets.size(), arma::fill::none);
  data.w = arma::vec(rows, arma::fill::ones);
  if (layout.trials) data.trials = arma::vec(rows, arma::fill::none);
  if (layout.offset || layout.exposure) data.offset = arma::vec(rows, arma::fill::none);
  const Placement placement(layout, columns, data);
  parallel_for_without_blas(blocks.size(), threads, [&](std::size_t i) {
    placement.place(blocks[i], first[i]);
    blocks[i].parsed.values.reset();
  });
  blocks.clear();
  return data;
}

void require_weight(const arma::vec& w, const std::string& file) {
  if (w.n_elem == 0) throw Error(ErrorKind::kData, file + ": there are no rows: expected data below the header");
  if (arma::accu(w) <= 0) throw Error(ErrorKind::kData, file + ": every weight is 0: expected rows that count");
}

}  // namespace moe
