// Exact second derivatives of the log-likelihood of a mixture of linear branches under a softmax gate (Louis 1982). A
// row's log p depends on theta through slots: a = x' theta_a, where a is a logit of the gate, an output of an expert,
// or a psi. With responsibilities r, weights g and an expert's scores s and second derivatives t,
//   logits j, k:           d2 log p = [j = k] (r_k - g_k) - r_j r_k + g_j g_k
//   logit j, output of k:  d2 log p = r_k s_k ([j = k] - r_j)
//   outputs of j and k:    d2 log p = [j = k] r_k (t + s s') - r_j r_k s_j s_k'
// The block of H for two slots is the sum over rows of d2 x x'.
#include "moe/hessian.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"
#include "objective/basis_hessian.hpp"

namespace moe {
namespace {

constexpr arma::uword kHessianBlock =
    504;  // no power of two, in which case columns would fall on the same few cache lines
/// The most second derivatives that are held at once, in doubles.
constexpr arma::uword kMostHeld = arma::uword{1} << 22;
constexpr arma::uword kHessianParts = 16;  // at most; each part has sums of its own
/// The most products of two inputs that are held for a block of rows. With more of them, a matrix product for each pair
/// of slots is as fast.
constexpr arma::uword kMostProducts = 2000;

/// A quantity through which theta enters the density of a row: a logit of the gate, an output of an expert, or a psi.
struct Slot {
  arma::uword inputs;  // the number of its design: see Inputs
  arma::uword offset, size;
};

/// The designs by which the parameters of slots are multiplied, each different one once, perhaps whitened; and last a
/// column of ones for every psi.
class Inputs {
 public:
  Inputs(const Model& model, const Basis* basis) : basis_(basis) {
    for (arma::uword b = 0; b <= model.size(); ++b) {
      const Branch& branch = b == 0 ? model.gate_branch : model.experts[b - 1];
      if (basis != nullptr) {
        places_.push_back(basis->design_of(b));
        continue;
      }
      const auto known = std::find_if(branches_.begin(), branches_.end(),
                                      [&](const Branch* other) { return other->has_design_of(branch); });
      places_.push_back(static_cast<arma::uword>(known - branches_.begin()));
      if (known == branches_.end()) branches_.push_back(&branch);
    }
    designs_.resize((basis != nullptr ? basis->designs() : branches_.size()) + 1);
  }

  arma::uword place(arma::uword branch) const { return places_[branch]; }
  arma::uword place_of_ones() const { return designs_.size() - 1; }
  void at(const arma::mat& X) {
    for (arma::uword i = 0; i < place_of_ones(); ++i) {
      if (basis_ != nullptr)
        basis_->whiten(i, X, designs_[i]);
      else
        branches_[i]->design(X, designs_[i]);
    }
    designs_.back().ones(1, X.n_cols);
  }
  const arma::mat& of(arma::uword place) const { return designs_[place]; }

 private:
  const Basis* basis_;
  std::vector<arma::uword> places_;      // for each branch, the number of its design
  std::vector<const Branch*> branches_;  // without a basis: one branch for each design
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
      slots.push_back({inputs.place_of_ones(), model.experts[k].psi_offset + i, 1});
  }
  return slots;
}

/// Gate weights, responsibilities, scores and second derivatives of the rows of a block.
struct Pieces {
  arma::mat g, r;
  std::vector<arma::mat> scores, seconds;  // of expert k, in its own variables u = (eta, psi)
};

Pieces pieces_of(ForwardPass& forward, const arma::vec& theta, const arma::mat& y) {
  const Model& model = forward.model();
  Pieces pieces;
  pieces.scores.resize(model.size());
  pieces.seconds.resize(model.size());
  pieces.g = forward.weights();
  for (arma::uword k = 0; k < model.size(); ++k)
    model.experts[k].family->derivatives(y, forward.eta(k), theta.memptr() + model.experts[k].psi_offset,
                                         pieces.scores[k], pieces.seconds[k]);
  softmax(forward.log_terms(theta, y), pieces.r);
  return pieces;
}

/// Derivatives of log p in the slots, for each row. A slot is the k-th logit of the gate, or the i-th variable of
/// expert k.
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

  /// The first derivative of log p in slot a.
  arma::vec score(const Pieces& p, arma::uword a) const {
    const Place& x = places_[a];
    if (x.gate) return p.r.col(x.k) - p.g.col(x.k);
    return p.r.col(x.k) % p.scores[x.k].col(x.i);
  }

