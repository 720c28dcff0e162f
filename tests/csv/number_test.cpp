#include <bit>
#include <catch2/catch.hpp>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "moe/numeric.hpp"
#include "moe/random.hpp"

using moe::format_number;
using moe::parse_number;

namespace {

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

std::string digits(moe::Random& random, std::uint64_t most) {
  std::string out;
  for (std::uint64_t left = random.below(most + 1); left > 0; --left) out += static_cast<char>('0' + random.below(10));
  return out;
}

/// A decimal number of any shape: short or long, small or large, in range or not.
std::string number_text(moe::Random& random) {
  std::string out = random.below(3) == 0 ? "-" : "";
  if (random.below(8) == 0) out += std::string(random.below(30), '0');
  out += digits(random, random.below(8) == 0 ? 40 : 9) + static_cast<char>('0' + random.below(10));
  if (random.below(4) != 0) out += "." + digits(random, random.below(8) == 0 ? 60 : 17);
  if (random.below(3) == 0) out += "e" + std::to_string(static_cast<int>(random.below(30)) - 15);
  if (random.below(6) == 0 && out.find('e') == std::string::npos) {
    out += "E" + std::to_string(static_cast<int>(random.below(720)) - 360);
  }
  return out;
}

}  // namespace

TEST_CASE("a number is read to the last bit, as strtod reads it in the C locale", "[number]") {
  moe::Random random(1);
  std::size_t wrong = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string text = number_text(random);
    const std::optional<double> value = parse_number(text);
    if (value && bits(*value) == bits(std::strtod(text.c_str(), nullptr))) continue;
    if (++wrong <= 5) UNSCOPED_INFO(text);
  }
  CHECK(wrong == 0);
}

TEST_CASE("a double survives being written and read", "[number]") {
  moe::Random random(2);
  std::size_t wrong = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double value = std::bit_cast<double>(random.bits());  // every exponent, subnormals too
    if (!std::isfinite(value)) continue;
    const std::optional<double> back = parse_number(format_number(value));
    if (!back || bits(*back) != bits(value)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("numbers are written short", "[number]") {
  CHECK(format_number(0.1) == "0.1");
  CHECK(format_number(-2.5) == "-2.5");
  CHECK(format_number(3.0) == "3");
  CHECK(format_number(1e300) == "1e+300");
  CHECK(format_number(-0.0) == "-0");
  CHECK(format_number(5e-324) == "5e-324");
  CHECK(format_number(-2.2250738585072014e-308) == "-2.2250738585072014e-308");
  CHECK(format_number(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(format_number(-std::numeric_limits<double>::quiet_NaN()) == "nan");
  std::string line = "1,";
  moe::append_number(line, 0.5);
  CHECK(line == "1,0.5");
}

TEST_CASE("blanks, a plus and every spelling of a number", "[number]") {
  CHECK(parse_number(" 1.5\t") == 1.5);
  CHECK(parse_number("+1.5") == 1.5);
  CHECK(parse_number("-2e3") == -2000.0);
  CHECK(parse_number("-2E+3") == -2000.0);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("5.") == 5.0);
  CHECK(parse_number("007") == 7.0);
  CHECK(std::signbit(*parse_number("-0")));
  CHECK(parse_number("INF") == std::numeric_limits<double>::infinity());
  CHECK(parse_number("-Infinity") == -std::numeric_limits<double>::infinity());
  CHECK(parse_number("+inf") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(parse_number("NaN").value_or(0.0)));
}

TEST_CASE("what is no number is none", "[number]") {
  const std::string minus_sign = "\xe2\x88\x92";  // U+2212, not the hyphen
  const std::string words =
      "|+|-|+-1|++1|--1|- 1|+ 1|.|e5|1e|1e+|1.5x|1 2|0x10|0x|1,5|1_000|1'000|1.2.3|abc|NA|1d5|1f|infinit";
  std::stringstream texts(words + "|" + minus_sign + "1");
  for (std::string text; std::getline(texts, text, '|');) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text));
  }
  CHECK_FALSE(parse_number(std::string_view("1\0", 2)));
  CHECK_FALSE(parse_number("1\n"));
  CHECK_FALSE(parse_number(" "));
}

TEST_CASE("beyond the range stands infinity, below it zero", "[number]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string zeros(400, '0');
  CHECK(parse_number("1e400") == infinity);
  CHECK(parse_number("-1e400") == -infinity);
  CHECK(parse_number("+1e400") == infinity);
  CHECK(parse_number("1.7976931348623159e308") == infinity);
  CHECK(parse_number("1" + zeros) == infinity);
  CHECK(parse_number("0." + zeros + "1e900") == infinity);
  CHECK(parse_number("1e99999999999999999999999") == infinity);
  CHECK(parse_number("1e-400") == 0.0);
  CHECK(std::signbit(*parse_number("-1e-400")));
  CHECK(parse_number("0." + zeros + "1") == 0.0);
  CHECK(parse_number("1" + zeros + "e-900") == 0.0);
  CHECK(parse_number("1e-99999999999999999999999") == 0.0);
  CHECK(parse_number("0e99999999999999999999999") == 0.0);
  CHECK(parse_number("0.000e400") == 0.0);
  CHECK(parse_number("1e-310") == 1e-310);
  CHECK(parse_number("3e-324") == 5e-324);
  CHECK(parse_number("2e-324") == 0.0);
}

TEST_CASE("the decimal mark is a point in every locale", "[number]") {
  // If none of these locales is installed, the test still holds for the C locale.
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    CHECK(parse_number("1.5") == 1.5);
    CHECK_FALSE(parse_number("1,5"));
    CHECK(format_number(1.5) == "1.5");
  }
  std::setlocale(LC_ALL, "C");
}
