#include "moe/import.hpp"

#include "command.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

void run_import(const Arguments& arguments) {
  moe::save_model(moe::import_model(data_path(arguments.positional(0))), arguments.text("output"));
}

}  // namespace

Command import_command() {
  return {
      "import",
      "Read a model from its JSON, edited by hand or made by a script.",
      {{"change a model by hand",
        "moe export -m fitted.moe --format json -o m.json; $EDITOR m.json; moe import m.json -o m.moe"},
       {"or by a program", "moe export -m fitted.moe --format json | jq '.target = \"price\"' | moe import -o m.moe"}},
      "[FILE.json]",
      1,
      {output_option("where the model goes")},
      "The text is what 'moe export --format json' writes; PREFIX/share/moe/model.schema.json, a JSON Schema, tells of "
      "every member and which may be left out: a script need not write \"fit\" or \"standardization\". Any mistake is "
      "refused with its place, a JSON pointer. Numbers come back bit for bit. What \"fit\" says is taken as it "
      "stands: drop it where the numbers are no longer those of a fit.",
      run_import};
}

}  // namespace cli
