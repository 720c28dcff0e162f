// The sentences with which commands refuse arguments, word for word. Values just inside of a bound are accepted.
#include <catch2/catch.hpp>

#include "shell.hpp"

namespace {

const char* const kFiles = R"(
awk 'BEGIN { print "x,z,y,c,n,e,k,three"; for (i = 0; i < 30; ++i) { u = sin(12.9898 * i) * 43758.5453; u -= int(u);
  if (u < 0) u += 1; printf "%g,%g,%.4f,%d,%d,%g,%s,%s\n", i / 30, i * i % 7, 2 * i / 30 + u, i % 5, 4 + i % 3, 0.5 + i % 2,
  i % 3 ? "a" : "b", substr("pqr", 1 + i % 3, 1) } }' > d.csv
exec 2> /dev/null
moe train -q -k 2 -y y --features x,z --gate-l2 0.01 d.csv -o g.moe
moe train -q -k 2 -y y --features x,z --gate-link linear --objective blend --solver adam --epochs 3 d.csv -o blend.moe
moe train -q -k 2 -y y --features x,z --expert mlp:2 --epochs 3 d.csv -o mlp.moe
moe train -q -k 2 -y y --features x,z --family laplace --gate-l2 0.01 d.csv -o laplace.moe
moe train -q -k 1 -y y --features x,z --l1 0.01 d.csv -o l1.moe
moe train -q -k 1 -y k --features x,z d.csv -o k.moe
awk 'BEGIN { print "x,y"; for (i = 1; i < 200; ++i) { u = i / 200 - 0.5; s = u < 0 ? -1 : 1;
  printf "%g,%.12g\n", (i * 37) % 200 / 200, s * ((1 / (1 - 2 * s * u)) ^ 2.5 - 1) } }' > wild.csv
moe train -q -k 1 -y y --family student:0.1 wild.csv -o wild.moe
)";

struct Refused {
  const char* command;
  int status;
  const char* sentence;
};

}  // namespace

