// ModelGraph: writes a model's predictions as graph operations. graph_networks.cpp does so for networks and the gate,
// graph_expressions.cpp for the expressions of families, graph_of_model.cpp for what follows from both, and
// graph_quantiles.cpp for quantiles.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "export/graph_operations.hpp"

namespace moe {

class ModelGraph : public GraphOperations {
 public:
  ModelGraph(const Model& model, const GraphRequest& request) : model_(model), request_(request), K_(model.size()) {}
  Graph build();

 private:
  const Family& family(arma::uword k) const { return *model_.experts[k].family; }
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi_offset; }
  bool normalised() const { return model_.gate->normalised(); }

  // --- Networks and the gate ---
  /// The outputs of all branches, one after the other, the gate's first.
  void networks();
  Id network(Id z, const std::vector<const Branch*>& branches);
  Id step(Id x, std::size_t i, const std::vector<const Branch*>& branches);
  /// The inputs, then their pieces.
  Id pieces(Id x, const Network& network);
  /// Values that are the same in every row. With inputs they are a product with weights 0, so that each row has them;
  /// without inputs they are plain numbers.
  Id constant_of_rows(const arma::vec& values);
  void weights();
  /// An expert's weight is its member's times that within the member.
  void weights_of_members();

  // --- Expressions ---
  /// f of each element of x. f gets eta 0 for the element.
  Id function(Id x, const std::function<Expression(const Expression&)>& f);
  /// One element for each lane, or a single one that serves all. Lane l is expert l % K, so that there may be several
  /// runs of all experts. `y`: the value that stands for target 0 in model units, one for each run; without it the
  /// row's own targets count.
  Id of_lanes(arma::uword lanes, const std::function<Expression(arma::uword)>& expression_of,
              std::optional<Id> y = std::nullopt);
  /// One element for each expert.
  Id of_experts(const std::function<Expression(arma::uword)>& expression_of) { return of_lanes(K_, expression_of); }
  /// The value of a leaf, an eta or a target.
  using Leaf = std::function<Id(const Expression&)>;
  using Known = std::map<std::vector<const void*>, Id>;
  /// The values of several expressions of the same shape, as the elements of one vector.
  Id lowered(const std::vector<Expression>& expressions, Known& known, const Leaf& leaf);
  /// Output j of the expert of each of these lanes.
  Id eta(const Indices& lanes, arma::uword j);
  /// Adds the offset to the first of each `run` outputs.
  Id with_offset(Id outputs, arma::uword run);
  Id target(arma::uword t);
  /// y, in data units, in model units of target t, and the other way round.
  Id in_model_units(Id y, arma::uword t);
  Id in_data_units(Id y, arma::uword t);

  // --- Predictions ---
  /// Target t: its mean, standard deviation and distribution function.
  void number(arma::uword t);
  void classes();
  /// sum_k g_k x_k of each run of experts.
  Id mixed(Id x);
  /// Limits a probability to 0 .. 1. The sum of the weights may differ from 1 by rounding, or by any amount where the
  /// gate is not normalised.
  Id share(Id p);

  // --- Quantiles ---
  void bounds();
  /// Target t's quantiles at these probabilities, one for each.
  Id quantiles(arma::uword t, const std::vector<double>& probabilities);
  /// Each expert's, one run of experts for each probability.
  Id quantiles_of_experts(arma::uword t, const std::vector<double>& probabilities);
  /// The mixture's quantiles at p, between the smallest and the largest of each run of its experts' quantiles.
  Id between(Id of_experts, arma::uword t, Id p);
  /// The mixture's distribution function of target t less p, and its density, at y in data units: one for each run.
  struct Curve {
    Id excess, density;
  };
  Curve curve_at(Id y, arma::uword t, Id p);
  /// 1 or 0: see Bound::thresholds.
  Id in_conformal_set(const Bound& bound);
  /// The value of the row's group.
  Id of_group(const std::vector<Id>& values, const Bound& bound);
  /// Of one element for each expert, that of the expert with the largest weight.
  Id of_heaviest(const std::vector<Id>& values);
  /// Of one element for each level of a category, that of the row's level.
  Id of_level(const std::vector<Id>& values, std::size_t second_level);

  const Model& model_;
  const GraphRequest& request_;
  arma::uword K_, outputs_ = 0;
  std::vector<arma::uword> places_;  // where the outputs of each branch begin, the gate's first
  Id all_inputs_ = 0, all_outputs_ = 0, log_weights_ = 0;
};

}  // namespace moe
