// Builds an ONNX graph and its bytes. Only those messages of onnx.proto are written that a graph of standard operators
// needs, so that neither libonnx nor protobuf is needed. Opset 13 with ai.onnx.ml 2 and IR version 7: every ONNX
// Runtime since 1.6 reads it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace moe {

class OnnxGraph {
 public:
  /// The numbers of TensorProto.DataType.
  enum class Type { kFloat = 1, kInt64 = 7, kString = 8, kBool = 9, kDouble = 11 };
  /// The shape of an input or an output. kRows stands for the number of rows.
  using Shape = std::vector<std::int64_t>;
  static constexpr std::int64_t kRows = -1;
  struct Attribute {
    std::string name;
    std::variant<std::int64_t, std::vector<std::int64_t>, std::string, std::vector<std::string>> value;
  };

  /// `real`: the type of numbers, kFloat or kDouble. `inputs`: names that are reserved for inputs.
  OnnxGraph(Type real, const std::vector<std::string>& inputs) : real_(real), taken_(inputs.begin(), inputs.end()) {}
  Type real() const { return real_; }

  // Each of these returns the name of a value, by which nodes read it.
  /// Declares an input with one of the reserved names. ONNX has no inputs without a name, so an empty name becomes
  /// "column".
  std::string input(const std::string& name, Type type, const Shape& shape, const std::string& comment);
  /// Constants, 1 x width, of the graph's type. Finite numbers stay finite in 32 bits.
  std::string numbers(const std::vector<double>& values) {
    return numbers(values, {1, static_cast<std::int64_t>(values.size())});
  }
  /// Constants of any shape, stored by rows.
  std::string numbers(const std::vector<double>& values, const Shape& shape) { return numbers(values, shape, real_); }
  std::string numbers(const std::vector<double>& values, const Shape& shape, Type type);
  std::string integers(const std::vector<std::int64_t>& values);
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {});
  /// The same for an operator of ai.onnx.ml.
  std::string ml_node(const std::string& op, const std::vector<std::string>& inputs,
                      const std::vector<Attribute>& attributes);

  /// Declares an output. Returns its name: `name`, or "moe_<name>" where an input has that name.
  std::string output(const std::string& name, const std::string& value, Type type, const Shape& shape,
                     const std::string& comment);
  void metadata(const std::string& key, const std::string& value);

  /// The bytes of the ModelProto.
  std::string bytes(const std::string& comment) const;

 private:
  /// Reserves and returns `name`. If it is taken, `beginning` is put before it until it is not.
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
      metadata_;  // fields of their messages, in the file's format
};

}  // namespace moe
