// Writes a model for other tools.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// Options of formats. A format throws for an option that it does not have.
struct ExportOptions {
  /// "with": columns beside those that every model has, by words of `moe predict --output`: median, qP, interval:P,
  /// conformal:P. "interval:0.9,q0.5"
  std::string with{};
  bool single_precision = false;  ///< "float": compute in 32 bits
  std::string dialect{};          ///< "dialect": for sql; "": the first dialect
  std::string table{};            ///< "table": for sql, the table with the rows; "": "data"
  std::string prefix{};           ///< "prefix": for c and plain scripts, how names begin; "": "moe"
  bool rows = false;              ///< "rows": for c, add a function that predicts many rows at once
  /// "unknown": whether a level that training has not seen counts as the reference level. Without a value, sql gives
  /// its row no prediction, and other formats that read levels take it for the reference; these refuse false.
  std::optional<bool> ignore_unknown{};
  bool classic = false;  ///< "classic": for js, a plain script that sets one name, not a module
};

struct ExportFormat {
  std::string name, help;
  std::vector<std::string> options;       ///< the names of the options that it has
  bool directory;                         ///< whether it consists of several files
  bool scores_known_levels_only = false;  ///< whether it may give no prediction for an unseen level

  bool takes(const std::string& option) const {
    return std::find(options.begin(), options.end(), option) != options.end();
  }
};

struct ExportedFile {
  std::string name;  ///< its name in the directory; "" where the format is a single file
  std::string bytes;
  std::vector<std::string> notes{};  ///< sentences for the user on parts that may differ from what is expected
};

std::vector<ExportFormat> export_formats();
/// Writes the model in that format. Throws Error (usage) for an unknown format or option, or for a model that the
/// format cannot express; the sentence then names a format that can.
std::vector<ExportedFile> export_model(const Model& model, const std::string& format,
                                       const ExportOptions& options = {});

using MakeExport = std::function<std::vector<ExportedFile>(const Model& model, const ExportOptions& options)>;
/// Registers a format under its name. Throws Error (usage) where the name is taken.
void add_exporter(const ExportFormat& format, const MakeExport& make);

}  // namespace moe
