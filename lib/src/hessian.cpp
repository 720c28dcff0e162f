#include "moe/hessian.hpp"

#include "moe/numeric.hpp"
#include "parallel.hpp"

namespace moe {
namespace {

constexpr arma::uword kBlock = 512;
constexpr arma::uword kParts = 16;  // at most; each has a matrix of its own

/// A quantity that the row's density depends on through theta: a gate's logit, an output of an expert, or a psi.
struct Slot {
  const Branch* branch;  // or none: a psi
  arma::uword offset, size;
};

std::vector<Slot> slots_of(const Model& model) {
  std::vector<Slot> slots;
  const auto add = [&](const Branch& branch) {
    for (arma::uword out = 0; out < branch.network->outputs(); ++out)
      slots.push_back({&branch, branch.offset + branch.network->intercept(out), branch.network->last_inputs()});
  };
  add(model.gate_branch);
  for (const Expert& expert : model.experts) {
    add(expert);
    for (arma::uword i = 0; i < expert.family->dispersions(); ++i) slots.push_back({nullptr, expert.psi + i, 1});
  }
  return slots;
}

/// A block's responsibilities, weights, scores and second derivatives, each expert's in columns of its own.
struct Pieces {
  arma::mat g, r;
  std::vector<arma::mat> scores, seconds;  // of expert k in its own u = (eta, psi)
};

Pieces pieces_of(ForwardPass& forward, const arma::vec& theta, const arma::mat& y) {
  const Model& model = forward.model();
  Pieces pieces;
  pieces.scores.resize(model.size());
  pieces.seconds.resize(model.size());
  exp_shifted(forward.log_weights(), {}, {}, pieces.g);
  arma::mat terms = forward.log_weights();
  arma::vec part;
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const double* psi = theta.memptr() + expert.psi;
    expert.family->log_density(y, forward.eta(k), psi, part);
    terms.col(k) += part;
    expert.family->derivatives(y, forward.eta(k), psi, pieces.scores[k], pieces.seconds[k]);
  }
  arma::mat log_r;
  log_softmax(terms, log_r);
  exp_shifted(log_r, {}, {}, pieces.r);
  return pieces;
}

/// Row by row the second derivative of -log p in slots a and b; a slot is expert `k`'s `i`-th, or the gate's k-th logit.
class Curvature {
 public:
  explicit Curvature(const Model& model) {
    for (arma::uword k = 0; k < model.size(); ++k) places_.push_back({true, k, 0, 0});
    for (arma::uword k = 0; k < model.size(); ++k) {
      const Family& family = *model.experts[k].family;
      const arma::uword size = family.outputs() + family.dispersions();
      for (arma::uword i = 0; i < size; ++i) places_.push_back({false, k, i, size});
    }
  }

  arma::vec at(const Pieces& p, arma::uword a, arma::uword b) const {
    const Place &x = places_[a], &y = places_[b];
    const auto same = [&](const arma::vec& value) {
      return x.k == y.k ? value : arma::vec(value.n_elem, arma::fill::zeros);
    };
    const arma::vec rx = p.r.col(x.k), ry = p.r.col(y.k);
    if (x.gate && y.gate) return rx % ry - p.g.col(x.k) % p.g.col(y.k) - same(rx - p.g.col(x.k));
    if (x.gate) return ry % p.scores[y.k].col(y.i) % (rx - (x.k == y.k ? 1.0 : 0.0));
    const arma::vec product = p.scores[x.k].col(x.i) % p.scores[y.k].col(y.i);
    arma::vec result = rx % ry % product;
    if (x.k == y.k) result -= rx % (p.seconds[x.k].col(x.i * x.size + y.i) + product);
    return result;
  }

 private:
  struct Place {
    bool gate;
    arma::uword k, i, size;
  };
  std::vector<Place> places_;
};

/// Adds a block of rows to the upper part of H.
void add(const std::vector<Slot>& slots, const Curvature& curvature, const Pieces& pieces, const arma::mat& X,
         const arma::vec& w, arma::mat& H) {
  const auto inputs = [&](const Slot& slot) {
    arma::mat result(1, X.n_cols, arma::fill::ones);
    if (slot.branch != nullptr) slot.branch->design(X, result);
    return result;
  };
  for (arma::uword a = 0; a < slots.size(); ++a) {
    const arma::mat left = inputs(slots[a]);
    for (arma::uword b = a; b < slots.size(); ++b) {
      const arma::rowvec weight = (w % curvature.at(pieces, a, b)).t();
      const arma::mat block = (left.each_row() % weight) * inputs(slots[b]).t();
      const arma::uword i = slots[a].offset, j = slots[b].offset;
      if (i <= j) H.submat(i, j, arma::size(block)) += block;
      // The transposed half, where it is the upper one; or both, where experts share a psi that meets itself.
      if (i > j || (a != b && i == j)) H.submat(j, i, arma::size(block.n_cols, block.n_rows)) += block.t();
    }
  }
}

}  // namespace

bool has_derivatives(const Family& family) {
  const std::vector<double> psi(family.dispersions() + 1, 0);
  const arma::mat y(1, 1, arma::fill::ones);
  const arma::mat eta(1, family.outputs() + (family.reads_trials() ? 1 : 0), arma::fill::ones);
  arma::mat scores, seconds;
  return family.derivatives(y, eta, psi.data(), scores, seconds);
}

bool has_hessian(const Model& model) {
  if (!model.gate->normalised() || !model.gate_branch.network->is_linear()) return false;
  for (const Expert& expert : model.experts)
    if (!expert.network->is_linear() || !has_derivatives(*expert.family)) return false;
  return true;
}

arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads) {
  const std::vector<Slot> slots = slots_of(model);
  const Curvature curvature(model);
  const arma::uword blocks = (rows.count() + kBlock - 1) / kBlock, each = (blocks + kParts - 1) / kParts;
  std::vector<arma::mat> parts((blocks + each - 1) / each);
  parallel_for(parts.size(), threads, [&](std::size_t part) {
    ForwardPass forward(model);
    parts[part].zeros(theta.n_elem, theta.n_elem);
    for (arma::uword b = part * each; b < std::min(blocks, (part + 1) * each); ++b) {
      const arma::uword first = b * kBlock, last = std::min(rows.count(), first + kBlock) - 1;
      const Rows block = rows.slice(first, last);
      forward.run(theta, block);
      const Pieces pieces = pieces_of(forward, theta, block.y);
      add(slots, curvature, pieces, block.X, block.w, parts[part]);
    }
  });
  for (std::size_t part = 1; part < parts.size(); ++part) parts[0] += parts[part];
  return arma::symmatu(parts[0]) / arma::accu(rows.w);
}

}  // namespace moe
