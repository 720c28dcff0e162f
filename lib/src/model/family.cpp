#include "moe/family.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "model/expression.hpp"
#include "moe/random.hpp"

namespace moe {
namespace {

[[noreturn]] void only_for_numbers(const char* what) {
  throw std::logic_error(std::string(what) + " asked of a family of classes, or of several targets");
}

}  // namespace

void Family::variance(const arma::mat&, const double*, arma::vec&) const { only_for_numbers("variance"); }
void Family::cdf(const arma::vec&, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("cdf"); }
void Family::quantile(double, const arma::mat&, const double*, arma::vec&) const { only_for_numbers("quantile"); }
FamilyExpressions HasExpressions::expressions(const double*) const { only_for_numbers("expressions"); }

const HasExpressions& expressions_of(const Family& family) {
  const auto* const expressions = dynamic_cast<const HasExpressions*>(&family);
  if (expressions == nullptr) only_for_numbers("expressions");
  return *expressions;
}

bool Family::derivatives(const arma::mat&, const arma::mat&, const double*, arma::mat&, arma::mat&) const {
  return false;
}
bool Family::fit_dispersion(const arma::mat&, double*) const { return false; }
bool Family::on_floor(const double*) const { return false; }

bool Family::to_simpler(arma::uword, double*) const { return false; }

Family::Embedding Family::embedded(const double* simpler_psi, std::size_t) const {
  Embedding result;
  for (arma::uword out = 0; out < outputs(); ++out) result.outputs.push_back(out);
  result.intercepts.assign(outputs(), 0);
  result.psi.assign(simpler_psi, simpler_psi + dispersions());
  return result;
}

bool Family::discrete() const {
  const std::vector<Support> all = supports();
  return std::all_of(all.begin(), all.end(),
                     [](Support support) { return support == Support::kCounts || support == Support::kSuccesses; });
}

Family::Marginal Family::marginal(arma::uword, const double* psi) const {
  return {this, 0, {psi, psi + dispersions()}};
}

double Family::least_scale(const double* psi) const {
  if (location_scale())
    if (const auto all = figures(psi); !all.empty() && !all[0].slope.empty())
      return all[0].value / (target_.scale * target_.typical);
  return std::numeric_limits<double>::infinity();
}

double Family::draw(const arma::mat& eta, arma::uword row, const double* psi, Random& random) const {
  arma::vec out;
  quantile(random.uniform(), eta.row(row), psi, out);
  return out[0];
}

}  // namespace moe
