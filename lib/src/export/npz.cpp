// A zip archive of .npy files, all stored without compression: for each file a local header and its bytes, then the
// central directory. Dates are fixed, so that the same model gives the same bytes.
#include "export/npz.hpp"

#include <bit>

#include "moe/error.hpp"

namespace moe {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t kMostBytes = 0xFFFFFFFF;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xFF);
}

std::uint32_t crc32(const std::string& bytes) {
  static const auto table = [] {
    std::vector<std::uint32_t> result(256);
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
      result[i] = value;
    }
    return result;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

/// The part that the local header and the central directory have in common.
std::string header(const std::string& name, const std::string& bytes) {
  std::string out;
  put(out, 20, 2);      // version needed: 2.0
  put(out, 0x0800, 2);  // flag: names are UTF-8
  put(out, 0, 2);       // method: stored
  put(out, 0, 2);       // time: midnight
  put(out, 0x21, 2);    // date: 1 January 1980
  put(out, crc32(bytes), 4);
  put(out, bytes.size(), 4);
  put(out, bytes.size(), 4);
  put(out, name.size(), 2);
  put(out, 0, 2);  // no extra field
  return out;
}

}  // namespace

void Npz::add(const std::string& name, const arma::mat& values) {
  add(name, "<f8", "(" + std::to_string(values.n_rows) + ", " + std::to_string(values.n_cols) + ")", true,
      values.memptr(), values.n_elem * sizeof(double));
}

void Npz::add(const std::string& name, const std::vector<double>& values) {
  add(name, "<f8", "(" + std::to_string(values.size()) + ",)", false, values.data(), values.size() * sizeof(double));
}

void Npz::add(const std::string& name, const std::vector<arma::uword>& values) {
  const std::vector<std::int64_t> numbers(values.begin(), values.end());
  add(name, "<i8", "(" + std::to_string(numbers.size()) + ",)", false, numbers.data(), numbers.size() * 8);
}

void Npz::add(const std::string& name, const char* type, const std::string& shape, bool by_columns, const void* data,
              std::size_t bytes) {
  constexpr std::size_t kBegin = 10, kAlignment = 64;
  std::string about = std::string("{'descr': '") + type + "', 'fortran_order': " + (by_columns ? "True" : "False") +
                      ", 'shape': " + shape + ", }";
  while ((kBegin + about.size() + 1) % kAlignment != 0) about += ' ';
  about += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  put(file, about.size(), 2);
  file += about;
  file.append(static_cast<const char*>(data), bytes);
  entries_.push_back({name + ".npy", std::move(file)});
}

std::string Npz::bytes() const {
  std::string out, directory;
  for (const Entry& entry : entries_) {
    if (out.size() + entry.bytes.size() > kMostBytes)
      throw Error(ErrorKind::kUsage, "format numpy: the model has more than 4 GB of numbers: expected --format json");
    const std::string about = header(entry.name, entry.bytes);
    put(directory, 0x02014B50, 4);
    put(directory, 20, 2);  // made by: version 2.0
    directory += about;
    put(directory, 0, 2 + 2 + 2 + 4);  // no comment, first disk, no attributes
    put(directory, out.size(), 4);
    directory += entry.name;
    put(out, 0x04034B50, 4);
    out += about + entry.name + entry.bytes;
  }
  const std::size_t begin = out.size();
  out += directory;
  put(out, 0x06054B50, 4);
  put(out, 0, 2 + 2);  // one disk
  put(out, entries_.size(), 2);
  put(out, entries_.size(), 2);
  put(out, directory.size(), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace moe
