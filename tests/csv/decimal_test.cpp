// The fast conversion of decimals to doubles is compared with strtod. MOE_NUMBERS is how many are tried; `make numbers`
// tries ten million.
#include "csv/decimal.hpp"

#include <catch2/catch.hpp>
#include <charconv>
#include <cstdlib>
#include <string>

#include "moe/random.hpp"

namespace {

struct Tally {
  std::size_t numbers = 0, fast = 0, wrong = 0;
  std::string first_wrong;

  void add(std::string text) {
    text.append(moe::kDecimalSlack, '\0');
    const char* at = text.c_str();
    char* end = nullptr;
    const double expected = std::strtod(text.c_str(), &end);
    double value = 0;
    ++numbers;
    if (!moe::read_decimal(at, value)) return;
    ++fast;
    if (at == end && std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(expected)) return;
    if (wrong++ == 0) first_wrong = text;
  }
};

std::uint64_t bits(moe::Random& random) {
  return random.below(std::uint64_t{1} << 32) << 32 | random.below(std::uint64_t{1} << 32);
}

std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// Digits with a point and an exponent, anywhere.
std::string digits(moe::Random& random) {
  std::string text;
  const std::uint64_t count = 1 + random.below(20);
  while (text.size() < count) text += static_cast<char>('0' + random.below(10));
  if (random.below(3) > 0) text.insert(random.below(text.size() + 1), ".");
  if (random.below(2) == 0) text += "e" + std::to_string(static_cast<int>(random.below(90)) - 45);
  return (random.below(4) == 0 ? "-" : "") + text;
}

/// A number halfway between two doubles, and one that differs in the last digit.
void add_halfway(Tally& tally, moe::Random& random) {
  const std::uint64_t odd = ((std::uint64_t{1} << 53) + (bits(random) >> 12)) * 2 + 1;
  for (const std::uint64_t w : {odd - 1, odd, odd + 1}) tally.add(std::to_string(w));
  std::string fifth = std::to_string(odd * 5);
  tally.add(fifth.insert(fifth.size() - 1, "."));
}

}  // namespace

TEST_CASE("decimals round as strtod rounds them", "[number]") {
  const char* asked = std::getenv("MOE_NUMBERS");
  const std::size_t most = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 400'000;
  moe::Random random(1);
  Tally tally;
  while (tally.numbers < most) {
    const double any = std::bit_cast<double>(bits(random));
    if (any == any) tally.add(shortest(any));
    tally.add(shortest(random.uniform(-1, 1) * static_cast<double>(std::uint64_t{1} << random.below(40))));
    tally.add(digits(random));
    add_halfway(tally, random);
  }
  INFO(tally.first_wrong);
  CHECK(tally.wrong == 0);
  CHECK(tally.fast > tally.numbers / 2);
  if (asked != nullptr)
    WARN(tally.numbers << " numbers, " << tally.fast << " of them the fast way, " << tally.wrong << " differences");
}
