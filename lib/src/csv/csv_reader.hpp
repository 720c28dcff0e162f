// What readers of whole tables take from a CsvReader in place of its records.
#pragma once

#include <string>

#include "csv/csv_blocks.hpp"
#include "moe/csv.hpp"

namespace moe {

/// The records to come; whoever takes blocks calls no next().
CsvBlocks& blocks_of(CsvReader& reader);
/// The header's record as it is written, with its line end; "" where the table has none.
const std::string& header_text_of(CsvReader& reader);

}  // namespace moe
