// Options and rows of the commands that draw a model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "moe/figures.hpp"

namespace cli {

/// The words of a list. A word may not hold a comma.
std::vector<std::string> words_between_commas(const std::string& list);
/// --input, --rows, --seed, --unknown and --threads.
std::vector<Option> figure_option_list(const std::string& about_inputs);
/// Their values, and the file names of the model and of DATA for titles.
moe::FigureOptions figure_options(const Arguments& arguments, const moe::Schema& schema);
/// The rows of DATA, with their target where the table has it; nothing where no table is named.
std::optional<moe::Dataset> rows_to_draw(const Arguments& arguments, const moe::Model& model);
/// The path without its folder, for a title; "" for standard input.
std::string title_of_file(const std::string& path);

}  // namespace cli
