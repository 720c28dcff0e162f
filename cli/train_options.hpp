// The options of commands that fit models: what to fit, and how.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "moe/train.hpp"

namespace cli {

/// The options from --target to --seed. A command may change the text of one (see Command), and adds its own.
std::vector<Option> fit_options();

/// The experts, as in --expert: each has a network, and perhaps a family. The gate is that of --gate. `family`: the
/// family of experts that name none. Throws Error (usage).
moe::ModelSpec model_spec(const Arguments& arguments, const std::vector<std::string>& experts,
                          const std::string& family);
/// How such a model reads the table.
moe::ColumnRequest column_request(const Arguments& arguments, const moe::ModelSpec& spec);
/// The words of --na.
std::vector<std::string> missing_words(const Arguments& arguments);
/// How to fit the model.
moe::TrainOptions train_options(const Arguments& arguments);
/// The rows of --validation FILE. If it is a fraction, puts that into the options and returns nothing.
std::optional<moe::Dataset> validation_rows(const Arguments& arguments, const moe::Schema& schema,
                                            moe::TrainOptions& options);

}  // namespace cli
