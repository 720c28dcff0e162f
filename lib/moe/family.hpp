// A family p(y | eta, psi): how an expert's network outputs eta (b x m) and its dispersion parameters psi describe a
// target, or several (y: b x T). y and eta are in the model's units (see Family::location_scale()); densities, squared
// errors and everything else that a family returns as a figure count in the data's own units.
#pragma once

#include <armadillo>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "moe/columns.hpp"
#include "moe/registry.hpp"

namespace moe {

class Random;

/// What a family must know of the target that it is made for.
struct TargetInfo {
  arma::uword classes = 0;  ///< 0 for a number
  double scale = 1;         ///< data units in one model unit
  double spread = 1;        ///< see Standardization::target_spread: what a floor for sigma is relative to
  std::string name{};       ///< of its column, where there are several
  double typical = 1;       ///< see Standardization::target_typical: what sigma begins with
};

class Family {
 public:
  /// The map from eta to the mean, the vocabulary that exporters translate.
  enum class Link { kIdentity, kLogistic, kSoftmax, kLog };

  /// A figure that psi stands for, in the data's units, with its derivatives in psi (for standard errors).
  struct Figure {
    std::string name;  ///< "sigma", "nu", ..
    double value;
    std::vector<double> slope;
  };

  /// One of the targets by itself.
  struct Marginal {
    const Family* family;       ///< of one target; lives as long as the family that it belongs to
    arma::uword first_output;   ///< of eta: where its outputs begin
    std::vector<double> psi{};  ///< its own dispersions
  };

  explicit Family(const TargetInfo& target) : target_(target) {}
  virtual ~Family() = default;
  virtual std::string spec() const = 0;
  /// The same without what training found: what a user calls the family.
  virtual std::string name() const { return spec(); }
  /// The spec of the same family whose scales, where eta tells them, stay within the range that they have in these rows (eta: b x m,
  /// each as often as its weight, b, says); spec() where eta tells none, or they have bounds already. `by_chance`: rows that a
  /// network with as many coefficients lies on whatever their noise is; so many of the smallest scales do not count.
  virtual std::string bounded_to(const arma::mat& /*eta*/, const arma::vec& /*weight*/, double /*by_chance*/) const {
    return spec();
  }
  virtual Link link() const = 0;

  /// T: how many targets it describes.
  virtual arma::uword targets() const { return 1; }
  const TargetInfo& target() const { return target_; }
  virtual const TargetInfo& target_at(arma::uword) const { return target_; }
  /// The distribution of target t, 0 .. T-1, whatever the others are.
  virtual Marginal marginal(arma::uword t, const double* psi) const;
  bool classes() const { return target_.classes > 0; }
  /// What the target may be.
  virtual Support support() const { return classes() ? Support::kClasses : Support::kReal; }
  /// What each of the targets may be.
  virtual std::vector<Support> supports() const { return {support()}; }
  /// Whether the density is a probability of whole numbers.
  bool discrete() const;
  /// Whether it stays of its kind when the target is shifted and scaled: only then is the target standardised.
  virtual bool location_scale() const { return false; }
  /// m: outputs that an expert's network must have.
  virtual arma::uword outputs() const { return 1; }
  /// Whether eta has one column more than outputs(): the row's number of trials.
  virtual bool reads_trials() const { return false; }
  /// Parameters that are free to be moved together without changing the density: those of this many outputs.
  virtual arma::uword redundant_outputs() const { return 0; }
  /// How many psi an expert has, and whether all experts use the same.
  virtual arma::uword dispersions() const { return 0; }
  virtual bool shared_dispersion() const { return false; }
  /// What psi stands for.
  virtual std::vector<Figure> figures(const double*) const { return {}; }

  /// out_n = log p(y_n | eta_n, psi), finite for finite arguments. y: b x T.
  virtual void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const = 0;
  /// d_eta_n = weight_n d log p / d eta_n (b x m); adds sum_n weight_n d log p / d psi to d_psi.
  virtual void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight,
                     arma::mat& d_eta, double* d_psi) const = 0;

