// C statements that compute the values of a graph.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "export/graph.hpp"

namespace moe::c_source {

/// An element of a value: "v12[i]", "v12[3]", ..
struct Index {
  bool running = false;  ///< whether it is element i + plus, i being the variable of a loop
  arma::uword plus = 0;
  std::string text() const;
};

constexpr Index kRunning{true, 0};

/// Writes statements that compute a graph's values. Each value is an array named after its place: a local variable, or
/// a member of a moe_state where other functions need it. The statements compute one row, or MOE_ROWS rows at once;
/// then element i of row r is at [i * MOE_ROWS + r].
class Statements {
 public:
  using Id = Graph::Id;

  enum class Scope { kRow, kRows };
  /// `forward`: the values that are computed first. `kept`: the values that other functions read. They are members of
  /// the state, whose names begin with `state`; where `state` is empty, they are variables, too. Keeps a reference to
  /// the graph.
  Statements(const Graph& graph, std::set<Id> forward, std::set<Id> kept, std::string state, Scope scope);

  /// The statements that compute these values, in order.
  std::string compute(const std::vector<Id>& ids);
  /// The constant arrays that the statements read.
  const std::string& constants() const { return constants_; }
  /// An element of the value, as an expression.
  std::string element(Id id, Index i) const;
  /// The loop over elements and rows for a statement with element(id, kRunning) of that width.
  std::string loop(arma::uword width) const;
  /// "[count]" in the declaration of a variable with so many elements; "" for a single number.
  std::string dimension(arma::uword width) const;
  /// "double vID..", unless the value is in the state.
  std::string declaration(Id id) const;
  /// A number of the row: the cell of its column in x.
  std::string cell(std::size_t column) const;

 private:
  bool rows() const { return scope_ == Scope::kRows; }
  std::string place(Index i, arma::uword width) const;
  bool kept(Id id) const { return kept_.count(id) > 0; }
  std::string name(Id id) const;
  std::string pointer(Id id) const;
  bool inlined(Id id) const;
  std::string statement(Id id);
  std::string dense(Id id);
  std::string pick(Id id);

  const Graph& graph_;
  std::set<Id> forward_, kept_, known_;  // known_: values whose constants have been written
  std::vector<std::size_t> uses_;
  std::vector<Id> user_;  // the last user of each value
  std::string state_, constants_;
  Scope scope_;
};

}  // namespace moe::c_source
