// How many rows come before a block that is parsed beside others.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace moe {

/// Tells how many rows come before a block, as soon as the blocks before it have been parsed.
class RowsBefore {
 public:
  /// Waits for the blocks before this one, which has so many rows.
  std::uint64_t of(std::size_t block, std::uint64_t rows) {
    std::unique_lock lock(mutex_);
    known_.wait(lock, [&] { return given_up_ || block == next_; });
    const std::uint64_t before = rows_;
    rows_ += rows;
    ++next_;
    known_.notify_all();
    return before;
  }
  /// A block could not be parsed, and nothing that comes behind it will be taken.
  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    known_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable known_;
  std::size_t next_ = 0;
  std::uint64_t rows_ = 0;
  bool given_up_ = false;
};

}  // namespace moe
