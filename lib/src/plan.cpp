#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace moe {
namespace {

using Id = Plan::Id;
using Kind = Plan::Kind;
using Op = Formula::Op;
using Indices = std::vector<arma::uword>;

Indices range(arma::uword first, arma::uword count) {
  Indices result(count);
  std::iota(result.begin(), result.end(), first);
  return result;
}

/// Each of 0 .. count - 1 `times` times: 0 0 0 1 1 1 ..
Indices repeated(arma::uword count, arma::uword times) {
  Indices result;
  for (arma::uword i = 0; i < count * times; ++i) result.push_back(i / times);
  return result;
}

/// 0 .. count - 1, `times` times over.
Indices tiled(arma::uword count, arma::uword times) {
  Indices result;
  for (arma::uword i = 0; i < count * times; ++i) result.push_back(i % count);
  return result;
}

/// Where element (i, j) of a rows x columns table by rows stands in the same by columns.
Indices transposed(arma::uword rows, arma::uword columns) {
  Indices result;
  for (arma::uword j = 0; j < columns; ++j)
    for (arma::uword i = 0; i < rows; ++i) result.push_back(i * columns + j);
  return result;
}

// --- Operations -------------------------------------------------------------------------------------------------------

class Operations {
 public:
  Id add(Plan::Value value) {
    plan_.values.push_back(std::move(value));
    return plan_.values.size() - 1;
  }
  Id given(Kind kind, arma::uword width) {
    for (Id id = 0; id < plan_.values.size(); ++id)
      if (at(id).kind == kind) return id;
    return add({kind, width});
  }
  Id numbers(std::vector<double> values) {
    const arma::uword width = values.size();
    return add({Kind::kNumbers, width, {}, std::move(values)});
  }
  Id constant(double value) { return numbers(std::vector<double>{value}); }
  Id numbers(const arma::vec& values) { return numbers(std::vector<double>(values.begin(), values.end())); }
  Id dense(Id x, const arma::mat& weights, const arma::vec& intercepts) {
    return add({Kind::kDense, weights.n_cols, {x}, {intercepts.begin(), intercepts.end()}, weights});
  }
  Id pick(Id x, const Indices& indices) {
    if (indices == range(0, at(x).width)) return x;
    if (at(x).kind == Kind::kNumbers) {
      std::vector<double> values;
      for (const arma::uword i : indices) values.push_back(at(x).numbers[i]);
      return add({Kind::kNumbers, indices.size(), {}, values});
    }
    return add({Kind::kPick, indices.size(), {x}, {}, {}, indices});
  }
  Id join(const std::vector<Id>& parts) {
    if (parts.size() == 1) return parts[0];
    std::vector<double> values;
    arma::uword width = 0;
    for (const Id part : parts) {
      width += at(part).width;
      values.insert(values.end(), at(part).numbers.begin(), at(part).numbers.end());
    }
    return all_numbers(parts) ? numbers(std::move(values)) : add({Kind::kJoin, width, parts});
  }
  Id sum(Id x, arma::uword run) { return reduce(Kind::kSum, x, run); }
  Id largest(Id x, arma::uword run) { return reduce(Kind::kLargest, x, run); }
  /// Numbers alone are computed here and now.
  Id each(Op op, const std::vector<Id>& of) {
    arma::uword width = 1;
    for (const Id x : of) width = std::max(width, at(x).width);
    if (!all_numbers(of)) return add({Kind::kEach, width, of, {}, {}, {}, 1, op});
    std::vector<double> values;
    for (arma::uword i = 0; i < width; ++i) {
      std::vector<double> arguments;
      for (const Id x : of) arguments.push_back(at(x).numbers[at(x).width == 1 ? 0 : i]);
      values.push_back(apply(op, arguments.data()));
    }
    return numbers(std::move(values));
  }
  /// log sum exp of each `run` elements.
  Id log_sum_exp(Id x, arma::uword run) {
    const Id peak = largest(x, run);
    return each(Op::kAdd, {peak, log_of_sum(less(x, peak, run), run)});
  }
  /// x - log sum exp of its run, the peak taken off first.
  Id log_softmax(Id x, arma::uword run) {
    const Id shifted = less(x, largest(x, run), run);
    return less(shifted, log_of_sum(shifted, run), run);
  }
  /// `width` elements of one that stands for all.
  Id widened(Id x, arma::uword width) { return at(x).width == width ? x : pick(x, Indices(width, 0)); }

  const Plan::Value& at(Id id) const { return plan_.values[id]; }
  Plan& plan() { return plan_; }

 private:
  bool all_numbers(const std::vector<Id>& of) const {
    return std::all_of(of.begin(), of.end(), [&](Id x) { return at(x).kind == Kind::kNumbers; });
  }
  Id reduce(Kind kind, Id x, arma::uword run) {
    if (run == 1) return x;
    if (at(x).kind != Kind::kNumbers) return add({kind, at(x).width / run, {x}, {}, {}, {}, run});
    const arma::mat of(at(x).numbers.data(), run, at(x).width / run);
    return numbers(kind == Kind::kSum ? arma::vec(arma::sum(of).t()) : arma::vec(arma::max(of).t()));
  }
  Id less(Id x, Id of_run, arma::uword run) {
    const arma::uword runs = at(x).width / run;
    return each(Op::kSubtract, {x, runs == 1 ? of_run : pick(of_run, repeated(runs, run))});
  }
  Id log_of_sum(Id x, arma::uword run) { return each(Op::kLog, {sum(each(Op::kExp, {x}), run)}); }

  Plan plan_;
};

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

class Builder : public Operations {
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
      const Id own = of_experts([&](arma::uword k) { return family(k).log_density_formula(psi(k)); });
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
        return each(Op::kMultiply, {x, function(x, [](const Formula& a) { return logistic(a); })});
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
    if (normalised()) {
      log_weights_ = log_softmax(logits, K_);
      plan().gate = each(Op::kExp, {log_weights_});
    } else {
      plan().gate = model_.gate->name() == "linear" ? logits : each(Op::kExp, {logits});
    }
  }

  void number(arma::uword t) {
    const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
    std::vector<Family::Marginal> marginals;
    std::vector<FamilyFormulas> formulas;
    for (arma::uword k = 0; k < K_; ++k) {
      marginals.push_back(family(k).marginal(t, psi(k)));
      formulas.push_back(marginals[k].family->formulas(marginals[k].psi.data()));
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
      log_p = log_softmax(with_offset(pick(all_outputs_, all), C), C);
      const Id p = each(Op::kExp, {log_p});
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

std::vector<Plan::Id> Plan::needed(const std::vector<Id>& outputs) const {
  std::vector<bool> wanted(values.size());
  for (const Id id : outputs) wanted[id] = true;
  for (Id id = values.size(); id-- > 0;)
    if (wanted[id])
      for (const Id of : values[id].of) wanted[of] = true;
  std::vector<Id> result;
  for (Id id = 0; id < values.size(); ++id)
    if (wanted[id]) result.push_back(id);
  return result;
}

std::vector<bool> Plan::needs_target() const {
  std::vector<bool> result(values.size());
  for (Id id = 0; id < values.size(); ++id) {
    result[id] = values[id].kind == Kind::kTargets;
    for (const Id of : values[id].of) result[id] = result[id] || result[of];
  }
  return result;
}

}  // namespace moe
