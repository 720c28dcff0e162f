// Predictions as CSV: the words that a user may ask for, and the stream from records to records.
#include <algorithm>
#include <functional>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

/// Some columns of the output. Where `labels` is set a value is a label's index.
struct Output {
  std::vector<std::string> headers;
  std::function<arma::mat(const Predictive&)> values;
  const std::vector<std::string>* labels = nullptr;
};

enum class Needs { kAnything, kNumber, kClasses };

struct Word {
  const char* name;
  const char* help;
  Needs needs;
  bool density;  // means something under a softmax gate only
  bool target;   // needs the target
};

constexpr Word kWords[] = {
    {"mean", "the predicted number; this and what follows of several targets as mean_<target>..", Needs::kNumber, false,
     false},
    {"sd", "its standard deviation, within and between experts", Needs::kNumber, true, false},
    {"median", "the same as q0.5", Needs::kNumber, true, false},
    {"qP", "a quantile, as q0.05", Needs::kNumber, true, false},
    {"interval:P", "lower,upper: the central interval, as interval:0.9", Needs::kNumber, true, false},
    {"density", "p(y|x) at the row's target", Needs::kAnything, true, true},
    {"expert", "the expert with the largest weight, 1..K", Needs::kAnything, false, false},
    {"gate", "gate_1..gate_K: the gate's weights", Needs::kAnything, false, false},
    {"responsibility", "responsibility_1..: who explains the row, its target known", Needs::kAnything, true, true},
    {"expert_means",
     "mean_1..mean_K: each expert's prediction (for classes the last one's probability); of several targets "
     "mean_1_<target>..",
     Needs::kAnything, false, false},
    {"label", "the most probable class", Needs::kClasses, false, false},
    {"proba", "p_<label>..: each class's probability", Needs::kClasses, false, false},
};

std::vector<std::string> numbered(const std::string& stem, arma::uword count) {
  std::vector<std::string> result;
  for (arma::uword k = 1; k <= count; ++k) result.push_back(stem + std::to_string(k));
  return result;
}

double level(const std::string& word, const std::string& text) {
  const auto value = parse_number(text);
  if (!value || !(*value > 0 && *value < 1))
    throw Error(ErrorKind::kUsage,
                "--output: '" + word + "': expected a level between 0 and 1, as q0.05 or interval:0.9");
  return *value;
}

/// The table's word for what the user typed.
const Word& find_word(const std::string& typed) {
  std::vector<std::string> known;
  for (const Word& word : kWords) {
    known.emplace_back(word.name);
    const std::string name = word.name;
    if (typed == name && name.back() != 'P') return word;
    if (name == "qP" && typed.size() > 1 && typed[0] == 'q' && parse_number(typed.substr(1))) return word;
    if (name == "interval:P" && typed.rfind("interval:", 0) == 0) return word;
  }
  throw Error(ErrorKind::kUsage, "--output: " + unknown_word("word", typed, known));
}

void check(const Word& word, const Model& model) {
  const std::string place = std::string("--output ") + word.name;
  if (word.needs == Needs::kNumber && model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts classes: expected words such as label, proba");
  if (word.needs == Needs::kClasses && !model.classes())
    throw Error(ErrorKind::kUsage, place + ": the model predicts a number: expected words such as mean, sd, q0.05");
  if (word.density) require_density(model, place);
}

/// What each target has columns of its own for: `values` of target t, with `headers` that are followed by its name
/// where there are several.
Output of_each_target(const Model& model, const std::vector<std::string>& headers,
                      const std::function<arma::mat(const Predictive&, arma::uword)>& values) {
  const arma::uword targets = model.targets();
  if (targets == 1) return {headers, [values](const Predictive& p) { return values(p, 0); }};
  Output result;
  for (const std::string& target : model.schema.targets)
    for (const std::string& header : headers) result.headers.push_back(header + "_" + target);
  result.values = [values, targets](const Predictive& p) {
    arma::mat all;
    for (arma::uword t = 0; t < targets; ++t) all = arma::join_rows(all, values(p, t));
    return all;
  };
  return result;
}

/// Those of a number.
Output make_number_output(const std::string& name, const std::string& typed, const Model& model) {
  if (name == "mean")
    return of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.mean(t); });
  if (name == "sd") return of_each_target(model, {name}, [](const Predictive& p, arma::uword t) { return p.sd(t); });
  if (name == "interval:P") {
    const double tail = 0.5 * (1 - level(typed, typed.substr(9)));
    return of_each_target(model, {"lower", "upper"}, [tail](const Predictive& p, arma::uword t) {
      return arma::mat(arma::join_rows(p.quantile(tail, t), p.quantile(1 - tail, t)));
    });
  }
  const double at = name == "median" ? 0.5 : level(typed, typed.substr(1));
  return of_each_target(model, {typed}, [at](const Predictive& p, arma::uword t) { return p.quantile(at, t); });
}

