// The one kind of exception that the library throws, and the sentences that several modules share.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// What went wrong. The program's exit status is this number; nothing else decides one.
enum class ErrorKind {
  kFit = 1,    ///< the loss is undefined, runs away, or could not be minimised
  kUsage = 2,  ///< an option or a specification that makes no sense
  kData = 3,   ///< a table that cannot be used
  kModel = 4,  ///< a model file that cannot be used
  kIo = 5,     ///< cannot open, read or write
};

/// A message fit for one line of a terminal: control characters, characters that turn the direction of text, and malformed UTF-8
/// are escaped as \n or \x1b; of more than 1,000 characters the middle is left out.
std::string one_line(std::string_view text);

/// Carries one sentence for the user: "place: what is wrong: what was expected", without a final newline. Whatever it quotes,
/// it is fit for a terminal: one_line() makes it so.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& sentence) : std::runtime_error(one_line(sentence)), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// The known word that is nearest to `word` in edit distance, or "" where none is near enough to be a slip.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

/// "unknown family 'gausian': did you mean 'gaussian'? (known: gaussian, bernoulli)"
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known);

/// With a to z for A to Z.
std::string in_lower_case(std::string_view text);
/// A part of a message: escaped as one_line() does, and "..." after `limit` characters.
std::string printable(std::string_view text, std::size_t limit = 40);
/// "a, b, c and 7 more": the first `most` of the words, each printable().
std::string listed(const std::vector<std::string>& words, std::size_t most = 30);

/// The words, joined by ", ".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace moe
