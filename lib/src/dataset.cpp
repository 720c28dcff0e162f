#include "moe/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "moe/error.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// More classes than this are a number or an id taken for a class.
constexpr std::size_t kMostClasses = 1000;
/// So few different whole numbers may be meant as classes.
constexpr std::size_t kFew = 10;
constexpr std::size_t kChunkValues = 1 << 18;

/// Rows of values as they come, and then one matrix with a row a column; the memory of either half is given back to the
/// other as it is copied.
class RowBuffer {
 public:
  explicit RowBuffer(std::size_t width) : width_(width) {}
  void add(double value) {
    if (chunks_.empty() || chunks_.back().size() == chunks_.back().capacity()) {
      chunks_.emplace_back();
      chunks_.back().reserve(std::max<std::size_t>(1, kChunkValues / width_) * width_);
    }
    chunks_.back().push_back(value);
    ++size_;
  }
  arma::mat take() {
    arma::mat result(width_, size_ / width_);
    for (double* to = result.memptr(); !chunks_.empty(); chunks_.pop_front())
      to = std::copy(chunks_.front().begin(), chunks_.front().end(), to);
    return result;
  }

 private:
  std::size_t width_, size_ = 0;
  std::deque<std::vector<double>> chunks_;
};

bool is_number(std::string_view text) { return std::isfinite(parse_number(text).value_or(NAN)); }

/// A class's name: numbers in their shortest form, so that 1, 1.0 and 01 are one class where all classes are numbers.
std::string canonical_label(std::string_view text, bool numeric) {
  if (!numeric) return std::string(text);
  return is_number(text) ? format_number(*parse_number(text)) : std::string(text);
}

bool all_numeric(const std::vector<std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(), [](const std::string& label) { return is_number(label); });
}

/// Throws Error (data) for a target, the t-th, that a family does not describe.
void require_support(const CsvReader& reader, std::size_t column, std::size_t t, double value,
                     const std::vector<std::vector<Support>>& supports) {
  if (const std::string expected = expected_of(supports, t, value); !expected.empty())
    throw Error(ErrorKind::kData, reader.place(column) + ": '" + printable(std::string(reader.fields()[column])) +
                                      "' is not what the family describes: " + expected);
}

/// The columns of a row beside its inputs and its target, each there or not, and their values.
class RowColumns {
 public:
  RowColumns(std::optional<std::size_t> weight, std::optional<std::size_t> trials, std::optional<std::size_t> offset,
             std::optional<std::size_t> exposure)
      : weight_(weight), trials_(trials), offset_(offset), exposure_(exposure) {}

  /// `target`: where successes stand, or none.
  void add(const CsvReader& reader, std::optional<double> target) {
    weights_.push_back(weight_ ? at_least(reader, *weight_, 0, "the weight is negative: expected 0 or more") : 1);
    if (trials_) {
      const double trials = at_least(reader, *trials_, 1, "this is no number of trials: expected 1 or more");
      if (trials != std::floor(trials))
        throw Error(ErrorKind::kData,
                    reader.place(*trials_) + ": this is no number of trials: expected a whole number");
      if (target && *target > trials)
        throw Error(ErrorKind::kData, reader.place(*trials_) + ": " + format_number(*target) + " successes in " +
                                          format_number(trials) + " trials: expected as many at most");
      trials_of_rows_.push_back(trials);
    }
    if (!offset_ && !exposure_) return;
    double offset = offset_ ? reader.number(*offset_) : 0;
    if (exposure_) {
      const double exposure = reader.number(*exposure_);
      if (!(exposure > 0))
        throw Error(ErrorKind::kData,
                    reader.place(*exposure_) + ": the exposure is not above 0: expected a size or time");
      offset += std::log(exposure);
    }
    offsets_.push_back(offset);
  }
  std::size_t rows() const { return weights_.size(); }
  void take(Dataset& data) {
    data.w = arma::vec(std::exchange(weights_, {}));
    data.trials = arma::vec(std::exchange(trials_of_rows_, {}));
    data.offset = arma::vec(std::exchange(offsets_, {}));
  }

 private:
  static double at_least(const CsvReader& reader, std::size_t column, double least, const char* sentence) {
    const double value = reader.number(column);
    if (value < least) throw Error(ErrorKind::kData, reader.place(column) + ": " + sentence);
    return value;
  }