Output make_output(const Word& word, const std::string& typed, const Model& model) {
  const std::string name = word.name;
  if (word.needs == Needs::kNumber) return make_number_output(name, typed, model);
  if (name == "density")
    return {{"density"}, [](const Predictive& p) { return arma::mat(arma::exp(p.log_density())); }};
  if (name == "expert")
    return {{"expert"}, [](const Predictive& p) { return arma::conv_to<arma::mat>::from(p.most_responsible() + 1); }};
  if (name == "gate") return {numbered("gate_", model.size()), [](const Predictive& p) { return p.weights(); }};
  if (name == "responsibility")
    return {numbered("responsibility_", model.size()), [](const Predictive& p) { return p.responsibilities(); }};
  if (name == "expert_means")
    return of_each_target(model, numbered("mean_", model.size()),
                          [](const Predictive& p, arma::uword t) { return p.expert_means(t); });
  if (name == "label")
    return {
        {"label"}, [](const Predictive& p) { return arma::conv_to<arma::mat>::from(p.label()); }, &model.schema.labels};
  Output proba{{}, [](const Predictive& p) { return p.probabilities(); }};
  for (const std::string& label : model.schema.labels) proba.headers.push_back("p_" + label);
  return proba;
}

std::vector<Output> make_outputs(const Model& model, const std::string& list, bool& needs_target) {
  const std::string words = !list.empty() ? list : model.classes() ? "label,proba" : "mean";
  std::vector<Output> outputs;
  for (std::size_t begin = 0; begin <= words.size();) {
    const std::size_t end = std::min(words.find(',', begin), words.size());
    const std::string typed = words.substr(begin, end - begin);
    const Word& word = find_word(typed);
    check(word, model);
    needs_target = needs_target || word.target;
    outputs.push_back(make_output(word, typed, model));
    begin = end + 1;
  }
  return outputs;
}

std::vector<std::string> header_of(const std::vector<Output>& outputs, const std::vector<std::string>& before) {
  std::vector<std::string> header = before;
  for (const Output& output : outputs) header.insert(header.end(), output.headers.begin(), output.headers.end());
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::find(header.begin(), header.begin() + static_cast<long>(i), header[i]) !=
        header.begin() + static_cast<long>(i))
      throw Error(ErrorKind::kUsage,
                  "--output: two columns would be named '" + header[i] + "': expected each name once");
  return header;
}

void append_values(std::string& text, const Output& output, const arma::mat& values, arma::uword row, bool first) {
  for (arma::uword column = 0; column < values.n_cols; ++column) {
    if (!first || column > 0) text += ',';
    if (output.labels != nullptr)
      append_csv_field(text, (*output.labels)[static_cast<std::size_t>(values(row, column))]);
    else
      append_number(text, values(row, column));
  }
}

