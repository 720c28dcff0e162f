// A model is a value: what it is made of, and one vector theta.
//
// theta = [gate | expert 1 | ... | expert K | psi of expert 1 | ... | psi of expert K (or one psi for all)], a branch's part as
// network.hpp says. Linear branches that read the same columns are thus one (1 + d) x (K + K m) matrix.
#pragma once

#include <armadillo>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/family.hpp"
#include "moe/gate.hpp"
#include "moe/network.hpp"

namespace moe {

/// (value - center) / scale, of each input and of each numeric target.
struct Standardization {
  arma::vec input_center, input_scale;          ///< d
  arma::vec target_center{0}, target_scale{1};  ///< T
  arma::vec target_spread{1};                   ///< sigmas have a floor of 1e-4 of it, in model units
  /// The targets' standard deviations in model units, or 10 quartile distances where those are less: where sigmas begin.
  /// For fits; it is not kept in a file.
  arma::vec target_typical{1};

  /// What is shifted and scaled.
  struct Parts {
    bool inputs = true, target = true;
    bool centers = true;  ///< false: scaled only, as a model without intercepts needs it
  };
  /// Nothing is shifted or scaled.
  static Standardization none(arma::uword inputs, arma::uword targets);
  /// Weighted means and standard deviations; a constant column keeps its units.
  static Standardization of(const Dataset& data, bool classes, Parts parts);
};

/// A standard deviation that a few rows far away do not take along: `deviation`, the values', or 10 quartile distances where those
/// are less. y, w: n.
double spread_of(const arma::vec& y, const arma::vec& w, double deviation);

/// Rows in the model's units.
struct Rows : Observations {
  arma::uword first = 0;  ///< of a block: its first row's place in the whole
  /// Rows first .. last as a view.
  Rows block(arma::uword from, arma::uword to) const { return {view(from, to), first + from}; }
};

/// A network and where it finds its inputs and its parameters.
struct Branch {
  std::shared_ptr<const Network> network;
  arma::uvec columns;      ///< rows of X that it reads, 0 (the ones) first
  arma::uword offset = 0;  ///< of its parameters in theta

  /// X: (1 + d) x b, all of the model's inputs -> what its network's forward() reads.
  void design(const arma::mat& X, arma::mat& out) const;
  /// Whether other's is the same, of whatever X.
  bool has_design_of(const Branch& other) const;
  /// Whether that is X itself.
  bool design_is_all_of(arma::uword rows_of_X) const;
};

struct Expert : Branch {
  std::shared_ptr<const Family> family;
  arma::uword psi_offset = 0;  ///< where its dispersion parameters begin in theta
};

/// How far a fitted theta may be from the true one; see inference.hpp.
struct Uncertainty {
  /// Theta's covariance is factor factor' (P x f). A row of zeros: a parameter that was not estimated, as it sits on a boundary, has
  /// no column of its own, or is what others are compared to. f = 0: nothing is known.
  arma::mat factor;
  /// Directions in which theta moves without changing the likelihood (P x q, each as long as an error of its kind): what they move
  /// has no error. Empty: none.
  arma::mat undetermined{};
  double degrees_of_freedom = 0;  ///< of Student's t; 0: a normal distribution
  /// Of a single gaussian expert, in data units.
  double residual_standard_error = std::numeric_limits<double>::quiet_NaN();

  bool known() const { return factor.n_cols > 0; }
};

/// What a fit shows on its rows, of each of K experts.
struct FitStudy {
  arma::vec shares;   ///< mean responsibility
  arma::vec starved;  ///< 1 where it explains fewer rows than it has coefficients, else 0
  /// 1 where the gate separates the expert from the others completely, else 0: its weight is 0 or 1 in every row, and the gate's
  /// coefficients would grow without end but for the penalty.
  arma::vec separated;
  /// The log-likelihood in the limit of such separation; NaN where no expert is separated.
  double supremum = std::numeric_limits<double>::quiet_NaN();
  arma::vec exact{};  ///< 1 where it fits its rows exactly: what is left of them is rounding
  /// Directions of theta (P x q) in which the likelihood grows for ever, so that its maximum is at infinity: separation. See
  /// recession.hpp.
  arma::mat recession{};
  /// Directions of theta (P x r) in which the likelihood stays as it is, as no row tells of them.
  arma::mat unseen{};
  /// The log-likelihood of a simpler model of the same rows where that is higher than the fit's; NaN where it is not.
  double simpler = std::numeric_limits<double>::quiet_NaN();
  /// 1 where target t of expert k is described as well by the simpler family that its own contains, else 0: element k T + t.
  /// Empty: nowhere.
  arma::vec as_simple{};
};

/// How a fit went; what `moe inspect` shows.
struct FitSummary {
  std::uint64_t rows = 0;  ///< of a weight above 0; 0: there was no fit
  double weight = 0;       ///< the sum of theirs
  double log_likelihood = 0, objective_value = 0, penalty = 0;
  std::uint64_t parameters = 0;  ///< free ones
  double aic = 0, bic = 0, icl = 0;
  bool converged = false;
  std::uint64_t iterations = 0;  ///< passes of the start that won
  std::uint64_t restarts = 0;    ///< starts
  std::uint64_t seed = 0;
  std::string objective, solver;
  /// The penalties of the experts and of the gate; NaN: not recorded.
  double l2 = std::numeric_limits<double>::quiet_NaN(), gate_l2 = std::numeric_limits<double>::quiet_NaN();
  double l1 = 0, gate_l1 = 0;
  bool firth = false;                        ///< the bias-reduced fit of firth.hpp
  std::optional<Uncertainty> uncertainty{};  ///< nothing where none was computed
  std::optional<FitStudy> study{};           ///< of a likelihood, under a softmax
};

/// What a user asks for; networks, gate and family as make_network() and its like read them.
struct ModelSpec {
  std::vector<std::string> experts{"linear", "linear"};  ///< K networks
  std::string gate = "linear";                           ///< the gate's network
  std::string gate_link = "softmax";
  std::string family = "gaussian";
  std::vector<std::size_t> gate_inputs;                   ///< indices into Schema::inputs
  std::vector<std::vector<std::size_t>> expert_inputs{};  ///< K of them
  std::vector<std::string> expert_families{};             ///< K of them where they differ, else empty
};

struct Model {
  Schema schema;
  Standardization standardization;
  std::shared_ptr<const Gate> gate;
  Branch gate_branch;
  std::vector<Expert> experts;
  arma::vec theta;
  FitSummary fit;

