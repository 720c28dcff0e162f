// A family p(y | eta, psi): how an expert's network outputs eta (b x m) and its dispersion parameters psi describe a target.
// y and eta are in the model's units (a numeric target standardised: y = (target - center) / scale); densities, squared errors
// and everything else that a family returns as a figure count in the data's own units.
#pragma once

#include <armadillo>
#include <memory>
#include <string>

namespace moe {

class Random;

/// What a family must know of the target that it is made for.
struct TargetInfo {
  arma::uword classes = 0;  ///< 0 for a number
  double scale = 1;         ///< data units in one model unit
  double spread = 1;        ///< the target's standard deviation in model units: what a floor for sigma is relative to
};

class Family {
 public:
  /// The map from eta to the mean, the vocabulary that exporters translate.
  enum class Link { kIdentity, kLogistic, kSoftmax };

  explicit Family(const TargetInfo& target) : target_(target) {}
  virtual ~Family() = default;
  virtual std::string spec() const = 0;
  virtual Link link() const = 0;

  const TargetInfo& target() const { return target_; }
  bool classes() const { return target_.classes > 0; }
  /// m: outputs that an expert's network must have.
  virtual arma::uword outputs() const { return 1; }
  /// Parameters that are free to be moved together without changing the density: those of this many outputs.
  virtual arma::uword redundant_outputs() const { return 0; }
  /// How many psi an expert has, and whether all experts use the same.
  virtual arma::uword dispersions() const { return 0; }
  virtual bool shared_dispersion() const { return false; }

  /// out_n = log p(y_n | eta_n, psi), finite for finite arguments. y: b x 1.
  virtual void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const = 0;
  /// d_eta_n = weight_n d log p / d eta_n (b x m); adds sum_n weight_n d log p / d psi to d_psi.
  virtual void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight,
                     arma::mat& d_eta, double* d_psi) const = 0;

  /// Row by row the derivatives of log p in u = (eta, psi): scores (b x (m + dispersions)) and second derivatives (b x (m +
  /// dispersions)^2, matrices by columns). False where a family has none.
  virtual bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                           arma::mat& seconds) const;

  /// Where an expert that is to explain y (model units) begins: eta (m values) and psi.
  virtual void start(double y, double* eta, double* psi) const = 0;

  /// The expert's prediction: b x 1 in model units, b x 1 for bernoulli (the probability of class 1), b x C probabilities
  /// for categorical.
  virtual void mean(const arma::mat& eta, arma::mat& mu) const = 0;
  /// d_mu -> d_eta, given mean()'s result.
  virtual void mean_backward(const arma::mat& mu, const arma::mat& d_mu, arma::mat& d_eta) const = 0;
  /// The target in the shape of a prediction: itself, or indicators of the class.
  virtual void observed(const arma::mat& y, arma::mat& out) const = 0;

  /// A draw at row n of eta, in model units (a class as its number).
  virtual double draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const = 0;

  // Of a number only, in model units; classes throw std::logic_error.
  virtual double sd(const double* psi) const;
  virtual void cdf(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const;
  virtual void quantile(double p, const arma::mat& eta, const double* psi, arma::vec& out) const;
  /// out_n = E |Y - y_n|.
  virtual void mean_distance(const arma::vec& y, const arma::mat& eta, const double* psi, arma::vec& out) const;
  /// out_n = E |Y - Y'| for independent draws of this expert and another of the same family.
  virtual void mean_distance_between(const arma::mat& eta, const double* psi, const arma::mat& other_eta,
                                     const double* other_psi, arma::vec& out) const;
  /// Whether psi puts sigma on its floor: a spurious maximum.
  virtual bool on_floor(const double* psi) const;

 private:
  TargetInfo target_;
};

/// "gaussian" (one sigma each), "gaussian:unit", "gaussian:shared", "bernoulli", "categorical". Throws Error (usage) for
/// anything else, or a family that does not fit the target.
std::shared_ptr<const Family> make_family(const std::string& spec, const TargetInfo& target);

/// The psi at which a gaussian's sigma is `sigma` (model units) for a target of that spread.
double gaussian_psi(double sigma, double spread);

}  // namespace moe
