// What a fitted model looks like, with rows or without: where each expert answers, what its inputs do, how well it
// fits.
//
// Without rows, inputs go from their mean minus to their mean plus two standard deviations, as the model's units have
// them, and are taken for independent.
#pragma once

#include <armadillo>
#include <cstdint>
#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/figure.hpp"
#include "moe/model.hpp"

namespace moe {

/// How a fit went, where the caller knows it: see TrainReport and PassReport.
struct FitHistory {
  arma::vec objective{};   ///< after each pass of the best start
  arma::vec validation{};  ///< the same of the validation rows, or empty
  arma::vec ends{};        ///< where the starts ended: log-likelihoods
  /// What an automatic fit has tried, the best first.
  struct Tried {
    std::string words;  ///< the options that ask for it
    double nll, error;  ///< of rows held out, and its standard error
    double weight;      ///< in the committee
    bool trial;         ///< whether it was dropped after the trial, whose rows are fewer
  };
  std::vector<Tried> tried{};
  /// Of the committee that it has made: nll of rows that the fits have not seen, and its standard error; in how many
  /// folds; and by which factor its scales were multiplied, or the log-odds of classes divided.
  double nll = 0, error = 0, factor = 1;
  std::size_t folds = 0;
};

struct FigureOptions {
  std::size_t rows = 2'000;  ///< the most rows that a figure draws as points
  std::size_t grid = 200;    ///< places on an axis at which a curve is computed; 2 or more
  std::size_t inputs = 6;    ///< the most inputs along which a report draws, those that matter most
  std::uint64_t seed = 1;    ///< which rows are drawn, how they are permuted
  unsigned threads = 1;
  /// The columns to draw along, by name; none: those that matter most. Two make the gate's map.
  std::vector<std::string> along{};
  std::string model_name{}, data_name{};  ///< for titles, "" for none
  FitHistory history{};
};

/// A word for make_figures().
struct FigureKind {
  std::string name, help;
};
std::vector<FigureKind> figure_kinds();

/// The figures of one kind, one for each input, target or the like of which it tells; at least one. `data`: rows in the
/// data's units, or nullptr; some kinds need rows, some their target, too. Of several targets the first 4 are drawn.
/// Throws Error (usage) for an unknown kind or column, and where the kind does not suit the model or what is known of
/// rows; the sentence says what was expected.
std::vector<Figure> make_figures(const Model& model, const Dataset* data, const std::string& kind,
                                 const FigureOptions& options = {});

/// What an expert (from 0) is, in a sentence: where its weight is the greatest, its share of the rows, what its most
/// important inputs do to the target in data units, its sigma. `data` as above.
std::string in_words(const Model& model, arma::uword k, const Dataset* data = nullptr,
                     const FigureOptions& options = {});
/// The same of all experts, which takes little longer than that of one.
std::vector<std::string> in_words(const Model& model, const Dataset* data, const FigureOptions& options = {});

/// The experts (from 0) in an order that the model alone tells. `by`:
///   stored  as they are
///   share   the one that answers for most rows first
///   mean    the smallest mean of the first target first, over the rows in which the expert answers; of classes, the
///           smallest probability of the last one
///   sigma   the smallest standard deviation of the first target first, over the same rows
///   NAME    the smallest coefficient of this name first, of the first output that has one
/// Experts that are equal stay as they are stored; those without such a figure come last. In a committee, the members
/// are ordered by the mean of their experts, weighted by shares, and the experts within their member. Throws Error
/// (usage) for an unknown word, and where the experts have no such figure.
std::vector<arma::uword> order_of_experts(const Model& model, const std::string& by, const FigureOptions& options = {});

/// How much an input matters in the model: what changes on average when its values are exchanged among rows.
struct InputImportance {
  std::string name;
  double mean;  ///< of the mean, in standard deviations of the target; of classes the half of sum_c |p_c - p_c'|
  double gate;  ///< of the weights: the half of sum_k |g_k - g_k'|
};
/// The columns of the table, the one that matters most to the mean first. `data` as above.
std::vector<InputImportance> importance_of_inputs(const Model& model, const Dataset* data = nullptr,
                                                  const FigureOptions& options = {});

struct ReportTable {
  std::string title{};
  std::vector<std::string> columns;
  std::vector<bool> numeric;  ///< for each column whether it is aligned to the right
  std::vector<std::vector<std::string>> rows{};
};

struct ReportNote {
  std::string text, advice;
};

struct ReportSection {
  std::string id, title;
  std::vector<std::string> text{};
  std::vector<Figure> figures{};
  std::vector<ReportTable> tables{};

  bool is_empty() const { return text.empty() && figures.empty() && tables.empty(); }
};

/// An input of the model for somebody who wants to try values.
struct TriedInput {
  std::string name;
  std::vector<std::string> levels{};  ///< of a category; empty for a number
  double low = 0, high = 0;           ///< of a number: the range of the rows
  double value = 0;                   ///< of a number: the median; of a category the number of the most frequent level
  bool missing = false;               ///< whether the model has a rule for a missing cell
};

/// Everything that can be shown of a model. Sections that do not apply are left out, and a note says why where somebody
/// would look for them.
struct Report {
  std::string title, subtitle;
  std::vector<ReportNote> notes{};
  std::vector<ReportSection> sections{};
  std::vector<TriedInput> inputs{};
  std::vector<std::string> targets{}, labels{};
  arma::uword experts = 0;
};

/// `data` as in make_figures(). The notes of the fit itself are for the caller to add: see guard_notes().
Report make_report(const Model& model, const Dataset* data, const FigureOptions& options = {});

/// JSON of a report, one line. "<" is written as \u003c, so that it may stand in a page's script.
std::string to_json(const Report& report);

}  // namespace moe
