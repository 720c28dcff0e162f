// Writes generated rows as CSV.
#include <cmath>

#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/random.hpp"
#include "moe/recipe.hpp"

namespace moe {
namespace {

/// How many bytes are written at once.
constexpr std::size_t kBuffer = 1 << 20;
constexpr arma::uword kBlock = 1024;
constexpr std::uint64_t kDrawStream = 7;

std::string header(const std::vector<std::string>& inputs, const std::vector<std::string>& targets, bool truth) {
  std::string text;
  for (const auto* names : {&inputs, &targets})
    for (const std::string& name : *names) {
      append_csv_field(text, name);
      text += ',';
    }
  text.back() = truth ? ',' : '\n';
  return text + (truth ? "expert\n" : "");
}

/// Appends the targets, and the expert that drew them.
void append_targets(std::string& text, const arma::rowvec& y, const std::vector<std::string>& labels,
                    const unsigned* expert) {
  for (arma::uword t = 0; t < y.n_elem; ++t) {
    if (t > 0) text += ',';
    if (labels.empty())
      append_number(text, y[t]);
    else
      append_csv_field(text, labels[static_cast<std::size_t>(y[t])]);
  }
  if (expert != nullptr) text += ',' + std::to_string(*expert);
  text += '\n';
}

/// Appends one record. NaN is a missing cell.
void append_record(std::string& text, const double* x, arma::uword d, const arma::rowvec& y,
                   const std::vector<std::string>& labels, const unsigned* expert) {
  for (arma::uword j = 0; j < d; ++j) {
    if (!std::isnan(x[j])) append_number(text, x[j]);
    text += ',';
  }
  append_targets(text, y, labels, expert);
}

/// For each of b rows, the numbers that must be finite where a target is drawn, as they must be where one is predicted.
arma::mat moments(const Predictive& p, const Model& model) {
  arma::mat result = p.weights();
  if (model.classes()) return arma::join_rows(result, p.probabilities());
  for (arma::uword t = 0; t < model.targets(); ++t) result = arma::join_rows(result, p.mean(t));
  return result;
}

}  // namespace

void write_csv(const Generated& generated, bool truth, OutputFile& out) {
  std::string text = header(generated.inputs, {"y"}, truth);
  for (arma::uword n = 0; n < generated.X.n_cols; ++n) {
    append_record(text, generated.X.colptr(n), generated.X.n_rows, generated.y.row(n), generated.labels,
                  truth ? &generated.expert[n] : nullptr);
    if (text.size() < kBuffer) continue;
    out.write(text);
    text.clear();
  }
  out.write(text);
}

void resample_csv(const Model& model, CsvReader& reader, std::uint64_t seed, bool truth, OutputFile& out,
                  bool ignore_unknown) {
  require_density(model, "--from");
  const Schema& schema = model.schema;
  const bool plain = schema.columns.empty();  // otherwise cells keep their texts: levels, and missing cells
  TableReader rows(reader, schema, TableReader::Target::kIgnored, {false, !plain, ignore_unknown});
  Predictive predictive(model);
  Random random(seed, kDrawStream);
  Dataset block;
  arma::mat y;
  arma::uvec drawn;
  std::vector<std::string> names;
  for (const Column& column : columns_of(schema)) names.push_back(column.name);
  out.write(header(names, schema.targets, truth));
  for (arma::uword done = 0; rows.next(block, kBlock); done += block.rows()) {
    predictive.at(block);
    predictive.draw(random, y, drawn);
    const arma::mat finite = arma::join_rows(moments(predictive, model), y);
    std::string text;
    for (arma::uword n = 0; n < block.rows(); ++n) {
      if (!finite.row(n).is_finite()) {
        out.write(text);
        throw Error(ErrorKind::kData, reader.file_name() + ": row " + std::to_string(done + n + 1) +
                                          ": the prediction or what is drawn from it is not a finite number: expected "
                                          "inputs within reach of the training data's");
      }
      const unsigned expert = static_cast<unsigned>(drawn[n]) + 1;
      if (plain) {
        append_record(text, block.X.colptr(n) + 1, block.X.n_rows - 1, y.row(n), schema.labels,
                      truth ? &expert : nullptr);
        continue;
      }
      for (std::size_t i = 0; i < names.size(); ++i) {
        append_csv_field(text, block.records[n * names.size() + i]);
        text += ',';
      }
      append_targets(text, y.row(n), schema.labels, truth ? &expert : nullptr);
    }
    out.write(text);
  }
}

}  // namespace moe
