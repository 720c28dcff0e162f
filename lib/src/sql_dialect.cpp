#include "sql_dialect.hpp"

#include <algorithm>
#include <cmath>

#include "cell.hpp"
#include "exported_table.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

std::string between(char quote, const std::string& text) {
  std::string result(1, quote);
  for (const char c : text) result += std::string(c == quote ? 2 : 1, c);
  return result + quote;
}

std::string name_in_table(const std::string& column) { return "moe_t." + sql_name(column); }

std::vector<std::string> sql_texts(std::vector<std::string> texts) {
  for (std::string& text : texts) text = sql_text(text);
  return texts;
}

std::string call(const std::string& function, const std::vector<std::string>& of) {
  return function + "(" + join(of) + ")";
}

}  // namespace

std::string sql_name(const std::string& name) { return between('"', name); }
std::string sql_text(const std::string& text) { return between('\'', text); }

std::string sql_table(const std::string& typed) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const bool twice = quoted && typed.compare(i, 2, "\"\"") == 0;
    if (typed[i] == '"' && !twice) {
      quoted = !quoted;
    } else if (typed[i] == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += typed[i];
      i += twice ? 1 : 0;
    }
  }
  std::vector<std::string> names;
  for (const std::string& part : parts) {
    if (part.empty() || quoted)
      throw Error(ErrorKind::kUsage, "--table '" + printable(typed) +
                                         "': expected a name, or schema.name, a part with a dot between double quotes");
    names.push_back(sql_name(part));
  }
  return join(names, ".");
}

SqlDialect::SqlDialect(const std::string& name) : name_(name.empty() ? "duckdb" : name) {
  const std::vector<std::string> known{"duckdb", "postgres", "sqlite"};
  if (std::find(known.begin(), known.end(), name_) == known.end())
    throw Error(ErrorKind::kUsage, "--dialect: " + unknown_word("dialect", name_, known));
}

std::string SqlDialect::number(double value) const {
  std::string text = format_number(value);
  const bool finite = std::isfinite(value);
  if (postgres()) return sql_text(finite ? text : value > 0 ? "Infinity" : "-Infinity") + "::float8";
  if (sqlite())
    text = !finite                                         ? (value > 0 ? "9e999" : "-9e999")
           : text.find_first_of(".e") == std::string::npos ? text + ".0"
                                                           : text;
  if (duckdb()) text = !finite ? sql_text(text) + "::DOUBLE" : text.find('e') == std::string::npos ? text + "e0" : text;
  return text[0] == '-' ? "(" + text + ")" : text;
}

std::string SqlDialect::extreme(bool largest, const std::vector<std::string>& of) const {
  constexpr std::size_t kMost = 100;  // SQLite passes 127 arguments at most
  if (of.size() > kMost) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < of.size(); i += kMost)
      parts.push_back(extreme(largest, {of.begin() + static_cast<std::ptrdiff_t>(i),
                                        of.begin() + static_cast<std::ptrdiff_t>(std::min(of.size(), i + kMost))}));
    return extreme(largest, parts);
  }
  if (of.size() == 1) return of[0];
  return call(sqlite() ? (largest ? "max" : "min") : (largest ? "greatest" : "least"), of);
}

std::string SqlDialect::apply(Formula::Op op, const std::vector<std::string>& of) const {
  using enum Formula::Op;
  switch (op) {
    case kExp:
    case kKernelExp:
      return call(
          "exp",
          {postgres() ? "least(greatest(" + of[0] + ", " + number(kLeastExponent) + "), " + number(709) + ")" : of[0]});
    case kLog:
      return call("ln", of);
    case kSqrt:
      return call("sqrt", of);
    case kAbs:
      return call("abs", of);
    case kFloor:
      return call("floor", of);
    case kTanh:
      return call("tanh", of);
    case kAdd:
      return of[0] + " + " + of[1];
    case kSubtract:
      return of[0] + " - " + of[1];
    case kMultiply:
      return of[0] + " * " + of[1];
    case kDivide:
      return of[0] + " / " + of[1];
    case kMin:
    case kMax:
      return extreme(op == kMax, of);
    case kIfPositive:
      return "CASE WHEN " + of[0] + " > " + number(0) + " THEN " + of[1] + " ELSE " + of[2] + " END";
    default:
      throw Error(ErrorKind::kUsage,
                  "format sql cannot express a function of this family that databases do not know: "
                  "expected --format numpy, c or json");
  }
}

std::string SqlDialect::without_dust(const std::string& x) const {
  return "(" + x + " + " + number(1e-130) + " - " + number(1e-130) + ")";
}

