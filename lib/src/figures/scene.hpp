// What figures look at: a model, and rows. Where a caller gives no rows, the model's units tell how inputs are spread,
// and rows are drawn from independent normal distributions, levels by their shares.
#pragma once

#include <armadillo>
#include <functional>
#include <string>
#include <vector>

#include "moe/dataset.hpp"
#include "moe/figure.hpp"
#include "moe/figures.hpp"
#include "moe/model.hpp"
#include "moe/predict.hpp"

namespace moe {

/// More targets than this have no figures of their own.
constexpr arma::uword kTargetsDrawn = 4;

/// A column of the table, as something to walk along while the others stay.
struct InputAxis {
  std::string name;
  arma::uword first = 1, inputs = 1;  ///< its rows in X
  std::vector<std::string> levels{};  ///< of a category
  bool indicator = false, refilled = false;
  double low = 0, high = 1, middle = 0;  ///< of a number: its range and its median
  arma::uword mode = 0;                  ///< of a category: the most frequent level
  bool logarithmic = false;              ///< whether its values are above 0 and span three decades

  bool is_category() const { return !levels.empty(); }
  Axis drawn() const;
  /// The values at which a curve is computed. For a category, they are the numbers of its levels.
  arma::vec places(std::size_t grid) const;
  /// Sets the column in column n of X.
  void set(arma::mat& X, arma::uword n, double value) const;
  /// The column's value in each of these rows; of a category the number of the level.
  arma::vec values(const arma::mat& X) const;
};

class Scene {
 public:
  /// Keeps references to all of these. `data`: may be nullptr.
  Scene(const Model& model, const Dataset* data, const FigureOptions& options);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  const Model& model() const { return model_; }
  const FigureOptions& options() const { return options_; }
  bool given() const { return data_ != nullptr; }
  bool has_target() const { return given() && data_->has_target(); }
  bool has_density() const { return model_.gate->normalised(); }
  /// The given rows, or those made from the model's units.
  const Dataset& rows() const { return given() ? *data_ : made_; }
  /// The places of the rows with a weight above 0.
  const arma::uvec& counted() const { return counted_; }
  /// The places of at most `most` of these, drawn at random and in order. `stream`: for the generator.
  arma::uvec some(std::size_t most, std::uint64_t stream) const;
  Dataset take(const arma::uvec& places) const { return {rows().take(places)}; }

  const std::vector<InputAxis>& axes() const { return axes_; }
  /// Rows that differ in one column alone, or two; other numbers are at their median, categories at their mode.
  Dataset along(const InputAxis& axis, const arma::vec& values) const;
  Dataset across(const InputAxis& first, const arma::vec& values, const InputAxis& second,
                 const arma::vec& others) const;
  /// "Other inputs are at ..", or "" where there are none.
  std::string others_are() const;

  /// Calls work(predictive, first) for all rows, block by block, on all threads.
  void predict(const Dataset& rows, const std::function<void(const Predictive&, arma::uword first)>& work) const;
  arma::uword targets() const { return std::min(model_.targets(), kTargetsDrawn); }
  /// ":y" where there are several targets; else "".
  std::string suffix(arma::uword t) const;
  /// The weighted standard deviation of target t in the given rows, or the model's unit of it.
  double target_deviation(arma::uword t) const;

  /// How much a column matters: what changes on average when its values are exchanged among rows.
  struct Sway {
    double gate;  ///< of the weights: the half of sum_k |g_k - g_k'|
    double mean;  ///< of the mean, in standard deviations of the target; of classes the half of sum_c |p_c - p_c'|
  };
  /// For each axis.
  const std::vector<Sway>& sway() const;
  /// Up to `most` axes that matter, by `measure`, the most important first.
  std::vector<arma::uword> most_important(double Sway::*measure, std::size_t most) const;
  /// The axes that the caller has named, or else these.
  std::vector<arma::uword> chosen(double Sway::*measure, std::size_t most) const {
    return options_.along.empty() ? most_important(measure, most) : named();
  }

 private:
  void make_rows();
  void make_axes();
  void measure_axis(InputAxis& axis) const;
  std::vector<arma::uword> named() const;

  const Model& model_;
  const Dataset* data_;
  const FigureOptions& options_;
  Dataset made_{};
  arma::uvec counted_;
  std::vector<InputAxis> axes_;
  Dataset middle_{};  // one row
  mutable std::vector<Sway> sway_{};
};

/// The value at or below which a part p of the weight lies. Values need no order.
double weighted_quantile(const arma::vec& values, const arma::vec& w, double p);

/// Another row for each of n rows, by weight: a permutation where all weights are the same, else draws.
std::vector<std::size_t> exchanged(const arma::vec& w, Random& random);

}  // namespace moe
