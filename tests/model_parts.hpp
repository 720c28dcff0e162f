// The bytes of a model, and those of its file taken apart and put together again, with its checksum.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "moe/model_file.hpp"
#include "scratch.hpp"

inline bool same_bits(const arma::mat& a, const arma::mat& b) {
  return arma::size(a) == arma::size(b) &&
         (a.is_empty() || std::memcmp(a.memptr(), b.memptr(), a.n_elem * sizeof(double)) == 0);
}

/// The model's file.
inline std::string bytes_of(const moe::Model& model) {
  const ScratchDir scratch;
  moe::save_model(model, scratch.path("model"));
  return ScratchDir::read(scratch.path("model"));
}

struct Parts {
  nlohmann::ordered_json header;
  std::string data;  // without the checksum
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

/// The model file with another description.
inline std::string with_description(const std::string& bytes,
                                    const std::function<void(nlohmann::ordered_json&)>& edit) {
  Parts parts = take_apart(bytes);
  nlohmann::ordered_json& text = parts.header["__metadata__"]["model"];
  nlohmann::ordered_json description = nlohmann::ordered_json::parse(text.get<std::string>());
  edit(description);
  text = description.dump();
  return assemble(parts);
}

/// The model file with another value in tensor `name`.
inline std::string with_number(const std::string& bytes, const std::string& name, std::size_t element, double value) {
  Parts parts = take_apart(bytes);
  const std::size_t begin = parts.header[name]["data_offsets"][0];
  std::memcpy(parts.data.data() + begin + 8 * element, &value, 8);
  return assemble(parts);
}