TEST_CASE("refusals, word by word", "[sentences][cli]") {
  const Shell sh;
  sh(kFiles);
  const Refused refused[] = {
      {"moe inspect blend.moe d.csv --errors observed", 2,
       "--errors observed: the model minimises 'blend', not its likelihood: expected --bootstrap B"},
      {"moe inspect laplace.moe d.csv --errors sandwich", 2,
       "--errors sandwich: family 'laplace' has no second derivatives: expected --bootstrap B"},
      {"moe inspect l1.moe d.csv --errors observed", 2,
       "--errors observed: a fit with an l1 penalty has none of these: expected --bootstrap B"},
      {"moe inspect mlp.moe d.csv --errors observed", 2,
       "--errors observed: the model has no second derivatives, or more than 600 parameters: expected linear networks "
       "and a "
       "softmax gate"},
      {"moe inspect mlp.moe d.csv --bootstrap 5", 2,
       "--bootstrap: network 'mlp:2:relu' has no coefficients to tell errors of: expected linear networks"},
      {"moe inspect g.moe --errors sandwich", 2,
       "--errors sandwich: they are computed from rows: expected -m MODEL DATA"},
      {"moe inspect g.moe --seed 3", 2, "--seed: only a bootstrap uses it: expected --bootstrap B"},
      {"moe inspect g.moe --level 1", 2, "--level: '1': expected a number between 0 and 1"},
      {"moe predict -m k.moe --output mean d.csv", 2,
       "--output mean: the model predicts classes: expected words such as label, proba"},
      {"moe predict -m g.moe --output label d.csv", 2,
       "--output label: the model predicts a number: expected words such as mean, sd, q0.05"},
      {"moe predict -m g.moe --output q1 d.csv", 2, "--output: 'q1': expected a level between 0 and 1, as q0.05"},
      {"moe predict -m g.moe --output interval:0 d.csv", 2,
       "--output: 'interval:0': expected a level between 0 and 1, as interval:0.9"},
      {"moe predict -m g.moe --output mean,mean d.csv", 2,
       "--output: two columns would be named 'mean': expected each name once"},
      {"moe predict -m blend.moe --output sd d.csv", 2,
       "--output sd: under --gate-link linear the weights do not sum to 1, so that the model is no density: expected a "
       "model "
       "with a softmax gate"},
      {"moe predict -m wild.moe --output mean wild.csv", 2,
       "--output mean: expert 1's tails are so heavy (nu is at most 1) that its mean does not exist: expected words "
       "such as "
       "median, interval:0.9"},
      {"moe export -m wild.moe --format c", 2,
       "expert 1's tails are so heavy (nu is at most 1) that its mean does not exist, which every format writes: "
       "expected moe "
       "predict --output median"},
      {"moe export -m g.moe", 2, "no format: expected --format with one that 'moe export --list' lists"},
      {"moe export -m g.moe --format tfjs", 2, "format tfjs is several files: expected -o with a directory for them"},
      {"moe train -k 2 d.csv -y y --features x,y -o n.moe", 2, "column 'y' is the target: expected another as input"},
      {"moe train d.csv -y three --features x,z --family bernoulli -o n.moe", 2,
       "family 'bernoulli' describes two classes, and the target is not one of two: expected categorical, or gaussian "
       "for a number"},
      {"moe train d.csv -y k --features x,z --family gaussian -o n.moe", 3,
       "d.csv:2:7 k: 'b' is not a number: expected a number such as 1.5 or -2e3"},
      {"moe train d.csv -y y --features x,z --family bernoulli:x -o n.moe", 2,
       "family 'bernoulli:x': bernoulli takes no arguments: expected bernoulli"},
      {"moe train d.csv -y y --features x,z --family gaussian:hetero:2:1 -o n.moe", 2,
       "family 'gaussian:hetero:2:1': these are no bounds of sigma: expected gaussian:hetero, or two numbers above 0, "
       "the "
       "least first, as gaussian:hetero:0.1:5"},
      {"moe train d.csv -y y --features x --expert constant:2 -o n.moe", 2,
       "network 'constant:2': constant takes no arguments: expected constant"},
      {"moe train d.csv -y y --features x --expert linear:x -o n.moe", 2,
       "network 'linear:x': expected linear or linear:no-intercept"},
      {"moe train d.csv -y y --features x --expert poly:21 -o n.moe", 2,
       "network 'poly:21': expected a degree from 1 to 20, as poly:2, or poly:2:no-intercept"},
      {"moe train d.csv -y y --features x --expert mlp -o n.moe", 2,
       "network 'mlp': no sizes: expected sizes such as mlp:32,16"},
      {"moe train d.csv -y y --features x --expert mlp:4x -o n.moe", 2,
       "network 'mlp:4x': '4x' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16"},
      {"moe train d.csv -y y --features x --expert mlp:x -o n.moe", 2,
       "network 'mlp:x': 'x' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16"},
      {"moe train d.csv -y y --features x --expert mlp:,4 -o n.moe", 2,
       "network 'mlp:,4': '' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16"},
      {"moe train d.csv -y y --features x --expert mlp:1000001 -o n.moe", 2,
       "network 'mlp:1000001': '1000001' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16"},
      {"moe train d.csv -y y --features x --expert mlp:0 -o n.moe", 2,
       "network 'mlp:0': '0' is not a layer's size: expected sizes from 1 to 1000000, as mlp:32,16"},
      {"moe train d.csv -y c --features x --family binomial --trials e -o n.moe", 3,
       "d.csv:2:6 e: this is no number of trials: expected 1 or more"},
      {"moe train d.csv -y c --features x --family gaussian --trials n -o n.moe", 2,
       "--trials: family 'gaussian' has no use for it: expected --family binomial with it"},
      {"moe train d.csv -y c --features x --family gaussian --exposure e -o n.moe", 2,
       "--exposure: its logarithm is added to log means, and family 'gaussian' has none: expected --offset, or a "
       "family such "
       "as poisson"},
      {"moe train d.csv -y c --features x --family poisson --exposure z -o n.moe", 3,
       "d.csv:2:2 z: the exposure is not above 0: expected a size or time"},
      {"moe train d.csv -y y --features x --validation 1 -o n.moe", 2,
       "--validation: '1': expected a fraction between 0 and 1, or a file"},
      {"moe train d.csv -y y --features x --validation 0.01 -o n.moe", 2,
       "--validation: this fraction of 30 rows leaves a part empty: expected one that leaves rows in both"},
      {"moe train d.csv -y y --features x --solver em --objective blend -o n.moe", 2,
       "--solver em: it needs a softmax gate and the objective likelihood: expected lbfgs"},
      {"moe train d.csv -y y --features x --solver newton --expert mlp:2 -o n.moe", 2,
       "--solver newton: it needs linear networks, a softmax gate, the objective likelihood and a smooth family: "
       "expected "
       "lbfgs"},
      {"moe train d.csv -y k --features x --firth --expert mlp:2 -k 1 -o n.moe", 2,
       "--firth: network 'mlp:2:relu' is not linear in its parameters: expected linear or poly"},
      {"moe train d.csv -y k --features x --firth --objective me -k 1 -o n.moe", 2,
       "--firth: it corrects the likelihood: expected it without --objective me"},
      {"moe train -k 2 d.csv -y y --every 5 --features x -o n.moe", 2,
       "--every: there is nothing to save: expected --checkpoint FILE with it"},
      {"moe train d.csv -y y --features x --expert linear --expert linear -k 3 -o n.moe", 2,
       "--expert: given 2 times, and -k says 3: expected one for all or one for each"},
      {"moe select d.csv -y y --features x --lrt 5 --validation 0.2", 2,
       "--lrt: it compares likelihoods at their maxima: expected no --validation and no other --objective"},
      {"moe select d.csv -y y --features x --gate-link positive", 2,
       "--gate-link positive: its weights do not sum to 1, so that there are no likelihoods to compare: expected "
       "softmax"},
      {"moe gen two-lines --outliers 1.1", 2, "--outliers: '1.1': expected a number from 0 to 1"},
      {"moe gen two-lines --missing -0.1", 2, "--missing: '-0.1': expected a number from 0 to 1"},
      {"moe gen two-lines -n 0", 2, "--rows: '0': expected a whole number from 1 to 1000000000"},
      {"moe gen two-lines -k 3", 2, "recipe 'two-lines' has 2 experts: -k does not apply: expected no -k"},
      {"moe gen --from g.moe -n 5 d.csv", 2,
       "--rows: --from takes rows and inputs from DATA: expected a recipe with it"},
      {"moe gen --from g.moe -m g.moe d.csv", 2, "--from: -m names a model, too: expected one of the two"},
  };
  for (const Refused& at : refused) {
    const Ran ran = sh(at.command);
    INFO(ran);
    CHECK(ran.status == at.status);
    const std::string command = at.command;
    CHECK(ran.err == command.substr(0, command.find(' ', 4)) + ": " + at.sentence + "\n");
    CHECK(ran.out.empty());
  }
  CHECK(sh("ls n.moe").status != 0);
  for (const char* command : {
           "moe inspect g.moe d.csv --errors sandwich --level 0.999",
           "moe inspect l1.moe d.csv --bootstrap 2 --seed 3",
           "moe predict -m g.moe --output q0.999,interval:0.001 d.csv",
           "moe predict -m k.moe --output label d.csv",
           "moe predict -m blend.moe --output mean d.csv",
           "moe predict -m wild.moe --output median wild.csv",
           "moe train d.csv -k 1 -y three --features x,z --l2 0.1 --family categorical -o n.moe",
           "moe train d.csv -k 1 -y y --features x --family gaussian:hetero:1:2 -o n.moe",
           "moe train d.csv -k 1 -y y --features x --expert poly:20 -o n.moe",
           "moe train d.csv -k 1 -y y --features x --expert mlp:1 --epochs 2 -o n.moe",
           "moe train d.csv -k 1 -y c --features x --family binomial --trials n -o n.moe",
           "moe train d.csv -k 1 -y c --features x --family poisson --exposure e -o n.moe",
           "moe train d.csv -k 1 -y y --features x --validation 0.034 -o n.moe",
           "moe train d.csv -k 1 -y k --features x --firth -o n.moe",
           "moe gen two-lines -n 1 --outliers 1 --missing 1",
           "moe gen two-lines -n 1 --outliers 0 --missing 0",
       }) {
    const Ran ran = sh(command);
    INFO(ran);
    CHECK(ran.status == 0);
  }
}

