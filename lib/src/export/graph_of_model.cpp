// Translates a model into its graph. Linear branches with the same inputs become one product, and the expressions of
// experts that have the same shape are computed together, one element for each expert.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "export/graph_operations.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

using Id = Graph::Id;
using Kind = Graph::Kind;
using Op = Expression::Op;

// --- Expressions -----------------------------------------------------------------------------------------------------

/// A text that is the same for expressions that differ only in their numbers.
std::string shape(const Expression& expression) {
  std::map<const void*, std::size_t> known;
  std::string text;
  const std::function<void(const Expression&)> write = [&](const Expression& x) {
    if (!known.emplace(x.identity(), known.size()).second) {
      text += "#" + std::to_string(known.at(x.identity())) + " ";
      return;
    }
    text += std::to_string(static_cast<int>(x.op())) + "/" + std::to_string(x.index()) + " ";
    for (const Expression& argument : x.arguments()) write(argument);
  };
  write(expression);
  return text;
}

/// 1 / (1 + exp(-x)) by the same operations as kernels().logistic.
Expression logistic_of_kernels(const Expression& x) {
  Expression e = kernel_exp(-abs(x));
  return if_positive(
             x, [] { return Expression(1.0); }, [&] { return e; }) /
         (1.0 + e);
}

class Builder : public GraphOperations {
 public:
  explicit Builder(const Model& model) : model_(model), K_(model.size()) {}

  Graph build() {
    graph().experts = K_;
    graph().classes = model_.schema.labels.size();
    networks();
    weights();
    if (graph().classes > 0)
      classes();
    else
      for (arma::uword t = 0; t < model_.targets(); ++t) number(t);
    if (normalised() && graph().classes == 0) {
      const Id terms =
          of_experts([&](arma::uword k) { return expressions_of(family(k)).log_density_expression(psi(k)); });
      graph().log_density = log_sum_exp(each(Op::kAdd, {log_weights_, terms}), K_);
    }
    return graph();
  }

 private:
  const Family& family(arma::uword k) const { return *model_.experts[k].family; }
  const double* psi(arma::uword k) const { return model_.theta.memptr() + model_.experts[k].psi_offset; }
  bool normalised() const { return model_.gate->normalised(); }

  /// The outputs of all branches, one after the other, the gate's first.
  void networks() {
    const Standardization& units = model_.standardization;
    const arma::uword d = model_.schema.inputs.size();
    Id z = given(Kind::kInputs, d);
    if (d > 0) {
      z = each(Op::kSubtract, {z, numbers(units.input_center)});
      z = each(Op::kDivide, {z, numbers(units.input_scale)});
    }
    all_inputs_ = z;
    std::vector<const Branch*> branches{&model_.gate_branch};
    for (const Expert& expert : model_.experts) branches.push_back(&expert);
    for (const Member& member : model_.members) branches.push_back(&member);
    std::vector<Id> parts;
    for (std::size_t i = 0; i < branches.size();) {
      std::size_t end = i + 1;  // neighbouring linear branches with the same inputs become one product
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
          const Step& layer = branch->network->steps()[i];
          const arma::mat W(model_.theta.memptr() + branch->offset + layer.offset, layer.height(), layer.outputs);
          weights = arma::join_rows(weights, W.tail_rows(layer.inputs));
          intercepts =
              arma::join_cols(intercepts, layer.intercept ? arma::vec(W.row(0).t()) : arma::zeros(layer.outputs));
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
      case Step::Kind::kPieces:
        return pieces(x, *branches[0]->network);
    }
    return x;
  }

  /// The inputs, then their pieces.
  Id pieces(Id x, const Network& network) {
    if (network.pieces().empty()) return x;
    Indices inputs;
    std::vector<double> lows, widths, centers, scales;
    for (const Piece& piece : network.pieces()) {
      inputs.push_back(piece.input);
      lows.push_back(piece.low);
      widths.push_back(piece.width);
      centers.push_back(piece.center);
      scales.push_back(piece.scale);
    }
    const Id above = each(Op::kSubtract, {pick(x, inputs), numbers(lows)});
    const Id places = share(each(Op::kDivide, {above, numbers(widths)}));
    const Id centered = each(Op::kSubtract, {places, numbers(centers)});
    return join({x, each(Op::kDivide, {centered, numbers(scales)})});
  }

