// Fits that are interrupted and continued end with the same bits as without an interruption.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>

#include "moe/checkpoint.hpp"
#include "moe/model_file.hpp"
#include "moe/random.hpp"
#include "moe/stop.hpp"
#include "moe/train.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

moe::Dataset bent_lines(arma::uword rows) {
  moe::Random random(3);
  moe::Dataset data{arma::mat(4, rows, arma::fill::ones), arma::mat(rows, 1), arma::ones(rows)};
  for (arma::uword n = 0; n < rows; ++n) {
    for (arma::uword j = 1; j <= 3; ++j) data.X(j, n) = random.normal();
    data.y[n] = std::abs(data.X(1, n)) + 0.3 * std::abs(data.X(2, n)) + 0.3 * random.normal();
  }
  return data;
}

struct ResumedFit {
  std::string name, solver, network = "linear", family = "gaussian";
  std::string schedule = "constant";
  arma::uword restarts = 0, rows = 300, epochs = 30;
  double validation = 0, l1 = 0;
  arma::uword patience = 0;
  int breaks = 4;  // at most: a solver that keeps no state begins its start again, and might never end
};

moe::Model fitted(const ResumedFit& of, unsigned threads, moe::FitProgress* progress, const moe::Observer& observer) {
  moe::Schema schema;
  schema.inputs = {"a", "b", "c"};
  schema.targets = {"y"};
  moe::ModelSpec spec;
  spec.experts = {of.network, of.network};
  spec.family = of.family;
  spec.gate_inputs = {0, 1, 2};
  spec.expert_inputs = {{0, 1, 2}, {0, 1, 2}};
  moe::TrainOptions options;
  options.solver = of.solver;
  options.solver_options.schedule = of.schedule;
  options.solver_options.epochs = of.epochs;
  options.restarts = of.restarts;
  options.validation = of.validation;
  options.patience = of.patience;
  options.penalty.experts_l1 = of.l1;
  options.threads = threads;
  options.progress = progress;
  return moe::train({schema, spec, bent_lines(of.rows), std::nullopt, options, observer}).model;
}

std::string bytes_of(const moe::Model& model) {
  const ScratchDir scratch;
  moe::save_model(model, scratch.path("m.moe"));
  return ScratchDir::read(scratch.path("m.moe"));
}

/// Runs the fit, interrupted after every `passes` passes, with its progress kept in a file.
moe::Model with_breaks(const ResumedFit& of, unsigned threads, int passes, int& breaks) {
  const ScratchDir scratch;
  moe::FitProgress progress;
  for (breaks = 0;; ++breaks) {
    std::atomic<bool> flag = false;
    int told = 0;
    moe::Model last;
    const auto observer = [&](const moe::PassReport& report) {
      last = report.model;
      if (++told >= passes && breaks < of.breaks) flag = true;
      return true;
    };
    try {
      const moe::StopScope scope(&flag);
      return fitted(of, threads, &progress, observer);
    } catch (const moe::Stopped&) {
      moe::save_checkpoint({last, progress, "words"}, scratch.path("c.moe"));
      const moe::Checkpoint read = moe::load_checkpoint(scratch.path("c.moe"));
      CHECK(read.words == (progress.empty() ? "" : "words"));
      progress = read.progress;
    }
  }
}

}  // namespace

TEST_CASE("a fit with breaks ends with the bits of one without", "[resume]") {
  const std::vector<ResumedFit> cases{
      {"adam", "adam", "mlp:3"},
      {"adam, cosine", "adam", "mlp:3", "gaussian", "cosine"},
      {"adamw", "adamw", "mlp:3"},
      {"adam, two starts", "adam", "linear", "gaussian", "constant", 2},
      {"adam, validation", "adam", "mlp:3", "gaussian", "constant", 0, 300, 60, 0.2, 0, 4},
      {"sgd", "sgd", "mlp:3", "gaussian", "linear"},
      {"lbfgs", "lbfgs", "linear", "student", "constant", 3, 300, 60},
      {"lbfgs, mlp", "lbfgs", "mlp:3", "gaussian", "constant", 1, 300, 60},
      {"em", "em", "linear", "gaussian", "constant", 4, 300, 60},
      {"em, second derivatives by some rows", "em", "linear", "gaussian", "constant", 1, 35000, 12},
      {"em, laplace", "em", "linear", "laplace", "constant", 1, 200, 60},
      {"newton", "newton", "linear", "gaussian", "constant", 1, 300, 60},
      {"owlqn", "owlqn", "linear", "gaussian", "constant", 2, 300, 40, 0, 0.01},
      {"auto", "auto", "linear", "gaussian", "constant", 0, 300, 0}};
  for (const ResumedFit& of : cases) {
    CAPTURE(of.name);
    int breaks = 0;
    CHECK(bytes_of(with_breaks(of, 3, 7, breaks)) == bytes_of(fitted(of, 1, nullptr, nullptr)));
    CHECK(breaks > 0);
  }
}

