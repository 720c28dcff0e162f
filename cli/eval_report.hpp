// What eval prints: text for people, and JSON.
#pragma once

#include <string>

#include "json.hpp"
#include "judged.hpp"

namespace cli {

struct EvalReport {
  bool details = false, by_expert = false;
};

std::string eval_text(const Judgement& judgement, const EvalReport& report);
/// Of one prediction its figures; of several an array of these, and the differences to the first one.
Json eval_json(const Judgement& judgement, const EvalReport& report);

}  // namespace cli
