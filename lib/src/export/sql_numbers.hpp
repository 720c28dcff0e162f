// The numbers of a model as SQL expressions, in steps: each a SELECT that computes columns from those of the steps before it.
#pragma once

#include <string>
#include <vector>

#include "export/scalar_graph.hpp"
#include "export/sql_dialect.hpp"
#include "export/sql_limits.hpp"

namespace moe {

/// A number that is used more than once is a column of its step, v1, v2 .., all others stand where they are used; a step passes on
/// what later ones need.
class SqlNumbers {
 public:
  using Id = ScalarGraph::Id;
  /// Text and what must be known of it to put it into another expression.
  struct Expression {
    std::string text;
    double least = kLeastDouble;  ///< log10 of the least magnitude but 0 that it can have
    double most = 4;              ///< .. and of the largest, where it divides
  };

  /// `leaves`: expressions of each input, the offset, the trials. Dialect and scalar_graph are to outlive this.
  SqlNumbers(const SqlDialect& dialect, const ScalarGraph& scalar_graph, std::vector<std::string> leaves)
      : dialect_(dialect), scalar_graph_(scalar_graph), leaves_(std::move(leaves)) {}

  /// Chooses what becomes a column, and its step.
  void lay_out(const std::vector<Id>& outputs);
  std::size_t steps() const;
  /// "expression AS v3" of what the step computes, and the names of what it passes on; to be asked for step by step.
  std::vector<std::string> columns(std::size_t step);
  /// What must hold of the columns that the step computes, for who selects from it, so that a row has a prediction.
  std::vector<std::string> conditions(std::size_t step) const;
  /// Where it is used.
  Expression of(Id id);

 private:
  using Node = ScalarGraph::Node;

  const Node& at(Id id) const { return scalar_graph_.nodes[id]; }
  static std::string name(Id id) { return "v" + std::to_string(id + 1); }
  /// A column of the step before.
  static std::string before(Id id) { return "m." + name(id); }
  bool limited(Id id) const { return !limits_.limit.empty() && limits_.limit[id].has_value(); }
  void choose_first_step(const std::vector<Id>& outputs);
  void use(Id id, std::size_t step);
  Expression number(double value) const;
  Expression compute(Id id);
  Expression each(const Node& node);
  Expression operand(Id id);
  Expression without_dust(const Expression& x) const { return {dialect_.without_dust(x.text), kDust}; }
  Expression product(Expression a, Expression b) const;
  static Expression sum(const std::vector<Expression>& terms);

  const SqlDialect& dialect_;
  const ScalarGraph& scalar_graph_;
  std::vector<std::string> leaves_;
  std::vector<std::size_t> uses_, step_, last_use_;
  std::vector<bool> column_, first_;
  std::vector<double> least_;
  SqlLimits limits_;  // of PostgreSQL
  std::size_t steps_ = 0;
};

/// The terms with a sign between them, in brackets, so that no expression is deep: as a tree, for which DuckDB plans a sum in a
/// moment that it would plan for minutes as a row of terms.
std::string balanced(const std::vector<std::string>& terms, const std::string& sign);

}  // namespace moe
