// linear: eta = W' [1; x].
#include "moe/error.hpp"
#include "moe/network.hpp"

namespace moe {

Network make_linear(const std::string& arguments, arma::uword inputs, arma::uword outputs) {
  if (!arguments.empty())
    throw Error(ErrorKind::kUsage, "network 'linear:" + arguments + "': linear takes no arguments: expected linear");
  return Network("linear", {{Step::Kind::kDense, inputs, outputs, 0}});
}

}  // namespace moe