  /// Writes w times the second derivative of -log p in slots a and b to `out`. There are many of these, so no temporary
  /// vector is made.
  void at(const Pieces& p, const arma::vec& w, arma::uword a, arma::uword b, double* out) const {
    const Place &x = places_[a], &y = places_[b];
    const double same = x.k == y.k ? 1 : 0;
    const double *rx = p.r.colptr(x.k), *ry = p.r.colptr(y.k), *gx = p.g.colptr(x.k), *gy = p.g.colptr(y.k);
    if (x.gate && y.gate) {
      for (arma::uword n = 0; n < w.n_elem; ++n)
        out[n] = w[n] * (rx[n] * ry[n] - gx[n] * gy[n] - same * (rx[n] - gx[n]));
      return;
    }
    const double* sy = p.scores[y.k].colptr(y.i);
    if (x.gate) {
      for (arma::uword n = 0; n < w.n_elem; ++n) out[n] = w[n] * ry[n] * sy[n] * (rx[n] - same);
      return;
    }
    const double* sx = p.scores[x.k].colptr(x.i);
    for (arma::uword n = 0; n < w.n_elem; ++n) out[n] = w[n] * rx[n] * ry[n] * sx[n] * sy[n];
    if (x.k != y.k) return;
    const double* second = p.seconds[x.k].colptr(x.i * x.size + y.i);
    for (arma::uword n = 0; n < w.n_elem; ++n) out[n] -= w[n] * rx[n] * (second[n] + sx[n] * sy[n]);
  }

 private:
  struct Place {
    bool gate;
    arma::uword k, i, size;
  };
  std::vector<Place> places_;
};

/// What the sums need to know of a block of rows.
struct Block {
  const Curvature& curvature;
  const Pieces& pieces;
  const Inputs& inputs;
  const arma::vec& w;
};

/// Sums of second derivatives. Pairs of slots that multiply the same two designs are computed together: Z (products x
/// b) holds the products of every two inputs, W (b x pairs) the derivatives in every two slots, and the single product
/// Z W has all of their blocks.
class SecondSums {
 public:
  SecondSums(const std::vector<Slot>& slots, arma::uword parameters) : slots_(slots), parameters_(parameters) {
    for (arma::uword a = 0; a < slots.size(); ++a)
      for (arma::uword b = a; b < slots.size(); ++b) table_of(slots[a], slots[b]).pairs.push_back({a, b});
    for (Table& table : tables_) table.sums.zeros(table.products, table.pairs.size());
  }

  void add(const Block& block) {
    for (Table& table : tables_) {
      W_.set_size(block.w.n_elem, table.pairs.size());
      for (arma::uword i = 0; i < table.pairs.size(); ++i)
        block.curvature.at(block.pieces, block.w, table.pairs[i].first, table.pairs[i].second, W_.colptr(i));
      const arma::mat &left = block.inputs.of(table.left), &right = block.inputs.of(table.right);
      if (table.products <= kMostProducts) {
        products(left, right, table.left == table.right);
        table.sums += Z_ * W_;
        continue;
      }
      for (arma::uword i = 0; i < table.pairs.size(); ++i) {
        const arma::mat part = (left.each_row() % W_.col(i).t()) * right.t();
        table.sums.col(i) += table.left == table.right ? upper(part) : arma::vectorise(part);
      }
    }
  }

  /// The matrix with both triangles.
  arma::mat total() const {
    arma::mat H(parameters_, parameters_, arma::fill::zeros);
    for (const Table& table : tables_)
      for (arma::uword i = 0; i < table.pairs.size(); ++i) {
        // In a table the slot of the design on the left comes first.
        const bool turned = slots_[table.pairs[i].first].inputs != table.left;
        const Slot& a = slots_[turned ? table.pairs[i].second : table.pairs[i].first];
        const Slot& b = slots_[turned ? table.pairs[i].first : table.pairs[i].second];
        arma::mat part(a.size, b.size);
        if (table.left == table.right) {
          part.elem(arma::trimatu_ind(arma::size(part))) = table.sums.col(i);
          part = arma::symmatu(part);
        } else {
          part = arma::reshape(table.sums.col(i), a.size, b.size);
        }
        H.submat(a.offset, b.offset, arma::size(part)) += part;
        // Two experts that share a psi add to its element twice, once for each order.
        if (table.pairs[i].first != table.pairs[i].second)
          H.submat(b.offset, a.offset, arma::size(b.size, a.size)) += part.t();
      }
    return H;
  }

