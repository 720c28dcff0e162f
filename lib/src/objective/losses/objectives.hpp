// The list of all objectives that a user can name. To add an objective, write its file in this folder and put its name
// into this list.
#pragma once

#include "moe/objective.hpp"
#include "moe/registry.hpp"

#define MOE_OBJECTIVES(each) each(likelihood) each(me) each(me_batch) each(blend) each(localized)

namespace moe {

struct ObjectiveEntry {
  Word word;
  MakeObjective make;
};

#define MOE_DECLARE(name) ObjectiveEntry name##_objective();
MOE_OBJECTIVES(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
