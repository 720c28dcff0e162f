// DuckDB, PostgreSQL and SQLite differ in casts, collations, the names of functions, and in what they do with a text
// that is no number. All these differences are in this file; docs/consumers.md lists them with the versions in which
// they were found.
#include "export/sql_dialect.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "export/sql_names.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

std::vector<std::string> sql_texts(std::vector<std::string> texts) {
  for (std::string& text : texts) text = sql_text(text);
  return texts;
}

std::string call(const std::string& function, const std::vector<std::string>& arguments) {
  return function + "(" + join(arguments) + ")";
}

}  // namespace

std::string sql_places(const std::string& subject, const std::vector<TypedLevel>& levels,
                       const std::function<std::string(const TypedLevel&)>& key) {
  if (std::all_of(levels.begin(), levels.end(), [](const TypedLevel& x) { return x.place == kNoLevel; })) return "NULL";
  std::string text = "CASE " + subject;
  for (const TypedLevel& level : levels)
    if (level.place != kNoLevel)
      text += " WHEN " + key(level) + " THEN " + (level.place == kUnclear ? "-1" : std::to_string(level.place));
  return text + " END";
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

std::string SqlDialect::extreme(bool largest, const std::vector<std::string>& arguments) const {
  constexpr std::size_t kMost = 100;  // SQLite allows at most 127 arguments
  if (arguments.size() > kMost) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < arguments.size(); i += kMost)
      parts.push_back(
          extreme(largest, {arguments.begin() + static_cast<std::ptrdiff_t>(i),
                            arguments.begin() + static_cast<std::ptrdiff_t>(std::min(arguments.size(), i + kMost))}));
    return extreme(largest, parts);
  }
  if (arguments.size() == 1) return arguments[0];
  return call(sqlite() ? (largest ? "max" : "min") : (largest ? "greatest" : "least"), arguments);
}

std::string SqlDialect::apply(Expression::Op op, const std::vector<std::string>& arguments) const {
  using enum Expression::Op;
  switch (op) {
    case kExp:
    case kKernelExp:
      return call("exp", {postgres() ? "least(greatest(" + arguments[0] + ", " + number(kLeastExponent) + "), " +
                                           number(709) + ")"
                                     : arguments[0]});
    case kLog:
      return call("ln", arguments);
    case kSqrt:
      return call("sqrt", arguments);
    case kAbs:
      return call("abs", arguments);
    case kFloor:
      return call("floor", arguments);
    case kTanh:
      return call("tanh", arguments);
    case kAdd:
      return arguments[0] + " + " + arguments[1];
    case kSubtract:
      return arguments[0] + " - " + arguments[1];
    case kMultiply:
      return arguments[0] + " * " + arguments[1];
    case kDivide:
      return arguments[0] + " / " + arguments[1];
    case kMin:
    case kMax:
      return extreme(op == kMax, arguments);
    case kIfPositive:
      return "CASE WHEN " + arguments[0] + " > " + number(0) + " THEN " + arguments[1] + " ELSE " + arguments[2] +
             " END";
    default:
      throw Error(ErrorKind::kUsage,
                  "format sql cannot express a function of this family that databases do not know: "
                  "expected --format numpy, c or json");
  }
}

std::string SqlDialect::without_dust(const std::string& x) const {
  return "(" + x + " + " + number(1e-130) + " - " + number(1e-130) + ")";
}

std::string SqlDialect::text(const std::string& cell) const {
  // Compares texts byte by byte, whatever collation the column has.
  if (postgres()) return "CAST(" + cell + " AS text) COLLATE \"C\"";
  return "CAST(" + cell + (duckdb() ? " AS VARCHAR)" : " AS TEXT) COLLATE BINARY");
}

std::string SqlDialect::trimmed(const std::string& text) const {
  return (postgres() ? "btrim(" : "trim(") + text + (sqlite() ? ", ' ' || char(9))" : ", ' ' || chr(9))");
}

// Not IN: DuckDB makes a join of an IN with more than a few words, which took ten times as long as everything else.
std::string SqlDialect::is_one_of(const std::string& text, const std::vector<std::string>& words) const {
  const std::string list = join(sql_texts(words));
  return duckdb() ? "list_contains([" + list + "], " + text + ")" : text + " IN (" + list + ")";
}

