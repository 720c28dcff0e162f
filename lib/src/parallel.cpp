#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

extern "C" void openblas_set_num_threads(int);

namespace moe {
namespace {

/// Looks for news that often before it goes to sleep; between looks, first pauses and then lets others have the processor.
constexpr int kPauses = 200, kLooks = 3000;

void wait_a_moment(int look) {
#ifdef __SSE2__
  if (look < kPauses) return _mm_pause();
#endif
  std::this_thread::yield();
}

}  // namespace

void keep_blas_to_one_thread() {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
}

void parallel_for(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work) {
  keep_blas_to_one_thread();
  if (threads <= 1 || tasks <= 1) {
    for (std::size_t task = 0; task < tasks; ++task) work(task);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(tasks);
  const auto worker = [&] {
    for (std::size_t task = next++; task < tasks; task = next++) {
      try {
        work(task);
      } catch (...) {
        failures[task] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  others.reserve(std::min<std::size_t>(threads, tasks));
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, tasks); ++i) {
    try {
      others.emplace_back(worker);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those there are do the work
    }
  }
  worker();
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

Crew::Crew(unsigned threads, std::size_t tasks) : taken_(tasks), failures_(tasks) {
  const std::size_t count = std::min<std::size_t>(threads, tasks);
  others_.reserve(count);
  for (std::size_t i = 1; i < count; ++i) {
    try {
      others_.emplace_back([this, i, count, tasks] { serve(i * tasks / count); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those there are do the work
    }
  }
}

Crew::~Crew() {
  ended_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& other : others_) other.join();
}

void Crew::run(const std::function<void(std::size_t)>& work) {
  work_ = &work;
  left_ = taken_.size();
  const std::uint64_t round = ++round_;
  round_.notify_all();
  help(0, round);
  for (int look = 0; left_.load(std::memory_order_acquire) > 0; ++look) wait_a_moment(look);
  std::exception_ptr first;
  for (std::exception_ptr& failure : failures_)
    if (const std::exception_ptr own = std::exchange(failure, nullptr); own && !first) first = own;
  if (first) std::rethrow_exception(first);
}

void Crew::help(std::size_t first, std::uint64_t round) {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    const std::size_t task = (first + i) % taken_.size();
    std::uint64_t before = round - 1;
    if (!taken_[task].compare_exchange_strong(before, round)) continue;
    // The round cannot end before this task is done, so that work_ stays.
    try {
      (*work_)(task);
    } catch (...) {
      failures_[task] = std::current_exception();
    }
    left_.fetch_sub(1, std::memory_order_release);
  }
}

std::uint64_t Crew::round_after(std::uint64_t seen) const {
  for (int look = 0; look < kLooks; ++look) {
    if (const std::uint64_t round = round_.load(std::memory_order_acquire); round != seen) return round;
    wait_a_moment(look);
  }
  round_.wait(seen);
  return round_.load(std::memory_order_acquire);
}

void Crew::serve(std::size_t first) {
  for (std::uint64_t round = 0;;) {
    round = round_after(round);
    if (ended_) return;
    help(first, round);
  }
}

}  // namespace moe
