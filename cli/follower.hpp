// What accompanies a fit: --log, --checkpoint, the progress bar and ^C.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "command.hpp"
#include "fit_page.hpp"
#include "moe/file.hpp"
#include "moe/train.hpp"
#include "progress.hpp"

namespace cli {

class Follower {
 public:
  /// Throws Error (io) where the log or the checkpoint cannot be written.
  explicit Follower(const Arguments& arguments);
  /// From now on checkpoints hold the progress of the run, which must outlive this object, and `words`, which describe
  /// the run. They never hold a worse model than `best`, which is from an earlier part of the run.
  void keep_progress(moe::FitProgress& progress, std::string words, std::optional<moe::Model> best);

  /// Another fit follows, with whose models those until now do not compare.
  void begin_again();

  /// Called after each pass. Returns false where the user wants the fit to stop.
  bool operator()(const moe::PassReport& report);

  /// Saves what must be saved at the end, however the fit has ended.
  void finish();

  /// The course of the last fit, where --report asks for it; empty else.
  const FitCourse& course() const { return course_; }

  /// The end of a sentence for a user who has interrupted the fit: the command that goes on; "" without --checkpoint.
  std::string how_to_go_on(const Arguments& arguments) const;

 private:
  void write_log(const moe::PassReport& report);
  void save();
  void keep(const moe::PassReport& report);

  Progress progress_;
  std::string checkpoint_;
  double every_, saved_ = 0, best_value_ = std::numeric_limits<double>::infinity();
  bool best_of_some_ = true;
  bool best_on_floor_ = true;  // a model with a sigma on its floor is kept only while there is no other
  std::optional<moe::Model> best_;
  moe::FitProgress* done_ = nullptr;
  std::string words_;
  std::unique_ptr<moe::OutputFile> log_;
  bool keeps_course_;
  FitCourse course_;
};

}  // namespace cli
