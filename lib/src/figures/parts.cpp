// The model's parts and its fit: shares of experts, weights of a committee's members, the course of the fit.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "figures/drawing.hpp"
#include "figures/figure_parts.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

constexpr std::size_t kShareRows = 20'000;
constexpr std::uint64_t kShareStream = 151;

std::vector<std::string> numbers_to(arma::uword count) {
  std::vector<std::string> names;
  for (arma::uword k = 1; k <= count; ++k) names.push_back(std::to_string(k));
  return names;
}

}  // namespace

arma::vec shares_of_experts(const Scene& scene) {
  const Model& model = scene.model();
  const Dataset rows = scene.take(scene.some(kShareRows, kShareStream));
  arma::mat shares(rows.rows(), model.size());
  const bool known = scene.has_target() && scene.has_density();
  scene.predict(rows, [&](const Predictive& predictive, arma::uword first) {
    shares.rows(first, first + predictive.rows() - 1) =
        known ? predictive.responsibilities() : arma::mat(arma::abs(predictive.weights()));
  });
  arma::vec result = (rows.w.t() * shares).t();
  return result / std::max(arma::accu(result), std::numeric_limits<double>::min());
}

std::vector<Figure> share_figures(const Scene& scene) {
  const Model& model = scene.model();
  Figure figure{.id = "shares",
                .title = "The share of each expert",
                .caption = scene.has_target() && scene.has_density()
                               ? "The part of the rows that each expert explains: its mean responsibility."
                               : "The mean weight of each expert.",
                .x = categories_axis("expert", numbers_to(model.size())),
                .y = {"share"}};
  add_bars(figure, "", counted_up(model.size()), shares_of_experts(scene));
  return {figure};
}

std::vector<Figure> member_figures(const Scene& scene) {
  const Model& model = scene.model();
  if (!model.is_committee())
    throw Error(ErrorKind::kUsage,
                "members: the model is no committee: expected one that train without options or "
                "--committee has made");
  const arma::vec weights = member_weights(model);
  if (weights.is_empty()) return {};
  Figure figure{.id = "members",
                .title = "The weight of each member",
                .caption = "The committee's density is the mean of its members' by these weights.",
                .x = categories_axis("member", numbers_to(weights.n_elem)),
                .y = {"weight"}};
  add_bars(figure, "", counted_up(weights.n_elem), weights);
  return {figure};
}

std::vector<Figure> history_figures(const Scene& scene) {
  const FitHistory& history = scene.options().history;
  std::vector<Figure> figures;
  if (history.objective.n_elem > 1) {
    Figure figure{.id = "passes",
                  .title = "The course of the fit",
                  .caption = "The objective after each pass of the best start; lower is better.",
                  .x = {"pass"},
                  .y = {"objective"}};
    add_line(figure, "rows of the fit", arma::regspace(1, static_cast<double>(history.objective.n_elem)),
             history.objective);
    if (!history.validation.is_empty())
      add_line(figure, "validation rows", arma::regspace(1, static_cast<double>(history.validation.n_elem)),
               history.validation);
    figures.push_back(std::move(figure));
  }
  if (!history.ends.is_empty()) {
    Figure figure{.id = "starts",
                  .title = "Where the starts ended",
                  .caption =
                      "The log-likelihood that each start reached, the best first. Where few reach the best, "
                      "there may be a better one that none has found.",
                  .x = {"start, the best first"},
                  .y = {"log-likelihood"}};
    add_points(figure, "", arma::regspace(1, static_cast<double>(history.ends.n_elem)),
               arma::sort(history.ends, "descend"));
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::vector<Figure> tried_figures(const Scene& scene) {
  const std::vector<FitHistory::Tried>& tried = scene.options().history.tried;
  if (tried.size() < 2) return {};
  std::vector<std::string> names;
  for (std::size_t i = tried.size(); i > 0; --i) names.push_back(std::to_string(i));
  Figure figure{.id = "tried",
                .title = "What was tried",
                .caption =
                    "The mean nll of rows that the fits have not seen, with 2 standard errors to each side; lower is "
                    "better. Models that were dropped after a trial had fewer passes, and were judged by fewer rows. "
                    "The table has each model's options.",
                .x = {"nll of rows held out"},
                .y = categories_axis("model", names)};
  constexpr double kErrors = 2;
  arma::vec nll(tried.size());
  const arma::vec place = counted_up(tried.size());
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const FitHistory::Tried& model = tried[tried.size() - 1 - i];
    nll[i] = model.nll;
    add_line(figure, "", arma::vec{model.nll - kErrors * model.error, model.nll + kErrors * model.error},
             arma::vec{place[i], place[i]});
  }
  add_points(figure, "", nll, place);
  return {figure};
}

namespace {

/// Four decimals, as the summary of the fit has them: what counts is how far models are apart.
std::string with_decimals(double value) {
  char text[400];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

}  // namespace

std::vector<ReportTable> tried_table(const Scene& scene) {
  const std::vector<FitHistory::Tried>& tried = scene.options().history.tried;
  if (tried.empty()) return {};
  const FitHistory& history = scene.options().history;
  ReportTable table{"Models that were tried",
                    {"model", "nll", "standard error", "weight", "options"},
                    {true, true, true, true, false}};
  table.rows.push_back(
      {"committee", with_decimals(history.nll), with_decimals(history.error), "",
       "the models with a weight, fitted without each of " + std::to_string(history.folds) + " folds"});
  for (std::size_t i = 0; i < tried.size(); ++i)
    table.rows.push_back({std::to_string(i + 1), with_decimals(tried[i].nll), with_decimals(tried[i].error),
                          tried[i].trial ? "dropped after a trial" : shown_percent(tried[i].weight), tried[i].words});
  return {table};
}

ReportTable expert_table(const Scene& scene) {
  const Model& model = scene.model();
  ReportTable table{"Experts",
                    {"expert", "share", "network", "family", "parameters of its distribution"},
                    {true, true, false, false, false}};
  const arma::vec shares = shares_of_experts(scene);
  for (arma::uword k = 0; k < model.size(); ++k) {
    const Expert& expert = model.experts[k];
    std::string figures;
    for (const Family::Figure& figure : expert.family->figures(model.theta.memptr() + expert.psi_offset))
      figures += (figures.empty() ? "" : ", ") + shown_name(figure.name) + " " + shown_number(figure.value);
    table.rows.push_back(
        {std::to_string(k + 1), shown_percent(shares[k]), expert.network->spec(), expert.family->name(), figures});
  }
  return table;
}

}  // namespace moe
