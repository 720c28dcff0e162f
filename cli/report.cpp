#include "moe/report.hpp"

#include <utility>

#include "command.hpp"
#include "csv_options.hpp"
#include "figure_options.hpp"
#include "moe/describe.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

std::vector<Option> options_of_report() {
  return joined({{model_option(), output_option("where the page goes")},
                 figure_option_list("the columns to draw along; else those that matter most, up to 6")});
}

void run_report(const Arguments& arguments) {
  const moe::Model model = moe::load_model(required_model(arguments));
  const std::optional<moe::Dataset> data = rows_to_draw(arguments, model);
  moe::OutputFile out(arguments.text("output"));
  moe::Report report = moe::make_report(model, data ? &*data : nullptr, figure_options(arguments, model.schema));
  for (const std::string& note : moe::guard_notes(model)) report.notes.push_back(moe::note_of(note));
  out.write(moe::report_page(std::move(report), model));
  out.commit();
}

}  // namespace

Command report_command() {
  return {
      "report",
      "Show a model as a page: what its experts are, where they answer, how well it fits, and what it would say.",
      {{"a model and the rows that judge it", "moe report -m fitted.moe held_out.csv -o report.html"},
       {"what the model knows without rows", "moe report -m fitted.moe -o report.html"}},
      "[DATA]",
      1,
      with_csv_options(options_of_report()),
      "The page is one HTML file for any browser. It loads nothing from a network, and may be sent or kept as it is. "
      "It has figures and tables of the model at the rows of DATA, which need not have the target, and a panel in "
      "which "
      "the model answers at inputs that the reader sets. Without DATA, it shows what the model alone knows.",
      run_report};
}

}  // namespace cli
