// pieces:N:mlp:..: a multilayer perceptron that reads each input x together with its piecewise linear code, N pieces
// between the quantiles of the training rows. A step or a bend of the target in one input is then easy to learn.
// pieces:N:linear: a sum of such functions, one of each input (an additive model).
#include <charconv>

#include "model/networks/networks.hpp"
#include "moe/error.hpp"
#include "moe/network.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

constexpr arma::uword kMostPieces = 256;
/// Before training, the knots at the ends stand here.
constexpr double kFarthestKnot = 3;

Knots normal_knots(arma::uword inputs, arma::uword pieces) {
  std::vector<double> knots{-kFarthestKnot};
  for (arma::uword i = 1; i < pieces; ++i)
    knots.push_back(portable::normal_quantile(static_cast<double>(i) / static_cast<double>(pieces)));
  knots.push_back(kFarthestKnot);
  return Knots(inputs, knots);
}

Network make_pieces(const std::string& arguments, arma::uword inputs, arma::uword outputs) {
  const std::size_t colon = arguments.find(':');
  const std::string rest = colon == std::string::npos ? "" : arguments.substr(colon + 1);
  const std::optional<arma::uword> count = number_of_pieces("pieces:" + arguments);
  if (!count || !(rest == "linear" || rest.starts_with("mlp:")))
    throw Error(ErrorKind::kUsage, "network 'pieces:" + arguments +
                                       "': expected pieces:N:linear or pieces:N:mlp:.. with N from 2 to 256, as "
                                       "pieces:16:mlp:32");
  const Network reader = make_network(rest, inputs, outputs);
  std::vector<Step> steps = reader.steps();
  steps.insert(steps.begin(), Step{Step::Kind::kPieces, inputs, inputs, 0});
  return Network("pieces:" + std::to_string(*count) + ":" + reader.spec(), std::move(steps))
      .with_knots(normal_knots(inputs, *count));
}

}  // namespace

std::optional<arma::uword> number_of_pieces(const std::string& spec) {
  const std::string name = "pieces:";
  if (!spec.starts_with(name)) return std::nullopt;
  arma::uword count = 0;
  const char* const end = spec.data() + spec.size();
  const auto [stop, error] = std::from_chars(spec.data() + name.size(), end, count);
  const bool whole = error == std::errc() && (stop == end || *stop == ':');
  return whole && count >= 2 && count <= kMostPieces ? std::optional(count) : std::nullopt;
}

NetworkEntry pieces_network() {
  return {
      {"pieces",
       "pieces:N:mlp:..: an mlp of the inputs and of N pieces of each one's range, whose bounds are quantiles of the "
       "training rows, as pieces:16:mlp:32; pieces:N:linear: a sum of piecewise linear functions of each input",
       {"pieces:4:mlp:3"}},
      make_pieces};
}

}  // namespace moe
