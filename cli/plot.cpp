#include <unistd.h>

#include <optional>
#include <utility>

#include "command.hpp"
#include "csv_options.hpp"
#include "figure_options.hpp"
#include "moe/figures.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

void run_plot(const Arguments& arguments) {
  const std::vector<std::string> kinds = words_between_commas(arguments.text("kind"));
  const moe::Model model = moe::load_model(required_model(arguments));
  const std::optional<moe::Dataset> data = rows_to_draw(arguments, model);
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
    return moe::write_file(place, text);
  }
  if (!arguments.has("text") && !(standard && isatty(STDOUT_FILENO)))
    return moe::write_file(place, moe::to_svg(figures));
  std::string text;
  for (const moe::Figure& figure : figures) text += (text.empty() ? "" : "\n") + moe::to_text(figure);
  if (standard) return show(text);
  moe::write_file(place, text);
}

/// "  fit           mean and 90 % interval ..", a line for each kind.
std::string kinds_in_words() {
  std::string text;
  for (const moe::FigureKind& kind : moe::figure_kinds())
    text += "  " + kind.name + std::string(18 - kind.name.size(), ' ') + kind.help + "\n";
  return text;
}

std::vector<Option> options_of_plot() {
  std::vector<std::string> kinds;
  for (const moe::FigureKind& kind : moe::figure_kinds()) kinds.push_back(kind.name);
  return joined(
      {{model_option()},
       in_group(Group::kOutput,
                {{"kind", "", "LIST", "fit", "what to draw, see below", false, Group::kOutput, kinds},
                 {"text", "", "", "", "a sketch in characters, 80 wide and 24 high: what a terminal gets without -o"},
                 {"json", "", "", "", "the figures' numbers, a JSON object each a line"},
                 output_option("where the SVG goes")}),
       figure_option_list("the columns to draw along; else those that matter most, up to 6. --kind gate with two "
                          "draws a map")});
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
      with_csv_options(options_of_plot()),
      "The kinds:\n" + kinds_in_words() +
          "\nWhere a kind draws along inputs, the other inputs are at their median or most frequent level. Without "
          "DATA, "
          "inputs go from their mean minus to their mean plus 2 standard deviations, as training has seen them. Of "
          "large "
          "tables, rows are chosen at random; the figure says how many. Of several targets the first 4 are drawn, a "
          "figure each.",
      run_plot};
}

}  // namespace cli
