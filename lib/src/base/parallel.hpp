// Work shared among threads. The result is the same for any number of threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace moe {

/// Calls work(task) once for each task 0 .. tasks-1, on up to `threads` threads, of which the caller's is one. Uses
/// fewer threads where the system gives no more. Where tasks throw, the exception of the first of them (by number) is
/// thrown again after all tasks have ended. Before each task it checks whether the work is to stop; the caller's
/// StopScope holds on the other threads, too. BLAS runs on one thread within a task. Throws OutOfMemory where BLAS
/// cannot have its memory.
void parallel_for(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work);

/// The same for work that calls no BLAS and so does not need its memory.
void parallel_for_without_blas(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work);

/// Threads that wait for the next round of tasks, for tasks as short as microseconds. A thread prefers the tasks that
/// it had in the last round, as its cache holds their data. Another thread takes such a task only if it is free
/// earlier.
class ThreadPool {
 public:
  /// Up to `threads` threads, of which the caller's is one, for rounds of `tasks` tasks.
  ThreadPool(unsigned threads, std::size_t tasks);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Calls work(task) once for each task 0 .. tasks-1. Throws again what one of them has thrown.
  void run(const std::function<void(std::size_t)>& work);

 private:
  void serve(std::size_t first);
  /// Takes the tasks of this round that no thread has taken yet, beginning with `first`.
  void help(std::size_t first, std::uint64_t round);
  std::uint64_t round_after(std::uint64_t seen) const;

  std::vector<std::atomic<std::uint64_t>> taken_;  // for each task, the last round in which a thread took it
  std::atomic<std::uint64_t> round_{0};
  std::atomic<std::size_t> left_{0};  // tasks of this round that are not done yet
  std::atomic<bool> ended_{false};
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::vector<std::exception_ptr> failures_;
  std::vector<std::thread> others_;
};

}  // namespace moe
