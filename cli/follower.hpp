// What goes along with a fit: --log, --checkpoint, the progress bar and ^C.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "command.hpp"
#include "moe/file.hpp"
#include "moe/train.hpp"
#include "progress.hpp"

namespace cli {

class Follower {
 public:
  /// Throws Error (io) where the log or the checkpoint cannot be written.
  explicit Follower(const Arguments& arguments);
  /// The checkpoints are of a run that these words tell of, and hold its progress, which must outlive this. They never hold a worse
  /// model than `best`, of an earlier part of the run.
  void keep_progress(moe::FitProgress& progress, std::string words, std::optional<moe::Model> best);

  /// Told after each pass; false where the user wants the fit to stop.
  bool operator()(const moe::PassReport& report);

  /// Saves what is to be saved whatever the end was.
  void finish();

  /// What an interrupted user is told beside that: "" without --checkpoint.
  std::string how_to_go_on() const;

 private:
  void write_log(const moe::PassReport& report);
  void save();
  void keep(const moe::PassReport& report);

  Progress progress_;
  std::string checkpoint_;
  double every_, saved_ = 0, best_value_ = std::numeric_limits<double>::infinity();
  bool best_of_some_ = true;
  bool best_on_floor_ = true;  // a sigma on its floor: kept only while there is nothing else
  std::optional<moe::Model> best_;
  moe::FitProgress* done_ = nullptr;
  std::string words_;
  std::unique_ptr<moe::OutputFile> log_;
};

}  // namespace cli
