// The numbers of a model as SQL expressions. They are computed in steps: each step is a SELECT that reads the columns
// of the one before.
#pragma once

#include <string>
#include <vector>

#include "export/scalar_graph.hpp"
#include "export/sql_dialect.hpp"
#include "export/sql_limits.hpp"

namespace moe {

/// A number that is used more than once is a column (v1, v2, ..) of a step; others are inserted where they are used. A
/// step passes on the columns that later steps need.
class SqlNumbers {
 public:
  using Id = ScalarGraph::Id;
  /// The text of an expression, and what must be known for using it in another one.
  struct Expression {
    std::string text;
    double least = kLeastDouble;  ///< log10 of its smallest magnitude, unless it is 0
    double most = 4;              ///< log10 of its largest magnitude, for a divisor
  };

  /// `leaves`: the expressions of each input, the offset and the trials. `dialect` and `scalar_graph` must outlive this
  /// object.
  SqlNumbers(const SqlDialect& dialect, const ScalarGraph& scalar_graph, std::vector<std::string> leaves)
      : dialect_(dialect), scalar_graph_(scalar_graph), leaves_(std::move(leaves)) {}

  /// Decides which nodes become columns, and in which steps.
  void lay_out(const std::vector<Id>& outputs);
  std::size_t steps() const;
  /// "expression AS v3" for each column that the step computes, and the names of those that it passes on. Must be
  /// called step by step.
  std::vector<std::string> columns(std::size_t step);
  /// Conditions on the columns of the step, for the SELECT that reads it: only if they hold has the row a prediction.
  std::vector<std::string> conditions(std::size_t step) const;
  /// The expression for using the node.
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
  SqlLimits limits_;  // for PostgreSQL only
  std::size_t steps_ = 0;
};

/// The terms joined by `sign`, in nested brackets like a balanced tree. DuckDB plans a sum like that at once, and takes
/// minutes for a flat one.
std::string balanced(const std::vector<std::string>& terms, const std::string& sign);

}  // namespace moe
