// Long work ends soon after it is asked to stop, and leaves its files in order.
#include "moe/stop.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/parallel.hpp"
#include "moe/columns.hpp"
#include "moe/csv.hpp"
#include "moe/random.hpp"
#include "moe/select.hpp"
#include "moe/train.hpp"
#include "shell.hpp"

namespace {

/// d inputs, and a target of two lines with noise.
moe::Dataset two_lines(arma::uword rows, arma::uword inputs) {
  moe::Random random(3);
  moe::Dataset data{arma::mat(1 + inputs, rows, arma::fill::ones), arma::mat(rows, 1), arma::ones(rows)};
  for (arma::uword n = 0; n < rows; ++n) {
    for (arma::uword j = 1; j <= inputs; ++j) data.X(j, n) = random.normal();
    data.y[n] = std::abs(data.X(1, n)) + 0.3 * random.normal();
  }
  return data;
}

moe::Schema schema_of(arma::uword inputs) {
  moe::Schema schema;
  for (arma::uword j = 1; j <= inputs; ++j) schema.inputs.push_back("x" + std::to_string(j));
  schema.targets = {"y"};
  return schema;
}

moe::ModelSpec spec_of(const std::string& network, arma::uword inputs) {
  moe::ModelSpec spec;
  spec.experts = {network, network};
  for (arma::uword j = 0; j < inputs; ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(2, spec.gate_inputs);
  return spec;
}

}  // namespace

TEST_CASE("tasks end where they are asked to stop, on every thread", "[stop]") {
  for (const unsigned threads : {1u, 4u}) {
    std::atomic<bool> flag = false;
    const moe::StopScope scope(&flag);
    std::atomic<int> done = 0;
    CHECK_THROWS_AS(moe::parallel_for(1000, threads,
                                      [&](std::size_t task) {
                                        ++done;
                                        if (task == 5) flag = true;
                                        moe::end_if_stopped();
                                      }),
                    moe::Stopped);
    CHECK(done <= 5 + static_cast<int>(2 * threads));
    const moe::StopScope none(nullptr);
    moe::parallel_for(3, threads, [](std::size_t) { moe::end_if_stopped(); });
  }
}

TEST_CASE("no pass is begun, and none ended, once a fit is to stop", "[stop]") {
  for (const std::string solver : {"em", "lbfgs", "newton", "adam", "sgd", "owlqn"})
    for (const arma::uword last : {0, 1, 3}) {
      CAPTURE(solver, last);
      std::atomic<bool> flag = last == 0;
      const moe::StopScope scope(&flag);
      arma::uword told = 0;
      const auto observer = [&](const moe::PassReport&) {
        flag = ++told >= last;
        return true;
      };
      moe::TrainOptions options;
      options.solver = solver;
      options.solver_options.epochs = 50;
      options.solver_options.tolerance = 1e-14;
      if (solver == "owlqn") options.penalty.experts_l1 = 0.01;
      const moe::FitRequest request{schema_of(3), spec_of("linear", 3), two_lines(500, 3), std::nullopt, options,
                                    observer};
      CHECK_THROWS_AS(moe::train(request), moe::Stopped);
      CHECK(told <= last + 1);
    }
}

TEST_CASE("a search for starts in 500 inputs ends when it is asked to", "[stop]") {
  using Clock = std::chrono::steady_clock;
  std::atomic<bool> flag = false;
  std::atomic<Clock::rep> asked = 0;
  std::thread timer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    asked = Clock::now().time_since_epoch().count();
    flag = true;
  });
  const moe::StopScope scope(&flag);
  const moe::FitRequest request{schema_of(500), spec_of("linear", 500), two_lines(300, 500)};
  CHECK_THROWS_AS(moe::train(request), moe::Stopped);
  const auto late = Clock::now().time_since_epoch() - Clock::duration(asked.load());
  timer.join();
  // It would take 40 without the checks; the machine may be busy.
  CHECK(std::chrono::duration<double>(late).count() < 5);
}

TEST_CASE("an interrupted fit says how to go on", "[stop][cli]") {
  const Shell sh;
  // The first checkpoint is there after a pass, however long that takes.
  const Ran ran =
      sh("moe gen friedman1 -n 20000 -o d.csv\n"
         "moe train d.csv --expert mlp:64 --epochs 100000 --every 0 --checkpoint c.moe -q -o m.moe 2> said &\n"
         "for i in {1..1200}; do [ -e c.moe ] && break; sleep 0.05; done; kill -TERM $!; wait $!; echo $?; cat said; "
         "ls -A");
  INFO(ran);
  CHECK(ran.out ==
        "143\nmoe train: interrupted: no model written, but the checkpoint is, and this goes on: moe train --resume "
        "c.moe "
        "d.csv --checkpoint c.moe --every 0 --quiet --output m.moe\n"
        "c.moe\nd.csv\nsaid\nscript\nstderr\nstdout\n");
}

// A fit begins when the table is read, however busy the machine is.
const char* const kWhenBegun =
    R"sh(begun() {
  for i in {1..1200}; do
    [ "$(awk '/^rchar/ { print $2 }' /proc/$1/io)" -ge "$(stat -c %s $2)" ] && break
    sleep 0.05
  done
  sleep 1
}
)sh";

TEST_CASE("an interrupted fit without a checkpoint writes nothing", "[stop][cli]") {
  const Shell sh;
  const Ran ran =
      sh(std::string(kWhenBegun) +
         "moe gen experts -n 100000 -d 24 -k 8 -o d.csv\n"
         "(moe train d.csv -k 12 --threads 1 -q -o m.moe 2> said & begun $! d.csv; kill -INT $!; wait $!; echo $?)\n"
         "cat said; ls -A");
  INFO(ran);
  CHECK(ran.out == "130\nmoe train: interrupted: no model written\nd.csv\nsaid\nscript\nstderr\nstdout\n");
}

TEST_CASE("commands that are ended by a signal leave no temporary file", "[stop][cli]") {
  const Shell sh;
  for (const char* signal : {"INT", "TERM", "HUP"}) {
    const Ran ran = sh(std::string("moe gen two-lines | moe train -k 2 -q -o m.moe\n"
                                   "(sleep 5 | moe predict -m m.moe -o p.csv) & sleep 0.5; kill -") +
                       signal + " $(pgrep -P $! moe); wait $! 2> told; ls -A");
    INFO(ran);
    CHECK(ran.out == "m.moe\nscript\nstderr\nstdout\ntold\n");
  }
}

TEST_CASE("a second signal ends a fit at once, without a temporary file", "[stop][cli]") {
  const Shell sh;
  const Ran ran =
      sh("moe gen friedman1 -n 1000 -o d.csv\n"
         "moe train d.csv --expert mlp:8 --epochs 1000000 --log l.jsonl --checkpoint c.moe -q -o m.moe 2> said &\n"
         "sleep 1; kill -INT $!; kill -TERM $!; wait $! 2> told; ls -A | grep tmp");
  INFO(ran);
  CHECK(ran.out.empty());
}
