// The list of all gates that a user can name. To add a gate, write its file in this folder and put its name into this
// list.
#pragma once

#include "moe/gate.hpp"
#include "moe/registry.hpp"

#define MOE_GATES(each) each(softmax) each(positive) each(linear)

namespace moe {

struct GateEntry {
  Word word;
  MakeGate make;
};

#define MOE_DECLARE(name) GateEntry name##_gate();
MOE_GATES(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
