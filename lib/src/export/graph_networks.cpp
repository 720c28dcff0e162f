// The networks and the gate of a model as graph operations. Linear branches with the same inputs become one product.
#include "export/model_graph.hpp"
#include "moe/error.hpp"

namespace moe {
namespace {

using Op = Expression::Op;

/// 1 / (1 + exp(-x)) by the same operations as kernels().logistic.
Expression logistic_of_kernels(const Expression& x) {
  Expression e = kernel_exp(-abs(x));
  return if_positive(
             x, [] { return Expression(1.0); }, [&] { return e; }) /
         (1.0 + e);
}

}  // namespace

void ModelGraph::networks() {
  const Standardization& units = model_.standardization;
  const arma::uword d = model_.schema.inputs.size();
  Id z = given(Graph::Kind::kInputs, d);
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

ModelGraph::Id ModelGraph::network(Id z, const std::vector<const Branch*>& branches) {
  const Branch& first = *branches[0];
  Indices columns;
  for (arma::uword j = 1; j < first.columns.n_elem; ++j) columns.push_back(first.columns[j] - 1);
  Id x = pick(z, columns);
  const std::vector<Step>& steps = first.network->steps();
  for (std::size_t i = 0; i < steps.size(); ++i) x = step(x, i, branches);
  return x;
}

ModelGraph::Id ModelGraph::step(Id x, std::size_t i, const std::vector<const Branch*>& branches) {
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

ModelGraph::Id ModelGraph::pieces(Id x, const Network& network) {
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

ModelGraph::Id ModelGraph::constant_of_rows(const arma::vec& values) {
  const arma::uword d = at(all_inputs_).width;
  return d > 0 ? dense(all_inputs_, arma::zeros(d, values.n_elem), values) : numbers(values);
}

void ModelGraph::weights() {
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

void ModelGraph::weights_of_members() {
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

}  // namespace moe
