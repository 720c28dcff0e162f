// The C interface is compared with the library, and held to its promises.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "every_model.hpp"
#include "moe/model_file.hpp"
#include "moe/moe.h"
#include "moe/predict.hpp"
#include "shell.hpp"

namespace {

constexpr arma::uword kRows = 256;  // what is predicted at once, so that sums take the same path
const double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Close {
  void operator()(moe_model* model) const { moe_free(model); }
};
using Handle = std::unique_ptr<moe_model, Close>;

Handle opened(const std::string& path) {
  moe_model* model = nullptr;
  INFO(moe_error());
  REQUIRE(moe_open(path.c_str(), &model) == MOE_OK);
  return Handle(model);
}

Handle saved(const Shell& sh, const moe::Model& model) {
  moe::save_model(model, sh.path("m.moe"));
  return opened(sh.path("m.moe"));
}

/// The interface's predictions for these rows, with their targets.
arma::mat predicted(const moe_model* model, const char* outputs, const std::vector<double>& x,
                    const std::vector<double>& y, std::size_t rows) {
  const std::size_t width = moe_outputs(model, outputs);
  REQUIRE(width > 0);
  arma::mat out(width, rows);
  const int status =
      moe_predict(model, outputs, x.data(), y.empty() ? nullptr : y.data(), rows, out.memptr(), out.n_elem);
  INFO((outputs == nullptr ? "" : outputs) << ": " << moe_error());
  REQUIRE(status == MOE_OK);
  return out.t();
}

bool same_bits(const arma::mat& a, const arma::mat& b) {
  return arma::size(a) == arma::size(b) && std::memcmp(a.memptr(), b.memptr(), a.n_elem * sizeof(double)) == 0;
}

/// Rows of plain numbers in the form that the interface takes.
std::vector<double> rows_of(const moe::Dataset& data) {
  std::vector<double> x;
  for (arma::uword n = 0; n < data.rows(); ++n) {
    for (arma::uword j = 1; j < data.X.n_rows; ++j) x.push_back(data.X(j, n));
    if (!data.trials.is_empty()) x.push_back(data.trials[n]);
  }
  return x;
}

std::vector<double> targets_of(const moe::Dataset& data) {
  const arma::vec by_row = arma::vectorise(data.y.t());
  return {by_row.begin(), by_row.end()};
}

}  // namespace

TEST_CASE("the C interface predicts every kind of model bit for bit", "[c_interface]") {
  const Shell sh;
  for (const auto& [name, model] : every_model()) {
    if (!model.schema.columns.empty()) continue;  // the next test is about these
    INFO(name);
    moe::Random random(83);
    moe::Dataset data = in_data_units(model, some_rows(model, kRows, random));
    if (!data.trials.is_empty()) data.y = arma::min(data.y, arma::mat(data.trials));
    const Handle handle = saved(sh, model);
    const std::vector<double> x = rows_of(data), y = targets_of(data);
    moe::Predictive p(model);
    p.at(data);
    const auto same = [&](const char* outputs, const arma::mat& expected) {
      INFO(outputs);
      CHECK(same_bits(predicted(handle.get(), outputs, x, y, kRows), expected));
    };
    same("gate", p.weights());
    same("expert", arma::conv_to<arma::mat>::from(p.most_responsible() + 1));
    if (model.gate->normalised()) same("log_density", p.log_density());
    if (model.classes()) {
      same("", arma::join_rows(arma::conv_to<arma::mat>::from(p.label()), p.probabilities()));
      continue;
    }
    arma::mat means;
    for (arma::uword t = 0; t < model.targets(); ++t) means = arma::join_rows(means, p.mean(t));
    same(nullptr, means);
    if (!model.gate->normalised() || model.targets() > 1) continue;
    same("q0.05,expert_means,interval:0.5",
         arma::join_rows(arma::join_rows(p.quantile(0.05), p.expert_means()), p.quantile(0.25), p.quantile(0.75)));
    same("sd", p.sd());  // infinite where the tails are too heavy for a variance
  }
}

TEST_CASE("a row has the same bits however many rows come with it", "[c_interface]") {
  const Shell sh;
  for (const auto& [name, model] : every_model()) {
    if (!model.schema.columns.empty()) continue;
    INFO(name);
    moe::Random random(85);
    const moe::Dataset data = in_data_units(model, some_rows(model, 530, random));
    const Handle handle = saved(sh, model);
    const std::vector<double> x = rows_of(data);
    const std::size_t width = x.size() / data.rows();
    const arma::mat all = predicted(handle.get(), nullptr, x, {}, data.rows());
    for (arma::uword n = 0; n < data.rows(); n += n % 256 < 2 || n % 256 > 253 ? 1 : 7) {
      INFO("row " << n);
      const std::vector<double> alone(x.begin() + static_cast<std::ptrdiff_t>(n * width),
                                      x.begin() + static_cast<std::ptrdiff_t>((n + 1) * width));
      CHECK(same_bits(predicted(handle.get(), nullptr, alone, {}, 1), all.row(n)));
    }
  }
}

