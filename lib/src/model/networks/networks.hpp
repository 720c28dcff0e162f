// The list of all networks that a user can name. To add a network, write its file in this folder and put its name into
// this list.
#pragma once

#include "moe/network.hpp"
#include "moe/registry.hpp"

#define MOE_NETWORKS(each) each(linear) each(poly) each(constant) each(mlp) each(pieces)

namespace moe {

struct NetworkEntry {
  Word word;
  MakeNetwork make;
};

#define MOE_DECLARE(name) NetworkEntry name##_network();
MOE_NETWORKS(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
