// Stops long work from outside.
#pragma once

#include <atomic>
#include <exception>

namespace moe {

/// The exception that ends work when it was asked to stop.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// While a StopScope exists, the library's work on this thread, and on threads that help it, ends by Stopped within a
/// fraction of a second after the flag has become true. The library only reads the flag, so a signal handler may set
/// it. It looks at the flag after each block of rows and each decomposition of a matrix.
class StopScope {
 public:
  /// `flag` must outlive the scope. nullptr: nothing stops the work.
  explicit StopScope(const std::atomic<bool>* flag);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

 private:
  const std::atomic<bool>* before_;
};

/// The flag of this thread's innermost scope, or nullptr.
const std::atomic<bool>* stop_flag();

/// Throws Stopped where the flag is true. It costs one load, so every loop that may take long calls it.
void end_if_stopped();

/// Removes the temporary files of all OutputFiles that are not committed. It may be called in a signal handler; the
/// process must end after it.
void remove_temporaries() noexcept;

}  // namespace moe
