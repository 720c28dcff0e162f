// Work shared among threads, the same result for any number of them.
#pragma once

#include <cstddef>
#include <functional>

namespace moe {

/// Calls work(task) once for each task 0 .. tasks-1 on up to `threads` threads, the caller's among them. Where tasks throw, the
/// exception of the first of them is thrown again after all have ended. Within, BLAS runs on one thread.
void parallel_for(std::size_t tasks, unsigned threads, const std::function<void(std::size_t)>& work);

/// From now on BLAS runs on the caller's thread. Its own threads change the order of sums with their number, and lose on products
/// as thin as ours.
void keep_blas_to_one_thread();

}  // namespace moe
