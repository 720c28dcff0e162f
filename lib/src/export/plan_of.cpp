// From a model to its plan.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "export/plan_operations.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

using Id = Plan::Id;
using Kind = Plan::Kind;
using Op = Formula::Op;

// --- Formulas ---------------------------------------------------------------------------------------------------------

/// Equal for formulas that differ in their numbers alone.
std::string shape(const Formula& formula) {
  std::map<const void*, std::size_t> known;
  std::string text;
  const std::function<void(const Formula&)> write = [&](const Formula& x) {
    if (!known.emplace(x.identity(), known.size()).second) {
      text += "#" + std::to_string(known.at(x.identity())) + " ";
      return;
    }
    text += std::to_string(static_cast<int>(x.op())) + "/" + std::to_string(x.index()) + " ";
    for (const Formula& argument : x.arguments()) write(argument);
  };
  write(formula);
  return text;
}

/// 1 / (1 + exp(-x)) by the operations of kernels().logistic.
Formula logistic_of_kernels(const Formula& x) {
  const Formula e = kernel_exp(-abs(x));
  return if_positive(
             x, [] { return Formula(1.0); }, [&] { return e; }) /
         (1.0 + e);
}

class Builder : public PlanOperations {
 public:
  explicit Builder(const Model& model) : model_(model), K_(model.size()) {}

  Plan build() {
    plan().experts = K_;
    plan().classes = model_.schema.labels.size();
    networks();
    weights();
    if (plan().classes > 0)
      classes();
    else
      for (arma::uword t = 0; t < model_.targets(); ++t) number(t);
    if (normalised() && plan().classes == 0) {
      const Id own = of_experts([&](arma::uword k) { return formulas_of(family(k)).log_density_formula(psi(k)); });
      plan().log_density = log_sum_exp(each(Op::kAdd, {log_weights_, own}), K_);
    }
    return plan();
  }

