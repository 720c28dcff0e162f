// What readers of whole tables take from a CsvReader in place of its records.
#pragma once

#include "csv/csv_blocks.hpp"
#include "moe/csv.hpp"

namespace moe {

/// The records to come; whoever takes blocks calls no next().
CsvBlocks& blocks_of(CsvReader& reader);

}  // namespace moe
