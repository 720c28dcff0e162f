#include "model/networks/networks.hpp"

#include "base/registry.hpp"

namespace moe {
namespace {

Registry<NetworkEntry>& networks() {
#define MOE_ENTRY(name) name##_network(),
  static Registry<NetworkEntry> all("network", {MOE_NETWORKS(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

}  // namespace

Network make_network(const std::string& spec, arma::uword inputs, arma::uword outputs) {
  const auto [name, arguments] = split_spec(spec);
  return networks().at(name).make(arguments, inputs, outputs);
}

std::vector<Word> network_words() { return networks().words(); }

void add_network(const Word& word, const MakeNetwork& make) { networks().add({word, make}); }

}  // namespace moe
