// The only exception that the library throws at users, and sentences that several modules share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace moe {

/// What went wrong. The number is the exit status of the program.
enum class ErrorKind {
  kFit = 1,    ///< the loss is undefined, runs away, or could not be minimised
  kUsage = 2,  ///< an option or a specification that makes no sense
  kData = 3,   ///< a table that cannot be used
  kModel = 4,  ///< a model file that cannot be used
  kIo = 5,     ///< cannot open, read or write
};

/// A message in a form that fits on one line of a terminal. Control characters, characters that change the direction of
/// text, and malformed UTF-8 are escaped as \n or \x1b. A message longer than 1,000 characters loses its middle.
std::string one_line(std::string_view text);

/// One sentence for the user: "place: what is wrong: what was expected", without a line break. Whatever text it quotes,
/// it can be shown on a terminal, thanks to one_line().
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& sentence) : std::runtime_error(one_line(sentence)), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// The known word nearest to `word` by edit distance; "" where none is near enough to be meant.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

/// "unknown family 'gausian': did you mean 'gaussian'? (known: gaussian, bernoulli)"
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known);

/// The text with A to Z turned into a to z.
std::string in_lower_case(std::string_view text);
/// Text for a part of a message: escaped like one_line(), and cut with "..." after `limit` characters.
std::string printable(std::string_view text, std::size_t limit = 40);
/// "a, b, c and 7 more": the first `most` words, each printable().
std::string listed(const std::vector<std::string>& words, std::size_t most = 30);

/// The number of characters of UTF-8 text: its code points.
std::size_t characters_in(std::string_view text);

/// "1 row", "2 rows". `more`: the plural where it is not `one` with an s.
std::string counted(std::uint64_t count, std::string_view one, std::string_view more = "");

/// The words, joined by ", ".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace moe
