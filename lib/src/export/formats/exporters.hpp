// The list of all exporters that a user can name. To add one, write its file in this folder and put its name into this
// list.
#pragma once

#include "moe/export.hpp"

#define MOE_EXPORTERS(each) each(json) each(c) each(onnx) each(tfjs) each(dot) each(sql) each(numpy) each(js)

namespace moe {

struct ExporterEntry {
  ExportFormat word;
  MakeExport make;
};

#define MOE_DECLARE(name) ExporterEntry name##_exporter();
MOE_EXPORTERS(MOE_DECLARE)
#undef MOE_DECLARE

}  // namespace moe
