// Where a text may be cut: after a whole record.
#pragma once

#include <cstddef>
#include <string_view>

#include "csv/csv_dialect.hpp"

namespace moe {

/// The length of the part of `text` that is whole records; 0 for none. `text` begins with a record, and may end
/// anywhere.
std::size_t end_of_records(const CsvDialect& dialect, std::string_view text);

}  // namespace moe
