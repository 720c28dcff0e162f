// What the commands that fit models share: the options that say what to fit and how, and what those mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "moe/train.hpp"

namespace cli {

/// The options from --target to --seed; a command may reword one (see Command) and adds its own.
std::vector<Option> fit_options();

/// Experts as in --expert, each with its network and perhaps its family, under the gate of --gate. `family`: one for all that name
/// none. Throws Error (usage).
moe::ModelSpec model_spec(const Arguments& arguments, const std::vector<std::string>& experts,
                          const std::string& family);
/// What such a model asks of the table.
moe::ColumnRequest column_request(const Arguments& arguments, const moe::ModelSpec& spec);
/// The words of --na.
std::vector<std::string> missing_words(const Arguments& arguments);
/// How to fit it.
moe::TrainOptions train_options(const Arguments& arguments);
/// The rows of --validation FILE, or the fraction put into the options.
std::optional<moe::Dataset> validation_rows(const Arguments& arguments, const moe::Schema& schema,
                                            moe::TrainOptions& options);

}  // namespace cli
