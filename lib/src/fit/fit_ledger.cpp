#include "fit/fit_ledger.hpp"

#include <utility>

namespace moe {
namespace {

constexpr const char* kEnd = "end";

}  // namespace

std::optional<arma::vec> FitLedger::end_of(const std::string& part) const {
  if (!is_kept()) return std::nullopt;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = progress_->find(name_of(part) + kEnd);
  return found == progress_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<SolverState> FitLedger::state_of(const std::string& part) const {
  if (!is_kept()) return std::nullopt;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string name = name_of(part);
  SolverState state;
  for (auto at = progress_->lower_bound(name); at != progress_->end() && at->first.starts_with(name); ++at)
    state.numbers[at->first.substr(name.size())] = at->second;
  return state.numbers.empty() ? std::nullopt : std::optional(std::move(state));
}

void FitLedger::drop(const std::string& name) {
  auto at = progress_->lower_bound(name);
  while (at != progress_->end() && at->first.starts_with(name)) at = progress_->erase(at);
}

void FitLedger::end(const std::string& part, arma::vec numbers) {
  if (!is_kept()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  drop(name_of(part));
  (*progress_)[name_of(part) + kEnd] = std::move(numbers);
}

void FitLedger::keep(const std::string& part, SolverState&& state) {
  const std::lock_guard<std::mutex> lock(mutex_);
  drop(name_of(part));
  for (auto& [name, numbers] : state.numbers) (*progress_)[name_of(part) + name] = std::move(numbers);
}

}  // namespace moe
