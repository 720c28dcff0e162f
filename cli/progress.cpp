#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "moe/error.hpp"

namespace cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
/// Before that, too little has been done to say how long the rest takes.
constexpr double kLeastSeconds = 0.5;

std::string number_in(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// "12 s", "3 min" or "1 h 20 min".
std::string in_words(double seconds) {
  if (seconds < 60) return number_in("%.0f s", std::ceil(seconds));
  const double minutes = std::ceil(seconds / 60);
  if (minutes < 60) return number_in("%.0f min", minutes);
  return number_in("%.0f h ", std::floor(minutes / 60)) + number_in("%.0f min", std::fmod(minutes, 60));
}

std::string counted_of(const char* what, std::size_t done, std::size_t all) {
  return what + (" " + std::to_string(done)) + (all > 0 ? " of " + std::to_string(all) : "");
}

/// How many characters a line may have without a break.
std::size_t line_width() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return (known ? size.ws_col : kUsual) - 1;
}

}  // namespace

void Pace::add(const moe::PassReport& report) {
  // Values over other rows, or of another fit, do not compare.
  if (report.pilot != pilot_ || report.seconds < now_) best_ = std::numeric_limits<double>::infinity();
  if (report.pilot != pilot_ || report.seconds < now_ || report.restarts != starts_) {
    starts_ = report.restarts;
    last_start_ = 0;
    began_ = report.seconds;
  }
  pilot_ = report.pilot;
  now_ = report.seconds;
  last_start_ = std::max(last_start_, report.restart);
  const double value = report.validation.value_or(report.objective);
  if (std::isfinite(value)) best_ = std::min(best_, value);
}

std::string Pace::time_left(const moe::PassReport& report) const {
  const double spent = now_ - began_, starts = static_cast<double>(starts_);
  if (report.pilot || report.restart >= report.restarts || spent < kLeastSeconds) return "";
  const double ended = static_cast<double>(last_start_) + 1 - threads_;
  if (ended > 0) {
    const double done = ended + threads_ / 2;  // those that run are half done, on average
    return "about " + in_words(spent * std::max(starts - done, 0.5) / done) + " left";
  }
  if (report.passes == 0 || report.pass == 0) return "";
  const double start = spent * static_cast<double>(report.passes) / static_cast<double>(report.pass);
  return "at most " + in_words(start * std::ceil(starts / threads_) - spent) + " left";
}

Progress::Progress(bool quiet, unsigned threads) : active_(!quiet && isatty(STDERR_FILENO)), pace_(threads) {}

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

void Progress::draw(std::vector<std::string> parts) {
  std::erase(parts, "");
  constexpr std::size_t kKept = 2;
  while (parts.size() > kKept && moe::join(parts).size() > line_width()) parts.erase(parts.begin() + kKept);
  std::fputs(("\r\033[K" + moe::join(parts).substr(0, line_width())).c_str(), stderr);
}

void Progress::show(const std::string& what, std::size_t done, std::size_t all) {
  if (what != what_) began_ = std::chrono::steady_clock::now();
  what_ = what;
  if (!due()) return;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  const bool known = done > 0 && done <= all && seconds >= kLeastSeconds;
  const double left = known ? seconds * static_cast<double>(all - done) / static_cast<double>(done) : 0;
  draw({counted_of(what.c_str(), done, all), known ? "about " + in_words(left) + " left" : ""});
}

void Progress::show(const moe::PassReport& report) {
  pace_.add(report);
  if (!due()) return;
  // Fits with higher numbers than the starts are those of split and merge.
  std::string what = report.restarts > 1 ? counted_of("start", report.restart + 1, report.restarts) : "fitting";
  if (report.restart >= report.restarts) what = "splitting and merging experts";
  if (report.pilot) what += " on some of the rows";
  draw({what, counted_of("pass", report.pass, report.passes), number_in("objective %.6g", report.objective),
        report.validation ? number_in("validation %.6g", *report.validation) : "", number_in("best %.6g", pace_.best()),
        pace_.time_left(report)});
}

}  // namespace cli