TEST_CASE("the C interface takes categories, missing cells and an exposure as a table has them", "[c_interface]") {
  const Shell sh;
  const Ran ran = sh(
      "set -e; { echo colour,size,time,n; for i in $(seq 700); do echo \"$([ $((i % 3)) = 0 ] && echo red || echo "
      "$((i % 5)).0),$([ $((i % 7)) = 0 ] && echo none || echo $((i % 11))),$((i % 4 + 1)),$((i % 13 + i % 3))\"; "
      "done; "
      "} > d.csv\n"
      "moe train -y n --family poisson -k 2 --restarts 1 --categorical colour --missing indicator --na none --exposure "
      "time d.csv -q -o m.moe\n"
      "moe predict -m m.moe --output mean,q0.9,gate d.csv | tail -n +2 > p.csv");
  INFO(ran);
  REQUIRE(ran.status == 0);
  const Handle model = opened(sh.path("m.moe"));
  REQUIRE(moe_columns(model.get()) == 3);
  CHECK(std::string(moe_column_name(model.get(), 0)) == "colour");
  CHECK(std::string(moe_column_name(model.get(), 2)) == "time");
  CHECK(moe_column_name(model.get(), 3) == nullptr);
  CHECK(moe_column_levels(model.get(), 0) == 6);
  CHECK(moe_column_levels(model.get(), 1) == 0);
  CHECK(std::string(moe_column_level(model.get(), 0, 5)) == "red");
  CHECK(moe_column_level(model.get(), 0, 6) == nullptr);
  CHECK(moe_column_value(model.get(), 0, "red") == 5);
  CHECK(moe_column_value(model.get(), 0, "blue") == -1);
  CHECK(moe_column_value(model.get(), 1, "1e3") == 1000);
  CHECK(std::isnan(moe_column_value(model.get(), 1, "none")));
  CHECK(std::isnan(moe_column_value(model.get(), 1, "")));
  CHECK(moe_targets(model.get()) == 1);
  CHECK(std::string(moe_target_name(model.get(), 0)) == "n");
  CHECK(moe_labels(model.get()) == 0);
  CHECK(moe_experts(model.get()) == 2);
  CHECK(std::string(moe_expert_family(model.get(), 1)) == "poisson");

  std::vector<double> x;
  std::istringstream table(ScratchDir::read(sh.path("d.csv")));
  std::string line, cell;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream cells(line);
    for (std::size_t i = 0; i < 3 && std::getline(cells, cell, ','); ++i)
      x.push_back(moe_column_value(model.get(), i, cell.c_str()));
  }
  REQUIRE(x.size() == 3 * 700);
  const arma::mat out = predicted(model.get(), "mean,q0.9,gate", x, {}, 700);
  std::istringstream expected(ScratchDir::read(sh.path("p.csv")));
  int differing = 0;
  for (arma::uword n = 0; n < out.n_rows; ++n)
    for (arma::uword c = 0; c < out.n_cols; ++c) {
      std::getline(expected, cell, c + 1 < out.n_cols ? ',' : '\n');
      if (std::strtod(cell.c_str(), nullptr) != out(n, c)) ++differing;
    }
  CHECK(differing == 0);
  // Rows that are predicted one by one have the same results.
  for (std::size_t n = 0; n < 20; ++n)
    CHECK(same_bits(predicted(model.get(), "mean,q0.9,gate", {x.begin() + 3 * n, x.begin() + 3 * n + 3}, {}, 1),
                    out.row(n)));
}

