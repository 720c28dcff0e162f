#include "moe/checkpoint.hpp"

#include <cstdint>
#include <cstdio>

#include "store/safetensors.hpp"

namespace moe {
namespace {

void add_text(Checksum& sum, const std::string& text) {
  const std::uint64_t size = text.size();
  sum.add({reinterpret_cast<const char*>(&size), sizeof size});
  sum.add(text);
}

void add_numbers(Checksum& sum, const arma::mat& numbers) {
  const std::uint64_t size[] = {numbers.n_rows, numbers.n_cols};
  sum.add({reinterpret_cast<const char*>(size), sizeof size});
  sum.add({reinterpret_cast<const char*>(numbers.memptr()), numbers.n_elem * sizeof(double)});
}

}  // namespace

std::string fingerprint(const Schema& schema, const Dataset& data) {
  Checksum sum;
  for (const auto* names : {&schema.inputs, &schema.targets, &schema.labels}) {
    add_text(sum, std::to_string(names->size()));
    for (const std::string& name : *names) add_text(sum, name);
  }
  for (const arma::mat* numbers : {&data.X, &data.y}) add_numbers(sum, *numbers);
  for (const arma::vec* numbers : {&data.w, &data.offset, &data.trials}) add_numbers(sum, *numbers);
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(sum.value()));
  return text;
}

}  // namespace moe
