#include "export/formats/exporters.hpp"

#include "base/registry.hpp"
#include "predict/bounds.hpp"

namespace moe {
namespace {

Registry<ExporterEntry>& exporters() {
#define MOE_ENTRY(name) name##_exporter(),
  static Registry<ExporterEntry> all("export format", {MOE_EXPORTERS(MOE_ENTRY)});
#undef MOE_ENTRY
  return all;
}

}  // namespace

std::vector<ExportFormat> export_formats() { return exporters().words(); }

std::vector<ExportedFile> export_model(const Model& model, const std::string& format, const ExportOptions& options) {
  const auto& [word, make] = exporters().at(format);
  const auto require = [&, &format_word = word](bool given, const std::string& option) {
    if (given && !format_word.takes(option))
      throw Error(ErrorKind::kUsage, "--" + option + " means nothing to format " + format + ": expected it " +
                                         "with a format that 'moe export --list' shows it for");
  };
  require(!options.with.empty(), "with");
  require(options.single_precision, "float");
  require(!options.dialect.empty(), "dialect");
  require(!options.table.empty(), "table");
  require(!options.prefix.empty(), "prefix");
  require(options.rows, "rows");
  require(options.classic, "classic");
  require(options.ignore_unknown.has_value(), "unknown");
  if (options.ignore_unknown == false && !word.scores_known_levels_only)
    throw Error(ErrorKind::kUsage, "--unknown error: format " + format +
                                       " takes a level that training has not seen for the reference level: expected "
                                       "--unknown ignore, or --format sql");
  std::vector<ExportedFile> files = make(model, options);
  for (const std::string& note : notes_on_bounds(model, options.with)) files.front().notes.push_back(note);
  if (model.conformal && format != "json" && options.with.find("conformal:") == options.with.npos)
    files.front().notes.push_back(word.takes("with")
                                      ? "conformal sets are left out: expected --with conformal:0.9 or the like"
                                      : "conformal sets are left out: `moe predict --output conformal:P` gives them");
  return files;
}

void add_exporter(const ExportFormat& format, const MakeExport& make) { exporters().add({format, make}); }

}  // namespace moe
