// moe_consumer_cases DIR ROWS [CASE..]: writes models and rows with which exported models are tested, one directory for
// each case in DIR/cases.tsv, or for the cases named. They have every family, network, gate and kind of column, alone
// and together; gates that are certain; missing cells; unseen levels; and names that need quoting in any language.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "../models.hpp"
#include "moe/dataset.hpp"
#include "moe/model_file.hpp"
#include "moe/numeric.hpp"
#include "moe/registry.hpp"

namespace {

struct Case {
  std::string name;
  Make make;
  bool columns = false;  ///< categories, missing cells, difficult names
  bool offset = false;
  bool certain = false;                             ///< a gate whose logits differ by up to a thousand
  std::vector<std::string> networks{}, families{};  ///< for each expert, where they differ
  std::size_t most_rows = ~std::size_t{0};
  bool far = false;  ///< inputs of up to a thousand standard deviations
  /// A committee has another member, with the same columns and target.
  std::string member_network{}, member_family{};
};

/// The text with letters, digits and dashes only.
std::string plain(std::string text) {
  for (char& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
  return text;
}

std::vector<Case> all_cases() {
  const std::vector<std::string> networks = examples(moe::network_words()), links = examples(moe::gate_words());
  std::vector<Case> cases;
  const auto add = [&](const std::string& family, arma::uword targets, const std::string& network,
                       const std::string& link) {
    const std::size_t i = cases.size();
    // Without intercepts, the sum of the outputs may be negative.
    const std::string gate = i % 3 == 0 && network.find("no-intercept") == std::string::npos ? network : "linear";
    Case one{std::to_string(i) + "-" + plain(family + "-" + network + "-" + link),
             {family, network, gate, link, 3, 3, classes_of(family), i % 4 == 1, targets}};
    one.columns = i % 2 == 1;
    one.offset = targets == 1 && i % 5 == 2;
    one.certain = link == "softmax" && i % 3 == 1;
    if (one.certain) one.name += "-certain";
    cases.push_back(one);
  };
  std::size_t turn = 0;
  const auto add_family = [&](const std::string& family, arma::uword targets) {
    for (const std::string& link : links) add(family, targets, networks[turn++ % networks.size()], link);
    add(family, targets, networks[turn++ % networks.size()], "softmax");
  };
  for (const std::string& family : examples(moe::family_words())) add_family(family, 1);
  for (const std::string& family : examples(moe::several_family_words())) add_family(family, 2);
  for (const std::string& network : networks)
    for (const std::string family : {"gaussian", "bernoulli"}) add(family, 1, network, "softmax");
  Case mixed{"mixed", {"gaussian", "linear", "mlp:5:tanh", "softmax", 5, 3, 0, true}};
  mixed.networks = {"linear", "mlp:4,3:silu", "poly:2", "linear", "constant"};
  mixed.families = {"gaussian", "student", "gaussian", "laplace", "gaussian:hetero"};
  cases.push_back(mixed);
  Case counts{"mixed-counts", {"poisson", "linear", "linear", "softmax", 3, 3, 0, false}};
  counts.networks = {"linear", "linear", "linear"};
  counts.families = {"poisson", "negative-binomial", "zero-inflated-poisson"};
  counts.columns = counts.offset = true;
  cases.push_back(counts);
  Case wide{"wide", {"gaussian", "linear", "linear", "softmax", 8, 32, 0, false}};
  cases.push_back(wide);
  Case deep{"deep", {"categorical", "mlp:64,64", "mlp:16", "softmax", 4, 12, 3, false}};
  cases.push_back(deep);
  Case far{"bounded-sigmas-far", {"gaussian:hetero:0.3:4", "linear", "linear", "softmax", 3, 3, 0, false}};
  far.far = true;
  cases.push_back(far);
  Case widest{"inputs-1000", {"gaussian", "linear", "linear", "softmax", 2, 1000, 0, false}};
  widest.most_rows = 200;
  cases.push_back(widest);
  // Pieces in every branch, with plain columns and with columns of every kind.
  for (const std::string family : {"gaussian:hetero", "categorical"})
    for (const bool columns : {false, true}) {
      const std::string name = "pieces-" + plain(family) + (columns ? "-columns" : "");
      Case pieces{name, {family, "pieces:4:mlp:5:tanh", "pieces:4:mlp:3", "softmax", 3, 3, classes_of(family), true}};
      pieces.columns = columns;
      cases.push_back(pieces);
    }
  struct Members {
    const char *family, *network, *other_family, *other_network;
    bool columns;
  };
  for (const Members& of :
       {Members{"gaussian", "linear", "student", "mlp:4:silu", false},
        Members{"categorical", "linear", "categorical", "pieces:4:mlp:3", false},
        Members{"bernoulli", "poly:2", "bernoulli", "mlp:3", true},
        Members{"poisson", "linear", "negative-binomial", "mlp:3:tanh", true},
        Members{"gaussian:hetero:0.3:4", "pieces:4:mlp:4", "gaussian:hetero:0.5:2", "linear", true}}) {
    const std::string name = std::string("committee-") + of.family + "-" + of.network + (of.columns ? "-columns" : "");
    Case committee{plain(name), {of.family, of.network, "linear", "softmax", 3, 3, classes_of(of.family)}};
    committee.member_network = of.other_network;
    committee.member_family = of.other_family;
    committee.columns = of.columns;
    cases.push_back(committee);
  }
  return cases;
}

/// Columns for the inputs: plain numbers, or some of every kind.
std::vector<moe::Column> columns_for(const Case& of) {
  std::vector<moe::Column> columns;
  if (!of.columns) {
    for (arma::uword j = 1; j <= of.make.inputs; ++j) columns.push_back({"x" + std::to_string(j)});
    return columns;
  }
  moe::Column mean{"x 2\"; DROP TABLE data; --"};
  mean.fill = 0.25;
  moe::Column indicator{"größe, 'm²'\n</script>"};
  indicator.fill = -1.5;
  indicator.indicator = true;
  moe::Column colour{"colour", {"blue", "green \"dark\"", "it's", "10", "null", moe::kMissingLevel}, true};
  moe::Column yes{"$yes\\no", {"no", "yes"}, true};
  moe::Column code{"code", {"01234", "1234", "2", "3.0", "123456789012345678", "123456789012345679"}, true};
  return {{"select"}, mean, colour, indicator, yes, code};
}

/// The model of a case that is no committee, or the first member of one.
moe::Model mixture_of(const Case& of, moe::Random& random) {
  const Make& make = of.make;
  moe::Schema schema = some_schema(0, make.classes, make.targets);
  const std::vector<moe::Column> columns = columns_for(of);
  schema.inputs = moe::input_names(columns);
  if (of.columns) {
    schema.columns = columns;
    schema.na = {"-99", "none"};
    if (make.classes > 0) schema.labels[0] = "a \"b\", c";
  }
  if (of.offset) (make.family == "poisson" ? schema.exposure : schema.offset) = "o";
  if (moe::make_family(make.family, std::vector<moe::TargetInfo>(make.targets, {make.classes, 1, 1}))->reads_trials())
    schema.trials = "trials";
  moe::ModelSpec spec;
  spec.experts = of.networks.empty() ? std::vector<std::string>(make.experts, make.network) : of.networks;
  spec.expert_families = of.families;
  spec.gate = make.gate;
  spec.gate_link = make.link;
  spec.family = make.family;
  const std::size_t inputs = schema.inputs.size();
  spec.knots = some_knots({make.network, make.gate, of.member_network}, inputs);
  for (std::size_t j = 0; j < inputs; ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(make.experts, spec.gate_inputs);
  for (std::size_t k = 0; make.own_inputs && k < make.experts; ++k) {
    spec.expert_inputs[k] = {k % inputs, (k + 1) % inputs};
    if (!of.networks.empty() && of.networks[k] == "constant") spec.expert_inputs[k].clear();
  }
  const bool scaled =
      moe::make_family(make.family, std::vector<moe::TargetInfo>(make.targets, {make.classes, 1, 1}))->location_scale();
  moe::Model model(schema, some_standardization(inputs, scaled ? 0 : 1, make.targets), spec);
  randomize(model, random);
  // Makes standard deviations exist.
  for (const moe::Expert& expert : model.experts)
    for (const auto infinite =
             [&] {
               arma::vec eta(expert.network->outputs() + 1, arma::fill::zeros), variance;
               for (arma::uword t = 0; t < model.targets() && !model.classes(); ++t) {
                 const moe::Family::Marginal own = expert.family->marginal(t, &model.theta[expert.psi_offset]);
                 own.family->variance(eta.t(), own.psi.data(), variance);
                 if (!variance.is_finite()) return true;
               }
               return false;
             };
         infinite();)
      for (arma::uword i = 0; i < expert.family->dispersions(); ++i)
        model.theta[expert.psi_offset + i] = random.normal();
  // Means of ordinary size, which 32 bits can hold.
  const bool powers = make.network.rfind("poly", 0) == 0;
  const double width = std::sqrt(static_cast<double>(inputs)) * (powers ? 8 : 1);
  for (std::size_t k = 0; k < model.size() && width > 2; ++k)
    model.theta.subvec(model.experts[k].offset, arma::size(model.experts[k].network->parameters(), 1)) /= width;
  if (of.certain) model.theta.head(model.gate_branch.network->parameters()) *= 300;
  return model;
}

moe::Model model_of(const Case& of, moe::Random& random) {
  const moe::Model model = mixture_of(of, random);
  if (of.member_network.empty()) return model;
  Case other = of;
  other.make.network = of.member_network;
  other.make.family = of.member_family;
  other.make.gate = of.member_network == "linear" ? "constant" : of.member_network;
  other.make.experts = 2;
  other.make.own_inputs = true;
  other.member_network = of.make.network;  // both have the same knots
  return moe::committee({model, mixture_of(other, random)}, {0.3, 0.7});
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

std::string cell_of(const moe::Column& column, moe::Random& random) {
  const double chance = random.uniform();
  if (column.category) {
    const bool missing = column.levels.back() == moe::kMissingLevel;
    if (missing && chance < 0.1) return chance < 0.05 ? "" : "none";
    if (chance < 0.15) return "never seen";
    const std::string& level = column.levels[random.below(column.levels.size() - (missing ? 1 : 0))];
    if (level == "2" || level == "3.0") return level == "2" ? "2.0" : "3";  // the other spellings of these levels
    return quoted(level);
  }
  if (!std::isnan(column.fill) && chance < 0.1) return chance < 0.05 ? "" : "NA";
  return moe::format_number(random.normal() * (chance > 0.99 ? 2 : 1));
}

/// The columns in another order than the model's, with one that the model does not read.
void write_rows(const moe::Model& model, std::size_t count, bool far, moe::Random& random, std::ostream& out) {
  const std::vector<moe::Column> columns = moe::columns_of(model.schema);
  const moe::Schema& schema = model.schema;
  out << "left out";
  for (std::size_t i = columns.size(); i-- > 0;) out << ',' << quoted(columns[i].name);
  for (const std::string& name : {schema.trials, schema.offset, schema.exposure})
    if (!name.empty()) out << ',' << quoted(name);
  out << '\n';
  for (std::size_t n = 0; n < count; ++n) {
    out << "row " << n;
    for (std::size_t i = columns.size(); i-- > 0;)
      out << ',' << (far ? moe::format_number(random.normal() * std::pow(10.0, n % 4)) : cell_of(columns[i], random));
    if (!schema.trials.empty()) out << ',' << 1 + random.below(9);
    if (!schema.offset.empty()) out << ',' << moe::format_number(random.normal());
    if (!schema.exposure.empty()) out << ',' << moe::format_number(random.uniform(0.1, 5));
    out << '\n';
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path place = arguments[1];
  const std::size_t rows = std::stoul(arguments[2]);
  std::filesystem::create_directories(place);
  std::ofstream list(place / "cases.tsv");
  std::uint64_t stream = 0;
  const std::vector<std::string> wanted(arguments + 3, arguments + count);
  for (const Case& one : all_cases()) {
    moe::Random random(61, ++stream);
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), one.name) == wanted.end()) continue;
    const moe::Model model = model_of(one, random);
    std::filesystem::create_directories(place / one.name);
    moe::save_model(model, place / one.name / "model.moe");
    std::ofstream out(place / one.name / "rows.csv");
    write_rows(model, std::min(rows, one.most_rows), one.far, random, out);
    list << one.name << '\t'
         << (model.classes()            ? "label,proba"
             : model.gate->normalised() ? "mean,sd"
                                        : "mean")
         << ",gate,expert_means\n";
    if (!out) {
      std::cerr << place << ": cannot be written\n";
      return 1;
    }
  }
  return 0;
}
