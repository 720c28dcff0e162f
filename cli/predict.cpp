#include "moe/predict.hpp"

#include <limits>

#include "command.hpp"
#include "csv_options.hpp"
#include "moe/model_file.hpp"

namespace cli {
namespace {

void run_predict(const Arguments& arguments) {
  const std::string model_path = required_model(arguments);
  const std::string data = data_path(arguments.positional(0), model_path);
  const moe::Model model = moe::load_model(model_path);
  moe::CsvReader reader(data, csv_options(arguments, model.schema.na));
  moe::OutputFile out(arguments.text("to"));
  const std::vector<std::string> notes = moe::predict_csv(
      model, reader,
      {arguments.text("output"), arguments.has("append"), ignore_unknown(arguments), arguments.text("prefix"),
       arguments.has("digits") ? static_cast<int>(arguments.count("digits", 1, 17)) : 0,
       arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max())},
      out);
  out.commit();
  for (const std::string& note : notes)
    if (!arguments.has("quiet")) say(note);
}

/// The words of --output that stand as they are, as "mean", and not with a value of one's own, as "q0.05".
std::vector<std::string> output_words() {
  std::vector<std::string> words;
  for (const auto& [name, help] : moe::predict_outputs())
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos) words.push_back(name);
  return words;
}

std::string words() {
  std::string text = "LIST is made of these words, separated by commas:\n";
  for (const auto& [name, help] : moe::predict_outputs())
    text += "  " + name + std::string(16 - name.size(), ' ') + help + "\n";
  return text +
         "Rows come out in the order in which they came in, as soon as they are there: memory does not grow with "
         "their number.";
}

}  // namespace

Command predict_command() {
  return {"predict",
          "Predict rows: one record out for each record in.",
          {{"the mean and a 90 % interval, beside the input's own columns",
            "moe predict -m fitted.moe --output mean,interval:0.9 --append new.csv"},
           {"classes", "moe predict -m classes.moe --output label,proba < new.csv"}},
          "[DATA]",
          1,
          with_csv_options(joined(
              {{model_option()},
               in_group(Group::kOutput,
                        {{"output", "", "LIST", "",
                          "what to predict: mean, or label,proba for classes, where nothing is said", false,
                          Group::kOutput, output_words()},
                         {"append", "", "", "", "keep the input's columns before the predictions"},
                         {"prefix", "", "TEXT", "",
                          "in front of each new column's name; without it a name that the table has already gets "
                          "'predicted_'"},
                         {"digits", "", "N", "",
                          "round numbers to N significant digits, 1 to 17; without it, all digits that a number has"},
                         {"to", "o", "FILE", "-", "where the predictions go; - is standard output"}}),
               {{"seed", "", "N", "1", "of what is drawn at random: sample:N, and explain of many columns"},
                unknown_option(),
                threads_option()}})),
          words(),
          run_predict};
}

}  // namespace cli
