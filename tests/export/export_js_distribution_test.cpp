// The predictive distribution in exported JavaScript, run by Node.js, beside moe's own.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "models.hpp"
#include "moe/export.hpp"
#include "moe/numeric.hpp"
#include "moe/predict.hpp"
#include "moe/registry.hpp"
#include "shell.hpp"

namespace {

constexpr double kProbabilities[] = {0.05, 0.5, 0.999};

/// Prints for each row of rows.json the log density at its targets, and for each target the distribution function there
/// and three quantiles.
constexpr const char* kNode = R"(
const fs = require('fs'), vm = require('vm');
const {rows, targets} = JSON.parse(fs.readFileSync('rows.json', 'utf8'));
vm.runInThisContext(fs.readFileSync('model.js', 'utf8'));
for (const {row, y} of rows) {
  const d = moeModel.distribution(row), out = [d.logDensity(targets.length === 1 ? y[0] : y)];
  targets.forEach((name, t) => out.push(d.cdf(y[t], name), ...[0.05, 0.5, 0.999].map((p) => d.quantile(p, name))));
  console.log(out.join(' '));
}
)";

std::string rows_as_json(const moe::Model& model, const moe::Dataset& data) {
  std::string rows;
  for (arma::uword n = 0; n < data.rows(); ++n) {
    std::string row, y;
    for (arma::uword j = 1; j < data.X.n_rows; ++j)
      row += "\"" + model.schema.inputs[j - 1] + "\":" + moe::format_number(data.X(j, n)) + ",";
    if (!data.trials.is_empty()) row += "\"" + model.schema.trials + "\":" + moe::format_number(data.trials[n]) + ",";
    if (!data.offset.is_empty()) row += "\"" + model.schema.offset + "\":" + moe::format_number(data.offset[n]) + ",";
    if (!row.empty()) row.pop_back();
    for (arma::uword t = 0; t < data.y.n_cols; ++t) y += (t == 0 ? "" : ",") + moe::format_number(data.y(n, t));
    rows += std::string(n == 0 ? "" : ",") + "{\"row\":{" + row + "},\"y\":[" + y + "]}";
  }
  std::string targets;
  for (const std::string& name : model.schema.targets) targets += (targets.empty() ? "\"" : ",\"") + name + "\"";
  return "{\"rows\":[" + rows + "],\"targets\":[" + targets + "]}";
}

arma::mat predictions_of(const moe::Model& model, const moe::Dataset& data) {
  moe::Predictive p(model);
  p.at(data);
  arma::mat result = p.log_density();
  for (arma::uword t = 0; t < model.targets(); ++t) {
    result = arma::join_rows(result, p.cdf(data.y.col(t), t));
    for (const double level : kProbabilities) result = arma::join_rows(result, p.quantile(level, t));
  }
  return result;
}

/// The largest difference, in units of the number or 10: incomplete gamma and beta functions are computed in another
/// way. Infinity where a number is missing or NaN.
double worst_difference(const arma::mat& truth, const std::string& printed) {
  std::istringstream stream(printed);
  double worst = 0;
  for (arma::uword n = 0; n < truth.n_rows; ++n)
    for (arma::uword c = 0; c < truth.n_cols; ++c) {
      std::string word;
      stream >> word;
      const bool infinite = word == "-Infinity" || word == "Infinity";
      const double value = infinite ? (word[0] == '-' ? -INFINITY : INFINITY) : std::strtod(word.c_str(), nullptr);
      if (!word.empty() && value == truth(n, c)) continue;
      const double difference = std::abs(value - truth(n, c)) / std::max(10.0, std::abs(truth(n, c)));
      worst = std::max(worst, word.empty() || std::isnan(difference) ? INFINITY : difference);
    }
  return worst;
}

void try_in_node(const Shell& sh, const moe::Model& model, const moe::Dataset& data) {
  moe::ExportOptions options;
  options.classic = true;
  sh.write("model.js", moe::export_model(model, "js", options).front().bytes);
  sh.write("rows.json", rows_as_json(model, data));
  const Ran ran = sh("node try.js");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(worst_difference(predictions_of(model, data), ran.out) <= 1e-12);
}

}  // namespace

TEST_CASE("exported JavaScript has the density, distribution function and quantiles of every family", "[export]") {
  const Shell sh;
  if (sh("command -v node").status != 0) {
    WARN("there is no node here");
    return;
  }
  sh.write("try.js", kNode);
  std::uint64_t stream = 0;
  const auto try_family = [&](const std::string& family, arma::uword targets) {
    const std::string network = ++stream % 3 == 0 ? "mlp:4" : "linear";
    moe::Random random(61, stream);
    moe::Model model =
        make_model({family, network, network, "softmax", 3, 3, classes_of(family), stream % 2 == 0, targets});
    if (model.classes()) return;
    randomize(model, random);
    INFO(family << " " << network);
    try_in_node(sh, model, in_data_units(model, some_rows(model, 60, random)));
  };
  for (const moe::Word& word : moe::family_words())
    for (const std::string& family : word.examples) try_family(family, 1);
  for (const moe::Word& word : moe::several_family_words())
    for (const std::string& family : word.examples) try_family(family, 2);
}

