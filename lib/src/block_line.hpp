// Blocks of a table worked on by several threads, their results taken in the file's order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

#include "csv_blocks.hpp"
#include "parallel.hpp"

namespace moe {

/// Calls work(block) for every block on up to `threads` threads and take(result) for each result, one at a time, in the order of
/// the blocks. `make_work()` makes each thread its work. What is thrown is thrown again, the first in that order, and ends it.
template <class MakeWork, class Take>
void in_order(CsvBlocks& blocks, CsvBlocks::Fill fill, unsigned threads, const MakeWork& make_work, const Take& take) {
  std::mutex mutex;
  std::condition_variable turn;
  std::size_t next = 0;
  bool stopped = false;
  std::exception_ptr failure;
  const auto in_turn = [&](std::size_t number, const auto& action) {
    std::unique_lock lock(mutex);
    turn.wait(lock, [&] { return next == number || stopped; });
    if (!stopped) {
      lock.unlock();
      try {
        action();
        lock.lock();
      } catch (...) {
        lock.lock();
        stopped = true;
        failure = std::current_exception();
      }
    }
    ++next;
    turn.notify_all();
    return !stopped;
  };
  parallel_for(threads, threads, [&](std::size_t) {
    auto work = make_work();
    CsvBlock block;
    for (;;) {
      {
        const std::lock_guard lock(mutex);
        if (stopped) return;
      }
      try {
        if (!blocks.next(block, fill)) return;
        auto result = work(block);
        if (!in_turn(block.number, [&] { take(std::move(result)); })) return;
      } catch (...) {
        const std::exception_ptr thrown = std::current_exception();
        in_turn(block.number, [&] { std::rethrow_exception(thrown); });
        return;
      }
    }
  });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace moe
