#include "model/families/families.hpp"

#include <algorithm>

#include "base/registry.hpp"

namespace moe {
namespace {

Registry<FamilyEntry>& families() {
#define MOE_ENTRY(name) name##_family(),
  static Registry<FamilyEntry> all("family", {MOE_FAMILIES(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

/// The only family of several targets that is not composed of families of one target each.
constexpr const char* kFull = "gaussian:full";

std::vector<std::string> split_list(const std::string& specs) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= specs.size();) {
    const std::size_t end = std::min(specs.find(',', begin), specs.size());
    result.push_back(specs.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::shared_ptr<const Family> make_full_gaussian(const std::vector<TargetInfo>& targets);
std::shared_ptr<const Family> make_joint(const std::vector<std::string>& specs, const std::vector<TargetInfo>& targets);

std::shared_ptr<const Family> make_family(const std::string& spec, const TargetInfo& target) {
  const auto [name, arguments] = split_spec(spec);
  return families().at(name).make(arguments, target);
}

std::shared_ptr<const Family> make_family(const std::string& spec, const std::vector<TargetInfo>& targets) {
  const std::vector<std::string> specs = split_list(spec);
  if (targets.size() == 1 && specs.size() == 1) return make_family(spec, targets[0]);
  if (spec == kFull) return make_full_gaussian(targets);
  if (std::find(specs.begin(), specs.end(), kFull) != specs.end())
    throw Error(ErrorKind::kUsage, "family 'gaussian:full' describes all targets together: expected it alone");
  return make_joint(specs, targets);
}

std::vector<Support> family_supports(const std::string& spec) {
  const std::vector<std::string> specs = split_list(spec);
  if (spec == kFull) return {Support::kReal};
  if (specs.size() == 1) return {family_support(spec)};
  return make_family(spec, std::vector<TargetInfo>(specs.size()))->supports();
}

Support family_support(const std::string& spec) {
  return make_family(spec, families().at(split_spec(spec).first).typical)->support();
}

std::vector<Word> family_words() { return families().words(); }

std::vector<Word> several_family_words() {
  return {{"FAMILY,FAMILY",
           "one for each of several targets, or one for all: independent given the expert",
           {"gaussian", "gaussian:shared", "gaussian:unit", "gaussian:hetero,student", "gaussian,poisson",
            "gamma,zero-inflated-poisson"}},
          {kFull, "several targets together: a covariance matrix for each expert", {kFull}}};
}

void add_family(const Word& word, const MakeFamily& make, const TargetInfo& typical) {
  families().add({word, make, typical});
}

}  // namespace moe