  /// Row by row the derivatives of log p in u = (eta, psi): scores (b x (m + dispersions)) and second derivatives (b x (m +
  /// dispersions)^2, matrices by columns). False where a family has none.
  virtual bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                           arma::mat& seconds) const;
  /// The same where there are such, else those of a minorising surrogate, a function that equals log p at u and is nowhere above it
  /// (Lange, Hunter, Yang 2000): a step that raises the surrogate raises log p. A family that has neither leaves both empty, and em does
  /// not fit it. Where fit_dispersion() settles psi, the second ones may be those in eta alone (b x m^2).
  virtual void curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                         arma::mat& seconds) const {
    derivatives(y, eta, psi, scores, seconds);
  }
  /// The psi that maximises sum_n w_n log p where sum_n w_n (y_n - eta_n)' (y_n - eta_n) / sum_n w_n is `mean_products`
  /// (T x T, model units): false where that does not settle it.
  virtual bool fit_dispersion(const arma::mat& mean_products, double* psi) const;
  /// Whether log p falls in proportion to |y - eta|, so that eta's best coefficients are those of least absolute deviations; then
  /// psi becomes the best one where their weighted mean is `mean_deviation`.
  virtual bool fit_absolute(double /*mean_deviation*/, double* /*psi*/) const { return false; }

  /// Where an expert that is to explain y (model units) begins: eta (m values) and psi.
  virtual void start(double y, double* eta, double* psi) const = 0;
  /// The same of T targets.
  virtual void start_at(const double* y, double* eta, double* psi) const { start(*y, eta, psi); }

  /// The expert's prediction: b x T in model units, b x 1 for bernoulli (the probability of class 1), b x C
  /// probabilities for categorical.
  virtual void mean(const arma::mat& eta, const double* psi, arma::mat& mu) const = 0;
  /// Whether its mean exists: where it does not, mean() gives the middle in its place.
  virtual bool has_mean(const double*) const { return true; }
  /// Whether psi acts on the mean, or outputs beyond it on the density: then it can be fitted by its likelihood only.
  virtual bool likelihood_only() const { return false; }
  /// d_mu -> d_eta, given mean()'s result.
  virtual void mean_backward(const arma::mat& eta, const arma::mat& mu, const arma::mat& d_mu,
                             arma::mat& d_eta) const = 0;
  /// The target in the shape of a prediction: itself, or indicators of the class.
  virtual void observed(const arma::mat& y, arma::mat& out) const { out = y; }

  /// A draw at row n of eta, in model units (a class as its number); the quantile at a uniform number where nothing else is said.
  virtual double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const;
  /// The same of T targets.
  virtual void draw_at(const arma::mat& eta, arma::uword row, const double* psi, Random& random, double* y) const {
    *y = draw(eta, row, psi, random);
  }

  /// How a point of a simpler family, which this one contains, is written in this one.
  struct Embedding {
    std::vector<arma::uword> outputs;  ///< of each of the simpler one's outputs: its place among this one's
    std::vector<double> intercepts;    ///< of each output of this one: what is added to it
    std::vector<double> psi;
  };
  /// The spec of a family that this one contains, as student does gaussian; "" where it contains none.
  virtual std::string simpler() const { return ""; }
  /// How many sides of the simpler family embedded() knows.
  virtual std::size_t sides() const { return 1; }
  /// Where the simpler family with that psi lies in this one (of a family that contains none: itself). Side 0 is the point itself, or as
  /// good as that; the others are off it, as steps of a fit may not lead away from there: 1, and of a family that knows skewness 1 to the
  /// right and 2 to the left.
  virtual Embedding embedded(const double* simpler_psi, std::size_t side) const;
  /// Moves psi to where target t is described by the simpler family, whatever eta is: false where there is no such psi.
  virtual bool to_simpler(arma::uword t, double* psi) const;
  /// What is to be said where psi is at a bound that the family has; "" elsewhere.
  virtual std::string bound_note(const double*) const { return ""; }

  // Of one number only, in model units; classes and several targets throw std::logic_error.
  /// out_n = Var(Y): infinite where it does not exist.
  virtual void variance(const arma::mat& eta, const double* psi, arma::vec& out) const;
  virtual void cdf(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const;
  virtual void quantile(double p, const arma::mat& eta, const double* psi, arma::vec& out) const;
  /// Whether it is a normal distribution, which its mean and variance tell all of.
  virtual bool normal() const { return false; }
  /// Whether psi puts sigma on its floor: a spurious maximum.
  virtual bool on_floor(const double* psi) const;
  /// The smallest of its scales, in its target's typical one; infinite where it has none, or none that is free.
  virtual double least_scale(const double* psi) const;

 private:
  TargetInfo target_;
};

/// "gaussian" (one sigma each), "gaussian:unit", "poisson", ..: see family_words(). Throws Error (usage) for anything else, or a
/// family that does not fit the target.
std::shared_ptr<const Family> make_family(const std::string& spec, const TargetInfo& target);

/// Of one target or more: "gaussian" describes each of several alike, "gaussian,poisson" names one for each, and given
/// the expert they are independent; "gaussian:full" knows their correlations, too. Throws as above, and for several
/// targets that are not all numbers.
std::shared_ptr<const Family> make_family(const std::string& spec, const std::vector<TargetInfo>& targets);

/// What a family describes, whatever the target; throws as make_family() does.
Support family_support(const std::string& spec);
/// The same of "gaussian,poisson": one for each target; a single one is for all.
std::vector<Support> family_supports(const std::string& spec);

/// `arguments`: what stands behind the name and a colon. Throws Error (usage) for what it does not understand, or a target that the
/// family does not describe.
using MakeFamily = std::function<std::shared_ptr<const Family>(const std::string& arguments, const TargetInfo& target)>;
/// Makes a family known by its name. `typical`: a target that it describes, a number or of two classes. Throws Error (usage) where
/// the name is taken.
void add_family(const Word& word, const MakeFamily& make, const TargetInfo& typical = {});

/// The psi at which a gaussian's sigma is `sigma` (model units) for a target of that spread.
double gaussian_psi(double sigma, double spread);

}  // namespace moe
