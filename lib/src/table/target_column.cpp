// A target is a number or a class. Unless the user says so, the first cell decides: text means classes. Two whole
// numbers only, such as 0 and 1, become classes at the end.
#include "table/target_column.hpp"

#include <algorithm>
#include <cmath>

#include "csv/cell.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// A target with so few different whole numbers may be meant as classes.
constexpr std::size_t kFew = 10;

/// The labels in order, with the positive one last. Throws Error: data where there is only one class; usage where no
/// class has the positive label.
std::vector<std::string> ordered_labels(const std::vector<std::string>& texts, const std::string& positive,
                                        const std::string& place) {
  std::vector<std::string> labels = ordered_levels(texts);
  if (labels.size() < 2)
    throw Error(ErrorKind::kData,
                place + ": every row is of class '" + printable(labels[0]) + "': expected two classes or more");
  if (positive.empty()) return labels;
  const std::size_t found = KnownLevels(labels).find(trimmed(positive));
  if (found == LevelTable::kNone)
    throw Error(ErrorKind::kUsage, "--positive: " + unknown_word("label", positive, labels));
  const auto at = labels.begin() + static_cast<std::ptrdiff_t>(found);
  std::rotate(at, at + 1, labels.end());
  return labels;
}

}  // namespace

std::vector<double> FreshLevels::add(const LevelTable& levels, std::size_t line) {
  std::vector<double> codes;
  codes.reserve(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::size_t known = all_.size(), number = all_.insert(levels[i].text, line + levels[i].line);
    if (number == known && !malformed_ && !is_utf8(levels[i].text)) malformed_ = number;
    all_[number].count += levels[i].count;
    codes.push_back(static_cast<double>(number));
    if (!overflow_ && all_.size() > kMostLevels) overflow_ = line + levels[i].line;
  }
  return codes;
}

std::optional<CsvFault> FreshLevels::fault(std::size_t column, const std::string& expected) const {
  if (malformed_)
    return CsvFault{all_[*malformed_].line, static_cast<long>(column),
                    "'" + printable(all_[*malformed_].text) +
                        "' is not UTF-8: expected UTF-8, as 'iconv -f LATIN1 -t UTF-8' makes of it"};
  if (!overflow_) return std::nullopt;
  return CsvFault{*overflow_, static_cast<long>(column), "more than " + std::to_string(kMostLevels) + expected};
}

std::vector<double> level_codes(const LevelTable& from, const std::vector<std::string>& to) {
  const KnownLevels known(to);
  std::vector<double> codes;
  for (std::size_t i = 0; i < from.size(); ++i) codes.push_back(static_cast<double>(known.find(from[i].text)));
  return codes;
}

TargetColumn::TargetColumn(const ColumnRequest& request, TargetKind kind, std::size_t t, const std::string& first,
                           const std::string& place)
    : request_(request), kind_(kind), t_(t), first_(place + ": '" + printable(first) + "'") {
  textual_ = kind == TargetKind::kAutomatic && !is_missing_word(first) && !is_number(first) &&
             std::find(request.na.begin(), request.na.end(), first) == request.na.end();
  classes_ = textual_ || kind == TargetKind::kClasses;
}

CellUse TargetColumn::use() const {
  CellUse use;
  use.what = "class";
  use.missing_hint = ", or --missing drop";
  use.spelt = kind_ == TargetKind::kAutomatic && !classes_;
  if (classes_)
    use.kind = CellUse::Kind::kFresh;
  else
    use.check = support_check(request_.supports, t_);
  return use;
}

void TargetColumn::add(TableRows& block, std::size_t slot, std::size_t line) {
  if (classes_) {
    block.codes[slot] = levels_.add(block.parsed.levels[slot], line);
    return;
  }
  const LevelTable& texts = block.parsed.levels[slot];
  for (std::size_t i = 0; i < texts.size() && !many_; ++i) {
    spellings_.insert(texts[i].text, line + texts[i].line);
    const double value = *parse_number(texts[i].text);
    many_ = value != std::floor(value) || spellings_.size() > kMostSpelt;
  }
}

std::optional<CsvFault> TargetColumn::fault(std::size_t column) const {
  return levels_.fault(column, " classes: expected a column of classes, or --family gaussian for a number");
}

std::size_t TargetColumn::few_whole_numbers() const {
  const std::size_t numbers = many_ ? 0 : count_numbers(spellings_.texts());
  return numbers >= 2 && numbers <= kFew ? numbers : 0;
}

/// Throws where the first cell is text but most others are numbers: that is a number with a typing error, not a target
/// of classes.
void TargetColumn::refuse_slip() const {
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < levels_.all().size(); ++i) numbers += is_number(levels_.all()[i].text) ? 1 : 0;
  if (textual_ && 2 * numbers > levels_.all().size())
    throw Error(ErrorKind::kData,
                first_ + " is not a number, and most others are: expected numbers, or --family categorical");
}

std::vector<double> TargetColumn::settle(std::vector<std::string>& labels, const std::string& positive,
                                         const std::string& place) {
  if (!classes_) return {};
  refuse_slip();
  labels = ordered_labels(levels_.all().texts(), positive, place);
  return level_codes(levels_.all(), labels);
}

void TargetColumn::settle_numbers(arma::mat& y, std::vector<std::string>& labels, const std::string& positive,
                                  const std::string& place) const {
  if (few_whole_numbers() != 2) return;
  std::vector<std::string> found = ordered_labels(spellings_.texts(), positive, place);
  const double last = *parse_number(found.back());
  if (found.size() > 2 || last == *parse_number(found.front()))
    throw Error(ErrorKind::kData, place + ": " + printable(join(found)) +
                                      (found.size() > 2 ? " are two whole numbers in more than two spellings"
                                                        : " are the same number as doubles have them") +
                                      ": expected --family categorical to take each text as a class, or --family "
                                      "gaussian for a number");
  labels = std::move(found);
  y.transform([last](double value) { return value == last ? 1.0 : 0.0; });
}

std::vector<std::string> TargetColumn::merged(const std::vector<std::string>& labels) const {
  return merged_levels(labels, classes_ ? levels_.all() : spellings_);
}

}  // namespace moe
