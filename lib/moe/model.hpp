// A model is a value: its structure, and one vector theta.
//
// theta = [gate | expert 1 | ... | expert K | psi of expert 1 | ... | psi of expert K (or one psi for all) |
// gate of member 1 | ...]. Only a committee has members. network.hpp has the layout of a branch's part. Linear branches
// that read the same columns are thus together one (1 + d) x (K + K m) matrix.
#pragma once

#include <armadillo>
#include <cstdint>
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

/// The units of a model: (value - center) / scale for each input and each numeric target.
struct Standardization {
  arma::vec input_center, input_scale;          ///< d
  arma::vec target_center{0}, target_scale{1};  ///< T
  arma::vec target_spread{1};                   ///< the floor of a sigma is 1e-4 of it, in model units
  /// The targets' standard deviations in model units, or 10 quartile distances where these are smaller. Sigmas begin at
  /// about this size. It is used in fits only and not kept in a file.
  arma::vec target_typical{1};

  /// What is to be shifted and scaled.
  struct Parts {
    bool inputs = true, target = true;
    bool centers = true;  ///< false: scaled only, for a model without intercepts
  };
  /// Shifts and scales nothing.
  static Standardization none(arma::uword inputs, arma::uword targets);
  /// Whether inputs are shifted or scaled: else the units tell nothing of them.
  bool has_input_units() const;
  /// Weighted means and standard deviations. A constant column keeps its units.
  static Standardization of(const Dataset& data, bool classes, Parts parts);
};

/// A standard deviation that a few extreme rows do not inflate: the smaller of `deviation`, which is that of the
/// values, and 10 quartile distances. y, w: n.
double spread_of(const arma::vec& y, const arma::vec& w, double deviation);

/// Rows in the model's units.
struct Rows : Observations {
  arma::uword first = 0;  ///< for a block, the place of its first row in the whole
  /// A view of rows from .. to.
  Rows block(arma::uword from, arma::uword to) const { return {view(from, to), first + from}; }
};

/// A network, with the places of its inputs and parameters.
struct Branch {
  std::shared_ptr<const Network> network;
  arma::uvec columns;      ///< the rows of X that it reads; row 0 (the ones) first
  arma::uword offset = 0;  ///< the place of its parameters in theta

  /// Turns X ((1 + d) x b, all inputs of the model) into what the network's forward() reads.
  void design(const arma::mat& X, arma::mat& out) const;
  /// Whether the other branch has the same design for every X.
  bool has_design_of(const Branch& other) const;
  /// Whether the design is X itself.
  bool design_is_all_of(arma::uword rows_of_X) const;
};

struct Expert : Branch {
  std::shared_ptr<const Family> family;
  arma::uword psi_offset = 0;  ///< the place of its dispersion parameters in theta
};

/// A mixture within a committee. It has a gate of its own over neighbouring experts. The root gate has a weight for
/// each member. The weight of an expert is the weight of its member times its weight within the member.
struct Member : Branch {
  arma::uword first = 0, experts = 0;  ///< its experts are first .. first + experts - 1
};

/// The uncertainty of a fitted theta: see inference.hpp.
struct Uncertainty {
  /// The covariance of theta is factor factor' (P x f). A parameter that was not estimated has a row of zeros: it is on
  /// a boundary, belongs to a dependent column, or is the reference for others. f = 0: nothing is known.
  arma::mat factor;
  /// Directions in which theta can move without changing the likelihood (P x q, each as long as a typical error). What
  /// they move has no error. May be empty.
  arma::mat undetermined{};
  double degrees_of_freedom = 0;  ///< of Student's t; 0: a normal distribution
  /// For a single gaussian expert, in data units.
  double residual_standard_error = std::numeric_limits<double>::quiet_NaN();

  bool known() const { return factor.n_cols > 0; }
};

/// What a fit looks like on its rows, for each of K experts.
struct FitStudy {
  arma::vec shares;   ///< mean responsibility
  arma::vec starved;  ///< 1 where the expert explains fewer rows than it has coefficients, else 0
  /// 1 where the gate separates the expert from the others completely, else 0: its weight is 0 or 1 in every row, and
  /// the gate's coefficients would grow without end but for the penalty.
  arma::vec separated;
  /// The log-likelihood in the limit of such separation; NaN where no expert is separated.
  double supremum = std::numeric_limits<double>::quiet_NaN();
  arma::vec exact{};  ///< 1 where the expert fits its rows exactly, up to rounding
  /// Directions of theta (P x q) in which the likelihood grows for ever, so that it has no finite maximum: separation.
  /// See fit/recession.hpp.
  arma::mat recession{};
  /// Directions of theta (P x r) in which the likelihood is constant, as no row depends on them.
  arma::mat unseen{};
  /// The log-likelihood of a simpler model for the same rows, where it is higher than the fit's; else NaN.
  double simpler = std::numeric_limits<double>::quiet_NaN();
  /// 1 where the simpler family within the expert's own describes target t of expert k as well, else 0: element k T +
  /// t. Empty where all are 0.
  arma::vec as_simple{};
};

