// Reads tables for training: decides what each column is, and makes matrices of the rows.
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/parallel.hpp"
#include "csv/cell.hpp"
#include "csv/csv_reader.hpp"
#include "csv/ordered_pipeline.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "table/table_rows.hpp"
#include "table/target_column.hpp"
#include "table/training_columns.hpp"

namespace moe {
namespace {

/// A column with so many cells, all of them different, holds names or ids, not a category.
constexpr std::size_t kNames = 50;

/// An input that is about to become a Column.
struct Input {
  std::size_t at;  // its place in the table
  bool category = false, forced = false;
  FreshLevels levels{};
  std::size_t missing = 0;
};

constexpr arma::uword kChunk = 4096;  // how many columns of X a thread takes at a time

/// For each of these rows of X, the weighted mean of its elements that are not NaN; NaN where there are none. The order
/// of the sums depends on the number of columns only, so that threads change no bit.
arma::vec weighted_means(const arma::mat& X, const std::vector<arma::uword>& rows, const arma::vec& w,
                         unsigned threads) {
  const arma::uword chunks = (X.n_cols + kChunk - 1) / kChunk;
  arma::mat sums(rows.size(), chunks, arma::fill::zeros), weights(rows.size(), chunks, arma::fill::zeros);
  parallel_for_without_blas(chunks, threads, [&](std::size_t chunk) {
    for (arma::uword n = chunk * kChunk; n < std::min(X.n_cols, (chunk + 1) * kChunk); ++n)
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double value = X(rows[i], n);
        const bool there = !std::isnan(value);
        sums(i, chunk) += there ? w[n] * value : 0;
        weights(i, chunk) += there ? w[n] : 0;
      }
  });
  arma::vec sum(rows.size(), arma::fill::zeros), weight(rows.size(), arma::fill::zeros);
  for (arma::uword chunk = 0; chunk < chunks; ++chunk) {
    sum += sums.col(chunk);
    weight += weights.col(chunk);
  }
  return sum / weight;
}

/// One reading of a table for training.
class TrainingRead {
 public:
  TrainingRead(CsvReader& reader, const std::vector<ModelRequest>& requests);
  SharedTable read();

 private:
  std::string name(std::size_t column) const { return reader_.names()[column]; }
  std::string target_place() const { return reader_.file_name() + ": " + name(roles_.targets[0]); }
  void choose_kinds();
  void add_target(std::size_t t, const Sample& sample);
  void plan();
  bool missing_as_nan() const { return request_.survey && request_.missing == Missing::kError; }
  CellUse use_of(const Input& input) const;
  void read_rows();
  void take(ParsedRows&& rows);
  [[noreturn]] void fail(const CsvFault& fault) const { blocks_.fail(0, fault); }
  void refuse_levels(const Input& input) const;
  std::vector<Column> make_columns() const;
  void settle_codes(const std::vector<Column>& columns);
  void settle_groups();
  void settle_target();
  void fill_missing(std::vector<Column>& columns);
  void name_columns(std::vector<Column>&& columns);
  ColumnNote note_of(const std::string& name, const char* role, std::size_t slot) const;
  void note_columns();
  void place_inputs(const std::vector<Column>& columns);

