// CsvReader: the header of a table, and its records, whose fields csv_cursor.hpp finds in the blocks of csv_blocks.hpp.
#include "csv/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// A record that is kept when its text is gone.
struct Held {
  std::size_t line = 0;
  std::vector<std::string> fields{};
  std::size_t begin = 0;             // where the record begins in the text
  std::size_t bytes = 0, lines = 0;  // the length of the text up to the record's end
};

/// Reads and keeps the cursor's next record.
std::optional<Held> hold(CsvCursor& cursor, const CsvText& text) {
  if (!cursor.next_record()) return std::nullopt;
  Held record{cursor.record_line()};
  record.begin = static_cast<std::size_t>(cursor.position() - text.begin);
  while (cursor.more()) record.fields.emplace_back(cursor.field());
  record.bytes = static_cast<std::size_t>(cursor.position() - text.begin);
  record.lines = cursor.lines();
  return record;
}

/// Words for a missing cell in other programs. They cannot be names of columns either.
constexpr std::array<std::string_view, 11> kOtherMissing{"na",   "N/A",  "n/a",  "#N/A", "<NA>", "null",
                                                         "NULL", "None", "none", ".",    "-"};

/// Whether a field may be the name of a column: it is no number (finite or not) and no word for a missing cell.
bool is_name(const std::string& field, const std::vector<std::string>& na) {
  const auto is_field = [&](std::string_view word) { return word == field; };
  return !parse_number(field) && !is_missing_word(field) && std::none_of(na.begin(), na.end(), is_field) &&
         std::none_of(kOtherMissing.begin(), kOtherMissing.end(), is_field);
}

/// Whether at least three fields are numbers that count columns from 0, and the other fields are names: "0,1,2,target".
bool counts_beside_names(const Held& first) {
  std::size_t counted = 0;
  for (std::size_t i = 0; i < first.fields.size(); ++i) {
    if (!is_number(first.fields[i])) continue;
    if (first.fields[i] != std::to_string(i)) return false;
    ++counted;
  }
  constexpr std::size_t kNoChance = 3;
  return counted >= kNoChance;
}

/// Fewer numbers may count up by chance. Names that count up are years, or positions from 0 or 1.
constexpr std::size_t kFewestNames = 3;
constexpr double kLargestName = 1e6;

/// Whether the first name is empty and the others count from 0. A data frame without names writes such a header.
bool counts_columns(const Held& first) {
  for (std::size_t i = 1; i < first.fields.size(); ++i)
    if (first.fields[i] != std::to_string(i - 1)) return false;
  return first.fields[0].empty() && first.fields.size() > 1;
}

/// Whether the first record, which the cursor has just read, names the columns. Where only some of its fields can be
/// names, at least one of these must stand above a number.
bool is_header(const Held& first, const CsvOptions& options, CsvCursor& cursor, const CsvText& text) {
  if (options.header != CsvHeader::kAutomatic) return options.header == CsvHeader::kYes;
  const auto name = [&](const std::string& field) { return is_name(field, options.na); };
  const auto lacking = [](const std::string& field) { return field.empty(); };
  const std::vector<std::string>& fields = first.fields;
  if (std::all_of(fields.begin(), fields.end(), lacking)) return true;  // a header whose names are all empty
  if (std::none_of(fields.begin(), fields.end(), name)) return counts_columns(first);
  if (std::all_of(fields.begin(), fields.end(), [&](const auto& field) { return name(field) || lacking(field); }))
    return true;
  if (counts_beside_names(first)) return true;
  const std::optional<Held> second = hold(cursor, text);
  for (std::size_t i = 0; second && i < std::min(fields.size(), second->fields.size()); ++i)
    if (name(fields[i]) && is_number(second->fields[i])) return true;
  return false;
}

}  // namespace

struct CsvReader::State {
  State(const std::string& path, const CsvOptions& options) : blocks(path, options) {}

  void read_header();
  bool next_block();

  CsvBlocks blocks;
  CsvBlock block;
  std::optional<CsvCursor> cursor;
  std::size_t block_line = 0;            // the line on which the block begins
  std::size_t header_line = 0;           // counted from 0
  std::string header_text{};             // as it is written
  std::vector<std::string> first_row{};  // the first row, where there is no header
  std::vector<std::string_view> fields;
};

void CsvReader::State::read_header() {
  const CsvOptions& options = blocks.options();
  const CsvBlock head = blocks.head();
  const std::string written(head.text.begin, head.text.end);  // a copy, as the cursor removes quotes in place
  CsvCursor records(blocks.dialect(), head.text);
  try {
    const std::optional<Held> first = hold(records, head.text);
    if (!first)
      throw Error(ErrorKind::kData, blocks.file_name() + ": the file is empty: expected " +
                                        (options.header == CsvHeader::kNo ? "rows" : "a header and rows"));
    if (is_header(*first, options, records, head.text)) {
      header_line = first->line;
      header_text = written.substr(first->begin, first->bytes - first->begin);
      blocks.take_header(first->bytes, first->lines, first->fields, true);
      return;
    }
    std::vector<std::string> names;
    for (std::size_t column = 1; column <= first->fields.size(); ++column)
      names.push_back("x" + std::to_string(column));
    first_row = first->fields;
    blocks.take_header(0, 0, std::move(names), false);
  } catch (const CsvFault& fault) {
    blocks.fail(0, fault);
  }
}

