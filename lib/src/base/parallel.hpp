// Work shared among threads, the same result for any number of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace moe {

/// Calls work(task) once for each task 0 .. tasks-1 on up to `threads` threads, the caller's among them. Where tasks throw, the
/// exception of the first of them is thrown again after all have ended. Threads that cannot be had are done without.
/// Looks before each task whether it is to stop, and carries the caller's StopScope to the other threads.
/// Within, BLAS runs on one thread; throws OutOfMemory where it cannot.
void parallel_for(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work);

/// The same for work that calls no BLAS, and does without its memory.
void parallel_for_without_blas(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work);

/// Threads that wait for the next work, for rounds of tasks as short as microseconds. A task goes to the same thread in every round,
/// whose cache holds what the task needs, unless another one is free first.
class ThreadPool {
 public:
  /// Up to `threads` threads, the caller's among them, for rounds of `tasks` tasks.
  ThreadPool(unsigned threads, std::size_t tasks);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Calls work(task) once for each task 0 .. tasks-1; throws what one of them has thrown.
  void run(const std::function<void(std::size_t)>& work);

 private:
  void serve(std::size_t first);
  /// Takes whatever tasks of this round nobody has taken, from `first` on.
  void help(std::size_t first, std::uint64_t round);
  std::uint64_t round_after(std::uint64_t seen) const;

  std::vector<std::atomic<std::uint64_t>> taken_;  // of each task: in which round it was last
  std::atomic<std::uint64_t> round_{0};
  std::atomic<std::size_t> left_{0};  // tasks of this round that are not done
  std::atomic<bool> ended_{false};
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::vector<std::exception_ptr> failures_;
  std::vector<std::thread> others_;
};

}  // namespace moe
