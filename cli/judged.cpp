#include "judged.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>

#include "csv_options.hpp"
#include "moe/columns.hpp"
#include "moe/csv.hpp"
#include "moe/error.hpp"
#include "moe/metrics.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorKind::kUsage, sentence); }

/// Columns of the table, and where their values are among what is read beside a schema's columns.
struct Place {
  std::vector<std::size_t> columns{};
  std::size_t first = 0;
  arma::span span() const { return arma::span(first, first + columns.size() - 1); }
};

/// What is read of the table beside the models' columns.
struct Beside {
  Place target, mean, sd, probability, weight, by, group;
  bool classes = false;  ///< whether the target is read as texts
  moe::TableReader::Options options{};
};

/// Adds the columns that an option names to those of the table that are read.
Place place_of(const Arguments& arguments, const std::string& option, const std::vector<std::string>& names, bool one,
               std::vector<std::size_t>& read) {
  Place place;
  if (!arguments.has(option)) return place;
  if (one)
    place.columns = {*moe::one_column(arguments.text(option), names, ("--" + option).c_str())};
  else
    place.columns = moe::select_columns(arguments.text(option), names, {});
  place.first = read.size();
  read.insert(read.end(), place.columns.begin(), place.columns.end());
  return place;
}

Beside beside(const Arguments& arguments, const std::vector<std::string>& names) {
  Beside result;
  result.classes = arguments.has("probability");
  std::vector<std::size_t>&numbers = result.options.numbers, &levels = result.options.levels;
  result.target = place_of(arguments, "target", names, result.classes, result.classes ? levels : numbers);
  result.mean = place_of(arguments, "prediction", names, false, numbers);
  result.sd = place_of(arguments, "sd", names, false, numbers);
  result.probability = place_of(arguments, "probability", names, false, numbers);
  result.weight = place_of(arguments, "weight", names, true, numbers);
  result.by = place_of(arguments, "by", names, true, levels);
  result.group = place_of(arguments, "fold-group", names, true, levels);
  result.options.ignore_unknown = ignore_unknown(arguments);
  return result;
}

bool judges_columns(const Arguments& arguments) { return arguments.has("prediction") || arguments.has("probability"); }

void check_options(const Arguments& arguments) {
  if (arguments.has("sd") && !arguments.has("prediction"))
    refuse("--sd: there is no mean: expected --prediction COL, too");
  if (arguments.has("probability") && arguments.has("prediction"))
    refuse("--probability: classes have no --prediction: expected one of the two");
  if (!arguments.has("model") && !judges_columns(arguments))
    refuse("no model: expected -m FILE, or -m - for standard input");
  if (!arguments.has("model") && !arguments.has("target"))
    refuse("--prediction, --probability: without a model the target is not known: expected -y COL");
  if (arguments.has("model") && arguments.has("target"))
    refuse("--target: the model knows its target: expected -y without -m only");
  const std::vector<std::string> models = arguments.all("model");
  constexpr std::size_t kMostModels = 25;  // letters, but for that of the columns
  if (models.size() > kMostModels) refuse("-m: given " + std::to_string(models.size()) + " times: expected 25 at most");
  if (std::count(models.begin(), models.end(), "-") > 1)
    refuse("-m -: standard input holds one model: expected files for the others");
}

/// The models, which must predict the same.
std::vector<std::shared_ptr<const moe::Model>> load_models(const std::vector<std::string>& paths) {
  std::vector<std::shared_ptr<const moe::Model>> models;
  for (const std::string& path : paths) {
    models.push_back(std::make_shared<const moe::Model>(moe::load_model(path)));
    const moe::Schema &own = models.back()->schema, &first = models.front()->schema;
    if (own.targets != first.targets)
      refuse("-m " + moe::printable(path) + ": it predicts " + moe::listed(own.targets, 3) + ", and " +
             moe::printable(paths.front()) + " " + moe::listed(first.targets, 3) + ": expected models of one target");
    if (own.labels != first.labels)
      refuse("-m " + moe::printable(path) + ": its classes are " + moe::listed(own.labels, 5) + ", and those of " +
             moe::printable(paths.front()) + " " + moe::listed(first.labels, 5) + ": expected the same, in one order");
  }
  return models;
}

