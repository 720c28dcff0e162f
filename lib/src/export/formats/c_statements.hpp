// Statements in C that compute a graph.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "export/graph.hpp"

namespace moe::c_source {

/// "v12[i]", "v12[3]", ..: which element.
struct Index {
  bool running = false;  ///< i + plus
  arma::uword plus = 0;
  std::string text() const;
};

constexpr Index kRunning{true, 0};

/// Statements that compute a graph's values: arrays named after their place, in the function where they are computed or, where others
/// need them, in a moe_state. They compute one row, or MOE_ROWS rows side by side, the r-th of a value's element i at
/// [i * MOE_ROWS + r].
class Statements {
 public:
  using Id = Graph::Id;

  enum class Of { kRow, kRows };
  /// `forward`: what is computed first. `kept`: what others read, in a state, what `state` says before its names; or, where that is
  /// empty, in variables, too. Keeps a reference to the graph.
  Statements(const Graph& graph, std::set<Id> forward, std::set<Id> kept, std::string state, Of of);

  /// The statements that compute these, in order.
  std::string compute(const std::vector<Id>& ids);
  /// Constant arrays that the statements read.
  const std::string& constants() const { return constants_; }
  /// Where an element of it is to be found, or the expression that it is.
  std::string element(Id id, Index i) const;
  /// What makes a statement with element(id, kRunning), of that width, one for each element and row.
  std::string loop(arma::uword width) const;
  /// [count], of the variable that holds so many elements; nothing for a number.
  std::string dimension(arma::uword width) const;
  /// double vID..; but of what is in the state.
  std::string declaration(Id id) const;
  /// A number of the row: its column's in x.
  std::string cell(std::size_t column) const;

 private:
  bool rows() const { return of_ == Of::kRows; }
  std::string place(Index i, arma::uword width) const;
  bool kept(Id id) const { return kept_.count(id) > 0; }
  std::string name(Id id) const;
  std::string pointer(Id id) const;
  bool inlined(Id id) const;
  std::string statement(Id id);
  std::string dense(Id id);
  std::string pick(Id id);

  const Graph& graph_;
  std::set<Id> forward_, kept_, known_;  // known_: whose constants are there
  std::vector<std::size_t> uses_;
  std::vector<Id> user_;  // the last one
  std::string state_, constants_;
  Of of_;
};

}  // namespace moe::c_source
