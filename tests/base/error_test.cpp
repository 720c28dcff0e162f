#include "moe/error.hpp"

#include <catch2/catch.hpp>

using moe::nearest_word;

namespace {
const std::vector<std::string> kFamilies = {"gaussian", "student", "laplace", "bernoulli", "poisson", "categorical"};
}

TEST_CASE("a slip of the fingers finds the word that was meant", "[error]") {
  CHECK(nearest_word("gausian", kFamilies) == "gaussian");     // a letter missing
  CHECK(nearest_word("gaussiann", kFamilies) == "gaussian");   // one too many
  CHECK(nearest_word("guassian", kFamilies) == "gaussian");    // two swapped
  CHECK(nearest_word("Poisson", kFamilies) == "poisson");      // a capital
  CHECK(nearest_word("bernuolly", kFamilies) == "bernoulli");  // two slips in nine letters
  CHECK(nearest_word("LAPLACE", kFamilies) == "laplace");
}

TEST_CASE("the beginning of one word only stands for it", "[error]") {
  CHECK(nearest_word("cat", kFamilies) == "categorical");
  CHECK(nearest_word("po", kFamilies) == "poisson");
  CHECK(nearest_word("s", {"sgd", "student"}).empty());
  CHECK(nearest_word("poly", {"poly", "polygon"}) == "poly");
}

TEST_CASE("what is like no known word has no nearest", "[error]") {
  CHECK(nearest_word("", kFamilies).empty());
  CHECK(nearest_word("weibull", kFamilies).empty());
  CHECK(nearest_word("x", {"k", "n"}).empty());  // every one-letter word is one letter away from it
  CHECK(nearest_word("em", {}).empty());
}

TEST_CASE("a swap of neighbours is one slip, not two", "[error]") {
  CHECK(nearest_word("me", {"em"}) == "em");
  CHECK(nearest_word("sdg", {"sgd"}) == "sgd");
  CHECK(nearest_word("xyz", {"zyx"}).empty());
}

TEST_CASE("an unknown word's sentence", "[error]") {
  CHECK(moe::unknown_word("family", "gausian", {"gaussian", "bernoulli"}) ==
        "unknown family 'gausian': did you mean 'gaussian'? (known: gaussian, bernoulli)");
  CHECK(moe::unknown_word("family", "zzz", {"gaussian", "bernoulli"}) ==
        "unknown family 'zzz': expected one of gaussian, bernoulli");
  const std::vector<std::string> many(1000, "column");
  const std::string sentence = moe::unknown_word("column", "a\nb", many);
  CHECK(sentence.find('\n') == std::string::npos);
  CHECK(sentence.ends_with(" and 970 more"));
}

TEST_CASE("whatever a message quotes stays on one line and short", "[error]") {
  CHECK(moe::printable("plain") == "plain");
  CHECK(moe::printable("a\nb\tc\r\x1b[31m\x7f") == "a\\nb\\tc\\r\\x1b[31m\\x7f");
  CHECK(moe::printable(std::string(41, 'x')) == std::string(40, 'x') + "...");
  CHECK(moe::printable(std::string(40, 'x')) == std::string(40, 'x'));
  CHECK(moe::printable("Größe \xe2\x82\xac") == "Größe \xe2\x82\xac");
  CHECK(moe::printable("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", 2) == "\xe2\x82\xac\xe2\x82\xac...");
  CHECK(moe::printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(moe::printable("\xe2\x82") == "\\xe2\\x82");
  CHECK(moe::printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");  // U+2028, a line separator
}

TEST_CASE("a number of things has their plural", "[error]") {
  CHECK(moe::counted(1, "row") == "1 row");
  CHECK(moe::counted(0, "row") == "0 rows");
  CHECK(moe::counted(2, "pass", "passes") == "2 passes");
  CHECK(moe::counted(1, "pass", "passes") == "1 pass");
  CHECK(moe::counted(~std::uint64_t{0}, "row") == "18446744073709551615 rows");
}

TEST_CASE("characters are counted, not bytes", "[error]") {
  CHECK(moe::characters_in("") == 0);
  CHECK(moe::characters_in("plain") == 5);
  CHECK(moe::characters_in("Größe \xe2\x82\xac") == 7);
}

TEST_CASE("join puts separators between, not round", "[error]") {
  CHECK(moe::join({}).empty());
  CHECK(moe::join({"a"}) == "a");
  CHECK(moe::join({"a", "b", "c"}) == "a, b, c");
  CHECK(moe::join({"a", "b"}, "|") == "a|b");
}
