// When OpenBLAS is loaded, before main(), it starts a thread for each processor, whatever the settings. For a while
// these threads look for work before they sleep, and occupy processors that a small fit could use. moe shares out its
// work itself, and calls BLAS from each of its own threads. OpenBLAS counts the processors on which the process may
// run. So while it is loaded, the process may run only on the current one. Functions in .preinit_array run before the
// initialisation of any library.
#include "blas_threads.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cli {
namespace {

cpu_set_t allowed;
bool narrowed = false;

// Uses system calls only, as no library is initialised yet, and no sanitizer either.
[[gnu::no_sanitize("address", "undefined")]] void narrow(int, char**, char**) {
  unsigned processor = 0;
  if (syscall(SYS_getcpu, &processor, nullptr, nullptr) != 0 || processor >= CPU_SETSIZE) return;
  if (syscall(SYS_sched_getaffinity, 0, sizeof allowed, &allowed) <= 0) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  narrowed = syscall(SYS_sched_setaffinity, 0, sizeof one, &one) == 0;
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)(int, char**, char**) = narrow;

}  // namespace

void use_all_processors() {
  if (narrowed) sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace cli
