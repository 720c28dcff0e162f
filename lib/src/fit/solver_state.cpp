#include "moe/error.hpp"
#include "moe/solver.hpp"

namespace moe {

const arma::vec& SolverState::at(const std::string& name, arma::uword size) const {
  const auto found = numbers.find(name);
  if (found == numbers.end() || found->second.n_elem != size || !found->second.is_finite())
    throw Error(ErrorKind::kModel, "the checkpoint's progress is none of this fit: '" + name + "' is missing or wrong");
  return found->second;
}

}  // namespace moe
