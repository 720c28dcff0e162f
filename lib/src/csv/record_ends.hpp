// Where a text may be cut: behind a record.
#pragma once

#include <cstddef>
#include <string_view>

#include "csv/csv_dialect.hpp"

namespace moe {

/// Where the last whole record of a text ends that begins with a record: a position behind its line end, or 0 for none. `text` may
/// end anywhere.
std::size_t end_of_records(const CsvDialect& dialect, std::string_view text);

}  // namespace moe
