#include "moe/export.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

/// A directory that is made, with its parents, if it does not exist. Unless it is kept, everything that was made is
/// removed again.
class Directory {
 public:
  explicit Directory(const std::string& place) {
    std::error_code problem;
    for (std::filesystem::path at = place; !at.empty() && !std::filesystem::exists(at, problem); at = at.parent_path())
      made_.push_back(at);
    std::filesystem::create_directories(place, problem);
    if (!problem) return;
    remove();
    throw moe::Error(moe::ErrorKind::kIo, place + ": no directory can be made there (" + problem.message() +
                                              "): expected a path where one can be");
  }
  ~Directory() { remove(); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  /// Announces a file that is about to be written into the directory.
  void expect(const std::string& file) {
    if (!made_.empty()) made_.insert(made_.begin(), file);
  }
  void stay() { made_.clear(); }

 private:
  void remove() {
    std::error_code problem;
    for (const std::filesystem::path& one : made_) std::filesystem::remove(one, problem);
  }
  std::vector<std::filesystem::path> made_;  // files first, then directories, the deepest first
};

/// Writes all files. If that fails, no file and no new directory remains.
void write_directory(const std::string& place, const std::vector<moe::ExportedFile>& files) {
  Directory directory(place);
  std::vector<std::unique_ptr<moe::OutputFile>> out;
  for (const moe::ExportedFile& file : files) {
    const std::string path = place + "/" + file.name;
    out.push_back(std::make_unique<moe::OutputFile>(path));
    out.back()->write(file.bytes);
    out.back()->flush();
    directory.expect(path);
  }
  for (const auto& file : out) file->commit();
  directory.stay();
}

void say_notes(const std::vector<moe::ExportedFile>& files) {
  for (const moe::ExportedFile& file : files)
    for (const std::string& note : file.notes) say("note: " + note);
}

void run_export(const Arguments& arguments) {
  if (arguments.has("list")) {
    std::string text;
    for (const moe::ExportFormat& format : moe::export_formats()) {
      text += format.name + std::string(8 - format.name.size(), ' ') + format.help;
      for (const std::string& option : format.options) text += " [--" + option + "]";
      text += "\n";
    }
    return print(text);
  }
  if (!arguments.has("format"))
    throw moe::Error(moe::ErrorKind::kUsage, "no format: expected --format with one that 'moe export --list' lists");
  moe::ExportOptions options;
  options.with = arguments.text("with");
  options.single_precision = arguments.has("float");
  options.dialect = arguments.text("dialect");
  options.table = arguments.text("table");
  options.prefix = arguments.text("prefix");
  options.rows = arguments.has("rows");
  if (arguments.has("unknown")) options.ignore_unknown = ignore_unknown(arguments);
  options.classic = arguments.has("classic");
  const auto files = moe::export_model(moe::load_model(required_model(arguments)), arguments.text("format"), options);
  const std::string place = arguments.text("output");
  const bool standard = place.empty() || place == "-";
  if (files.front().name.empty()) {
    if (standard && isatty(STDOUT_FILENO) && files.front().bytes.find('\0') != std::string::npos)
      throw moe::Error(moe::ErrorKind::kUsage, "standard output is a terminal, and format " + arguments.text("format") +
                                                   " is binary: expected -o FILE or a pipe");
    moe::write_file(place, files.front().bytes);
    return say_notes(files);
  }
  if (standard)
    throw moe::Error(moe::ErrorKind::kUsage,
                     "format " + arguments.text("format") + " is several files: expected -o with a directory for them");
  write_directory(place, files);
  say_notes(files);
}

std::vector<Option> options_of_export() {
  std::vector<std::string> formats;
  for (const moe::ExportFormat& format : moe::export_formats()) formats.push_back(format.name);
  return joined(
      {{model_option()},
       in_group(
           Group::kOutput,
           {{"format", "", "FORMAT", "", "what to write", false, Group::kOutput, formats},
            {"with", "", "WORDS", "",
             "columns beside mean, sd and so on, in the words of predict's --output: median, qP, interval:P and "
             "conformal:P, as interval:0.9,q0.5 (all but json, dot and tfjs)"},
            {"float", "", "", "", "compute in 32 bits (onnx)"},
            {"dialect",
             "",
             "NAME",
             "",
             "of sql: duckdb, postgres or sqlite (duckdb)",
             false,
             Group::kOutput,
             {"duckdb", "postgres", "sqlite"}},
            {"table", "", "NAME", "",
             "of sql: the table that holds the rows, SCHEMA.TABLE too; \"a.b\" is one name (data)"},
            {"prefix", "", "NAME", "",
             "of c: what its names begin with, as moe_predict; of js --classic: NAMEModel (moe)"},
            {"rows", "", "", "",
             "of c: add moe_predict_rows(), which predicts many rows side by side, the same and faster"},
            {"unknown", "", "error|ignore", "",
             "a level of a category that training has not seen: no prediction (error: sql alone, which does so without "
             "a word), or taken for the reference level (ignore: what else reads levels does so without a word)"},
            {"classic", "", "", "",
             "of js: a plain script that sets the name moeModel, for pages that are opened as files"},
            {"list", "", "", "", "list the formats"},
            output_option("where it goes; of a format of several files a directory, made where there is none")})});
}

}  // namespace

Command export_command() {
  return {"export",
          "Write a model for another tool.",
          {{"a C file to compile into anything", "moe export -m fitted.moe --format c -o model.c"},
           {"a graph for ONNX runtimes", "moe export -m fitted.moe --format onnx -o model.onnx"},
           {"a Keras functional model, into a directory", "moe export -m fitted.moe --format tfjs -o model"},
           {"every number, for a script", "moe export -m fitted.moe --format json | jq .parameters"},
           {"a SELECT that adds moe_mean, moe_gate_1 .. to a table's columns",
            "moe export -m fitted.moe --format sql --dialect sqlite --table houses | sqlite3 houses.db"}},
          "",
          0,
          options_of_export(),
          "",
          run_export};
}

}  // namespace cli