bool CsvReader::State::next_block() {
  if (cursor) block_line += cursor->lines();
  cursor.reset();
  if (!blocks.next(block, CsvBlocks::Fill::kWhatIsThere)) return false;
  cursor.emplace(blocks.dialect(), block.text);
  return true;
}

CsvReader::CsvReader(const std::string& path, const CsvOptions& options)
    : state_(std::make_unique<State>(path, options)) {
  state_->read_header();
  state_->block_line = state_->blocks.first_line();
}

CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::names() const { return state_->blocks.names(); }

void CsvReader::require_names(const std::vector<std::size_t>& columns) const {
  std::vector<bool> used(names().size());
  for (const std::size_t column : columns) used[column] = true;
  std::unordered_map<std::string_view, std::size_t> first;
  // Reports the first fault in reading order.
  for (std::size_t column = 0; column < names().size(); ++column) {
    const std::string& name = names()[column];
    const auto place = [&, at = static_cast<long>(column)] { return state_->blocks.place(state_->header_line, at); };
    if (name.empty() && used[column])
      throw Error(ErrorKind::kData,
                  place() + ": the name is empty: expected a name for each column, or --features without it" +
                      (column == 0 ? " (from pandas, to_csv(.., index=False))" : ""));
    const auto [at, is_new] = first.try_emplace(name, column);
    if (!is_new && (used[column] || used[at->second]))
      throw Error(ErrorKind::kData,
                  place() + ": the name '" + printable(name) + "' stands twice: expected each column's name once");
  }
}

bool CsvReader::first_row_holds(const std::string& field) const {
  const std::vector<std::string>& row = state_->first_row;
  return std::find(row.begin(), row.end(), field) != row.end();
}

std::vector<std::string> CsvReader::perhaps_names() const {
  const std::vector<std::string>& row = state_->first_row;
  if (state_->blocks.options().header != CsvHeader::kAutomatic || row.size() < kFewestNames) return {};
  const double first = parse_number(row[0]).value_or(-1);
  for (std::size_t i = 0; i < row.size(); ++i)
    if (!(first >= 0 && first < kLargestName) || row[i] != std::to_string(static_cast<std::size_t>(first) + i))
      return {};
  return row;
}

bool CsvReader::next() {
  State& state = *state_;
  try {
    while (!state.cursor || !state.cursor->next_record())
      if (!state.next_block()) return false;
    state.fields.clear();
    while (state.cursor->more()) state.fields.push_back(state.cursor->field());
    if (state.fields.size() == names().size()) return true;
    throw state.blocks.wrong_count(state.cursor->record_line(), state.fields.size());
  } catch (const CsvFault& fault) {
    state.blocks.fail(state.block_line, fault);
  }
}

const std::vector<std::string_view>& CsvReader::fields() const { return state_->fields; }

double CsvReader::number(std::size_t column) const {
  const std::string_view cell = state_->fields[column];
  const std::optional<double> value = parse_number(cell);
  if (value && std::isfinite(*value)) return *value;
  throw Error(ErrorKind::kData, place(column) + ": " + not_a_number(cell) + ": " + number_expected(cell));
}

std::string CsvReader::place() const {
  return state_->blocks.place(state_->block_line + state_->cursor->record_line(), -1);
}

std::string CsvReader::place(std::size_t column) const {
  return state_->blocks.place(state_->block_line + state_->cursor->record_line(), static_cast<long>(column));
}

const std::string& CsvReader::file_name() const { return state_->blocks.file_name(); }

std::string CsvReader::dialect() const {
  const CsvBlocks& blocks = state_->blocks;
  std::string text =
      name_of_delimiter(blocks.dialect().delimiter) + (blocks.has_header() ? ", a header" : ", no header");
  if (blocks.dialect().line_end == '\r') text += ", lines end by CR";
  if (*blocks.compression() != '\0') text += std::string(", ") + blocks.compression();
  return text;
}

unsigned CsvReader::threads() const {
  const unsigned asked = state_->blocks.options().threads;
  return asked > 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
}

CsvBlocks& blocks_of(CsvReader& reader) { return reader.state().blocks; }

const std::string& header_text_of(CsvReader& reader) { return reader.state().header_text; }

void append_csv_field(std::string& record, std::string_view field) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool odd_end = !field.empty() && (is_blank(field.front()) || is_blank(field.back()) || field.front() == '#');
  // A field with another separator is quoted, too: the separators outside of quotes show a reader how the table is
  // written.
  if (!odd_end && field.find_first_of(",;\t|\"\r\n") == kNowhere && !field.starts_with(kByteOrderMark)) {
    record += field;
    return;
  }
  record += '"';
  for (const char c : field) {
    if (c == '"') record += '"';
    record += c;
  }
  record += '"';
}

}  // namespace moe
