#include "objective/losses/objectives.hpp"

#include "base/registry.hpp"

namespace moe {
namespace {

Registry<ObjectiveEntry>& objectives() {
#define MOE_ENTRY(name) name##_objective(),
  static Registry<ObjectiveEntry> all("objective", {MOE_OBJECTIVES(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

}  // namespace

std::shared_ptr<const Objective> make_objective(const std::string& name) { return objectives().at(name).make(); }

std::vector<Word> objective_words() { return objectives().words(); }

void add_objective(const Word& word, const MakeObjective& make) { objectives().add({word, make}); }

}  // namespace moe
