// The list of all families that a user can name. To add a family, write its file in this folder and put its name into
// this list.
#pragma once

#include "moe/family.hpp"
#include "moe/registry.hpp"

#define MOE_FAMILIES(each)                                                                                          \
  each(gaussian) each(student) each(laplace) each(skew_normal) each(lognormal) each(gamma) each(beta) each(poisson) \
      each(negative_binomial) each(zero_inflated_poisson) each(binomial) each(bernoulli) each(categorical)

namespace moe {

struct FamilyEntry {
  Word word;
  MakeFamily make;
  TargetInfo typical{};  ///< an example of a target that the family describes
};

#define MOE_DECLARE(name) FamilyEntry name##_family();
MOE_FAMILIES(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
