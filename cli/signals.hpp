// Handling of ^C and similar signals.
#pragma once

#include <atomic>

namespace cli {

/// From now on ^C, SIGTERM, SIGHUP and a broken pipe end the program at once, and leave no temporary file.
void end_on_signals();
/// From now on the first ^C, SIGTERM or SIGHUP is only noted; a second one ends the program.
void catch_interrupts();
/// The signal that was noted, or 0.
int interrupted();
/// A flag that becomes true with the signal.
const std::atomic<bool>* interruption();

}  // namespace cli