/// The record of a fit, as `moe inspect` shows it.
struct FitSummary {
  std::uint64_t rows = 0;  ///< how many have a weight above 0; 0: the model was not fitted
  double weight = 0;       ///< the sum of the weights
  double log_likelihood = 0, objective_value = 0, penalty = 0;
  std::uint64_t parameters = 0;  ///< how many are free
  double aic = 0, bic = 0, icl = 0;
  bool converged = false;
  std::uint64_t iterations = 0;  ///< passes of the best start
  std::uint64_t restarts = 0;    ///< how many starts
  std::uint64_t seed = 0;
  std::string objective, solver;
  /// The l2 penalties of the experts and of the gate; NaN where they were not recorded.
  double l2 = std::numeric_limits<double>::quiet_NaN(), gate_l2 = std::numeric_limits<double>::quiet_NaN();
  double l1 = 0, gate_l1 = 0;
  bool firth = false;                        ///< whether the fit is bias-reduced: see fit/firth.hpp
  std::optional<Uncertainty> uncertainty{};  ///< nothing where it was not computed
  std::optional<FitStudy> study{};           ///< for a likelihood under a softmax
};

/// The gate of a committee's member: its network, and its inputs as indices into Schema::inputs. Its experts follow
/// those of the members before.
struct MemberSpec {
  std::string gate = "constant";
  std::vector<std::size_t> inputs{};
  std::size_t experts = 1;  ///< how many
};

/// What a user asks for, in the words that make_network(), make_gate() and make_family() read.
struct ModelSpec {
  std::vector<std::string> experts{"linear", "linear"};  ///< K networks
  std::string gate = "linear";                           ///< the gate's network
  std::string gate_link = "softmax";
  std::string family = "gaussian";
  std::vector<std::size_t> gate_inputs;                   ///< indices into Schema::inputs
  std::vector<std::vector<std::size_t>> expert_inputs{};  ///< K lists of them
  std::vector<std::string> expert_families{};             ///< K families where they differ, else empty
  /// The members of a committee, whose root gate is `gate`; else empty. All gates of a committee have the link softmax.
  std::vector<MemberSpec> members{};
  /// The knots of networks of pieces, a list for each input of the schema. Empty before training, and where no network
  /// has pieces.
  Knots knots{};

  /// The network of a branch that reads these inputs, with its knots. Throws as make_network() does.
  Network network_of(const std::string& network, const std::vector<std::size_t>& inputs, arma::uword outputs) const;
};

/// How far off a model was at rows that no fit has seen. From this follow sets of targets whose coverage holds whatever
/// the model is: see conformal.hpp.
struct Conformal {
  /// Scores in ascending order: element g T + t is target t of group g. There is one group; or one for each expert, the
  /// rows at which that expert has the largest weight; or one for each level of `column`.
  std::vector<arma::vec> scores{};
  std::string column{};  ///< a category of the model, where its levels are the groups; else ""
};

struct Model {
  Schema schema;
  Standardization standardization;
  std::shared_ptr<const Gate> gate;
  Branch gate_branch;  ///< of a committee the root's, with an output for each member
  std::vector<Expert> experts;
  std::vector<Member> members{};  ///< of a committee; else empty
  Knots knots{};                  ///< see ModelSpec
  arma::vec theta;
  FitSummary fit;
  std::optional<Conformal> conformal{};  ///< nothing where the model was not calibrated: see conformal.hpp

  /// Lays out theta; it is all 0 where none is given. Throws Error (usage) as make_network() and the like do, and
  /// std::logic_error where theta has the wrong length.
  Model(Schema schema, Standardization standardization, const ModelSpec& spec, arma::vec theta = {});
  Model() = default;

  arma::uword size() const { return experts.size(); }
  bool is_committee() const { return !members.empty(); }
  /// Whether some network codes its inputs by pieces.
  bool has_pieces() const;
  /// The family of the first expert, for what all families must share: classes, and the targets' units.
  const Family& family() const { return *experts.front().family; }
  /// "poisson", or "poisson + gaussian" where families differ: names, not specs.
  std::string family_spec() const;
  bool classes() const { return schema.classes(); }
  arma::uword targets() const { return schema.targets.size(); }
  /// The number of free parameters: those of theta minus the directions in which it can move without changing the
  /// density.
  arma::uword degrees_of_freedom() const;
  /// The first expert (from 0) whose mean does not exist as its tails are too heavy: see Family::has_mean().
  std::optional<arma::uword> without_mean() const;
  /// The tensors of all branches in theta's order. They have the names of a model file: "gate.0", "expert.2.0",
  /// "expert.2.psi", "psi".
  struct Tensor {
    std::string name;
    arma::uword offset, rows, columns;
  };
  std::vector<Tensor> tensors() const;
  /// The spec from which the model was made.
  ModelSpec spec() const;

  /// Converts rows to the model's units. The first overload reuses the memory of the dataset.
  Rows standardize(Dataset&& data) const;
  Rows standardize(const Dataset& data) const;
  /// The same, written to `out`, which keeps its memory from call to call.
  void standardize(const Dataset& data, Rows& out) const;
  double target_in_data_units(double y, arma::uword t = 0) const {
    return standardization.target_center[t] + standardization.target_scale[t] * y;
  }
};

/// The weights of a committee's members where they are the same in every row. Empty where they are not, and for other
/// models.
arma::vec member_weights(const Model& model);

/// One model whose density is sum_b w_b p_b(y | x). The members must have the same schema, the same standardization and
/// softmax gates. A member that is a committee is replaced by its own members. `weights`: one above 0 for each member;
/// they are divided by their sum. Throws std::logic_error where members differ in what they must share.
Model committee(const std::vector<Model>& members, const arma::vec& weights);

}  // namespace moe
