// Mini-batches: each epoch puts the rows into a new random order, cuts it into batches, and makes a step for each. The
// order is drawn from the start's own stream of random numbers, so that a fit can be repeated and continued.
#include "fit/stochastic.hpp"

#include <cmath>

#include "moe/error.hpp"

namespace moe {
namespace {

/// The factor of the learning rate after `progress` (0 to 1) of the epochs.
double schedule_factor(const std::string& schedule, double progress) {
  if (schedule == "constant") return 1;
  if (schedule == "linear") return 1 - progress;
  if (schedule == "cosine") return 0.5 * (1 + std::cos(M_PI * progress));
  throw Error(ErrorKind::kUsage, unknown_word("schedule", schedule, {"constant", "linear", "cosine"}));
}

/// All rows of a problem as a single batch.
class OneBatch : public Batches {
 public:
  explicit OneBatch(Problem& problem) : problem_(problem) {}
  arma::uword shuffle(Random&) override { return 1; }
  double evaluate_batch(arma::uword, const arma::vec& theta, arma::vec& gradient) override {
    return problem_.evaluate(theta, gradient);
  }

 private:
  Problem& problem_;
};

}  // namespace

void check_schedule(const std::string& schedule) { schedule_factor(schedule, 0); }

SolverResult run_epochs(Problem& problem, arma::vec theta, const SolverOptions& options, double rate,
                        arma::uword epochs, Random& random, Stepper& stepper) {
  if (options.learning_rate > 0) rate = options.learning_rate;
  if (options.epochs > 0) epochs = options.epochs;
  check_schedule(options.schedule);
  OneBatch whole(problem);
  Batches& batches = problem.batches() != nullptr ? *problem.batches() : whole;
  SolverResult result;
  bool goes_on = true;
  if (const SolverState* begun = problem.begun()) {
    theta = begun->at("theta", theta.n_elem);
    stepper.load(*begun);
    result.passes = static_cast<arma::uword>(begun->at("passes"));
    result.value = begun->at("value");
    for (arma::uword pass = 0; pass < result.passes; ++pass)
      batches.shuffle(random);  // each order is made of the one before
    goes_on = problem.keep_going(result.passes, theta, result.value);
  }
  arma::vec gradient;
  while (goes_on && result.passes < epochs) {
    const arma::uword count = batches.shuffle(random);
    double sum = 0;
    for (arma::uword batch = 0; batch < count; ++batch) {
      const double done = static_cast<double>(result.passes) + static_cast<double>(batch) / static_cast<double>(count);
      sum += batches.evaluate_batch(batch, theta, gradient);
      stepper.step(theta, gradient, rate * schedule_factor(options.schedule, done / static_cast<double>(epochs)));
    }
    ++result.passes;
    result.value = sum / static_cast<double>(count);
    problem.keep([&](SolverState& state) {
      state.numbers["theta"] = theta;
      state.set("passes", static_cast<double>(result.passes));
      state.set("value", result.value);
      stepper.save(state);
    });
    goes_on = problem.keep_going(result.passes, theta, result.value);
  }
  result.stop = "passes used up; --epochs allows more";
  result.theta = std::move(theta);
  return result;
}

}  // namespace moe
