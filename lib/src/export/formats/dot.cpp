// dot: the structure of the model for Graphviz, from the inputs down: what each branch reads, its network and family,
// the mixture, the target.
#include <map>

#include "export/formats/exporters.hpp"
#include "moe/describe.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/model.hpp"

namespace moe {
namespace {

/// A box with more names shows only the first ones, the last one, and their number.
constexpr std::size_t kMostNames = 12;
constexpr std::size_t kFirstNames = 8;
constexpr std::size_t kMostCharacters = 60;

/// A line of a label. Characters that mean something to Graphviz are escaped.
std::string line(const std::string& text) {
  std::string result;
  for (const char c : printable(text, kMostCharacters)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '&' ? "&amp;" : std::string(1, c);
  }
  return result;
}

std::string lines(const std::vector<std::string>& texts) {
  std::vector<std::string> result;
  for (const std::string& text : texts) result.push_back(line(text));
  return join(result, "\\n");
}

std::vector<std::string> folded_names(const std::vector<std::string>& names) {
  if (names.size() <= kMostNames) return names;
  std::vector<std::string> result(names.begin(), names.begin() + kFirstNames);
  result.push_back(".. " + std::to_string(names.size() - kFirstNames - 1) + " more ..");
  result.push_back(names.back());
  return result;
}

std::string node(const std::string& name, const std::vector<std::string>& texts, const std::string& attributes = "") {
  return "  " + name + " [label=\"" + lines(texts) + "\"" + attributes + "];\n";
}

std::string edge(const std::string& from, const std::string& to, const std::string& attributes = "") {
  return "  " + from + " -> " + to + attributes + ";\n";
}

std::string plural(arma::uword count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// The boxes of the inputs, one for each different set of inputs that branches read.
class Inputs {
 public:
  explicit Inputs(const Model& model) : model_(model) {}

  /// The edge into a branch, and the box of its inputs if it is the first branch that reads them. "" where it reads
  /// none.
  std::string into(const Branch& branch, const std::string& name) {
    const std::vector<std::string> names = input_names(model_, branch);
    if (names.empty()) return "";
    const auto [at, fresh] = boxes_.try_emplace(names, "inputs" + std::to_string(boxes_.size() + 1));
    std::string text;
    if (fresh) {
      std::vector<std::string> shown = folded_names(names);
      shown.insert(shown.begin(), plural(names.size(), "input"));
      text = node(at->second, shown, ", shape=note");
    }
    return text + edge(at->second, name);
  }

 private:
  const Model& model_;
  std::map<std::vector<std::string>, std::string> boxes_;
};

std::vector<ExportedFile> export_dot(const Model& model, const ExportOptions&) {
  const auto network = [](const Branch& branch) {
    return branch.network->spec() + ", " + plural(branch.network->parameters(), "parameter");
  };
  Inputs inputs(model);
  std::string text =
      "digraph moe {\n  rankdir=TB;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n";
  text += node("gate", {"gate: " + model.gate->name(), network(model.gate_branch)}, ", style=rounded");
  text += inputs.into(model.gate_branch, "gate");
  for (std::size_t b = 0; b < model.members.size(); ++b) {
    const Member& member = model.members[b];
    const std::string number = std::to_string(b + 1), name = "member" + number;
    text +=
        node(name, {"member " + number + ": " + plural(member.experts, "expert"), network(member)}, ", style=rounded");
    text +=
        inputs.into(member, name) + edge("gate", name, " [style=dashed]") + edge(name, "mixture", " [style=dashed]");
  }
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    const std::string number = std::to_string(k + 1), name = "expert" + number;
    text += node(name, {"expert " + number, network(expert), expert.family->name()});
    text += inputs.into(expert, name) + edge(name, "mixture", " [label=\"g" + number + "\"]");
  }
  text += node("mixture", {"p(y | x) = sum_k g_k(x) p_k(y | x)"}, ", shape=ellipse");
  if (!model.is_committee()) text += edge("gate", "mixture", " [style=dashed]");
  std::vector<std::string> target = folded_names(model.schema.targets);
  if (model.classes()) {
    const std::vector<std::string> labels = folded_names(model.schema.labels);
    target.insert(target.end(), labels.begin(), labels.end());
    target[model.targets()] = "classes: " + target[model.targets()];
  }
  return {{"", text + node("target", target, ", shape=note") + edge("mixture", "target") + "}\n"}};
}

}  // namespace

ExporterEntry dot_exporter() { return {{"dot", "the structure, for Graphviz: dot -Tsvg", {}, false}, export_dot}; }

}  // namespace moe
