// What can be predicted for a row, and the words by which a user asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "moe/predict.hpp"
#include "predict/bounds.hpp"

namespace moe {

/// Some columns of the output. Where `labels` is set, a value is the index of a label. Where `texts` is set there is
/// one column, of texts: one for each row, empty where it cannot be told.
struct Output {
  std::vector<std::string> headers;
  std::function<arma::mat(const Predictive&)> values;
  const std::vector<std::string>* labels = nullptr;
  bool endless = false;  ///< whether a value may be infinite, as no finite one exists
  bool number = false;   ///< whether a value is the number of something, which is never rounded
  std::function<std::vector<std::string>(const Predictive&)> texts = nullptr;
};

/// A word of a list, as the user typed it, and its name in the table of words: "q0.05" and "qP".
struct AskedWord {
  std::string name, typed;
  bool target;         ///< whether it needs the target
  std::string option;  ///< the option whose word it is, for errors
};
/// The words of a comma-separated list. Throws Error (usage) for one that is unknown or makes no sense for the model.
std::vector<AskedWord> asked_words(const Model& model, const std::string& list, const std::string& option);
/// Whether the list asks for more than one interval, so that headers must name the levels.
bool several_intervals(const std::vector<AskedWord>& words);
/// What follows the colon of a word; "" where there is none.
std::string behind_colon(const std::string& typed);
/// The level that `text`, a part of the word, says. Throws Error (usage) where it is not between 0 and 1.
double level_of(const AskedWord& word, const std::string& text);

/// For which groups too few rows have calibrated the model, where the word asks for a conformal set: see conformal.hpp.
/// "" for none, and for other words.
std::string calibration_gap(const Model& model, const AskedWord& word);

/// How outputs are made: see PredictOptions.
struct OutputForm {
  std::uint64_t seed = 1;
  int digits = 0;
};

/// Appends a number with so many significant digits; 0: as append_number() does.
void append_rounded(std::string& text, double value, int digits);

/// The bounds that a word for them asks for: see bounds.hpp.
std::vector<Bound> bounds_of(const AskedWord& word, const Model& model, bool several);
/// The outputs that a word asks for. Throws Error (usage) for a level or number that makes no sense.
std::vector<Output> make_outputs(const AskedWord& word, const Model& model, bool several, const OutputForm& form);

/// The outputs that a comma-separated list of words asks for.
class Outputs {
 public:
  /// "" means mean, or label,proba for classes. Throws Error (usage) for unknown words. The model must outlive the
  /// object.
  Outputs(const Model& model, const std::string& list, const OutputForm& form = {});
  const std::vector<Output>& list() const { return list_; }
  bool needs_target() const { return needs_target_; }
  /// Whether a row's values depend on its place in the table: Dataset::first.
  bool numbered() const { return numbered_; }
  /// Sentences on outputs that say nothing: conformal sets without an end.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::vector<Output> list_;
  std::vector<std::string> notes_;
  bool needs_target_ = false, numbered_ = false;
};

/// Predicts rows in groups of always the same size. Products then take the same path, so that a row has the same bits
/// however many rows come with it. Each thread needs an object of its own.
class GroupPredictor {
 public:
  static constexpr arma::uword kGroup = 256;

  GroupPredictor(const Model& model, const Outputs& outputs)
      : outputs_(outputs), values_(outputs.list().size()), texts_(outputs.list().size()), predictive_(model) {}

  /// Computes the outputs of rows first .. first + count - 1, at most kGroup. Returns the number of rows before the
  /// first one with a value that should be finite and is not.
  arma::uword predict(const Dataset& rows, arma::uword first, arma::uword count);
  /// The values of each output. They have at least kGroup rows, of which the first `count` count. Texts are
  /// apart.
  const std::vector<arma::mat>& values() const { return values_; }
  const std::vector<std::vector<std::string>>& texts() const { return texts_; }

 private:
  const Outputs& outputs_;
  std::vector<arma::mat> values_;
  std::vector<std::vector<std::string>> texts_;
  Predictive predictive_;
};

}  // namespace moe
