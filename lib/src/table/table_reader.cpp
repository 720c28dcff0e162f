// Reads tables for a fitted model.
#include <algorithm>
#include <utility>

#include "csv/cell.hpp"
#include "csv/csv_reader.hpp"
#include "csv/ordered_pipeline.hpp"
#include "moe/dataset.hpp"
#include "moe/error.hpp"
#include "table/reader_plan.hpp"
#include "table/rows_before.hpp"
#include "table/table_rows.hpp"
#include "table/target_column.hpp"

namespace moe {
namespace {

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

}  // namespace

struct TableReader::State {
  State(CsvReader& reader, const Schema& schema, Target target, Options options);

  Dataset dataset(ParsedRows&& rows) const;
  bool load();
  void keep(ParsedRows&& rows);
  arma::mat numbers_beside() const;
  LevelColumn levels_beside(std::size_t i) const;
  Dataset whole();

  CsvReader& reader;
  CsvBlocks& blocks;
  Options options;
  ReaderPlan plan;
  std::deque<FreshLevels> fresh{};  // of the columns of texts that are read beside the schema's
  std::deque<TableRows> kept{};     // the blocks that rest() has read
  std::size_t line;                 // the line on which the next block begins

  Dataset held{};  // rows that next() will hand out
  std::optional<RowParser> parser{};
  CsvBlock block{};
  std::optional<CsvFault> fault{};
};

TableReader::State::State(CsvReader& csv, const Schema& schema, Target target, Options asked)
    : reader(csv),
      blocks(blocks_of(csv)),
      options(std::move(asked)),
      plan(csv, schema, target, options),
      line(blocks.first_line()) {
  fresh.resize(plan.level_slots.size());
}

/// The rows with their ids and records.
Dataset TableReader::State::dataset(ParsedRows&& rows) const {
  std::vector<std::string> records = std::move(rows.records), texts = std::move(rows.texts);
  std::deque<TableRows> blocks_of_one;
  blocks_of_one.push_back({std::move(rows), {}});
  Dataset data = assemble(blocks_of_one, plan.layout, plan.columns, 1);
  for (arma::uword n = 0; plan.id && n < data.rows(); ++n) data.ids.push_back(texts[n * plan.rows.texts + *plan.id]);
  data.records = std::move(records);
  for (arma::uword n = 0; options.keep_inputs && n < data.rows(); ++n)
    for (std::size_t i = plan.rows.texts - plan.columns.size(); i < plan.rows.texts; ++i)
      data.records.push_back(texts[n * plan.rows.texts + i]);
  return data;
}

/// Adds the rows of the next block to `held`. False at the end.
bool TableReader::State::load() {
  if (fault) blocks.fail(line, *fault);
  if (!blocks.next(block, CsvBlocks::Fill::kWhatIsThere)) return false;
  if (!parser) parser.emplace(blocks, plan.rows);
  ParsedRows rows = parser->parse(block);
  fault = rows.fault;
  if (!fault) line += rows.lines;
  append(held, dataset(std::move(rows)));
  return true;
}

TableReader::TableReader(CsvReader& reader, const Schema& schema, Target target, Options options)
    : state_(std::make_unique<State>(reader, schema, target, std::move(options))) {}

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
  if (!plan.level_slots.empty()) part.codes.resize(plan.rows.values);
  for (std::size_t i = 0; i < plan.level_slots.size(); ++i)
    part.codes[plan.level_slots[i]] = fresh[i].add(part.parsed.levels[plan.level_slots[i]], line);
  line += part.parsed.lines;
}

/// The numbers that are read beside the schema's plan.columns.
arma::mat TableReader::State::numbers_beside() const {
  arma::uword rows = 0, row = 0;
  for (const TableRows& part : kept) rows += part.parsed.rows;
  arma::mat result(rows, plan.number_slots.size());
  for (const TableRows& part : kept)
    for (std::size_t n = 0; n < part.parsed.rows; ++n, ++row)
      for (std::size_t i = 0; i < plan.number_slots.size(); ++i)
        result(row, i) = part.parsed.values.get()[n * plan.rows.values + plan.number_slots[i]];
  return result;
}

/// The i-th column of texts that is read beside the schema's plan.columns.
LevelColumn TableReader::State::levels_beside(std::size_t i) const {
  const std::size_t slot = plan.level_slots[i];
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
      const double level = part.parsed.values.get()[n * plan.rows.values + slot];
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
  for (std::size_t i = 0; i < plan.level_slots.size(); ++i) levels.push_back(levels_beside(i));
  Dataset data = assemble(kept, plan.layout, plan.columns, reader.threads());
  data.numbers = std::move(numbers);
  data.levels = std::move(levels);
  require_weight(data.w, reader.file_name());
  return data;
}

Dataset TableReader::rest() { return std::move(rest_of({this}).front()); }

std::vector<Dataset> TableReader::rest_of(const std::vector<TableReader*>& readers) {
  const State& first = *readers.front()->state_;
  std::vector<RowPlan> plans;
  for (const TableReader* reader : readers) plans.push_back(reader->state_->plan.of_numbers());
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
    return [&state, &before, parser = RowParser(state.blocks, state.plan.rows),
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
