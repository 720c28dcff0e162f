// JSON of figures and reports, as a page reads them.
#include <charconv>
#include <nlohmann/json.hpp>

#include "moe/figure.hpp"
#include "moe/figures.hpp"

namespace moe {
namespace {

using FigureJson = nlohmann::ordered_json;

/// The value with as many digits as a drawing needs, so that its JSON is short.
double rounded_for_drawing(double value) {
  constexpr int kDigits = 9;
  char text[40];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::general, kDigits);
  std::from_chars(text, written.ptr, value);
  return value;
}

void add_numbers(FigureJson& to, const char* key, const arma::vec& values) {
  if (values.is_empty()) return;
  FigureJson& list = to[key] = FigureJson::array();
  for (const double value : values) list.push_back(rounded_for_drawing(value));
}

FigureJson json_of(const Axis& axis) {
  const char* const scale = axis.scale == Axis::Scale::kLinear ? "linear"
                            : axis.scale == Axis::Scale::kLog  ? "log"
                                                               : "categories";
  FigureJson result{{"label", axis.label}, {"scale", scale}};
  if (axis.scale == Axis::Scale::kCategories) result["categories"] = axis.categories;
  return result;
}

FigureJson json_of(const Mark& mark) {
  constexpr const char* kKinds[] = {"line", "band", "points", "bars", "cells", "rule"};
  FigureJson result{{"kind", kKinds[static_cast<int>(mark.kind)]}, {"series", mark.series}};
  if (mark.reference) result["reference"] = true;
  add_numbers(result, "x", mark.x);
  add_numbers(result, "x2", mark.x2);
  add_numbers(result, "y", mark.y);
  add_numbers(result, "y2", mark.y2);
  add_numbers(result, "lower", mark.lower);
  add_numbers(result, "upper", mark.upper);
  add_numbers(result, "value", mark.value);
  return result;
}

FigureJson json_of(const Figure& figure) {
  FigureJson result{
      {"id", figure.id},        {"title", figure.title},  {"caption", figure.caption},   {"thinned", figure.thinned},
      {"x", json_of(figure.x)}, {"y", json_of(figure.y)}, {"marks", FigureJson::array()}};
  for (const Mark& mark : figure.marks) result["marks"].push_back(json_of(mark));
  return result;
}

FigureJson json_of(const ReportSection& section) {
  FigureJson result{{"id", section.id},
                    {"title", section.title},
                    {"text", section.text},
                    {"figures", FigureJson::array()},
                    {"tables", FigureJson::array()}};
  for (const Figure& figure : section.figures) result["figures"].push_back(json_of(figure));
  for (const ReportTable& table : section.tables)
    result["tables"].push_back(
        {{"title", table.title}, {"columns", table.columns}, {"numeric", table.numeric}, {"rows", table.rows}});
  return result;
}

FigureJson json_of(const TriedInput& input) {
  if (!input.levels.empty())
    return {{"name", input.name},
            {"kind", "level"},
            {"levels", input.levels},
            {"value", input.levels[static_cast<std::size_t>(input.value)]},
            {"missing", input.missing}};
  return {{"name", input.name}, {"kind", "number"},     {"low", input.low},
          {"high", input.high}, {"value", input.value}, {"missing", input.missing}};
}

/// Names may come from a model file, whose text need not be UTF-8.
std::string text_of(const FigureJson& json) { return json.dump(-1, ' ', false, FigureJson::error_handler_t::replace); }

}  // namespace

std::string to_json(const Figure& figure) { return text_of(json_of(figure)); }

std::string to_json(const Report& report) {
  FigureJson result{{"title", report.title},
                    {"subtitle", report.subtitle},
                    {"notes", FigureJson::array()},
                    {"sections", FigureJson::array()}};
  for (const ReportNote& note : report.notes) result["notes"].push_back({{"text", note.text}, {"advice", note.advice}});
  for (const ReportSection& section : report.sections) result["sections"].push_back(json_of(section));
  FigureJson& tried = result["what_if"];
  tried["inputs"] = FigureJson::array();
  for (const TriedInput& input : report.inputs) tried["inputs"].push_back(json_of(input));
  tried["target"] = report.targets.empty() ? "" : report.targets[0];
  tried["targets"] = report.targets;
  tried["task"] = report.labels.empty() ? "regression" : "classification";
  tried["labels"] = report.labels;
  tried["experts"] = report.experts;
  std::string text;
  for (const char c : text_of(result))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

}  // namespace moe
