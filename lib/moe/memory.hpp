// Memory that is refused.
#pragma once

#include <new>

namespace moe {

/// A std::bad_alloc of which more can be said.
class OutOfMemory : public std::bad_alloc {
 public:
  /// `sentence` must last.
  explicit OutOfMemory(const char* sentence) : sentence_(sentence) {}
  const char* what() const noexcept override { return sentence_; }

 private:
  const char* sentence_;
};

}  // namespace moe
