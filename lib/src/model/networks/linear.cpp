// linear: eta = W' [1; x], or W' x with linear:no-intercept.
#include "model/networks/networks.hpp"
#include "moe/error.hpp"
#include "moe/network.hpp"

namespace moe {

Network make_linear(const std::string& arguments, arma::uword inputs, arma::uword outputs) {
  if (!arguments.empty() && arguments != "no-intercept")
    throw Error(ErrorKind::kUsage, "network 'linear:" + arguments + "': expected linear or linear:no-intercept");
  const bool intercept = arguments.empty();
  if (!intercept && inputs == 0)
    throw Error(ErrorKind::kUsage, "network 'linear:no-intercept': it has no inputs: expected one or more");
  return Network(intercept ? "linear" : "linear:no-intercept", {{Step::Kind::kDense, inputs, outputs, 0, intercept}});
}

NetworkEntry linear_network() {
  return {{"linear",
           "an intercept and a slope for each input; linear:no-intercept without the first",
           {"linear", "linear:no-intercept"}},
          make_linear};
}

}  // namespace moe
