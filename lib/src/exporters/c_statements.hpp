// Statements in C that compute a plan.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan.hpp"

namespace moe::c_source {

/// "v12[i]", "v12[3]", ..: which element.
struct Index {
  bool running = false;  ///< i + plus
  arma::uword plus = 0;
  std::string text() const;
};

constexpr Index kRunning{true, 0};

/// Statements that compute a plan's values: arrays named after their place, in the function where they are computed or, where others
/// need them, in a moe_state.
class Statements {
 public:
  using Id = Plan::Id;

  /// `forward`: what is computed first, of which `kept` is put into the state. Keeps a reference to the plan.
  Statements(const Plan& plan, std::set<Id> forward, std::set<Id> kept);

  /// The statements that compute these, in order; `state`: what stands before a name that is in the state.
  std::string compute(const std::vector<Id>& ids, const std::string& state);
  /// Constant arrays that the statements read.
  const std::string& constants() const { return constants_; }
  /// Where an element of it is to be found, or the expression that it is.
  std::string element(Id id, Index i) const;

 private:
  bool kept(Id id) const { return kept_.count(id) > 0; }
  std::string name(Id id) const;
  std::string pointer(Id id) const;
  bool inlined(Id id) const;
  std::string statement(Id id);
  std::string dense(Id id);
  std::string pick(Id id);

  const Plan& plan_;
  std::set<Id> forward_, kept_, known_;  // known_: whose constants are there
  std::vector<std::size_t> uses_;
  std::vector<Id> user_;  // the last one
  std::string state_, constants_;
};

}  // namespace moe::c_source
