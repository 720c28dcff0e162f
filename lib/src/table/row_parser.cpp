// Turns records into rows of doubles. Columns with a single simple use have fast paths: a number is read straight from
// the bytes, and a level is looked up by the bytes of its field, quotes included. All other cells are unquoted first.
// The values of a block are collected in memory that is large enough for any block, and copied once their number is
// known.
#include "table/row_parser.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "csv/cell.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr std::size_t kMostLevelsShown = 20;
constexpr double kMissingValue = std::numeric_limits<double>::quiet_NaN();
/// 2^53. Above it, doubles cannot hold every whole number.
constexpr double kInexact = 9007199254740992;

/// Whether the text is a whole number in plain digits, and the double has another value.
bool is_rounded(double value, std::string_view text) {
  text.remove_prefix(!text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0);
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  char digits[400];
  const int size = std::snprintf(digits, sizeof digits, "%.0f", std::abs(value));
  return text != std::string_view(digits, static_cast<std::size_t>(size));
}

/// Why a text is no level of a column that nobody called categorical: it is a date or a number in an odd format.
/// Returns "" for any other text. `hint`: how to call the column categorical.
std::string no_level(std::string_view text, const std::string& hint) {
  const bool date = is_date(text), dressed = is_dressed_number(text);
  if (!date && !dressed && !parse_number(text)) return "";
  if (!date && !dressed && is_number(text)) return "";
  const bool comma = is_decimal_comma(text);
  return (date ? "'" + printable(text) + "' is a date" : not_a_number(text)) + ": " + number_expected(text) +
         (date || (dressed && !comma) ? hint : "");
}

}  // namespace

RowParser::RowParser(const CsvBlocks& blocks, const RowPlan& plan) : blocks_(blocks), plan_(plan) {
  for (const std::string& word : plan.na)
    if (is_number(word)) na_numbers_.push_back(*parse_number(word));
  for (const std::vector<CellUse>& uses : plan.columns) {
    const bool plain = uses.size() == 1 && uses[0].kind == CellUse::Kind::kNumber && !uses[0].check;
    numbers_.push_back(plain && na_numbers_.empty() && !plan.records ? &uses[0] : nullptr);
    const bool level =
        uses.size() == 1 && (uses[0].kind == CellUse::Kind::kFresh || uses[0].kind == CellUse::Kind::kKnown);
    levels_.push_back(level && !plan.records ? &uses[0] : nullptr);
  }
}

/// Makes room for as many records as the text can have.
void RowParser::make_room(const CsvText& text) {
  const auto bytes = static_cast<std::size_t>(text.end - text.begin);
  const std::size_t most = bytes / std::max<std::size_t>(2, plan_.columns.size()) + 1;
  if (room_size_ >= most * plan_.values) return;
  room_size_ = most * plan_.values;
  room_ = std::make_unique_for_overwrite<double[]>(room_size_);  // pages that no row reaches are never allocated
}

ParsedRows RowParser::parse(const CsvBlock& block) {
  ParsedRows out;
  CsvCursor cursor(blocks_.dialect(), block.text);
  make_room(block.text);
  cursor_ = &cursor;
  out_ = &out;
  out.levels.resize(plan_.values);
  out.rounded.resize(plan_.values);
  written_.assign(plan_.values, {});
  spelt_slot_.reset();
  for (const std::vector<CellUse>& uses : plan_.columns)
    for (const CellUse& use : uses)
      if (use.spelt) spelt_slot_ = use.slot;
  out.missing.resize(plan_.values);
  first_record_ = block.number == 0;
  try {
    for (; cursor.next_record(); first_record_ = false) {
      row_ = room_.get() + out.rows * plan_.values;
      if (record())
        ++out.rows;
      else
        ++out.dropped;
    }
  } catch (CsvFault& fault) {
    out.fault = std::move(fault);
  }
  out.lines = cursor.lines();
  out.values = arena_.take(out.rows * plan_.values);
  std::copy_n(room_.get(), out.rows * plan_.values, out.values.get());
  out.texts.resize(out.rows * plan_.texts);
  if (plan_.records) out.records.resize(out.rows);
  return out;
}

/// Reads a record. Returns false where its row is dropped.
bool RowParser::record() {
  CsvCursor& cursor = *cursor_;
  const std::size_t columns = plan_.columns.size();
  dropped_ = false;
  spelt_ = {};
  out_->texts.resize((out_->rows + 1) * plan_.texts);
  if (plan_.records) out_->records.emplace_back();
  for (std::size_t column = 0; column < columns; ++column) {
    if (!cursor.more()) throw blocks_.wrong_count(cursor.record_line(), column);
    if (numbers_[column] != nullptr && number(*numbers_[column])) continue;
    if (levels_[column] != nullptr)
      level(*levels_[column], column);
    else if (plan_.columns[column].empty() && !plan_.records)
      cursor.skip();
    else
      cell(column, cursor.field());
  }
  if (cursor.more()) throw blocks_.wrong_count(cursor.record_line(), columns + cursor.skip_rest());
  if (dropped_) {
    if (plan_.records) out_->records.pop_back();
    return false;
  }
  if (!spelt_.empty()) keep_spelling();
  if (!plan_.check) return true;
  if (const auto wrong = plan_.check(row_))
    throw CsvFault{cursor.record_line(), static_cast<long>(wrong->first), wrong->second};
  return true;
}

