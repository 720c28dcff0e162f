// Keeps the results of the parts of a fit, so that a later run can go on.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "moe/checkpoint.hpp"
#include "moe/solver.hpp"

namespace moe {

/// The entries of a FitProgress by the name of a part: its end, or else the state of its solver. Several threads may
/// add to it.
class FitLedger {
 public:
  /// `progress`: nullptr if nobody keeps any. Names of entries begin with `prefix`. Readers of `progress` must hold
  /// `mutex`.
  FitLedger(FitProgress* progress, std::string prefix, std::mutex& mutex)
      : progress_(progress), prefix_(std::move(prefix)), mutex_(mutex) {}
  bool is_kept() const { return progress_ != nullptr; }

  std::optional<arma::vec> end_of(const std::string& part) const;
  std::optional<SolverState> state_of(const std::string& part) const;
  /// Stores the end of a part in place of its solver's state.
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
