#include "csv_options.hpp"

#include "moe/error.hpp"

namespace cli {

moe::CsvHeader csv_header(const Arguments& arguments) {
  const std::string header = arguments.text("header");
  if (header == "auto") return moe::CsvHeader::kAutomatic;
  if (header == "yes") return moe::CsvHeader::kYes;
  if (header == "no") return moe::CsvHeader::kNo;
  throw moe::Error(moe::ErrorKind::kUsage, "--header: " + moe::unknown_word("word", header, {"auto", "yes", "no"}));
}

std::string required_model(const Arguments& arguments) {
  if (arguments.has("model")) return arguments.text("model");
  throw moe::Error(moe::ErrorKind::kUsage, "no model: expected -m FILE, or -m - for standard input");
}

}  // namespace cli
