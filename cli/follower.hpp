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

  /// Told after each pass; false where the user wants the fit to stop.
  bool operator()(const moe::PassReport& report);

  /// Saves what is to be saved whatever the end was.
  void finish();

 private:
  void write_log(const moe::PassReport& report);
  void keep(const moe::PassReport& report);

  Progress progress_;
  std::string checkpoint_;
  double every_, saved_ = 0, best_value_ = std::numeric_limits<double>::infinity();
  bool best_on_floor_ = true;  // a sigma on its floor: kept only while there is nothing else
  std::optional<moe::Model> best_;
  std::unique_ptr<moe::OutputFile> log_;
};

}  // namespace cli
