#include "moe/hessian.hpp"

#include <algorithm>

#include "basis.hpp"
#include "moe/numeric.hpp"
#include "parallel.hpp"

namespace moe {
namespace {

constexpr arma::uword kBlock = 512;
/// Second derivatives, in doubles.
constexpr arma::uword kMostHeld = arma::uword{1} << 22;
constexpr arma::uword kParts = 16;  // at most; each has a matrix of its own

/// A quantity that the row's density depends on through theta: a gate's logit, an output of an expert, or a psi.
struct Slot {
  arma::uword inputs;  // which of the block's, see Inputs
  arma::uword offset, size;
};

/// What the parameters of slots multiply: a branch's design (the gate's first, then the experts'), or whitened once for all branches
/// that share one; at the end a one for every psi.
class Inputs {
 public:
  Inputs(const Model& model, const Basis* basis) : model_(model), basis_(basis), designs_(place_of_ones() + 1) {}

  arma::uword place(arma::uword branch) const { return basis_ != nullptr ? basis_->design_of(branch) : branch; }
  arma::uword place_of_ones() const { return basis_ != nullptr ? basis_->designs() : model_.size() + 1; }
  void at(const arma::mat& X) {
    for (arma::uword i = 0; i < place_of_ones(); ++i) {
      if (basis_ != nullptr)
        basis_->whiten(i, X, designs_[i]);
      else
        (i == 0 ? model_.gate_branch : model_.experts[i - 1]).design(X, designs_[i]);
    }
    designs_.back().ones(1, X.n_cols);
  }
  const arma::mat& of(const Slot& slot) const { return designs_[slot.inputs]; }

 private:
  const Model& model_;
  const Basis* basis_;
  std::vector<arma::mat> designs_;
};

std::vector<Slot> slots_of(const Model& model, const Inputs& inputs) {
  std::vector<Slot> slots;
  const auto add = [&](const Branch& branch, arma::uword index) {
    for (arma::uword out = 0; out < branch.network->outputs(); ++out)
      slots.push_back(
          {inputs.place(index), branch.offset + branch.network->intercept(out), branch.network->last_inputs()});
  };
  add(model.gate_branch, 0);
  for (arma::uword k = 0; k < model.size(); ++k) {
    add(model.experts[k], k + 1);
    for (arma::uword i = 0; i < model.experts[k].family->dispersions(); ++i)
      slots.push_back({inputs.place_of_ones(), model.experts[k].psi + i, 1});
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

/// Row by row derivatives in slots; a slot is expert `k`'s `i`-th, or the gate's k-th logit.
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

  /// The first derivative of log p.
  arma::vec score(const Pieces& p, arma::uword a) const {
    const Place& x = places_[a];
    if (x.gate) return p.r.col(x.k) - p.g.col(x.k);
    return p.r.col(x.k) % p.scores[x.k].col(x.i);
  }

  /// The second derivative of -log p.
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

/// A block of rows, seen from every slot.
struct Block {
  const std::vector<Slot>& slots;
  const Curvature& curvature;
  const Pieces& pieces;
  const Inputs& inputs;
  const arma::vec& w;
};

/// Adds its second derivatives to the upper part of H.
void add_seconds(const Block& block, arma::mat& H) {
  const std::vector<Slot>& slots = block.slots;
  for (arma::uword a = 0; a < slots.size(); ++a) {
    const arma::mat& left = block.inputs.of(slots[a]);
    for (arma::uword b = a; b < slots.size(); ++b) {
      const arma::vec weight = block.w % block.curvature.at(block.pieces, a, b);
      const arma::mat part = (left.each_row() % weight.t()) * block.inputs.of(slots[b]).t();
      const arma::uword i = slots[a].offset, j = slots[b].offset;
      if (i <= j) H.submat(i, j, arma::size(part)) += part;
      // The transposed half, where it is the upper one; or both, where experts share a psi that meets itself.
      if (i > j || (a != b && i == j)) H.submat(j, i, arma::size(part.n_cols, part.n_rows)) += part.t();
    }
  }
}

/// Adds the products of its scores to the upper part of `products`.
void add_scores(const Block& block, arma::mat& products) {
  arma::mat scores(products.n_rows, block.w.n_elem, arma::fill::zeros);
  for (arma::uword a = 0; a < block.slots.size(); ++a) {
    const Slot& slot = block.slots[a];
    const arma::vec weight = block.w % block.curvature.score(block.pieces, a);
    scores.rows(slot.offset, slot.offset + slot.size - 1) += block.inputs.of(slot).each_row() % weight.t();
  }
  products += scores * scores.t();
}

/// The sum over blocks of rows of what `add` adds to a matrix as large as theta.
template <class Add>
arma::mat summed(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads, const Basis* basis,
                 const Add& add) {
  const std::vector<Slot> slots = slots_of(model, Inputs(model, basis));
  const Curvature curvature(model);
  const arma::uword size = rows_at_once(model), blocks = (rows.count() + size - 1) / size;
  const arma::uword each = (blocks + kParts - 1) / kParts;
  std::vector<arma::mat> parts((blocks + each - 1) / each);
  parallel_for(parts.size(), threads, [&](std::size_t part) {
    ForwardPass forward(model);
    Inputs inputs(model, basis);
    parts[part].zeros(theta.n_elem, theta.n_elem);
    for (arma::uword b = part * each; b < std::min(blocks, (part + 1) * each); ++b) {
      const Rows block = rows.slice(b * size, std::min(rows.count(), (b + 1) * size) - 1);
      forward.run(theta, block);
      inputs.at(block.X);
      add(Block{slots, curvature, pieces_of(forward, theta, block.y), inputs, block.w}, parts[part]);
    }
  });
  for (std::size_t part = 1; part < parts.size(); ++part) parts[0] += parts[part];
  return arma::symmatu(parts[0]);
}

}  // namespace

bool has_derivatives(const Family& family) {
  const std::vector<double> psi(family.dispersions() + 1, 0);
  const arma::mat y(1, family.targets(), arma::fill::ones);
  const arma::mat eta(1, family.outputs() + (family.reads_trials() ? 1 : 0), arma::fill::ones);
  arma::mat scores, seconds;
  return family.derivatives(y, eta, psi.data(), scores, seconds);
}

arma::uword rows_at_once(const Model& model) {
  arma::uword held = 0;
  for (const Expert& expert : model.experts) {
    const arma::uword size = expert.family->outputs() + expert.family->dispersions();
    held += size * size;
  }
  return model.targets() == 1 ? kBlock : std::clamp<arma::uword>(kMostHeld / held, 1, kBlock);
}

bool has_hessian(const Model& model) {
  if (!model.gate->normalised() || !model.gate_branch.network->is_linear()) return false;
  for (const Expert& expert : model.experts)
    if (!expert.network->is_linear() || !has_derivatives(*expert.family)) return false;
  return true;
}

arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                             const Basis* basis) {
  return summed(model, theta, rows, threads, basis, add_seconds) / arma::accu(rows.w);
}

arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                         const Basis* basis) {
  return summed(model, theta, rows, threads, basis, add_scores);
}

}  // namespace moe
