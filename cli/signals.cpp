#include "signals.hpp"

#include <signal.h>

#include "moe/stop.hpp"

namespace cli {
namespace {

constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU};

std::atomic<bool> noting{false}, stop{false};
std::atomic<int> noted_signal{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// A handler may do only a few things. This one stores numbers, unlinks files, and raises the signal again, which then
/// ends the process in the usual way.
void handle(int signal) {
  if (noting && noted_signal == 0 && signal != SIGPIPE && signal != SIGXCPU) {
    noted_signal = signal;
    stop = true;
    return;
  }
  moe::remove_temporaries();
  ::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

void end_on_signals() {
  signal(SIGXFSZ, SIG_IGN);  // a file that grows beyond its limit is then an error in writing
  struct sigaction action = {}, before = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  for (const int signal : kEnding) {
    sigaction(signal, nullptr, &before);
    // nohup ignores the hangup, and some callers ignore the broken pipe, which then is an error in writing. We keep it
    // so.
    if (before.sa_handler == SIG_IGN && (signal == SIGHUP || signal == SIGPIPE)) continue;
    sigaction(signal, &action, nullptr);
  }
}

void catch_interrupts() { noting = true; }

int interrupted() { return noted_signal; }

const std::atomic<bool>* interruption() { return &stop; }

}  // namespace cli