  CsvReader& reader_;
  CsvBlocks& blocks_;
  const ColumnRequest& request_;
  RoleColumns roles_;
  std::vector<BranchColumns> models_;
  std::vector<std::size_t> used_;
  std::vector<Input> inputs_;
  std::vector<TargetColumn> targets_;
  FreshLevels groups_;
  std::optional<std::size_t> group_slot_;
  RowPlan plan_;
  RowLayout layout_;
  std::deque<TableRows> rows_;
  std::vector<std::size_t> missing_;  // by slot
  std::vector<LevelTable::Level> rounded_;
  std::size_t line_;
  SharedTable result_;
};

TrainingRead::TrainingRead(CsvReader& reader, const std::vector<ModelRequest>& requests)
    : reader_(reader),
      blocks_(blocks_of(reader)),
      request_(with_header(reader, requests.front().columns)),
      roles_(request_, reader.names()),
      line_(blocks_.first_line()) {
  for (const ModelRequest& model : requests)
    models_.push_back(branch_columns(model.columns, reader.names(), roles_.no_inputs, model.experts));
  used_ = union_of(models_);
  std::vector<std::size_t> named = used_;
  named.insert(named.end(), roles_.no_inputs.begin(), roles_.no_inputs.end());
  reader.require_names(named);
}

SharedTable TrainingRead::read() {
  choose_kinds();
  plan();
  read_rows();
  for (const Input& input : inputs_) refuse_levels(input);
  std::vector<Column> columns = make_columns();
  settle_groups();
  settle_codes(columns);
  TrainingTable& table = result_.table;
  table.data = assemble(rows_, layout_, columns, reader_.threads());
  require_weight(table.data.w, reader_.file_name());
  settle_target();
  fill_missing(columns);
  place_inputs(columns);
  name_columns(std::move(columns));
  note_columns();
  table.perhaps_names = reader_.perhaps_names();
  return std::move(result_);
}

/// An input is a category where most of its first cells are text, or where the user says so.
void TrainingRead::choose_kinds() {
  const std::vector<Sample> samples = sample_columns(blocks_, request_.na);
  std::set<std::size_t> forced;
  if (!request_.categorical.empty())
    for (const std::size_t column : select_columns(request_.categorical, reader_.names(), roles_.no_inputs)) {
      if (std::find(roles_.targets.begin(), roles_.targets.end(), column) != roles_.targets.end())
        throw Error(ErrorKind::kUsage,
                    "--categorical: '" + name(column) + "' is the target: expected an input, or --family categorical");
      forced.insert(column);
    }
  for (const std::size_t column : used_) {
    const Sample& sample = samples[column];
    Input& input = inputs_.emplace_back(Input{column});
    input.forced = forced.contains(column);
    input.category = input.forced || sample.texts > sample.numbers;
  }
  for (std::size_t t = 0; t < roles_.targets.size(); ++t) add_target(t, samples[roles_.targets[t]]);
}

/// Adds a target: any kind if it is the only one, else a number.
void TrainingRead::add_target(std::size_t t, const Sample& sample) {
  const std::string place = blocks_.place(line_ + sample.line, static_cast<long>(roles_.targets[t]));
  const bool several = roles_.targets.size() > 1;
  if (several && sample.numbers + sample.texts > 0 && !is_number(sample.first))
    throw Error(ErrorKind::kData, place + ": '" + printable(sample.first) +
                                      "' is a class, and there are several targets: expected numbers, or one target");
  targets_.emplace_back(request_, several ? TargetKind::kNumber : request_.kind, t, sample.first, place);
}

CellUse TrainingRead::use_of(const Input& input) const {
  CellUse use;
  use.surveyed = missing_as_nan();
  use.fills = request_.missing == Missing::kMean || request_.missing == Missing::kIndicator || use.surveyed;
  use.missing_hint = ", or --missing drop, mean or indicator";
  use.hint = ", or --categorical " + printable(name(input.at));
  if (!input.category) return use;
  use.kind = CellUse::Kind::kFresh;
  use.what = "category";
  use.text_only = !input.forced;
  return use;
}

void TrainingRead::plan() {
  plan_.columns.resize(reader_.names().size());
  plan_.na = request_.na;
  plan_.drop = request_.missing == Missing::kDrop;
  plan_.survey = request_.survey;
  for (const Input& input : inputs_) plan_.add(input.at, use_of(input));
  layout_.columns = inputs_.size();
  for (std::size_t t = 0; t < targets_.size(); ++t)
    layout_.targets.push_back(plan_.add(roles_.targets[t], targets_[t].use()).slot);
  if (roles_.fold_group) {
    CellUse use;
    use.kind = CellUse::Kind::kFresh;
    use.what = "group";
    group_slot_ = plan_.add(*roles_.fold_group, use).slot;
  }
  plan_others(plan_, roles_.others(), targets_.size() == 1 && !targets_[0].classes(), layout_);
  missing_.resize(plan_.values);
  rounded_.resize(plan_.values);
}

void TrainingRead::read_rows() {
  const auto work = [&] {
    return [parser = RowParser(blocks_, plan_)](const CsvBlock& block) mutable { return parser.parse(block); };
  };
  in_order<ParsedRows>(blocks_, CsvBlocks::Fill::kAll, reader_.threads(), work,
                       [&](ParsedRows&& rows) { take(std::move(rows)); });
}

/// Adds the rows of a block. Of several faults in it, the first in reading order is reported.
void TrainingRead::take(ParsedRows&& rows) {
  TableRows& block = rows_.emplace_back(TableRows{std::move(rows), {}});
  ParsedRows& parsed = block.parsed;
  block.codes.resize(plan_.values);
  std::optional<CsvFault> first = std::exchange(parsed.fault, std::nullopt);
  if (first) first->line += line_;
  const auto consider = [&](std::optional<CsvFault> fault) {
    if (fault && (!first || fault->line < first->line)) first = std::move(fault);
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    Input& input = inputs_[i];
    if (!input.category) continue;
    block.codes[i] = input.levels.add(parsed.levels[i], line_);
    consider(input.levels.fault(input.at, " levels: expected a category of fewer, or --features without it"));
  }
  if (group_slot_) block.codes[*group_slot_] = groups_.add(parsed.levels[*group_slot_], line_);
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    targets_[t].add(block, layout_.targets[t], line_);
    consider(targets_[t].fault(roles_.targets[t]));
  }
  if (first) fail(*first);
  if (const auto& missing = parsed.first_missing; missing && result_.table.refused.empty())
    result_.table.refused = blocks_.place(line_ + missing->line, missing->column) + ": " + missing->sentence;
  for (std::size_t slot = 0; slot < missing_.size(); ++slot) {
    missing_[slot] += parsed.missing[slot];
    if (!rounded_[slot].text.empty() || parsed.rounded[slot].text.empty()) continue;
    rounded_[slot] = std::move(parsed.rounded[slot]);
    rounded_[slot].line += line_;
  }
  line_ += parsed.lines;
  result_.table.dropped += parsed.dropped;
  parsed.levels.clear();
}

