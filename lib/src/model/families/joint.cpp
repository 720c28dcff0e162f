// Several targets that are independent given the expert: log p(y | eta, psi) = sum_t log p_t(y_t | eta_t, psi_t), where
// each target has a family of its own. eta and psi are those of the targets' families, one after the other.
#include <algorithm>
#include <functional>
#include <limits>

#include "model/expression.hpp"
#include "model/several_targets.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

/// The family of a target, and where its outputs and its psi begin.
struct Part {
  std::shared_ptr<const Family> family;
  arma::uword eta, psi;
};

class Joint : public SeveralTargets, public HasExpressions {
 public:
  Joint(std::vector<TargetInfo> targets, const std::vector<std::shared_ptr<const Family>>& families)
      : SeveralTargets(std::move(targets)) {
    for (const auto& family : families) {
      parts_.push_back({family, outputs_, dispersions_});
      outputs_ += family->outputs();
      dispersions_ += family->dispersions();
    }
  }

  std::string spec() const override {
    return listed([](const Part& part) { return part.family->spec(); });
  }
  std::string name() const override {
    return listed([](const Part& part) { return part.family->name(); });
  }
  std::string bounded_to(const arma::mat& eta, const arma::vec& weight, double by_chance,
                         const arma::vec& ranges) const override {
    arma::uword t = 0;
    return listed([&](const Part& part) {
      const arma::vec own{ranges[t++]};
      return part.family->bounded_to(columns(eta, part.eta, part.family->outputs()), weight, by_chance, own);
    });
  }
  std::vector<Support> supports() const override {
    std::vector<Support> result;
    for (const Part& part : parts_) result.push_back(part.family->support());
    return result;
  }
  bool location_scale() const override { return all(&Family::location_scale); }
  bool any_units() const override { return all(&Family::any_units); }
  bool likelihood_only() const override {
    return !all([](const Family& family) { return !family.likelihood_only(); });
  }
  bool shared_dispersion() const override { return parts_[0].family->shared_dispersion(); }
  arma::uword outputs() const override { return outputs_; }
  arma::uword dispersions() const override { return dispersions_; }

