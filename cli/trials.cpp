#include "trials.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "csv_options.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "train_options.hpp"

namespace cli {
namespace {

using moe::Error;
using moe::ErrorKind;

constexpr std::uint64_t kMostExperts = 10'000;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> words{""};
  for (const char c : text)
    if (c == separator)
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

/// The values, each where it stands first: who names one twice means one candidate.
template <class T>
std::vector<T> once(const std::vector<T>& values) {
  std::vector<T> result;
  for (const T& value : values)
    if (std::find(result.begin(), result.end(), value) == result.end()) result.push_back(value);
  return result;
}

/// The values of a repeatable option, or the fallback.
std::vector<std::string> all_or(const Arguments& arguments, const std::string& option, const std::string& fallback) {
  const std::vector<std::string> given = arguments.all(option);
  return given.empty() ? std::vector<std::string>{fallback} : once(given);
}

/// "gaussian+poisson" becomes "gaussian,poisson": a family for each target. On the command line, commas separate
/// candidates.
std::string of_targets(std::string family) {
  std::replace(family.begin(), family.end(), '+', ',');
  return family;
}

/// Throws for an unknown name before the data are read.
void require_known(const moe::ModelSpec& spec) {
  for (const std::string& network : spec.experts) moe::make_network(network, 1, 1);
  moe::make_network(spec.gate, 1, 2);
  moe::make_gate(spec.gate_link);
}

/// "0,1e-3": the penalties of --l2 or --gate-l2.
std::vector<double> penalties(const Arguments& arguments, const std::string& option) {
  std::vector<double> result;
  for (const std::string& word : split(arguments.text(option), ',')) {
    const auto value = moe::parse_number(word);
    if (!value || !(*value >= 0) || !std::isfinite(*value))
      throw Error(ErrorKind::kUsage, "--" + option + ": '" + moe::printable(word) +
                                         "': expected a number of at least 0, or a list such as 0,1e-3,1e-2");
    result.push_back(*value);
  }
  return once(result);
}

/// Every combination of the penalties of the experts and of the gate.
std::vector<moe::Penalty> penalties(const Arguments& arguments, const moe::Penalty& given) {
  std::vector<moe::Penalty> result;
  for (const double experts : penalties(arguments, "l2"))
    for (const double gate : penalties(arguments, "gate-l2")) {
      result.push_back(given);
      result.back().experts = experts;
      result.back().gate = gate;
    }
  return result;
}

/// The table is read only once, so the target is read in a way that suits all families. The requirements of each
/// candidate are checked later.
void agree_on_target(std::vector<moe::ModelRequest>& requests) {
  moe::ColumnRequest& agreed = requests.front().columns;
  for (const moe::ModelRequest& request : requests) {
    const moe::ColumnRequest& columns = request.columns;
    if (columns.kind == moe::TargetKind::kAutomatic) continue;
    if (agreed.kind != moe::TargetKind::kAutomatic && agreed.kind != columns.kind)
      throw Error(ErrorKind::kUsage, "--family: some describe classes and some a number: expected one kind");
    agreed.kind = columns.kind;
  }
  const auto not_shared = [&](const std::vector<moe::Support>& support) {
    return std::any_of(requests.begin(), requests.end(), [&](const moe::ModelRequest& request) {
      const auto& supports = request.columns.supports;
      return std::find(supports.begin(), supports.end(), support) == supports.end();
    });
  };
  std::vector<std::vector<moe::Support>> shared = agreed.supports;
  shared.erase(std::remove_if(shared.begin(), shared.end(), not_shared), shared.end());
  agreed.supports = shared;
}

}  // namespace

std::vector<Trial> trials(const Arguments& arguments, const moe::Penalty& given) {
  std::vector<Trial> result;
  const std::set<std::uint64_t> counts = arguments.ranges("experts", kMostExperts);
  const std::vector<moe::Penalty> tried = penalties(arguments, given);
  for (const std::string& features : all_or(arguments, "features", ""))
    for (const std::string& expert : all_or(arguments, "expert", "linear"))
      for (const std::string& family : once(split(arguments.text("family"), ',')))
        for (const moe::Penalty& penalty : tried)
          for (const std::uint64_t k : counts) {
            const moe::ModelSpec spec = model_spec(arguments, std::vector<std::string>(k, expert), of_targets(family));
            if (k == *counts.begin()) require_known(spec);
            result.push_back({spec, spec.family, features, penalty,
                              k != *counts.begin() && result.back().spec.experts.size() + 1 == k});
          }
  return result;
}

moe::TrainingTable read_table_of(std::vector<Trial>& trials, const Arguments& arguments) {
  std::vector<moe::ModelRequest> requests;
  for (const Trial& trial : trials) {
    requests.push_back({column_request(arguments, trial.spec), trial.spec.experts.size()});
    requests.back().columns.features = trial.features;
  }
  agree_on_target(requests);
  moe::CsvReader reader(data_path(arguments.positional(0)), csv_options(arguments, missing_words(arguments)));
  moe::SharedTable shared = moe::read_shared_table(reader, requests);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    trials[i].spec.gate_inputs = std::move(shared.models[i].gate);
    trials[i].spec.expert_inputs = std::move(shared.models[i].experts);
  }
  return std::move(shared.table);
}

}  // namespace cli
