// An ONNX graph in the making, and its bytes: of onnx.proto's messages those that a graph of standard operators needs, so
// that neither libonnx nor protobuf is. Opset 13, of ai.onnx.ml 2, IR version 7: what every ONNX Runtime since 1.6 reads.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace moe {

class OnnxGraph {
 public:
  /// TensorProto.DataType's numbers.
  enum class Type { kFloat = 1, kInt64 = 7, kString = 8, kBool = 9, kDouble = 11 };
  /// Of an output or an input; kRows: as many as there are rows.
  using Shape = std::vector<std::int64_t>;
  static constexpr std::int64_t kRows = -1;
  struct Attribute {
    std::string name;
    std::variant<std::int64_t, std::vector<std::int64_t>, std::string, std::vector<std::string>> value;
  };

  /// `real`: what numbers are, kFloat or kDouble. `inputs`: names that no output and no value between may have.
  OnnxGraph(Type real, const std::vector<std::string>& inputs) : real_(real), taken_(inputs.begin(), inputs.end()) {}
  Type real() const { return real_; }

  // Each returns a value's name, by which nodes read it.
  /// An input by one of the names that were kept for inputs; one without a name, which ONNX has no inputs for, is "column".
  std::string input(const std::string& name, Type type, const Shape& shape, const std::string& comment);
  /// 1 x width, of the graph's type; finite ones stay finite in 32 bits.
  std::string numbers(const std::vector<double>& values) {
    return numbers(values, {1, static_cast<std::int64_t>(values.size())});
  }
  /// By rows.
  std::string numbers(const std::vector<double>& values, const Shape& shape) { return numbers(values, shape, real_); }
  std::string numbers(const std::vector<double>& values, const Shape& shape, Type type);
  std::string integers(const std::vector<std::int64_t>& values);
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {});
  /// The same of an operator of ai.onnx.ml.
  std::string ml_node(const std::string& op, const std::vector<std::string>& inputs,
                      const std::vector<Attribute>& attributes);

  /// Its name: `name`, or where an input is called so "moe_<name>".
  std::string output(const std::string& name, const std::string& value, Type type, const Shape& shape,
                     const std::string& comment);
  void metadata(const std::string& key, const std::string& value);

  /// The ModelProto.
  std::string bytes(const std::string& comment) const;

 private:
  /// `name`, or with that beginning as often as it takes to be one of its own; taken from now on.
  std::string own_name(std::string name, const std::string& beginning);
  std::string fresh();
  std::string tensor(const Shape& shape, Type type, const std::string& raw);
  static std::string value_info(const std::string& name, Type type, const Shape& shape, const std::string& comment);
  void add_node(const std::string& domain, const std::string& op, const std::vector<std::string>& inputs,
                const std::string& output, const std::vector<Attribute>& attributes);

  Type real_;
  std::set<std::string> taken_;
  bool uses_ml_ = false;
  std::size_t values_ = 0;
  std::string nodes_, initializers_, inputs_, outputs_,
      metadata_;  // fields of their messages, as they stand in the file
};

}  // namespace moe
