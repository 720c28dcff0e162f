// Orders of experts for a reader, and the importance of inputs, as a model alone tells them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "figures/drawing.hpp"
#include "judge/reported.hpp"
#include "moe/coefficient_names.hpp"
#include "moe/error.hpp"
#include "moe/predict.hpp"

namespace moe {
namespace {

constexpr std::size_t kOrderRows = 1'000;
constexpr std::uint64_t kOrderStream = 191;
constexpr double kNoKey = std::numeric_limits<double>::quiet_NaN();

arma::vec shares_in_order(const Scene& scene) {
  const Model& model = scene.model();
  const bool stored = model.fit.study && model.fit.study->shares.n_elem == model.size();
  return stored ? model.fit.study->shares : shares_of_experts(scene);
}

/// The mean of the first target over the rows in which each expert answers, or of its standard deviation.
arma::vec moments_of_experts(const Scene& scene, bool deviation) {
  const Model& model = scene.model();
  Predictive at(model);
  at.at_rows(model.standardize(scene.take(scene.some(kOrderRows, kOrderStream))));
  const arma::mat g = arma::abs(at.weights()), values = deviation ? at.expert_variances() : at.expert_means();
  arma::vec result(model.size());
  for (arma::uword k = 0; k < model.size(); ++k) {
    const arma::vec share = at.block().w % g.col(k);
    const double mean =
        arma::dot(share, values.col(k)) / std::max(arma::accu(share), std::numeric_limits<double>::min());
    const Expert& expert = model.experts[k];
    const bool has_mean = expert.family->has_mean(model.theta.memptr() + expert.psi_offset);
    result[k] = deviation ? model.standardization.target_scale[0] * std::sqrt(mean) : has_mean ? mean : kNoKey;
  }
  return result;
}

/// The coefficient of this name of each expert that has it, of the first output that is compared with no other.
arma::vec coefficients_named(const Model& model, const std::string& name) {
  std::vector<std::string> known{"stored", "share", "mean", "sigma"};
  arma::vec result(model.size());
  result.fill(kNoKey);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const arma::mat values = expert_forms(model, k).at(model.theta);
    if (values.is_empty()) continue;
    const arma::uword column = reference_output(model, k + 1) == arma::uword{0} ? 1 : 0;
    const std::vector<std::string> names = coefficient_names(model, model.experts[k]);
    for (arma::uword j = 0; j < names.size(); ++j) {
      if (std::find(known.begin(), known.end(), names[j]) == known.end()) known.push_back(names[j]);
      if (names[j] == name && column < values.n_cols) result[k] = values(j, column);
    }
  }
  if (arma::uvec(arma::find_finite(result)).is_empty())
    throw Error(ErrorKind::kUsage, "--order: " + unknown_word("order", name, known));
  return result;
}

/// What experts are ordered by, the smallest first.
arma::vec keys_of_order(const Scene& scene, const std::string& by, const arma::vec& shares) {
  if (by == "share") return -shares;
  if (by == "sigma" && scene.model().classes())
    throw Error(ErrorKind::kUsage, "--order sigma: classes have no sigma: expected share, mean or a coefficient");
  if (by == "mean" || by == "sigma") return moments_of_experts(scene, by == "sigma");
  return coefficients_named(scene.model(), by);
}

/// The numbers in increasing order of their keys; those without one last, and ties as they are.
void order_by_keys(std::vector<arma::uword>& numbers, const arma::vec& keys) {
  std::stable_sort(numbers.begin(), numbers.end(), [&](arma::uword a, arma::uword b) {
    return std::isnan(keys[b]) ? !std::isnan(keys[a]) : keys[a] < keys[b];
  });
}

std::vector<arma::uword> counted_from(arma::uword first, arma::uword count) {
  std::vector<arma::uword> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

std::vector<arma::uword> order_of_experts(const Model& model, const std::string& by, const FigureOptions& options) {
  std::vector<arma::uword> order = counted_from(0, model.size());
  if (by == "stored") return order;
  const Scene scene(model, nullptr, options);
  const arma::vec shares = shares_in_order(scene), keys = keys_of_order(scene, by, shares);
  if (!model.is_committee()) {
    order_by_keys(order, keys);
    return order;
  }
  arma::vec of_members(model.members.size());
  for (std::size_t b = 0; b < model.members.size(); ++b) {
    const arma::span own(model.members[b].first, model.members[b].first + model.members[b].experts - 1);
    const double total = arma::accu(shares(own));
    of_members[b] = by == "share" ? -total
                    : total > 0   ? arma::dot(shares(own), keys(own)) / total
                                  : arma::mean(keys(own));
  }
  std::vector<arma::uword> members = counted_from(0, model.members.size());
  order_by_keys(members, of_members);
  order.clear();
  for (const arma::uword b : members) {
    std::vector<arma::uword> own = counted_from(model.members[b].first, model.members[b].experts);
    order_by_keys(own, keys);
    order.insert(order.end(), own.begin(), own.end());
  }
  return order;
}

std::vector<InputImportance> importance_of_inputs(const Model& model, const Dataset* data,
                                                  const FigureOptions& options) {
  const Scene scene(model, data, options);
  std::vector<InputImportance> result;
  const std::vector<Scene::Sway>& sways = scene.sway();
  for (std::size_t j = 0; j < scene.axes().size(); ++j)
    result.push_back({scene.axes()[j].name, sways[j].mean, sways[j].gate});
  std::stable_sort(result.begin(), result.end(),
                   [](const InputImportance& a, const InputImportance& b) { return a.mean > b.mean; });
  return result;
}

}  // namespace moe
