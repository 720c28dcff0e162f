#include "moe/split.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/numeric.hpp"
#include "overwriting.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// Each fold with files takes two files, which are open until all are written.
constexpr std::uint64_t kMostFolds = 1000, kMostFoldsInFiles = 100;
/// What stands for a fold's number in the name of a file.
constexpr const char* kNumber = "{}";

moe::SplitOptions split_options(const Arguments& arguments) {
  moe::SplitOptions options;
  if (arguments.has("folds")) {
    if (arguments.has("test"))
      throw Error(ErrorKind::kUsage, "--folds: each fold is tested once: expected it without --test");
    options.folds = arguments.count("folds", 2, kMostFolds);
  } else {
    options.test = arguments.number("test", 0, 1e15);
    if (options.test == 0 || (options.test >= 1 && options.test != std::floor(options.test)))
      throw Error(ErrorKind::kUsage, "--test: '" + moe::printable(arguments.text("test")) +
                                         "': expected a share between 0 and 1, or a whole number of rows");
  }
  options.group = arguments.text("group");
  options.stratify = arguments.text("stratify");
  options.order_by = arguments.text("order-by");
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  return options;
}

/// The files that are asked for; "" where one is not.
struct Names {
  std::string train, test;
  bool any() const { return !train.empty() || !test.empty(); }
};

Names names_of_files(const Arguments& arguments, bool folds) {
  Names names{arguments.text("train-output"), arguments.text("test-output")};
  if (names.any() && (arguments.has("output") || arguments.has("column")))
    throw Error(ErrorKind::kUsage, std::string(arguments.has("output") ? "--output" : "--column") +
                                       ": the whole table with a column more is written where no parts are: expected "
                                       "it without --train-output and --test-output");
  for (const auto& [option, name] : {std::pair{"--train-output", names.train}, std::pair{"--test-output", names.test}})
    if (folds && !name.empty() && name.find(kNumber) == name.npos)
      throw Error(ErrorKind::kUsage, std::string(option) + ": '" + moe::printable(name) +
                                         "' is one file for several folds: expected {} in its name, for the number");
  return names;
}

std::string numbered(std::string name, std::size_t fold) {
  for (std::size_t at = 0; (at = name.find(kNumber, at)) != name.npos;) {
    const std::string number = std::to_string(fold);
    name.replace(at, 2, number);
    at += number.size();
  }
  return name;
}

/// A part of the rows, and its file.
struct Part {
  std::size_t number;  ///< the rows of this part, or all others
  bool others;
  std::string name;
  std::size_t rows = 0;
};

std::vector<Part> parts_to_write(const Names& names, std::size_t folds) {
  std::vector<Part> parts;
  for (std::size_t fold = 1; fold <= std::max<std::size_t>(folds, 1); ++fold) {
    const auto name = [&](const std::string& given) { return folds > 0 ? numbered(given, fold) : given; };
    if (!names.train.empty()) parts.push_back({fold, true, name(names.train)});
    if (!names.test.empty()) parts.push_back({fold, false, name(names.test)});
  }
  return parts;
}

/// Writes all parts; none is there before all are written.
void write_parts(const moe::SplitTable& table, std::vector<Part>& parts, std::deque<moe::OutputFile>& files) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    files[i].write(table.header);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if ((table.part[row] == parts[i].number) == parts[i].others) continue;
      files[i].write(table.record(row));
      ++parts[i].rows;
    }
    files[i].flush();
  }
  for (moe::OutputFile& file : files) file.commit();
}

/// Where the record's line end begins.
std::size_t end_of_fields(std::string_view record) {
  const std::size_t last = record.find_last_not_of("\r\n");
  return last == record.npos ? 0 : last + 1;
}

/// The table with a column more.
void write_whole(const moe::SplitTable& table, const std::string& column, bool folds, moe::OutputFile& out) {
  const auto with = [&](std::string_view record, std::string_view cell) {
    const std::size_t end = end_of_fields(record);
    out.write(record.substr(0, end));
    out.write({&table.delimiter, 1});
    out.write(cell);
    out.write(record.substr(end));
  };
  std::string name;
  moe::append_csv_field(name, column);
  if (!table.header.empty()) with(table.header, name);
  for (std::size_t row = 0; row < table.rows(); ++row)
    with(table.record(row), folds ? std::to_string(table.part[row]) : table.part[row] == 1 ? "test" : "train");
  out.commit();
}

