// Whether probabilities come true: the PIT of numbers, and bins of the probabilities of classes.
#include <algorithm>
#include <cmath>
#include <limits>

#include "moe/scores.hpp"

namespace moe {
namespace {

constexpr std::size_t kBins = 10;

/// The sums over rows whose probability is in one bin.
struct BinSums {
  double weight = 0, probability = 0, share = 0;
};

std::size_t bin_of(double p) { return std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, p) * kBins)); }

/// The bins of probabilities p of events, which are 1 where they came true and else 0.
std::vector<Calibration::Bin> bins_of(const arma::vec& p, const arma::vec& event, const arma::vec& w) {
  std::vector<BinSums> sums(kBins);
  for (arma::uword n = 0; n < p.n_elem; ++n) {
    BinSums& sum = sums[bin_of(p[n])];
    sum.weight += w[n];
    sum.probability += w[n] * p[n];
    sum.share += w[n] * event[n];
  }
  std::vector<Calibration::Bin> bins;
  for (std::size_t b = 0; b < kBins; ++b)
    bins.push_back({static_cast<double>(b) / kBins, static_cast<double>(b + 1) / kBins, sums[b].weight,
                    sums[b].probability / sums[b].weight, sums[b].share / sums[b].weight});
  return bins;
}

/// Adds the parts of the Brier score of one event.
void add_parts(const arma::vec& p, const arma::vec& event, const arma::vec& w, Calibration& result) {
  const double total = arma::accu(w), rate = arma::dot(w, event) / total;
  const std::vector<Calibration::Bin> bins = bins_of(p, event, w);
  for (const Calibration::Bin& bin : bins) {
    if (!(bin.weight > 0)) continue;
    result.reliability += bin.weight * std::pow(bin.probability - bin.share, 2) / total;
    result.resolution += bin.weight * std::pow(bin.share - rate, 2) / total;
  }
  result.uncertainty += rate * (1 - rate);
  for (arma::uword n = 0; n < p.n_elem; ++n) {
    if (!(w[n] > 0)) continue;
    const Calibration::Bin& bin = bins[bin_of(p[n])];
    const double apart = p[n] - bin.probability;
    result.within_bins += w[n] * (apart * apart - 2 * apart * (event[n] - bin.share)) / total;
  }
}

/// The distribution function of the PIT, which each row makes rise from `below` to `up_to`. It is linear between these
/// places, where it may jump.
struct Rise {
  double at, slope, jump;
};

std::vector<Rise> rises_of(const RowScores::OfNumber& scores, const arma::vec& w) {
  const double total = arma::accu(w);
  std::vector<Rise> rises;
  for (arma::uword n = 0; n < w.n_elem; ++n) {
    const double high = scores.up_to[n], low = scores.below.is_empty() ? high : std::min(high, scores.below[n]);
    if (!(high > low)) {
      rises.push_back({high, 0, w[n] / total});
      continue;
    }
    const double slope = w[n] / total / (high - low);
    rises.push_back({low, slope, 0});
    rises.push_back({high, -slope, 0});
  }
  std::sort(rises.begin(), rises.end(), [](const Rise& a, const Rise& b) { return a.at < b.at; });
  return rises;
}

/// The part of a row's PIT at or below u.
double risen(double low, double high, double u) { return u >= high ? 1 : u <= low ? 0 : (u - low) / (high - low); }

}  // namespace

Uniformity pit_uniformity(const RowScores::OfNumber& scores, const arma::vec& w) {
  Uniformity result{std::vector<double>(kBins, 0), 0};
  const double total = arma::accu(w);
  for (arma::uword n = 0; n < w.n_elem; ++n) {
    const double high = scores.up_to[n], low = scores.below.is_empty() ? high : std::min(high, scores.below[n]);
    for (std::size_t b = bin_of(low); b <= bin_of(high); ++b) {
      const double from = b == 0 ? 0 : risen(low, high, static_cast<double>(b) / kBins);
      const double to = b + 1 == kBins ? 1 : risen(low, high, static_cast<double>(b + 1) / kBins);
      result.shares[b] += high > low ? w[n] / total * (to - from) : w[n] / total;
    }
  }
  double F = 0, slope = 0, place = 0;
  for (const Rise& rise : rises_of(scores, w)) {
    F += slope * (rise.at - place);
    place = rise.at;
    result.distance = std::max(result.distance, std::abs(F - place));
    F += rise.jump;
    slope += rise.slope;
    result.distance = std::max(result.distance, std::abs(F - place));
  }
  return result;
}

Calibration calibration_of(const RowScores::OfClasses& scores, const JudgedRows& rows) {
  Calibration result;
  const arma::vec truth = rows.y.col(0);
  const arma::mat& p = scores.probabilities;
  const bool binary = p.n_cols == 2;
  for (arma::uword c = binary ? 1 : 0; c < p.n_cols; ++c)
    add_parts(p.col(c), arma::conv_to<arma::vec>::from(truth == static_cast<double>(c)), rows.w, result);
  arma::vec judged = p.col(p.n_cols - 1), event = truth;
  for (arma::uword n = 0; n < truth.n_elem && !binary; ++n) {
    judged[n] = p(n, scores.predicted[n]);
    event[n] = static_cast<double>(scores.predicted[n]) == truth[n];
  }
  result.bins = bins_of(judged, event, rows.w);
  for (const Calibration::Bin& bin : result.bins)
    if (bin.weight > 0)
      result.expected_error += bin.weight / arma::accu(rows.w) * std::abs(bin.share - bin.probability);
  return result;
}

}  // namespace moe