  Marginal marginal(arma::uword t, const double* psi) const override {
    const Part& part = parts_[t];
    return {part.family.get(), part.eta, {psi + part.psi, psi + part.psi + part.family->dispersions()}};
  }
  std::vector<Figure> figures(const double* psi) const override {
    std::vector<Figure> result;
    for (arma::uword t = 0; t < targets(); ++t)
      for (Figure figure : parts_[t].family->figures(psi + parts_[t].psi)) {
        figure.name += "_" + target_at(t).name;
        if (!figure.slope.empty()) figure.slope.insert(figure.slope.begin(), parts_[t].psi, 0.0);
        result.push_back(figure);
      }
    return result;
  }
  bool has_mean(const double* psi) const override {
    return all_parts([&](const Part& part) { return part.family->has_mean(psi + part.psi); });
  }
  std::string bound_note(const double* psi) const override {
    for (arma::uword t = 0; t < targets(); ++t)
      if (const std::string note = parts_[t].family->bound_note(psi + parts_[t].psi); !note.empty())
        return target_at(t).name + "'s " + note;
    return "";
  }
  std::string simpler() const override {
    std::vector<std::string> specs;
    for (const Part& part : parts_) specs.push_back(simpler_of(*part.family));
    const bool any = !all([](const Family& family) { return family.simpler().empty(); });
    return any ? join(specs, ",") : "";
  }
  std::size_t sides() const override {
    std::size_t most = 1;
    for (const Part& part : parts_) most = std::max(most, part.family->sides());
    return most;
  }
  bool to_simpler(arma::uword t, double* psi) const override {
    return parts_[t].family->to_simpler(0, psi + parts_[t].psi);
  }
  Embedding embedded(const double* simpler_psi, std::size_t side) const override {
    Embedding result;
    for (arma::uword t = 0; t < targets(); ++t) {
      const Part& part = parts_[t];
      const Embedding embedding = part.family->embedded(simpler_psi, std::min(side, part.family->sides() - 1));
      for (const arma::uword out : embedding.outputs) result.outputs.push_back(part.eta + out);
      result.intercepts.insert(result.intercepts.end(), embedding.intercepts.begin(), embedding.intercepts.end());
      result.psi.insert(result.psi.end(), embedding.psi.begin(), embedding.psi.end());
      simpler_psi += make_family(simpler_of(*part.family), target_at(t))->dispersions();
    }
    return result;
  }
  std::optional<Widening> widening(double factor) const override {
    Widening result;
    for (const Part& part : parts_) {
      const std::optional<Widening> own = part.family->widening(factor);
      if (!own) return std::nullopt;
      result.intercepts.insert(result.intercepts.end(), own->intercepts.begin(), own->intercepts.end());
      result.psi.insert(result.psi.end(), own->psi.begin(), own->psi.end());
    }
    return result;
  }
  bool on_floor(const double* psi) const override {
    return !all_parts([&](const Part& part) { return !part.family->on_floor(psi + part.psi); });
  }
  double least_scale(const double* psi) const override {
    double least = std::numeric_limits<double>::infinity();
    for (const Part& part : parts_) least = std::min(least, part.family->least_scale(psi + part.psi));
    return least;
  }

  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    arma::vec log_p;
    for (arma::uword t = 0; t < targets(); ++t) {
      parts_[t].family->log_density(columns(y, t, 1), eta_of(t, eta), psi + parts_[t].psi, log_p);
      if (t == 0)
        out = log_p;
      else
        out += log_p;
    }
  }
  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    d_eta.set_size(eta.n_rows, outputs_);
    for (arma::uword t = 0; t < targets(); ++t) {
      arma::mat part_d_eta = eta_of(t, d_eta);
      parts_[t].family->score(columns(y, t, 1), eta_of(t, eta), psi + parts_[t].psi, weight, part_d_eta,
                              d_psi + parts_[t].psi);
    }
  }
  bool derivatives(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                   arma::mat& seconds) const override {
    return collect(eta, scores, seconds,
                   [&](const Family& family, arma::uword t, arma::mat& part_scores, arma::mat& part_seconds) {
                     return family.derivatives(columns(y, t, 1), eta_of(t, eta), psi + parts_[t].psi, part_scores,
                                               part_seconds);
                   });
  }
  void curvature(const arma::mat& y, const arma::mat& eta, const double* psi, arma::mat& scores,
                 arma::mat& seconds) const override {
    collect(eta, scores, seconds,
            [&](const Family& family, arma::uword t, arma::mat& part_scores, arma::mat& part_seconds) {
              family.curvature(columns(y, t, 1), eta_of(t, eta), psi + parts_[t].psi, part_scores, part_seconds);
              return true;
            });
  }
  bool fit_dispersion(const arma::mat& mean_products, double* psi) const override {
    for (arma::uword t = 0; t < targets(); ++t)
      if (!parts_[t].family->fit_dispersion(arma::mat(1, 1).fill(mean_products(t, t)), psi + parts_[t].psi))
        return false;
    return true;
  }

  void start_at(const double* y, double* eta, double* psi) const override {
    for (arma::uword t = 0; t < targets(); ++t) parts_[t].family->start(y[t], eta + parts_[t].eta, psi + parts_[t].psi);
  }
  void mean(const arma::mat& eta, const double* psi, arma::mat& mu) const override {
    arma::mat part_mean;
    mu.set_size(eta.n_rows, targets());
    for (arma::uword t = 0; t < targets(); ++t) {
      parts_[t].family->mean(eta_of(t, eta), psi + parts_[t].psi, part_mean);
      mu.col(t) = part_mean;
    }
  }
  void mean_backward(const arma::mat& eta, const arma::mat& mu, const arma::mat& d_mu,
                     arma::mat& d_eta) const override {
    d_eta.set_size(eta.n_rows, outputs_);
    for (arma::uword t = 0; t < targets(); ++t) {
      arma::mat part_d_eta = eta_of(t, d_eta);
      parts_[t].family->mean_backward(eta_of(t, eta), columns(mu, t, 1), columns(d_mu, t, 1), part_d_eta);
    }
  }
  void draw_at(const arma::mat& eta, arma::uword row, const double* psi, Random& random, double* y) const override {
    for (arma::uword t = 0; t < targets(); ++t)
      y[t] = parts_[t].family->draw(eta_of(t, eta), row, psi + parts_[t].psi, random);
  }

  Expression log_density_expression(const double* psi) const override {
    Expression sum = 0.0;
    for (arma::uword t = 0; t < targets(); ++t) {
      const Expression log_p =
          expressions_of(*parts_[t].family).log_density_expression(psi + parts_[t].psi).shifted(parts_[t].eta, t);
      sum = t == 0 ? log_p : sum + log_p;
    }
    return sum;
  }

 private:
  static std::string simpler_of(const Family& family) {
    return family.simpler().empty() ? family.spec() : family.simpler();
  }
  /// Lists `word` for each target, or gives it once where it is the same for all.
  template <class Word>
  std::string listed(const Word& word) const {
    std::vector<std::string> words;
    for (const Part& part : parts_) words.push_back(word(part));
    const bool alike = std::all_of(words.begin(), words.end(), [&](const auto& other) { return other == words[0]; });
    return alike ? words[0] : join(words, ",");
  }
  arma::mat eta_of(arma::uword t, const arma::mat& eta) const {
    return columns(eta, parts_[t].eta, parts_[t].family->outputs());
  }
  template <class Predicate>
  bool all_parts(const Predicate& holds) const {
    return std::all_of(parts_.begin(), parts_.end(), holds);
  }
  template <class Predicate>
  bool all(const Predicate& holds) const {
    return all_parts([&](const Part& part) { return std::invoke(holds, *part.family); });
  }

  /// The place of a part's i-th variable in u = (eta, psi) of the whole.
  arma::uword place(const Part& part, arma::uword i) const {
    const arma::uword m = part.family->outputs();
    return i < m ? part.eta + i : outputs_ + part.psi + i - m;
  }
  /// Second derivatives in u of the whole. Those between two targets are 0.
  template <class Derive>
  bool collect(const arma::mat& eta, arma::mat& scores, arma::mat& seconds, const Derive& derive) const {
    const arma::uword size = outputs_ + dispersions_;
    scores.set_size(eta.n_rows, size);
    seconds.zeros(eta.n_rows, size * size);
    arma::mat part_scores, part_seconds;
    for (arma::uword t = 0; t < targets(); ++t) {
      if (!derive(*parts_[t].family, t, part_scores, part_seconds)) return false;
      for (arma::uword i = 0; i < part_scores.n_cols; ++i) {
        const arma::uword at = place(parts_[t], i);
        scores.col(at) = part_scores.col(i);
        for (arma::uword j = 0; j < part_scores.n_cols; ++j)
          seconds.col(at * size + place(parts_[t], j)) = part_seconds.col(i * part_scores.n_cols + j);
      }
    }
    return true;
  }

  std::vector<Part> parts_;
  arma::uword outputs_ = 0, dispersions_ = 0;
};

