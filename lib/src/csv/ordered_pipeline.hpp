// Several threads work on the blocks of a table. Their results are taken in the order of the file.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/parallel.hpp"
#include "csv/csv_blocks.hpp"

namespace moe {

/// Holds the results of the threads until their turn comes, and hands them to the one that takes them.
template <class Result>
class OrderedPipeline {
 public:
  /// What came of a block: a result, or an exception.
  struct Outcome {
    std::optional<Result> result{};
    std::exception_ptr failure{};
  };

  explicit OrderedPipeline(std::size_t ahead) : ahead_(ahead) {}

  /// Waits while too many results are waiting for their turn. False where the work is over.
  bool may_begin() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return stopped_ || waiting_.size() < ahead_; });
    return !stopped_;
  }
  /// Adds the outcome of a block, then takes all results whose turn has come, unless another thread is doing that.
  template <class Take>
  void put(std::size_t number, Outcome outcome, const Take& take) {
    std::unique_lock lock(mutex_);
    // Where memory for a block was refused, the exception has the number of the block after it. That block's result
    // must not hide it.
    if (outcome.failure && (number < next_ || waiting_.contains(number))) return stop(outcome.failure);
    try {
      waiting_.try_emplace(number, std::move(outcome));
    } catch (...) {  // no memory for this result: without the stop, the others would wait for it for ever
      return stop(std::current_exception());
    }
    if (taking_) return;
    taking_ = true;
    for (auto at = waiting_.find(next_); at != waiting_.end() && !stopped_; at = waiting_.find(++next_)) {
      Outcome first = std::move(at->second);
      waiting_.erase(at);
      room_.notify_all();
      lock.unlock();
      const std::exception_ptr failure = taken(std::move(first), take);
      lock.lock();
      if (failure) stop(failure);
    }
    taking_ = false;
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  template <class Take>
  std::exception_ptr taken(Outcome outcome, const Take& take) {
    if (outcome.failure) return outcome.failure;
    try {
      take(std::move(*outcome.result));
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }
  void stop(const std::exception_ptr& failure) {
    stopped_ = true;
    failure_ = failure;
    room_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable room_;
  std::map<std::size_t, Outcome> waiting_;
  std::size_t ahead_, next_ = 0;
  bool taking_ = false, stopped_ = false;
  std::exception_ptr failure_;
};

/// Calls work(block) for every block on up to `threads` threads, and take(result) for each Result: one at a time, in
/// the order of the blocks. make_work() makes a `work` for each thread. Of the exceptions, the first in the order of
/// blocks is thrown again, and the work ends there.
template <class Result, class MakeWork, class Take>
void in_order(CsvBlocks& blocks, CsvBlocks::Fill fill, unsigned threads, const MakeWork& make_work, const Take& take) {
  constexpr std::size_t kAhead = 4;  // how many results a thread may be ahead
  OrderedPipeline<Result> line(kAhead * threads);
  parallel_for_without_blas(threads, threads, [&](std::size_t) {
    auto work = make_work();
    CsvBlock block;
    while (line.may_begin()) {
      typename OrderedPipeline<Result>::Outcome outcome;
      try {
        if (!blocks.next(block, fill)) return;
        outcome.result.emplace(work(block));
      } catch (...) {
        outcome.failure = std::current_exception();
      }
      const bool failed = outcome.failure != nullptr;
      line.put(block.number, std::move(outcome), take);
      if (failed) return;
    }
  });
  line.rethrow();
}

}  // namespace moe
