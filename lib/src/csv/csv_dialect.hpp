// How a table is written down: found in its first records.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "moe/csv.hpp"

namespace moe {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What the tokenizer must know.
struct CsvDialect {
  char delimiter = ',';
  char comment = '\0';   ///< a line that begins with it is none of the table's; '\0': there are no such lines
  char line_end = '\n';  ///< '\r' where lines end by it alone
  /// Blanks round a field go.
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && delimiter != '\t'); }
};

/// Finds the dialect in the beginning of a table, as the options leave it open; `ended`: there is no more of it. Nothing where
/// its first two records are not whole yet. Throws Error (data) where two separators would do, and for UTF-16; `name` is the
/// file's.
std::optional<CsvDialect> find_dialect(std::string_view head, bool ended, const CsvOptions& options,
                                       const std::string& name);

/// "semicolons".
std::string name_of_delimiter(char delimiter);

}  // namespace moe
