#include "moe/family.hpp"

#include <stdexcept>

#include "moe/random.hpp"

namespace moe {
namespace {

[[noreturn]] void only_for_numbers(const char* what) {
  throw std::logic_error(std::string(what) + " asked of a family of classes");
}

}  // namespace

void Family::variance(const arma::mat&, const double*, arma::vec&) const { only_for_numbers("variance"); }
void Family::cdf(const arma::vec&, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("cdf"); }
void Family::quantile(double, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("quantile"); }
bool Family::derivatives(const arma::mat&, const arma::mat&, const double*, arma::mat&, arma::mat&) const {
  return false;
}
bool Family::fit_dispersion(double, double*) const { return false; }
bool Family::on_floor(const double*) const { return false; }

double Family::draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const {
  arma::vec out;
  quantile(random.uniform(), eta.row(row), psi, out);
  return out[0];
}

}  // namespace moe