  std::optional<std::size_t> weight_, trials_, offset_, exposure_;
  std::vector<double> weights_, trials_of_rows_, offsets_;
};

/// A target column of a training table on its way to numbers or classes.
class TargetColumn {
 public:
  /// `t`: which of the targets it is.
  TargetColumn(TargetKind kind, std::size_t column, std::size_t t, const std::vector<std::vector<Support>>& supports)
      : kind_(kind), column_(column), t_(t), supports_(supports) {}

  void add(const CsvReader& reader) {
    const std::string_view text = reader.fields()[column_];
    if (values_.empty() && kind_ == TargetKind::kAutomatic) settle_by_first(reader, text);
    if (kind_ == TargetKind::kClasses || textual_) {
      add_label(reader, text);
    } else {
      const double value = reader.number(column_);
      require_support(reader, column_, t_, value, supports_);
      values_.push_back(value);
      if (distinct_.size() <= kFew) distinct_.insert(value);
    }
  }

  /// The last row's, where it is one.
  std::optional<double> number() const {
    return codes_.empty() && !values_.empty() ? std::optional(values_.back()) : std::nullopt;
  }

  /// Settles the kind: fills labels (in order) and returns the target.
  arma::mat take(std::vector<std::string>& labels, const std::string& positive, const std::string& place) {
    if (few_whole_numbers() == 2) number_labels();
    if (codes_.empty()) return arma::mat(values_.data(), values_.size(), 1);
    refuse_slip();
    labels = ordered_labels(positive, place);
    std::vector<double> number(codes_.size());
    for (const auto& [label, code] : codes_)
      number[code] = static_cast<double>(
          std::find(labels.begin(), labels.end(), canonical_label(label, all_numeric(labels))) - labels.begin());
    for (double& value : values_) value = number[static_cast<std::size_t>(value)];
    return arma::mat(values_.data(), values_.size(), 1);
  }

  /// How many there are, where the target may be classes though nobody said so.
  std::size_t few_whole_numbers() const {
    const bool whole = std::all_of(distinct_.begin(), distinct_.end(), [](double v) { return v == std::floor(v); });
    return kind_ == TargetKind::kAutomatic && !textual_ && whole && distinct_.size() >= 2 && distinct_.size() <= kFew
               ? distinct_.size()
               : 0;
  }

 private:
  void settle_by_first(const CsvReader& reader, std::string_view text) {
    textual_ = !text.empty() && !is_number(text);
    first_ = reader.place(column_) + ": '" + printable(text) + "'";
  }

  /// Text in the first cell and numbers in most others are a number with a slip, not classes.
  void refuse_slip() const {
    const auto numbers =
        std::count_if(codes_.begin(), codes_.end(), [](const auto& code) { return is_number(code.first); });
    if (textual_ && 2 * static_cast<std::size_t>(numbers) > codes_.size())
      throw Error(ErrorKind::kData,
                  first_ + " is not a number, and most others are: expected numbers, or --family categorical");
  }

  void add_label(const CsvReader& reader, std::string_view text) {
    if (text.empty()) throw Error(ErrorKind::kData, reader.place(column_) + ": the cell is empty: expected a class");
    const auto [at, fresh] = codes_.try_emplace(std::string(text), codes_.size());
    if (fresh && codes_.size() > kMostClasses)
      throw Error(ErrorKind::kData, reader.place(column_) + ": more than " + std::to_string(kMostClasses) +
                                        " classes: expected a column of classes, or --family gaussian for a number");
    values_.push_back(static_cast<double>(at->second));
  }

  void number_labels() {
    for (const double value : distinct_) codes_.emplace(format_number(value), codes_.size());
    for (double& value : values_) value = value == *distinct_.begin() ? 0 : 1;
  }

