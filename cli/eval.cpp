#include <algorithm>
#include <cmath>
#include <cstdio>

#include "command.hpp"
#include "csv_options.hpp"
#include "json.hpp"
#include "moe/error.hpp"
#include "moe/metrics.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

Json confusion(const arma::mat& counts) {
  Json rows = Json::array();
  for (arma::uword i = 0; i < counts.n_rows; ++i) {
    const arma::rowvec row = counts.row(i);
    rows.push_back(std::vector<double>(row.begin(), row.end()));
  }
  return rows;
}

void add_number(const moe::Metrics::OfNumber& metrics, Json& to) {
  to["rmse"] = number(metrics.rmse);
  to["mae"] = number(metrics.mae);
  to["r2"] = number(metrics.r2);
  to["crps"] = number(metrics.crps);
  for (const auto& [level, share] : metrics.coverage) to["coverage"][moe::format_number(level)] = number(share);
  if (std::isnan(metrics.rounding_step)) return;
  to["rounding_step"] = metrics.rounding_step;
  to["rounding_log_p"] = number(metrics.rounding_log_p);
}

Json to_json(const moe::Metrics& metrics, const moe::Model& model) {
  Json result = {{"rows", metrics.rows},
                 {"task", model.classes() ? "classification" : "regression"},
                 {"objective", number(metrics.objective)},
                 {"objective_name", metrics.objective_name},
                 {"nll", number(metrics.nll)},
                 {"log_likelihood", number(metrics.log_likelihood)},
                 {"weight", metrics.weight}};
  if (model.classes()) {
    result["accuracy"] = metrics.accuracy;
    result["log_loss"] = number(metrics.nll);
    result["brier"] = metrics.brier;
    if (model.schema.labels.size() == 2) result["auc"] = number(metrics.auc);
    result["confusion"] = confusion(metrics.confusion);
    result["labels"] = model.schema.labels;
  }
  for (std::size_t t = 0; t < metrics.numbers.size(); ++t)
    add_number(metrics.numbers[t], model.targets() == 1 ? result : result["targets"][model.schema.targets[t]]);
  result["experts"] = Json::array();
  for (std::size_t k = 0; k < metrics.experts.size(); ++k) {
    const auto& expert = metrics.experts[k];
    result["experts"].push_back({{"expert", k + 1},
                                 {"share", number(expert.share)},
                                 {"responsibility", number(expert.responsibility)},
                                 {"nll", number(expert.nll)}});
  }
  return result;
}

/// A line with a figure; "" where the figure has no meaning for this model.
std::string line(const std::string& name, double value) {
  if (std::isnan(value)) return "";
  char text[80];
  std::snprintf(text, sizeof text, "%-16s %12.6g\n", name.c_str(), value);
  return text;
}

/// The beginning of a label, escaped, in exactly `width` characters.
std::string fitted(const std::string& label, std::size_t width, bool to_the_right) {
  std::string text = moe::printable(label, width);
  const auto characters = [&] {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  };
  while (characters() > width) text.pop_back();
  const std::string blanks(width - characters(), ' ');
  return to_the_right ? blanks + text : text + blanks;
}

std::string confusion_table(const arma::mat& counts, const std::vector<std::string>& labels) {
  std::string text = "confusion (rows: true, columns: predicted)\n" + std::string(14, ' ');
  char cell[64];
  for (const std::string& label : labels) text += " " + fitted(label, 10, true);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += "\n  " + fitted(labels[i], 12, false);
    for (std::size_t j = 0; j < labels.size(); ++j) {
      std::snprintf(cell, sizeof cell, " %10g", counts(i, j));
      text += cell;
    }
  }
  return text + "\n";
}

