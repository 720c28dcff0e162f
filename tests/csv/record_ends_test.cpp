// Where records end, and the search for bytes.
#include "csv/record_ends.hpp"

#include <catch2/catch.hpp>

#include "csv/byte_masks.hpp"
#include "moe/random.hpp"

namespace {

/// What moe::end_of_records() must find, computed byte by byte.
std::size_t plain_end_of_records(const moe::CsvDialect& dialect, std::string_view text) {
  enum class State { kLineStart, kFieldStart, kPlain, kQuoted, kClosed, kComment };
  State state = State::kLineStart;
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool starts = state == State::kLineStart || state == State::kFieldStart;
    if (state == State::kQuoted) {
      if (c == '"') state = State::kClosed;
    } else if (c == dialect.line_end) {
      end = i + 1;
      state = State::kLineStart;
    } else if (state == State::kComment || (state == State::kLineStart && c == dialect.comment)) {
      state = State::kComment;
    } else if (c == dialect.delimiter || (starts && dialect.is_blank(c))) {
      state = State::kFieldStart;
    } else if (c == '"' && (starts || state == State::kClosed)) {
      state = State::kQuoted;
    } else if (!(state == State::kLineStart && c == '\n' && i > 0 && dialect.line_end == '\r')) {
      state = State::kPlain;
    }
  }
  return end;
}

}  // namespace

TEST_CASE("bytes are found at every place", "[csv]") {
  moe::Random random(1);
  const std::string_view kinds = ",\"\n\r\x80\xAC\xFF";  // ',' and 0xAC differ in the highest bit only
  for (int round = 0; round < 200; ++round) {
    std::string text(2 * moe::kMaskBytes, 'a');
    for (char& c : text)
      if (random.below(4) == 0) c = kinds[random.below(kinds.size())];
    for (const char c : kinds) {
      std::uint64_t expected = 0;
      for (std::size_t i = 0; i < moe::kMaskBytes; ++i) expected |= std::uint64_t{text[i] == c} << i;
      CHECK(moe::mask_of(c, text.data()) == expected);
      CHECK(moe::plain_mask_of(c, text.data()) == expected);
      CHECK(moe::mask_of<32>(c, text.data()) == (expected & 0xFFFFFFFF));
      CHECK(moe::plain_mask_of<32>(c, text.data()) == (expected & 0xFFFFFFFF));
      std::uint64_t odd = 0;
      for (std::size_t i = 0, count = 0; i < moe::kMaskBytes; ++i) odd |= ((count += expected >> i & 1) & 1) << i;
      CHECK(moe::odd_from_below(expected) == odd);
    }
    for (std::size_t i = 0; i < moe::kMaskBytes; ++i) {
      const std::size_t expected = std::min(text.find_first_of(",\n", i), text.size() - 16);
      text[expected] = expected == text.size() - 16 ? ',' : text[expected];
      CHECK(moe::find_either(text.data() + i, ',', '\n') == text.data() + expected);
      CHECK(moe::plain_find_either(text.data() + i, '\n', ',') == text.data() + expected);
    }
  }
}

TEST_CASE("the last whole record of a text that is cut anywhere", "[csv]") {
  moe::Random random(2);
  const auto dialect_of = [](char delimiter, char comment, char line_end) {
    moe::CsvDialect dialect;
    dialect.delimiter = delimiter;
    dialect.comment = comment;
    dialect.line_end = line_end;
    return dialect;
  };
  const moe::CsvDialect dialects[] = {dialect_of(',', '\0', '\n'), dialect_of('\t', '\0', '\n'),
                                      dialect_of(',', '#', '\n'), dialect_of(';', '\0', '\r')};
  std::size_t found = 0, none = 0;
  for (int round = 0; round < 40'000; ++round) {
    const moe::CsvDialect& dialect = dialects[round % 4];
    const std::string pieces[] = {"\"",
                                  std::string(1, dialect.delimiter),
                                  std::string(1, dialect.line_end),
                                  "\"\"",
                                  "a",
                                  " ",
                                  "\t",
                                  "\r\n",
                                  "#",
                                  std::string(random.below(70), 'b'),
                                  dialect.delimiter + std::string("\"c\"") + dialect.delimiter};
    const std::uint64_t few = 2 + random.below(10);
    std::string text;
    for (std::uint64_t left = random.below(60); left > 0; --left) text += pieces[random.below(few)];
    const std::size_t expected = plain_end_of_records(dialect, text);
    ++(expected > 0 ? found : none);
    if (moe::end_of_records(dialect, text) == expected) continue;
    CAPTURE(round, text);
    REQUIRE(moe::end_of_records(dialect, text) == expected);
  }
  CHECK(found > 10'000);
  CHECK(none > 1'000);
}
