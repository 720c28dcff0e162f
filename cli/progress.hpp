// The progress bar of a long fit.
#pragma once

#include <chrono>
#include <string>

#include "moe/train.hpp"

namespace cli {

/// A line on standard error that is drawn over and over; nothing where that is no terminal.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }
  void show(const moe::PassReport& report);
  /// "fits 3 of 60"
  void show(const std::string& what, std::size_t done, std::size_t all);
  /// Takes the line away.
  void clear();

 private:
  /// Whether the line is to be drawn now.
  bool due();

  bool active_, drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace cli
