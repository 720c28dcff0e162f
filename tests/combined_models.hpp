// Small models for tests of export formats: every family with every network under every gate.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "models.hpp"
#include "moe/registry.hpp"

/// Calls use(model) for each of them. Some have an offset or an exposure, and some have inputs of their own in each
/// branch.
template <class Use>
void for_each_combination(const Use& use) {
  std::uint64_t stream = 0;
  const auto of_family = [&](const std::string& family, arma::uword targets) {
    for (const std::string& network : examples(moe::network_words()))
      for (const std::string& link : examples(moe::gate_words())) {
        if (link == "linear" && network.find("no-intercept") != std::string::npos) continue;
        moe::Random random(67, ++stream);
        moe::Model model = make_model({family, network, stream % 3 == 0 ? network : "linear", link, 3, 3,
                                       classes_of(family), stream % 2 == 0, targets});
        randomize(model, random);
        if (stream % 4 == 0) model.schema.offset = "o";
        if (stream % 5 == 0) model.schema.exposure = "e";
        INFO(family << " " << network << " " << link);
        use(model);
      }
  };
  for (const std::string& family : examples(moe::family_words())) of_family(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) of_family(family, 2);
}
