#include <utility>

#include "command.hpp"
#include "csv_options.hpp"
#include "eval_report.hpp"
#include "judged.hpp"
#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "requirement.hpp"

namespace cli {
namespace {

void run_eval(const Arguments& arguments) {
  const std::vector<std::string> requirements = arguments.all("require");
  for (const std::string& text : requirements) check_requirement(text);
  const Judgement judgement = judge(arguments);
  const std::string missed = unmet(requirements, judgement);
  const EvalReport report{arguments.has("details"), arguments.has("by-expert")};
  if (arguments.has("json"))
    print(eval_json(judgement, report).dump(2) + "\n", arguments.text("output"));
  else
    show(eval_text(judgement, report), arguments.text("output"));
  for (const Judged& judged : judgement.of)
    if (judged.model && judged.model->conformal && !arguments.has("quiet"))
      for (const double level : moe::kJudgedIntervals)
        if (const std::string gap = moe::calibration_gap(*judged.model, level); !gap.empty())
          say("note: " + (judgement.of.size() > 1 ? judged.letter + ": " : "") + gap);
  if (!missed.empty()) throw moe::Error(moe::ErrorKind::kFit, missed);
}

std::vector<Option> options_of_eval() {
  return with_csv_options(joined(
      {judged_options(),
       in_group(
           Group::kOutput,
           {json_option(),
            {"details", "", "", "",
             "also what takes longer: intervals' widths and scores, quantile losses, PIT, energy score; of classes "
             "calibration, the parts of brier, and a table of the classes"},
            {"by-expert", "", "", "",
             "each expert's mean weight, mean responsibility and own nll (always there in JSON)"},
            {"require", "", "TEST", "",
             "exit with status 1 unless this holds, as 'nll<=1.2', 'coverage:0.9>=0.88', 'rmse(A)<=rmse(B)'; A<=B "
             "compares the nll; may stand several times",
             true},
            output_option("where the figures go")}),
       {unknown_option(), threads_option()}}));
}

}  // namespace

Command eval_command() {
  return {
      "eval",
      "Judge a model on rows with a known target.",
      {{"on held-out rows", "moe eval -m fitted.moe test.csv"},
       {"one figure for a script", "moe eval -m fitted.moe --json test.csv | jq .nll"},
       {"two models on the same rows", "moe eval -m one.moe -m other.moe test.csv"},
       {"stop a script where the new model is worse", "moe eval -m new.moe -m old.moe --require 'A<=B' test.csv"},
       {"another tool's predictions", "moe eval -y price --prediction forest test.csv"}},
      "[DATA]",
      1,
      options_of_eval(),
      "nll is the mean of -log p(y|x), natural logarithm, in the data's own units: it may be negative, as a density "
      "may exceed 1.\n"
      "Behind +- stands a standard error: of rows drawn independently, or of --fold-group's groups. Differences of "
      "predictions are paired row by row. docs/statistics.md defines the figures.\n"
      "Where all targets are multiples of a step apart, as of one decimal, rounding_step is the step and "
      "rounding_log_p the mean of log P(y - step/2 < Y <= y + step/2): how probable the rounded values are. It is at "
      "most 0, where nll may reward a sigma below the rounding.\n"
      "brier is the mean of (p - y)^2 for two classes, and summed over the classes for more. Means are weighted where "
      "the model was trained with weights and the table has them. Of several targets nll is that of all together; the "
      "others are those of each, in JSON under \"targets\", in --require as rmse:NAME.",
      run_eval};
}

}  // namespace cli
