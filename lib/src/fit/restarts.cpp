// The starts of a Training, the searches that go on from their ends, and the choice of the best.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "fit/split_and_merge.hpp"
#include "fit/starts.hpp"
#include "fit/training.hpp"
#include "judge/simpler.hpp"
#include "moe/random.hpp"
#include "moe/solver.hpp"

namespace moe {
namespace {

/// From how many maxima split and merge goes on, and how many times.
constexpr std::size_t kMostMoved = 6;
constexpr int kRounds = 5;
/// At most so many maxima then go on with all rows: those whose mean loss differs from the best one's by no more than
/// kNearBest.
constexpr std::size_t kMostGoOn = 2;
constexpr double kNearBest = 0.01;
/// An end that began at the fit of a simpler model must be better by more than this. Where a parameter goes to
/// infinity, mean losses differ by less.
constexpr double kNoBetter = 1e-8;
/// From this work on (parameters times rows) a start is examined every few passes, and given up once it is spurious.
constexpr double kDear = 1e6;

}  // namespace

std::size_t Training::choose(const std::vector<FitEnd>& fits, TrainReport& report) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < fits.size(); ++i) {
    if (fits[i].theta.is_empty()) continue;  // stopped before it began
    // Of equals, the usual starts are preferred.
    const double margin = fits[i].simpler && !fits[best].simpler ? kNoBetter * objective_->unit(model_) : 0;
    if (fits[i].spurious != fits[best].spurious ? fits[best].spurious : fits[i].value < fits[best].value - margin)
      best = i;
  }
  std::vector<const FitEnd*> ends;  // the best first, so that each maximum is represented by its highest end
  for (const FitEnd& fit : fits) {
    if (fit.theta.is_empty()) continue;
    if (fit.spurious && !fits[best].spurious) ++report.starts_set_aside;
    if (!fit.given_up && !(fit.simpler && &fit != &fits[best])) ends.push_back(&fit);
  }
  std::stable_sort(ends.begin(), ends.end(), [](const FitEnd* a, const FitEnd* b) {
    return a->spurious != b->spurious ? b->spurious : a->value < b->value;
  });
  for (const FitEnd* fit : ends) {
    std::vector<Maximum>& maxima = report.maxima;
    if (maxima.empty() || maxima.back().spurious != fit->spurious || !same_value(maxima.back().objective, fit->value))
      maxima.push_back({fit->value, 0, fit->spurious});
    maxima.back().starts += fit->starts;
  }
  if (!report.maxima.empty()) report.starts_at_best = report.maxima.front().starts;
  report.from_simpler = fits[best].simpler;
  report.moved = fits[best].moved;
  return best;
}

void Training::split_and_merge(std::vector<FitEnd>& fits) {
  std::vector<std::size_t> order(fits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return fits[i].theta.is_empty() || fits[i].spurious; });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return fits[a].value < fits[b].value; });
  std::vector<FitEnd> from;
  for (const std::size_t i : order)
    if (from.size() < kMostMoved && (from.empty() || !same_maximum(fits[i], from.back()))) from.push_back(fits[i]);
  for (int round = 0; round < kRounds && !from.empty() && !stopped_; ++round) {
    std::vector<FitEnd> moved(from.size());
    const unsigned threads = std::max(1u, options_.threads / static_cast<unsigned>(from.size()));
    parallel_for(from.size(), options_.threads, [&](std::size_t i) {
      Random random(options_.seed, kMoveStreams + static_cast<std::uint64_t>(round) * kMostMoved + i);
      moved[i] = fit(
          "move " + std::to_string(round) + " of " + std::to_string(i), restarts_,
          [&] { return moe::split_and_merge(model_, rows_, from[i].theta, threads, random, floor_by_hand()); },
          threads);
      moved[i].moved = true;
      moved[i].starts = 0;
    });
    std::vector<FitEnd> next;
    for (std::size_t i = 0; i < moved.size(); ++i)
      if (!moved[i].theta.is_empty() && !moved[i].spurious && moved[i].value < from[i].value &&
          !same_maximum(moved[i], from[i]))
        next.push_back(moved[i]);
    fits.insert(fits.end(), next.begin(), next.end());
    from = std::move(next);
  }
}

void Training::fit_from_simpler(std::vector<FitEnd>& fits) {
  if (!by_em() || stopped_) return;
  std::optional<Model> simple = simpler_model(model_);
  if (!simple) return;
  Training training(*simple, rows_, validation_, options_, observer_, several_ways_, part_ + "simpler/");
  training.restarts_ = restarts_;
  training.prepare();
  const std::vector<FitEnd> ends = training.fit_all(nullptr);
  stopped_ = training.stopped_.load();
  TrainReport ignored;
  simple->theta = ends[training.choose(ends, ignored)].theta;
  if (stopped_ || !simple->theta.is_finite()) return;
  const std::vector<arma::vec> starts = starts_from(model_, *simple, rows_);
  std::vector<FitEnd> found(starts.size());
  parallel_for(found.size(), options_.threads, [&](std::size_t i) {
    if (stopped_) return;
    found[i] = fit(
        "from simpler " + std::to_string(i), restarts_, [&] { return starts[i]; }, 1);
    found[i].simpler = true;
    found[i].starts = 0;
  });
  fits.insert(fits.end(), found.begin(), found.end());
}