  std::vector<std::string> ordered_labels(const std::string& positive, const std::string& place) const {
    std::vector<std::string> labels;
    for (const auto& [label, code] : codes_) labels.push_back(label);
    const bool numeric = all_numeric(labels);
    for (std::string& label : labels) label = canonical_label(label, numeric);
    const auto less = [numeric](const std::string& a, const std::string& b) {
      return numeric ? *parse_number(a) < *parse_number(b) : a < b;
    };
    std::sort(labels.begin(), labels.end(), less);
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (labels.size() < 2)
      throw Error(ErrorKind::kData,
                  place + ": every row is of class '" + labels[0] + "': expected two classes or more");
    if (positive.empty()) return labels;
    const auto at = std::find(labels.begin(), labels.end(), canonical_label(positive, numeric));
    if (at == labels.end()) throw Error(ErrorKind::kUsage, "--positive: " + unknown_word("label", positive, labels));
    std::rotate(at, at + 1, labels.end());
    return labels;
  }

  TargetKind kind_;
  std::size_t column_, t_;
  std::vector<std::vector<Support>> supports_;
  bool textual_ = false;
  std::string first_;  // where the first cell stands, and what it says
  std::vector<double> values_;
  std::set<double> distinct_;
  std::map<std::string, std::size_t> codes_;
};

/// All of them: one of any kind, or several numbers.
class TargetColumns {
 public:
  TargetColumns(const ColumnRequest& request, const std::vector<std::size_t>& columns) {
    for (std::size_t t = 0; t < columns.size(); ++t)
      columns_.emplace_back(columns.size() > 1 ? TargetKind::kNumber : request.kind, columns[t], t, request.supports);
    if (columns.size() > 1) of_several_ = columns;
  }

  void add(const CsvReader& reader) {
    for (const std::size_t column : std::exchange(of_several_, {}))
      if (const std::string_view text = reader.fields()[column]; !text.empty() && !is_number(text))
        throw Error(ErrorKind::kData, reader.place(column) + ": '" + printable(std::string(text)) +
                                          "' is a class, and there are several targets: expected numbers, or one "
                                          "target");
    for (TargetColumn& column : columns_) column.add(reader);
  }

  // Of a single one:
  std::optional<double> number() const { return columns_.size() > 1 ? std::nullopt : columns_[0].number(); }
  std::size_t few_whole_numbers() const { return columns_.size() > 1 ? 0 : columns_[0].few_whole_numbers(); }

  /// Settles the kind: fills labels (in order) and returns the targets, n x T.
  arma::mat take(std::vector<std::string>& labels, const std::string& positive, const std::string& place) {
    arma::mat all = columns_[0].take(labels, positive, place);
    for (std::size_t t = 1; t < columns_.size(); ++t)
      all = arma::join_rows(all, columns_[t].take(labels, positive, place));
    return all;
  }

 private:
  std::vector<TargetColumn> columns_;
  std::vector<std::size_t> of_several_;  // until the first row has been seen
};

/// The targets that a request names. Throws Error (usage) where there are none, too many, or several that are to be
/// classes.
std::vector<std::size_t> target_columns(const ColumnRequest& request, const std::vector<std::string>& names) {
  if (request.target.empty()) return {names.size() - 1};
  std::vector<std::size_t> columns = select_columns(request.target, names, {});
  const auto refuse = [&](const std::string& sentence) {
    throw Error(ErrorKind::kUsage, "--target: '" + printable(request.target) + "' names " +
                                       std::to_string(columns.size()) + (columns.size() == 1 ? " column" : " columns") +
                                       sentence);
  };
  if (columns.empty()) refuse(": expected one or more");
  if (columns.size() > kMostTargets) refuse(": expected " + std::to_string(kMostTargets) + " at most");
  if (columns.size() > 1 && request.kind == TargetKind::kClasses)
    refuse(", and the family describes a class: expected one target, or families of numbers");
  for (const std::vector<Support>& family : request.supports)
    if (family.size() > 1 && family.size() != columns.size())
      refuse(", and the family list " + std::to_string(family.size()) + ": expected one for all, or one for each");
  return columns;
}