/// The first row with a value that is not finite, which is not passed on; n for none.
arma::uword first_odd_row(const arma::mat& values) {
  if (values.is_finite()) return values.n_rows;
  arma::uvec odd = arma::find_nonfinite(values);
  odd.transform([&](arma::uword i) { return i % values.n_rows; });
  return odd.min();
}

/// Predicts rows and prints them; one for each thread.
class Printer {
 public:
  Printer(const Model& model, const std::vector<Output>& outputs, bool records, bool ids)
      : outputs_(outputs), values_(outputs.size()), predictive_(model), records_(records), ids_(ids) {}

  TableReader::Printed operator()(const Dataset& rows) {
    TableReader::Printed printed;
    for (arma::uword first = 0; first < rows.rows() && !printed.odd_row; first += kGroup) {
      const arma::uword count = std::min(kGroup, rows.rows() - first), good = predict(rows, first, count);
      for (arma::uword n = 0; n < good; ++n) append_row(printed.text, rows, first + n, n);
      if (good < count) printed.odd_row = first + good;
    }
    return printed;
  }

 private:
  /// However many rows come at once, each is predicted among kGroup of them, so that products take the same path to the same bits.
  static constexpr arma::uword kGroup = 256;

  /// Computes the group's values; how many rows before one that is not finite.
  arma::uword predict(const Dataset& rows, arma::uword first, arma::uword count) {
    arma::uvec index(kGroup);
    for (arma::uword n = 0; n < kGroup; ++n) index[n] = first + std::min(n, count - 1);
    Dataset group;
    group.X = rows.X.cols(index);
    group.y = rows.y.n_cols > 0 ? arma::mat(rows.y.rows(index)) : arma::mat(kGroup, 0);
    group.w = rows.w.elem(index);
    if (!rows.offset.is_empty()) group.offset = rows.offset.elem(index);
    if (!rows.trials.is_empty()) group.trials = rows.trials.elem(index);
    predictive_.at(group);
    arma::uword good = count;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      values_[i] = outputs_[i].values(predictive_);
      good = std::min(good, first_odd_row(values_[i]));
    }
    return good;
  }
  void append_row(std::string& text, const Dataset& rows, arma::uword row, arma::uword in_group) {
    if (records_) text += rows.records[row];
    if (ids_) append_csv_field(text, rows.ids[row]);
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      append_values(text, outputs_[i], values_[i], in_group, i == 0 && !records_ && !ids_);
    text += '\n';
  }

  const std::vector<Output>& outputs_;
  std::vector<arma::mat> values_;
  Predictive predictive_;
  bool records_, ids_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> predict_outputs() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const Word& word : kWords) result.emplace_back(word.name, word.help);
  return result;
}

void predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options, OutputFile& out) {
  bool needs_target = false;
  const std::vector<Output> outputs = make_outputs(model, options.output, needs_target);
  using Target = TableReader::Target;
  TableReader rows(reader, model.schema, needs_target ? Target::kRequired : Target::kIgnored,
                   {options.append, false, options.ignore_unknown});
  const auto& names = reader.names();
  std::vector<std::string> before;
  if (options.append)
    before = names;
  else if (!model.schema.id.empty() && std::find(names.begin(), names.end(), model.schema.id) != names.end())
    before = {model.schema.id};
  std::string header;
  for (const std::string& name : header_of(outputs, before)) {
    if (!header.empty()) header += ',';
    append_csv_field(header, name);
  }
  out.write(header += '\n');
  arma::uword done = 0;
  rows.stream([&] { return Printer(model, outputs, options.append, !options.append && !before.empty()); },
              [&](const TableReader::Printed& printed, arma::uword count) {
                if (!printed.text.empty()) {
                  out.write(printed.text);
                  out.flush();
                }
                if (printed.odd_row)
                  throw Error(ErrorKind::kData, reader.file_name() + ": row " +
                                                    std::to_string(done + *printed.odd_row + 1) +
                                                    ": the prediction is not a finite number: expected inputs within "
                                                    "reach of the training data's");
                done += count;
              });
}

}  // namespace moe
