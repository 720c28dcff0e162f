// Words of other programs for what has another name here.
#pragma once

#include <string>

namespace cli {

/// A family or network by the name that it has here: "normal:shared" is "gaussian:shared", "polynomial:2" is "poly:2".
/// Any other word stays.
std::string usual_word(const std::string& spec);

}  // namespace cli
