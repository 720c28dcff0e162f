#include "model/gates/gates.hpp"

#include "base/registry.hpp"

namespace moe {
namespace {

Registry<GateEntry>& gates() {
#define MOE_ENTRY(name) name##_gate(),
  static Registry<GateEntry> all("gate link", {MOE_GATES(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

}  // namespace

std::shared_ptr<const Gate> make_gate(const std::string& name) { return gates().at(name).make(); }

std::vector<Word> gate_words() { return gates().words(); }

void add_gate(const Word& word, const MakeGate& make) { gates().add({word, make}); }

}  // namespace moe
