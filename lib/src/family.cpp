#include "moe/family.hpp"

#include <cmath>
#include <stdexcept>

namespace moe {
namespace {

[[noreturn]] void only_for_numbers(const char* what) {
  throw std::logic_error(std::string(what) + " asked of a family of classes");
}

}  // namespace

double Family::sd(const double*) const { only_for_numbers("sd"); }
void Family::cdf(const arma::vec&, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("cdf"); }
void Family::quantile(double, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("quantile"); }
void Family::mean_distance(const arma::vec&, const arma::mat&, const double*, arma::vec&) const {
  only_for_numbers("mean_distance");
}
void Family::mean_distance_between(const arma::mat&, const double*, const arma::mat&, const double*, arma::vec&) const {
  only_for_numbers("mean_distance_between");
}
bool Family::derivatives(const arma::mat&, const arma::mat&, const double*, arma::mat&, arma::mat&) const {
  return false;
}
bool Family::on_floor(const double*) const { return false; }

}  // namespace moe
