// Numbers in pages of their own.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <utility>

namespace moe {

/// Room for numbers, not initialised, which goes back to the system as soon as it is given up: malloc keeps blocks of this size,
/// and a table would need twice its memory while it is put together.
class PageBuffer {
 public:
  PageBuffer() = default;
  explicit PageBuffer(std::size_t count) : bytes_(count * sizeof(double)) {
    if (bytes_ == 0) return;
    void* pages = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    values_ = static_cast<double*>(pages);
  }
  PageBuffer(PageBuffer&& other) noexcept
      : values_(std::exchange(other.values_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  PageBuffer& operator=(PageBuffer&& other) noexcept {
    std::swap(values_, other.values_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~PageBuffer() { reset(); }

  double* get() const { return values_; }
  void reset() {
    if (values_ != nullptr) ::munmap(values_, bytes_);
    values_ = nullptr;
    bytes_ = 0;
  }

 private:
  double* values_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace moe
