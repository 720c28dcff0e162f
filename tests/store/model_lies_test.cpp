// Model files with a right checksum and wrong numbers. Whatever can be noticed when the file is opened is refused
// there, and not at the first prediction.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "model_parts.hpp"
#include "moe/error.hpp"
#include "moe/export.hpp"
#include "moe/import.hpp"
#include "moe/model_file.hpp"
#include "moe/predict.hpp"
#include "scratch.hpp"
#include "shell.hpp"
#include "throws.hpp"

namespace {

using OrderedJson = nlohmann::ordered_json;

/// Whether the model predicts a finite number, or classes, at the middle of its inputs and one scale away from it.
bool predicts(const moe::Model& model) {
  moe::Predictive predictive(model);
  const moe::Standardization& units = model.standardization;
  arma::mat X(1 + model.schema.inputs.size(), 2, arma::fill::ones);
  for (arma::uword j = 1; j < X.n_rows; ++j) {
    X(j, 0) = units.input_center[j - 1];
    X(j, 1) = units.input_center[j - 1] + units.input_scale[j - 1];
  }
  moe::Dataset rows{X, arma::mat(2, 0), arma::ones(2)};
  rows.trials.ones(2);
  predictive.at(rows);
  if (model.classes()) return predictive.probabilities().is_finite();
  for (arma::uword t = 0; t < model.targets(); ++t)
    if (!predictive.mean(t).is_finite()) return false;
  return true;
}

struct Tally {
  int accepted = 0, refused = 0;
  std::string late;  // accepted, but without a prediction
};

/// Loads the bytes, and predicts if they are accepted as a model.
void judge(const std::string& what, const std::string& bytes, Tally& tally) {
  moe::Model model;
  try {
    model = moe::load_model(bytes, "m.moe");
  } catch (const moe::Error& error) {
    CHECK(error.kind() == moe::ErrorKind::kModel);
    ++tally.refused;
    return;
  }
  ++tally.accepted;
  if (!predicts(model)) tally.late += what + "\n";
}

}  // namespace

TEST_CASE("a model with a lie among its numbers is refused at the door or predicts", "[model_file]") {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> lies{0,       -1,       1e-300, 1e150, -1e150, 1e300, -1e300,
                                 1.7e308, -1.7e308, 5e-324, inf,   -inf,   nan};
  Tally tally;
  for (const char* name : {"v1.moe", "v1-classes.moe"}) {
    const Parts whole = take_apart(ScratchDir::read(std::string(MOE_SOURCE "/testdata/models/") + name));
    for (const auto& [tensor, entry] : whole.header.items()) {
      if (tensor == "__metadata__" || tensor == "checksum") continue;
      const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
      for (std::size_t at = begin; at < end; at += 8)
        for (const double lie : lies) {
          Parts parts = whole;
          std::memcpy(parts.data.data() + at, &lie, 8);
          judge(std::string(name) + " " + tensor + " " + std::to_string((at - begin) / 8) + " " + std::to_string(lie),
                assemble(parts), tally);
        }
    }
  }
  CHECK_THAT(tally.late, Catch::Equals(""));
  CHECK(tally.accepted > 100);
  CHECK(tally.refused > 100);
}

TEST_CASE("a model with a lie in its description is refused at the door or predicts", "[model_file]") {
  const std::vector<OrderedJson> lies{"",
                                      "y",
                                      "x1",
                                      "linear",
                                      "mlp:1",
                                      "constant",
                                      "softmax",
                                      "linear",
                                      "gaussian",
                                      "poisson",
                                      0,
                                      1,
                                      -1,
                                      1e300,
                                      true,
                                      nullptr,
                                      OrderedJson::array(),
                                      OrderedJson::object()};
  Tally tally;
  for (const char* name : {"v1.moe", "v1-classes.moe"}) {
    const Parts whole = take_apart(ScratchDir::read(std::string(MOE_SOURCE "/testdata/models/") + name));
    const OrderedJson description = OrderedJson::parse(whole.header["__metadata__"]["model"].get<std::string>());
    const OrderedJson flat = description.flatten();
    for (const auto& [pointer, value] : flat.items())
      for (const OrderedJson& lie : lies) {
        OrderedJson lied = description;
        lied[OrderedJson::json_pointer(pointer)] = lie;
        Parts parts = whole;
        parts.header["__metadata__"]["model"] = lied.dump();
        judge(std::string(name) + " " + pointer + " " + lie.dump(), assemble(parts), tally);
      }
  }
  CHECK_THAT(tally.late, Catch::Equals(""));
  CHECK(tally.accepted > 10);
  CHECK(tally.refused > 100);
}

TEST_CASE("a table of extreme numbers gives a model that every command reads", "[model_file][cli]") {
  const Shell sh;
  const Ran ran =
      sh("f=$DATA/cases/extreme_cov.csv; moe train $f -k 1 --family zero-inflated-poisson --l2 1e300 --expert "
         "linear:no-intercept -q -o m.moe && moe inspect m.moe > shown && moe eval -m m.moe $f > shown && moe export "
         "-m m.moe --format json -o m.json && moe import m.json -o again.moe && cmp m.moe again.moe && echo read");
  INFO(ran);
  CHECK(ran.out == "read\n");
}

TEST_CASE("what a file may say of a fit, its JSON may say, too", "[model_file]") {
  const double inf = std::numeric_limits<double>::infinity();
  moe::Model model = moe::load_model(MOE_SOURCE "/testdata/models/v1.moe");
  model.fit.l2 = 0.5;
  model.fit.gate_l2 = 1e-12;
  const Parts whole = take_apart(bytes_of(model));
  for (const char* tensor : {"fit.l2", "fit.gate_l2"})
    for (const double lie : {inf, -inf, -1.0, std::nan("")}) {
      CAPTURE(tensor, lie);
      Parts parts = whole;
      std::memcpy(parts.data.data() + parts.header[tensor]["data_offsets"][0].get<std::size_t>(), &lie, 8);
      CHECK_THAT(sentence_of([&] { moe::load_model(assemble(parts), "m.moe"); }),
                 Catch::Contains("a penalty of its fit is below 0, or no number"));
    }
  const moe::Model loaded = moe::load_model(assemble(whole), "m.moe");
  const std::string json = moe::export_model(loaded, "json", {})[0].bytes;
  CHECK(bytes_of(moe::import_model(std::string_view(json), "m.json")) == bytes_of(loaded));
}

TEST_CASE("a model that no reader takes is not saved", "[model_file]") {
  const ScratchDir scratch;
  const auto refused = [&](const moe::Model& model) {
    moe::ErrorKind kind{};
    const std::string sentence = sentence_of([&] { moe::save_model(model, scratch.path("m.moe")); }, &kind);
    CHECK(kind == moe::ErrorKind::kFit);
    CHECK(scratch.names().empty());
    return sentence;
  };
  const moe::Model good = moe::load_model(MOE_SOURCE "/testdata/models/v1.moe");
  moe::Model model = good;
  model.theta[0] = std::nan("");
  CHECK_THAT(refused(model), Catch::EndsWith("the model cannot be saved: a parameter is not finite"));
  model = good;
  model.fit.uncertainty.emplace().factor = arma::mat(model.theta.n_elem, 1).fill(arma::datum::inf);
  CHECK_THAT(refused(model), Catch::Contains("a covariance is not finite"));
  model = good;
  model.standardization.target_scale[0] = 0;
  CHECK_THAT(refused(model), Catch::Contains("a scale is not above 0 and finite"));
}
