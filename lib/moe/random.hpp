// A reproducible random generator: the same seed gives the same bits on every machine. Everything here consists of
// additions, multiplications, divisions and square roots, which IEEE 754 rounds in the same way everywhere. The C
// library's log, exp and sin are not that reproducible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace moe {

/// xoshiro256++ (Blackman, Vigna 2019). SplitMix64 fills its state from the seed and the stream. The streams of a seed
/// are independent: there is one for each restart, recipe or purpose.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);
  std::uint64_t bits();
  /// Uniform on (0, 1), with 53 bits; never 0 or 1.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal by inversion (Wichura 1988, AS 241): needs one uniform number for each draw.
  double normal();
  /// Uniform on 0 .. n-1, without bias (Lemire 2019, with rejection). n > 0.
  std::uint64_t below(std::uint64_t n);
  /// An index, drawn with probabilities in proportion to `weights` (not negative, not all 0).
  std::size_t index(const std::vector<double>& weights);
  /// A Poisson number with this mean (>= 0). By inversion, in steps of at most 16 so that exp never underflows; for
  /// means above 2^20 by an expansion of the quantile around the normal one. At most 2^63.
  std::uint64_t poisson(double mean);
  /// A random permutation of 0 .. n-1 (Fisher-Yates).
  std::vector<std::size_t> permutation(std::size_t n);

 private:
  std::array<std::uint64_t, 4> state_;
};

/// Elementary functions with the same bits on every machine. Their error is below 4 ulp for ordinary arguments.
namespace portable {
double log(double x);  ///< x > 0
double exp(double x);
double sin_pi(double x);  ///< sin(pi x)
double cos_pi(double x);  ///< cos(pi x)
/// The z with Phi(z) = p, 0 < p < 1, to about 1e-16 (Wichura 1988, AS 241, PPND16).
double normal_quantile(double p);
}  // namespace portable

}  // namespace moe
