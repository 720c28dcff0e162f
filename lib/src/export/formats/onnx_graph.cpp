// A minimal writer of protobuf messages. A message is a sequence of fields; a field is its number and wire type, then a
// varint, or a length and that many bytes. A nested message is a field of bytes, so it is written first and then
// embedded.
#include "export/formats/onnx_graph.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace moe {
namespace {

// --- Protobuf's wire format: a field is its number and the kind of what follows, a varint or a length and bytes ------

enum Wire : std::uint64_t { kVarint = 0, kBytes = 2 };

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

std::string field(std::uint64_t number, std::int64_t value) {
  std::string out;
  append_varint(out, number << 3 | kVarint);
  append_varint(out, static_cast<std::uint64_t>(value));
  return out;
}

std::string field(std::uint64_t number, const std::string& bytes) {
  std::string out;
  append_varint(out, number << 3 | kBytes);
  append_varint(out, bytes.size());
  return out + bytes;
}

/// A field that occurs at most once, and is left out where it is empty.
std::string optional_field(std::uint64_t number, const std::string& bytes) {
  return bytes.empty() ? "" : field(number, bytes);
}

template <class T>
std::string repeated(std::uint64_t number, const std::vector<T>& values) {
  std::string out;
  for (const T& value : values) out += field(number, value);
  return out;
}

template <class Bits, class T>
void append_raw(std::string& out, T value) {
  const auto bits = std::bit_cast<Bits>(value);
  for (std::size_t i = 0; i < sizeof bits; ++i) out += static_cast<char>(bits >> (8 * i) & 0xff);
}

// --- onnx.proto: the numbers of its fields ---------------------------------------------------------------------------

namespace model_proto {
enum { kIrVersion = 1, kProducer = 2, kProducerVersion = 3, kDoc = 6, kGraph = 7, kOpset = 8, kMetadata = 14 };
}
namespace graph_proto {
enum { kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12 };
}
namespace node_proto {
enum { kInput = 1, kOutput = 2, kName = 3, kOp = 4, kAttribute = 5, kDomain = 7 };
}
namespace attribute_proto {
enum { kName = 1, kInt = 3, kString = 4, kInts = 8, kStrings = 9, kType = 20 };
enum { kTypeInt = 2, kTypeString = 3, kTypeInts = 7, kTypeStrings = 8 };
}  // namespace attribute_proto
namespace tensor_proto {
enum { kDims = 1, kDataType = 2, kName = 8, kRaw = 9 };
}
namespace value_info_proto {
enum {
  kName = 1,
  kType = 2,
  kDoc = 3,
  kTensorType = 1,
  kElement = 1,
  kShape = 2,
  kDim = 1,
  kValue = 1,
  kParameter = 2
};
}
constexpr std::int64_t kIrVersion = 7, kOpset = 13, kMlOpset = 2;
const std::string kMl = "ai.onnx.ml";

std::string opset(const std::string& domain, std::int64_t version) {
  return field(model_proto::kOpset, field(1, domain) + field(2, version));
}

std::string attribute_message(const OnnxGraph::Attribute& named) {
  struct Write {
    std::string operator()(std::int64_t value) const {
      return field(attribute_proto::kInt, value) + field(attribute_proto::kType, attribute_proto::kTypeInt);
    }
    std::string operator()(const std::vector<std::int64_t>& values) const {
      return repeated(attribute_proto::kInts, values) + field(attribute_proto::kType, attribute_proto::kTypeInts);
    }
    std::string operator()(const std::string& text) const {
      return field(attribute_proto::kString, text) + field(attribute_proto::kType, attribute_proto::kTypeString);
    }
    std::string operator()(const std::vector<std::string>& texts) const {
      return repeated(attribute_proto::kStrings, texts) + field(attribute_proto::kType, attribute_proto::kTypeStrings);
    }
  };
  return field(attribute_proto::kName, named.name) + std::visit(Write{}, named.value);
}

/// The nearest float. A finite number must not become infinite.
float single(double value) {
  const double most = std::numeric_limits<float>::max();
  return static_cast<float>(std::isfinite(value) ? std::clamp(value, -most, most) : value);
}

}  // namespace

std::string OnnxGraph::own_name(std::string name, const std::string& beginning) {
  while (!taken_.insert(name).second) name = beginning + name;
  return name;
}

