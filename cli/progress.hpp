// The progress line of a long fit.
#pragma once

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "moe/train.hpp"

namespace cli {

/// How long a fit of several starts may still take, and the best that it has come to. Starts may run side by side.
class Pace {
 public:
  explicit Pace(unsigned threads) : threads_(threads) {}
  void add(const moe::PassReport& report);
  /// "about 12 s left"; "at most .." before a start has ended, as it may do so before its last pass; "" where nothing
  /// is known.
  std::string time_left(const moe::PassReport& report) const;
  /// The least of what was minimised, or of its value on rows held out.
  double best() const { return best_; }

 private:
  double threads_, best_ = std::numeric_limits<double>::infinity();
  bool pilot_ = false;
  arma::uword starts_ = 0, last_start_ = 0;
  double began_ = 0, now_ = 0;  // in seconds
};

/// A line on standard error that is drawn again and again. Nothing is drawn where standard error is no terminal.
class Progress {
 public:
  /// `threads`: how many starts may run side by side.
  explicit Progress(bool quiet, unsigned threads = 1);
  ~Progress() { clear(); }
  /// "start 2 of 20, pass 34 of 200, objective 1.234, best 1.2, about 12 s left"
  void show(const moe::PassReport& report);
  /// "fits 3 of 60, about 12 s left"
  void show(const std::string& what, std::size_t done, std::size_t all);
  /// Removes the line.
  void clear();

 private:
  /// Whether it is time to draw the line again.
  bool due();
  /// Draws the parts on one line. Where that is too long, the third part and those after it go first.
  void draw(std::vector<std::string> parts);

  bool active_, drawn_ = false;
  std::chrono::steady_clock::time_point last_, began_ = std::chrono::steady_clock::now();
  std::string what_;
  Pace pace_;
};

}  // namespace cli
