#include "penalty.hpp"

#include <cmath>
#include <cstdio>
#include <functional>
#include <tuple>

#include "moe/error.hpp"
#include "moe/held_out.hpp"
#include "moe/numeric.hpp"
#include "moe/penalty.hpp"
#include "progress.hpp"

namespace cli {
namespace {

std::string printed(const char* format, double a, double b = 0) {
  char text[80];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

std::string score_of(const moe::PenaltyScore& score) {
  return score.failure.empty() ? printed("%.4f +- %.4f", -score.score, score.error) : "none (" + score.failure + ")";
}

moe::PenaltyChoice choose(const Arguments& arguments, moe::FitRequest& request, const moe::PenaltyOptions& options) {
  Progress progress(arguments.has("quiet"));
  moe::PenaltyChoice choice = moe::choose_penalty(
      request, options, [&](std::size_t done, std::size_t fits) { progress.show("fits for the penalty", done, fits); });
  progress.clear();
  request.options.penalty = choice.path[choice.best].penalty;
  return choice;
}

/// "--l2 0.01 --gate-l2 0.01"
std::string options_for(const moe::PenaltyOptions& options, const moe::Penalty& penalty) {
  std::string text;
  if (options.experts) text = "--l2 " + moe::format_number(penalty.experts);
  if (options.gate) text += (text.empty() ? "" : " ") + ("--gate-l2 " + moe::format_number(penalty.gate));
  return text;
}

/// "0.4321 +- 0.0300; without a penalty 10.4000 +- 1.1000"
std::string scores_of(const moe::PenaltyChoice& choice) {
  const moe::PenaltyScore &best = choice.path[choice.best], &weakest = choice.path.front();
  if (choice.best == 0) return score_of(best);
  return score_of(best) + "; " + (weakest.value > 0 ? "with the weakest penalty " : "without a penalty ") +
         score_of(weakest);
}

std::string words_of_choice(const moe::PenaltyOptions& options, const moe::PenaltyChoice& choice) {
  return options_for(options, choice.path[choice.best].penalty) + " is the best of " +
         std::to_string(choice.path.size()) + " penalties on " + std::to_string(options.folds) +
         " folds; nll of rows held out: " + scores_of(choice);
}

/// Whether the user has said nothing on how the fit is to be restrained.
bool leaves_penalty_open(const Arguments& arguments) {
  for (const char* option : {"l2", "gate-l2", "l1", "gate-l1", "firth", "validation", "patience", "resume"})
    if (arguments.has(option)) return false;
  return arguments.text("objective") == "likelihood" && arguments.text("gate-link") == "softmax";
}

/// Whether the likelihood has no maximum, since a line separates classes.
bool classes_separate(const moe::FitResult& fit) {
  const moe::Model& model = fit.model;
  if (!model.classes()) return false;
  if (fit.report.separated) return true;
  if (!model.fit.study || model.fit.study->recession.is_empty()) return false;
  const arma::uword gate = model.gate_branch.network->parameters();
  const arma::mat& directions = model.fit.study->recession;
  return directions.n_rows > gate && arma::any(arma::vectorise(directions.tail_rows(directions.n_rows - gate)) != 0);
}

void fit_again(const Arguments& arguments, moe::FitRequest request, Follower& follower, WatchedFit& watched) {
  moe::PenaltyOptions options;
  options.above_zero = true;
  options.gate = request.spec.experts.size() > 1;
  const moe::PenaltyChoice choice = choose(arguments, request, options);
  request.options.progress = nullptr;
  follower.begin_again();
  watched.fit = moe::train(request);
  watched.notes.push_back("note: classes separate, so that the likelihood has no maximum: " +
                          words_of_choice(options, choice) + "; --l2 0 asks for the fit without a penalty");
}

void check(const moe::FitRequest& request, WatchedFit& watched) {
  const moe::FitSummary& fit = watched.fit.model.fit;
  if (10 * fit.parameters > fit.rows && (fit.parameters <= fit.rows || watched.fit.report.restrained))
    watched.notes.push_back("note: " + std::to_string(fit.parameters) + " free parameters and " +
                            std::to_string(fit.rows) +
                            " rows are more than one for ten: figures of these rows may flatter the fit");
  const auto held_out = moe::check_held_out(request, watched.fit);
  if (!held_out || !held_out->over_fits()) return;
  watched.notes.push_back("warning: of " + std::to_string(held_out->rows) +
                          " rows held out, this kind of fit has an nll of " +
                          printed("%.4f, and one linear expert %.4f", -held_out->score, -held_out->one) +
                          ": expected fewer experts or parameters, or --l2 auto --gate-l2 auto");
}

}  // namespace

bool chooses_penalty(const Arguments& arguments) {
  return arguments.text("l2") == "auto" || arguments.text("gate-l2") == "auto";
}

WatchedFit fit_and_watch(const Arguments& arguments, moe::FitRequest request, const std::vector<std::size_t>& groups,
                         Follower& follower) {
  WatchedFit watched;
  moe::PenaltyOptions options;
  options.groups = groups;
  options.experts = arguments.text("l2") == "auto";
  options.gate = arguments.text("gate-l2") == "auto";
  if (options.experts || options.gate)
    watched.summary.push_back(words_of_choice(options, choose(arguments, request, options)));
  const bool open = request.schema.classes() && leaves_penalty_open(arguments);
  std::optional<moe::FitRequest> kept;
  if (open || moe::may_check_held_out(request)) kept = request;
  watched.fit = moe::train(std::move(request));
  if (watched.fit.report.stopped) return watched;
  if (open && classes_separate(watched.fit)) fit_again(arguments, *kept, follower, watched);
  if (watched.fit.report.stopped) return watched;
  if (kept) check(*kept, watched);
  return watched;
}

std::vector<std::string> notes_on_penalties(const moe::Model* start, const moe::FitSummary& now) {
  std::vector<std::string> notes;
  if (start == nullptr || start->fit.rows == 0) return notes;
  const moe::FitSummary& before = start->fit;
  for (const auto& [option, then, here] :
       {std::tuple{"--l2", before.l2, now.l2}, std::tuple{"--gate-l2", before.gate_l2, now.gate_l2},
        std::tuple{"--l1", before.l1, now.l1}, std::tuple{"--gate-l1", before.gate_l1, now.gate_l1}})
    if (std::isfinite(then) && then != here)
      notes.push_back(std::string("note: --resume's model was fitted with ") + option + " " + moe::format_number(then) +
                      ", and this fit has " + moe::format_number(here) + ": it minimises something else");
  return notes;
}

}  // namespace cli
