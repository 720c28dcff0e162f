// Memory for the numbers of a table, in pages of its own.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace moe {

constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// The first address in `memory` at which a huge page can begin.
inline char* next_huge_page(void* memory) {
  return static_cast<char*>(memory) + (kHugePage - reinterpret_cast<std::uintptr_t>(memory) % kHugePage) % kHugePage;
}

/// Asks the system for huge pages before `memory` is filled. This saves tens of thousands of page faults for a large
/// table.
inline void ask_for_huge_pages(void* memory, std::size_t bytes) {
  char* const begin = next_huge_page(memory);
  const std::size_t before = static_cast<std::size_t>(begin - static_cast<char*>(memory));
  if (before + kHugePage <= bytes) ::madvise(begin, (bytes - before) / kHugePage * kHugePage, MADV_HUGEPAGE);
}

/// Hands out room for numbers, not initialised. The room comes from slabs that go back to the system as soon as nobody
/// uses them. malloc would keep the memory, and then a table would need twice its own size while it is built. Each
/// thread needs an arena of its own.
class PageArena {
 public:
  std::shared_ptr<double> take(std::size_t count) {
    if (slab_ == nullptr || used_ + count > size_) grow(count);
    std::shared_ptr<double> result(slab_, slab_.get() + used_);  // shares ownership of the whole slab
    used_ += count;
    return result;
  }

 private:
  static constexpr std::size_t kSmall = std::size_t{1} << 16;

  void grow(std::size_t count) {
    if (slab_ == nullptr &&
        count * sizeof(double) < kSmall) {  // this block may be the only one, and it takes long to clear a huge page
      slab_ = std::shared_ptr<double>(new double[count], std::default_delete<double[]>());
      size_ = count;
      used_ = 0;
      return;
    }
    constexpr std::size_t kSlab = 4 * kHugePage;
    const std::size_t bytes = (std::max(kSlab, count * sizeof(double)) + kHugePage - 1) / kHugePage * kHugePage;
    const std::size_t room = bytes + kHugePage;  // room to begin at a huge page
    void* pages = ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    ask_for_huge_pages(pages, room);
    double* const begin = static_cast<double*>(static_cast<void*>(next_huge_page(pages)));
    slab_ = std::shared_ptr<double>(begin, [pages, room](double*) { ::munmap(pages, room); });
    size_ = bytes / sizeof(double);
    used_ = 0;
  }

  std::shared_ptr<double> slab_;
  std::size_t size_ = 0, used_ = 0;
};

}  // namespace moe
