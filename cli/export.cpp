#include "moe/export.hpp"

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

void run(const Arguments& arguments) {
  if (arguments.has("list")) {
    std::string text;
    for (const moe::ExportFormat& format : moe::export_formats())
      text += format.name + std::string(8 - format.name.size(), ' ') + format.help + "\n";
    return print(text);
  }
  if (!arguments.has("format"))
    throw moe::Error(moe::ErrorKind::kUsage, "no format: expected --format with one that 'moe export --list' lists");
  const std::string text = moe::export_model(moe::load_model(required_model(arguments)), arguments.text("format"));
  moe::OutputFile out(arguments.text("output"));
  out.write(text);
  out.commit();
}

}  // namespace

Command export_command() {
  return {"export",
          "Write a model for another tool.",
          {{"a C file to compile into anything", "moe export -m fitted.moe --format c -o model.c"},
           {"every number, for a script", "moe export -m fitted.moe --format json | jq .parameters"}},
          "",
          0,
          {model_option(),
           {"format", "", "FORMAT", "", "what to write"},
           {"list", "", "", "", "list the formats"},
           output_option("where it goes")},
          "",
          run};
}

}  // namespace cli