std::string number_lines(const moe::Metrics::OfNumber& metrics) {
  std::string text =
      line("rmse", metrics.rmse) + line("mae", metrics.mae) + line("r2", metrics.r2) + line("crps", metrics.crps);
  for (const auto& [level, share] : metrics.coverage) text += line("coverage " + moe::format_number(level), share);
  return text + line("rounding_step", metrics.rounding_step) + line("rounding_log_p", metrics.rounding_log_p);
}

std::string to_text(const moe::Metrics& metrics, const moe::Model& model, bool by_expert) {
  std::string text = line("rows", static_cast<double>(metrics.rows));
  if (metrics.weight != static_cast<double>(metrics.rows)) text += line("weight", metrics.weight);
  if (std::isnan(metrics.nll))
    text += "(the gate's weights do not sum to 1: no density, and so no nll, crps or coverage)\n";
  text += line(metrics.objective_name, metrics.objective);
  text += line("nll", metrics.nll) + line("log_likelihood", metrics.log_likelihood);
  if (model.classes()) {
    text += line("accuracy", metrics.accuracy) + line("log_loss", metrics.nll) + line("brier", metrics.brier);
    if (model.schema.labels.size() == 2) text += line("auc", metrics.auc);
    if (model.schema.labels.size() <= 20) text += confusion_table(metrics.confusion, model.schema.labels);
  }
  for (std::size_t t = 0; t < metrics.numbers.size(); ++t)
    text += (model.targets() > 1 ? "target '" + moe::printable(model.schema.targets[t]) + "'\n" : "") +
            number_lines(metrics.numbers[t]);
  if (!by_expert) return text;
  text += "expert        share   responsibility          nll\n";
  for (std::size_t k = 0; k < metrics.experts.size(); ++k) {
    char row[100];
    const auto& expert = metrics.experts[k];
    std::snprintf(row, sizeof row, "%6zu %12.6g %16.6g %12.6g\n", k + 1, expert.share, expert.responsibility,
                  expert.nll);
    text += row;
  }
  return text;
}

void run(const Arguments& arguments) {
  const std::string model_path = required_model(arguments);
  const std::string data = data_path(arguments.positional(0), model_path);
  const moe::Model model = moe::load_model(model_path);
  moe::CsvReader reader(data, csv_options(arguments, model.schema.na));
  using Target = moe::TableReader::Target;
  moe::TableReader rows(reader, model.schema, Target::kRequired, {false, false, ignore_unknown(arguments)});
  const moe::Metrics metrics = moe::evaluate(model, rows.rest());
  if (arguments.has("json")) return print(to_json(metrics, model).dump(2) + "\n");
  show(to_text(metrics, model, arguments.has("by-expert")));
}

}  // namespace

Command eval_command() {
  return {
      "eval",
      "Judge a model on rows with a known target.",
      {{"on held-out rows", "moe eval -m fitted.moe test.csv"},
       {"one figure for a script", "moe eval -m fitted.moe --json test.csv | jq .nll"}},
      "[DATA]",
      1,
      with_csv_options({model_option(),
                        json_option(),
                        {"by-expert", "", "", "",
                         "each expert's mean weight, mean responsibility and own nll (always there in JSON)"},
                        unknown_option(),
                        {"threads", "", "N", "0", "0: all cores. The result does not depend on it"}}),
      "nll is the mean of -log p(y|x), natural logarithm, in the data's own units: it may be negative, as a density "
      "may exceed 1.\n"
      "Where all targets are multiples of a step apart, as of one decimal, rounding_step is the step and "
      "rounding_log_p the mean of\n"
      "log P(y - step/2 < Y <= y + step/2): how probable the rounded values are. It is at most 0, where nll may reward "
      "a "
      "sigma\n"
      "below the rounding.\n"
      "brier is the mean of (p - y)^2 for two classes, and summed over the classes for more. Means are weighted where "
      "the model\n"
      "was trained with weights and the table has them. Of several targets nll is that of all together; the others "
      "are\n"
      "those of each, in JSON under \"targets\".",
      run};
}

}  // namespace cli
