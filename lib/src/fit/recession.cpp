// The search for separation at the end of a fit; recession.hpp has the idea (Konis 2007). For each branch, the
// eigenvectors of its information with tiny eigenvalues span the candidates. Of these the direction is taken in which
// the fit has already moved. It is one of recession if the loss stays the same 1 and 10 units further out, and is
// higher in the opposite direction. If it is the same in both, no row depends on the direction, and it is unseen. If
// the test fails, the candidate with the largest eigenvalue is dropped, and the rest is tested again.
#include "fit/recession.hpp"

#include <algorithm>
#include <cmath>

#include "judge/estimated_space.hpp"
#include "judge/reported.hpp"
#include "objective/basis_hessian.hpp"

namespace moe {
namespace {

/// A direction may be one of recession where it has less information than this, for a column of unit variance and rows
/// of weight 1. So little have one row whose class is certain to 1e-5, and one with a mean count of 1e-5.
constexpr double kFlat = 1e-5;
/// How far along a direction the likelihood is examined, in linear predictors on average over rows.
constexpr double kFar = 1, kFarther = 10;
/// A smaller change of the mean loss is none: as a part of the loss, or absolutely where the loss is below 1.
constexpr double kStill = 1e-8;

/// theta with the coefficients of a branch's reference output subtracted from those of all outputs.
arma::vec compared(const Model& model) {
  arma::vec theta = model.theta;
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const auto reference = reference_output(model, b);
    if (!reference) continue;
    const Branch& branch = branch_of(model, b);
    arma::mat W(theta.memptr() + branch.offset, branch.network->last_inputs(), branch.network->outputs(), false, true);
    W.each_col() -= arma::vec(W.col(*reference));
  }
  return theta;
}

class Search {
 public:
  Search(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads)
      : model_(model),
        rows_(rows),
        weight_(arma::accu(rows.w)),
        space_(model, rows, threads),
        objective_(make_objective("likelihood")),
        pass_(model, *objective_, penalty, threads),
        phi_(space_.free_rows(compared(model))),
        here_(loss(model.theta)),
        still_(kStill * std::max(1.0, std::abs(here_))) {
    const arma::uvec free = space_.free();
    information_ =
        likelihood_hessian(model, model.theta, rows, threads, space_.basis()) + space_.penalty(pass_.penalty_weights());
    information_ = weight_ * information_.submat(free, free);
  }

  void look_at(arma::uword branch, FitStudy& study) const {
    const arma::uvec coordinates = places(branch);
    arma::vec value;
    arma::mat vectors;
    if (coordinates.is_empty() ||
        !arma::eig_sym(value, vectors, arma::symmatu(information_.submat(coordinates, coordinates))))
      return;
    for (arma::uword flat = arma::accu(value < kFlat); flat > 0; --flat) {
      const arma::mat directions = in_theta(coordinates, vectors.head_cols(flat));
      const arma::mat basis = vectors.head_cols(flat);
      const arma::vec way = basis * (basis.t() * phi_.elem(coordinates));
      const double length = arma::norm(way);
      const Kind kind = kind_of(in_theta(coordinates, length > 0 ? arma::vec(way / length) : arma::vec(basis.col(0))),
                                in_theta(coordinates, way));
      if (kind == Kind::kNone) continue;
      arma::mat& to = kind == Kind::kRecession ? study.recession : study.unseen;
      to = to.is_empty() ? directions : arma::mat(arma::join_rows(to, directions));
      return;
    }
  }

 private:
  enum class Kind { kNone, kRecession, kUnseen };

  double loss(const arma::vec& theta) const { return pass_.run(theta, rows_, nullptr).value; }

  /// The places of a branch's coefficients among the free coordinates.
  arma::uvec places(arma::uword index) const {
    const Branch& branch = branch_of(model_, index);
    const arma::uvec free = space_.free().head(space_.coefficients());
    return arma::find(free >= branch.offset && free < branch.offset + branch.network->parameters());
  }

  arma::mat in_theta(const arma::uvec& coordinates, const arma::mat& directions) const {
    arma::mat rows(phi_.n_elem, directions.n_cols, arma::fill::zeros);
    rows.rows(coordinates) = directions;
    return space_.theta_rows(rows);
  }

  /// `way`: how far the fit has already moved along the direction.
  Kind kind_of(const arma::vec& direction, const arma::vec& way) const {
    const arma::vec step = std::sqrt(weight_) * direction;
    const double far = loss(model_.theta + kFar * step), farther = loss(model_.theta + kFarther * step);
    if (!(std::max(far, farther) <= here_ + still_ && std::abs(farther - far) <= still_)) return Kind::kNone;
    // Under complete separation the fit may have moved so far that the loss changes only near where it began.
    const double back =
        std::max({loss(model_.theta - kFar * step), loss(model_.theta - kFarther * step), loss(model_.theta - way)});
    return back <= here_ + still_ ? Kind::kUnseen : Kind::kRecession;
  }

  const Model& model_;
  const Rows& rows_;
  double weight_;
  EstimatedSpace space_;
  std::shared_ptr<const Objective> objective_;
  Pass pass_;
  arma::vec phi_;
  double here_, still_;
  arma::mat information_;
};

}  // namespace

bool suggests_recession(const Model& model, const Uncertainty& uncertainty) {
  if (!uncertainty.known() || !uncertainty.undetermined.is_empty()) return true;
  const double most = 1 / (kFlat * model.fit.weight);
  for (arma::uword b = 0; b <= model.size(); ++b) {
    const Branch& branch = branch_of(model, b);
    for (arma::uword i = branch.offset; i < branch.offset + branch.network->parameters(); ++i)
      if (arma::accu(arma::square(uncertainty.factor.row(i))) > most) return true;
  }
  return false;
}

void find_recession(const Model& model, const Rows& rows, const Penalty& penalty, unsigned threads, FitStudy& study) {
  const Search search(model, rows, penalty, threads);
  // Where an expert fits its rows exactly, a scale that depends on inputs has gone to its floor, which is no
  // separation.
  const auto exact = [&](arma::uword b) { return b > 0 && !study.exact.is_empty() && study.exact[b - 1] > 0; };
  for (arma::uword b = 0; b <= model.size(); ++b)
    if (!exact(b)) search.look_at(b, study);
}

}  // namespace moe