  /// Values that are the same in every row. With inputs they are a product with weights 0, so that each row has them;
  /// without inputs they are plain numbers.
  Id constant_of_rows(const arma::vec& values) {
    const arma::uword d = at(all_inputs_).width;
    return d > 0 ? dense(all_inputs_, arma::zeros(d, values.n_elem), values) : numbers(values);
  }

  void weights() {
    if (model_.is_committee()) return weights_of_members();
    const Id logits = pick(all_outputs_, range(0, K_));
    const std::optional<Gate::Link> link = model_.gate->link();
    if (!link)
      throw Error(ErrorKind::kUsage,
                  "gate link '" + model_.gate->name() +
                      "' is none that this format can express: expected --format json, or another gate");
    if (link == Gate::Link::kSoftmax) {
      const Softmax gate = softmax(logits, K_);
      log_weights_ = gate.logs;
      graph().gate = gate.weights;
    } else {
      graph().gate = link == Gate::Link::kIdentity ? logits : each(Op::kKernelExp, {logits});
    }
  }

  /// An expert's weight is its member's times that within the member.
  void weights_of_members() {
    const arma::uword B = model_.members.size();
    const Softmax root = softmax(pick(all_outputs_, range(0, B)), B);
    Indices member_of;
    std::vector<Id> logs, weights;
    for (arma::uword b = 0; b < B; ++b) {
      const arma::uword experts = model_.members[b].experts, place = places_[1 + K_ + b];
      const Softmax within = softmax(pick(all_outputs_, range(place, experts)), experts);
      logs.push_back(within.logs);
      weights.push_back(within.weights);
      member_of.insert(member_of.end(), experts, b);
    }
    log_weights_ = each(Op::kAdd, {join(logs), pick(root.logs, member_of)});
    graph().gate = each(Op::kMultiply, {join(weights), pick(root.weights, member_of)});
  }

  void number(arma::uword t) {
    if (const auto k = model_.without_mean())
      throw Error(ErrorKind::kUsage,
                  "expert " + std::to_string(*k + 1) +
                      "'s tails are so heavy (nu is at most 1) that its mean does not exist, which every "
                      "format writes: expected moe predict --output median");
    const double center = model_.standardization.target_center[t], scale = model_.standardization.target_scale[t];
    std::vector<Family::Marginal> marginals;
    std::vector<FamilyExpressions> expressions;
    for (arma::uword k = 0; k < K_; ++k) {
      marginals.push_back(family(k).marginal(t, psi(k)));
      expressions.push_back(expressions_of(*marginals[k].family).expressions(marginals[k].psi.data()));
    }
    const auto figure = [&](Expression FamilyExpressions::*expression) {
      return of_experts(
          [&](arma::uword k) { return (expressions[k].*expression).shifted(marginals[k].first_output, t); });
    };
    Id mu = figure(&FamilyExpressions::mean);
    if (scale != 1 || center != 0) mu = each(Op::kAdd, {constant(center), each(Op::kMultiply, {constant(scale), mu})});
    mu = widened(mu, K_);
    graph().expert_means.push_back(mu);
    const Id mean = mixed(mu);
    graph().mean.push_back(mean);
    if (!normalised()) return;
    const bool finite = std::all_of(expressions.begin(), expressions.end(), [](const FamilyExpressions& of_expert) {
      return !of_expert.variance.is_number() || std::isfinite(of_expert.variance.number());
    });
    if (finite) {
      const Id between = each(Op::kSubtract, {mu, mean});
      const Id within = each(Op::kMultiply, {constant(scale * scale), figure(&FamilyExpressions::variance)});
      graph().sd.push_back(each(Op::kSqrt, {mixed(each(Op::kAdd, {within, each(Op::kMultiply, {between, between})}))}));
    } else {
      graph().sd.push_back(constant_of_rows(arma::vec{std::numeric_limits<double>::infinity()}));
    }
    graph().cdf.push_back(mixed(figure(&FamilyExpressions::cdf)));
  }