/// Reads the cell of a column whose only use is as a number. Returns false, and reads nothing, where the cell is no
/// plain number.
inline bool RowParser::number(const CellUse& use) {
  const char* const begin = cursor_->position();
  double& value = row_[use.slot];
  if (!cursor_->number(value)) return false;
  if (std::abs(value) < kInexact && spelt_slot_ != use.slot) return true;
  std::string_view text(begin, static_cast<std::size_t>(cursor_->position() - begin));
  while (text.back() == '\n' || text.back() == '\r' || text.back() == blocks_.dialect().delimiter)
    text.remove_suffix(1);
  note_number(use, value, text);
  return true;
}

/// Keeps the number's text. Called when it is clear that the row is kept.
void RowParser::keep_spelling() {
  LevelTable& texts = out_->levels[*spelt_slot_];
  texts.insert(spelt_, cursor_->record_line());
  const double value = row_[*spelt_slot_];
  if (value != std::floor(value) || texts.size() > kMostSpelt) spelt_slot_.reset();
}

/// Notes the text of a number whose spelling is to be kept, and of the first number that a double cannot hold.
void RowParser::note_number(const CellUse& use, double value, std::string_view text) {
  if (spelt_slot_ == use.slot) spelt_ = text;
  LevelTable::Level& rounded = out_->rounded[use.slot];
  if (std::abs(value) >= kInexact && rounded.text.empty() && is_rounded(value, text))
    rounded = {std::string(text), cursor_->record_line(), 1};
}

/// Reads the cell of a column whose only use is as a level.
inline void RowParser::level(const CellUse& use, std::size_t column) {
  const std::string_view guess = cursor_->guess();
  const std::size_t found = written_[use.slot].find(guess);
  if (found == LevelTable::kNone) return unknown_level(use, column, guess);
  cursor_->pass(guess);
  take_known(use, found);
}

/// The same for a field that is not known in this spelling.
void RowParser::unknown_level(const CellUse& use, std::size_t column, std::string_view guess) {
  const std::string field(guess);  // a copy, as removing quotes changes the text in place
  const char* const end = guess.data() + guess.size();
  const std::string_view text = cursor_->field();
  if (!is_level(use, text)) return cell(column, text);
  if (!field.empty() && cursor_->position() == end)
    written_[use.slot].add(field, static_cast<std::size_t>(row_[use.slot]));
}

void RowParser::cell(std::size_t column, std::string_view text) {
  if (plan_.records) {
    if (column > 0) out_->records.back() += ',';
    append_csv_field(out_->records.back(), text);
  }
  for (const CellUse& use : plan_.columns[column]) take(use, column, text);
}

/// Whether the cell is missing. For a number the words for a missing value are compared by value, for a level by text.
bool RowParser::is_missing(const CellUse& use, std::string_view text) const {
  const auto is_word = [&](std::string_view word) {
    return std::find(plan_.na.begin(), plan_.na.end(), word) != plan_.na.end();
  };
  if (is_missing_word(text) || is_word(text)) return true;
  if (na_numbers_.empty()) return false;
  const bool by_value = use.known != nullptr ? use.known->by_value() : use.kind == CellUse::Kind::kNumber;
  if (!by_value) {
    const auto other = other_spelling(text);
    return other && is_word(*other);
  }
  const auto value = parse_number(text);
  return value && std::find(na_numbers_.begin(), na_numbers_.end(), *value) != na_numbers_.end();
}

/// If the cell is a level that is known by now, takes it and returns true.
bool RowParser::is_level(const CellUse& use, std::string_view text) {
  const std::size_t found =
      use.kind == CellUse::Kind::kKnown ? use.known->find(text) : out_->levels[use.slot].find(text);
  if (found == LevelTable::kNone) return false;
  take_known(use, found);
  return true;
}

inline void RowParser::take_known(const CellUse& use, std::size_t level) {
  if (use.kind == CellUse::Kind::kFresh) ++out_->levels[use.slot][level].count;
  row_[use.slot] = static_cast<double>(level);
}

void RowParser::take(const CellUse& use, std::size_t column, std::string_view text) {
  if (use.kind == CellUse::Kind::kText) {
    out_->texts[out_->rows * plan_.texts + use.slot] = text;
    return;
  }
  // A text that is already a level does not stand for a missing cell.
  if (use.kind != CellUse::Kind::kNumber && is_level(use, text)) return;
  if (is_missing(use, text)) return take_missing(use, column, text);
  if (use.kind != CellUse::Kind::kNumber) return take_level(use, column, text);
  const std::optional<double> value = parse_number(text);
  if (!value) refuse_text(use, column, text);
  if (!std::isfinite(*value)) refuse(column, not_a_number(text) + ": " + number_expected(text));
  take_number(use, column, *value, text);
}