  /// Lays out theta, all 0 where none is given. Throws Error (usage) as make_network() and its like do, and
  /// std::logic_error for a theta of another length.
  Model(Schema schema, Standardization standardization, const ModelSpec& spec, arma::vec theta = {});
  Model() = default;

  arma::uword size() const { return experts.size(); }
  /// Of the first expert. What all must share: classes, and the targets' units.
  const Family& family() const { return *experts.front().family; }
  /// "poisson", or "poisson + gaussian" where they differ: names, not specs.
  std::string family_spec() const;
  bool classes() const { return schema.classes(); }
  arma::uword targets() const { return schema.targets.size(); }
  /// Free parameters: those of theta less the directions in which it can move without changing the density.
  arma::uword degrees_of_freedom() const;
  /// From 0, the first expert whose mean does not exist, as its tails are too heavy: see Family::has_mean().
  std::optional<arma::uword> without_mean() const;
  /// Each branch's tensors in theta's order, named as in a model file: "gate.0", "expert.2.0", "expert.2.psi", "psi".
  struct Tensor {
    std::string name;
    arma::uword offset, rows, columns;
  };
  std::vector<Tensor> tensors() const;
  /// The spec that the model was made from.
  ModelSpec spec() const;

  /// To the model's units. The first overload reuses the dataset's memory.
  Rows standardize(Dataset&& data) const;
  Rows standardize(const Dataset& data) const;
  /// The same; `out` keeps its memory from call to call.
  void standardize(const Dataset& data, Rows& out) const;
  double target_in_data_units(double y, arma::uword t = 0) const {
    return standardization.target_center[t] + standardization.target_scale[t] * y;
  }
};

/// A block of rows on its way through every branch of a model; one for each thread, reused from block to block.
class ForwardPass {
 public:
  /// Keeps a reference to the model's structure; theta comes with each call.
  explicit ForwardPass(const Model& model);
  /// Calls a task once for each of 0 .. runs() - 1, on whatever threads.
  using Sharing = std::function<void(const std::function<void(std::size_t)>& task)>;
  /// Networks, of which there are runs(), are shared out among threads in this way from now on; nullptr: they are not.
  void share(Sharing sharing) { sharing_ = std::move(sharing); }
  std::size_t runs() const { return runs_.size(); }

  /// Reads the block's X, offset and trials, in the model's units; the block must outlive the next calls.
  /// `next`: where the inputs of as many rows stand that are wanted next, so that they come nearer meanwhile; it need not hold any.
  void run(const arma::vec& theta, const Rows& block, const double* next = nullptr);
  /// After run() at the same theta: takes d_log_weights (b x K, see Gate::backward) and each expert's d_eta (written
  /// to d_eta(k)) to theta; adds to `gradient`.
  void backward(const arma::vec& theta, const arma::mat& d_log_weights, arma::vec& gradient);

  arma::uword rows() const { return rows_; }
  const Model& model() const { return model_; }
  const arma::mat& log_weights() const { return log_weights_; }  ///< b x K
  const arma::mat& weights() const { return weights_; }          ///< b x K, g_k
  const arma::mat& signs() const { return signs_; }              ///< b x K, or empty: all positive
  /// b x K: log |g_k| + log p(y_n | expert k), in data units.
  arma::mat log_terms(const arma::vec& theta, const arma::mat& y) const;
  /// Valid until the next run(): b x m, and the trials beside it where the family reads them.
  const arma::mat eta(arma::uword k) const;
  /// A view, b x m.
  arma::mat d_eta(arma::uword k);
  /// What a branch, 0 the gate and 1 .. K the experts, has read of the block: b x p, its design's transpose.
  const arma::mat& columns(arma::uword branch) const { return designs_[runs_[places_[branch].run].design].columns; }

  /// Room for what is computed from a block's terms: kept from block to block, as small ones cost less than memory does.
  struct Work {
    arma::mat terms, shares;
    arma::vec log_sum, sign, pull;
  };
  Work& work() { return work_; }

 private:
  /// What branches read: the same for most of them.
  struct Design {
    Branch branch;
    bool all;                // whether it is X itself
    arma::mat own, columns;  // p x b where it is not, and b x p
  };
  /// Branches computed by one network: one branch, or neighbouring linear ones side by side.
  struct Run {
    Branch branch;
    std::size_t design;
    arma::mat out, d_out;
    Network::Tape tape;
  };
  struct Place {
    std::size_t run;
    arma::uword column, outputs;  // of the run's out
  };
  void add(const Branch& branch, arma::uword width);
  std::size_t design_of(const Branch& branch, arma::uword width);
  template <class Call>
  void for_runs(const Call& call);

  const Model& model_;
  const Rows* block_ = nullptr;
  std::vector<Design> designs_;
  std::vector<Run> runs_;
  std::vector<Place> places_;  // the gate, then the experts
  arma::mat log_weights_, weights_, signs_;
  Work work_;
  Sharing sharing_;
  arma::uword rows_ = 0;
};

}  // namespace moe
