// Taking a model file apart and putting it together, checksum and all.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

struct Parts {
  nlohmann::ordered_json header;
  std::string data;  // checksum left out
};

inline Parts take_apart(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  return {nlohmann::ordered_json::parse(bytes.substr(8, length)), bytes.substr(8 + length, bytes.size() - 16 - length)};
}

inline std::string assemble(std::string header, const std::string& data) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = header.size();
  std::string bytes(8, ' ');
  std::memcpy(bytes.data(), &length, 8);
  bytes += header + data;
  const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
  bytes.resize(bytes.size() + 8);
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
  return bytes;
}

inline std::string assemble(const Parts& parts) { return assemble(parts.header.dump(), parts.data); }
