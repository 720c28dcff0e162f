#include "export/graph.hpp"

namespace moe {

bool Graph::Value::is_range() const {
  for (std::size_t i = 1; i < indices.size(); ++i)
    if (indices[i] != indices[0] + i) return false;
  return kind == Kind::kPick;
}

std::vector<Graph::Id> Graph::needed(const std::vector<Id>& outputs) const {
  std::vector<bool> wanted(values.size());
  for (const Id id : outputs) wanted[id] = true;
  for (Id id = values.size(); id-- > 0;)
    if (wanted[id])
      for (const Id operand : values[id].operands) wanted[operand] = true;
  std::vector<Id> result;
  for (Id id = 0; id < values.size(); ++id)
    if (wanted[id]) result.push_back(id);
  return result;
}

std::vector<bool> Graph::needs_target() const {
  std::vector<bool> result(values.size());
  for (Id id = 0; id < values.size(); ++id) {
    result[id] = values[id].kind == Kind::kTargets;
    for (const Id operand : values[id].operands) result[id] = result[id] || result[operand];
  }
  return result;
}

}  // namespace moe
