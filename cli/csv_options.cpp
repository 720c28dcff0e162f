#include "csv_options.hpp"

#include <utility>

#include "moe/error.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

moe::CsvHeader header(const Arguments& arguments) {
  const std::string word = arguments.text("header");
  if (word == "auto") return moe::CsvHeader::kAutomatic;
  if (word == "yes") return moe::CsvHeader::kYes;
  if (word == "no") return moe::CsvHeader::kNo;
  throw Error(ErrorKind::kUsage, "--header: " + moe::unknown_word("word", word, {"auto", "yes", "no"}));
}

char delimiter(const std::string& word) {
  const std::vector<std::pair<std::string, char>> known{
      {"auto", '\0'}, {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}};
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (word == name || (value != '\0' && word == std::string(1, value))) return value;
    names.push_back(name);
  }
  if (word == "\\t") return '\t';
  throw Error(ErrorKind::kUsage, "--delimiter: " + moe::unknown_word("separator", word, names));
}

char comment(const std::string& text) {
  if (text.empty()) return '\0';
  const bool fit = text.size() == 1 && text[0] > ' ' && text[0] <= '~' &&
                   std::string("\",;|+-.0123456789").find(text[0]) == std::string::npos;
  if (fit) return text[0];
  throw Error(ErrorKind::kUsage,
              "--comment: '" + moe::printable(text) + "': expected one character that begins no record, as '#' or '%'");
}

}  // namespace

std::vector<Option> with_csv_options(std::vector<Option> options) {
  const std::vector<Option> csv = in_group(
      Group::kData,
      {{"header", "", "auto|yes|no", "auto",
        "whether the first row names the columns; auto: where its cells are names, no numbers and no words for a "
        "missing cell; where some are, if a name stands above a number. Without names the columns are x1, x2, .."},
       {"delimiter",
        "",
        "WORD",
        "auto",
        "between the cells: comma, semicolon, tab or pipe; auto: the one that the first two records have in common",
        false,
        Group::kData,
        {"auto", "comma", "semicolon", "tab", "pipe"}},
       {"comment", "", "CHAR", "", "pass over lines that begin with this character, as '#'"},
       {"skip-rows", "", "LIST", "",
        "pass over these lines of the file, which count from 1: 2 where units stand below the header, 1-3 where a "
        "title stands above it; " +
            std::to_string(moe::kMostSkippedLine) + " at most"}});
  return joined({std::move(options), csv});
}

moe::CsvOptions csv_options(const Arguments& arguments, const std::vector<std::string>& na) {
  moe::CsvOptions options;
  options.na = na;
  options.header = header(arguments);
  options.delimiter = delimiter(arguments.text("delimiter"));
  options.comment = comment(arguments.text("comment"));
  for (const std::uint64_t line : arguments.ranges("skip-rows", moe::kMostSkippedLine)) options.skip.push_back(line);
  if (arguments.knows("threads")) options.threads = threads(arguments);
  return options;
}

Option unknown_option() {
  return {"unknown",
          "",
          "error|ignore",
          "error",
          "a level of a category that training has not seen: an error, or taken for the reference level (all of the "
          "column's inputs 0)",
          false,
          Group::kData};
}

bool ignore_unknown(const Arguments& arguments) {
  const std::string word = arguments.text("unknown");
  if (word == "error" || word == "ignore") return word == "ignore";
  throw Error(ErrorKind::kUsage, "--unknown: " + moe::unknown_word("word", word, {"error", "ignore"}));
}

moe::Dataset rows_with_target(const Arguments& arguments, moe::CsvReader& reader, const moe::Schema& schema) {
  return moe::TableReader(reader, schema, moe::TableReader::Target::kRequired,
                          {false, false, ignore_unknown(arguments)})
      .rest();
}

std::string required_model(const Arguments& arguments) {
  if (arguments.has("model")) return arguments.text("model");
  throw Error(ErrorKind::kUsage, "no model: expected -m FILE, or -m - for standard input");
}

}  // namespace cli
