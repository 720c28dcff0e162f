// The columns of a table as inputs of an ONNX graph, and the nodes that turn their cells into the model's inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "export/formats/onnx_graph.hpp"
#include "store/json_text.hpp"

namespace moe {

/// The names of the columns that a graph reads, each once.
std::vector<std::string> columns_read(const Schema& schema);

class OnnxColumns {
 public:
  /// Declares the columns that the model reads. The graph must have been made with the names columns_read(). The schema
  /// and the graph must outlive this object.
  OnnxColumns(const Schema& schema, OnnxGraph& graph);

  /// Some input of the graph, which shows how many rows there are; "" if there is none.
  const std::string& first() const { return first_; }
  /// The model's inputs in the data's units (N x d). Must not be called where there are none.
  std::string inputs() { return joined(inputs_); }
  /// N x 1.
  const std::string& trials() const { return trials_; }
  /// The offset plus the logarithm of the exposure (N x 1).
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
  std::map<std::string, std::string> numbers_;  // the columns that have been declared, as they stand in the table
  std::vector<std::string> inputs_;
  std::string first_, trials_, offset_, exposure_;
};

}  // namespace moe