namespace {

/// mpmath 1.2.1 with 40 digits: erfc, log of ncdf, gammainc and betainc (regularized), loggamma; the skew normal, and
/// Student's with more than 1e5 degrees of freedom, by quad() of their densities, and sums of probabilities.
constexpr const char* kTruth = R"(erfc(0.3) 0.67137324054087257236
erfc(1) 0.15729920705028513066
erfc(3.7) 1.6715105790914620237e-7
erfc(26) 5.6631924088561428465e-296
erfc(-2.5) 1.9995930479825550411
erfc(0.999999) 0.15729962215819765889
logNormalCdf(-40) -804.60844201375378817
logNormalCdf(-8) -35.013437159914549896
logNormalCdf(-3) -6.6077262215103495433
logNormalCdf(2) -0.023012909328963488465
gammaCdf(0.1, 0.5) 0.3452791539814229706
gammaCdf(2001, 2000) 0.51189082518701444405
gammaCdf(1150, 1200) 0.072936031816090296113
gammaCdf(20, 3) 0.99999954448504944108
gammaCdf(1e-5, 0.01) 0.89633679826719720228
betaCdf(0.2, 2, 3) 0.1808
betaCdf(0.001, 0.5, 120) 0.37551957912274480293
betaCdf(0.53, 900, 800) 0.51899584209300264044
studentCdf(-2, 3) 0.069662984279421588424
studentCdf(0.7, 1.5) 0.71178087955865669055
studentCdf(-12, 40) 3.9120856521279863115e-15
studentCdf(-2.5, 1e4) 0.006217609775291848433
studentCdf(-2.5, 1e14) 0.0062096653257769294181
studentCdf(-0.5, 1e14) 0.30853753872598744646
studentCdf(-7, 1e8) 1.2798205367885652316e-12
studentCdf(1.2, 1e10) 0.88493032976407731275
skewNormalCdf(0.4, 3) 0.323664176922794252
skewNormalCdf(-1.2, -2) 0.22970094958590838734
poissonCdf(3, 2.5) 0.75757613313306596375
poissonCdf(180, 200) 0.082228904836609708205
poissonCdf(0, 1e-3) 0.99900049983337499167
negativeBinomialCdf(2, 1.5, 0.4) 0.79909355865027321086
negativeBinomialCdf(40, 55.0, 3.0) 0.38530735297222864044
negativeBinomialCdf(40, 55.0, 1000000000000.0) 0.021253588063511475525
negativeBinomialCdf(70, 55.0, 1000000000000.0) 0.97848496156870761668
negativeBinomialCdf(3, 2.5, 100000000.0) 0.75757613179704714407
binomialCdf(3, 10, -0.5) 0.44004955070316942156
binomialCdf(70, 1030, -2.5) 0.18528819239831589685
stirlingError(-3) 0.75346270945291267277
stirlingError(0) 0.08106146679532725822
stirlingError(2) 0.011271090396052695161
stirlingError(5) 0.00056149473353947599982
stirlingErrorOfCount(3) 0.027677925684998339149
stirlingErrorOfCount(40) 0.0020832899383024217487
)";

}  // namespace

TEST_CASE("the special functions of exported JavaScript have the digits of mpmath's", "[export]") {
  const Shell sh;
  if (sh("command -v node").status != 0) {
    WARN("there is no node here");
    return;
  }
  sh.write("functions.js", ScratchDir::read(MOE_SOURCE "/lib/src/export/formats/js_functions.js"));
  sh.write("truth.txt", kTruth);
  // Stirling's error is a small difference, whose last digits count for nothing beside the terms that it corrects.
  sh.write("compare.js", R"(
const lines = require('fs').readFileSync('truth.txt', 'utf8').trim().split('\n');
for (const line of lines) {
  const [, call, text] = line.match(/^(.*) (\S+)$/), truth = Number(text), value = eval(call);
  const tolerance = call.startsWith('stirlingError(') ? 2e-13 : 2e-14;
  if (!(Math.abs(value - truth) <= tolerance * Math.abs(truth))) console.log(call, value, truth);
}
console.log(lines.length);
)");
  const Ran ran = sh("cat functions.js compare.js > all.js && node all.js");
  INFO(ran);
  CHECK(ran.out == "44\n");
}