std::string OnnxGraph::fresh() {
  std::string name;
  do name = "v" + std::to_string(++values_);
  while (!taken_.insert(name).second);
  return name;
}

std::string OnnxGraph::value_info(const std::string& name, Type type, const Shape& shape, const std::string& comment) {
  using namespace value_info_proto;
  std::string dims;
  for (const std::int64_t dim : shape)
    dims += field(kDim, dim == kRows ? field(kParameter, std::string("N")) : field(kValue, dim));
  const std::string tensor = field(kElement, static_cast<std::int64_t>(type)) + field(kShape, dims);
  return field(kName, name) + field(kType, field(kTensorType, tensor)) + optional_field(kDoc, comment);
}

std::string OnnxGraph::input(const std::string& name, Type type, const Shape& shape, const std::string& comment) {
  std::string unique = name.empty() ? own_name("column", "column ") : name;
  inputs_ += field(graph_proto::kInput, value_info(unique, type, shape, comment));
  return unique;
}

std::string OnnxGraph::tensor(const Shape& shape, Type type, const std::string& raw) {
  std::string name = fresh();
  initializers_ +=
      field(graph_proto::kInitializer, repeated(tensor_proto::kDims, shape) +
                                           field(tensor_proto::kDataType, static_cast<std::int64_t>(type)) +
                                           field(tensor_proto::kName, name) + field(tensor_proto::kRaw, raw));
  return name;
}

std::string OnnxGraph::numbers(const std::vector<double>& values, const Shape& shape, Type type) {
  std::string raw;
  for (const double value : values)
    if (type == Type::kFloat)
      append_raw<std::uint32_t>(raw, single(value));
    else
      append_raw<std::uint64_t>(raw, value);
  return tensor(shape, type, raw);
}

std::string OnnxGraph::integers(const std::vector<std::int64_t>& values) {
  std::string raw;
  for (const std::int64_t value : values) append_raw<std::uint64_t>(raw, value);
  return tensor({static_cast<std::int64_t>(values.size())}, Type::kInt64, raw);
}

void OnnxGraph::add_node(const std::string& domain, const std::string& op, const std::vector<std::string>& inputs,
                         const std::string& output, const std::vector<Attribute>& attributes) {
  std::string message = repeated(node_proto::kInput, inputs) + field(node_proto::kOutput, output) +
                        field(node_proto::kName, op + " " + output) + field(node_proto::kOp, op) +
                        optional_field(node_proto::kDomain, domain);
  for (const Attribute& attribute : attributes) message += field(node_proto::kAttribute, attribute_message(attribute));
  nodes_ += field(graph_proto::kNode, message);
}

std::string OnnxGraph::node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<Attribute>& attributes) {
  std::string name = fresh();
  add_node("", op, inputs, name, attributes);
  return name;
}

std::string OnnxGraph::ml_node(const std::string& op, const std::vector<std::string>& inputs,
                               const std::vector<Attribute>& attributes) {
  uses_ml_ = true;
  std::string name = fresh();
  add_node(kMl, op, inputs, name, attributes);
  return name;
}

std::string OnnxGraph::output(const std::string& name, const std::string& value, Type type, const Shape& shape,
                              const std::string& comment) {
  std::string unique = own_name(name, "moe_");
  add_node("", "Identity", {value}, unique, {});
  outputs_ += field(graph_proto::kOutput, value_info(unique, type, shape, comment));
  return unique;
}

void OnnxGraph::metadata(const std::string& key, const std::string& value) {
  metadata_ += field(model_proto::kMetadata, field(1, key) + field(2, value));
}

std::string OnnxGraph::bytes(const std::string& comment) const {
  const std::string graph = nodes_ + field(graph_proto::kName, std::string("moe")) + initializers_ + inputs_ + outputs_;
  return field(model_proto::kIrVersion, kIrVersion) + field(model_proto::kProducer, std::string("moe")) +
         field(model_proto::kProducerVersion, std::string(MOE_VERSION)) + field(model_proto::kDoc, comment) +
         field(model_proto::kGraph, graph) + opset("", kOpset) + (uses_ml_ ? opset(kMl, kMlOpset) : "") + metadata_;
}

}  // namespace moe
