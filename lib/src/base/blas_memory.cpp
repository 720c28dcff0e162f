// OpenBLAS takes a buffer for each thread that is in one of its routines at a time, and keeps it for the next one. Where the system
// refuses a buffer, as under a limit on the address space, it asks again without end (its issue 5289; since 0.3.30 it ends the
// process). So each thread takes a seat before it calls BLAS, and a seat is there only with its buffer: the system is asked for as
// much first, then OpenBLAS takes it. What remains: memory that other threads take between the two, which a margin covers in part.
#include "base/blas_memory.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <mutex>
#include <vector>

#include "moe/memory.hpp"

extern "C" {
void openblas_set_num_threads(int);
// Of OpenBLAS's own; a build may hide them. The first gives a buffer that nobody uses, or takes a new one.
[[gnu::weak]] void* blas_memory_alloc(int);
[[gnu::weak]] void blas_memory_free(void*);
}

namespace moe {
namespace {

/// BUFFER_SIZE of OpenBLAS 0.3.8 and later, 32 << 22, on x86-64 and 64-bit ARM. No function tells it.
constexpr std::size_t kBuffer = std::size_t{128} << 20;
constexpr std::size_t kMargin = std::size_t{2} << 20;

bool is_room_for_buffers(std::size_t count) {
  const std::size_t bytes = count * kBuffer + kMargin;
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages != MAP_FAILED && ::munmap(pages, bytes) == 0;
}

/// Makes OpenBLAS hold one buffer more than `there`; false where the system may refuse it. OpenBLAS does not say whether a buffer is
/// new, so this takes all of them for a moment. Each of the `busy` other threads that needs its own in this moment gets a new one, so
/// that there must be room for one more for each of them.
bool hold_one_more(std::size_t there, std::size_t busy) {
  if (!is_room_for_buffers(1 + busy)) return false;
  if (blas_memory_alloc == nullptr || blas_memory_free == nullptr) return true;
  std::vector<void*> held;
  held.reserve(there + 1);
  while (held.size() <= there) held.push_back(blas_memory_alloc(0));
  for (void* buffer : held) blas_memory_free(buffer);
  return true;
}

class Seats {
 public:
  bool take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (taken_ == there_) {
      if (!hold_one_more(there_, taken_)) return false;
      ++there_;
    }
    ++taken_;
    return true;
  }
  void give_back() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --taken_;
  }

 private:
  std::mutex mutex_;
  std::size_t taken_ = 0, there_ = 0;
};

Seats& seats() {
  static Seats* const all = new Seats;  // outlives every thread
  return *all;
}

class Seat {
 public:
  ~Seat() {
    if (taken_) seats().give_back();
  }
  bool take() { return taken_ = taken_ || seats().take(); }

 private:
  bool taken_ = false;
};

thread_local Seat seat;

}  // namespace

bool may_call_blas() noexcept {
  try {
    return seat.take();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void use_blas() {
  keep_blas_to_one_thread();
  if (!may_call_blas())
    throw OutOfMemory(
        "out of memory: OpenBLAS, which does the linear algebra, takes 128 MiB of addresses for each thread, and there "
        "is no "
        "room for one: expected a higher limit, as of 'ulimit -v'");
}

void keep_blas_to_one_thread() {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
}

}  // namespace moe