TEST_CASE("the C interface says what is wrong, and throws nothing", "[c_interface]") {
  const Shell sh;
  moe_model* none = nullptr;
  CHECK(moe_open(sh.path("none.moe").c_str(), &none) == MOE_IO);
  CHECK(std::string(moe_error()).find("none.moe: cannot open") != std::string::npos);
  CHECK(none == nullptr);
  CHECK(moe_open(nullptr, &none) == MOE_USAGE);
  CHECK(moe_open("x", nullptr) == MOE_USAGE);
  moe_free(nullptr);

  moe::Model made = make_model({"gaussian", "linear", "linear", "softmax", 2, 2});
  made.theta.fill(10);
  const Handle model = saved(sh, made);
  std::string bytes = ScratchDir::read(sh.path("m.moe"));
  REQUIRE(moe_open_bytes(bytes.data(), bytes.size(), &none) == MOE_OK);
  CHECK(moe_columns(none) == 2);
  moe_free(none);
  CHECK(moe_open_bytes(bytes.data(), bytes.size() - 1, &none) == MOE_BAD_MODEL);
  CHECK(std::string(moe_error()).find("<memory>: cut short") == 0);
  bytes[bytes.size() / 2] ^= 1;
  CHECK(moe_open_bytes(bytes.data(), bytes.size(), &none) == MOE_BAD_MODEL);
  CHECK(moe_open_bytes("", 0, &none) == MOE_BAD_MODEL);

  std::vector<double> x{1, 2, 3, 4}, out(4);
  const auto said = [&](const char* outputs, const double* y, std::size_t rows, std::size_t size, int status) {
    CHECK(moe_predict(model.get(), outputs, x.data(), y, rows, out.data(), size) == status);
    return std::string(moe_error());
  };
  CHECK(said("mean", nullptr, 2, 2, MOE_OK).empty() == false);  // the sentence on the last failure stays
  CHECK(said("mean,sd", nullptr, 2, 3, MOE_USAGE) ==
        "out is too small: expected room for rows x moe_outputs() numbers");
  CHECK(said("meen", nullptr, 2, 4, MOE_USAGE).find("output: unknown word 'meen': did you mean 'mean'?") == 0);
  CHECK(moe_outputs(model.get(), "proba") == 0);
  CHECK(said("density", nullptr, 2, 4, MOE_USAGE) == "the outputs need the rows' targets: expected y");
  const std::vector<double> y{1, kNaN};
  CHECK(said("density", y.data(), 2, 4, MOE_DATA) == "row 2, y: the value is missing or not finite: expected a number");
  x[3] = kNaN;
  CHECK(said("mean", nullptr, 2, 4, MOE_DATA) == "row 2, x2: the value is missing or not finite: expected a number");
  x[3] = 1e308;
  CHECK(said("mean", nullptr, 2, 4, MOE_DATA).find("row 2: the prediction is not a finite number") == 0);
  char name[4];
  CHECK(moe_output_name(model.get(), "mean", 0, name, sizeof name) == MOE_OK);
  CHECK(std::string(name) == "mea");
  CHECK(moe_output_name(model.get(), "mean", 1, name, sizeof name) == MOE_USAGE);
  CHECK(moe_predict(nullptr, "mean", x.data(), nullptr, 1, out.data(), 4) == MOE_USAGE);
  CHECK(moe_predict(model.get(), "mean", x.data(), nullptr, 0, out.data(), 0) == MOE_OK);
}

TEST_CASE("many threads may use one model, each with its own messages", "[c_interface]") {
  const Shell sh;
  moe::Random random(89);
  moe::Model made = make_model({"gaussian", "mlp:8:tanh", "linear", "softmax", 3, 3});
  randomize(made, random);
  const Handle model = saved(sh, made);
  const moe::Dataset data = in_data_units(made, some_rows(made, 5000, random));
  const std::vector<double> x = rows_of(data);
  const arma::mat expected = predicted(model.get(), "mean,sd", x, {}, 5000);
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < wrong.size(); ++i)
    threads.emplace_back([&, i] {
      arma::mat out(2, 5000);
      for (int again = 0; again < 5; ++again) {
        const std::string word = "word" + std::to_string(i);
        if (moe_outputs(model.get(), word.c_str()) != 0) ++wrong[i];
        if (moe_predict(model.get(), "mean,sd", x.data(), nullptr, 5000, out.memptr(), out.n_elem) != MOE_OK)
          ++wrong[i];
        if (!same_bits(out.t(), expected)) ++wrong[i];
        if (std::string(moe_error()).find(word) == std::string::npos) ++wrong[i];
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(8, 0));
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("the library shows the C interface and namespace moe, and is named by its ABI", "[c_interface]") {
  CHECK(moe_abi_version() == MOE_ABI_VERSION);
  const Shell sh;
  const Ran ran =
      sh("so=$(dirname $(command -v moe))/libmoe.so\n"
         "nm -D --defined-only $so | awk '{print $3}' | grep -vE '^(_Z(N|NK|TIN|TSN|TVN)3moe|moe_)'\n"
         "nm -D --defined-only $so | awk '{print $3}' | grep '^moe_' | sort > shown\n"
         "grep -oE 'moe_[a-z_]+\\(' " MOE_SOURCE
         "/lib/moe/moe.h | tr -d '(' | grep -v '^moe_error$' | sort -u > declared; echo moe_error >> declared\n"
         "sort -u declared -o declared; cmp shown declared && objdump -p $so | awk '/SONAME/ {print $2}'");
  INFO(ran);
  CHECK(ran.out == "libmoe.so." + std::to_string(MOE_ABI_VERSION) + "\n");
  const Ran c = sh("gcc -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c " MOE_SOURCE "/lib/moe/moe.h");
  INFO(c);
  CHECK(c.status == 0);
}
#endif
