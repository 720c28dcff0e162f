// The table of train's options that say what is read, what is fitted and how. select has them, too.

#include "csv_options.hpp"
#include "moe/registry.hpp"
#include "train_options.hpp"

namespace cli {
namespace {

std::vector<std::string> with_word(const std::string& first, std::vector<std::string> words) {
  words.insert(words.begin(), first);
  return words;
}

std::vector<std::string> family_names() {
  std::vector<std::string> words = with_word("auto", moe::names(moe::family_words()));
  for (const std::string& name : moe::names(moe::several_family_words()))
    if (name.find("FAMILY") == std::string::npos) words.push_back(name);  // not "FAMILY,FAMILY"
  return words;
}

/// What shells complete for options whose value is one of a list.
std::vector<std::string> known_words(const std::string& option) {
  std::vector<std::string> networks = moe::names(moe::network_words());
  if (option == "missing") return {"error", "drop", "mean", "indicator"};
  if (option == "expert") return networks;
  if (option == "gate") return with_word("softmax", networks);
  if (option == "gate-link") return moe::names(moe::gate_words());
  if (option == "family") return family_names();
  if (option == "objective") return moe::names(moe::objective_words());
  if (option == "solver") return with_word("auto", moe::names(moe::solver_words()));
  if (option == "schedule") return {"constant", "linear", "cosine"};
  if (option == "restarts") return {"auto"};
  return {};
}

std::vector<Option> data_options() {
  return {
      {"target", "y", "COLS", "", "the target, or several numbers; the last column where nothing is said"},
      {"features", "", "COLS", "", "the inputs; all other columns where nothing is said"},
      {"gate-features", "", "COLS", "", "the gate's inputs, where they differ"},
      {"expert-features", "", "[K=]COLS", "", "the experts' inputs, of all or of expert K; may be repeated", true},
      {"weight", "", "COL", "", "a weight for each row, any number from 0"},
      {"id", "", "COL", "", "a name for each row: not used, carried along by predict"},
      {"categorical", "", "COLS", "", "inputs that are categories though their cells are numbers"},
      {"missing", "", "WORD", "error",
       "a cell that is empty, NA, nan, NaN or ?: error, or drop the row; mean: the weighted mean of the others, and "
       "for a category a level of its own; indicator: the same, and an input that is 1 where a number was missing"},
      {"na", "", "LIST", "", "more words for a missing cell, as -999,none"},
      {"trials", "", "COL", "", "binomial: how many trials each row's successes are of"},
      {"exposure", "", "COL", "", "counts: how long or how much was observed; its logarithm is added to log means"},
      {"offset", "", "COL", "", "a known part of every expert's linear predictor, in its units"},
      {"fold-group", "", "COL", "", "folds keep rows together whose cells here are the same; not an input"},
      {"positive", "", "LABEL", "", "of two classes, the one that counts as positive (the last one)"},
      unknown_option()};
}

std::vector<Option> options_of_model() {
  return {
      {"experts", "k", "N", "2", "how many experts"},
      {"expert", "", "SPEC", "linear",
       "the experts' network, once for all or once for each; FAMILY:NETWORK, as poisson:linear, where families differ",
       true},
      {"gate", "", "SPEC", "softmax", "softmax, softmax:SPEC or constant: the gate and its network"},
      {"gate-link", "", "LINK", "softmax", "from the gate's outputs to weights; the others are for study"},
      {"family", "", "SPEC", "auto",
       "how an expert describes the target; of several, one for all or a list, as gaussian,poisson"},
      {"standardize", "", "yes|no", "yes",
       "inputs and a numeric target inside; results are in the data's units all the same"},
      {"sigma-floor", "", "R[,R]", "",
       "no sigma is below R, in the target's units (one for each target); where nothing is said it follows from the "
       "target's rounding and from the residuals of one linear fit"}};
}

std::vector<Option> options_of_fit() {
  return {
      {"objective", "", "NAME", "likelihood", "what is minimised"},
      {"solver", "", "NAME", "auto", "how"},
      {"epochs", "", "N", "",
       "passes at most (em, lbfgs ..: 1000; adam, sgd: 200). Where nothing is said of the passes, the batch and the "
       "validation of a network, these follow from the rows: a tenth of them is held out, and the rate falls to 0"},
      {"batch", "", "N", "32", "rows in a step of adam and sgd; 0: all"},
      {"learning-rate", "", "R", "", "of adam and sgd (0.01)"},
      {"schedule", "", "NAME", "constant", "of the learning rate: constant, linear or cosine, which fall to 0"},
      {"momentum", "", "R", "0.9", "of sgd"},
      {"tolerance", "", "T", "",
       "newton and em (1e-9) and lbfgs and owlqn (1e-7) end where no component of the gradient is larger"},
      {"restarts", "", "R", "auto",
       "starts, the best fit kept; auto: 1 for adam and sgd, and 4 to 20 for the others, fewer the larger the data; em "
       "compares them on 20,000 rows where there are more than 40,000"},
      {"l2", "", "R|auto", "0",
       "adds R/2 of the squared weights of the experts to the mean loss, intercepts and scales spared; a squared error "
       "counts in the target's variance there. auto: the value with the least nll of rows held out, on 5 "
       "folds"},
      {"gate-l2", "", "R|auto", "1e-12", "the same for the gate; where both are auto, both have one value"},
      {"l1", "", "R", "0",
       "adds R times the absolute weights of the experts, as --l2 does squared ones: the lasso, with --l2 the elastic "
       "net. Weights that say little become 0, and no longer count as parameters (Zou, Hastie, Tibshirani 2007)"},
      {"gate-l1", "", "R", "0", "the same for the gate"},
      {"firth", "", "", "",
       "takes the first-order bias off the coefficients of one linear expert of classes, successes or counts, or of "
       "the gate of several, which stay finite where classes or experts are separated (Firth 1993)"},
      {"validation", "", "FRACTION|FILE", "", "rows to judge each pass by; the best parameters are kept"},
      {"patience", "", "N", "", "stop after N passes without a better value"}};
}

}  // namespace

std::vector<Option> fit_options() {
  std::vector<Option> all = joined({in_group(Group::kData, data_options()),
                                    in_group(Group::kModel, options_of_model()),
                                    in_group(Group::kFit, options_of_fit()),
                                    {{"threads", "", "N", "0", "0: all cores. The model does not depend on it"},
                                     {"seed", "", "N", "1", "of everything random"}}});
  for (Option& option : all) option.words = known_words(option.name);
  return all;
}

}  // namespace cli
