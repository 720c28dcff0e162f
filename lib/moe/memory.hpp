// Out of memory.
#pragma once

#include <new>

namespace moe {

/// A std::bad_alloc with a sentence.
class OutOfMemory : public std::bad_alloc {
 public:
  /// `sentence` must outlive the exception.
  explicit OutOfMemory(const char* sentence) : sentence_(sentence) {}
  const char* what() const noexcept override { return sentence_; }

 private:
  const char* sentence_;
};

}  // namespace moe
