// Rows are dealt out in units: a row, a group, or all rows of one moment. Units are put in an order: at random, at
// random within a stratum, or from the last moment back. Folds take them in turn, the smallest fold first. The rows for
// testing are the first units of that order, or some of each stratum.
#include "moe/split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "csv/cell.hpp"
#include "csv/csv_reader.hpp"
#include "moe/columns.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"
#include "table/level_table.hpp"

namespace moe {
namespace {

/// A stream of the seed that no fit uses.
constexpr std::uint64_t kSplitStream = 29;
/// Shares such as 0.07 are no doubles: 0.07 * 100 is a little above 7.
constexpr double kRounding = 1e-9;

/// The column that says which rows belong together.
struct KeyColumn {
  enum class Kind { kNone, kGroup, kStratum, kMoment };
  Kind kind = Kind::kNone;
  std::size_t column = 0;
};

KeyColumn key_column(const CsvReader& reader, const SplitOptions& options) {
  using Kind = KeyColumn::Kind;
  KeyColumn key;
  std::string before;
  for (const auto& [kind, word, option] :
       {std::tuple{Kind::kGroup, options.group, "--group"}, std::tuple{Kind::kStratum, options.stratify, "--stratify"},
        std::tuple{Kind::kMoment, options.order_by, "--order-by"}}) {
    if (word.empty()) continue;
    if (!before.empty()) throw Error(ErrorKind::kUsage, before + " and " + option + ": expected one of the two");
    before = option;
    key = {kind, *one_column(word, reader.names(), option)};
    reader.require_names({key.column});
  }
  if (key.kind == Kind::kMoment && options.folds > 0)
    throw Error(ErrorKind::kUsage,
                "--order-by: folds would be tested by rows from before their training: expected --test");
  return key;
}

/// Reads records, and the texts of the key column.
class RecordReader {
 public:
  RecordReader(CsvReader& reader, const KeyColumn& key)
      : blocks_(blocks_of(reader)), key_(key), line_(blocks_.first_line()) {
    table_.header = header_text_of(reader);
    table_.delimiter = blocks_.dialect().delimiter;
  }
  void read();

  SplitTable table_{};
  LevelTable texts_{};
  std::vector<std::size_t> text_of_row_{};  // empty without a key
  std::vector<std::string> places_{};       // of the texts

 private:
  void read_block(CsvBlock& block);
  void take_key(std::string_view text, std::size_t line);

  CsvBlocks& blocks_;
  KeyColumn key_;
  std::size_t line_;  // on which the block begins
};

void RecordReader::read() {
  CsvBlock block;
  try {
    while (blocks_.next(block, CsvBlocks::Fill::kAll)) read_block(block);
  } catch (const CsvFault& fault) {
    blocks_.fail(line_, fault);
  }
}

void RecordReader::read_block(CsvBlock& block) {
  const std::string written(block.text.begin, block.text.end);  // a copy, as the cursor removes quotes in place
  CsvCursor cursor(blocks_.dialect(), block.text);
  const std::size_t columns = blocks_.names().size();
  while (cursor.next_record()) {
    const char* const begin = cursor.position();
    std::size_t fields = 0;
    for (; cursor.more(); ++fields)
      if (key_.kind != KeyColumn::Kind::kNone && fields == key_.column)
        take_key(cursor.field(), cursor.record_line());
      else
        cursor.skip();
    if (fields != columns) throw blocks_.wrong_count(cursor.record_line(), fields);
    table_.text.append(written, static_cast<std::size_t>(begin - block.text.begin),
                       static_cast<std::size_t>(cursor.position() - begin));
    table_.ends.push_back(table_.text.size());
  }
  line_ += cursor.lines();
}

void RecordReader::take_key(std::string_view text, std::size_t line) {
  const auto column = static_cast<long>(key_.column);
  if (is_missing_word(text) && key_.kind != KeyColumn::Kind::kStratum)
    throw CsvFault{line, column,
                   (text.empty() ? std::string("the cell is empty") : "'" + printable(text) + "' stands for no value") +
                       ": expected " + (key_.kind == KeyColumn::Kind::kGroup ? "a group" : "a number or a date")};
  const std::size_t known = texts_.size(), found = texts_.insert(text, line);
  if (found == known) places_.push_back(blocks_.place(line_ + line, column));
  text_of_row_.push_back(found);
}

/// Whether the order of such texts, where all are as long, is that of the moments: 2024-01-31, also with a time behind it, as
/// T09:05 or 09:05:30.5Z, but not with another offset from UTC.
bool is_sortable_date(std::string_view text) {
  constexpr std::size_t kLength = 10;  // that of 2024-01-31
  if (text.size() < kLength || text[4] != text[7] || is_number(text.substr(0, 5)) || !is_date(text.substr(0, kLength)))
    return false;
  std::string_view time = text.substr(kLength);
  if (time.empty()) return true;
  if (time.ends_with('Z')) time.remove_suffix(1);
  constexpr std::size_t kColon = 3;  // of " 09:05"
  return time.size() > kColon && (time[0] == 'T' || time[0] == ' ') && time[kColon] == ':' &&
         time.find_first_not_of("0123456789:.", 1) == time.npos;
}

/// The texts from the first to the last moment, those of the same moment together.
std::vector<std::vector<std::size_t>> moments(const LevelTable& texts, const std::vector<std::string>& places) {
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool numbers = texts.size() == 0 || is_number(texts[0].text);
  for (const std::size_t i : order) {
    const std::string& text = texts[i].text;
    const bool fits = numbers ? is_number(text) : is_sortable_date(text) && text.size() == texts[0].text.size();
    if (!fits)
      throw Error(ErrorKind::kData,
                  places[i] + ": '" + printable(text) + "' has no place in the order: expected numbers" +
                      (numbers && i > 0 ? ", as in the rows before"
                                        : ", or dates such as 2024-01-31 or 2024-01-31 09:05, all of one form"));
  }
  const auto value = [&](std::size_t i) { return numbers ? *parse_number(texts[i].text) : 0.0; };
  const auto before = [&](std::size_t a, std::size_t b) {
    return numbers ? value(a) < value(b) : texts[a].text < texts[b].text;
  };
  std::sort(order.begin(), order.end(), before);
  std::vector<std::vector<std::size_t>> result;
  for (const std::size_t i : order) {
    if (result.empty() || before(result.back().back(), i)) result.emplace_back();
    result.back().push_back(i);
  }
  return result;
}

using Units = std::vector<std::vector<std::size_t>>;

/// The rows of each text.
Units rows_of_texts(const RecordReader& read) {
  Units rows(read.texts_.size());
  for (std::size_t row = 0; row < read.text_of_row_.size(); ++row) rows[read.text_of_row_[row]].push_back(row);
  return rows;
}

/// The units in the order in which they are dealt out.
Units units_in_order(const RecordReader& read, KeyColumn::Kind kind, std::uint64_t seed) {
  using Kind = KeyColumn::Kind;
  Random random(seed, kSplitStream);
  Units units;
  if (kind == Kind::kGroup || kind == Kind::kMoment) {
    Units rows = rows_of_texts(read);
    if (kind == Kind::kGroup) {
      for (const std::size_t group : random.permutation(rows.size())) units.push_back(std::move(rows[group]));
      return units;
    }
    for (const std::vector<std::size_t>& moment : moments(read.texts_, read.places_)) {
      units.emplace_back();
      for (const std::size_t text : moment)
        units.back().insert(units.back().end(), rows[text].begin(), rows[text].end());
    }
    std::reverse(units.begin(), units.end());
    return units;
  }
  std::vector<std::size_t> order = random.permutation(read.table_.rows());
  if (kind == Kind::kStratum)
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return read.text_of_row_[a] < read.text_of_row_[b]; });
  for (const std::size_t row : order) units.push_back({row});
  return units;
}

