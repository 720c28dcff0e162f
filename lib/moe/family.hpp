// A family p(y | eta, psi): how the outputs eta (b x m) of an expert's network and its dispersions psi describe a
// target, or several (y: b x T). y and eta are in the model's units (see Family::location_scale()). Densities, squared
// errors and all other figures that a family returns are in data units.
#pragma once

#include <armadillo>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "moe/columns.hpp"
#include "moe/registry.hpp"

namespace moe {

class Random;

/// What a family must know of its target.
struct TargetInfo {
  arma::uword classes = 0;  ///< 0 for a number
  double scale = 1;         ///< data units per model unit
  double spread = 1;        ///< floors of sigma are relative to it: see Standardization::target_spread
  std::string name{};       ///< the name of its column, where there are several targets
  double typical = 1;       ///< sigma begins at about this size: see Standardization::target_typical
  double center = 0;        ///< what is 0 in model units, in data units
};

class Family {
 public:
  /// The map from eta to the mean, in the terms that exporters understand. Under kLogMedian, the median is exp(eta), and
  /// the mean depends on the spread, too.
  enum class Link { kIdentity, kLogistic, kSoftmax, kLog, kLogMedian };

  /// A reported figure that follows from psi, in data units, with its derivatives in psi, from which its standard error
  /// follows.
  struct Figure {
    std::string name;  ///< "sigma", "nu", ..
    double value;
    std::vector<double> slope;
  };

  /// The distribution of one of the targets.
  struct Marginal {
    const Family* family;       ///< a family of one target; lives as long as the family to which it belongs
    arma::uword first_output;   ///< where its outputs begin in eta
    std::vector<double> psi{};  ///< its part of psi
  };

  explicit Family(const TargetInfo& target) : target_(target) {}
  virtual ~Family() = default;
  virtual std::string spec() const = 0;
  /// The spec without what training has found: the name that a user gives the family.
  virtual std::string name() const { return spec(); }
  /// For families whose scales depend on eta: the spec of the same family with scales limited to their range in these
  /// rows. eta: b x m, weight: b. Other families, and those with limits already, return spec(). `by_chance`: how many
  /// rows a network with as many coefficients fits exactly, whatever their noise; so many of the smallest scales are
  /// ignored. `ranges`: of each target in the rows, in data units (T): no row tells a scale above it.
  virtual std::string bounded_to(const arma::mat& /*eta*/, const arma::vec& /*weight*/, double /*by_chance*/,
                                 const arma::vec& /*ranges*/) const {
    return spec();
  }
  virtual Link link() const = 0;

  /// T, the number of targets.
  virtual arma::uword targets() const { return 1; }
  const TargetInfo& target() const { return target_; }
  virtual const TargetInfo& target_at(arma::uword) const { return target_; }
  /// The distribution of target t, 0 .. T-1, regardless of the others.
  virtual Marginal marginal(arma::uword t, const double* psi) const;
  bool classes() const { return target_.classes > 0; }
  /// The possible values of the target.
  virtual Support support() const { return classes() ? Support::kClasses : Support::kReal; }
  /// The possible values of each target.
  virtual std::vector<Support> supports() const { return {support()}; }
  /// Whether the density is the probability of a whole number.
  bool discrete() const;
  /// Whether a shifted and scaled target has a distribution of the same family. Only then is the target standardised,
  /// but for any_units().
  virtual bool location_scale() const { return false; }
  /// Whether it describes a target in any model units, as location-scale families do. Others must undo the
  /// standardisation themselves (TargetInfo::center and scale); it is left out where all models are of that kind.
  virtual bool any_units() const { return location_scale(); }
  /// m, the number of outputs of an expert's network.
  virtual arma::uword outputs() const { return 1; }
  /// Whether eta has a column after its outputs: the number of trials.
  virtual bool reads_trials() const { return false; }
  /// How many outputs are redundant, as all outputs can move together without changing the density.
  virtual arma::uword redundant_outputs() const { return 0; }
  /// The number of dispersions psi of an expert, and whether all experts share them.
  virtual arma::uword dispersions() const { return 0; }
  virtual bool shared_dispersion() const { return false; }
  /// The figures that follow from psi.
  virtual std::vector<Figure> figures(const double*) const { return {}; }

  /// out_n = log p(y_n | eta_n, psi), which is finite for finite arguments. y: b x T.
  virtual void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const = 0;
  /// d_eta_n = weight_n d log p / d eta_n (b x m); adds sum_n weight_n d log p / d psi to d_psi.
  virtual void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight,
                     arma::mat& d_eta, double* d_psi) const = 0;

