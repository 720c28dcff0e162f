#include "follower.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "moe/checkpoint.hpp"
#include "moe/error.hpp"
#include "resume.hpp"
#include "signals.hpp"

namespace cli {
namespace {

/// In the record of progress: how good the best model so far is, by the measures that compare models.
constexpr const char* kBest = "best so far";

}  // namespace

Follower::Follower(const Arguments& arguments)
    : progress_(arguments.has("quiet"), threads(arguments)),
      checkpoint_(arguments.text("checkpoint")),
      every_(arguments.number("every", 0, std::numeric_limits<double>::max())),
      keeps_course_(arguments.has("report")) {
  if (!checkpoint_.empty()) moe::OutputFile probe(checkpoint_);
  if (arguments.has("log")) log_ = std::make_unique<moe::OutputFile>(arguments.text("log"));
  catch_interrupts();
}

void Follower::keep_progress(moe::FitProgress& progress, std::string words, std::optional<moe::Model> best) {
  done_ = &progress;
  words_ = std::move(words);
  const auto found = progress.find(kBest);
  if (!best || found == progress.end() || found->second.n_elem != 3) return;
  best_ = std::move(best);
  best_value_ = found->second[0];
  best_on_floor_ = found->second[1] != 0;
  best_of_some_ = found->second[2] != 0;
}

void Follower::begin_again() {
  course_.forget();
  best_.reset();
  best_value_ = std::numeric_limits<double>::infinity();
  best_of_some_ = best_on_floor_ = true;
}

bool Follower::operator()(const moe::PassReport& report) {
  progress_.show(report);
  if (log_ && !report.pilot) write_log(report);
  if (!checkpoint_.empty()) keep(report);
  if (keeps_course_) course_.add(report);
  return interrupted() == 0;
}

void Follower::finish() {
  progress_.clear();
  if (best_ && !checkpoint_.empty()) save();
  if (log_) log_->commit();
  log_.reset();
}

std::string Follower::how_to_go_on(const Arguments& arguments) const {
  if (checkpoint_.empty()) return "";
  if (!best_) return ", and no checkpoint, as no pass was over";
  if (done_ == nullptr)
    return ", but the checkpoint is: --resume " + moe::printable(checkpoint_, 200) + " begins there";
  return ", but the checkpoint is, and this goes on: " + command_to_go_on(arguments, checkpoint_);
}

void Follower::write_log(const moe::PassReport& report) {
  nlohmann::ordered_json line = {
      {"restart", report.restart + 1}, {"iteration", report.pass}, {"objective", report.objective}};
  if (report.validation) line["validation"] = *report.validation;
  line["seconds"] = report.seconds;
  log_->write(line.dump() + "\n");
}

void Follower::keep(const moe::PassReport& report) {
  const double value = report.validation.value_or(report.objective);
  // A model that was fitted to some of the rows is kept only until there is one of all rows.
  const bool worse =
      std::tuple(report.pilot, report.on_floor, value) >= std::tuple(best_of_some_, best_on_floor_, best_value_);
  if (std::isfinite(value) && !(best_ && worse)) {
    best_value_ = value;
    best_on_floor_ = report.on_floor;
    best_of_some_ = report.pilot;
    best_ = report.model;
    best_->theta = report.theta;
  }
  if (!best_ || report.seconds - saved_ < every_) return;
  save();
  saved_ = report.seconds;
}

void Follower::save() {
  moe::Checkpoint checkpoint{*best_, {}, words_};
  if (done_ != nullptr) {
    (*done_)[kBest] = {best_value_, best_on_floor_ ? 1.0 : 0.0, best_of_some_ ? 1.0 : 0.0};
    checkpoint.progress = *done_;
  }
  moe::save_checkpoint(checkpoint, checkpoint_);
}

}  // namespace cli