std::string SqlDialect::number_of(const std::string& cell) const {
  // Comparing a text with a REAL makes a number of it if it is one. CAST alone would make 0 of other texts.
  if (sqlite()) {
    const std::string largest = number(std::numeric_limits<double>::max());
    return "CASE typeof(" + cell + ") WHEN 'real' THEN " + cell + " WHEN 'integer' THEN CAST(" + cell +
           " AS REAL) WHEN 'text' THEN CASE WHEN " + cell + " <= CAST(" + largest + " AS REAL) AND " + cell +
           " >= CAST(-" + largest + " AS REAL) AND " + text(cell) +
           " NOT GLOB '*[^-+.eE0-9 ' || char(9) || ']*' THEN CAST(" + cell + " AS REAL) END END";
  }
  const std::string of_text = finite_text(trimmed(text(cell)));
  // Not nullif: DuckDB would plan this for a minute with 1,000 columns.
  if (duckdb())
    return "CASE WHEN " + is_plain_number(cell) + " THEN TRY_CAST(" + cell + " AS DOUBLE) ELSE " + of_text + " END";
  const std::string largest = number(kLargestCell);
  // PostgreSQL cannot cast every type to float8, but it can cast any type to text, and text to float8.
  return "nullif(nullif(greatest(least(CASE WHEN " + is_plain_number(cell) + " THEN CAST(" + text(cell) +
         " AS float8) WHEN " + is_boolean(cell) + " THEN CASE " + text(cell) + " WHEN 'true' THEN " + number(1) +
         " WHEN 'false' THEN " + number(0) + " END ELSE " + of_text + " END, " + largest + "), -" + largest + "), " +
         largest + "), -" + largest + ")";
}

std::string SqlDialect::is_finite(const std::string& number) const {
  return postgres() ? number + " IS NOT NULL"
                    : "abs(" + number + ") <= " + this->number(std::numeric_limits<double>::max());
}

std::string SqlDialect::without_nan(const std::string& number) const {
  return duckdb() ? "nullif(" + number + ", 'NaN'::DOUBLE)" : number;
}

/// The number that a text without outer blanks is to moe::parse_number(), or NULL.
std::string SqlDialect::finite_text(const std::string& text) const {
  const std::string mantissa = R"(^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+))", any = mantissa + "([eE][-+]?[0-9]+)?$";
  if (duckdb())
    return "CASE WHEN regexp_matches(" + text + ", '" + any + "') THEN TRY_CAST(" + text + " AS DOUBLE) END";
  // PostgreSQL stops with an error at a text that is too large or too small for a double. So only texts that certainly
  // fit are cast; where that is not obvious, numeric decides.
  const std::string number = "CAST(" + text + " AS float8)", size = "abs(CAST(" + text + " AS numeric))";
  return "CASE WHEN length(" + text + ") < 150 AND " + text + " ~ '" + mantissa + "([eE][-+]?[0-9][0-9]?)?$' THEN " +
         number + " WHEN length(" + text + ") > 10000 OR " + text + " !~ '" + any + "' THEN NULL WHEN " + text +
         " ~ '^[-+]?[.0]+([eE]|$)|[eE]-0*[0-9]{4,}$' THEN " + this->number(0) + " WHEN " + text +
         " ~ '[eE][+]?0*[0-9]{4,}$' THEN NULL WHEN " + size + " > 1e300 THEN NULL WHEN " + size + " < 2.5e-324 THEN " +
         this->number(0) + " ELSE " + number + " END";
}

std::string SqlDialect::is_plain_number(const std::string& cell) const {
  if (duckdb()) return is_number(cell, "BOOLEAN|");
  return "pg_typeof(" + cell + ") = ANY ('{smallint,integer,bigint,real,double precision}'::regtype[])";
}

std::string SqlDialect::is_number(const std::string& cell, const std::string& others) const {
  if (sqlite()) return "typeof(" + cell + ") IN ('integer', 'real')";
  if (duckdb())
    return "typeof(" + cell + ") SIMILAR TO '" + others +
           "U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*'";
  return "pg_typeof(" + cell + ") = ANY ('{smallint,integer,bigint,real,double precision,numeric}'::regtype[])";
}

std::string SqlDialect::is_boolean(const std::string& cell) const {
  if (sqlite()) return "typeof(" + cell + ") = 'integer'";
  return duckdb() ? "typeof(" + cell + ") = 'BOOLEAN'" : "pg_typeof(" + cell + ") = 'boolean'::regtype";
}

/// The text of a boolean, 'true' or 'false'. SQLite stores booleans as 1 and 0.
std::string SqlDialect::boolean_text(const std::string& cell) const {
  return sqlite() ? "CASE " + cell + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END" : text(cell);
}

