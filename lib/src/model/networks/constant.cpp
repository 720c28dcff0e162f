// constant: eta = W' [1], independent of the inputs.
#include "model/networks/networks.hpp"
#include "moe/error.hpp"
#include "moe/network.hpp"

namespace moe {

Network make_constant(const std::string& arguments, arma::uword, arma::uword outputs) {
  if (!arguments.empty())
    throw Error(ErrorKind::kUsage,
                "network 'constant:" + arguments + "': constant takes no arguments: expected constant");
  return Network("constant", {{Step::Kind::kDense, 0, outputs, 0}});
}

NetworkEntry constant_network() { return {{"constant", "an intercept alone", {"constant"}}, make_constant}; }

}  // namespace moe
