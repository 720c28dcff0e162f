// OpenBLAS starts a thread for each processor when it is loaded, before main() and whatever its settings are to be; the threads look
// out for work for a while before they sleep, on a processor that a small fit could use. moe shares out its work itself and calls
// BLAS from each of its threads. OpenBLAS counts the processors that the process may run on: while it is loaded that is the one it
// is running on. What stands in .preinit_array runs before any library's own beginning.
#include "blas_threads.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cli {
namespace {

cpu_set_t allowed;
bool narrowed = false;

// No functions of libraries but bare system calls, as none is ready for more; nor are sanitizers.
[[gnu::no_sanitize("address", "undefined")]] void narrow(int, char**, char**) {
  unsigned own = 0;
  if (syscall(SYS_getcpu, &own, nullptr, nullptr) != 0 || own >= CPU_SETSIZE) return;
  if (syscall(SYS_sched_getaffinity, 0, sizeof allowed, &allowed) <= 0) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(own, &one);
  narrowed = syscall(SYS_sched_setaffinity, 0, sizeof one, &one) == 0;
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)(int, char**, char**) = narrow;

}  // namespace

void use_all_processors() {
  if (narrowed) sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace cli