/// Throws for a category that the user has not asked for and that looks like something else, such as names or dates.
void TrainingRead::refuse_levels(const Input& input) const {
  const LevelTable& levels = input.levels.all();
  if (!input.category || input.forced) return;
  std::size_t numbers = 0, cells = 0, text = levels.size();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool number = is_number(levels[i].text);
    numbers += number ? levels[i].count : 0;
    cells += levels[i].count;
    if (!number && text == levels.size()) text = i;
  }
  const std::string hint = "or --categorical " + printable(name(input.at));
  if (2 * numbers >= cells && cells > 0)
    fail({levels[text].line, static_cast<long>(input.at),
          "'" + printable(levels[text].text) + "' is not a number, and most others are: expected numbers, --na " +
              printable(levels[text].text) + ", " + hint});
  if (levels.size() == cells && cells >= kNames)
    throw Error(ErrorKind::kData,
                reader_.file_name() + ": column '" + printable(name(input.at)) +
                    "' has another text in every row: expected a category, or --features without it, " + hint);
}

std::vector<Column> TrainingRead::make_columns() const {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    Column column{name(inputs_[i].at)};
    column.category = inputs_[i].category;
    if (column.category) {
      column.levels = ordered_levels(inputs_[i].levels.all().texts());
      if (missing_[i] > 0 && !plan_.drop && !missing_as_nan()) {
        std::erase(column.levels, kMissingLevel);  // cells with the text "(missing)" are of that level, too
        column.levels.emplace_back(kMissingLevel);
      }
    } else {
      column.indicator = request_.missing == Missing::kIndicator && missing_[i] > 0;
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Replaces each block's numbers of levels and classes by the final ones.
void TrainingRead::settle_codes(const std::vector<Column>& columns) {
  std::vector<std::vector<double>> final_codes(plan_.values);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].category) final_codes[i] = level_codes(inputs_[i].levels.all(), columns[i].levels);
  if (targets_[0].labels() > 0)
    final_codes[layout_.targets[0]] =
        targets_[0].settle(result_.table.schema.labels, request_.positive, target_place());
  for (TableRows& block : rows_)
    for (std::size_t slot = 0; slot < plan_.values; ++slot)
      for (double& code : block.codes[slot]) code = final_codes[slot][static_cast<std::size_t>(code)];
}

