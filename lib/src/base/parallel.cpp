// Threads take the next task from a shared counter, so that fast ones do more. Which thread does a task must not
// matter: each task has its own sums, which the caller adds up in the order of tasks. A ThreadPool keeps its threads
// for many short rounds; they spin for a moment before they sleep, as waking a thread takes longer than such a task.
#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/blas_memory.hpp"
#include "moe/stop.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace moe {
namespace {

/// How often a waiting thread looks for work before it sleeps. After the first kPauses looks, it lets other threads run
/// between looks.
constexpr int kPauses = 200, kLooks = 3000;

void wait_a_moment(int look) {
#ifdef __SSE2__
  if (look < kPauses) return _mm_pause();
#endif
  std::this_thread::yield();
}

/// Starts `count` threads, or as many as the system gives. Those that started do all the work.
template <class Run>
void start(std::vector<std::thread>& others, std::size_t count, const Run& run) {
  others.reserve(count);
  for (std::size_t i = 1; i <= count; ++i) {
    try {
      others.emplace_back(run, i);
    } catch (const std::exception&) {  // std::system_error or std::bad_alloc
      return;
    }
  }
}

/// `may_help` is asked by each thread other than the caller's, before it begins.
template <class MayHelp>
void share_out(std::size_t tasks, unsigned threads, const MayHelp& may_help,
               const std::function<void(std::size_t)>& work) {
  const auto checked = [&](std::size_t task) {
    end_if_stopped();
    work(task);
  };
  if (threads <= 1 || tasks <= 1) {
    for (std::size_t task = 0; task < tasks; ++task) checked(task);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(tasks);
  const auto take_tasks = [&] {
    for (std::size_t task = next++; task < tasks; task = next++) {
      try {
        checked(task);
      } catch (...) {
        failures[task] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  start(others, std::min<std::size_t>(threads, tasks) - 1, [&, flag = stop_flag()](std::size_t) {
    const StopScope scope(flag);
    if (may_help()) take_tasks();
  });
  take_tasks();
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

void parallel_for(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work) {
  use_blas();
  share_out(tasks, threads, may_call_blas, work);
}

void parallel_for_without_blas(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work) {
  share_out(
      tasks, threads, [] { return true; }, work);
}

ThreadPool::ThreadPool(unsigned threads, std::size_t tasks) : taken_(tasks), failures_(tasks) {
  const std::size_t count = std::min<std::size_t>(threads, tasks);
  if (count > 1) start(others_, count - 1, [this, count, tasks](std::size_t i) { serve(i * tasks / count); });
}

ThreadPool::~ThreadPool() {
  ended_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& other : others_) other.join();
}

void ThreadPool::run(const std::function<void(std::size_t)>& work) {
  work_ = &work;
  left_ = taken_.size();
  const std::uint64_t round = ++round_;
  round_.notify_all();
  help(0, round);
  for (int look = 0; left_.load(std::memory_order_acquire) > 0; ++look) wait_a_moment(look);
  std::exception_ptr first;
  for (std::exception_ptr& failure : failures_)
    if (const std::exception_ptr failed = std::exchange(failure, nullptr); failed && !first) first = failed;
  if (first) std::rethrow_exception(first);
}

void ThreadPool::help(std::size_t first, std::uint64_t round) {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    const std::size_t task = (first + i) % taken_.size();
    std::uint64_t before = round - 1;
    if (!taken_[task].compare_exchange_strong(before, round)) continue;
    // The round cannot end before this task is done, so work_ stays valid.
    try {
      (*work_)(task);
    } catch (...) {
      failures_[task] = std::current_exception();
    }
    left_.fetch_sub(1, std::memory_order_release);
  }
}

std::uint64_t ThreadPool::round_after(std::uint64_t seen) const {
  for (int look = 0; look < kLooks; ++look) {
    if (const std::uint64_t round = round_.load(std::memory_order_acquire); round != seen) return round;
    wait_a_moment(look);
  }
  round_.wait(seen);
  return round_.load(std::memory_order_acquire);
}

void ThreadPool::serve(std::size_t first) {
  for (std::uint64_t round = 0;;) {
    round = round_after(round);
    if (ended_) return;
    help(first, round);
  }
}

}  // namespace moe
