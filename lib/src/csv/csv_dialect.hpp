// How a table is written (delimiter, comments, line ends), as its first records show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "moe/csv.hpp"

namespace moe {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What the tokenizer must know of the table.
struct CsvDialect {
  char delimiter = ',';
  char comment = '\0';   ///< a line that begins with this character is skipped; '\0': there are no comments
  char line_end = '\n';  ///< '\r' where lines end by CR alone
  /// Whether the tokenizer removes this character around a field.
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && delimiter != '\t'); }
};

/// Finds from the beginning of a table whatever the options do not fix. `ended`: the table has no more text. Returns
/// nothing where the first two records are not complete yet. Throws Error (data) where two separators fit equally well,
/// and for UTF-16. `name` is the name of the file.
std::optional<CsvDialect> find_dialect(std::string_view head, bool ended, const CsvOptions& options,
                                       const std::string& name);

/// The name of a delimiter in messages: "semicolons".
std::string name_of_delimiter(char delimiter);

}  // namespace moe
