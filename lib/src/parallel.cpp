#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

extern "C" void openblas_set_num_threads(int);

namespace moe {

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

}  // namespace moe
