#include "moe/stop.hpp"

namespace moe {
namespace {

thread_local const std::atomic<bool>* current = nullptr;

}  // namespace

StopScope::StopScope(const std::atomic<bool>* flag) : before_(current) { current = flag; }

StopScope::~StopScope() { current = before_; }

const std::atomic<bool>* stop_flag() { return current; }

void end_if_stopped() {
  if (current != nullptr && current->load(std::memory_order_relaxed)) throw Stopped();
}

}  // namespace moe
