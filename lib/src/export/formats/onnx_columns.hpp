// A table's columns as inputs of an ONNX graph, and what becomes of their cells until they are the model's inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "export/formats/onnx_graph.hpp"
#include "store/json_text.hpp"

namespace moe {

/// The columns that a graph reads, by their names in the table, each once.
std::vector<std::string> columns_read(const Schema& schema);

class OnnxColumns {
 public:
  /// Declares what the model reads in a graph that keeps the names columns_read(). The schema and the graph are to outlive this.
  OnnxColumns(const Schema& schema, OnnxGraph& graph);

  /// Any input, which tells how many rows there are; "" without any.
  const std::string& first() const { return first_; }
  /// N x d: the model's inputs in the data's units; to be asked for where there are some.
  std::string inputs() { return joined(inputs_); }
  /// N x 1.
  const std::string& trials() const { return trials_; }
  /// N x 1: the offset, with the logarithm of the exposure.
  std::string offset();

 private:
  std::string declare(const std::string& column, OnnxGraph::Type type, const std::string& comment, const Json& about);
  std::string declare_number(const std::string& column, OnnxGraph::Type type, const std::string& comment,
                             const Json& about);
  std::string role(const std::string& column, const char* what, const std::string& comment);
  std::string number(const Column& column);
  std::string category(const Column& column);
  std::string category_of_numbers(const Column& column, const std::vector<std::string>& levels, const Json& about);
  std::string category_of_texts(const Column& column, const std::vector<std::string>& levels, const Json& about);
  std::string unless(const std::string& missing, const std::string& x);
  std::string real(const std::string& x);
  std::string joined(const std::vector<std::string>& parts);

  const Schema& schema_;
  OnnxGraph& graph_;
  Json description_ = Json::array();
  std::map<std::string, std::string> numbers_;  // columns that are there as they stand
  std::vector<std::string> inputs_;
  std::string first_, trials_, offset_, exposure_;
};

}  // namespace moe
