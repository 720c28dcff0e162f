// Ends long work from outside.
#pragma once

#include <atomic>
#include <exception>

namespace moe {

/// Thrown out of what was under way when it was asked to stop.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// While it lives, the library's work on this thread, and on those that help it, ends by Stopped within a fraction of a second
/// after the flag has become true. The library only reads the flag: a signal's handler may set it. Between two looks at the flag
/// lies a block of rows, or one decomposition of a matrix.
class StopScope {
 public:
  /// `flag` must outlive the scope; nullptr: nothing stops the work.
  explicit StopScope(const std::atomic<bool>* flag);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

 private:
  const std::atomic<bool>* before_;
};

/// The flag of this thread's innermost scope, or nullptr.
const std::atomic<bool>* stop_flag();

/// Throws Stopped where the flag is true. It costs a load: every loop that may take long calls it.
void end_if_stopped();

/// Removes the temporary files of all OutputFiles that are not committed. Safe in a signal's handler, after which the process must end.
void remove_temporaries() noexcept;

}  // namespace moe