std::string counted_units(std::size_t count, KeyColumn::Kind kind) {
  using Kind = KeyColumn::Kind;
  return counted(count, kind == Kind::kGroup ? "group" : kind == Kind::kMoment ? "moment" : "row");
}

/// The rows for testing that were asked for.
std::size_t rows_for_testing(double test, std::size_t rows) {
  const double count = test < 1 ? std::ceil(test * static_cast<double>(rows) - kRounding) : test;
  if (!(count >= 1) || count != std::floor(count))
    throw Error(ErrorKind::kUsage,
                "--test: '" + format_number(test) + "': expected a share below 1, or a whole number of rows");
  if (count >= static_cast<double>(rows) && test >= 1)
    throw Error(ErrorKind::kData,
                "--test: " + format_number(test) + " of " + counted(rows, "row") + ": expected fewer than there are");
  return std::min(static_cast<std::size_t>(count), rows - 1);
}

/// Puts about so many rows into part 1: the first units, or some of each stratum.
void take_for_testing(const Units& units, std::size_t wanted, bool strata, std::vector<std::size_t>& part) {
  const std::size_t n = units.size();
  if (strata) {  // units are rows in the order of their strata: every n / wanted-th is taken
    for (std::size_t i = 0; i < n; ++i)
      if ((i + 1) * wanted / n > i * wanted / n) part[units[i].front()] = 1;
    return;
  }
  std::size_t taken = 0;
  for (std::size_t i = 0; i + 1 < n && (i == 0 || taken < wanted); ++i) {
    const std::size_t more = taken + units[i].size();
    if (i > 0 && more > wanted && more - wanted >= wanted - taken) return;
    for (const std::size_t row : units[i]) part[row] = 1;
    taken = more;
  }
}

/// Deals the units out, each to the fold with the fewest rows.
void deal(const Units& units, std::size_t folds, std::vector<std::size_t>& part) {
  std::vector<std::size_t> sizes(folds, 0);
  for (const std::vector<std::size_t>& unit : units) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    for (const std::size_t row : unit) part[row] = static_cast<std::size_t>(smallest - sizes.begin()) + 1;
    *smallest += unit.size();
  }
}

}  // namespace

SplitTable split_table(CsvReader& reader, const SplitOptions& options) {
  const KeyColumn key = key_column(reader, options);
  RecordReader read(reader, key);
  read.read();
  const Units units = units_in_order(read, key.kind, options.seed);
  SplitTable result = std::move(read.table_);
  result.units = units.size();
  const std::size_t parts = options.folds > 0 ? options.folds : 2;
  if (result.rows() == 0)
    throw Error(ErrorKind::kData, reader.file_name() + ": there are no rows: expected rows below the header");
  if (units.size() < parts)
    throw Error(ErrorKind::kData, std::to_string(parts) + " parts of " + counted_units(units.size(), key.kind) +
                                      ": expected at least one in each");
  result.part.assign(result.rows(), 0);
  if (options.folds > 0)
    deal(units, options.folds, result.part);
  else
    take_for_testing(units, rows_for_testing(options.test, result.rows()), key.kind == KeyColumn::Kind::kStratum,
                     result.part);
  return result;
}

}  // namespace moe