 private:
  const Family& family(arma::uword k) const { return *model_.experts[k].family; }
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi; }
  bool normalised() const { return model_.gate->normalised(); }

  /// Every branch's outputs, the gate's first, one behind the other.
  void networks() {
    const Standardization& by = model_.standardization;
    const arma::uword d = model_.schema.inputs.size();
    Id z = given(Kind::kInputs, d);
    if (d > 0) {
      z = each(Op::kSubtract, {z, numbers(by.input_center)});
      z = each(Op::kDivide, {z, numbers(by.input_scale)});
    }
    all_inputs_ = z;
    std::vector<const Branch*> branches{&model_.gate_branch};
    for (const Expert& expert : model_.experts) branches.push_back(&expert);
    std::vector<Id> parts;
    for (std::size_t i = 0; i < branches.size();) {
      std::size_t end = i + 1;  // linear ones of the same inputs are one product
      while (end < branches.size() && branches[i]->network->is_linear() && branches[end]->network->is_linear() &&
             branches[i]->has_design_of(*branches[end]))
        ++end;
      parts.push_back(network(
          z, {branches.begin() + static_cast<std::ptrdiff_t>(i), branches.begin() + static_cast<std::ptrdiff_t>(end)}));
      for (; i < end; ++i) {
        places_.push_back(outputs_);
        outputs_ += branches[i]->network->outputs();
      }
    }
    all_outputs_ = join(parts);
  }

  Id network(Id z, const std::vector<const Branch*>& branches) {
    const Branch& first = *branches[0];
    Indices columns;
    for (arma::uword j = 1; j < first.columns.n_elem; ++j) columns.push_back(first.columns[j] - 1);
    Id x = pick(z, columns);
    const std::vector<Step>& steps = first.network->steps();
    for (std::size_t i = 0; i < steps.size(); ++i) x = step(x, i, branches);
    return x;
  }

  Id step(Id x, std::size_t i, const std::vector<const Branch*>& branches) {
    const Step& step = branches[0]->network->steps()[i];
    switch (step.kind) {
      case Step::Kind::kDense: {
        arma::mat weights(step.inputs, 0);
        arma::vec intercepts;
        for (const Branch* branch : branches) {
          const Step& own = branch->network->steps()[i];
          const arma::mat W(model_.theta.memptr() + branch->offset + own.offset, own.height(), own.outputs);
          weights = arma::join_rows(weights, W.tail_rows(own.inputs));
          intercepts = arma::join_cols(intercepts, own.intercept ? arma::vec(W.row(0).t()) : arma::zeros(own.outputs));
        }
        if (step.inputs > 0) return dense(x, weights, intercepts);
        return constant_of_rows(intercepts);
      }
      case Step::Kind::kRelu:
        return each(Op::kMax, {x, constant(0.0)});
      case Step::Kind::kTanh:
        return each(Op::kTanh, {x});
      case Step::Kind::kSilu:
        return each(Op::kMultiply, {x, function(x, logistic_of_kernels)});
      case Step::Kind::kPowers: {
        std::vector<Id> powers{x};
        while (powers.size() * step.inputs < step.outputs) powers.push_back(each(Op::kMultiply, {powers.back(), x}));
        return join(powers);
      }
    }
    return x;
  }

  /// The same in every row; numbers only where there are no inputs to tell rows apart.
  Id constant_of_rows(const arma::vec& values) {
    const arma::uword d = at(all_inputs_).width;
    return d > 0 ? dense(all_inputs_, arma::zeros(d, values.n_elem), values) : numbers(values);
  }

  void weights() {
    const Id logits = pick(all_outputs_, range(0, K_));
    const std::optional<Gate::Link> link = model_.gate->link();
    if (!link)
      throw Error(ErrorKind::kUsage,
                  "gate link '" + model_.gate->name() +
                      "' is none that this format can express: expected --format json, or another gate");
    if (link == Gate::Link::kSoftmax) {
      const Softmax gate = softmax(logits, K_);
      log_weights_ = gate.logs;
      plan().gate = gate.weights;
    } else {
      plan().gate = link == Gate::Link::kIdentity ? logits : each(Op::kKernelExp, {logits});
    }
  }

  void number(arma::uword t) {
    if (const auto k = model_.without_mean())
      throw Error(ErrorKind::kUsage,
                  "expert " + std::to_string(*k + 1) +
                      "'s tails are so heavy (nu is at most 1) that its mean does not exist, which every "
                      "format writes: expected moe predict --output median");
    const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
    std::vector<Family::Marginal> marginals;
    std::vector<FamilyFormulas> formulas;
    for (arma::uword k = 0; k < K_; ++k) {
      marginals.push_back(family(k).marginal(t, psi(k)));
      formulas.push_back(formulas_of(*marginals[k].family).formulas(marginals[k].psi.data()));
    }
    const auto of = [&](Formula FamilyFormulas::*formula) {
      return of_experts([&](arma::uword k) { return (formulas[k].*formula).shifted(marginals[k].first_output, t); });
    };
    Id mu = of(&FamilyFormulas::mean);
    if (scale != 1 || center != 0) mu = each(Op::kAdd, {constant(center), each(Op::kMultiply, {constant(scale), mu})});
    mu = widened(mu, K_);
    plan().expert_means.push_back(mu);
    const Id mean = mixed(mu);
    plan().mean.push_back(mean);
    if (!normalised()) return;
    const bool finite = std::all_of(formulas.begin(), formulas.end(), [](const FamilyFormulas& own) {
      return !own.variance.is_number() || std::isfinite(own.variance.number());
    });
    if (finite) {
      const Id off = each(Op::kSubtract, {mu, mean});
      const Id own = each(Op::kMultiply, {constant(scale * scale), of(&FamilyFormulas::variance)});
      plan().sd.push_back(each(Op::kSqrt, {mixed(each(Op::kAdd, {own, each(Op::kMultiply, {off, off})}))}));
    } else {
      plan().sd.push_back(constant_of_rows(arma::vec{std::numeric_limits<double>::infinity()}));
    }
    plan().cdf.push_back(mixed(of(&FamilyFormulas::cdf)));
  }

  void classes() {
    const arma::uword C = plan().classes;
    Id log_p = 0;  // K x C, by rows: an expert's classes side by side
    if (model_.family().link() == Family::Link::kLogistic) {
      const Id eta = this->eta(range(0, K_), 0);
      const Id p = function(eta, [](const Formula& x) { return logistic(x); });
      plan().expert_means.push_back(p);
      const Id last = share(mixed(p));
      plan().probabilities = join({each(Op::kSubtract, {constant(1.0), last}), last});
      const auto log_share = [&](double sign) {
        return function(eta, [sign](const Formula& x) { return -log1p_exp(sign * x); });
      };
      log_p = pick(join({log_share(1), log_share(-1)}), transposed(C, K_));
    } else {
      Indices all;
      for (arma::uword k = 0; k < K_; ++k)
        for (arma::uword c = 0; c < C; ++c) all.push_back(places_[k + 1] + c);
      const auto [p, logs] = softmax(with_offset(pick(all_outputs_, all), C), C);
      log_p = logs;
      Indices last;
      for (arma::uword k = 0; k < K_; ++k) last.push_back(k * C + C - 1);
      plan().expert_means.push_back(pick(p, last));
      const Id weighted = each(Op::kMultiply, {pick(plan().gate, tiled(K_, C)), pick(p, transposed(K_, C))});
      plan().probabilities = share(sum(weighted, K_));
    }
    if (!normalised()) return;
    const Id terms = each(Op::kAdd, {pick(log_weights_, tiled(K_, C)), pick(log_p, transposed(K_, C))});
    plan().log_density = log_sum_exp(terms, K_);
  }

  /// sum_k g_k x_k.
  Id mixed(Id x) { return sum(each(Op::kMultiply, {plan().gate, x}), K_); }
  /// The weights' sum may be off 1 by rounding, or anything where the gate is not normalised.
  Id share(Id p) { return each(Op::kMin, {each(Op::kMax, {p, constant(0.0)}), constant(1.0)}); }

  /// A function of each element of x, eta 0 in the formula.
  template <class F>
  Id function(Id x, const F& f) {
    std::map<std::vector<const void*>, Id> known;
    const Formula formula = f(Formula::eta(0));
    return lowered({formula}, known, [x](arma::uword) { return x; });
  }

  /// Output j of these experts.
  Id eta(const Indices& experts, arma::uword j) {
    Indices indices;
    for (const arma::uword k : experts) indices.push_back(places_[k + 1] + j);
    const Id raw = pick(all_outputs_, indices);
    return j == 0 ? with_offset(raw, 1) : raw;
  }
  /// The offset added to the first of each `run` outputs.
  Id with_offset(Id outputs, arma::uword run) {
    if (model_.schema.offset.empty() && model_.schema.exposure.empty()) return outputs;
    Id offset = given(Kind::kOffset, 1);
    const double scale = model_.standardization.target_scale[0];
    if (scale != 1) offset = each(Op::kDivide, {offset, constant(scale)});
    if (run > 1) {
      arma::vec first(at(outputs).width);
      for (arma::uword i = 0; i < first.n_elem; i += run) first[i] = 1;
      offset = each(Op::kMultiply, {offset, numbers(first)});
    }
    return each(Op::kAdd, {outputs, offset});
  }

  Id target(arma::uword t) {
    const Id y = pick(given(Kind::kTargets, model_.targets()), {t});
    const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
    if (scale == 1 && center == 0) return y;
    return each(Op::kDivide, {each(Op::kSubtract, {y, constant(center)}), constant(scale)});
  }

  /// An element for each expert, or one that is the same for all: those whose formulas have the same shape are computed together.
  Id of_experts(const std::function<Formula(arma::uword)>& formula_of) {
    std::vector<Formula> formulas;
    std::vector<std::pair<std::string, Indices>> groups;
    for (arma::uword k = 0; k < K_; ++k) {
      formulas.push_back(formula_of(k));
      const std::string own = shape(formulas[k]);
      auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& entry) { return entry.first == own; });
      if (group == groups.end()) group = groups.insert(groups.end(), {own, {}});
      group->second.push_back(k);
    }
    std::vector<Id> parts;
    Indices order(K_);
    arma::uword place = 0;
    for (const auto& [own, experts] : groups) {
      std::vector<Formula> members;
      for (const arma::uword k : experts) {
        members.push_back(formulas[k]);
        order[k] = place++;
      }
      std::map<std::vector<const void*>, Id> known;
      const Id value = lowered(members, known, [this, &of = experts](arma::uword j) { return eta(of, j); });
      if (groups.size() == 1) return value;
      parts.push_back(widened(value, experts.size()));
    }
    return pick(join(parts), order);
  }

  /// Formulas of one shape, side by side.
  Id lowered(const std::vector<Formula>& formulas, std::map<std::vector<const void*>, Id>& known,
             const std::function<Id(arma::uword)>& eta_of) {
    std::vector<const void*> key;
    for (const Formula& formula : formulas) key.push_back(formula.identity());
    if (const auto found = known.find(key); found != known.end()) return found->second;
    const Formula& first = formulas[0];
    Id result = 0;
    switch (first.op()) {
      case Op::kNumber: {
        std::vector<double> values;
        for (const Formula& formula : formulas) values.push_back(formula.number());
        if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; }))
          values.resize(1);
        result = numbers(std::move(values));
        break;
      }
      case Op::kEta:
        result = eta_of(first.index());
        break;
      case Op::kTarget:
        result = target(first.index());
        break;
      case Op::kTrials:
        result = given(Kind::kTrials, 1);
        break;
      default: {
        std::vector<Id> arguments;
        for (std::size_t a = 0; a < first.arguments().size(); ++a) {
          std::vector<Formula> own;
          for (const Formula& formula : formulas) own.push_back(formula.arguments()[a]);
          arguments.push_back(lowered(own, known, eta_of));
        }
        result = each(first.op(), arguments);
      }
    }
    known.emplace(std::move(key), result);
    return result;
  }

  const Model& model_;
  arma::uword K_, outputs_ = 0;
  std::vector<arma::uword> places_;  // where each branch's outputs begin, the gate's first
  Id all_inputs_ = 0, all_outputs_ = 0, log_weights_ = 0;
};

}  // namespace

Plan plan_of(const Model& model) { return Builder(model).build(); }

}  // namespace moe
