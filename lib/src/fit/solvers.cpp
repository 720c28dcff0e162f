#include "fit/solvers/solvers.hpp"

#include "base/registry.hpp"

namespace moe {
namespace {

Registry<SolverEntry>& solvers() {
#define MOE_ENTRY(name) name##_solver(),
  static Registry<SolverEntry> all("solver", {MOE_SOLVERS(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

}  // namespace

std::shared_ptr<const Solver> make_solver(const std::string& name) { return solvers().at(name).make(); }

std::vector<Word> solver_words() { return solvers().words(); }

void add_solver(const Word& word, const MakeSolver& make) { solvers().add({word, make}); }

}  // namespace moe