/// Where the columns stand that are no inputs.
struct RoleColumns {
  RoleColumns(const ColumnRequest& request, const std::vector<std::string>& names)
      : targets(target_columns(request, names)),
        weight(one_column(request.weight, names, "--weight")),
        id(one_column(request.id, names, "--id")),
        trials(one_column(request.trials, names, "--trials")),
        offset(one_column(request.offset, names, "--offset")),
        exposure(one_column(request.exposure, names, "--exposure")),
        no_inputs(targets) {
    for (const auto& [column, option] :
         {std::pair{weight, "--weight"}, std::pair{id, "--id"}, std::pair{trials, "--trials"},
          std::pair{offset, "--offset"}, std::pair{exposure, "--exposure"}}) {
      if (!column) continue;
      if (std::find(targets.begin(), targets.end(), *column) != targets.end())
        throw Error(ErrorKind::kUsage,
                    std::string(option) + ": '" + names[*column] + "' is the target: expected another column");
      no_inputs.push_back(*column);
    }
  }

  /// Notes their names.
  void name(const std::vector<std::string>& names, Schema& schema) const {
    for (const std::size_t target : targets) schema.targets.push_back(names[target]);
    if (weight) schema.weight = names[*weight];
    if (id) schema.id = names[*id];
    if (trials) schema.trials = names[*trials];
    if (offset) schema.offset = names[*offset];
    if (exposure) schema.exposure = names[*exposure];
  }

  std::vector<std::size_t> targets;
  std::optional<std::size_t> weight, id, trials, offset, exposure;
  std::vector<std::size_t> no_inputs;
};

/// Every column that a branch of a model reads, in the table's order.
std::vector<std::size_t> union_of(const std::vector<BranchColumns>& models) {
  std::set<std::size_t> all;
  for (const BranchColumns& model : models) {
    all.insert(model.gate.begin(), model.gate.end());
    for (const auto& columns : model.experts) all.insert(columns.begin(), columns.end());
  }
  return {all.begin(), all.end()};
}

void require_weight(const arma::vec& w, const std::string& file) {
  if (w.n_elem == 0) throw Error(ErrorKind::kData, file + ": there are no rows: expected data below the header");
  if (arma::accu(w) <= 0) throw Error(ErrorKind::kData, file + ": every weight is 0: expected rows that count");
}

/// A name beside the missing one is no hint where the model needs that one, too.
std::size_t require_column(const CsvReader& reader, const Schema& schema, const std::string& name, const char* role) {
  const auto& names = reader.names();
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  std::string near = nearest_word(name, names);
  if (std::find(schema.inputs.begin(), schema.inputs.end(), near) != schema.inputs.end()) near.clear();
  throw Error(ErrorKind::kData, reader.file_name() + ": there is no column '" + name + "'" +
                                    (near.empty() ? "" : ", but '" + near + "'") + ": expected the model's " + role);
}

long optional_column(const CsvReader& reader, const std::string& name) {
  const auto& names = reader.names();
  const auto at = std::find(names.begin(), names.end(), name);
  return name.empty() || at == names.end() ? -1 : at - names.begin();
}

std::string record_text(const CsvReader& reader) {
  std::string record;
  for (std::size_t column = 0; column < reader.fields().size(); ++column) {
    if (column > 0) record += ',';
    append_csv_field(record, reader.fields()[column]);
  }
  return record;
}

}  // namespace

SharedTable read_shared_table(CsvReader& reader, const std::vector<ModelRequest>& requests) {
  const ColumnRequest& request = requests.front().columns;
  const RoleColumns roles(request, reader.names());
  SharedTable result;
  for (const ModelRequest& model : requests)
    result.models.push_back(branch_columns(model.columns, reader.names(), roles.no_inputs, model.experts));
  const std::vector<std::size_t> used = union_of(result.models);
  for (BranchColumns& model : result.models) {
    model.gate = positions(model.gate, used);
    for (auto& columns : model.experts) columns = positions(columns, used);
  }

  TrainingTable& table = result.table;
  for (const std::size_t column : used) table.schema.inputs.push_back(reader.names()[column]);
  roles.name(reader.names(), table.schema);
  RowBuffer inputs(1 + used.size());
  RowColumns others(roles.weight, roles.trials, roles.offset, roles.exposure);
  TargetColumns targets(request, roles.targets);
  while (reader.next()) {
    inputs.add(1);
    for (const std::size_t column : used) inputs.add(reader.number(column));
    targets.add(reader);
    others.add(reader, targets.number());
  }
  table.data.X = inputs.take();
  others.take(table.data);
  require_weight(table.data.w, reader.file_name());
  table.few_whole_numbers = targets.few_whole_numbers() == 2 ? 0 : targets.few_whole_numbers();
  table.data.y =
      targets.take(table.schema.labels, request.positive, reader.file_name() + ": " + table.schema.targets[0]);
  return result;
}

