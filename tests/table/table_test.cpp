// Tables as they occur: categories, missing cells, columns in any order, files, pipes and threads.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model_parts.hpp"
#include "moe/dataset.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/random.hpp"
#include "shell.hpp"
#include "table/level_table.hpp"
#include "throws.hpp"

using moe::CsvReader;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

moe::TrainingTable read(const std::string& path, moe::ColumnRequest request = {}, moe::CsvOptions options = {}) {
  CsvReader reader(path, options);
  return moe::read_training_table(reader, request, 1);
}

moe::TrainingTable table_of(std::string_view text, moe::ColumnRequest request = {}, unsigned threads = 2) {
  const ScratchDir scratch;
  moe::CsvOptions options;
  options.threads = threads;
  return read(scratch.write("data.csv", text), std::move(request), options);
}

std::string complaint(std::string_view text, const moe::ColumnRequest& request = {}) {
  return sentence_of([&] { table_of(text, request); });
}

moe::ColumnRequest with(moe::Missing missing) {
  moe::ColumnRequest request;
  request.missing = missing;
  return request;
}

bool same_bits(const moe::Dataset& a, const moe::Dataset& b) {
  return arma::size(a.X) == arma::size(b.X) && std::memcmp(a.X.memptr(), b.X.memptr(), a.X.n_elem * 8) == 0 &&
         arma::size(a.y) == arma::size(b.y) && std::memcmp(a.y.memptr(), b.y.memptr(), a.y.n_elem * 8) == 0 &&
         arma::approx_equal(a.w, b.w, "absdiff", 0);
}