[[noreturn]] void refuse(const std::string& spec, const std::string& what) {
  throw Error(ErrorKind::kUsage, "family '" + spec + "' " + what);
}

/// Throws Error (usage) where the word is no family of numbers.
void require_number(const std::string& spec) {
  if (family_support(spec) == Support::kClasses)
    refuse(spec, "describes a class, and there are several targets: expected families of numbers, or one target");
}

/// Throws Error (usage) for a family that cannot stand beside others.
void check(const Family& family, const Family& first) {
  if (family.reads_trials())
    refuse(family.spec(), "counts successes of trials, and there are several targets: expected one target with it");
  if (family.shared_dispersion() != first.shared_dispersion())
    refuse((family.shared_dispersion() ? family : first).spec(),
           "has one sigma in all experts: expected it for each target, or gaussian");
}

}  // namespace

std::shared_ptr<const Family> make_joint(const std::vector<std::string>& specs,
                                         const std::vector<TargetInfo>& targets) {
  if (specs.size() > 1 && specs.size() != targets.size())
    refuse(join(specs, ","),
           "names " + std::to_string(specs.size()) + ", and there " +
               (targets.size() == 1 ? "is one target" : "are " + std::to_string(targets.size()) + " targets") +
               ": expected one for all, or one for each");
  std::vector<std::shared_ptr<const Family>> families;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const std::string& spec = specs.size() == 1 ? specs[0] : specs[t];
    require_number(spec);
    families.push_back(make_family(spec, targets[t]));
    check(*families.back(), *families.front());
  }
  return std::make_shared<Joint>(targets, families);
}

}  // namespace moe
