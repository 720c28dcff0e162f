#include "moe/dataset.hpp"

#include <set>

namespace moe {

std::vector<Column> columns_of(const Schema& schema) {
  if (!schema.columns.empty()) return schema.columns;
  std::vector<Column> columns;
  for (const std::string& name : schema.inputs) columns.push_back({name});
  return columns;
}

std::optional<CategoryInputs> category_inputs(const Schema& schema, const std::string& name) {
  std::size_t first = 0;
  for (Column& column : columns_of(schema)) {
    if (column.category && column.name == name) return CategoryInputs{std::move(column), first};
    first += column.inputs();
  }
  return std::nullopt;
}

std::vector<std::string> input_names(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (!column.category) names.push_back(column.name);
    if (column.indicator) names.push_back(column.name + "=" + kMissingLevel);
    for (std::size_t level = 1; level < column.levels.size(); ++level)
      names.push_back(column.name + "=" + column.levels[level]);
  }
  return names;
}

Dataset take_rows(const Dataset& data, const std::vector<std::size_t>& rows) {
  return {data.take(arma::conv_to<arma::uvec>::from(rows))};
}

Dataset take_inputs(Dataset data, const std::vector<std::size_t>& inputs) {
  arma::uvec rows(1 + inputs.size());
  rows[0] = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) rows[i + 1] = 1 + inputs[i];
  if (rows.n_elem < data.X.n_rows || !rows.is_sorted()) data.X = arma::mat(data.X.rows(rows));
  return data;
}

Schema take_inputs(Schema schema, const std::vector<std::size_t>& inputs) {
  const std::set<std::size_t> taken(inputs.begin(), inputs.end());
  std::vector<Column> columns;
  std::vector<std::string> names;
  for (const std::size_t input : inputs) names.push_back(schema.inputs[input]);
  std::size_t input = 0;
  for (Column& column : schema.columns) {
    const std::size_t count = column.inputs();
    if (count > 0 && taken.contains(input)) columns.push_back(std::move(column));
    input += count;
  }
  schema.inputs = std::move(names);
  schema.columns = std::move(columns);
  return schema;
}

}  // namespace moe
