#include "figure_options.hpp"

#include <algorithm>
#include <limits>

#include "csv_options.hpp"

namespace cli {
namespace {

/// The columns of --input: several, or one column whose name may hold commas.
std::vector<std::string> columns_to_draw(const std::string& list, const moe::Schema& schema) {
  for (const moe::Column& column : moe::columns_of(schema))
    if (column.name == list) return {list};
  return words_between_commas(list);
}

}  // namespace

std::vector<std::string> words_between_commas(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= list.size() && !list.empty();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::vector<Option> figure_option_list(const std::string& about_inputs) {
  return joined(
      {in_group(Group::kOutput, {{"input", "", "NAME,..", "", about_inputs},
                                 {"rows", "", "N", "2000", "the most rows drawn as points"}}),
       {{"seed", "", "N", "1", "of what is drawn at random: rows, permutations"}, unknown_option(), threads_option()}});
}

moe::FigureOptions figure_options(const Arguments& arguments, const moe::Schema& schema) {
  moe::FigureOptions options;
  options.along = columns_to_draw(arguments.text("input"), schema);
  options.rows = arguments.count("rows", 1, 1'000'000);
  options.seed = arguments.count("seed", 0, std::numeric_limits<std::uint64_t>::max());
  options.threads = threads(arguments);
  options.model_name = title_of_file(arguments.text("model"));
  options.data_name = title_of_file(arguments.positional(0));
  return options;
}

std::optional<moe::Dataset> rows_to_draw(const Arguments& arguments, const moe::Model& model) {
  if (arguments.positionals() == 0) return std::nullopt;
  moe::CsvReader reader(data_path(arguments.positional(0), arguments.text("model")),
                        csv_options(arguments, model.schema.na));
  using Target = moe::TableReader::Target;
  const std::vector<std::string>&names = reader.names(), &targets = model.schema.targets;
  const bool known = std::all_of(targets.begin(), targets.end(), [&](const std::string& target) {
    return std::find(names.begin(), names.end(), target) != names.end();
  });
  return moe::TableReader(reader, model.schema, known ? Target::kRequired : Target::kIgnored,
                          {false, false, ignore_unknown(arguments)})
      .rest();
}

std::string title_of_file(const std::string& path) {
  return path == "-" ? "" : path.substr(path.find_last_of('/') + 1);
}

}  // namespace cli
