#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr int kBar = 24;

}  // namespace

Progress::Progress(bool quiet) : active_(!quiet && isatty(STDERR_FILENO)) {}

void Progress::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

bool Progress::due() {
  const auto now = std::chrono::steady_clock::now();
  if (!active_ || now - last_ < kInterval) return false;
  last_ = now;
  drawn_ = true;
  return true;
}

void Progress::show(const std::string& what, std::size_t done, std::size_t all) {
  if (due())
    std::fputs(("\r\033[K" + what + " " + std::to_string(done) + " of " + std::to_string(all) + " ").c_str(), stderr);
}

void Progress::show(const moe::PassReport& report) {
  if (!due()) return;
  std::string bar;
  if (report.passes > 0) {
    const int filled = static_cast<int>(kBar * report.pass / report.passes);
    bar = "[" + std::string(static_cast<std::size_t>(filled), '#') +
          std::string(static_cast<std::size_t>(kBar - filled), '.') + "] ";
  }
  char text[200];
  // Fits with higher numbers than the starts are those of split and merge.
  const std::string what = report.restart < report.restarts ? "start " + std::to_string(report.restart + 1) + " of " +
                                                                  std::to_string(report.restarts)
                                                            : "splitting and merging experts";
  int length = std::snprintf(text, sizeof text, "\r\033[K%s, pass %llu, objective %.6g", what.c_str(),
                             static_cast<unsigned long long>(report.pass), report.objective);
  if (report.validation)
    length += std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ", validation %.6g",
                            *report.validation);
  std::fputs((std::string(text) + " " + bar).c_str(), stderr);
}

}  // namespace cli
