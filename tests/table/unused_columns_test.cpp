// Columns that a model does not use, and the names of new columns beside them.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

/// A model with the inputs a and b.
constexpr const char* kModel = "moe train -y y -k 1 -q $DATA/cases/extra_train.csv -o m.moe\n";

}  // namespace

TEST_CASE("columns that a model does not use stop nothing", "[cli][table]") {
  const Shell sh;
  const Ran plain = sh(std::string(kModel) + "printf 'a,b\\n1,2\\n' > plain.csv; moe predict -m m.moe plain.csv");
  INFO(plain);
  REQUIRE(plain.status == 0);
  const std::string drawn = sh("moe gen --from m.moe plain.csv").out;
  for (const std::string table : {"trailing", "index", "dup_extra"}) {
    const std::string file = "$DATA/cases/" + table + ".csv";
    const Ran ran = sh("moe predict -m m.moe " + file);
    INFO(ran);
    CHECK(ran.out == plain.out);
    CHECK(sh("moe predict -m m.moe < " + file).out == plain.out);
    CHECK(sh("moe gen --from m.moe " + file).out == drawn);
    const std::string mean = plain.out.substr(plain.out.find('\n') + 1);
    CHECK(sh("moe predict --append -m m.moe " + file).out ==
          sh("sed '1s/$/,mean/; 2s/$/," + mean.substr(0, mean.size() - 1) + "/' " + file).out);
  }
  const Ran judged =
      sh("sed 's/.*/k,&,k,/; 2,$s/^k/7/' $DATA/cases/extra_train.csv > t.csv\n"
         "for t in t.csv $DATA/cases/extra_train.csv; do moe eval -m m.moe $t; moe inspect -m m.moe $t --errors "
         "sandwich; done");
  INFO(judged);
  CHECK(judged.status == 0);
  CHECK(judged.out.substr(0, judged.out.size() / 2) == judged.out.substr(judged.out.size() / 2));
}

TEST_CASE("a duplicate that a model uses is an error", "[cli][table]") {
  const Shell sh;
  const Ran ran = sh(std::string(kModel) + "printf 'a,b,a\\n1,2,3\\n' > t.csv; moe predict -m m.moe t.csv");
  INFO(ran);
  CHECK(ran.status == 3);
  CHECK(ran.err == "moe predict: t.csv:1:3 a: the name 'a' stands twice: expected each column's name once\n");
  CHECK(sh("printf 'a,b,a,y\\n1,2,3,4\\n' > t.csv; moe train -k 2 --features b,a t.csv").status == 3);
}

TEST_CASE("training leaves out what --features leaves out, whatever its name", "[cli][table]") {
  const Shell sh;
  const Ran ran =
      sh("sed 's/.*/0,&,q,q/; 1s/.*/,a,b,y,k,k/' $DATA/cases/extra_train.csv > t.csv\n"
         "moe train -y y --features a,b -k 1 -q t.csv -o t.moe && moe train -y y --features=-1,-5,-6 -k 1 -q t.csv -o "
         "u.moe\n" +
         std::string(kModel) + "cmp m.moe t.moe && cmp m.moe u.moe");
  INFO(ran);
  CHECK(ran.status == 0);
  CHECK(sh("moe train -k 2 -y y --features a,b,k t.csv -o t.moe").status == 3);
}

TEST_CASE("a weight is not looked at where rows are only predicted", "[cli][table]") {
  const Shell sh;
  const Ran ran =
      sh("sed 's/$/,1/; 1s/,1$/,w/' $DATA/cases/extra_train.csv > t.csv; moe train -y y --weight w -k 1 -q t.csv -o "
         "w.moe\n"
         "printf 'a,b,w\\n1,2,none\\n' | moe predict -m w.moe");
  INFO(ran);
  CHECK(ran.status == 0);
}

TEST_CASE("new columns are kept apart from the table's own", "[cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe train -k 1 --l2 0.01 -q $DATA/cases/target_label.csv -o c.moe\n"
         "moe predict -m c.moe --append $DATA/cases/target_label.csv > p.csv; head -n 1 p.csv");
  INFO(ran);
  CHECK(ran.out == "x,label,predicted_label,p_neg,p_pos\n");
  CHECK(ran.err ==
        "note: the table has a column 'label': the new one is 'predicted_label' (--prefix names new columns "
        "otherwise)\n");
  const Ran prefixed =
      sh("moe predict -m c.moe --append --prefix new_ $DATA/cases/target_label.csv | tee new.csv | head -n 1");
  CHECK(prefixed.out == "x,label,new_label,new_p_neg,new_p_pos\n");
  CHECK(prefixed.err.empty());
  // Repeated predictions never give the same name twice.
  CHECK(sh("moe predict -q -m c.moe --append $DATA/cases/target_label.csv | moe predict -m c.moe --append "
           "--output label -q | head -n 1")
            .out == "x,label,predicted_label,p_neg,p_pos,predicted_predicted_label\n");
  const Ran taken = sh("moe predict -m c.moe --append --prefix new_ new.csv");
  INFO(taken);
  CHECK(taken.status == 2);
  CHECK(
      taken.err ==
      "moe predict: --prefix: the table has a column 'new_label': expected a prefix that makes the new columns' names "
      "others\n");
}

TEST_CASE("an id that is called like a prediction goes before it", "[cli]") {
  const Shell sh;
  const Ran ran =
      sh("printf 'mean,x,y\\nu,1,2\\nv,2,3\\nw,3,5\\n' > t.csv; moe train --id mean -k 1 -q t.csv -o m.moe\n"
         "moe predict -q -m m.moe t.csv | head -n 1");
  INFO(ran);
  CHECK(ran.out == "mean,predicted_mean\n");
}