  /// For each row the derivatives of log p in u = (eta, psi): scores, b x (m + dispersions), and second derivatives, b
  /// x (m + dispersions)^2, each matrix by columns. False where the family has none.
  virtual bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                           arma::mat& seconds) const;
  /// The same where there are derivatives; otherwise those of a minorising surrogate, which equals log p at u and is
  /// nowhere above it (Lange, Hunter, Yang 2000), so that a step that raises the surrogate raises log p. A family with
  /// neither leaves both empty, and em does not fit it. Where fit_dispersion() determines psi, the second derivatives
  /// may be those in eta only (b x m^2).
  virtual void curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                         arma::mat& seconds) const {
    derivatives(y, eta, psi, scores, seconds);
  }
  /// Sets psi to the maximiser of sum_n w_n log p, given `mean_products` = sum_n w_n (y_n - eta_n)' (y_n - eta_n) /
  /// sum_n w_n (T x T, model units). False where these do not determine it.
  virtual bool fit_dispersion(const arma::mat& mean_products, double* psi) const;
  /// Whether log p falls in proportion to |y - eta|, so that the best coefficients are those of least absolute
  /// deviations. Then psi is set to its best value for a weighted mean of |y - eta| of `mean_deviation`.
  virtual bool fit_absolute(double /*mean_deviation*/, double* /*psi*/) const { return false; }

  /// Where an expert begins that is to explain y (model units): eta (m values) and psi.
  virtual void start(double y, double* eta, double* psi) const = 0;
  /// The same for T targets.
  virtual void start_at(const double* y, double* eta, double* psi) const { start(*y, eta, psi); }

  /// The expert's prediction: b x T in model units; for bernoulli b x 1, the probability of class 1; for categorical b
  /// x C probabilities.
  virtual void mean(const arma::mat& eta, const double* psi, arma::mat& mu) const = 0;
  /// Whether its mean exists. Where it does not, mean() gives the center of the distribution.
  virtual bool has_mean(const double*) const { return true; }
  /// Whether the mean depends on psi, or the density on outputs beside the mean. The family can then only be fitted by
  /// its likelihood.
  virtual bool likelihood_only() const { return false; }
  /// Backpropagation from d_mu to d_eta. `mu` is the result of mean().
  virtual void mean_backward(const arma::mat& eta, const arma::mat& mu, const arma::mat& d_mu,
                             arma::mat& d_eta) const = 0;
  /// The target in the form of a prediction: the target itself, or indicators of the class.
  virtual void observed(const arma::mat& y, arma::mat& out) const { out = y; }

  /// A random draw for row n of eta, in model units (a class as its number). By default the quantile at a uniform
  /// random number.
  virtual double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const;
  /// The same for T targets.
  virtual void draw_at(const arma::mat& eta, arma::uword row, const double* psi, Random& random, double* y) const {
    *y = draw(eta, row, psi, random);
  }

  /// How a point of a simpler family, which this family contains, is expressed in this family.
  struct Embedding {
    /// For each output of the simpler family, its place among the outputs of this one.
    std::vector<arma::uword> outputs;
    std::vector<double> intercepts;  ///< for each output of this family, what is added to its intercept
    std::vector<double> psi;
  };
  /// The spec of a simpler family that this one contains, as student contains gaussian; "" where there is none.
  virtual std::string simpler() const { return ""; }
  /// How many points at and near the simpler family embedded() can give.
  virtual std::size_t sides() const { return 1; }
  /// Where the simpler family with this psi lies in this family (in one that contains none: the point itself). Side 0
  /// is the point itself, or practically so. Other sides are beside it, as the steps of a fit may not lead away from
  /// the point. Families with skewness have side 1 to the right and side 2 to the left; others only side 1.
  virtual Embedding embedded(const double* simpler_psi, std::size_t side) const;
  /// Sets psi such that the simpler family describes target t, whatever eta is. False where there is no such psi.
  virtual bool to_simpler(arma::uword t, double* psi) const;
  /// What makes the distribution wider by a factor, about the same center. All outputs are multiplied, then numbers are
  /// added to their intercepts and to psi.
  struct Widening {
    double outputs = 1;
    std::vector<double> intercepts{}, psi{};
  };
  /// Nothing for a family without a free scale. For classes, the log-odds are divided by the factor, their temperature.
  virtual std::optional<Widening> widening(double /*factor*/) const { return std::nullopt; }
  /// A sentence where psi is at a bound of the family; "" elsewhere.
  virtual std::string bound_note(const double*) const { return ""; }

  // For families of one number only, in model units. Families of classes and of several targets throw std::logic_error.
  /// out_n = Var(Y), which is infinite where it does not exist.
  virtual void variance(const arma::mat& eta, const double* psi, arma::vec& out) const;
  virtual void cdf(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const;
  virtual void quantile(double p, const arma::mat& eta, const double* psi, arma::vec& out) const;
  /// Whether it is a normal distribution, which its mean and variance determine.
  virtual bool normal() const { return false; }
  /// Whether psi puts sigma on its floor, which shows a spurious maximum.
  virtual bool on_floor(const double* psi) const;
  /// The smallest of its scales in units of the target's typical one; infinite where it has none that is free.
  virtual double least_scale(const double* psi) const;

 private:
  TargetInfo target_;
};

/// "gaussian" (a sigma for each expert), "gaussian:unit", "poisson", ..: see family_words(). Throws Error (usage) for
/// anything else, and for a family that does not fit the target.
std::shared_ptr<const Family> make_family(const std::string& spec, const TargetInfo& target);

/// For one target or more. "gaussian" describes each of several targets alike. "gaussian,poisson" names a family for
/// each; given the expert, the targets are independent. "gaussian:full" includes their correlations. Throws as above,
/// and where several targets are not all numbers.
std::shared_ptr<const Family> make_family(const std::string& spec, const std::vector<TargetInfo>& targets);

/// What a family describes, for any target. Throws as make_family() does.
Support family_support(const std::string& spec);
/// The same for "gaussian,poisson": one for each target. A single one is for all targets.
std::vector<Support> family_supports(const std::string& spec);

/// `arguments`: the text after the name and a colon. Throws Error (usage) where it cannot be read, and for a target
/// that the family does not describe.
using MakeFamily = std::function<std::shared_ptr<const Family>(const std::string& arguments, const TargetInfo& target)>;
/// Registers a family under its name. `typical`: a target that it describes, a number or two classes. Throws Error
/// (usage) where the name is taken.
void add_family(const Word& word, const MakeFamily& make, const TargetInfo& typical = {});

/// The psi at which a gaussian has this sigma (model units), for a target of this spread.
double gaussian_psi(double sigma, double spread);

}  // namespace moe
