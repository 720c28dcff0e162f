// JavaScript source text: literals, and a graph's values as functions that compute them in one array.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "export/graph.hpp"

namespace moe::js_source {

/// Literals in ASCII. In texts all but plain characters are escaped, as they come from a user's data.
std::string js(const std::string& text);
std::string js(double value);
std::string js(const std::vector<std::string>& texts);
std::string js(const std::vector<double>& values);

/// Functions that compute values of a graph, and the arrays that they use: V holds all values of a row, one after the
/// other, the inputs first, then the offset and the trials; W holds weights, and P places that are picked.
class Computation {
 public:
  Computation(const Graph& graph, arma::uword inputs);
  /// A function of this name that computes these values, which are in the order of computation, from those that
  /// functions before have computed.
  std::string function(const std::string& name, const std::vector<Graph::Id>& values);
  /// Where a value begins in V.
  arma::uword place(Graph::Id id) const { return place_[id]; }
  /// The declarations of the arrays. Complete when all functions have been made.
  std::string arrays() const;

 private:
  void give_place(Graph::Id id);
  std::string statement(const Graph::Value& value, arma::uword to);
  std::string run(const Graph::Value& value, arma::uword from, arma::uword to) const;
  std::string each(const Graph::Value& value) const;

  const Graph& graph_;
  arma::uword inputs_, size_;
  std::vector<arma::uword> place_;
  std::vector<bool> placed_;
  std::vector<std::pair<arma::uword, std::vector<double>>> numbers_;
  std::vector<double> weights_, picked_;
};

/// The functions of js_functions.js that `text` calls.
std::string functions_for(const std::string& text);

}  // namespace moe::js_source