TEST_CASE("a reason of any length leaves the columns of the others where they are", "[sentences][select]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen two-lines -n 60 -o d.csv; moe select d.csv -k 1-2 -q | head -n 1\n"
         "moe select d.csv -k 1-2 --by bic --expert mlp:2 --expert linear --solver newton -q > failed; head -n 1 "
         "failed; tail "
         "-n 1 failed");
  INFO(ran);
  CHECK(ran.out.find("failed: --solver newton: it needs linear networks") != std::string::npos);
  const std::size_t line = ran.out.find('\n') + 1;
  CHECK(ran.out.substr(0, line) == ran.out.substr(line, line));
}

TEST_CASE("help says what a word does, not its opposite", "[sentences][cli]") {
  const Shell sh;
  struct Said {
    const char *command, *line;
  };
  for (const Said& at : {
           Said{"train", "  softmax     positive weights that sum to 1: the mixture is a density"},
           Said{"train", "  positive    exp of each output: positive, but the sum is free to grow"},
           Said{"train", "  linear      the raw outputs: the sum may be negative, and free to grow"},
           Said{"train", "  blend       |y - sum_k g_k o_k|^2: squared error of the merged output"},
           Said{"train", "  localized   sum_k g_k |y - o_k|^2 (Jacobs et al. 1991, eq. 1.2)"},
           Said{"train", "  linear      an intercept and a slope for each input; linear:no-intercept"},
           Said{"train", "  constant    an intercept alone"},
           Said{"train", "  laplace     a number, by its median: errors count by their size, not their"},
           Said{"train", "  zero-inflated-poisson a count with more zeros than a Poisson's"},
           Said{"train", "  sgd         mini-batches, gradient descent with momentum"},
           Said{"train", "  -q, --quiet             no summary and no progress bar; warnings all the same"},
           Said{"eval", "Judge a model on rows with a known target."},
           Said{"import", "Read a model from its JSON, edited by hand or made by a script."},
       }) {
    CAPTURE(at.command, at.line);
    CHECK(("\n" + sh(std::string("moe ") + at.command + " --help").out).find(std::string("\n") + at.line + "\n") !=
          std::string::npos);
  }
}
