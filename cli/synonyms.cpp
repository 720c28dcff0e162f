#include "synonyms.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "command.hpp"
#include "moe/error.hpp"

namespace cli {
namespace {

using Synonym = std::pair<const char*, const char*>;

constexpr Synonym kSpecs[] = {{"normal", "gaussian"},
                              {"gauss", "gaussian"},
                              {"t", "student"},
                              {"student-t", "student"},
                              {"studentt", "student"},
                              {"binary", "bernoulli"},
                              {"logistic", "bernoulli"},
                              {"logit", "bernoulli"},
                              {"multinomial", "categorical"},
                              {"negbin", "negative-binomial"},
                              {"nbinom", "negative-binomial"},
                              {"zip", "zero-inflated-poisson"},
                              {"polynomial", "poly"},
                              {"nn", "mlp"},
                              {"neural", "mlp"},
                              {"intercept", "constant"}};

/// Options of other programs.
constexpr Synonym kOptions[] = {{"label", "target"},         {"response", "target"},     {"outcome", "target"},
                                {"x", "features"},           {"inputs", "features"},     {"components", "experts"},
                                {"n-components", "experts"}, {"num-experts", "experts"}, {"clusters", "experts"},
                                {"distribution", "family"},  {"lr", "learning-rate"},    {"eta", "learning-rate"},
                                {"iterations", "epochs"},    {"max-iter", "epochs"},     {"passes", "epochs"},
                                {"batch-size", "batch"},     {"tol", "tolerance"},       {"ridge", "l2"},
                                {"weight-decay", "l2"},      {"lambda", "l2"},           {"lasso", "l1"},
                                {"starts", "restarts"},      {"n-init", "restarts"},     {"jobs", "threads"},
                                {"n-jobs", "threads"},       {"cores", "threads"},       {"random-state", "seed"},
                                {"out", "output"},           {"outfile", "output"},      {"out-file", "output"},
                                {"separator", "delimiter"},  {"sep", "delimiter"},       {"early-stopping", "patience"},
                                {"optimizer", "solver"},     {"method", "solver"},       {"loss", "objective"},
                                {"criterion", "by"},         {"columns", "features"}};

/// "--Batch_Size" is "batch-size".
std::string plain_option(const std::string& word) {
  std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace

std::string usual_word(const std::string& spec) {
  const std::size_t end = std::min(spec.find_first_of(":,"), spec.size());
  const auto found = std::find_if(std::begin(kSpecs), std::end(kSpecs),
                                  [&](const Synonym& word) { return spec.compare(0, end, word.first) == 0; });
  return found == std::end(kSpecs) ? spec : found->second + spec.substr(end);
}

std::string nearest_option(const Command& command, const std::string& word) {
  const std::string plain = plain_option(word);
  std::vector<std::string> known;
  for (const Option& option : command.options) {
    if (option.name == plain || (!option.letter.empty() && option.letter == plain)) return "--" + option.name;
    known.push_back("--" + option.name);
  }
  for (const auto& [theirs, ours] : kOptions)
    if (plain == theirs && std::find(known.begin(), known.end(), std::string("--") + ours) != known.end())
      return std::string("--") + ours;
  return moe::nearest_word("--" + plain, known);
}

}  // namespace cli