/// Gathers the group of each row. Groups are numbered in the order of their first rows.
void TrainingRead::settle_groups() {
  if (!group_slot_) return;
  for (TableRows& block : rows_) {
    std::vector<double>& numbers = block.codes[*group_slot_];
    for (std::size_t row = 0; row < block.parsed.rows; ++row) {
      const double level = block.parsed.values.get()[row * plan_.values + *group_slot_];
      result_.table.groups.push_back(static_cast<std::size_t>(numbers[static_cast<std::size_t>(level)]));
    }
    numbers.clear();  // no input has them
  }
}

void TrainingRead::settle_target() {
  TrainingTable& table = result_.table;
  const std::size_t few = targets_[0].few_whole_numbers();
  table.few_whole_numbers = few == 2 ? 0 : few;
  targets_[0].settle_numbers(table.data.y, table.schema.labels, request_.positive, target_place());
}

/// Replaces a missing number by the weighted mean of the others.
void TrainingRead::fill_missing(std::vector<Column>& columns) {
  if (request_.missing != Missing::kMean && request_.missing != Missing::kIndicator) return;
  arma::mat& X = result_.table.data.X;
  std::vector<std::size_t> numbers;
  std::vector<arma::uword> rows;  // the rows of X with missing numbers
  arma::uword row = 1;
  for (std::size_t i = 0; i < columns.size(); row += columns[i++].inputs()) {
    if (columns[i].category) continue;
    numbers.push_back(i);
    rows.push_back(row);
  }
  if (rows.empty()) return;
  std::vector<std::pair<arma::uword, double>> fills;
  const arma::vec means = weighted_means(X, rows, result_.table.data.w, reader_.threads());
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    const std::size_t i = numbers[k];
    if (!std::isfinite(means[k]))
      throw Error(ErrorKind::kData, reader_.file_name() + ": every cell of column '" + printable(columns[i].name) +
                                        "' is missing: expected numbers, or --features without it");
    columns[i].fill = means[k];
    if (missing_[i] > 0) fills.emplace_back(rows[k], means[k]);
  }
  const arma::uword chunks = (X.n_cols + kChunk - 1) / kChunk;
  parallel_for_without_blas(fills.empty() ? 0 : chunks, reader_.threads(), [&](std::size_t chunk) {
    for (arma::uword n = chunk * kChunk; n < std::min(X.n_cols, (chunk + 1) * kChunk); ++n)
      for (const auto& [to_fill, mean] : fills)
        if (std::isnan(X(to_fill, n))) X(to_fill, n) = mean;
  });
}

/// Tells each branch which inputs its columns have become.
void TrainingRead::place_inputs(const std::vector<Column>& columns) {
  std::vector<std::size_t> first{0};
  for (const Column& column : columns) first.push_back(first.back() + column.inputs());
  const auto inputs_of = [&](const std::vector<std::size_t>& branch) {
    std::vector<std::size_t> result;
    for (const std::size_t i : positions(branch, used_))
      for (std::size_t input = first[i]; input < first[i + 1]; ++input) result.push_back(input);
    return result;
  };
  for (BranchColumns& model : models_) {
    model.gate = inputs_of(model.gate);
    for (auto& branch : model.experts) branch = inputs_of(branch);
  }
  result_.models = std::move(models_);
}

