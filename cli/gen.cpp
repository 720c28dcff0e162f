#include <limits>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/model_file.hpp"
#include "moe/recipe.hpp"

namespace cli {
namespace {

moe::RecipeOptions recipe_options(const Arguments& arguments) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  moe::RecipeOptions options;
  options.rows = arguments.count("rows", 1, kMost);
  if (arguments.has("features")) options.features = arguments.count("features", 1, 1'000'000);
  if (arguments.has("experts")) options.experts = arguments.count("experts", 1, 10'000);
  if (arguments.has("noise")) options.noise = arguments.number("noise", 0, std::numeric_limits<double>::max());
  if (arguments.has("outliers")) options.outliers = arguments.number("outliers", 0, 1);
  if (arguments.has("missing")) options.missing = arguments.number("missing", 0, 1);
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  return options;
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const moe::RecipeInfo& recipe : moe::recipes()) names.push_back(recipe.name);
  return names;
}

void list_recipes() {
  std::string text;
  for (const moe::RecipeInfo& recipe : moe::recipes())
    text += recipe.name + std::string(recipe.name.size() < 14 ? 14 - recipe.name.size() : 1, ' ') + recipe.help + "\n";
  print(text);
}

void run_recipe(const Arguments& arguments) {
  if (arguments.positionals() == 0)
    throw moe::Error(moe::ErrorKind::kUsage, "no recipe: expected one of those that 'moe gen --list' lists");
  const moe::Generated generated = moe::generate(arguments.positional(0), recipe_options(arguments));
  if (arguments.has("model-out") && !generated.truth)
    throw moe::Error(moe::ErrorKind::kUsage,
                     "--model-out: recipe '" + arguments.positional(0) +
                         "' is not drawn from a mixture of experts: expected one that is, such as 'experts'");
  const std::string output = arguments.text("output"), model = arguments.text("model-out");
  if (model == "-" && output == "-")
    throw moe::Error(moe::ErrorKind::kUsage,
                     "--model-out: table and model would both go to standard output: expected a file for one");
  if (!model.empty()) moe::save_model(*generated.truth, model);
  moe::OutputFile out(output);
  moe::write_csv(generated, arguments.has("truth"), out);
  out.commit();
}

void run_from_model(const Arguments& arguments) {
  for (const char* option : {"rows", "features", "experts", "noise", "outliers", "missing", "model-out"})
    if (arguments.has(option))
      throw moe::Error(
          moe::ErrorKind::kUsage,
          std::string("--") + option + ": --from takes rows and inputs from DATA: expected a recipe with it");
  if (arguments.has("from") && arguments.has("model"))
    throw moe::Error(moe::ErrorKind::kUsage, "--from: -m names a model, too: expected one of the two");
  const std::string path = arguments.text(arguments.has("from") ? "from" : "model");
  const std::string data = data_path(arguments.positional(0), path);
  const moe::Model model = moe::load_model(path);
  moe::CsvReader reader(data, csv_options(arguments, model.schema.na));
  moe::OutputFile out(arguments.text("output"));
  moe::resample_csv(model, reader, arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max()),
                    arguments.has("truth"), out, ignore_unknown(arguments));
  out.commit();
}

void run_gen(const Arguments& arguments) {
  if (arguments.has("list")) return list_recipes();
  if (arguments.has("from") || arguments.has("model")) return run_from_model(arguments);
  run_recipe(arguments);
}

}  // namespace

Command gen_command() {
  return {
      "gen",
      "Make a data set: columns x1..xd and y, the same bytes for the same seed on any machine.",
      {{"what there is", "moe gen --list"},
       {"20,000 rows of three linear experts, and the model that drew them",
        "moe gen experts -k 3 -d 4 -n 20000 --model-out true.moe -o data.csv"},
       {"new targets from a fitted model, at the inputs of a table", "moe gen --from fitted.moe data.csv > drawn.csv"}},
      "RECIPE | --from MODEL [DATA]",
      1,
      with_csv_options(joined(
          {in_group(Group::kData, {{"rows", "n", "ROWS", "1000", "how many rows"},
                                   {"features", "d", "D", "", "how many inputs, where the recipe leaves it open"}}),
           in_group(Group::kModel,
                    {{"experts", "k", "K", "", "how many experts or classes, where the recipe leaves it open"},
                     {"noise", "", "SD", "", "standard deviation of the noise"},
                     {"outliers", "", "P", "0", "fraction of rows whose target is drawn from a far wider distribution"},
                     {"missing", "", "P", "0", "fraction of input cells left empty (see train --missing)"},
                     {"from", "", "MODEL", "", "draw targets from this model at DATA's inputs (parametric bootstrap)"},
                     {"model", "m", "MODEL", "", "the same as --from"}}),
           in_group(Group::kOutput, {{"truth", "", "", "", "append the column 'expert': which of 1..K drew the row"},
                                     {"model-out", "", "FILE", "", "save the model that drew the rows"},
                                     {"list", "", "", "", "list the recipes"},
                                     output_option("where the table goes")}),
           {{"seed", "", "N", "1", "of everything random"}, unknown_option()}})),
      "",
      run_gen,
      recipe_names()};
}

}  // namespace cli