std::string SqlDialect::cell(const std::string& column, const Schema& schema) const {
  const std::string name = name_in_table(column);
  std::string text;
  if (duckdb()) {
    const std::string is_missing = is_one_of(trimmed(this->text(column)), missing_words(schema));
    text = "nullif(coalesce(TRY_CAST(" + name + " AS DOUBLE), CASE WHEN " + is_missing + " THEN NULL ELSE CAST(" +
           name + " AS DOUBLE) END), 'NaN'::DOUBLE)";
  } else if (sqlite()) {
    // CAST takes 0 from a text that is no number. A comparison with a REAL makes a number of a text that is one, and of no other.
    text = "CASE WHEN " + name + " = CAST(" + name + " AS REAL) THEN CAST(" + name + " AS REAL) END";
  } else {
    text = "nullif(CAST(" + name + " AS float8), 'NaN'::float8)";
  }
  for (const double missing : missing_numbers(schema)) text = "nullif(" + text + ", " + number(missing) + ")";
  return text;
}

std::string SqlDialect::text(const std::string& column) const {
  return "CAST(" + name_in_table(column) + " AS " + (duckdb() ? "VARCHAR" : postgres() ? "text" : "TEXT") + ")";
}

std::string SqlDialect::trimmed(const std::string& text) const {
  return (postgres() ? "btrim(" : "trim(") + text + (sqlite() ? ", ' ' || char(9))" : ", ' ' || chr(9))");
}

// DuckDB makes a join of each IN of a few words or more, which took ten times as long as all the rest.
std::string SqlDialect::is_one_of(const std::string& text, const std::vector<std::string>& words) const {
  const std::string list = join(sql_texts(words));
  return duckdb() ? "list_contains([" + list + "], " + text + ")" : text + " IN (" + list + ")";
}

std::string SqlDialect::is_cell(const std::string& column, const Schema& schema) const {
  if (!sqlite()) return "";
  const std::string name = name_in_table(column);
  return name + " IS NULL OR " + name + " = CAST(" + name + " AS REAL) OR " +
         is_one_of(trimmed(text(column)), missing_words(schema));
}

/// Whether the cell is this number, whatever the column's type.
std::string SqlDialect::equals(const Column& category, double number) const {
  const std::string value = this->number(number), text = this->text(category.name);
  // A column without a type of numbers is compared as one by the other side's type.
  if (sqlite()) return name_in_table(category.name) + " = CAST(" + value + " AS REAL)";
  if (duckdb()) return "TRY_CAST(" + text + " AS DOUBLE) = " + value;
  return "CASE WHEN " + text + R"( ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$' THEN )" + text +
         "::float8 = " + value + " ELSE false END";
}

std::string SqlDialect::is_missing(const Column& category, const Schema& schema) const {
  std::vector<std::string> words = missing_words(schema);
  std::erase_if(words, [&](const std::string& word) {
    return std::find(category.levels.begin(), category.levels.end(), word) != category.levels.end();
  });
  words.emplace_back(kMissingLevel);
  const std::string text = trimmed(this->text(category.name));
  std::string result = name_in_table(category.name) + " IS NULL OR " + is_one_of(text, words);
  if (comparison_of(category, schema) == Comparison::kNumber)
    for (const double number : missing_numbers(schema)) result += " OR " + equals(category, number);
  return result;
}

std::string SqlDialect::is_level(const Column& category, const std::string& level, const Schema& schema) const {
  if (level == kMissingLevel) return is_missing(category, schema);
  const Comparison comparison = comparison_of(category, schema);
  if (comparison == Comparison::kNumber) return equals(category, *parse_number(level));
  std::string text = this->text(category.name);
  if (ignores_blanks(category))
    text = trimmed(text);
  else if (sqlite())
    text += " COLLATE BINARY";  // which the column's own would else come before
  if (comparison == Comparison::kBoolean) return "lower(" + text + ") = " + sql_text(in_lower_case(level));
  std::string result = text + " = " + sql_text(level);
  for (const auto& [other, place] : other_spellings(category, schema))
    if (category.levels[place] == level) result += " OR " + text + " = " + sql_text(other);
  return result;
}

// PostgreSQL and SQLite would else put each expression in place of its name, twice where it stands twice, and so double the
// work with every step; DuckDB computes each once, and would hold the whole table in memory between steps.
std::string SqlDialect::step(const std::string& name, const std::string& select) const {
  if (duckdb()) return name + " AS NOT MATERIALIZED (\n" + select + ")";
  return name + " AS NOT MATERIALIZED (\n" + select + (postgres() ? "\nOFFSET 0)" : "\nLIMIT -1 OFFSET 0)");
}

}  // namespace moe
