#include "select_report.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "json.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace cli {
namespace {

std::string shown_as(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// Columns that are aligned to the left.
const std::set<std::string> kTextColumns{"", "family", "expert", "features", "converged"};

/// Rows of cells in aligned columns. The first row has the headings. Where a row has fewer cells, its last cell may be
/// longer than its column.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      if (i + 1 < row.size() || row.size() == rows[0].size()) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] > row[i].size() ? widths[i] - row[i].size() : 0, ' ');
      line += (i > 0 ? "  " : "") + (kTextColumns.count(rows[0][i]) > 0 ? row[i] + gap : gap + row[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// Which penalties differ between trials.
struct Varied {
  bool l2 = false, gate_l2 = false;
};

Varied varied(const std::vector<Trial>& trials) {
  Varied result;
  for (const Trial& trial : trials) {
    result.l2 = result.l2 || trial.penalty.experts != trials.front().penalty.experts;
    result.gate_l2 = result.gate_l2 || trial.penalty.gate != trials.front().penalty.gate;
  }
  return result;
}

std::vector<std::string> identity_headings(const Varied& varied) {
  std::vector<std::string> headings{"family", "expert", "features"};
  if (varied.l2) headings.emplace_back("l2");
  if (varied.gate_l2) headings.emplace_back("gate_l2");
  return headings;
}

/// What distinguishes a trial from others with the same number of experts.
std::vector<std::string> identity(const Trial& trial, const Varied& varied) {
  std::vector<std::string> cells{trial.family, trial.spec.experts[0],
                                 trial.features.empty() ? "all" : moe::printable(trial.features, 80)};
  if (varied.l2) cells.push_back(moe::format_number(trial.penalty.experts));
  if (varied.gate_l2) cells.push_back(moe::format_number(trial.penalty.gate));
  return cells;
}

/// Mean log p(y|x) of the training rows.
double training_score(const moe::FitSummary& fit) { return fit.log_likelihood / fit.weight; }

std::vector<std::string> figures(const moe::Outcome& outcome, bool cv) {
  if (!outcome.failure.empty()) return {"failed: " + outcome.failure};
  const moe::FitSummary& fit = outcome.model->fit;
  std::vector<std::string> row{shown_as("%.4f", fit.log_likelihood), std::to_string(fit.parameters)};
  for (const double value : {fit.aic, fit.bic, fit.icl}) row.push_back(shown_as("%.4f", value));
  if (cv)
    for (const double value : {training_score(fit), outcome.cv, outcome.cv_error})
      row.push_back(shown_as("%.6f", value));
  row.push_back(std::string(fit.converged ? "yes" : "no") + (outcome.spurious ? ", but spurious" : ""));
  return row;
}

std::string candidates_text(const std::vector<Trial>& trials, const std::vector<moe::Outcome>& outcomes, bool cv) {
  const Varied shown = varied(trials);
  std::vector<std::vector<std::string>> rows{{"", "k"}};
  const std::vector<std::string> names = identity_headings(shown);
  rows[0].insert(rows[0].end(), names.begin(), names.end());
  rows[0].insert(rows[0].end(), {"log_likelihood", "parameters", "aic", "bic", "icl"});
  if (cv) rows[0].insert(rows[0].end(), {"train", "cv", "cv_se"});
  rows[0].emplace_back("converged");
  for (const moe::Outcome& outcome : outcomes) {
    const Trial& trial = trials[outcome.candidate];
    const bool wins = &outcome == &outcomes.front() && outcome.failure.empty();
    std::vector<std::string> row{wins ? "*" : "", std::to_string(trial.spec.experts.size())};
    for (const auto& cells : {identity(trial, shown), figures(outcome, cv)})
      row.insert(row.end(), cells.begin(), cells.end());
    rows.push_back(row);
  }
  return aligned(rows);
}

std::string tests_text(const std::vector<Trial>& trials, const Result& result) {
  const Varied shown = varied(trials);
  std::vector<std::vector<std::string>> rows{identity_headings(shown)};
  rows[0].insert(rows[0].begin(), "k");
  rows[0].insert(rows[0].end(), {"lr", "p", "draws"});
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!result.tests[i]) continue;
    const moe::RatioTest& test = *result.tests[i];
    const std::size_t k = trials[i].spec.experts.size();
    std::vector<std::string> row = identity(trials[i], shown);
    row.insert(row.begin(), std::to_string(k - 1) + " against " + std::to_string(k));
    if (test.failure.empty())
      row.insert(row.end(), {shown_as("%.4f", test.statistic), shown_as("%.4g", test.p), std::to_string(test.draws)});
    else
      row.push_back("failed: " + test.failure);
    rows.push_back(row);
  }
  return rows.size() == 1 ? ""
                          : "\none expert more: likelihood ratio against tables drawn without it\n" + aligned(rows);
}

Json identity_json(const Trial& trial, const std::vector<std::string>& inputs) {
  std::set<std::size_t> used(trial.spec.gate_inputs.begin(), trial.spec.gate_inputs.end());
  for (const auto& columns : trial.spec.expert_inputs) used.insert(columns.begin(), columns.end());
  Json features = Json::array();
  for (const std::size_t input : used) features.push_back(inputs[input]);
  return {{"k", trial.spec.experts.size()}, {"family", trial.family},      {"expert", trial.spec.experts[0]},
          {"features", features},           {"l2", trial.penalty.experts}, {"gate_l2", trial.penalty.gate}};
}

Json candidate_json(Json identity, const moe::Outcome& outcome, bool wins) {
  Json result = std::move(identity);
  const bool failed = !outcome.failure.empty();
  const moe::FitSummary fit = failed ? moe::FitSummary() : outcome.model->fit;
  const auto known = [&](const Json& value) { return failed ? Json(nullptr) : value; };
  result["log_likelihood"] = known(number(fit.log_likelihood));
  result["parameters"] = known(fit.parameters);
  result["aic"] = known(number(fit.aic));
  result["bic"] = known(number(fit.bic));
  result["icl"] = known(number(fit.icl));
  result["train"] = known(number(training_score(fit)));
  result["cv"] = number(outcome.cv);
  result["cv_se"] = number(outcome.cv_error);
  result["converged"] = known(fit.converged);
  result["spurious"] = known(outcome.spurious);
  result["failed"] = failed ? Json(outcome.failure) : Json(nullptr);
  result["winner"] = wins;
  return result;
}

Json test_json(Json identity, const moe::RatioTest& test) {
  Json result = std::move(identity);
  result["against"] = result["k"];
  result["k"] = result["k"].get<std::uint64_t>() - 1;
  result["lr"] = number(test.statistic);
  result["p"] = number(test.p);
  result["draws"] = test.draws;
  result["restarts"] = test.restarts;
  result["failed"] = test.failure.empty() ? Json(nullptr) : Json(test.failure);
  return result;
}

}  // namespace

std::string to_line(const std::vector<Trial>& trials, const moe::Outcome& outcome) {
  const Trial& trial = trials[outcome.candidate];
  const std::size_t k = trial.spec.experts.size();
  const std::string family = outcome.model ? outcome.model->family_spec() : trial.family;
  std::string line = std::to_string(k) + (k == 1 ? " expert, " : " experts, ") + family + ", " + trial.spec.experts[0];
  if (!trial.features.empty()) line += ", --features " + moe::printable(trial.features, 80);
  const Varied shown = varied(trials);
  if (shown.l2) line += ", --l2 " + moe::format_number(trial.penalty.experts);
  if (shown.gate_l2) line += ", --gate-l2 " + moe::format_number(trial.penalty.gate);
  if (!outcome.failure.empty()) return line + ": failed: " + outcome.failure;
  return line + ": cv " + shown_as("%.4f", outcome.cv) + shown_as(" +- %.4f", outcome.cv_error) + ", training rows " +
         shown_as("%.4f", training_score(outcome.model->fit));
}

std::string to_text(const std::vector<Trial>& trials, const Result& result, bool cv) {
  return candidates_text(trials, result.outcomes, cv) + tests_text(trials, result);
}

std::string to_json(const std::string& by, const std::vector<Trial>& trials, const std::vector<std::string>& inputs,
                    const Result& result) {
  Json object = {{"by", by}, {"candidates", Json::array()}, {"lrt", Json::array()}};
  for (const moe::Outcome& outcome : result.outcomes) {
    const bool wins = &outcome == &result.outcomes.front() && outcome.failure.empty();
    object["candidates"].push_back(candidate_json(identity_json(trials[outcome.candidate], inputs), outcome, wins));
  }
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (result.tests[i]) object["lrt"].push_back(test_json(identity_json(trials[i], inputs), *result.tests[i]));
  return object.dump(2) + "\n";
}

}  // namespace cli
