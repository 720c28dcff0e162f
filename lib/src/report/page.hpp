// The page of a report: a template, and what is put into it.
#pragma once

#include <string>

namespace moe {

struct PageParts {
  std::string title;  ///< as text
  std::string json;   ///< the report, as figures.hpp writes it
  /// A plain script that sets moeModel, which the what-if panel asks; "" for a page without one.
  std::string model_script{};
};

/// One HTML file that loads nothing. Its scripts bear a nonce that follows from the whole page, so that a script that
/// the data bring along is not run, and the same parts give the same bytes.
std::string page_of(const PageParts& parts);

}  // namespace moe