void say_sizes(const moe::SplitTable& table, const std::vector<Part>& parts, const Arguments& arguments) {
  if (arguments.has("quiet")) return;
  std::string what = moe::counted(table.rows(), "row");
  if (arguments.has("group")) what += ", " + moe::counted(table.units, "group");
  if (arguments.has("order-by")) what += ", " + moe::counted(table.units, "moment");
  std::vector<std::string> sizes;
  constexpr std::size_t kMost = 10;
  for (const Part& part : parts)
    if (sizes.size() < kMost) sizes.push_back(std::to_string(part.rows) + " to " + moe::printable(part.name));
  if (parts.size() > kMost) sizes.push_back("and so on");
  if (parts.empty()) {
    const auto test = std::count(table.part.begin(), table.part.end(), std::size_t{1});
    sizes.push_back(std::to_string(test) + (arguments.has("folds") ? " in fold 1" : " for testing"));
  }
  say(what + ": " + moe::join(sizes));
}

void run_split(const Arguments& arguments) {
  const moe::SplitOptions options = split_options(arguments);
  const Names names = names_of_files(arguments, options.folds > 0);
  if (names.any() && options.folds > kMostFoldsInFiles)
    throw Error(ErrorKind::kUsage, "--folds: " + std::to_string(options.folds) + " folds, each with files: expected " +
                                       std::to_string(kMostFoldsInFiles) + " at most, or a column of folds");
  std::vector<Part> parts = parts_to_write(names, options.folds);
  for (const Part& part : parts)
    require_other_output("split", arguments, part.others ? "train-output" : "test-output", part.name);
  moe::CsvReader reader(data_path(arguments.positional(0)), csv_options(arguments, {}));
  const std::string fallback = options.folds > 0 ? "fold" : "part";
  const std::string column = arguments.has("column") ? arguments.text("column") : fallback;
  const std::vector<std::string>& before = reader.names();
  if (!names.any() && std::find(before.begin(), before.end(), column) != before.end())
    throw Error(ErrorKind::kUsage, "--column: the table has a column '" + moe::printable(column) +
                                       "': expected another name for the new one");
  std::deque<moe::OutputFile> files;  // before the rows are read, so that an error is reported at once
  for (const Part& part : parts) files.emplace_back(part.name);
  if (!names.any()) files.emplace_back(arguments.text("output"));
  const moe::SplitTable table = moe::split_table(reader, options);
  if (names.any())
    write_parts(table, parts, files);
  else
    write_whole(table, column, options.folds > 0, files.front());
  say_sizes(table, parts, arguments);
}

std::vector<Option> options_of_split() {
  return with_csv_options(joined(
      {in_group(Group::kData,
                {{"test", "", "P|N", "0.2",
                  "the rows for testing: a share below 1, which is rounded up, or a number of rows"},
                 {"folds", "", "K", "", "K parts, each of which is tested once, by a model of the others"},
                 {"group", "", "COL", "", "rows with the same text in this column stay together"},
                 {"stratify", "", "COL", "",
                  "each part has as many rows of each text in this column as possible, for example of each class"},
                 {"order-by", "", "COL", "",
                  "the last rows by this column are for testing: numbers, or dates such as 2024-01-31; rows of one "
                  "moment stay together"}}),
       in_group(Group::kOutput,
                {{"train-output", "", "FILE", "",
                  "where the rows for training go; with --folds {} in it is the fold's number"},
                 {"test-output", "", "FILE", "", "the same of the rows for testing"},
                 {"column", "", "NAME", "",
                  "without these files: the name of the new column, which is 'part', with train and test in it, or of "
                  "--folds 'fold', with 1 to K"},
                 output_option("without --train-output and --test-output: where the table goes, with a column that "
                               "says which part a row is of")}),
       {{"seed", "", "N", "1", "of what is random; the same rows and seed give the same parts"}}}));
}

}  // namespace

Command split_command() {
  return {"split",
          "Cut a table into rows for training and rows for testing, or into folds. The rows stay as they are written.",
          {{"a fifth of the rows for testing",
            "moe split data.csv --test 0.2 --train-output train.csv --test-output test.csv"},
           {"the rows of a customer stay together",
            "moe split data.csv --group customer --train-output train.csv --test-output test.csv"},
           {"the last 1,000 rows for testing",
            "moe split data.csv --order-by date --test 1000 --train-output train.csv --test-output test.csv"},
           {"five folds, each with two files",
            "moe split data.csv --folds 5 --train-output train_{}.csv --test-output test_{}.csv"},
           {"the same as a column", "moe split data.csv --folds 5 -o folds.csv"}},
          "[DATA]",
          1,
          options_of_split(),
          "Rows keep their order and their bytes: quotes, blanks and numbers are passed on. Comments, empty lines and "
          "compression are not.\n"
          "All files appear when the last one is written, or none does. The table is kept in memory.",
          run_split};
}

}  // namespace cli
