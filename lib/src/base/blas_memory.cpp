// OpenBLAS needs a buffer for each thread that is in one of its routines at the same time. It keeps the buffer for the
// next thread. Where the system refuses a buffer (under a limit on the address space, for example), OpenBLAS asks again
// without end (its issue 5289); since 0.3.30 it ends the process.
//
// We avoid both with seats: a thread takes a seat before it calls BLAS, and there are only as many seats as OpenBLAS
// holds buffers. For one seat more we first ask the system for as much memory ourselves, and let OpenBLAS take it then.
// Another thread may take that memory in between; kMargin covers this in part.
#include "base/blas_memory.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <mutex>
#include <vector>

#include "moe/memory.hpp"

extern "C" {
void openblas_set_num_threads(int);
// These are OpenBLAS's own functions, and a build may hide them. The first one gives a buffer that nobody uses, or asks
// the system for a new one.
[[gnu::weak]] void* blas_memory_alloc(int);
[[gnu::weak]] void blas_memory_free(void*);
}

namespace moe {
namespace {

/// OpenBLAS's BUFFER_SIZE, 32 << 22 in 0.3.8 and later on x86-64 and 64-bit ARM. No function tells it.
constexpr std::size_t kBlasBuffer = std::size_t{128} << 20;
constexpr std::size_t kMargin = std::size_t{2} << 20;

bool is_room_for_buffers(std::size_t count) {
  const std::size_t bytes = count * kBlasBuffer + kMargin;
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages != MAP_FAILED && ::munmap(pages, bytes) == 0;
}

/// Makes OpenBLAS hold one buffer more than `there`. Returns false where the system may refuse it. OpenBLAS does not
/// say whether a buffer is new, so this function takes all of them for a moment. In this moment each of the `busy`
/// other threads may need a buffer and get a new one, so there must be room for `busy` more.
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
