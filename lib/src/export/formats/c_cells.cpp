#include "export/formats/c_cells.hpp"

#include <algorithm>
#include <cmath>

#include "export/exported_table.hpp"
#include "export/formats/c_text.hpp"

namespace moe::c_source {

std::string encoding(const std::vector<Column>& columns, Graph::Id inputs, const Statements& statements) {
  std::string text = statements.declaration(inputs);
  arma::uword j = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    const std::string cell = statements.cell(i);
    const auto set = [&](const std::string& value) {
      text += statements.loop(1) + statements.element(inputs, {false, j++}) + " = " + value + ";\n";
    };
    if (column.category) {
      const auto of_missing = missing_level(column);
      for (std::size_t level = 1; level < column.levels.size(); ++level) {
        const std::string is = cell + " == " + std::to_string(level);
        const std::string missing = !of_missing ? cell : level == *of_missing ? "1" : "0";
        set("moe_missing(" + cell + ") ? " + missing + " : " + is + " ? 1 : 0");
      }
    } else if (std::isnan(column.fill)) {
      set(cell);
    } else {
      set("moe_missing(" + cell + ") ? " + literal(column.fill) + " : " + cell);
      if (column.indicator) set("moe_missing(" + cell + ") ? 1 : 0");
    }
  }
  return text;
}

std::string level_function(const std::vector<Column>& columns, const Schema& schema) {
  std::string text = R"(
static char moe_lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/* Whether text is this word, blanks round it aside (rule 1), in any case (2). */
static int moe_is_word(const char *text, const char *word, int rule) {
  while (rule & 1 && (*text == ' ' || *text == '\t')) ++text;
  while (*word && (*text == *word || (rule & 2 && moe_lower(*text) == moe_lower(*word)))) ++text, ++word;
  while (rule & 1 && (*text == ' ' || *text == '\t')) ++text;
  return !*word && !*text;
}

/* A cell of a category as its number in x: NAN where it is missing, -1 where the model does not know it. */
double moe_level(int column, const char *text) {
)";
  const auto words = [](const std::vector<std::string>& all) {
    std::string list;
    for (const std::string& one : all) list += quoted(one) + ", ";
    return "{" + list + "0};\n";
  };
  text += "  static const char *const missing[] = " + words(missing_words(schema));
  std::string counts, table, rules, others, places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<std::string> levels = columns[i].levels;
    if (!levels.empty() && levels.back() == kMissingLevel) levels.pop_back();
    const std::string number = std::to_string(i), separator = i == 0 ? "" : ", ";
    text += "  static const char *const levels_" + number + "[] = " + words(levels);
    table += separator + "levels_" + number;
    std::vector<std::string> spellings;
    std::string levels_of;
    for (const auto& [spelling, level] : other_spellings(columns[i], schema)) {
      spellings.push_back(spelling);
      levels_of += std::to_string(level) + ", ";
    }
    text += "  static const char *const others_" + number + "[] = " + words(spellings);
    text += "  static const int places_" + number + "[] = {" + levels_of + "0};\n";
    others += separator + "others_" + number;
    places += separator + "places_" + number;
    counts += separator + std::to_string(columns[i].category ? std::max<std::size_t>(1, levels.size()) : 0);
    const Comparison comparison = comparison_of(columns[i], schema);
    rules +=
        separator + std::to_string((ignores_blanks(columns[i]) ? 1 : 0) + (comparison == Comparison::kBoolean ? 2 : 0) +
                                   (comparison == Comparison::kNumber ? 4 : 0));
  }
  text += "  static const char *const *const levels[] = {" + table + "};\n";
  text += "  static const char *const *const others[] = {" + others + "}; /* other spellings of levels */\n";
  text += "  static const int *const places[] = {" + places + "};\n";
  text += "  static const int rules[] = {" + rules +
          "}; /* 4: levels are numbers */\n  char *end;\n  double value = strtod(text, &end);\n  int i;\n";
  text += "  if (column < 0 || column >= " + std::to_string(columns.size()) + ") return -1;\n";
  text += R"TEXT(  for (i = 0; levels[column][i]; ++i) {
    if (moe_is_word(text, levels[column][i], rules[column])) return i;
    if (rules[column] & 4 && end != text && moe_is_word(end, "", 1) && value == strtod(levels[column][i], 0)) return i;
  }
  for (i = 0; others[column][i]; ++i)
    if (moe_is_word(text, others[column][i], rules[column])) return places[column][i];
  for (i = 0; missing[i]; ++i)
    if (moe_is_word(text, missing[i], 1)) return NAN;
  return moe_is_word(text, "(missing)", 0) ? NAN : -1;
}
)TEXT";
  text +=
      "\n/* How many levels a column has: 0, it is a number. */\nint moe_levels(int column) {\n  static const int "
      "counts[] = {" +
      counts + "};\n";
  text += "  return column < 0 || column >= " + std::to_string(columns.size()) + " ? 0 : counts[column];\n}\n";
  return text;
}

}  // namespace moe::c_source