  void operator+=(const SecondSums& other) {
    for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].sums += other.tables_[i].sums;
  }

 private:
  /// All pairs of slots that multiply the same two designs.
  struct Table {
    arma::uword left, right, products;
    std::vector<std::pair<arma::uword, arma::uword>> pairs;
    arma::mat sums;  // products x pairs
  };

  Table& table_of(const Slot& a, const Slot& b) {
    const arma::uword left = std::min(a.inputs, b.inputs), right = std::max(a.inputs, b.inputs);
    for (Table& table : tables_)
      if (table.left == left && table.right == right) return table;
    tables_.push_back({left, right, left == right ? a.size * (a.size + 1) / 2 : a.size * b.size, {}, {}});
    return tables_.back();
  }

  static arma::vec upper(const arma::mat& part) { return part.elem(arma::trimatu_ind(arma::size(part))); }

  /// Z_: in each column the products of two inputs of a row. Those of a design with itself are there once.
  void products(const arma::mat& left, const arma::mat& right, bool same) {
    const arma::uword p = left.n_rows, q = right.n_rows;
    Z_.set_size(same ? p * (p + 1) / 2 : p * q, left.n_cols);
    for (arma::uword n = 0; n < left.n_cols; ++n) {
      const double *x = left.colptr(n), *y = right.colptr(n);
      double* z = Z_.colptr(n);
      for (arma::uword j = 0; j < q; ++j)
        for (arma::uword i = 0; i < (same ? j + 1 : p); ++i) *z++ = x[i] * y[j];
    }
  }

  const std::vector<Slot>& slots_;
  arma::uword parameters_;
  std::vector<Table> tables_;
  arma::mat Z_, W_;  // memory that is kept from block to block
};

/// Sums of products of scores, for the sandwich estimator.
class ScoreSums {
 public:
  ScoreSums(const std::vector<Slot>& slots, arma::uword parameters)
      : slots_(slots), products_(parameters, parameters, arma::fill::zeros) {}

  void add(const Block& block) {
    arma::mat scores(products_.n_rows, block.w.n_elem, arma::fill::zeros);
    for (arma::uword a = 0; a < slots_.size(); ++a) {
      const Slot& slot = slots_[a];
      const arma::vec weight = block.w % block.curvature.score(block.pieces, a);
      scores.rows(slot.offset, slot.offset + slot.size - 1) += block.inputs.of(slot.inputs).each_row() % weight.t();
    }
    products_ += scores * scores.t();
  }
  arma::mat total() const { return products_; }
  void operator+=(const ScoreSums& other) { products_ += other.products_; }

 private:
  const std::vector<Slot>& slots_;
  arma::mat products_;
};

/// The sums over all rows, block by block.
template <class Sums>
arma::mat summed(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads, const Basis* basis) {
  const std::vector<Slot> slots = slots_of(model, Inputs(model, basis));
  const Curvature curvature(model);
  const arma::uword size = rows_at_once(model), blocks = (rows.count() + size - 1) / size;
  const arma::uword each = (blocks + kHessianParts - 1) / kHessianParts;
  std::vector<Sums> parts((blocks + each - 1) / each, Sums(slots, theta.n_elem));
  parallel_for(parts.size(), threads, [&](std::size_t part) {
    ForwardPass forward(model);
    Inputs inputs(model, basis);
    for (arma::uword b = part * each; b < std::min(blocks, (part + 1) * each); ++b) {
      const Rows block = rows.block(b * size, std::min(rows.count(), (b + 1) * size) - 1);
      forward.run(theta, block, block.X.end());
      inputs.at(block.X);
      parts[part].add(Block{curvature, pieces_of(forward, theta, block.y), inputs, block.w});
    }
  });
  for (std::size_t part = 1; part < parts.size(); ++part) parts[0] += parts[part];
  return parts[0].total();
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
  return std::clamp<arma::uword>(kMostHeld / held, 1, kHessianBlock);
}

bool has_hessian(const Model& model) {
  if (model.is_committee() || !model.gate->multinomial() || !model.gate_branch.network->is_linear()) return false;
  for (const Expert& expert : model.experts)
    if (!expert.network->is_linear() || !has_derivatives(*expert.family)) return false;
  return true;
}

arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads) {
  return summed<SecondSums>(model, theta, rows, threads, nullptr) / arma::accu(rows.w);
}

arma::mat likelihood_hessian(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                             const Basis& basis) {
  return summed<SecondSums>(model, theta, rows, threads, &basis) / arma::accu(rows.w);
}

arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads) {
  return summed<ScoreSums>(model, theta, rows, threads, nullptr);
}

arma::mat score_products(const Model& model, const arma::vec& theta, const Rows& rows, unsigned threads,
                         const Basis& basis) {
  return summed<ScoreSums>(model, theta, rows, threads, &basis);
}

}  // namespace moe
