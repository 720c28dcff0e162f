// A reproducible random generator: the same seed gives the same draws, bit for bit, on any machine. Everything here is
// made of additions, multiplications, divisions and square roots, which IEEE 754 rounds alike everywhere; the C
// library's log, exp and sin do not have that property.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace moe {

/// xoshiro256++ (Blackman, Vigna 2019), its state filled by SplitMix64 from the seed and the stream. Streams of one
/// seed are unrelated: one for each restart, recipe or purpose.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);
  std::uint64_t bits();
  /// On (0, 1): 53 bits, never 0 or 1.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal, by inversion (Wichura 1988, AS 241): one uniform a draw.
  double normal();
  /// 0 .. n-1, each equally likely (Lemire 2019, with rejection: no bias). n > 0.
  std::uint64_t below(std::uint64_t n);
  /// An index drawn in proportion to `weights` (not negative, not all 0).
  std::size_t index(const std::vector<double>& weights);
  /// Poisson with that mean (>= 0), by inversion in steps of at most 16 so that exp never underflows; beyond 2^20 by
  /// the quantile's expansion round the normal one. At most 2^63.
  std::uint64_t poisson(double mean);
  /// A permutation of 0 .. n-1 (Fisher-Yates).
  std::vector<std::size_t> permutation(std::size_t n);

 private:
  std::array<std::uint64_t, 4> state_;
};

/// Elementary functions with the same bits on every machine, within 4 ulp of the true value for ordinary arguments.
namespace portable {
double log(double x);  ///< x > 0
double exp(double x);
double sin_pi(double x);  ///< sin(pi x)
double cos_pi(double x);  ///< cos(pi x)
/// The z with Phi(z) = p, 0 < p < 1, to about 1e-16 (Wichura 1988, AS 241, PPND16).
double normal_quantile(double p);
}  // namespace portable

}  // namespace moe