/// Throws where the columns cannot predict what a model predicts.
void check_task(const Arguments& arguments, bool classes) {
  if (arguments.has("probability") && !classes)
    refuse("--probability: the target is a number: expected --prediction COL, and perhaps --sd");
  if (arguments.has("prediction") && classes)
    refuse("--prediction: the target is a class: expected --probability COL,..");
}

/// Takes the target, weights and groups from what was read. Without a model all come from columns that options name.
moe::JudgedRows rows_of(const moe::Schema& schema, const moe::Dataset& data, const Beside& beside,
                        const std::vector<std::string>& names, const std::string& file) {
  moe::JudgedRows rows{data.y, data.w, {}, schema.targets, schema.labels};
  for (const std::size_t column : beside.target.columns) rows.targets.push_back(names[column]);
  if (!beside.target.columns.empty() && !beside.classes) rows.y = data.numbers.cols(beside.target.span());
  if (!beside.target.columns.empty() && beside.classes) {
    const moe::LevelColumn& classes = data.levels[beside.target.first];
    rows.labels = classes.levels;
    if (rows.labels.back() == moe::kMissingLevel || rows.labels.size() < 2)
      throw Error(ErrorKind::kData, file + ": " + moe::printable(rows.targets[0]) + ": " +
                                        (rows.labels.size() < 2 ? "every row is of one class" : "a cell is missing") +
                                        ": expected two classes or more, one in each row");
    rows.y = arma::conv_to<arma::mat>::from(std::vector<double>(classes.of_row.begin(), classes.of_row.end()));
  }
  if (!beside.weight.columns.empty()) {
    rows.w = data.numbers.col(beside.weight.first);
    if (rows.w.min() < 0 || !(arma::accu(rows.w) > 0))
      throw Error(ErrorKind::kData, file + ": " + moe::printable(names[beside.weight.columns[0]]) +
                                        ": the weights are no weights: expected numbers of 0 or more, not all 0");
  }
  if (!beside.group.columns.empty()) rows.groups = data.levels[beside.group.first].of_row;
  return rows;
}

/// Probabilities in the order of the classes: by the columns' names, which may begin with p_, where these are the
/// classes' names; else in the order in which they were given.
arma::mat in_order_of_classes(const arma::mat& given, const Place& place, const std::vector<std::string>& names,
                              const std::vector<std::string>& labels) {
  if (given.n_cols != labels.size() && !(given.n_cols == 1 && labels.size() == 2))
    refuse("--probability: " + std::to_string(given.n_cols) + " columns for the classes " + moe::listed(labels, 5) +
           ": expected one for each" + (labels.size() == 2 ? ", or that of '" + moe::printable(labels[1]) + "'" : ""));
  std::vector<std::size_t> order;
  for (const std::size_t column : place.columns)
    for (std::size_t c = 0; c < labels.size(); ++c)
      if (names[column] == labels[c] || names[column] == "p_" + labels[c]) order.push_back(c);
  if (given.n_cols == 1) return order == std::vector<std::size_t>{0} ? arma::mat(1 - given) : given;
  std::vector<std::size_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  if (order.size() != labels.size() || std::unique(sorted.begin(), sorted.end()) != sorted.end()) return given;
  arma::mat result(arma::size(given));
  for (std::size_t i = 0; i < order.size(); ++i) result.col(order[i]) = given.col(i);
  return result;
}

moe::ColumnPredictions predictions_of(const moe::Dataset& data, const Beside& beside,
                                      const std::vector<std::string>& names, const moe::JudgedRows& rows) {
  moe::ColumnPredictions result;
  const auto check = [&](const Place& place, const char* option) {
    if (place.columns.size() != rows.targets.size())
      refuse(std::string(option) + ": " + std::to_string(place.columns.size()) + " columns for " +
             std::to_string(rows.targets.size()) + " targets: expected one for each");
    return arma::mat(data.numbers.cols(place.span()));
  };
  if (!beside.mean.columns.empty()) result.mean = check(beside.mean, "--prediction");
  if (!beside.sd.columns.empty()) result.sd = check(beside.sd, "--sd");
  if (beside.probability.columns.empty()) return result;
  result.probability =
      in_order_of_classes(data.numbers.cols(beside.probability.span()), beside.probability, names, rows.labels);
  return result;
}

std::string names_at(const Place& place, const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const std::size_t column : place.columns) result.push_back(names[column]);
  return moe::join(result, ",");
}

