#include "calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "csv_options.hpp"
#include "moe/conformal.hpp"
#include "moe/error.hpp"
#include "moe/file.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/select.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

constexpr double kLeastPart = 0.001, kMostPart = 0.5;

/// Options that say how the rows that calibrate a model are grouped.
std::vector<Option> group_options() {
  return {
      {"by-expert", "", "", "", "a threshold for each expert, so that the coverage holds where that expert answers"},
      {"by", "", "COL", "", "a threshold for each level of this category, so that the coverage holds at each level"}};
}

void check_groups(const Arguments& arguments, const moe::Schema& schema) {
  if (arguments.has("by-expert") && arguments.has("by"))
    throw Error(ErrorKind::kUsage, "--by and --by-expert: expected one of them");
  if (arguments.has("by")) moe::conformal_category(schema, arguments.text("by"));
}

/// How many of how many folds are this part of the rows. `units`: what folds may be made of.
std::pair<std::size_t, std::size_t> folds_of_part(double part, std::size_t units) {
  constexpr double kNear = 1e-3;
  const std::size_t most = std::min<std::size_t>(units, 1000);
  const auto taken_of = [&](std::size_t folds) {
    return std::max<std::size_t>(static_cast<std::size_t>(std::lround(part * static_cast<double>(folds))), 1);
  };
  for (std::size_t folds = 2; folds <= most; ++folds)
    if (std::abs(part * static_cast<double>(folds) - static_cast<double>(taken_of(folds))) < kNear)
      return {taken_of(folds), folds};
  return {taken_of(most), most};
}

void run_calibrate(const Arguments& arguments) {
  const std::string path = required_model(arguments);
  moe::Model model = moe::load_model(path);
  check_groups(arguments, model.schema);  // before rows are read
  moe::CsvReader reader(data_path(arguments.positional(0), path), csv_options(arguments, model.schema.na));
  moe::OutputFile out(arguments.text("output"));
  const moe::Dataset rows = rows_with_target(arguments, reader, model.schema);
  const bool before = model.conformal.has_value();
  model.conformal = calibrated_by(arguments, model, rows);
  moe::save_model(model, out);
  say_calibration(arguments, model);
  if (before && !arguments.has("quiet")) say("note: the rows that had calibrated the model before no longer count");
}

}  // namespace

std::vector<Option> conformal_options() {
  std::vector<Option> options = group_options();
  for (Option& option : options) option.help = "of --conformal: " + option.help;
  options.insert(
      options.begin(),
      {"conformal", "", "PART|folds", "",
       "hold this part of the rows out of the fit, as 0.2, and calibrate the model by them, as `moe "
       "calibrate` does, for predict's conformal:P; folds: with the automatic fit and --committee, calibrate "
       "by all rows, each judged by the fits that have not seen it"});
  return options;
}

void check_conformal(const Arguments& arguments, const moe::Schema& schema) {
  for (const char* option : {"by", "by-expert"})
    if (arguments.has(option) && !arguments.has("conformal"))
      throw Error(ErrorKind::kUsage, std::string("--") + option + ": expected --conformal with it");
  check_groups(arguments, schema);
  if (arguments.has("by-expert") && conformal_by_folds(arguments))
    throw Error(ErrorKind::kUsage,
                "--by-expert: the fits of folds have each their own experts: expected a part of the rows, as "
                "--conformal 0.2, or --by COL");
}

moe::Conformal calibrated_by(const Arguments& arguments, const moe::Model& model, const moe::Dataset& rows) {
  return moe::conformal_scores(model, rows, arguments.has("by-expert"), threads(arguments), arguments.text("by"));
}

bool conformal_by_folds(const Arguments& arguments) { return arguments.text("conformal") == "folds"; }

void refuse_folds_of_one_fit(const Arguments& arguments) {
  if (conformal_by_folds(arguments))
    throw Error(ErrorKind::kUsage,
                "--conformal folds: one model has seen all rows: expected --committee N, the automatic fit, or a part "
                "of the rows, as --conformal 0.2");
}

std::optional<moe::Dataset> hold_for_conformal(const Arguments& arguments, moe::TrainingTable& table) {
  if (!arguments.has("conformal") || conformal_by_folds(arguments)) return std::nullopt;
  const auto given = moe::parse_number(arguments.text("conformal"));
  if (!given || !(*given >= kLeastPart && *given <= kMostPart))
    throw Error(ErrorKind::kUsage, "--conformal: '" + moe::printable(arguments.text("conformal")) +
                                       "': expected a number from " + moe::format_number(kLeastPart) + " to " +
                                       moe::format_number(kMostPart) + ", or folds");
  const double part = *given;
  const std::uint64_t seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  const auto least = static_cast<arma::uword>(std::ceil(2 / part));  // two rows at least are held out
  if (arma::accu(table.data.w > 0) < least)
    throw Error(ErrorKind::kData, "--conformal: there are too few rows to hold out that part: expected " +
                                      std::to_string(least) + " rows or more");
  const auto [taken, folds] = folds_of_part(part, moe::units_of_folds(table.data.w, table.groups));
  const auto all = table.groups.empty() ? moe::cross_validation_folds(table.schema, table.data, folds, seed)
                                        : moe::cross_validation_folds(table.data.w, table.groups, folds, seed);
  std::vector<std::size_t> held;
  for (std::size_t f = 0; f < taken; ++f) held.insert(held.end(), all[f].begin(), all[f].end());
  std::sort(held.begin(), held.end());
  const std::vector<std::size_t> rest = moe::rows_outside(held, table.data.w);
  moe::Dataset rows = moe::take_rows(table.data, held);
  table.data = moe::take_rows(table.data, rest);
  std::vector<std::size_t> groups;
  for (const std::size_t n : rest)
    if (!table.groups.empty()) groups.push_back(table.groups[n]);
  table.groups = std::move(groups);
  return rows;
}

void say_calibration(const Arguments& arguments, const moe::Model& model) {
  if (model.conformal && !arguments.has("quiet")) say(moe::calibration_summary(model));
}

Command calibrate_command() {
  return {"calibrate",
          "Calibrate a model by rows that it has not seen, for sets whose coverage holds whatever the model is.",
          {{"intervals that hold 90 % of the targets", "moe calibrate -m fitted.moe held_out.csv -o sure.moe"},
           {"the intervals", "moe predict -m sure.moe --output mean,conformal:0.9 new.csv"}},
          "[DATA]",
          1,
          with_csv_options(joined({{model_option(), unknown_option(), threads_option()},
                                   in_group(Group::kFit, group_options()),
                                   in_group(Group::kOutput, {{"quiet", "q", "", "", "say nothing"},
                                                             output_option("where the calibrated model goes")})})),
          "DATA must be rows that no fit has seen, from the same source as the rows to come. Then the sets of "
          "`moe predict --output conformal:P` hold the target with a probability of at least P: intervals of a number, "
          "lists of classes. n rows are enough for levels up to n / (n + 1). A weight above 0 counts as 1.",
          run_calibrate};
}

}  // namespace cli
