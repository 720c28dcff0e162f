// mlp:H1,H2,..[:relu|tanh|silu]: dense layers with an elementwise function after each but the last.
#include <charconv>
#include <sstream>

#include "model/networks/networks.hpp"
#include "moe/error.hpp"
#include "moe/network.hpp"

namespace moe {
namespace {

struct Activation {
  const char* name;
  Step::Kind kind;
};

constexpr Activation kActivations[] = {
    {"relu", Step::Kind::kRelu}, {"tanh", Step::Kind::kTanh}, {"silu", Step::Kind::kSilu}};

/// The largest size of a layer: enough for any table, and products of sizes cannot overflow.
constexpr arma::uword kWidest = 1000000;

const Activation& find_activation(const std::string& name) {
  std::vector<std::string> known;
  for (const Activation& activation : kActivations) {
    if (name == activation.name) return activation;
    known.emplace_back(activation.name);
  }
  throw Error(ErrorKind::kUsage, unknown_word("activation", name, known));
}

std::vector<arma::uword> parse_sizes(const std::string& text) {
  std::vector<arma::uword> sizes;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    arma::uword size = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
    if (error != std::errc() || end != word.data() + word.size() || size < 1 || size > kWidest)
      throw Error(ErrorKind::kUsage, "network 'mlp:" + text + "': '" + word +
                                         "' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16");
    sizes.push_back(size);
  }
  if (sizes.empty()) throw Error(ErrorKind::kUsage, "network 'mlp': no sizes: expected sizes such as mlp:32,16");
  return sizes;
}

Network make_mlp(const std::string& arguments, arma::uword inputs, arma::uword outputs) {
  const std::size_t colon = arguments.find(':');
  const std::string sizes = arguments.substr(0, colon);
  const Activation& activation = find_activation(colon == std::string::npos ? "relu" : arguments.substr(colon + 1));
  std::vector<Step> steps;
  for (const arma::uword size : parse_sizes(sizes)) {
    steps.push_back({Step::Kind::kDense, inputs, size, 0});
    steps.push_back({activation.kind, size, size, 0});
    inputs = size;
  }
  steps.push_back({Step::Kind::kDense, inputs, outputs, 0});
  return Network("mlp:" + sizes + ":" + activation.name, std::move(steps));
}

}  // namespace

NetworkEntry mlp_network() {
  return {{"mlp",
           "mlp:SIZES[:relu|tanh|silu]: hidden layers of these sizes, as mlp:32,16:tanh (default relu)",
           {"mlp:3", "mlp:4,3:tanh", "mlp:3:silu"}},
          make_mlp};
}

}  // namespace moe
