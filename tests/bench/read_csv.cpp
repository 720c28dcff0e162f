// read_csv moe|limit FILE: reads a table on all cores, and prints seconds, peak memory in MB, and the size of the
// matrix. `limit` runs std::from_chars over all cells on all cores into memory that is already there, for a file of
// plain numbers: the standard for any exact reader.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "moe/dataset.hpp"
#include "moe/error.hpp"

namespace {

double megabytes_of_moe(const char* path) {
  moe::CsvReader reader(path);
  moe::ColumnRequest request;
  request.missing = moe::Missing::kMean;
  return static_cast<double>(moe::read_training_table(reader, request, 1).data.X.n_elem) * 8e-6;
}

/// Parses the cells in [at, end). Returns how many there are.
std::size_t parse(const char* at, const char* end, double* to) {
  double* const first = to;
  while (at < end) {
    at = std::from_chars(at, end, *to).ptr + 1;
    ++to;
  }
  return static_cast<std::size_t>(to - first);
}

double megabytes_at_limit(const char* path) {
  const int descriptor = ::open(path, O_RDONLY);
  struct stat status {};
  ::fstat(descriptor, &status);
  const auto size = static_cast<std::size_t>(status.st_size);
  const auto* text =
      static_cast<const char*>(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0));
  const unsigned threads = std::thread::hardware_concurrency();
  const char* at = static_cast<const char*>(std::memchr(text, '\n', size)) + 1;
  std::vector<std::thread> pool;
  std::vector<std::size_t> counts(threads);
  std::vector<std::unique_ptr<double[]>> values(threads);
  for (unsigned i = 0; i < threads; ++i) {
    const char* const nominal = text + size / threads * (i + 1);
    const char* const end =
        i + 1 == threads ? text + size : static_cast<const char*>(std::memchr(nominal, '\n', size)) + 1;
    values[i].reset(new double[static_cast<std::size_t>(end - at) / 2]);
    pool.emplace_back([at, end, to = values[i].get(), count = &counts[i]] { *count = parse(at, end, to); });
    at = end;
  }
  double count = 0;
  for (unsigned i = 0; i < threads; ++i) {
    pool[i].join();
    count += static_cast<double>(counts[i]);
  }
  return count * 8e-6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    const auto begin = std::chrono::steady_clock::now();
    const double matrix = std::string(argv[1]) == "moe" ? megabytes_of_moe(argv[2]) : megabytes_at_limit(argv[2]);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%.3f %.0f %.0f\n", seconds, static_cast<double>(usage.ru_maxrss) * 1.024e-3, matrix);
  } catch (const moe::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
