// Prediction from CSV to CSV, as a stream.
#include <algorithm>
#include <cmath>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "predict/outputs.hpp"

namespace moe {
namespace {

constexpr const char* kApart = "predicted_";
/// No double needs more digits.
constexpr int kMostDigits = 17;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The names of the new columns. They differ from those of the columns before them.
struct NewNames {
  NewNames(const std::vector<Output>& outputs, const std::vector<std::string>& before, const std::string& prefix);

  std::vector<std::string> names, notes;
};

NewNames::NewNames(const std::vector<Output>& outputs, const std::vector<std::string>& before,
                   const std::string& prefix) {
  for (const Output& output : outputs)
    for (const std::string& header : output.headers) {
      std::string name = prefix + header;
      if (contains(before, name) && !prefix.empty())
        throw Error(ErrorKind::kUsage, "--prefix: the table has a column '" + printable(name) +
                                           "': expected a prefix that makes the new columns' names others");
      while (contains(before, name)) name = kApart + name;
      if (name != prefix + header)
        notes.push_back("note: the table has a column '" + printable(header) + "': the new one is '" + printable(name) +
                        "' (--prefix names new columns otherwise)");
      if (contains(names, name))
        throw Error(ErrorKind::kUsage,
                    "--output: two columns would be named '" + printable(name) + "': expected each name once");
      names.push_back(name);
    }
}

std::string header_line(std::vector<std::string> names, const std::vector<std::string>& fresh) {
  names.insert(names.end(), fresh.begin(), fresh.end());
  std::string header;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) header += ',';
    append_csv_field(header, names[i]);
  }
  return header + '\n';
}

/// `digits`: see PredictOptions.
void append_values(std::string& text, const Output& output, const arma::mat& values, arma::uword row, bool first,
                   int digits) {
  for (arma::uword column = 0; column < values.n_cols; ++column) {
    if (!first || column > 0) text += ',';
    if (output.labels != nullptr)
      append_csv_field(text, (*output.labels)[static_cast<std::size_t>(values(row, column))]);
    else
      append_rounded(text, values(row, column), output.number ? 0 : digits);
  }
}

/// Predicts rows and prints them. Each thread needs one of its own.
class Printer {
 public:
  Printer(const Model& model, const Outputs& outputs, bool records, bool ids, int digits)
      : outputs_(outputs.list()), predictor_(model, outputs), records_(records), ids_(ids), digits_(digits) {}

  TableReader::Printed operator()(const Dataset& rows) {
    constexpr arma::uword kGroup = GroupPredictor::kGroup;
    TableReader::Printed printed;
    for (arma::uword first = 0; first < rows.rows() && !printed.odd_row; first += kGroup) {
      const arma::uword count = std::min(kGroup, rows.rows() - first), good = predictor_.predict(rows, first, count);
      for (arma::uword n = 0; n < good; ++n) append_row(printed.text, rows, first + n, n);
      if (good < count) printed.odd_row = first + good;
    }
    return printed;
  }

 private:
  void append_row(std::string& text, const Dataset& rows, arma::uword row, arma::uword in_group) {
    if (records_) text += rows.records[row];
    if (ids_) append_csv_field(text, rows.ids[row]);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const bool very_first = i == 0 && !records_ && !ids_;
      if (outputs_[i].texts) {
        if (!very_first) text += ',';
        append_csv_field(text, predictor_.texts()[i][in_group]);
      } else {
        append_values(text, outputs_[i], predictor_.values()[i], in_group, very_first, digits_);
      }
    }
    text += '\n';
  }

  const std::vector<Output>& outputs_;
  GroupPredictor predictor_;
  bool records_, ids_;
  int digits_;
};

}  // namespace

std::vector<std::string> predict_csv(const Model& model, CsvReader& reader, const PredictOptions& options,
                                     OutputFile& out) {
  if (options.digits < 0 || options.digits > kMostDigits)
    throw Error(ErrorKind::kUsage, "--digits: " + std::to_string(options.digits) + ": expected a number from 1 to 17");
  const Outputs outputs(model, options.output, {options.seed, options.digits});
  using Target = TableReader::Target;
  TableReader rows(reader, model.schema, outputs.needs_target() ? Target::kRequired : Target::kIgnored,
                   {options.append, false, options.ignore_unknown, {}, {}, outputs.numbered()});
  std::vector<std::string> before;
  if (options.append)
    before = reader.names();
  else if (!model.schema.id.empty() && contains(reader.names(), model.schema.id))
    before = {model.schema.id};
  const NewNames fresh(outputs.list(), before, options.prefix);
  out.write(header_line(before, fresh.names));
  arma::uword done = 0;
  rows.stream(
      [&] { return Printer(model, outputs, options.append, !options.append && !before.empty(), options.digits); },
      [&](const TableReader::Printed& printed, arma::uword count) {
        if (!printed.text.empty()) {
          out.write(printed.text);
          out.flush();
        }
        if (printed.odd_row)
          throw Error(ErrorKind::kData, reader.file_name() + ": row " + std::to_string(done + *printed.odd_row + 1) +
                                            ": the prediction is not a finite number: expected inputs within "
                                            "reach of the training data's");
        done += count;
      });
  std::vector<std::string> notes = fresh.notes;
  notes.insert(notes.end(), outputs.notes().begin(), outputs.notes().end());
  return notes;
}

}  // namespace moe
