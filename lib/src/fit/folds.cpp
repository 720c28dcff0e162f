// The folds of a cross-validation: random parts of the rows. With classes, each fold has as many rows of each class as
// possible.
#include <algorithm>
#include <map>
#include <set>

#include "moe/error.hpp"
#include "moe/random.hpp"
#include "moe/select.hpp"

namespace moe {
namespace {

/// Streams of the seed; train() and select() use others.
constexpr std::uint64_t kFoldStream = 11, kGroupStream = 13;

/// How many rows of positive weight each class has.
std::vector<std::size_t> class_sizes(const Schema& schema, const Dataset& data) {
  std::vector<std::size_t> sizes(schema.labels.size(), 0);
  for (arma::uword n = 0; n < data.rows() && schema.classes(); ++n)
    if (data.w[n] > 0) ++sizes[static_cast<std::size_t>(data.y[n])];
  return sizes;
}

/// Deals the rows out to the folds one by one, in this order.
std::vector<std::vector<std::size_t>> dealt(const std::vector<std::size_t>& rows, arma::uword folds) {
  if (folds < 2 || folds > rows.size())
    throw Error(ErrorKind::kUsage, std::to_string(folds) + " folds of " + counted(rows.size(), "row") +
                                       ": expected 2 folds or more, and a row in each");
  std::vector<std::vector<std::size_t>> result(folds);
  for (std::size_t i = 0; i < rows.size(); ++i) result[i % folds].push_back(rows[i]);
  for (std::vector<std::size_t>& fold : result) std::sort(fold.begin(), fold.end());
  return result;
}

/// The rows of positive weight in a random order.
std::vector<std::size_t> shuffled_rows(const arma::vec& w, std::uint64_t seed) {
  const arma::uvec rows = arma::find(w > 0);
  Random random(seed, kFoldStream);
  std::vector<std::size_t> result;
  for (const std::size_t i : random.permutation(rows.n_elem)) result.push_back(rows[i]);
  return result;
}

}  // namespace

std::vector<std::vector<std::size_t>> cross_validation_folds(const arma::vec& w, arma::uword folds,
                                                             std::uint64_t seed) {
  return dealt(shuffled_rows(w, seed), folds);
}

std::vector<std::vector<std::size_t>> cross_validation_folds(const Schema& schema, const Dataset& data,
                                                             arma::uword folds, std::uint64_t seed) {
  if (!schema.classes()) return cross_validation_folds(data.w, folds, seed);
  const std::vector<std::size_t> sizes = class_sizes(schema, data);
  const auto class_of = [&](std::size_t row) { return static_cast<std::size_t>(data.y[row]); };
  std::vector<std::size_t> rows = shuffled_rows(data.w, seed);
  std::erase_if(rows, [&](std::size_t row) { return sizes[class_of(row)] == 1; });
  if (rows.empty())
    throw Error(ErrorKind::kData, "no class has a second row, so that there is none to hold out: expected more rows");
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return class_of(a) < class_of(b); });
  return dealt(rows, folds);
}

std::vector<std::vector<std::size_t>> cross_validation_folds(const arma::vec& w, const std::vector<std::size_t>& groups,
                                                             arma::uword folds, std::uint64_t seed) {
  std::map<std::size_t, std::vector<std::size_t>> rows;
  for (std::size_t n = 0; n < groups.size(); ++n)
    if (w[n] > 0) rows[groups[n]].push_back(n);
  if (rows.size() == 1)
    throw Error(ErrorKind::kData, "all rows are of one group, and folds need two: expected another column of groups");
  if (folds < 2 || rows.size() < folds)
    throw Error(ErrorKind::kUsage, std::to_string(folds) + " folds of " + std::to_string(rows.size()) +
                                       " groups: expected 2 folds or more, and a group in each");
  std::vector<std::vector<std::size_t>> parts, result(folds);
  for (auto& [group, own] : rows) parts.push_back(std::move(own));
  const auto smaller = [](const auto& a, const auto& b) { return a.size() < b.size(); };
  for (const std::size_t i : Random(seed, kGroupStream).permutation(parts.size())) {
    std::vector<std::size_t>& fold = *std::min_element(result.begin(), result.end(), smaller);
    fold.insert(fold.end(), parts[i].begin(), parts[i].end());
  }
  for (std::vector<std::size_t>& fold : result) std::sort(fold.begin(), fold.end());
  return result;
}

std::size_t units_of_folds(const arma::vec& w, const std::vector<std::size_t>& groups) {
  const arma::uvec rows = arma::find(w > 0);
  if (groups.empty()) return rows.n_elem;
  std::set<std::size_t> units;
  for (const arma::uword n : rows) units.insert(groups[n]);
  return units.size();
}

std::vector<std::size_t> rows_outside(const std::vector<std::size_t>& fold, const arma::vec& w) {
  std::vector<std::size_t> rows;
  for (std::size_t n = 0; n < w.n_elem; ++n)
    if (w[n] > 0 && !std::binary_search(fold.begin(), fold.end(), n)) rows.push_back(n);
  return rows;
}

std::vector<std::string> classes_of_one_row(const Schema& schema, const Dataset& data) {
  std::vector<std::string> result;
  const std::vector<std::size_t> sizes = class_sizes(schema, data);
  for (std::size_t c = 0; c < sizes.size(); ++c)
    if (sizes[c] == 1) result.push_back(schema.labels[c]);
  return result;
}

}  // namespace moe
