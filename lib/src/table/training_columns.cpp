// Looks up the columns of a request, and samples the first records of the table, which decide what each input is.
#include "table/training_columns.hpp"

#include <algorithm>
#include <set>

#include "csv/cell.hpp"
#include "csv/csv_cursor.hpp"
#include "moe/error.hpp"
#include "moe/numeric.hpp"
#include "table/target_column.hpp"

namespace moe {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{1} << 20;

/// The columns of the targets that a request names. Throws Error (usage) where there are none or too many, or where
/// several are to be classes.
std::vector<std::size_t> target_columns(const ColumnRequest& request, const std::vector<std::string>& names) {
  if (request.target.empty()) return {names.size() - 1};
  std::vector<std::size_t> columns = select_columns(request.target, names, {});
  const auto refuse = [&](const std::string& sentence) {
    throw Error(ErrorKind::kUsage,
                "--target: '" + printable(request.target) + "' names " + counted(columns.size(), "column") + sentence);
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

}  // namespace

const ColumnRequest& with_header(const CsvReader& reader, const ColumnRequest& request) {
  std::vector<std::string> lists{request.target,   request.features,  request.gate_features, request.categorical,
                                 request.weight,   request.id,        request.trials,        request.offset,
                                 request.exposure, request.fold_group};
  for (const std::string& text : request.expert_features) lists.push_back(text.substr(text.find('=') + 1));
  const std::vector<std::string>& names = reader.names();
  for (const std::string& list : lists)
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      std::string word = list.substr(begin, end - begin);
      if (word.starts_with('-')) word.erase(0, 1);
      const auto index = parse_number(word);
      const bool known = std::find(names.begin(), names.end(), word) != names.end() ||
                         (index && *index >= 1 && *index <= static_cast<double>(names.size()));
      if (!known && reader.first_row_holds(word))
        throw Error(ErrorKind::kUsage, reader.file_name() + ": the first row, which has '" + printable(word) +
                                           "', was taken for data: expected --header yes, where it names the columns");
      begin = end + 1;
    }
  return request;
}

RoleColumns::RoleColumns(const ColumnRequest& request, const std::vector<std::string>& names)
    : targets(target_columns(request, names)),
      weight(one_column(request.weight, names, "--weight")),
      id(one_column(request.id, names, "--id")),
      trials(one_column(request.trials, names, "--trials")),
      offset(one_column(request.offset, names, "--offset")),
      exposure(one_column(request.exposure, names, "--exposure")),
      fold_group(one_column(request.fold_group, names, "--fold-group")),
      no_inputs(targets) {
  for (const auto& [column, option] :
       {std::pair{weight, "--weight"}, std::pair{id, "--id"}, std::pair{trials, "--trials"},
        std::pair{offset, "--offset"}, std::pair{exposure, "--exposure"}, std::pair{fold_group, "--fold-group"}}) {
    if (!column) continue;
    if (std::find(targets.begin(), targets.end(), *column) != targets.end())
      throw Error(ErrorKind::kUsage,
                  std::string(option) + ": '" + names[*column] + "' is the target: expected another column");
    no_inputs.push_back(*column);
  }
}

void RoleColumns::name(const std::vector<std::string>& names, Schema& schema) const {
  for (const std::size_t target : targets) schema.targets.push_back(names[target]);
  if (weight) schema.weight = names[*weight];
  if (id) schema.id = names[*id];
  if (trials) schema.trials = names[*trials];
  if (offset) schema.offset = names[*offset];
  if (exposure) schema.exposure = names[*exposure];
}

std::vector<std::size_t> union_of(const std::vector<BranchColumns>& models) {
  std::set<std::size_t> all;
  for (const BranchColumns& model : models) {
    all.insert(model.gate.begin(), model.gate.end());
    for (const auto& columns : model.experts) all.insert(columns.begin(), columns.end());
  }
  return {all.begin(), all.end()};
}

std::vector<Sample> sample_columns(CsvBlocks& blocks, const std::vector<std::string>& na) {
  const CsvBlock head = blocks.head(kSampleBytes);
  CsvCursor cursor(blocks.dialect(), head.text);
  std::vector<Sample> samples(blocks.names().size());
  try {
    for (std::size_t n = 0; n < kSampleRecords && cursor.next_record(); ++n)
      for (std::size_t column = 0; cursor.more(); ++column) {
        const std::string_view cell = cursor.field();
        if (column >= samples.size() || is_missing_word(cell) || std::find(na.begin(), na.end(), cell) != na.end())
          continue;
        Sample& sample = samples[column];
        if (sample.numbers + sample.texts == 0) {
          sample.first = cell;
          sample.line = cursor.record_line();
        }
        ++(is_number(cell) ? sample.numbers : sample.texts);
      }
  } catch (const CsvFault&) {
    // Ignored here: reading the rows meets the same fault again and reports it.
  }
  return samples;
}

}  // namespace moe