TEST_CASE("what is kept of rows above forty thousand leads to the same bits", "[resume]") {
  const ResumedFit of{"some rows first", "em", "linear", "gaussian", "constant", 2, 41000, 12};
  int breaks = 0;
  CHECK(bytes_of(with_breaks(of, 2, 5, breaks)) == bytes_of(fitted(of, 2, nullptr, nullptr)));
  CHECK(breaks > 0);
}

TEST_CASE("a checkpoint is a model for all who know nothing of checkpoints", "[resume]") {
  const ScratchDir scratch;
  const moe::Model model = moe::load_model(MOE_SOURCE "/testdata/models/v1.moe");
  const moe::FitProgress progress{{"a/b", {1, -2.5}}, {"", {}}, {"c", arma::vec(1000, arma::fill::randu)}};
  moe::save_checkpoint({model, progress, "the \"words\""}, scratch.path("c.moe"));
  CHECK(bytes_of(moe::load_model(scratch.path("c.moe"))) == bytes_of(model));
  const moe::Checkpoint read = moe::load_checkpoint(scratch.path("c.moe"));
  CHECK(read.words == "the \"words\"");
  REQUIRE(read.progress.size() == 3);
  for (const auto& [name, numbers] : progress) {
    const arma::vec& got = read.progress.at(name);
    REQUIRE(got.n_elem == numbers.n_elem);
    CHECK((got.is_empty() || std::memcmp(got.memptr(), numbers.memptr(), got.n_elem * sizeof(double)) == 0));
  }
}

TEST_CASE("an interrupted command goes on to the model of one that was not", "[resume][cli]") {
  const Shell sh;
  const Ran ran = sh(
      "moe gen friedman1 -n 2000 -o d.csv; options='-y y --expert mlp:16 --epochs 150 --schedule cosine'\n"
      "moe train d.csv $options -q -o whole.moe\n"
      "moe train d.csv $options -q --checkpoint c.moe -o broken.moe 2> /dev/null & sleep 0.7; kill -TERM $!; wait $!\n"
      "test -e broken.moe || moe train --resume c.moe d.csv --threads 1 -q --checkpoint c.moe -o broken.moe\n"
      "cmp whole.moe broken.moe && moe train --resume c.moe d.csv -q -o again.moe && cmp whole.moe again.moe && moe "
      "train "
      "--resume c.moe d.csv $options -q -o again.moe && echo same\n"
      "moe predict -m c.moe d.csv > p.csv && moe inspect c.moe > shown && echo read");
  INFO(ran);
  CHECK(ran.out == "same\nread\n");
}

TEST_CASE("a checkpoint of another run is refused by what differs", "[resume][cli]") {
  const Shell sh;
  sh("moe gen friedman1 -n 200 -o d.csv; moe gen friedman1 -n 200 --seed 2 -o other.csv\n"
     "moe train d.csv -y y --solver adam --l2 0.10 --epochs 5 --checkpoint c.moe -q -o m.moe");
  const auto said = [&](const std::string& options) {
    const Ran ran =
        sh("moe train --resume c.moe " + options + " -q -o again.moe; echo $?; test -e again.moe && rm again.moe");
    INFO(ran);
    return ran.out + ran.err;
  };
  // After so few passes the fit is worse than a single expert, and a warning says so.
  CHECK(said("d.csv").substr(0, 2) == "0\n");
  CHECK(said("d.csv --l2 0.1 --threads 3 -y y").substr(0, 2) == "0\n");
  CHECK(said("d.csv --epochs 6") ==
        "2\nmoe train: --epochs: '6': the checkpoint's run has '5': expected the same, or no --epochs\n");
  CHECK(said("d.csv --momentum 0.5") ==
        "2\nmoe train: --momentum: '0.5': the checkpoint's run has '0.9': expected the same, or no --momentum\n");
  CHECK(said("d.csv --features x1") ==
        "2\nmoe train: --features: 'x1': the checkpoint's run has none: expected the same, or no --features\n");
  CHECK(said("other.csv") ==
        "3\nmoe train: --resume: the rows are not those of the checkpoint's run: expected the same table, or a model, "
        "from "
        "which a new fit begins\n");
}

TEST_CASE("a fit that begins from a model does not end worse without a word", "[resume][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen friedman1 -n 300 -o d.csv; moe train d.csv -k 1 -q -o a.moe\n"
         "moe train --resume a.moe d.csv --solver sgd --learning-rate 0.1 --batch 4 --epochs 2 -q -o b.moe\n"
         "for m in a b; do moe eval -m $m.moe d.csv --json | grep '\"objective\"'; done | uniq | wc -l");
  INFO(ran);
  CHECK(ran.out == "1\n");
  CHECK(ran.err ==
        "note: the fit found nothing better than where it began: the model has the parameters of --resume's\n");
}
