#include "export/sql_names.hpp"

#include <xxhash.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "moe/error.hpp"

namespace moe {
namespace {

std::string between(char quote, const std::string& text) {
  std::string result(1, quote);
  for (const char c : text) result += std::string(c == quote ? 2 : 1, c);
  return result + quote;
}

/// The first `most` bytes, or fewer where the last character would be cut.
std::string cut(const std::string& text, std::size_t most) {
  std::size_t end = std::min(most, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end);
}

/// "_0123abcd": a hash of the text.
std::string mark_of(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::uint64_t hash = XXH64(text.data(), text.size(), 0);
  std::string mark = "_";
  for (int i = 0; i < 8; ++i, hash >>= 4U) mark += kDigits[hash & 15U];
  return mark;
}

}  // namespace

std::string sql_name(const std::string& name) { return between('"', name); }
std::string sql_text(const std::string& text) { return between('\'', text); }

std::vector<std::string> sql_table(const std::string& typed) {
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
  for (const std::string& part : parts)
    if (part.empty() || quoted)
      throw Error(ErrorKind::kUsage, "--table '" + printable(typed) +
                                         "': expected a name, or schema.name, a part with a dot between double quotes");
  return parts;
}

std::string folded(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return name;
}

std::string without_outer_blanks(const std::string& name) {
  const std::vector<std::string> blanks{" ",      "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
                                        "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
                                        "\u2009", "\u200A", "\u202F", "\u205F", "\u3000"};
  std::string_view rest = name;
  const auto at_end = [&](bool front) {
    return std::find_if(blanks.begin(), blanks.end(), [&](const std::string& blank) {
      return front ? rest.starts_with(blank) : rest.ends_with(blank);
    });
  };
  for (auto blank = at_end(true); blank != blanks.end(); blank = at_end(true)) rest.remove_prefix(blank->size());
  for (auto blank = at_end(false); blank != blanks.end(); blank = at_end(false)) rest.remove_suffix(blank->size());
  return rest.empty() ? name : std::string(rest);
}

SqlNames::SqlNames(const Schema& schema, const std::vector<std::string>& table, bool trims)
    : stem_("__moe"), trims_(trims) {
  for (const std::string& part : table) source_ += (source_.empty() ? "" : ".") + sql_name(part);
  std::vector<std::string> taken = table;
  for (const Column& column : columns_of(schema)) taken.push_back(column.name);
  taken.insert(taken.end(), schema.targets.begin(), schema.targets.end());
  taken.insert(taken.end(), {schema.weight, schema.id, schema.trials, schema.offset, schema.exposure});
  const auto begins_one = [&] {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const std::string& name) { return folded(name).rfind(stem_, 0) == 0; });
  };
  while (begins_one()) stem_ += "_";
}

SqlColumn SqlNames::column(const std::string& column) const {
  const std::string any = stem_ + "_any";
  return {cell(column), source_ + " AS " + any, any + "." + sql_name(called(column))};
}

std::vector<std::string> sql_outputs(const std::vector<std::string>& names, std::size_t most, bool folds,
                                     const std::function<void(const std::string&)>& note) {
  // Names that are equal in their first bytes differ at their end, which messages may cut off.
  constexpr std::size_t kMark = 9, kWhole = 200;
  std::set<std::string> known;
  std::vector<std::string> result;
  for (const std::string& name : names) {
    std::string told = name;
    if (name.size() > most || known.count(folds ? folded(name) : name) > 0) {
      told = cut(name, std::min(name.size(), most - kMark)) + mark_of(name);
      if (note)
        note("the column '" + printable(name, kWhole) + "' is called '" + printable(told, kWhole) + "': " +
             (name.size() > most ? "the database keeps " + std::to_string(most) + " bytes of a name"
                                 : "the database takes it for another that differs in capitals alone"));
    }
    if (!known.insert(folds ? folded(told) : told).second)
      throw Error(ErrorKind::kUsage, "format sql: two columns of predictions would be named '" + printable(told) +
                                         "': expected targets by other names");
    result.push_back(told);
  }
  return result;
}

}  // namespace moe
