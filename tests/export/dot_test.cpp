// Pictures of models, drawn by Graphviz.
#include <catch2/catch.hpp>

#include "every_model.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "shell.hpp"

namespace {

/// Draws model.dot and prints the texts in the picture, one to a line.
Ran drawn(const Shell& sh, const moe::Model& model) {
  sh.write("model.dot", exported(model, "dot"));
  return sh(
      "dot -Tsvg model.dot -o model.svg && python3 -c '\n"
      "import xml.etree.ElementTree as tree\n"
      "for text in tree.parse(\"model.svg\").iter(\"{http://www.w3.org/2000/svg}text\"): print(text.text)'");
}

bool has_line(const Ran& ran, const std::string& line) {
  return ("\n" + ran.out).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("Graphviz draws every kind of model without a word", "[dot]") {
  const Shell sh;
  for (const auto& [name, model] : every_model()) {
    const Ran ran = drawn(sh, model);
    INFO(name << ran);
    REQUIRE(ran.status == 0);
    CHECK(ran.err.empty());
    for (arma::uword k = 1; k <= model.size(); ++k) CHECK(has_line(ran, "expert " + std::to_string(k)));
    for (const moe::Expert& expert : model.experts) CHECK(has_line(ran, expert.family->name()));
  }
}

TEST_CASE("names in the picture are those of the table, whatever is in them", "[dot]") {
  const Shell sh;
  moe::Model model = make_model({"gaussian", "linear", "linear", "softmax", 2, 3});
  model.schema.inputs = {"a \"b\" \\N \\", "<b>&lt;&amp; {x|y}", "\u00e4\u4e16];}"};
  model.schema.targets = {"line\nbreak"};
  const Ran ran = drawn(sh, model);
  INFO(ran);
  REQUIRE(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string& name : model.schema.inputs) CHECK(has_line(ran, name));
  CHECK(has_line(ran, moe::printable("line\nbreak")));
}

TEST_CASE("a hundred inputs are folded", "[dot]") {
  const Shell sh;
  const Ran ran = drawn(sh, make_model({"gaussian", "linear", "linear", "softmax", 2, 100}));
  INFO(ran);
  CHECK(has_line(ran, "100 inputs"));
  CHECK(has_line(ran, "x8"));
  CHECK_FALSE(has_line(ran, "x9"));
  CHECK(has_line(ran, ".. 91 more .."));
  CHECK(has_line(ran, "x100"));
}