void TrainingRead::name_columns(std::vector<Column>&& columns) {
  Schema& schema = result_.table.schema;
  roles_.name(reader_.names(), schema);
  schema.inputs = input_names(columns);
  const bool plain = std::all_of(columns.begin(), columns.end(), [](const Column& column) { return column.plain(); });
  schema.na = plain ? std::vector<std::string>{} : request_.na;
  if (!plain) schema.columns = std::move(columns);
  std::set<std::string> seen;
  for (const std::string& input : schema.inputs)
    if (!seen.insert(input).second)
      throw Error(ErrorKind::kData, reader_.file_name() + ": two inputs would be named '" + printable(input) +
                                        "': expected another name for the column");
}

/// What was seen while a column was read.
ColumnNote TrainingRead::note_of(const std::string& name, const char* role, std::size_t slot) const {
  ColumnNote note{name, role, missing_[slot]};
  note.rounded = rounded_[slot].text;
  note.rounded_line = rounded_[slot].text.empty() ? 0 : rounded_[slot].line + 1;
  return note;
}

/// Finds constant columns, and columns that equal an earlier one.
void TrainingRead::note_columns() {
  TrainingTable& table = result_.table;
  const arma::mat& X = table.data.X;
  const auto same = [&](arma::uword a, arma::uword b) {
    for (arma::uword n = 0; n < X.n_cols; ++n)
      if (X(a, n) != X(b, n)) return false;
    return true;
  };
  const auto constant = [&](arma::uword row) {
    for (arma::uword n = 1; n < X.n_cols; ++n)
      if (X(row, n) != X(row, 0)) return false;
    return true;
  };
  const std::vector<Column> columns = columns_of(table.schema);
  // Columns by their first values.
  std::map<std::vector<double>, std::vector<std::pair<arma::uword, std::size_t>>> alike;
  arma::uword row = 1;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnNote note = note_of(columns[i].name, "input", i);
    if (columns[i].category) note.merged = merged_levels(columns[i].levels, inputs_[i].levels.all());
    const std::size_t inputs = columns[i].inputs();
    note.constant = inputs == 0 || (inputs == 1 && constant(row));
    const bool whole = note.missing == 0 || !missing_as_nan();
    if (!columns[i].category && !note.constant && whole) {
      std::vector<double> first;
      for (arma::uword n = 0; n < std::min<arma::uword>(X.n_cols, kSampleRecords); ++n) first.push_back(X(row, n));
      auto& others = alike[first];
      for (const auto& [other, column] : others)
        if (note.same_as.empty() && same(other, row)) note.same_as = columns[column].name;
      others.emplace_back(row, i);
    }
    table.notes.push_back(note);
    row += inputs;
  }
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    ColumnNote note = note_of(table.schema.targets[t], "target", layout_.targets[t]);
    note.merged = targets_[t].merged(table.schema.labels);
    table.notes.push_back(note);
  }
  const auto add = [&](const char* role, std::optional<std::size_t> column, std::optional<std::size_t> slot) {
    if (column && slot) table.notes.push_back(note_of(name(*column), role, *slot));
  };
  add("weight", roles_.weight, layout_.weight);
  add("trials", roles_.trials, layout_.trials);
  add("offset", roles_.offset, layout_.offset);
  add("exposure", roles_.exposure, layout_.exposure);
}

}  // namespace

SharedTable read_shared_table(CsvReader& reader, const std::vector<ModelRequest>& requests) {
  return TrainingRead(reader, requests).read();
}

TrainingTable read_training_table(CsvReader& reader, const ColumnRequest& request, std::size_t experts) {
  SharedTable shared = read_shared_table(reader, {{request, experts}});
  shared.table.gate_inputs = std::move(shared.models[0].gate);
  shared.table.expert_inputs = std::move(shared.models[0].experts);
  return std::move(shared.table);
}

}  // namespace moe
