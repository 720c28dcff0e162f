// A table of the names of one kind that a user can write, such as the families.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "moe/error.hpp"
#include "moe/registry.hpp"

namespace moe {

/// An Entry has its name in `word`. Entries never move in memory. New ones may be added while other threads read.
template <class Entry>
class Registry {
 public:
  /// `what`: the name of the kind in messages.
  Registry(const char* what, std::vector<Entry> entries) : what_(what), entries_(entries.begin(), entries.end()) {}

  /// The entry of that name. Throws Error (usage) for an unknown name; the message proposes the nearest known one.
  const Entry& at(const std::string& name) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Entry& entry : entries_)
      if (entry.word.name == name) return entry;
    std::vector<std::string> known;
    for (const Entry& entry : entries_) known.push_back(entry.word.name);
    throw Error(ErrorKind::kUsage, unknown_word(what_, name, known));
  }

  std::vector<decltype(Entry::word)> words() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<decltype(Entry::word)> words;
    for (const Entry& entry : entries_) words.push_back(entry.word);
    return words;
  }

  /// Throws Error (usage) where the name is taken, or contains a character that has a meaning in specifications.
  void add(const Entry& entry) {
    const std::string& name = entry.word.name;
    if (name.empty() || name.find_first_of(":,") != std::string::npos)
      throw Error(ErrorKind::kUsage, std::string(what_) + " '" + name + "': expected a name without ':' and ','");
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Entry& other : entries_)
      if (other.word.name == name)
        throw Error(ErrorKind::kUsage, std::string(what_) + " '" + name + "' is known already: expected another name");
    entries_.push_back(entry);
  }

 private:
  const char* what_;
  std::deque<Entry> entries_;
  mutable std::mutex mutex_;
};

/// "mlp:32,16:tanh" -> "mlp" and "32,16:tanh".
std::pair<std::string, std::string> split_spec(const std::string& spec);

}  // namespace moe
