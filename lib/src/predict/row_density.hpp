// The density of a mixture at one row, as a function of y in data units: where it turns, its highest point, and the
// sets in which it is above a level.
//
// Each expert's quantiles cut the line into cells in which its density is smooth. Between neighbouring cuts of all
// experts the mixture's density is compared, which shows where it turns, and each turn is refined by golden sections.
// Between two turns the density is monotone, so that it takes a level once at most.
#pragma once

#include <vector>

#include "moe/predict.hpp"

namespace moe {

class RowDensity {
 public:
  /// For target t of the rows of `at`, which must outlive this object.
  RowDensity(const Predictive& at, arma::uword t);
  /// Goes to another row. False where its distribution is not finite.
  bool go_to(arma::uword row);

  double mode() const;
  std::vector<Interval> highest(double level);

  double log_p(double y) const;
  double cdf(double y) const;

 private:
  /// Where densities agree to this part they are taken to be the same.
  static constexpr double kSameDensity = 1e-12;
  struct Place {
    double y, log_p;
  };
  /// An expert that has a weight in this row.
  struct Active {
    std::size_t k;
    double log_weight, weight;
    arma::mat eta;
  };
  void find_range();
  bool mixed_ranges() const;
  std::vector<double> cuts() const;
  void find_turns();
  Place refined(Place before, Place turn, Place after) const;
  Place sharper(Place low, Place turn, Place high, double sign) const;
  Place whole_turn(double low, double high, double sign) const;
  void reach_below(double log_level);
  double crossing(const Place& outside, const Place& inside, double log_level) const;
  std::vector<Interval> above(double log_level);
  double probability(const std::vector<Interval>& set) const;
  std::vector<Interval> fewest(double level, double log_low, double log_high);
  bool possible(std::size_t k, double y) const;

  const Predictive& at_;
  arma::uword t_;
  std::vector<Predictive::Part> parts_;
  bool discrete_;
  double center_, scale_;
  arma::uword row_ = 0;
  std::vector<Active> active_;
  double least_ = 0, most_ = 0;      // the target's range; infinite where there is no end
  double lowest_ = 0, highest_ = 0;  // the numbers next to its ends at which the density is computed
  std::vector<Place> turns_;         // in order: the low end, the turns, the high end
};

}  // namespace moe
