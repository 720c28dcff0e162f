#include "moe/report.hpp"

#include <algorithm>
#include <cctype>

#include "moe/error.hpp"
#include "moe/export.hpp"
#include "report/page.hpp"

namespace moe {
namespace {

/// A committee of networks takes some megabytes, which a browser still reads in a moment.
constexpr std::size_t kMostScript = 8'000'000;

/// The model as a script that sets moeModel, or "" and a note on why there is none.
std::string script_of(const Model& model, std::vector<ReportNote>& notes) {
  ExportOptions options;
  options.classic = true;
  try {
    std::string script = export_model(model, "js", options).front().bytes;
    if (script.size() <= kMostScript) return script;
    notes.push_back({"The page has no what-if panel: the model as JavaScript would take " +
                         std::to_string(script.size() / 100'000 / 10) + " MB.",
                     "Fewer or smaller networks make it short enough; moe predict predicts single rows as well."});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) throw;
    notes.push_back({"The page has no what-if panel: " + std::string(error.what()) + ".", ""});
  }
  return "";
}

/// The columns beside the inputs that a prediction needs.
void add_other_columns(const Schema& schema, std::vector<TriedInput>& inputs) {
  const auto add = [&](const std::string& name, double low, double high, double value) {
    const auto known = [&](const TriedInput& input) { return input.name == name; };
    if (name.empty() || std::any_of(inputs.begin(), inputs.end(), known)) return;
    TriedInput input;
    input.name = name;
    input.low = low;
    input.high = high;
    input.value = value;
    inputs.push_back(input);
  };
  add(schema.offset, -1, 1, 0);
  add(schema.exposure, 0.1, 10, 1);
  add(schema.trials, 0, 100, 10);
}

}  // namespace

ReportNote note_of(const std::string& sentence) {
  std::string text = sentence;
  for (const char* const kind : {"note: ", "warning: "})
    if (text.rfind(kind, 0) == 0) text.erase(0, std::string_view(kind).size());
  constexpr std::string_view kExpected = ": expected ";
  const std::size_t at = text.rfind(kExpected);
  std::string advice = at == std::string::npos ? "" : "What helps: " + text.substr(at + kExpected.size()) + ".";
  text = text.substr(0, at) + ".";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return {text, advice};
}

std::string report_page(Report report, const Model& model) {
  const std::string script = script_of(model, report.notes);
  add_other_columns(model.schema, report.inputs);
  return page_of({report.title, to_json(report), script});
}

}  // namespace moe
