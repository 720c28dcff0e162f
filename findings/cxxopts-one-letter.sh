#!/bin/bash
# cxxopts 3.1.1: with allow_unrecognised_options(), an unknown long option of one letter, --y or --y=price, is not in unmatched() as longer ones
# are, but among the operands of parse_positional(), so that a slip becomes the name of a file. Look at the words before they are parsed.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
[ "$(id -u)" != 0 ] || apt-get update -q >/dev/null
apt-get download -q -o APT::Sandbox::User=root libcxxopts-dev=3.1.1-1 >/dev/null
dpkg -x libcxxopts-dev_3.1.1-1_*.deb .
cat >words.cpp <<'END_OF_CPP'
#include <cxxopts.hpp>
#include <iostream>
int main(int count, char** words) {
  cxxopts::Options options("words");
  options.allow_unrecognised_options();
  options.add_options()("operands", "", cxxopts::value<std::vector<std::string>>());
  options.parse_positional({"operands"});
  const auto result = options.parse(count, words);
  std::cout << words[1] << ":";
  for (const auto& word : result.unmatched()) std::cout << " unmatched " << word;
  if (result.count("operands") > 0)
    for (const auto& word : result["operands"].as<std::vector<std::string>>()) std::cout << " operand " << word;
  std::cout << "\n";
}
END_OF_CPP
g++ -std=c++17 -I usr/include words.cpp -o words
{
  echo "cxxopts $(awk '/^#define CXXOPTS__VERSION_/ { printf "%s%s", sep, $3; sep = "." }' usr/include/cxxopts.hpp)"
  for word in --why --why=price -y --y --y=price; do ./words "$word"; done
} >seen
cat seen
diff - seen <<'END_SEEN'
cxxopts 3.1.1
--why: unmatched --why
--why=price: unmatched --why=price
-y: unmatched -y
--y: operand --y
--y=price: operand --y=price
END_SEEN
