// `moe train --summary FILE` and --require: a fit as JSON for scripts, and what they expect of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "json.hpp"
#include "moe/automatic.hpp"
#include "moe/file.hpp"
#include "moe/train.hpp"

namespace cli {

/// The record of a fit, and of what was said of it.
Json record_of(const moe::Model& model, const moe::TrainReport& report, const std::vector<std::string>& notes);
Json record_of(const moe::AutomaticResult& result, const std::vector<std::string>& notes);

class FitRecord {
 public:
  /// Throws Error: usage for a --require that is none, and for --summary - where standard output is the model's; io
  /// where the file cannot be written.
  explicit FitRecord(const Arguments& arguments);
  /// "" where all --require hold, else a sentence, and the model is not to be written. Throws Error (usage) for a
  /// figure that the record has not.
  std::string unmet_by(const Json& record) const;
  /// Writes the record where --summary asks for it, then throws Error (fit) unless `missed` is "".
  void write(Json record, const std::string& missed);

 private:
  std::vector<std::string> requirements_;
  std::unique_ptr<moe::OutputFile> out_;
};

/// The options --summary and --require.
std::vector<Option> record_options();

}  // namespace cli
