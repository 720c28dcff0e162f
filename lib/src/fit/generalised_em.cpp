// Generalised EM for networks that are not linear. By Jensen's inequality the expected log-likelihood of the complete
// data is, up to a constant, a lower bound of the log-likelihood that touches it at theta (a minorising surrogate). So
// the M step need not maximise it: any rise of the bound raises the likelihood.
#include "fit/generalised_em.hpp"

#include "moe/random.hpp"
#include "moe/solver.hpp"
#include "objective/mixture_objective.hpp"
#include "objective/responsibilities.hpp"

namespace moe {
namespace {

/// Passes and tolerance of the M step. More would be wasted, as the responsibilities are about to change.
constexpr arma::uword kInnerPasses = 10;
constexpr double kInnerTolerance = 1e-10;

/// The M step in the form that a solver sees: only the smooth part.
class Expected : public Problem {
 public:
  Expected(const Pass& pass, const Rows& rows, double unit) : pass_(pass), rows_(rows), unit_(unit) {}
  double evaluate(const arma::vec& theta, arma::vec& gradient) override {
    const double value = pass_.run(theta, rows_, &gradient).value;
    gradient /= unit_;
    if (first_slope_ < 0) first_slope_ = arma::norm(gradient, "inf");
    return std::isfinite(value) ? value / unit_ : std::numeric_limits<double>::infinity();
  }
  /// The largest derivative where the solver began. There it equals that of the likelihood.
  double first_slope() const { return first_slope_; }

 private:
  const Pass& pass_;
  const Rows& rows_;
  double unit_, first_slope_ = -1;
};

}  // namespace

GeneralisedEm::GeneralisedEm(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads)
    : model_(model), rows_(rows), penalty_(penalty), threads_(threads) {}

EmStep::Result GeneralisedEm::run(const arma::vec& theta) const {
  const auto likelihood = make_objective("likelihood");
  const arma::mat shares = responsibilities(model_, rows_, theta);
  const auto objective = make_expected_likelihood(shares);
  const Pass pass(model_, *objective, penalty_, threads_);
  const double unit = likelihood->unit(model_);
  Expected expected(pass, rows_, unit);
  Random random(0, 0);
  SolverOptions options;
  options.epochs = kInnerPasses;
  options.tolerance = kInnerTolerance;
  EmStep::Result result;
  result.target = make_solver("lbfgs")->minimise(expected, theta, options, random).theta;
  result.slope = expected.first_slope() * unit;
  result.value = Pass(model_, *likelihood, penalty_, threads_).run(theta, rows_, nullptr).value;
  return result;
}

}  // namespace moe