void RowParser::take_number(const CellUse& use, std::size_t column, double value, std::string_view text) {
  row_[use.slot] = value;
  note_number(use, value, text);
  if (!use.check) return;
  const std::string wrong = use.check(value, text);
  if (!wrong.empty()) refuse(column, wrong);
}

void RowParser::take_level(const CellUse& use, std::size_t column, std::string_view text) {
  if (use.kind == CellUse::Kind::kKnown) {
    row_[use.slot] = use.unknown;
    if (use.unknown >= 0) return;
    refuse(column, std::string("the ") + use.what + " '" + printable(text) + "' was not there in training: expected " +
                       (use.known->names().size() == 1 ? "" : "one of ") +
                       listed(use.known->names(), kMostLevelsShown) + use.hint);
  }
  LevelTable& levels = out_->levels[use.slot];
  const std::size_t number = levels.insert(text, cursor_->record_line());
  ++levels[number].count;
  row_[use.slot] = static_cast<double>(number);
  if (!use.text_only) return;
  if (const std::string wrong = no_level(text, use.hint); !wrong.empty()) refuse(column, wrong);
}

void RowParser::take_missing(const CellUse& use, std::size_t column, std::string_view text) {
  ++out_->missing[use.slot];
  row_[use.slot] = kMissingValue;
  if (use.kind == CellUse::Kind::kKnown) {
    const std::size_t level = use.known->find(kMissingLevel);
    if (level == LevelTable::kNone && use.unknown < 0)
      refuse(column,
             (text.empty() ? std::string("the cell is empty") : "'" + printable(text) + "' stands for no value") +
                 ": expected one of " + listed(use.known->names(), kMostLevelsShown) + use.hint);
    row_[use.slot] = level == LevelTable::kNone ? use.unknown : static_cast<double>(level);
    return;
  }
  if (plan_.drop) {
    dropped_ = true;
    return;
  }
  if (!use.fills || use.surveyed) refuse_missing(use, column, text);
}

void RowParser::refuse_missing(const CellUse& use, std::size_t column, std::string_view text) {
  const std::string sentence =
      use.kind == CellUse::Kind::kNumber
          ? not_a_number(text) + ": " + number_expected(text) + use.missing_hint
          : (text.empty() ? std::string("the cell is empty") : "'" + printable(text) + "' stands for no value") +
                ": expected a " + use.what + use.missing_hint;
  if (!plan_.survey) refuse(column, sentence);
  if (!out_->first_missing) out_->first_missing = CsvFault{cursor_->record_line(), static_cast<long>(column), sentence};
  dropped_ = dropped_ || !use.surveyed;
}

bool RowParser::is_number_column(std::size_t column) const {
  const std::vector<CellUse>& uses = plan_.columns[column];
  return std::any_of(uses.begin(), uses.end(), [](const CellUse& use) { return use.kind == CellUse::Kind::kNumber; });
}

/// Whether an earlier column of the record has a number in it.
bool RowParser::numbers_before(std::size_t column) const {
  for (std::size_t before = 0; before < column; ++before)
    for (const CellUse& use : plan_.columns[before])
      if (use.kind == CellUse::Kind::kNumber && !std::isnan(row_[use.slot])) return true;
  return false;
}

/// Reports text in a column of numbers. If all such columns of the first record have text or are empty, the record is
/// probably a row of units: at least two texts, or one in brackets.
void RowParser::refuse_text(const CellUse& use, std::size_t column, std::string_view text) {
  bool units = first_record_ && !numbers_before(column);
  std::size_t texts = text.starts_with('(') || text.starts_with('[') ? 2 : 1, fields = column + 1;
  for (; cursor_->more(); ++fields) {
    const std::string_view other = cursor_->field();
    if (fields >= plan_.columns.size() || !is_number_column(fields)) continue;
    if (is_missing(plan_.columns[fields].front(), other)) continue;
    units = units && !parse_number(other);
    ++texts;
  }
  const std::string row = std::to_string(blocks_.first_line() + cursor_->record_line() + 1);
  std::string sentence =
      not_a_number(text) + ": " + number_expected(text) + (is_decimal_comma(text) || is_date(text) ? "" : use.hint);
  if (units && texts > 1)
    sentence = not_a_number(text) + ", row " + row + " looks like units: expected numbers, or --skip-rows " + row +
               " to pass over it";
  refuse_record(column, fields, sentence);
}

void RowParser::refuse(std::size_t column, const std::string& sentence) {
  refuse_record(column, column + 1 + cursor_->skip_rest(), sentence);
}

/// Reports a fault in a cell, unless the record has a wrong number of fields: that fault is reported instead.
void RowParser::refuse_record(std::size_t column, std::size_t fields, const std::string& sentence) {
  if (fields != plan_.columns.size()) throw blocks_.wrong_count(cursor_->record_line(), fields);
  throw CsvFault{cursor_->record_line(), static_cast<long>(column), sentence};
}

}  // namespace moe
