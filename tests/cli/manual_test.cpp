// Help, the man pages and the completion for bash, zsh and fish, which are written from one table of options.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "shell.hpp"

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// What troff prints for text with the escapes of groff_char(7): \e is a backslash, \- a hyphen, \& nothing, \f a font.
std::string printed(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const char escape = ++i < text.size() ? text[i] : '?';
    if (escape == 'e') result += '\\';
    if (escape == '-') result += '-';
    if (escape == 'f') ++i;
    if (std::string("e-&f").find(escape) == std::string::npos) result += "<unknown escape>";
  }
  return result;
}

/// The words of a text, each behind one blank, so that it does not matter where lines break.
std::string words_of(const std::string& text) {
  std::istringstream in(text);
  std::string result;
  for (std::string word; in >> word;) result += " " + word;
  return result;
}

}  // namespace

TEST_CASE("man pages say what --help says, in requests and escapes that troff knows", "[cli][manual]") {
  const Shell sh;
  const Ran made = sh("mkdir m && moe help --manual m && ls m");
  INFO(made);
  REQUIRE(made.status == 0);
  const std::set<std::string> requests{".TH", ".SH", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi", ".SS"};
  std::size_t pages = 0;
  for (const std::string& file : lines_of(made.out)) {
    if (!file.ends_with(".1")) continue;
    ++pages;
    INFO(file);
    const std::vector<std::string> lines = lines_of(ScratchDir::read(sh.path("m/" + file)));
    REQUIRE(lines.size() > 5);
    CHECK(lines[0].starts_with(".TH MOE"));
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(line.find('\'') != 0);
      if (line.starts_with(".")) CHECK(requests.count(line.substr(0, 3)) == 1);
      // The zero-width escape stands where a line of text would be a request, and nowhere else.
      if (const std::size_t at = line.find("\\&"); at != std::string::npos)
        CHECK((at == 0 && line.size() > 2 && (line[2] == '.' || line[2] == '\'')));
      CHECK(printed(line).find("<unknown escape>") == std::string::npos);
    }
    if (file == "moe.1") continue;
    const std::string command = file.substr(4, file.size() - 6), help = words_of(sh("moe " + command + " --help").out);
    CHECK(printed(lines[0]).find("MOE-" + command + " 1 ") != std::string::npos);
    std::size_t entries = 0;
    for (std::size_t i = 0; i + 2 < lines.size(); ++i) {
      if (lines[i] != ".TP") continue;
      ++entries;
      INFO(lines[i + 1] << "\n" << lines[i + 2]);
      CHECK(help.find(words_of(printed(lines[i + 1]))) != std::string::npos);
      CHECK(help.find(words_of(printed(lines[i + 2]))) != std::string::npos);
    }
    CHECK(entries > 1);
    // The topics are those of --help.
    for (const std::string& line : lines)
      if (line.starts_with(".SS ")) CHECK(help.find(" " + line.substr(4) + ": ") != std::string::npos);
  }
  const std::string commands = sh("ls m | grep -c '^moe-.*[.]1$'; moe --help | grep -cE '^  [a-z]+  '").out;
  CHECK(pages > 5);
  INFO(commands);
  CHECK(lines_of(commands)[0] == std::to_string(pages - 1));
}

TEST_CASE("bash completes commands, options and files", "[cli][manual]") {
  const Shell sh;
  const auto completed = [&](const std::string& words, int at) {
    return sh("mkdir -p m empty; moe help --manual m; . m/moe.bash; cd empty; touch data.csv; COMP_WORDS=(" + words +
              "); COMP_CWORD=" + std::to_string(at) + "; COMPREPLY=(); _moe; echo \"${COMPREPLY[*]}\"")
        .out;
  };
  CHECK(completed("moe tr", 1) == "train\n");
  CHECK(completed("moe eval --js", 2) == "--json\n");
  CHECK(completed("moe eval --hel", 2) == "--help\n");
  CHECK(completed("moe eval da", 2) == "data.csv\n");
  CHECK(completed("moe eval -m da", 3) == "data.csv\n");
  CHECK(completed("moe --ver", 1) == "--version\n");
  // Every option of the help is among those of the completion.
  const std::string all = " " + completed("moe train -", 2);
  for (const std::string& line : lines_of(sh("moe train --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z0-9-]+' | grep -oE "
                                             "'[-][-][a-z0-9-]+'")
                                              .out)) {
    INFO(line);
    CHECK((all.find(" " + line + " ") != std::string::npos || all.find(" " + line + "\n") != std::string::npos));
  }
}

namespace {

const char* const kCommands[] = {"gen",     "train", "select", "eval",   "predict",
                                 "inspect", "plot",  "report", "export", "import"};

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : lines_of(text)) width = std::max(width, line.size());
  return width;
}

bool there_is(const Shell& sh, const std::string& program) { return sh("command -v " + program).status == 0; }

}  // namespace

