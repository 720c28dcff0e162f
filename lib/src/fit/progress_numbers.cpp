// Writes a FitProgress as a list of doubles and reads it back. Names are written as the numbers of their bytes, so that
// a checkpoint is a model file with one more tensor.
#include "fit/progress_numbers.hpp"

#include <algorithm>

#include "moe/error.hpp"

namespace moe {
namespace {

/// Takes numbers off a list that comes from a file and may contain anything.
class Taker {
 public:
  explicit Taker(const arma::vec& numbers) : numbers_(numbers) {}
  bool at_end() const { return next_ == numbers_.n_elem; }
  arma::vec take(arma::uword count) {
    if (count > numbers_.n_elem - next_) refuse();
    next_ += count;
    return numbers_.subvec(next_ - count, arma::size(count, 1));
  }
  arma::uword count() {
    const double value = take(1)[0];
    if (!(value >= 0 && value <= static_cast<double>(numbers_.n_elem))) refuse();
    return static_cast<arma::uword>(value);
  }
  std::string text() {
    std::string result;
    for (const double byte : take(count())) {
      if (!(byte >= 1 && byte < 256)) refuse();
      result += static_cast<char>(static_cast<unsigned char>(byte));
    }
    return result;
  }

 private:
  [[noreturn]] static void refuse() {
    throw Error(ErrorKind::kModel, "damaged: what it says of the progress of a fit is no such thing");
  }
  const arma::vec& numbers_;
  arma::uword next_ = 0;
};

}  // namespace

arma::vec text_as_numbers(const std::string& text) {
  arma::vec result(1 + text.size());
  result[0] = static_cast<double>(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) result[1 + i] = static_cast<unsigned char>(text[i]);
  return result;
}

std::string text_from_numbers(const arma::vec& numbers) { return Taker(numbers).text(); }

arma::vec numbers_of(const FitProgress& progress) {
  arma::uword size = 0;
  for (const auto& [name, numbers] : progress) size += 2 + name.size() + numbers.n_elem;
  arma::vec result(size);
  double* to = result.memptr();
  for (const auto& [name, numbers] : progress) {
    const arma::vec text = text_as_numbers(name);
    to = std::copy(text.begin(), text.end(), to);
    *to++ = static_cast<double>(numbers.n_elem);
    to = std::copy(numbers.begin(), numbers.end(), to);
  }
  return result;
}

FitProgress progress_of(const arma::vec& numbers) {
  FitProgress result;
  for (Taker taker(numbers); !taker.at_end();) {
    const std::string name = taker.text();
    result[name] = taker.take(taker.count());
  }
  return result;
}

}  // namespace moe
