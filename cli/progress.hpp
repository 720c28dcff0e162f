// The progress bar of a long fit.
#pragma once

#include <chrono>
#include <string>

#include "moe/train.hpp"

namespace cli {

/// A line on standard error that is drawn again and again. Nothing is drawn where standard error is no terminal.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }
  void show(const moe::PassReport& report);
  /// "fits 3 of 60"
  void show(const std::string& what, std::size_t done, std::size_t all);
  /// Removes the line.
  void clear();

 private:
  /// Whether it is time to draw the line again.
  bool due();

  bool active_, drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace cli
