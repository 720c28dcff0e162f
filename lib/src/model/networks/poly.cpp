// poly:P[:no-intercept]: eta = W' [1; x; x^2; ..; x^P]: powers of each input, but no products of different inputs.
#include <charconv>

#include "model/networks/networks.hpp"
#include "moe/error.hpp"
#include "moe/network.hpp"

namespace moe {
namespace {

/// Higher powers of standardised inputs differ in size by more than a double's digits.
constexpr arma::uword kHighest = 20;

Network make_poly(const std::string& arguments, arma::uword inputs, arma::uword outputs) {
  const std::size_t colon = arguments.find(':');
  const std::string number = arguments.substr(0, colon);
  arma::uword degree = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), degree);
  const bool intercept = colon == std::string::npos;
  if (error != std::errc() || end != number.data() + number.size() || degree < 1 || degree > kHighest ||
      (!intercept && arguments.substr(colon) != ":no-intercept"))
    throw Error(ErrorKind::kUsage,
                "network 'poly:" + arguments + "': expected a degree from 1 to 20, as poly:2, or poly:2:no-intercept");
  if (!intercept && inputs == 0)
    throw Error(ErrorKind::kUsage, "network 'poly:" + arguments + "': it has no inputs: expected one or more");
  const std::string spec = "poly:" + std::to_string(degree) + (intercept ? "" : ":no-intercept");
  if (degree == 1 || inputs == 0) return Network(spec, {{Step::Kind::kDense, inputs, outputs, 0, intercept}});
  return Network(spec, {{Step::Kind::kPowers, inputs, inputs * degree, 0},
                        {Step::Kind::kDense, inputs * degree, outputs, 0, intercept}});
}

}  // namespace

NetworkEntry poly_network() {
  return {{"poly",
           "poly:P: powers of each input up to P, as poly:2; poly:P:no-intercept",
           {"poly:2", "poly:3:no-intercept"}},
          make_poly};
}

}  // namespace moe
