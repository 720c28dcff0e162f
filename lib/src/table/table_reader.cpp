// Reads tables for a fitted model.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "csv/cell.hpp"
#include "csv/csv_reader.hpp"
#include "csv/ordered_pipeline.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "table/table_rows.hpp"
#include "table/target_column.hpp"

namespace moe {
namespace {

/// The first column of this name. Whether there is another of the same name is checked once all columns are found.
std::optional<std::size_t> find_column(const CsvReader& reader, const std::string& name) {
  const auto& names = reader.names();
  const auto at = std::find(names.begin(), names.end(), name);
  if (name.empty() || at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

/// The column of this name. If it is missing, the message hints at a similar name, unless the model reads that column,
/// too.
std::size_t require_column(const CsvReader& reader, const std::vector<Column>& columns, const std::string& name,
                           const char* role) {
  if (const auto found = find_column(reader, name)) return *found;
  if (reader.first_row_holds(name))
    throw Error(ErrorKind::kData, reader.file_name() + ": the first row, which has '" + printable(name) +
                                      "', was taken for data: expected --header yes, where it names the columns");
  std::string near = nearest_word(name, reader.names());
  for (const Column& column : columns)
    if (column.name == near) near.clear();
  throw Error(ErrorKind::kData, reader.file_name() + ": there is no column '" + printable(name) + "'" +
                                    (near.empty() ? "" : ", but '" + printable(near) + "'") +
                                    ": expected the model's " + role);
}

/// The rows first .. last of the data, with their ids and records.
Dataset part_of(const Dataset& data, arma::uword first, arma::uword last) {
  const auto part = [&](const std::vector<std::string>& all) {
    const std::size_t each = data.rows() == 0 ? 0 : all.size() / data.rows();
    return std::vector<std::string>(all.begin() + static_cast<long>(first * each),
                                    all.begin() + static_cast<long>((last + 1) * each));
  };
  return {data.slice(first, last), part(data.ids), part(data.records)};
}

void append(Dataset& to, Dataset&& rows) {
  if (to.rows() == 0) {
    to = std::move(rows);
    return;
  }
  to.append(rows);
  to.ids.insert(to.ids.end(), rows.ids.begin(), rows.ids.end());
  to.records.insert(to.records.end(), rows.records.begin(), rows.records.end());
}

/// Tells how many rows come before a block, as soon as the blocks before it have been parsed.
class RowsBefore {
 public:
  /// Waits for the blocks before this one, which has so many rows.
  std::uint64_t of(std::size_t block, std::uint64_t rows) {
    std::unique_lock lock(mutex_);
    known_.wait(lock, [&] { return given_up_ || block == next_; });
    const std::uint64_t before = rows_;
    rows_ += rows;
    ++next_;
    known_.notify_all();
    return before;
  }
  /// A block could not be parsed, and nothing that comes behind it will be taken.
  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    known_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable known_;
  std::size_t next_ = 0;
  std::uint64_t rows_ = 0;
  bool given_up_ = false;
};

}  // namespace

struct TableReader::State {
  State(CsvReader& reader, const Schema& schema, Target target, Options options);

  void plan_inputs();
  void plan_targets(const Schema& schema);
  void plan_rest(const Schema& schema, Target target);
  void plan_beside();
  RowPlan plan_of_numbers() const;
  Dataset dataset(ParsedRows&& rows) const;
  bool load();
  void keep(ParsedRows&& rows);
  arma::mat numbers_beside() const;
  LevelColumn levels_beside(std::size_t i) const;
  Dataset whole();

  CsvReader& reader;
  CsvBlocks& blocks;
  Options options;
  std::vector<Column> columns;
  std::deque<KnownLevels> known;  // the levels of categories and classes
  bool by_value;                  // whether levels that are numbers are compared by value
  RowPlan plan;
  RowLayout layout;
  std::optional<std::size_t> id;                           // the slot of the ids
  std::vector<std::size_t> number_slots{}, level_slots{};  // of what is read beside the schema's columns
  std::deque<FreshLevels> fresh{};                         // the levels of the latter
  std::deque<TableRows> kept{};                            // the blocks that rest() has read
  std::size_t line;                                        // the line on which the next block begins

  Dataset held{};  // rows that next() will hand out
  std::optional<RowParser> parser{};
  CsvBlock block{};
  std::optional<CsvFault> fault{};
};

TableReader::State::State(CsvReader& csv, const Schema& schema, Target target, Options asked)
    : reader(csv),
      blocks(blocks_of(csv)),
      options(asked),
      columns(columns_of(schema)),
      by_value(schema.levels_by_value),
      line(blocks.first_line()) {
  plan.columns.resize(reader.names().size());
  plan.na = schema.na;
  plan.records = options.keep_records;
  plan_inputs();
  if (target == Target::kRequired) plan_targets(schema);
  plan_beside();
  plan_rest(schema, target);
  std::vector<std::size_t> used;
  for (std::size_t column = 0; column < plan.columns.size(); ++column)
    if (!plan.columns[column].empty()) used.push_back(column);
  reader.require_names(used);
}

void TableReader::State::plan_inputs() {
  for (const Column& column : columns) {
    const std::size_t at = require_column(reader, columns, column.name, "inputs");
    CellUse use;
    use.fills = !std::isnan(column.fill);
    if (column.category) {
      use.kind = CellUse::Kind::kKnown;
      use.known = &known.emplace_back(column.levels, by_value);
      use.unknown = options.ignore_unknown ? 0 : -1;
      use.hint = ", or --unknown ignore";
    }
    plan.add(at, std::move(use));
  }
  layout.columns = columns.size();
}

void TableReader::State::plan_targets(const Schema& schema) {
  for (std::size_t t = 0; t < schema.targets.size(); ++t) {
    const std::size_t at = require_column(reader, columns, schema.targets[t], "target");
    CellUse use;
    if (schema.classes()) {
      use.kind = CellUse::Kind::kKnown;
      use.known = &known.emplace_back(schema.labels, by_value);
      use.what = "class";
    } else {
      use.check = support_check(schema.supports, t);
    }
    layout.targets.push_back(plan.add(at, std::move(use)).slot);
  }
}

/// The columns that are neither inputs nor targets.
void TableReader::State::plan_beside() {
  for (const std::size_t column : options.numbers) number_slots.push_back(plan.add(column, CellUse{}).slot);
  CellUse text;
  text.kind = CellUse::Kind::kFresh;
  text.fills = true;
  for (const std::size_t column : options.levels) level_slots.push_back(plan.add(column, text).slot);
  fresh.resize(level_slots.size());
}

/// Weights are read only where predictions are judged by the target. In plain prediction each row counts alike.
void TableReader::State::plan_rest(const Schema& schema, Target target) {
  const auto needed = [&](const std::string& name, const char* role) -> std::optional<std::size_t> {
    if (name.empty()) return std::nullopt;
    return require_column(reader, columns, name, role);
  };
  const OtherColumns others{target == Target::kRequired ? find_column(reader, schema.weight) : std::nullopt,
                            needed(schema.trials, "trials"), needed(schema.offset, "offset"),
                            needed(schema.exposure, "exposure")};
  plan_others(plan, others, !schema.classes() && layout.targets.size() == 1, layout);
  CellUse text;
  text.kind = CellUse::Kind::kText;
  if (const auto at = find_column(reader, schema.id)) id = plan.add(*at, text).slot;
  for (const Column& column : columns)
    if (options.keep_inputs) plan.add(*find_column(reader, column.name), text);
}

/// The rows with their ids and records.
Dataset TableReader::State::dataset(ParsedRows&& rows) const {
  std::vector<std::string> records = std::move(rows.records), texts = std::move(rows.texts);
  std::deque<TableRows> blocks_of_one;
  blocks_of_one.push_back({std::move(rows), {}});
  Dataset data = assemble(blocks_of_one, layout, columns, 1);
  for (arma::uword n = 0; id && n < data.rows(); ++n) data.ids.push_back(texts[n * plan.texts + *id]);
  data.records = std::move(records);
  for (arma::uword n = 0; options.keep_inputs && n < data.rows(); ++n)
    for (std::size_t i = plan.texts - columns.size(); i < plan.texts; ++i)
      data.records.push_back(texts[n * plan.texts + i]);
  return data;
}

/// The plan without the columns that are kept as text.
RowPlan TableReader::State::plan_of_numbers() const {
  RowPlan numbers = plan;
  numbers.records = false;
  numbers.texts = 0;
  for (std::vector<CellUse>& uses : numbers.columns)
    uses.erase(
        std::remove_if(uses.begin(), uses.end(), [](const CellUse& use) { return use.kind == CellUse::Kind::kText; }),
        uses.end());
  return numbers;
}

/// Adds the rows of the next block to `held`. False at the end.
bool TableReader::State::load() {
  if (fault) blocks.fail(line, *fault);
  if (!blocks.next(block, CsvBlocks::Fill::kWhatIsThere)) return false;
  if (!parser) parser.emplace(blocks, plan);
  ParsedRows rows = parser->parse(block);
  fault = rows.fault;
  if (!fault) line += rows.lines;
  append(held, dataset(std::move(rows)));
  return true;
}

TableReader::TableReader(CsvReader& reader, const Schema& schema, Target target, Options options)
    : state_(std::make_unique<State>(reader, schema, target, options)) {}

TableReader::~TableReader() = default;

bool TableReader::next(Dataset& block, arma::uword limit) {
  State& state = *state_;
  while (state.held.rows() < limit && !(state.fault && state.held.rows() > 0) && state.load()) continue;
  const arma::uword there = state.held.rows(), count = std::min(there, limit);
  if (count == 0) return false;
  block = part_of(state.held, 0, count - 1);
  state.held = count < there ? part_of(state.held, count, there - 1) : Dataset{};
  return true;
}

/// Keeps a block for whole(), with the numbers of its levels.
void TableReader::State::keep(ParsedRows&& rows) {
  if (rows.fault) blocks.fail(line, *rows.fault);
  TableRows& part = kept.emplace_back(TableRows{std::move(rows), {}});
  if (!level_slots.empty()) part.codes.resize(plan.values);
  for (std::size_t i = 0; i < level_slots.size(); ++i)
    part.codes[level_slots[i]] = fresh[i].add(part.parsed.levels[level_slots[i]], line);
  line += part.parsed.lines;
}

/// The numbers that are read beside the schema's columns.
arma::mat TableReader::State::numbers_beside() const {
  arma::uword rows = 0, row = 0;
  for (const TableRows& part : kept) rows += part.parsed.rows;
  arma::mat result(rows, number_slots.size());
  for (const TableRows& part : kept)
    for (std::size_t n = 0; n < part.parsed.rows; ++n, ++row)
      for (std::size_t i = 0; i < number_slots.size(); ++i)
        result(row, i) = part.parsed.values.get()[n * plan.values + number_slots[i]];
  return result;
}

/// The i-th column of texts that is read beside the schema's columns.
LevelColumn TableReader::State::levels_beside(std::size_t i) const {
  const std::size_t slot = level_slots[i];
  LevelColumn column{ordered_levels(fresh[i].all().texts()), {}};
  const bool missing =
      std::any_of(kept.begin(), kept.end(), [&](const TableRows& part) { return part.parsed.missing[slot] > 0; });
  if (missing) {
    std::erase(column.levels, kMissingLevel);  // cells with the text "(missing)" are of that level, too
    column.levels.emplace_back(kMissingLevel);
  }
  const std::vector<double> places = level_codes(fresh[i].all(), column.levels);
  for (const TableRows& part : kept)
    for (std::size_t n = 0; n < part.parsed.rows; ++n) {
      const double level = part.parsed.values.get()[n * plan.values + slot];
      const double place = std::isnan(level)
                               ? static_cast<double>(column.levels.size() - 1)
                               : places[static_cast<std::size_t>(part.codes[slot][static_cast<std::size_t>(level)])];
      column.of_row.push_back(static_cast<std::size_t>(place));
    }
  return column;
}

/// All rows that were kept.
Dataset TableReader::State::whole() {
  arma::mat numbers = numbers_beside();
  std::vector<LevelColumn> levels;
  for (std::size_t i = 0; i < level_slots.size(); ++i) levels.push_back(levels_beside(i));
  Dataset data = assemble(kept, layout, columns, reader.threads());
  data.numbers = std::move(numbers);
  data.levels = std::move(levels);
  require_weight(data.w, reader.file_name());
  return data;
}

Dataset TableReader::rest() { return std::move(rest_of({this}).front()); }

std::vector<Dataset> TableReader::rest_of(const std::vector<TableReader*>& readers) {
  const State& first = *readers.front()->state_;
  std::vector<RowPlan> plans;
  for (const TableReader* reader : readers) plans.push_back(reader->state_->plan_of_numbers());
  const auto work = [&] {
    std::vector<RowParser> parsers;
    for (const RowPlan& plan : plans) parsers.emplace_back(first.blocks, plan);
    return [parsers = std::move(parsers)](const CsvBlock& block) mutable {
      std::vector<ParsedRows> rows;
      for (RowParser& parser : parsers) rows.push_back(parser.parse(block));
      return rows;
    };
  };
  in_order<std::vector<ParsedRows>>(first.blocks, CsvBlocks::Fill::kAll, first.reader.threads(), work,
                                    [&](std::vector<ParsedRows>&& rows) {
                                      for (std::size_t i = 0; i < readers.size(); ++i)
                                        readers[i]->state_->keep(std::move(rows[i]));
                                    });
  std::vector<Dataset> result;
  for (const TableReader* reader : readers) result.push_back(reader->state_->whole());
  return result;
}

void TableReader::stream(const std::function<Print()>& make_print,
                         const std::function<void(const Printed&, arma::uword)>& take) {
  State& state = *state_;
  struct Result {
    Printed printed;
    arma::uword rows;
    std::size_t lines;
    std::optional<CsvFault> fault;
  };
  RowsBefore before;
  const auto work = [&] {
    return [&state, &before, parser = RowParser(state.blocks, state.plan),
            print = make_print()](const CsvBlock& block) mutable {
      ParsedRows rows = [&] {
        try {
          return parser.parse(block);
        } catch (...) {
          before.give_up();
          throw;
        }
      }();
      const std::uint64_t first = state.options.numbered ? before.of(block.number, rows.rows) : 0;
      Result result{{}, rows.rows, rows.lines, rows.fault};
      if (rows.rows == 0) return result;
      Dataset data = state.dataset(std::move(rows));
      data.first = first;
      result.printed = print(data);
      return result;
    };
  };
  in_order<Result>(state.blocks, CsvBlocks::Fill::kWhatIsThere, state.reader.threads(), work, [&](Result&& result) {
    take(result.printed, result.rows);
    if (result.fault) state.blocks.fail(state.line, *result.fault);
    state.line += result.lines;
  });
}

}  // namespace moe
