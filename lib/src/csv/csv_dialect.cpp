// Finds the delimiter. A separator fits if it occurs in the second record as often as in the first, outside of quotes.
// A small state machine counts all separators at once.
#include "csv/csv_dialect.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "csv/csv_lines.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";
/// The dialect is decided by so many records: a pipe may have sent no more yet.
constexpr std::size_t kRecords = 2;

using Counts = std::array<std::size_t, kDelimiters.size()>;

/// Counts the separators outside of quotes in each record.
class Survey {
 public:
  explicit Survey(const CsvOptions& options) : options_(options) {}

  void add(const char* line) {
    for (; *line != '\0' && !done(); ++line) add(*line);
    if (!done()) add('\n');
  }
  bool done() const { return records_.size() == kRecords; }
  const std::vector<Counts>& records() const { return records_; }
  /// Whether any record ended by a CR without an LF.
  bool carriage_return() const { return carriage_return_; }

 private:
  enum class State { kLineStart, kFieldStart, kPlain, kQuoted, kQuoteInQuotes, kComment };

  void add(char c) {
    const bool ends = c == '\n' || c == '\r';
    if (state_ == State::kQuoted || (state_ == State::kQuoteInQuotes && c == '"')) {
      state_ = c == '"' && state_ == State::kQuoted ? State::kQuoteInQuotes : State::kQuoted;
    } else if (ends) {
      end_record(c);
    } else if (state_ == State::kComment || (state_ == State::kLineStart && c == options_.comment)) {
      state_ = State::kComment;
    } else if (const std::size_t which = delimiter(c); which < counts_.size()) {
      ++counts_[which];
      filled_ = filled_ || c != '\t';
      state_ = State::kFieldStart;
    } else if (c == '"' && (state_ == State::kLineStart || state_ == State::kFieldStart)) {
      filled_ = true;
      state_ = State::kQuoted;
    } else if (c != ' ' && c != '\t') {
      filled_ = true;
      state_ = State::kPlain;
    } else if (state_ == State::kLineStart) {
      state_ = State::kFieldStart;
    }
  }
  std::size_t delimiter(char c) const {
    return options_.delimiter == '\0' || options_.delimiter == c ? kDelimiters.find(c) : kDelimiters.npos;
  }
  void end_record(char c) {
    if (c == '\r') carriage_return_ = true;
    if (filled_) records_.push_back(counts_);
    counts_ = {};
    filled_ = false;
    state_ = State::kLineStart;
  }

  const CsvOptions& options_;
  std::vector<Counts> records_;
  Counts counts_{};
  State state_ = State::kLineStart;
  bool filled_ = false, carriage_return_ = false;
};

std::string quoted(char delimiter) { return delimiter == '\t' ? "a tab" : std::string("'") + delimiter + "'"; }

/// The separators for which `good` is true.
template <class Good>
std::string which(Good&& good) {
  std::string result;
  for (std::size_t i = 0; i < kDelimiters.size(); ++i)
    if (good(i)) result += kDelimiters[i];
  return result;
}

/// The separator that occurs in every record as often as in the first. Where there is none, a separator of the first
/// record.
char find_delimiter(const std::vector<Counts>& records, const std::string& name) {
  if (records.empty()) return ',';
  std::string found = which([&](std::size_t i) {
    return records[0][i] > 0 &&
           std::all_of(records.begin(), records.end(), [&](const Counts& c) { return c[i] == records[0][i]; });
  });
  if (found.empty() && records[0][0] > 0) return ',';
  if (found.empty()) found = which([&](std::size_t i) { return records[0][i] > 0; });
  if (found.size() > 1)
    throw Error(ErrorKind::kData, name + ": both " + quoted(found[0]) + " and " + quoted(found[1]) +
                                      " could stand between the columns: expected --delimiter to say which");
  return found.empty() ? ',' : found[0];
}

}  // namespace

std::optional<CsvDialect> find_dialect(std::string_view head, bool ended, const CsvOptions& options,
                                       const std::string& name) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
    throw Error(ErrorKind::kData,
                name + ": the file is UTF-16: expected UTF-8, as 'iconv -f UTF-16 -t UTF-8' makes of it");
  Survey survey(options);
  // The last line may be incomplete, and a CR at the end may be half of a CRLF.
  const std::string_view lines = ended ? head : head.substr(0, head.find_last_of('\n') + 1);
  const std::string_view text = ended || !lines.empty() ? lines : head.substr(0, head.find_last_of('\r') + 1);
  if (text.empty() && !ended) return std::nullopt;
  if (!ended && text.size() == head.size() && text.back() == '\r') return std::nullopt;
  CsvLines reader(text.substr(0, kLongestLine - 2));
  while (const char* line = survey.done() ? nullptr : reader.next()) survey.add(line);
  if (!survey.done() && !ended) return std::nullopt;
  CsvDialect dialect;
  dialect.comment = options.comment;
  dialect.delimiter = options.delimiter != '\0' ? options.delimiter : find_delimiter(survey.records(), name);
  if (survey.carriage_return()) dialect.line_end = '\r';
  return dialect;
}

std::string name_of_delimiter(char delimiter) {
  return delimiter == ',' ? "commas" : delimiter == ';' ? "semicolons" : delimiter == '\t' ? "tabs" : "pipes";
}

}  // namespace moe
