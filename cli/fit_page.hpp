// `moe train --report FILE`: the page of `moe report` for a new fit, with its course, at the rows of the fit.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "moe/figures.hpp"
#include "moe/file.hpp"
#include "moe/train.hpp"

namespace cli {

/// The values after each pass, by starts.
class FitCourse {
 public:
  void add(const moe::PassReport& report);
  void forget() { starts_.clear(); }
  /// That of the start that has come to the best value, and where all starts have ended.
  moe::FitHistory history(const moe::Model& model, const moe::TrainReport& report) const;

 private:
  struct Start {
    std::vector<double> objective, validation;
  };
  std::map<arma::uword, Start> starts_;
};

class FitPage {
 public:
  /// Throws Error (usage, io) where the page cannot be written.
  explicit FitPage(const Arguments& arguments);
  /// Keeps a copy of the rows, where a page is asked for: the fit takes them.
  void keep(const moe::Dataset& rows);
  /// Writes the page, where it is asked for. `notes`: as `train` says them.
  void write(const moe::Model& model, const moe::FitHistory& history, const std::vector<std::string>& notes);

 private:
  const Arguments& arguments_;
  std::unique_ptr<moe::OutputFile> out_;
  moe::Dataset rows_;
};

}  // namespace cli
