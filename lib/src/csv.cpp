// Records of RFC 4180 from the lines that csv_lines.hpp provides.
#include "moe/csv.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>

#include "csv_lines.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

const char* skip_blanks(const char* text) {
  while (is_blank(*text)) ++text;
  return text;
}

std::string_view trimmed(const char* begin, const char* end) {
  while (begin != end && is_blank(*begin)) ++begin;
  while (begin != end && is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string count(std::size_t n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

bool is_number(std::string_view field) { return std::isfinite(parse_number(field).value_or(NAN)); }

/// A record kept beyond the line that it stood in.
struct Held {
  std::size_t line = 0;
  std::vector<std::string> fields;
};

/// Whether a first record with both names and numbers is a header: the second has a number where it has a name.
bool heads(const Held& first, const Held& second) {
  for (std::size_t i = 0; i < std::min(first.fields.size(), second.fields.size()); ++i)
    if (!is_number(first.fields[i]) && is_number(second.fields[i])) return true;
  return false;
}

}  // namespace

struct CsvReader::State {
  explicit State(const std::string& path) : lines(path) {}

  bool read_record();
  bool hold_record();
  bool next_record();
  void refuse_other_separator() const;
  void split_plain(std::string_view line);
  void split_quoted(const char* line);
  const char* plain_field(const char* at);
  const char* quoted_field(const char* at);
  void take_names();
  std::string place(std::size_t line, std::size_t column) const;
  [[noreturn]] void fail_number(std::size_t column, bool number) const;

  CsvLines lines;
  std::vector<std::string> names;
  std::vector<std::string_view> fields;
  std::string text;               // the fields' text where quotes had to be taken off
  std::vector<std::size_t> ends;  // of each field within text
  std::size_t record_line = 0;
  bool has_header = false;
  std::deque<Held> held;  // records read ahead and not yet handed out
  Held current;           // the one that was, where it had been held
};

bool CsvReader::State::read_record() {
  const char* line = nullptr;
  do {
    line = lines.next();
    if (line == nullptr) return false;
  } while (*skip_blanks(line) == '\0');
  record_line = lines.line();
  fields.clear();
  const std::string_view whole(line);
  if (whole.find('"') == kNowhere) {
    split_plain(whole);
  } else {
    split_quoted(line);
  }
  return true;
}

/// Reads a record ahead.
bool CsvReader::State::hold_record() {
  if (!read_record()) return false;
  held.push_back({record_line, {fields.begin(), fields.end()}});
  return true;
}

/// The next record, held or read.
bool CsvReader::State::next_record() {
  if (held.empty()) return read_record();
  current = std::move(held.front());
  held.pop_front();
  record_line = current.line;
  fields.assign(current.fields.begin(), current.fields.end());
  return true;
}

/// One column whose first cell is full of other separators is a table in another dialect.
void CsvReader::State::refuse_other_separator() const {
  const std::string& cell = held.front().fields.front();
  const std::size_t at = cell.find_first_of(";\t|");
  if (held.front().fields.size() != 1 || at == kNowhere) return;
  const std::string separator = cell[at] == '\t' ? "a tab" : "'" + cell.substr(at, 1) + "'";
  throw Error(ErrorKind::kData, lines.name() + ":" + std::to_string(held.front().line) + ": one column, in which " +
                                    separator +
                                    " looks like the separator: expected ',' between columns and '.' in numbers");
}

void CsvReader::State::split_plain(std::string_view line) {
  const char* const end = line.data() + line.size();
  for (const char* begin = line.data();;) {
    const void* found = std::memchr(begin, ',', static_cast<std::size_t>(end - begin));
    const char* stop = found != nullptr ? static_cast<const char*>(found) : end;
    fields.push_back(trimmed(begin, stop));
    if (stop == end) return;
    begin = stop + 1;
  }
}

void CsvReader::State::split_quoted(const char* line) {
  text.clear();
  ends.clear();
  for (const char* at = line;; ++at) {
    at = skip_blanks(at);
    at = *at == '"' ? quoted_field(at + 1) : plain_field(at);
    ends.push_back(text.size());
    if (*at == '\0') break;
  }
  std::size_t begin = 0;
  for (const std::size_t end : ends) {  // only now: the text moves while it grows
    fields.emplace_back(text.data() + begin, end - begin);
    begin = end;
  }
}

/// Appends the unquoted field at `at` to the text; returns where its separator or the line's end stands.
const char* CsvReader::State::plain_field(const char* at) {
  const char* end = at + std::strcspn(at, ",");
  text += trimmed(at, end);
  return end;
}

/// The same for a quoted field; `at` is behind its first quote, and what it returns may be in a later line.
const char* CsvReader::State::quoted_field(const char* at) {
  const std::size_t opened = lines.line();
  for (;;) {
    const char* quote = std::strchr(at, '"');
    text.append(at, quote != nullptr ? static_cast<std::size_t>(quote - at) : std::strlen(at));
    if (text.size() > kLongestLine) {
      throw Error(ErrorKind::kData, place(opened, ends.size()) +
                                        ": the quote that opens here is not closed within 16 MiB: "
                                        "expected a closing quote");
    }
    if (quote == nullptr) {
      text += '\n';
      at = lines.next();
      if (at != nullptr) continue;
      throw Error(ErrorKind::kData, place(opened, ends.size()) +
                                        ": the quote that opens here is never closed: "
                                        "expected a closing quote");
    }
    if (quote[1] == '"') {
      text += '"';
      at = quote + 2;
      continue;
    }
    const char* after = skip_blanks(quote + 1);
    if (*after == ',' || *after == '\0') return after;
    throw Error(ErrorKind::kData, place(lines.line(), ends.size()) + ": text after the closing quote: '" +
                                      printable(after) + "': expected a comma or the end of the line");
  }
}

/// Makes the first record the header. The first slip in reading order is the one reported.
void CsvReader::State::take_names() {
  std::unordered_set<std::string_view> seen;
  names.reserve(fields.size());
  for (std::size_t column = 0; column < fields.size(); ++column) {
    names.emplace_back(fields[column]);
    const std::string& name = names.back();
    if (name.empty()) {
      throw Error(ErrorKind::kData,
                  place(record_line, column) + ": the name is empty: expected a name for each column");
    }
    if (!seen.insert(name).second) {
      throw Error(ErrorKind::kData, place(record_line, column) + ": the name '" + printable(name) +
                                        "' stands twice: expected each column's name once");
    }
  }
}

std::string CsvReader::State::place(std::size_t line, std::size_t column) const {
  std::string out = lines.name() + ":" + std::to_string(line) + ":" + std::to_string(column + 1);
  if (column < names.size() && !names[column].empty()) out += " " + printable(names[column]);
  return out;
}

void CsvReader::State::fail_number(std::size_t column, bool number) const {
  const std::string_view cell = fields[column];
  std::string decimal(cell);
  std::replace(decimal.begin(), decimal.end(), ',', '.');
  const std::string cell_shown = "'" + printable(cell) + "'";
  std::string expected = "expected a number such as 1.5 or -2e3";
  if (!number && cell.find('.') == kNowhere && parse_number(decimal)) expected = "expected a point as the decimal mark";
  const std::string wrong = cell.find_first_not_of(" \t") == kNowhere ? "the cell is empty"
                            : number                                  ? cell_shown + " is not finite"
                                                                      : cell_shown + " is not a number";
  throw Error(ErrorKind::kData, place(record_line, column) + ": " + wrong + ": " + expected);
}

CsvReader::CsvReader(const std::string& path, CsvHeader header) : state_(std::make_unique<State>(path)) {
  State& state = *state_;
  if (!state.hold_record()) {
    throw Error(ErrorKind::kData, file_name() + ": the file is empty: expected " +
                                      (header == CsvHeader::kNo ? "rows" : "a header and rows"));
  }
  state.refuse_other_separator();
  const std::vector<std::string>& first = state.held[0].fields;
  const auto numbers = static_cast<std::size_t>(std::count_if(first.begin(), first.end(), is_number));
  const bool mixed = numbers > 0 && numbers < first.size();
  state.has_header = header == CsvHeader::kYes || (header == CsvHeader::kAutomatic && numbers == 0);
  if (header == CsvHeader::kAutomatic && mixed && state.hold_record())
    state.has_header = heads(state.held[0], state.held[1]);
  if (state.has_header) {
    state.next_record();
    state.take_names();
    return;
  }
  for (std::size_t column = 1; column <= state.held[0].fields.size(); ++column) {
    state.names.push_back("x" + std::to_string(column));
  }
}

CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::names() const { return state_->names; }

bool CsvReader::next() {
  State& state = *state_;
  if (!state.next_record()) return false;
  if (state.fields.size() == state.names.size()) return true;
  throw Error(ErrorKind::kData, place() + ": " + count(state.fields.size(), "field") + ": expected " +
                                    std::to_string(state.names.size()) + ", as in the " +
                                    (state.has_header ? "header" : "first row"));
}

const std::vector<std::string_view>& CsvReader::fields() const { return state_->fields; }

double CsvReader::number(std::size_t column) const {
  const std::optional<double> value = parse_number(state_->fields[column]);
  if (!value || !std::isfinite(*value)) state_->fail_number(column, value.has_value());
  return *value;
}

std::string CsvReader::place() const { return file_name() + ":" + std::to_string(state_->record_line); }

std::string CsvReader::place(std::size_t column) const { return state_->place(state_->record_line, column); }

const std::string& CsvReader::file_name() const { return state_->lines.name(); }

void append_csv_field(std::string& record, std::string_view field) {
  const bool blank_end = !field.empty() && (is_blank(field.front()) || is_blank(field.back()));
  if (!blank_end && field.find_first_of(",\"\r\n") == kNowhere && !field.starts_with(kByteOrderMark)) {
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