  void classes() {
    const arma::uword C = graph().classes;
    Id log_p = 0;  // K x C by rows: the classes of an expert are neighbours
    if (model_.family().link() == Family::Link::kLogistic) {
      const Id eta = this->eta(range(0, K_), 0);
      const Id p = function(eta, [](const Expression& x) { return logistic(x); });
      graph().expert_means.push_back(p);
      const Id last = share(mixed(p));
      graph().probabilities = join({each(Op::kSubtract, {constant(1.0), last}), last});
      const auto log_share = [&](double sign) {
        return function(eta, [sign](const Expression& x) { return -log1p_exp(sign * x); });
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
      graph().expert_means.push_back(pick(p, last));
      const Id weighted = each(Op::kMultiply, {pick(graph().gate, tiled(K_, C)), pick(p, transposed(K_, C))});
      graph().probabilities = share(sum(weighted, K_));
    }
    if (!normalised()) return;
    const Id terms = each(Op::kAdd, {pick(log_weights_, tiled(K_, C)), pick(log_p, transposed(K_, C))});
    graph().log_density = log_sum_exp(terms, K_);
  }

  /// sum_k g_k x_k.
  Id mixed(Id x) { return sum(each(Op::kMultiply, {graph().gate, x}), K_); }
  /// Limits a probability to 0 .. 1. The sum of the weights may differ from 1 by rounding, or by any amount where the
  /// gate is not normalised.
  Id share(Id p) { return each(Op::kMin, {each(Op::kMax, {p, constant(0.0)}), constant(1.0)}); }

  /// f of each element of x. f gets eta 0 for the element.
  template <class F>
  Id function(Id x, const F& f) {
    std::map<std::vector<const void*>, Id> known;
    const Expression expression = f(Expression::eta(0));
    return lowered({expression}, known, [x](arma::uword) { return x; });
  }

  /// Output j of each of these experts.
  Id eta(const Indices& experts, arma::uword j) {
    Indices indices;
    for (const arma::uword k : experts) indices.push_back(places_[k + 1] + j);
    const Id raw = pick(all_outputs_, indices);
    return j == 0 ? with_offset(raw, 1) : raw;
  }
  /// Adds the offset to the first of each `run` outputs.
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

  /// One element for each expert, or a single one that serves all. Experts whose expressions have the same shape are
  /// computed together.
  Id of_experts(const std::function<Expression(arma::uword)>& expression_of) {
    std::vector<Expression> expressions;
    std::vector<std::pair<std::string, Indices>> groups;
    for (arma::uword k = 0; k < K_; ++k) {
      expressions.push_back(expression_of(k));
      const std::string its_shape = shape(expressions[k]);
      auto group =
          std::find_if(groups.begin(), groups.end(), [&](const auto& entry) { return entry.first == its_shape; });
      if (group == groups.end()) group = groups.insert(groups.end(), {its_shape, {}});
      group->second.push_back(k);
    }
    std::vector<Id> parts;
    Indices order(K_);
    arma::uword place = 0;
    for (const auto& [its_shape, experts] : groups) {
      std::vector<Expression> members;
      for (const arma::uword k : experts) {
        members.push_back(expressions[k]);
        order[k] = place++;
      }
      std::map<std::vector<const void*>, Id> known;
      const Id value = lowered(members, known, [this, &indices = experts](arma::uword j) { return eta(indices, j); });
      if (groups.size() == 1) return value;
      parts.push_back(widened(value, experts.size()));
    }
    return pick(join(parts), order);
  }

  /// The values of several expressions of the same shape, as the elements of one vector.
  Id lowered(const std::vector<Expression>& expressions, std::map<std::vector<const void*>, Id>& known,
             const std::function<Id(arma::uword)>& eta_of) {
    std::vector<const void*> key;
    for (const Expression& expression : expressions) key.push_back(expression.identity());
    if (const auto found = known.find(key); found != known.end()) return found->second;
    const Expression& first = expressions[0];
    Id result = 0;
    switch (first.op()) {
      case Op::kNumber: {
        std::vector<double> values;
        for (const Expression& expression : expressions) values.push_back(expression.number());
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
          std::vector<Expression> argument;
          for (const Expression& expression : expressions) argument.push_back(expression.arguments()[a]);
          arguments.push_back(lowered(argument, known, eta_of));
        }
        result = each(first.op(), arguments);
      }
    }
    known.emplace(std::move(key), result);
    return result;
  }

  const Model& model_;
  arma::uword K_, outputs_ = 0;
  std::vector<arma::uword> places_;  // where the outputs of each branch begin, the gate's first
  Id all_inputs_ = 0, all_outputs_ = 0, log_weights_ = 0;
};

}  // namespace

Graph graph_of(const Model& model) { return Builder(model).build(); }

}  // namespace moe