TEST_CASE("help fits 80 columns, or the narrower terminal, and has the same words at any width", "[cli][manual]") {
  const Shell sh;
  CHECK(widest(sh("moe --help").out) <= 80);
  for (const std::string command : kCommands) {
    const std::string wide = sh("unset COLUMNS; moe " + command + " --help").out;
    const std::string narrow = sh("COLUMNS=60 moe " + command + " --help").out;
    INFO(wide << narrow);
    CHECK(widest(wide) <= 80);
    CHECK(widest(wide) > 70);
    CHECK(widest(narrow) <= 60);
    CHECK(sh("COLUMNS=200 moe " + command + " --help").out == wide);
    // Backslashes continue commands, and a colon may stand at another place.
    const auto words = [](std::string text) {
      std::erase(text, '\\');
      return words_of(text);
    };
    CHECK(words(wide) == words(narrow));
  }
  if (sh("script -qec true /dev/null").status == 0)
    CHECK(widest(sh("unset COLUMNS; script -qec 'stty cols 50; moe train --help' /dev/null | tr -d '\\r'").out) <= 50);
}

TEST_CASE("help puts every option under a topic", "[cli][manual]") {
  const Shell sh;
  const std::string text = sh("moe train --help").out;
  const char* const topics[] = {"\nData:\n", "\nModel:\n", "\nFit:\n", "\nOutput:\n", "\nRun:\n"};
  std::size_t before = 0;
  for (const char* topic : topics) {
    CAPTURE(topic);
    const std::size_t at = text.find(topic);
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
  const auto at = [&](const char* word) { return text.find(word); };
  CHECK((at("\nData:") < at("--target COL") && at("--target COL") < at("\nModel:")));
  CHECK((at("\nModel:") < at("--family SPEC") && at("--family SPEC") < at("\nFit:")));
  CHECK((at("\nFit:") < at("--restarts R") && at("--restarts R") < at("\nOutput:")));
  CHECK((at("\nOutput:") < at("--output FILE") && at("--output FILE") < at("\nRun:")));
  CHECK(at("\nRun:") < at("--seed N"));
}

TEST_CASE("bash completes values that are one of a list", "[cli][manual]") {
  const Shell sh;
  const auto completed = [&](const std::string& words, int at) {
    return sh("mkdir -p m empty; moe help --manual m; . m/moe.bash; cd empty; touch data.csv; COMP_WORDS=(" + words +
              "); COMP_CWORD=" + std::to_string(at) + "; COMPREPLY=(); _moe; echo \"${COMPREPLY[*]}\"")
        .out;
  };
  CHECK(completed("moe train --family lap", 3) == "laplace\n");
  CHECK(completed("moe train --standardize ''", 3) == "yes no\n");
  CHECK(completed("moe export --format onn", 3) == "onnx\n");
  CHECK(completed("moe select --by b", 3) == "bic\n");
  CHECK(completed("moe gen two", 2) == "two-lines\n");
  CHECK(completed("moe train --validation da", 3) == "data.csv\n");
  CHECK(completed("moe train -k ''", 3) == "\n");
}

TEST_CASE("fish completes commands, options and values", "[cli][manual]") {
  const Shell sh;
  sh("mkdir m && moe help --manual m");
  CHECK(ScratchDir::read(sh.path("m/moe.fish")).find("-l family -x -a 'auto ") != std::string::npos);
  if (!there_is(sh, "fish")) return;
  const Ran checked = sh("fish -n m/moe.fish");
  INFO(checked);
  CHECK(checked.status == 0);
  const auto completed = [&](const std::string& line) {
    return sh("export HOME=$PWD; cd m; fish -c \"source moe.fish; complete -C '" + line + "'\" | cut -f 1").out;
  };
  CHECK(completed("moe impo") == "import\n");
  CHECK(completed("moe train --family lap") == "laplace\n");
  CHECK(completed("moe train --standardize ") == "no\nyes\n");
  CHECK(completed("moe eval --requ") == "--require\n");
  CHECK(completed("moe export --format onn") == "onnx\n");
  CHECK(completed("moe eval -m moe.fi") == "moe.fish\n");
}

TEST_CASE("zsh reads its completion, which has commands, options and values", "[cli][manual]") {
  const Shell sh;
  sh("mkdir m && moe help --manual m");
  const std::string text = ScratchDir::read(sh.path("m/_moe"));
  CHECK(text.starts_with("#compdef moe\n"));
  CHECK(text.find(":SPEC:(auto ") != std::string::npos);
  // A colon would end the list of words.
  CHECK(text.find(" gaussian\\:full)") != std::string::npos);
  CHECK(text.find("--require[") != std::string::npos);
  if (!there_is(sh, "zsh")) return;
  const Ran checked = sh("zsh -n m/_moe");
  INFO(checked);
  CHECK(checked.status == 0);
}
