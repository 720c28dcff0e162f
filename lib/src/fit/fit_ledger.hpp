// What a fit's parts have come to, kept for runs that go on with it.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "moe/checkpoint.hpp"
#include "moe/solver.hpp"

namespace moe {

/// Entries of a FitProgress, by the name of a part: where it ended, or else its solver's state. Several threads may add to it.
class FitLedger {
 public:
  /// `progress`: nullptr where nobody keeps any; its names then begin with `prefix`. Whoever reads it holds `mutex`.
  FitLedger(FitProgress* progress, std::string prefix, std::mutex& mutex)
      : progress_(progress), prefix_(std::move(prefix)), mutex_(mutex) {}
  bool is_kept() const { return progress_ != nullptr; }

  std::optional<arma::vec> end_of(const std::string& part) const;
  std::optional<SolverState> state_of(const std::string& part) const;
  /// In place of the part's state.
  void end(const std::string& part, arma::vec numbers);
  void keep(const std::string& part, SolverState&& state);

 private:
  std::string name_of(const std::string& part) const { return prefix_ + part + "/"; }
  void drop(const std::string& name);

  FitProgress* progress_;
  std::string prefix_;
  std::mutex& mutex_;
};

}  // namespace moe
