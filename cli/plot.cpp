#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/figures.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

/// The words between commas; quoted names may hold commas.
std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= list.size() && !list.empty();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// The columns of --input. A name that is a column as it stands may hold commas.
std::vector<std::string> inputs_of(const Arguments& arguments, const moe::Schema& schema) {
  const std::string list = arguments.text("input");
  for (const moe::Column& column : moe::columns_of(schema))
    if (column.name == list) return {list};
  return words_of(list);
}

moe::FigureOptions figure_options(const Arguments& arguments, const moe::Schema& schema) {
  moe::FigureOptions options;
  options.along = inputs_of(arguments, schema);
  options.rows = arguments.count("rows", 1, 1'000'000);
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  options.threads = threads(arguments);
  return options;
}

/// The rows of DATA, with their target where the table has it; nothing where no table is named.
std::optional<moe::Dataset> rows_of(const Arguments& arguments, const moe::Model& model) {
  if (arguments.positionals() == 0) return std::nullopt;
  const std::string path = data_path(arguments.positional(0), arguments.text("model"));
  moe::CsvReader reader(path, csv_options(arguments, model.schema.na));
  using Target = moe::TableReader::Target;
  const auto& names = reader.names();
  const auto has = [&](const std::string& target) {
    return std::find(names.begin(), names.end(), target) != names.end();
  };
  const auto& targets = model.schema.targets;
  const Target target = std::all_of(targets.begin(), targets.end(), has) ? Target::kRequired : Target::kIgnored;
  return moe::TableReader(reader, model.schema, target, {false, false, ignore_unknown(arguments)}).rest();
}

void write(const std::string& path, const std::string& text) {
  moe::OutputFile out(path);
  out.write(text);
  out.commit();
}

void run(const Arguments& arguments) {
  const std::vector<std::string> kinds = words_of(arguments.text("kind"));
  const moe::Model model = moe::load_model(required_model(arguments));
  const std::optional<moe::Dataset> data = rows_of(arguments, model);
  const moe::FigureOptions options = figure_options(arguments, model.schema);
  std::vector<moe::Figure> figures;
  for (const std::string& kind : kinds)
    for (moe::Figure& figure : moe::make_figures(model, data ? &*data : nullptr, kind, options))
      figures.push_back(std::move(figure));
  const std::string place = arguments.text("output");
  const bool standard = place.empty() || place == "-";
  if (arguments.has("json")) {
    std::string text;
    for (const moe::Figure& figure : figures) text += moe::to_json(figure) + "\n";
    return write(place, text);
  }
  if (!arguments.has("text") && !(standard && isatty(STDOUT_FILENO))) return write(place, moe::to_svg(figures));
  std::string text;
  for (const moe::Figure& figure : figures) text += (text.empty() ? "" : "\n") + moe::to_text(figure);
  if (standard) return show(text);
  write(place, text);
}

/// "  fit           mean and 90 % interval ..", a line for each kind.
std::string kinds_in_words() {
  std::string text;
  for (const moe::FigureKind& kind : moe::figure_kinds())
    text += "  " + kind.name + std::string(18 - kind.name.size(), ' ') + kind.help + "\n";
  return text;
}

}  // namespace

Command plot_command() {
  return {
      "plot",
      "Draw a model: what it predicts, where its experts answer, what its inputs do, how well it fits.",
      {{"the fit along each input, with the rows", "moe plot -m fitted.moe data.csv -o fit.svg"},
       {"a look at it in the terminal", "moe plot -m fitted.moe data.csv --kind residuals --text"},
       {"two figures in one picture", "moe plot -m fitted.moe data.csv --kind fit,gate --input times -o both.svg"},
       {"what the model knows without rows", "moe plot -m fitted.moe --kind effects -o effects.svg"}},
      "[DATA]",
      1,
      with_csv_options(
          {model_option(),
           {"kind", "", "LIST", "fit", "what to draw, see below"},
           {"input", "", "NAME,..", "",
            "the columns to draw along; else those that matter most, up to 6. "
            "--kind gate with two draws a map"},
           {"text", "", "", "", "a sketch in characters, 80 wide and 24 high: what a terminal gets without -o"},
           {"json", "", "", "", "the figures' numbers, a JSON object each a line"},
           {"rows", "", "N", "2000", "the most rows drawn as points"},
           {"seed", "", "N", "1", "of what is drawn at random: rows, permutations"},
           unknown_option(),
           {"threads", "", "N", "0", "0: all cores. The result does not depend on it"},
           output_option("where the SVG goes")}),
      "The kinds:\n" + kinds_in_words() +
          "Where a kind draws along inputs, the other inputs are at their median or most frequent level. Without DATA, "
          "inputs go from\n"
          "their mean minus to their mean plus 2 standard deviations, as training has seen them. Of large tables, rows "
          "are chosen at random;\n"
          "the figure says how many. Of several targets the first 4 are drawn, a figure each.",
      run};
}

}  // namespace cli