void Training::fit_from_single(std::vector<FitEnd>& fits) {
  if (!by_em() || stopped_ || model_.size() == 1 || validation_ != nullptr || !experts_alike(model_)) return;
  Model single = first_experts(model_, 1);
  Training training(single, rows_, nullptr, options_, observer_, false, part_ + "single/");
  training.prepare();
  const std::vector<FitEnd> ends = training.fit_all(nullptr);
  stopped_ = training.stopped_.load();
  TrainReport ignored;
  single.theta = ends[training.choose(ends, ignored)].theta;
  if (stopped_ || !single.theta.is_finite()) return;
  const arma::vec theta = all_like(model_, single);
  const double value = Pass(model_, *objective_, options_.penalty, options_.threads).run(theta, rows_, nullptr).value;
  const bool reached = std::any_of(fits.begin(), fits.end(), [&](const FitEnd& end) {
    return !end.theta.is_empty() && !end.spurious && end.value <= value;
  });
  if (reached) return;
  fits.push_back(fit(
      "from single", restarts_, [&] { return theta; }, options_.threads));
  fits.back().simpler = true;
  fits.back().starts = 0;
}

std::vector<FitEnd> Training::fit_all(const Model* start) {
  const unsigned inside = restarts_ > 1 ? 1 : options_.threads;
  std::vector<FitEnd> fits(restarts_);
  const double work = static_cast<double>(model_.theta.n_elem) * static_cast<double>(rows_.count());
  const bool to_their_ends = restarts_ == 1 || work < kDear || !objective_->is_likelihood() || solver_->stochastic() ||
                             validation_ != nullptr || options_.patience > 0;
  parallel_for(restarts_, options_.threads, [&](std::size_t i) {
    if (stopped_ && i > 0) return;
    Random random(options_.seed, kStartStreams + i);
    fits[i] = fit(
        "start " + std::to_string(i), i,
        [&] { return start != nullptr ? start->theta : moe::start(model_, rows_, by_em(), i, random); }, inside, 0,
        to_their_ends);
  });
  if (std::all_of(fits.begin(), fits.end(), [](const FitEnd& end) { return end.spurious || end.theta.is_empty(); }))
    parallel_for(restarts_, options_.threads, [&](std::size_t i) {
      if (!fits[i].given_up || stopped_) return;
      const arma::uword before = fits[i].passes;
      const arma::vec from = fits[i].theta;
      fits[i] = fit(
          "start " + std::to_string(i) + " to its end", i, [&] { return from; }, inside, before);
      fits[i].passes += before;
    });
  if (start == nullptr) fit_from_simpler(fits);
  if (start == nullptr) fit_from_single(fits);
  if (by_em() && start == nullptr && restarts_ > 1 && model_.size() > 1) split_and_merge(fits);
  return fits;
}

std::vector<FitEnd> Training::fit_best_of_some(TrainReport& report) {
  Random random(options_.seed, kSampleStream);
  const std::vector<std::size_t> order = random.permutation(rows_.count());
  Rows some;
  rows_.gather(order.data(), kRowsToCompare, some);
  Training pilot(model_, some, nullptr, options_, observer_, true, part_ + "some rows/");
  pilot.restarts_ = restarts_;
  pilot.prepare();
  std::vector<FitEnd> tried = pilot.fit_all(nullptr);
  stopped_ = pilot.stopped_.load();
  std::erase_if(tried, [](const FitEnd& end) { return end.theta.is_empty(); });
  std::stable_sort(tried.begin(), tried.end(), [](const FitEnd& a, const FitEnd& b) {
    return a.spurious != b.spurious ? b.spurious : a.value < b.value;
  });
  std::vector<FitEnd> next;
  for (const FitEnd& end : tried) {
    if (end.spurious && !tried[0].spurious)
      ++report.starts_set_aside;
    else if (!next.empty() && pilot.same_maximum(end, next.back()))
      next.back().starts += end.starts;
    else if (next.empty() ||
             (next.size() < kMostGoOn && end.value - tried[0].value < kNearBest * objective_->unit(model_)))
      next.push_back(end);
  }
  report.pilot_rows = kRowsToCompare;
  std::vector<FitEnd> fits;
  for (const FitEnd& end : next) {
    fits.push_back(fit(
        "all rows " + std::to_string(fits.size()), fits.size(), [&] { return end.theta; }, options_.threads));
    fits.back().starts = end.starts;
    fits.back().moved = end.moved;
    fits.back().simpler = end.simpler;
  }
  return fits;
}

}  // namespace moe