// Compares by value. The text of 1 in a column of doubles is 1.0 in DuckDB and SQLite. A REAL 0.1 is not the double
// 0.1, but its text is the same.
std::string SqlDialect::place_of_number(const std::string& cell, const std::vector<TypedLevel>& levels) const {
  if (postgres())
    return sql_places("CAST(" + text(cell) + " AS numeric)", levels,
                      [](const TypedLevel& level) { return sql_text(level.text) + "::numeric"; });
  constexpr double kAllWhole = 9007199254740992;  // 2^53: smaller whole numbers are exact in a double
  std::vector<TypedLevel> near, far;
  for (const TypedLevel& level : levels)
    (std::abs(*parse_number(level.text)) < kAllWhole ? near : far).push_back(level);
  const auto value = [&](const TypedLevel& level) { return number(*parse_number(level.text)); };
  std::string of_near = sql_places(duckdb() ? "TRY_CAST(" + text(cell) + " AS DOUBLE)" : cell, near, value);
  if (far.empty()) return of_near;
  return "coalesce(" + of_near + ", " +
         sql_places(text(cell), far, [](const TypedLevel& level) { return sql_text(level.text); }) + ")";
}

/// Compares dates by the texts that the database itself makes of them, in whatever style.
std::string SqlDialect::place_of_day(const SqlColumn& column, const std::string& type, const TypedDays& days) const {
  const auto key = [&](const std::string& day) { return text(type + " " + sql_text(day)); };
  const auto places = [&](const std::vector<TypedLevel>& levels) {
    return sql_places(text(column.cell), levels, [&](const TypedLevel& level) { return key(level.text); });
  };
  if (days.proven.empty()) return places(days.levels);
  std::vector<std::string> proofs;
  for (const std::string& proof : days.proofs) proofs.push_back(key(proof));
  std::vector<TypedLevel> unclear = days.proven;
  for (TypedLevel& level : unclear) level.place = kUnclear;
  return "coalesce(" + places(days.levels) + ", CASE WHEN EXISTS (SELECT 1 FROM " + column.table + " WHERE " +
         text(column.any_cell) + " IN (" + join(proofs) + ")) THEN " + places(days.proven) + " ELSE " +
         places(unclear) + " END)";
}

std::string SqlDialect::place(const SqlColumn& column, const TypedLevels& levels, const std::string& otherwise) const {
  const std::string& cell = column.cell;
  const auto same = [](const TypedLevel& level) { return sql_text(level.text); };
  std::string branches;
  const auto branch = [&](const std::string& type, const std::vector<TypedLevel>& typed, const std::string& places) {
    if (!typed.empty()) branches += " WHEN " + type + " THEN " + places;
  };
  // SQLite's booleans are numbers.
  if (!sqlite() || levels.numbers.empty())
    branch(is_boolean(cell), levels.booleans, sql_places(boolean_text(cell), levels.booleans, same));
  branch(is_number(cell), levels.numbers, place_of_number(cell, levels.numbers));
  if (!sqlite()) {
    const auto is_type = [&](const std::string& type, const std::string& of_duckdb) {
      return duckdb() ? "typeof(" + cell + ") LIKE '" + of_duckdb + "'"
                      : "pg_typeof(" + cell + ") = '" + type + "'::regtype";
    };
    branch(is_type("time", "TIME"), levels.times, sql_places(text(cell), levels.times, [&](const TypedLevel& level) {
             return text("TIME " + sql_text(level.text));
           }));
    const auto days = [&](const std::string& type, const std::string& of_duckdb, const TypedDays& typed_days) {
      if (!typed_days.empty())
        branches += " WHEN " + is_type(type, of_duckdb) + " THEN " + place_of_day(column, type, typed_days);
    };
    days("date", "DATE", levels.dates);
    days("timestamptz", "TIMESTAMP WITH TIME ZONE", levels.zoned_timestamps);
    days("timestamp", "TIMESTAMP%", levels.timestamps);
  }
  return branches.empty() ? otherwise : "CASE" + branches + " ELSE " + otherwise + " END";
}

// PostgreSQL and SQLite would otherwise insert an expression wherever its name is used, and double the work in each
// step where it is used twice. DuckDB computes each expression once, but would keep the whole table in memory between
// materialised steps.
std::string SqlDialect::step(const std::string& name, const std::string& select, bool stored) const {
  if (stored) return name + " AS MATERIALIZED (\n" + select + ")";
  const std::string fence = duckdb() ? "" : postgres() ? "\nOFFSET 0" : "\nLIMIT -1 OFFSET 0";
  return name + " AS NOT MATERIALIZED (\n" + select + fence + ")";
}

}  // namespace moe
