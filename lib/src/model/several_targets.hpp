// The base of families of several targets. Means and variances come as matrices, not as scalars per row; functions that
// concern one target only are those of its marginal().
#pragma once

#include <stdexcept>
#include <utility>
#include <vector>

#include "moe/family.hpp"

namespace moe {

class SeveralTargets : public Family {
 public:
  explicit SeveralTargets(std::vector<TargetInfo> targets) : Family(targets.front()), targets_(std::move(targets)) {}

  arma::uword targets() const final { return targets_.size(); }
  const TargetInfo& target_at(arma::uword t) const final { return targets_[t]; }
  Link link() const override { return Link::kIdentity; }

  void start(double, double*, double*) const final { throw std::logic_error("one value for several targets"); }
  void start_at(const double* y, double* eta, double* psi) const override = 0;
  double draw(const arma::mat&, arma::uword, const double*, Random&) const final {
    throw std::logic_error("one draw of several targets");
  }
  void draw_at(const arma::mat& eta, arma::uword row, const double* psi, Random& random, double* y) const override = 0;
  Marginal marginal(arma::uword t, const double* psi) const override = 0;

 protected:
  /// Columns of a matrix as a view, without a copy.
  static arma::mat columns(const arma::mat& all, arma::uword first, arma::uword count) {
    return arma::mat(const_cast<double*>(all.colptr(first)), all.n_rows, count, false, true);
  }

 private:
  std::vector<TargetInfo> targets_;
};

}  // namespace moe