/// Several blocks of rows with a number with gaps, a category, text in quotes, a weight and a target.
std::string large_table(std::size_t rows) {
  moe::Random random(3);
  std::string text = "x,colour,note,w,y\n";
  for (std::size_t n = 0; n < rows; ++n) {
    if (random.below(10) > 0) moe::append_number(text, random.uniform(-5, 5));
    text += random.below(3) > 0 ? ",red" : random.below(20) == 0 ? ",?" : ",c" + std::to_string(random.below(30));
    text += random.below(4) == 0 ? ",\"a \"\"b\"\", \n\"," : ",plain,";
    text += std::to_string(random.below(3)) + ",";
    moe::append_number(text, random.uniform());
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("text columns become categories, the first level the reference", "[table]") {
  const moe::TrainingTable table = table_of("x,colour,y\n1,red,1.5\n2,blue,2\n3,green,3\n4,\" red \",5\n");
  CHECK(table.schema.inputs == Words{"x", "colour=blue", "colour=green", "colour=red"});
  REQUIRE(table.schema.columns.size() == 2);
  CHECK(table.schema.columns[0].plain());
  CHECK(table.schema.columns[1].levels == Words{" red ", "blue", "green", "red"});
  const arma::mat expected{{1, 1, 1, 1}, {1, 2, 3, 4}, {0, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 0, 0}};
  CHECK(arma::approx_equal(table.data.X, expected, "absdiff", 0));
  CHECK(table.gate_inputs == std::vector<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("a level is found however its cells are written, at every place of a block", "[table]") {
  moe::Random random(5);
  const std::string written[] = {"red",
                                 " red ",
                                 "\"red\"",
                                 "\"red\" ",
                                 "\"r\"\"d\"",
                                 "\"red\"\",r\"\"\"",
                                 "\"red,\"",
                                 "\"red\n\"",
                                 "\"\"\"\"",
                                 "red\"",
                                 "r\xC3\xA9",
                                 "\"a text of thirty bytes, quoted\"",
                                 "a text of forty bytes that no vector has",
                                 "a text of sixteen",
                                 "a text of sixteEn"};
  std::string text = "a,b,c\n";
  for (int n = 0; n < 40'000; ++n) {
    for (int column = 0; column < 2; ++column) text += written[random.below(std::size(written))] + ',';
    text += std::to_string(random.below(100'000)) + "\n";
  }
  const ScratchDir scratch;
  const std::string path = scratch.write("data.csv", text);
  const moe::TrainingTable table = read(path);
  REQUIRE(table.schema.columns.size() == 2);
  REQUIRE(table.schema.columns[0].levels.size() == 12);  // red is written in four ways
  CsvReader reader(path);
  arma::uword n = 0, wrong = 0;
  for (; reader.next(); ++n) {
    arma::uword row = 1;
    for (std::size_t column = 0; column < 2; ++column) {
      const Words& levels = table.schema.columns[column].levels;
      for (std::size_t level = 1; level < levels.size(); ++level, ++row)
        if (table.data.X(row, n) != (reader.fields()[column] == levels[level] ? 1 : 0)) ++wrong;
    }
    if (table.data.y(n, 0) != reader.number(2)) ++wrong;
  }
  CHECK(n == 40'000);
  CHECK(wrong == 0);
  const auto lines = std::count(text.begin(), text.end(), '\n');
  CHECK(complaint(text + "red,red,abc\n").find(":" + std::to_string(lines + 1) + ":3 c: 'abc'") != std::string::npos);
}

TEST_CASE("texts of all lengths are told apart", "[table]") {
  moe::LevelTable table;
  Words texts;
  for (std::size_t size = 0; size < 40; ++size) {
    texts.emplace_back(size, 'a');
    for (std::size_t i = 0; i < size; ++i) (texts.emplace_back(size, 'a'))[i] = 'b';
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(table.find(texts[i]) == moe::LevelTable::kNone);
    CHECK(table.insert(texts[i], i) == i);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(table.find(texts[i]) == i);
    CHECK(table.insert(texts[i], 0) == i);
    CHECK(table[i].text == texts[i]);
  }
}

TEST_CASE("numbers are categories where they are said to be, in the order of their values", "[table]") {
  moe::ColumnRequest request;
  request.categorical = "zone";
  const moe::TrainingTable table = table_of("zone,y\n10,1.5\n9,2\n9.0,3\n010,5\n", request);
  CHECK(table.schema.columns[0].levels == Words{"9", "010", "10"});
  CHECK(table.schema.inputs == Words{"zone=010", "zone=10"});
  CHECK(arma::approx_equal(table.data.X.row(1), arma::rowvec{0, 0, 0, 1}, "absdiff", 0));
  CHECK(table.notes[0].merged == Words{"9"});
  request.categorical = "y";
  CHECK(complaint("zone,y\n1,2\n", request) ==
        "--categorical: 'y' is the target: expected an input, or --family categorical");
}

TEST_CASE("branches that read a category read all of its inputs", "[table]") {
  moe::ColumnRequest request;
  request.gate_features = "colour";
  request.expert_features = {"x"};
  const moe::TrainingTable table = table_of("colour,x,y\na,1,1.5\nb,2,2\nc,3,3\n", request);
  CHECK(table.gate_inputs == std::vector<std::size_t>{0, 1});
  CHECK(table.expert_inputs[0] == std::vector<std::size_t>{2});
}

TEST_CASE("a category of one level is no input, and noted", "[table]") {
  const moe::TrainingTable table = table_of("x,colour,y\n1,red,1.5\n2,red,2\n");
  CHECK(table.schema.inputs == Words{"x"});
  CHECK(table.notes[1].constant);
}

TEST_CASE("missing cells: an error, a row less, a mean, an indicator", "[table]") {
  const std::string text = "x,c,w,y\n1,a,1,1.5\n,b,2,2\n4,?,3,3\nNA,a,0,4\n";
  moe::ColumnRequest request = with(moe::Missing::kDrop);
  request.weight = "w";
  moe::TrainingTable table = table_of(text, request);
  CHECK(table.data.rows() == 1);
  CHECK(table.dropped == 3);
  CHECK(table.schema.columns.size() == 2);

  request.missing = moe::Missing::kMean;
  table = table_of(text, request);
  CHECK(table.schema.inputs == Words{"x", "c=b", "c=(missing)"});
  CHECK(table.schema.columns[0].fill == 3.25);  // (1 1 + 3 4) / 4
  CHECK(arma::approx_equal(table.data.X.row(1), arma::rowvec{1, 3.25, 4, 3.25}, "absdiff", 0));
  CHECK(arma::approx_equal(table.data.X.row(3), arma::rowvec{0, 0, 1, 0}, "absdiff", 0));

  request.missing = moe::Missing::kIndicator;
  table = table_of(text, request);
  CHECK(table.schema.inputs == Words{"x", "x=(missing)", "c=b", "c=(missing)"});
  CHECK(arma::approx_equal(table.data.X.row(2), arma::rowvec{0, 1, 0, 1}, "absdiff", 0));
  CHECK(table.notes[0].missing == 2);
}

TEST_CASE("an indicator stands behind its column where every input is a number", "[table]") {
  const moe::TrainingTable table = table_of("a,b,y\n1,10,1\n,20,2\n3,30,3.5\n", with(moe::Missing::kIndicator));
  CHECK(table.schema.inputs == Words{"a", "a=(missing)", "b"});
  const arma::mat expected{{1, 1, 1}, {1, 2, 3}, {0, 1, 0}, {10, 20, 30}};
  CHECK(arma::approx_equal(table.data.X, expected, "absdiff", 0));
}

TEST_CASE("cells that say (missing) are of the level of those that are", "[table]") {
  const moe::TrainingTable table = table_of("c,y\n(missing),1\n,2.5\nb,3\na,4\n", with(moe::Missing::kMean));
  CHECK(table.schema.columns[0].levels == Words{"a", "b", "(missing)"});
  const arma::mat expected{{1, 1, 1, 1}, {0, 0, 1, 0}, {1, 1, 0, 0}};
  CHECK(arma::approx_equal(table.data.X, expected, "absdiff", 0));
}

TEST_CASE("words for a missing cell are the user's too, numbers by value", "[table]") {
  moe::ColumnRequest request = with(moe::Missing::kMean);
  request.na = {"-999", "none"};
  const moe::TrainingTable table = table_of("x,z,y\n1,none,1.5\n-999.0,2,2\n3,4,3\n", request);
  CHECK(arma::approx_equal(table.data.X.row(1), arma::rowvec{1, 2, 3}, "absdiff", 0));
  CHECK(arma::approx_equal(table.data.X.row(2), arma::rowvec{3, 2, 4}, "absdiff", 0));
  CHECK(table.schema.na == request.na);
}

TEST_CASE("a plain table's schema says nothing of columns", "[table]") {
  const moe::TrainingTable table = table_of("x,z,y\n1,1,1.5\n2,2,2\n3,3,4\n");
  CHECK(table.schema.columns.empty());
  CHECK(table.notes[1].same_as == "x");
}

TEST_CASE("the bits are the same for any number of threads, from a file and a pipe", "[table]") {
  const ScratchDir scratch;
  const std::string path = scratch.write("data.csv", large_table(60'000));
  moe::ColumnRequest request = with(moe::Missing::kIndicator);
  request.weight = "w";
  moe::CsvOptions options;
  options.threads = 1;
  const moe::TrainingTable expected = read(path, request, options);
  CHECK(expected.schema.columns[1].levels.size() == 32);
  for (const unsigned threads : {2u, 3u, 8u}) {
    options.threads = threads;
    CAPTURE(threads);
    const moe::TrainingTable table = read(path, request, options);
    CHECK(table.schema.inputs == expected.schema.inputs);
    CHECK(same_bits(table.data, expected.data));
  }
  const Shell sh;
  const Ran ran =
      sh("cd " + scratch.path("") +
         "\nmoe train -k 1 --missing mean --weight w data.csv -q -o a.moe\n"
         "(head -c 100001 data.csv; sleep 0.1; tail -c +100002 data.csv) | moe train -k 1 --missing mean --weight w "
         "--threads 3 -q -o b.moe && cmp a.moe b.moe\n"
         "gzip -k data.csv; moe train -k 1 --missing mean --weight w data.csv.gz -q -o c.moe && cmp a.moe c.moe\n"
         "moe predict -m a.moe --threads 1 --append data.csv > a.csv; (head -c 5000 data.csv; sleep 0.1; "
         "tail -c +5001 data.csv) | moe predict -m a.moe --threads 3 --append | cmp - a.csv");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
}

TEST_CASE("of several faults in several blocks the first is told", "[table]") {
  std::string text = large_table(60'000);
  const std::size_t late = text.rfind("red"), middle = text.find(",w", 0) + text.size() / 2;
  text.insert(late, "\"x\"y,");
  text.insert(text.find('\n', text.find(",plain,", middle)) + 1, "abc,red,plain,1,2\n");
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("abc,red")), '\n');
  moe::ColumnRequest request = with(moe::Missing::kMean);
  for (const unsigned threads : {1u, 2u, 4u})
    CHECK(sentence_of([&] {
            table_of(text, request, threads);
          }).find("data.csv:" + std::to_string(line) + ":1 x: 'abc' is not") != std::string::npos);
}

TEST_CASE("a model finds its columns by name, with their levels, fills and words", "[table][cli]") {
  const Shell sh;
  sh.write("d.csv",
           "x,colour,y\n1,red,1.5\n2,blue,2\n,green,3\n4,red,5\n-9,blue,1\n3,,7\n5,red,2\n7,green,3.5\n2.5,blue,4\n");
  const Ran ran =
      sh("moe train -k 1 --l2 1e-3 --missing indicator --na -9 d.csv -q -o m.moe\n"
         "moe predict -m m.moe d.csv > a\n"
         "printf 'extra;colour;x\\n1;red;1\\n1;blue;2\\n1;green;\\n1;red;4\\n1;blue;-9.0\\n1;NA;3\\n' | moe predict -m "
         "m.moe "
         "> b; head -n 7 a | cmp - b && echo same\n"
         "moe inspect --json m.moe; moe eval -m m.moe d.csv > /dev/null && echo judged\n"
         "moe gen --from m.moe d.csv | moe eval -m m.moe > /dev/null && echo drawn\n"
         "moe inspect m.moe d.csv --errors sandwich > /dev/null && echo inferred");
  INFO(ran);
  CHECK(ran.err.empty());
  CHECK(ran.out.find("same\n") == 0);
  const json model = json::parse(ran.out.substr(5, ran.out.find("\n}\n") - 3));
  CHECK(model.at("features") == json({"x", "x=(missing)", "colour=green", "colour=red", "colour=(missing)"}));
  CHECK(model.at("columns")[1].at("levels") == json({"blue", "green", "red", "(missing)"}));
  for (const char* word : {"judged\n", "drawn\n", "inferred\n"}) CHECK(ran.out.find(word) != std::string::npos);
}

TEST_CASE("a level that training has not seen: an error, or the reference", "[table][cli]") {
  const Shell sh;
  sh.write("d.csv", "colour,y\nred,1.5\nblue,2\ngreen,3\nred,5\nblue,2\n");
  sh.write("new.csv", "colour\nblue\npink\n");
  const Ran refused = sh("moe train -k 1 d.csv -q -o m.moe; moe predict -m m.moe new.csv");
  INFO(refused);
  CHECK(refused.status == 3);
  CHECK(std::count(refused.out.begin(), refused.out.end(), '\n') == 2);
  CHECK(refused.err ==
        "moe predict: new.csv:3:1 colour: the level 'pink' was not there in training: expected one of blue, green, "
        "red, or "
        "--unknown ignore\n");
  CHECK(sh("moe predict -m m.moe --unknown ignore new.csv | uniq | wc -l").out ==
        "2\n");  // the header, and one answer for both rows
  const Ran exported = sh("moe export -m m.moe --format c -o m.c && gcc -std=c99 -Wall -Werror -c m.c");
  INFO(exported);
  CHECK(exported.status == 0);
}

TEST_CASE("select narrows a schema with categories to what each candidate reads", "[table][cli]") {
  const Shell sh;
  const Ran ran =
      sh("(echo colour,x,z,y; for i in $(seq 60); do echo c$((i % 3)),$i,$((i * i % 7)),$((i % 3 * 2 + i % 5)).5; "
         "done) > d.csv\n"
         "moe select d.csv -k 1 --features colour --features x --features x,colour -q -o s.moe > /dev/null\n"
         "moe train d.csv -k 1 --features colour -q -o t.moe; cmp s.moe t.moe && moe eval -m s.moe d.csv > /dev/null "
         "&& echo good");
  INFO(ran);
  CHECK(ran.out == "good\n");
}

TEST_CASE("predict answers a slow pipe before it ends", "[table][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines | moe train -k 2 -q -o m.moe; mkfifo in out; moe predict -m m.moe < in > out &\n"
         "exec 3> in 4< out; echo x1 >&3; echo 0.5 >&3; read -t 20 header <&4; read -t 20 first <&4\n"
         "echo 0.25 >&3; read -t 20 second <&4; exec 3>&-; wait; echo $header; printf 'x1\\n0.5\\n0.25\\n' | moe "
         "predict -m m.moe "
         "| cmp - <(printf '%s\\n' $header $first $second) && echo same");
  INFO(ran);
  CHECK(ran.out == "mean\nsame\n");
}

TEST_CASE("what moe writes it reads back bit for bit", "[table]") {
  moe::Random random(11);
  std::string text = "x,y\n";
  arma::mat expected(2, 5000);
  for (arma::uword n = 0; n < expected.n_cols; ++n) {
    for (arma::uword i = 0; i < 2; ++i) {
      double& value = expected(i, n);
      do {
        value =
            std::bit_cast<double>(random.below(std::uint64_t{1} << 32) << 32 | random.below(std::uint64_t{1} << 32));
      } while (!std::isfinite(value));
      moe::append_number(text, value);
      text += i == 0 ? ',' : '\n';
    }
  }
  const moe::Dataset data = table_of(text).data;
  CHECK(std::memcmp(arma::rowvec(data.X.row(1)).memptr(), arma::rowvec(expected.row(0)).memptr(), 5000 * 8) == 0);
  CHECK(std::memcmp(data.y.memptr(), arma::rowvec(expected.row(1)).memptr(), 5000 * 8) == 0);
}

TEST_CASE("train --dry-run tells what was understood", "[table][cli]") {
  const Shell sh;
  sh.write("d.csv", "id;age;colour;copy;w;y\n1;20;red;20;1;a\n2;;blue;;2;b\n3;40;red;40;1;a\n");
  const Ran ran = sh("moe train --dry-run --id id --weight w --missing indicator d.csv");
  INFO(ran);
  CHECK(ran.err.empty());
  CHECK(ran.out ==
        "d.csv: semicolons, a header\n"
        "3 rows, 6 columns, 5 inputs\n"
        "  input     age                 number from 20 to 40, 1 missing cell (30 instead), an indicator of them\n"
        "  input     colour              category, 2 levels: blue, red\n"
        "  input     copy                number from 20 to 40, 1 missing cell (30 instead), an indicator of them, the "
        "same as "
        "'age'\n"
        "  target    y                   2 classes: a, b\n"
        "  weight    w                   sums to 4\n"
        "  id        id                  text\n");
}

TEST_CASE("text in another encoding is refused where it stands", "[table]") {
  const std::string sentence = " is not UTF-8: expected UTF-8, as 'iconv -f LATIN1 -t UTF-8' makes of it";
  CHECK_THAT(complaint("colour,y\nred,2\ngr\xfcn,3\n"), Catch::EndsWith("data.csv:3:1 colour: 'gr\\xfcn'" + sentence));
  CHECK_THAT(complaint("x,y\n1,no\n2,s\xed\n3,no\n"), Catch::EndsWith("data.csv:3:2 y: 's\\xed'" + sentence));
  CHECK(complaint("colour,y\nred,2\ngr\xc3\xbcn,3\n\xf0\x9f\x8d\x8b,3\n").empty());
  // Overlong forms, half a surrogate, a character beyond the last one, and one that is cut off.
  for (const std::string odd : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
    CHECK(complaint("colour,y\nred,2\n" + odd + ",3\n").find("is not UTF-8") != std::string::npos);
}

TEST_CASE("true and false are found in any case, where they are the levels", "[table]") {
  const Shell sh;
  const Ran ran =
      sh("{ echo flag,kind,y; for i in $(seq 40); do echo \"$([ $((i % 3)) = 0 ] && echo TRUE || echo FALSE),"
         "$([ $((i % 4)) = 0 ] && echo True || echo other),$((i % 3 * 7 + i % 5))\"; done; } > d.csv\n"
         "moe train -y y -k 1 d.csv -q -o m.moe\n"
         "printf 'flag,kind\nTRUE,True\ntrue,True\n True ,True\n' | moe predict -m m.moe | sort | uniq -c | awk '{ "
         "print $1 }'\n"
         "printf 'flag,kind\nTRUE,TRUE\n' | moe predict -m m.moe > out 2> err; echo $?; cat err");
  INFO(ran);
  CHECK(ran.out ==
        "3\n1\n3\nmoe predict: <stdin>:2:2 kind: the level 'TRUE' was not there in training: expected one of "
        "True, other, or --unknown ignore\n");
}

TEST_CASE("a model file's columns are held to its inputs", "[table]") {
  const ScratchDir scratch;
  moe::Schema schema;
  schema.targets = {"y"};
  moe::Column colour{"colour"};
  colour.category = true;
  colour.levels = {"blue", "red"};
  moe::Column age{"age"};
  age.fill = 0.1;
  age.indicator = true;
  schema.columns = {colour, age};
  schema.na = {"-9"};
  schema.inputs = moe::input_names(schema.columns);
  moe::Standardization units;
  units.input_center.zeros(3);
  units.input_scale.ones(3);
  moe::ModelSpec spec;
  spec.gate_inputs = {0, 1, 2};
  spec.expert_inputs = {{0, 1, 2}, {1, 2}};
  moe::save_model(moe::Model(schema, units, spec), scratch.path("m.moe"));
  const moe::Schema read = moe::load_model(scratch.path("m.moe")).schema;
  CHECK(read.inputs == Words{"colour=red", "age", "age=(missing)"});
  CHECK(read.columns[0].levels == colour.levels);
  CHECK(read.columns[1].fill == 0.1);
  CHECK(read.columns[1].indicator);
  CHECK(read.na == schema.na);
  const std::string odd = with_description(ScratchDir::read(scratch.path("m.moe")),
                                           [](auto& words) { words["columns"][0]["levels"].push_back("green"); });
  CHECK(sentence_of([&] { moe::load_model(odd, "odd.moe"); }) ==
        "odd.moe: input 'age' is not what its columns make: 'colour=green': expected a model file as moe writes it");
}
