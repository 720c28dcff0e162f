// A level is its text, whatever number it looks like: in files, models and predictions.
#include "table/levels.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "moe/model_file.hpp"
#include "moe/moe.h"
#include "shell.hpp"

using Words = std::vector<std::string>;
using nlohmann::json;

namespace {

/// The output of a command; "" where it fails.
std::string printed(const Shell& sh, const std::string& command) {
  const Ran ran = sh(command);
  INFO(ran);
  CHECK(ran.status == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("a whole number has one other spelling, with .0 behind it", "[levels]") {
  for (const std::string whole : {"0", "1", "-5", "10", "123456789012345"}) {
    CHECK(moe::other_spelling(whole) == whole + ".0");
    CHECK(moe::other_spelling(whole + ".0") == whole);
  }
  for (const std::string text : {"", "-", "01", "00", "-0", "+1", "1.", ".0", "1.00", "01.0", "-0.0", "1.5", "1e3",
                                 "1,0", " 1", "1234567890123456", "abc", "NA", "1.0.0"})
    CHECK(moe::other_spelling(text) == std::nullopt);
}

TEST_CASE("a plain number is the level that has its value", "[levels]") {
  CHECK(moe::plain_number("10") == 10);
  CHECK(moe::plain_number("10.0") == 10);
  CHECK(moe::plain_number("-2.5") == -2.5);
  CHECK(moe::plain_number("0.00001") == 1e-5);
  CHECK(moe::plain_number("123456789.012345") == 123456789.012345);
  for (const std::string text :
       {"01", "1.10", "1e3", "+1", "1.", ".5", "2.50", "1234567890123456", "1234567890.123456", "-0", "x"})
    CHECK(moe::plain_number(text) == std::nullopt);
}

TEST_CASE("levels are in the order of their values, those of one value in that of their texts", "[levels]") {
  CHECK(moe::ordered_levels({"10", "9", "1E5", "01", "1.10", "100000", "1", "1.1", "9"}) ==
        Words{"01", "1", "1.1", "1.10", "9", "10", "100000", "1E5"});
  // All of these but the first two and the last one are the same double.
  CHECK(moe::ordered_levels({"123456789012345680", "-123456789012345678", "123456789012345679", "123456789012345678",
                             "0123456789012345679", "-123456789012345679", "5"}) ==
        Words{"-123456789012345679", "-123456789012345678", "5", "123456789012345678", "0123456789012345679",
              "123456789012345679", "123456789012345680"});
  CHECK(moe::ordered_levels({"10", "9", "b"}) == Words{"10", "9", "b"});
}

TEST_CASE("N and N.0 are one level, and no others are", "[levels]") {
  CHECK(moe::ordered_levels({"1.0", "2", "1", "3.0", "01", "1.00"}) == Words{"01", "1", "1.00", "2", "3.0"});
  const moe::KnownLevels known({"1", "2.0", "01", "4.50"});
  CHECK(known.find("1.0") == 0);
  CHECK(known.find("2") == 1);
  CHECK(known.find("01") == 2);
  for (const std::string text : {"1.00", "001", "+1", "1e0", "2.00", "4.5", "01.0", ""})
    CHECK(known.find(text) == moe::LevelTable::kNone);
  // The same holds for names that are not all numbers; models of older versions differ.
  CHECK(moe::KnownLevels({"a", "7"}).find("7.0") == 1);
  CHECK(moe::KnownLevels({"a", "7"}, true).find("7.0") == moe::LevelTable::kNone);
  CHECK(moe::KnownLevels({"1", "1000"}, true).find("01e3") == 1);
}

TEST_CASE("codes of 18 digits, and with zeros in front, are levels of their own", "[levels][cli]") {
  const Shell sh;
  const auto coefficients = [&](const std::string& file) {
    return json::parse(printed(sh, "moe train -k 1 -y y --categorical code $DATA/cases/" + file +
                                       " -q -o m.moe && moe inspect --json m.moe"))
        .at("experts")[0]
        .at("coefficients");
  };
  // Least squares by NumPy, with an indicator for each text.
  json found = coefficients("long_ids.csv");
  CHECK(found.at("(intercept)").get<double>() == Approx(3.01589).margin(1e-5));
  CHECK(found.at("code=123456789012345679").get<double>() == Approx(-0.98862 - 3.01589).margin(2e-5));
  CHECK(found.at("code=123456789012345680").get<double>() == Approx(0.50080 - 3.01589).margin(2e-5));
  found = coefficients("zip_codes.csv");
  CHECK(found.at("(intercept)").get<double>() == Approx(6.01140).margin(1e-5));
  CHECK(found.at("code=01234").get<double>() == Approx(3.01058 - 6.01140).margin(2e-5));
  CHECK(found.at("code=1234").get<double>() == Approx(-1.01766 - 6.01140).margin(2e-5));
  CHECK(found.at("code=90210").get<double>() == Approx(0.51555 - 6.01140).margin(2e-5));
  const Ran ran = sh("printf 'code,x\n1234.0,0\n00501,0\n501,0\n' | moe predict -m m.moe");
  INFO(ran);
  CHECK(ran.status == 3);
  CHECK(ran.err.find(
            "<stdin>:4:1 code: the level '501' was not there in training: expected one of 00501, 01234, 1234, 90210") !=
        std::string::npos);
}

TEST_CASE("labels come out as they went in", "[levels][cli]") {
  const Shell sh;
  CHECK(printed(sh,
                "moe train -k 1 -y y $DATA/cases/class_100000.csv -q --l2 0.1 -o m.moe && "
                "printf 'x\n-2\n2\n' | moe predict -m m.moe --output label,proba | cut -d, -f1") ==
        "label\n100000\n200000\n");
  CHECK(printed(sh, "printf 'x\n1\n' | moe predict -m m.moe --output proba | head -1") == "p_100000,p_200000\n");
  CHECK(json::parse(printed(sh, "moe eval -m m.moe --json $DATA/cases/class_100000.csv")).at("labels") ==
        json({"100000", "200000"}));
  CHECK(json::parse(printed(sh, "moe export -m m.moe --format json")).at("labels") == json({"100000", "200000"}));
  const std::string classes =
      "moe train -k 1 -y y --family categorical $DATA/cases/class_001.csv -q --l2 0.1 -o m.moe && ";
  CHECK(printed(
            sh,
            classes + "moe predict -m m.moe --output label,proba $DATA/cases/class_001.csv | head -3 | cut -d, -f1") ==
        "label\n010\n001\n");
  CHECK(printed(sh, "moe predict -m m.moe --output proba $DATA/cases/class_001.csv | head -1") ==
        "p_001,p_002,p_010\n");
  // Two numbers that nobody called classes become classes in the order of their values. --positive takes either
  // spelling.
  sh.write("d.csv", "x,y\n1,010\n2,001\n3,010\n4,001\n5,001\n");
  CHECK(printed(sh, "moe train -k 1 d.csv -q --l2 1 -o m.moe; moe predict -m m.moe --output proba d.csv | head -1") ==
        "p_001,p_010\n");
  CHECK(sh("moe train -k 1 d.csv -q --positive 1 -o m.moe").err.find("--positive: ") != std::string::npos);
  sh.write("d.csv", "x,y\n1,0.0\n2,1.0\n3,0.0\n4,1.0\n5,1.0\n");
  CHECK(printed(sh,
                "moe train -k 1 d.csv -q --l2 1 --positive 0 -o m.moe; moe predict -m m.moe --output proba d.csv | "
                "head -1") == "p_1.0,p_0.0\n");
}

TEST_CASE("what was taken for one level is named", "[levels][cli]") {
  const Shell sh;
  std::string text = "size,y\n";
  for (int i = 0; i < 40; ++i)
    text += std::to_string(1 + i % 3) + (i > 20 ? ".0," : ",") + (i % 7 < 3 ? "0\n" : i > 30 ? "1.0\n" : "1\n");
  sh.write("d.csv", text);
  const Ran ran = sh("moe train -k 1 --categorical size d.csv -q -o m.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(ran.err ==
        "note: 'size': 1 and 1.0, 2 and 2.0, 3 and 3.0 are one level each\n"
        "note: 'y': 1 and 1.0 are one class, 1\n");
  CHECK(printed(sh, "moe train -k 1 --categorical size --dry-run d.csv | grep -c note:") == "2\n");
  sh.write("d.csv", "x,y\n1,0\n2,1\n3,00\n4,1\n");
  CHECK(sh("moe train -k 1 d.csv -q -o m.moe").err ==
        "moe train: d.csv: y: 0, 00, 1 are two whole numbers in more than two spellings: expected --family categorical "
        "to "
        "take each text as a class, or --family gaussian for a number\n");
}

TEST_CASE("whole numbers that no double holds are noted where they are read as numbers", "[levels][cli]") {
  const Shell sh;
  sh.write("d.csv", "id,x,y\n123456789012345680,1,1.5\n9007199254740992,2,2\n123456789012345679,1e300,2\n3,4,1\n");
  CHECK(printed(sh, "moe train -k 1 --dry-run d.csv | grep note:") ==
        "note: 'id' is taken as a number, and beyond 2^53 not all whole numbers can be told apart: 123456789012345679 "
        "(line 4) is read as 123456789012345680; --categorical id takes the cells as text\n");
  sh.write("d.csv", "x,y\n1,123456789012345678\n2,123456789012345679\n3,123456789012345678\n4,123456789012345679\n");
  CHECK(sh("moe train -k 1 d.csv -q -o m.moe")
            .err.find(
                "d.csv: y: 123456789012345678, 123456789012345679 are the same number as doubles have them: expected "
                "--family categorical") != std::string::npos);
  CHECK(printed(sh,
                "moe train -k 1 --family categorical --l2 1 d.csv -q -o m.moe; moe predict -m m.moe --output proba "
                "d.csv | head -1") == "p_123456789012345678,p_123456789012345679\n");
  // Ids are copied as they are.
  sh.write("d.csv", "id,x,y\n123456789012345678,1,1.5\n0123456789012345679,2,2\n3,4,3\n");
  CHECK(printed(sh, "moe train -k 1 --id id d.csv -q -o m.moe; moe predict -m m.moe d.csv | cut -d, -f1") ==
        "id\n123456789012345678\n0123456789012345679\n3\n");
}

TEST_CASE("words for a missing cell are a category's by text, a number's by value", "[levels][cli]") {
  const Shell sh;
  sh.write("d.csv", "code,x,y\n0999,1,1.5\n999,2,2\n999.0,999.00,3\na,4,1\n0999,5,2\na,0999,1\n");
  const std::string told =
      printed(sh, "moe train -k 1 --categorical code --na 999 --missing mean --dry-run d.csv | grep input");
  CHECK(told.find("category, 3 levels: 0999, a, (missing), 2 missing cells") != std::string::npos);
  CHECK(told.find("number from 1 to 5, 2 missing cells (3 instead)") != std::string::npos);
}

TEST_CASE("a model of before compares numbers by value, in whatever it is copied to", "[levels]") {
  const Shell sh;
  sh.write("d.csv",
           "size,x,y\n9,.1,1e5\n09.0,.1,200000\n10.0,.1,100000.0\n1.5,.2,2e5\n1000,.3,100000\n9.,1,100000\n7,1,"
           "200000\n-9.0,0,1e5\n");
  // What the program of that time printed.
  const std::string then =
      "label,p_1e+05,p_2e+05,density\n"
      "2e+05,0.20256613025636017,0.7974338697436398,0.20256613025636017\n"
      "2e+05,0.20256613025636017,0.7974338697436398,0.7974338697436398\n"
      "1e+05,0.9160043190190993,0.08399568098090075,0.9160043190190993\n"
      "2e+05,0.23334616729168367,0.7666538327083163,0.7666538327083163\n"
      "1e+05,0.6004948145581026,0.3995051854418974,0.6004948145581026\n"
      "2e+05,0.06699800398442946,0.9330019960155705,0.06699800398442944\n"
      "2e+05,0.09008928710237007,0.9099107128976299,0.9099107128976299\n"
      "2e+05,0.2872548541283889,0.7127451458716111,0.2872548541283889\n";
  const auto numbers = [](const std::string& text) {
    std::vector<double> result;
    std::string cell;
    for (const char c : text.substr(text.find('\n')) + ",")
      if (c == ',' || c == '\n') {
        if (!cell.empty()) result.push_back(std::stod(cell));
        cell.clear();
      } else {
        cell += c;
      }
    return result;
  };
  const std::string predict = "moe predict --unknown ignore --output label,proba,density d.csv -m ";
  const std::string now = printed(sh, predict + "$DATA/models/v1-numbers.moe");
  CHECK(now.substr(0, now.find('\n')) == then.substr(0, then.find('\n')));
  CHECK_THAT(numbers(now), Catch::Approx(numbers(then)).epsilon(1e-12));
  CHECK(printed(sh,
                "moe export -m $DATA/models/v1-numbers.moe --format json -o m.json && moe import m.json -o m.moe && " +
                    predict + "m.moe") == now);
}

TEST_CASE("a model file says that its levels are texts where a reader of version 1 would take them for numbers",
          "[levels]") {
  const Shell sh;
  sh.write("text.csv", "c,y\na,1.5\nb,2\na,3\nb,4\n");
  sh.write("codes.csv", "c,y\n1,1.5\n2,2\n1,3\n2,4\n");
  CHECK(printed(sh, "moe train -k 1 text.csv -q -o m.moe; grep -ac '\"version\":\"1\"' m.moe") == "1\n");
  CHECK(printed(sh, "moe train -k 1 --categorical c codes.csv -q -o m.moe; grep -ac '\"version\":\"2\"' m.moe") ==
        "1\n");
  CHECK(json::parse(printed(sh, "moe export -m m.moe --format json")).at("levels_by") == "text");
  CHECK(
      printed(sh, "moe export -m m.moe --format json -o m.json; moe import m.json -o again.moe; cmp m.moe again.moe") ==
      "");
  CHECK(sh("sed s/\\\"text\\\"/\\\"words\\\"/ m.json > odd.json; moe import odd.json -o odd.moe")
            .err.find("/levels_by: unknown word 'words': expected one of text, value") != std::string::npos);
}
