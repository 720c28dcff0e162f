#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

extern "C" void openblas_set_num_threads(int);

namespace moe {
namespace {

/// OpenBLAS's own threads change the order of sums with their number, and lose on products as thin as ours.
void keep_blas_to_one_thread() {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
}

}  // namespace

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
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, tasks); ++i) others.emplace_back(worker);
  worker();
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace moe