TrainingTable read_training_table(CsvReader& reader, const ColumnRequest& request, std::size_t experts) {
  SharedTable shared = read_shared_table(reader, {{request, experts}});
  shared.table.gate_inputs = std::move(shared.models[0].gate);
  shared.table.expert_inputs = std::move(shared.models[0].experts);
  return std::move(shared.table);
}

Dataset take_rows(const Dataset& data, const std::vector<std::size_t>& rows) {
  const arma::uvec index = arma::conv_to<arma::uvec>::from(rows);
  Dataset result;
  result.X = data.X.cols(index);
  result.y = data.y.rows(index);
  result.w = data.w.elem(index);
  if (!data.offset.is_empty()) result.offset = data.offset.elem(index);
  if (!data.trials.is_empty()) result.trials = data.trials.elem(index);
  return result;
}

Dataset take_inputs(Dataset data, const std::vector<std::size_t>& inputs) {
  arma::uvec rows(1 + inputs.size());
  rows[0] = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) rows[i + 1] = 1 + inputs[i];
  if (rows.n_elem < data.X.n_rows || !rows.is_sorted()) data.X = arma::mat(data.X.rows(rows));
  return data;
}

TableReader::TableReader(CsvReader& reader, const Schema& schema, Target target, bool keep_records)
    : reader_(reader), schema_(schema), keep_records_(keep_records) {
  for (const std::string& name : schema.inputs) inputs_.push_back(require_column(reader, schema, name, "inputs"));
  for (const std::string& name : schema.targets)
    if (target == Target::kRequired) targets_.push_back(require_column(reader, schema, name, "target"));
  weight_ = optional_column(reader, schema.weight);
  const auto needed = [&](const std::string& name, const char* role) {
    return name.empty() ? -1 : static_cast<long>(require_column(reader, schema, name, role));
  };
  trials_ = needed(schema.trials, "trials");
  offset_ = needed(schema.offset, "offset");
  exposure_ = needed(schema.exposure, "exposure");
  id_ = optional_column(reader, schema.id);
  numeric_labels_ = all_numeric(schema.labels);
}

double TableReader::target(std::size_t column, std::size_t t) const {
  if (!schema_.classes()) {
    const double value = reader_.number(column);
    require_support(reader_, column, t, value, schema_.supports);
    return value;
  }
  const std::string label = canonical_label(reader_.fields()[column], numeric_labels_);
  const auto at = std::find(schema_.labels.begin(), schema_.labels.end(), label);
  if (at == schema_.labels.end())
    throw Error(ErrorKind::kData, reader_.place(column) + ": the class '" + printable(label) +
                                      "' was not there in training: expected one of " + join(schema_.labels));
  return static_cast<double>(at - schema_.labels.begin());
}

bool TableReader::next(Dataset& block, arma::uword limit) {
  RowBuffer inputs(1 + inputs_.size());
  std::vector<double> targets;
  const auto there = [](long column) {
    return column < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(column));
  };
  RowColumns others(there(weight_), there(trials_), there(offset_), there(exposure_));
  block.ids.clear();
  block.records.clear();
  while (others.rows() < limit && reader_.next()) {
    inputs.add(1);
    for (const std::size_t column : inputs_) inputs.add(reader_.number(column));
    for (std::size_t t = 0; t < targets_.size(); ++t) targets.push_back(target(targets_[t], t));
    others.add(reader_, targets_.empty() || schema_.classes() ? std::nullopt : std::optional(targets.back()));
    if (id_ >= 0) block.ids.emplace_back(reader_.fields()[static_cast<std::size_t>(id_)]);
    if (keep_records_) block.records.push_back(record_text(reader_));
  }
  block.X = inputs.take();
  block.y = arma::mat(targets.data(), targets_.size(), others.rows(), false).t();
  others.take(block);
  return block.w.n_elem > 0;
}

Dataset TableReader::rest() {
  Dataset data;
  next(data, std::numeric_limits<arma::uword>::max());
  require_weight(data.w, reader_.file_name());
  return data;
}

}  // namespace moe
