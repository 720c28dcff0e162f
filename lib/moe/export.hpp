// A model for other tools.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// What some formats ask; a format that does not take an option refuses it.
struct ExportOptions {
  bool single_precision = false;  ///< "float": compute in 32 bits
  std::string dialect{};          ///< "dialect": of sql; "" for the format's first
  std::string table{};            ///< "table": of sql, the table that holds the rows; "" for "data"
  std::string prefix{};           ///< "prefix": of c and a plain script, what names begin with; "" for "moe"
  bool rows = false;              ///< "rows": of c, with a function that predicts many rows side by side
  /// "unknown": whether a level that training has not seen is taken for the reference level. Without a word sql does not predict its
  /// row; what else reads levels takes it for the reference, and refuses false.
  std::optional<bool> ignore_unknown{};
  bool classic = false;  ///< "classic": of js, a plain script that sets one name, and no module
};

struct ExportFormat {
  std::string name, help;
  std::vector<std::string> options;       ///< the names above that it takes
  bool directory;                         ///< whether it is several files
  bool scores_known_levels_only = false;  ///< whether it may refuse a level that training has not seen
};

struct ExportedFile {
  std::string name;  ///< within its directory; "" for a format of one file
  std::string bytes;
  std::vector<std::string>
      notes{};  ///< sentences for whoever uses it: what stands in it otherwise than they may expect
};

std::vector<ExportFormat> export_formats();
/// The model in that format. Throws Error (usage) for an unknown format or option, or a model that it cannot express, in a
/// sentence that tells which format can.
std::vector<ExportedFile> export_model(const Model& model, const std::string& format,
                                       const ExportOptions& options = {});

using MakeExport = std::function<std::vector<ExportedFile>(const Model& model, const ExportOptions& options)>;
/// Makes a format known by its name. Throws Error (usage) where the name is taken.
void add_exporter(const ExportFormat& format, const MakeExport& make);

}  // namespace moe
