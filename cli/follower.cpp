#include "follower.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "moe/model_file.hpp"

namespace cli {

Follower::Follower(const Arguments& arguments)
    : progress_(arguments.has("quiet")),
      checkpoint_(arguments.text("checkpoint")),
      every_(arguments.number("every", 0, std::numeric_limits<double>::max())) {
  if (!checkpoint_.empty()) moe::OutputFile probe(checkpoint_);
  if (arguments.has("log")) log_ = std::make_unique<moe::OutputFile>(arguments.text("log"));
  catch_interrupts();
}

bool Follower::operator()(const moe::PassReport& report) {
  progress_.show(report);
  if (report.rehearsal) return interrupted() == 0;
  if (log_) write_log(report);
  if (!checkpoint_.empty()) keep(report);
  return interrupted() == 0;
}

void Follower::finish() {
  progress_.clear();
  if (best_) moe::save_model(*best_, checkpoint_);
  if (log_) log_->commit();
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
  const bool worse = std::pair(report.on_floor, value) >= std::pair(best_on_floor_, best_value_);
  if (!std::isfinite(value) || (best_ && worse)) return;
  best_value_ = value;
  best_on_floor_ = report.on_floor;
  best_ = report.model;
  best_->theta = report.theta;
  if (report.seconds - saved_ < every_) return;
  moe::save_model(*best_, checkpoint_);
  saved_ = report.seconds;
}

}  // namespace cli
