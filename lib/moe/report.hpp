// The page of `moe report`: figures, tables and a panel in which the model itself answers, in one HTML file.
#pragma once

#include <string>

#include "moe/figures.hpp"
#include "moe/model.hpp"

namespace moe {

/// A finding as `train` says it, "warning: what is wrong: expected what helps", as a note and its advice.
ReportNote note_of(const std::string& sentence);

/// The page: UTF-8, some 300 kB beside the report's figures and the model. It loads nothing from a network, nor from
/// other files. What comes from the data is text in it, never markup. Where JavaScript cannot hold the model, or only
/// at more than 8 megabytes, there is no what-if panel, and a note says why.
std::string report_page(Report report, const Model& model);

}  // namespace moe