/// Readers of one table for all models; without a model, one that reads no more than what options name.
std::vector<moe::Dataset> read_all(moe::CsvReader& reader, const std::vector<std::shared_ptr<const moe::Model>>& models,
                                   const Beside& beside, bool ignore_unknown) {
  using Target = moe::TableReader::Target;
  std::deque<moe::TableReader> readers;
  if (models.empty()) readers.emplace_back(reader, moe::Schema{}, Target::kIgnored, beside.options);
  for (const auto& model : models)
    if (readers.empty())
      readers.emplace_back(reader, model->schema, Target::kRequired, beside.options);
    else
      readers.emplace_back(reader, model->schema, Target::kRequired,
                           moe::TableReader::Options{false, false, ignore_unknown});
  std::vector<moe::TableReader*> all;
  for (moe::TableReader& one : readers) all.push_back(&one);
  return moe::TableReader::rest_of(all);
}

}  // namespace

std::vector<Option> judged_options() {
  Option model = model_option();
  model.help += "; several are compared on the same rows, as A, B, ..";
  model.repeatable = true;
  return in_group(
      Group::kData,
      {model,
       {"target", "y", "COL[,COL]", "", "without -m: the target of the predictions that columns hold"},
       {"prediction", "", "COL[,COL]", "", "judge the predicted means in this column, beside models or without one"},
       {"sd", "", "COL[,COL]", "", "their standard deviations: then the prediction is a normal distribution"},
       {"probability", "", "COL,..", "",
        "judge these probabilities of the classes: columns named as the classes (p_ may stand before), or in the "
        "classes' order, or of two classes that of the last one"},
       {"weight", "", "COL", "", "the rows' weights, in place of the model's own weight column"},
       {"by", "", "COL", "", "the figures for each level of this column, too"},
       {"fold-group", "", "COL", "",
        "rows with the same text in this column depend on each other: standard errors are those of the groups"}});
}

Judgement judge(const Arguments& arguments) {
  check_options(arguments);
  const std::vector<std::string> paths = arguments.all("model");
  const bool stdin_model = std::find(paths.begin(), paths.end(), "-") != paths.end();
  const std::string data_file = data_path(arguments.positional(0), stdin_model ? "-" : "");
  const auto models = load_models(paths);
  if (!models.empty()) check_task(arguments, models.front()->classes());
  const moe::Schema schema = models.empty() ? moe::Schema{} : models.front()->schema;
  moe::CsvReader reader(data_file, csv_options(arguments, schema.na));
  const Beside columns = beside(arguments, reader.names());
  std::vector<moe::Dataset> data = read_all(reader, models, columns, ignore_unknown(arguments));
  const std::vector<std::string>& names = reader.names();
  Judgement result{rows_of(schema, data[0], columns, names, reader.file_name())};
  const moe::ScoreOptions options{arguments.has("details"), threads(arguments)};
  const auto letter = [&] { return std::string(1, static_cast<char>('A' + result.of.size())); };
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i]->schema.weight != schema.weight && columns.weight.columns.empty() && !arguments.has("quiet"))
      say("note: '" + moe::printable(paths[i]) + "' was trained with other weights: the rows count as for '" +
          moe::printable(paths[0]) + "' (--weight COL names others)");
    data[i].w = result.rows.w;
    Judged& judged = result.of.emplace_back(Judged{letter(), paths[i], models[i]});
    // First the objective, as it needs a copy of the rows, whose memory the scores then take.
    std::tie(judged.objective_name, judged.objective) = moe::objective_at(*models[i], data[i]);
    judged.scores = moe::score_rows(*models[i], data[i], options);
    if (i > 0) data[i] = {};
  }
  if (judges_columns(arguments)) {
    const Place& place = columns.probability.columns.empty() ? columns.mean : columns.probability;
    Judged& judged = result.of.emplace_back(Judged{letter(), names_at(place, names), nullptr});
    judged.scores = moe::score_columns(predictions_of(data[0], columns, names, result.rows), result.rows, options);
  }
  result.group = names_at(columns.group, names);
  result.by = names_at(columns.by, names);
  if (!result.by.empty()) result.by_levels = std::move(data[0].levels[columns.by.first]);
  return result;
}

}  // namespace cli
