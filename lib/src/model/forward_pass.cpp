// Takes a block of rows through all branches. Linear branches that read the same inputs are joined: their matrices side
// by side are one matrix, and so one product serves the gate and all experts.
#include "moe/forward_pass.hpp"

#include "base/blas_memory.hpp"
#include "base/kernels/kernels.hpp"
#include "base/parallel.hpp"
#include "moe/model.hpp"
#include "moe/stop.hpp"

namespace moe {
ForwardPass::ForwardPass(const Model& model) : model_(model) {
  keep_blas_to_one_thread();
  const arma::uword width = 1 + model.schema.inputs.size();
  add(model.gate_branch, width);
  for (const Expert& expert : model.experts) add(expert, width);
  for (const Member& member : model.members) add(member, width);
  shares_.resize(model.is_committee() ? 1 + model.members.size() : 0);
}

void ForwardPass::add(const Branch& branch, arma::uword width) {
  const arma::uword outputs = branch.network->outputs();
  const std::size_t design = design_of(branch, width);
  const auto follows = [&](const Branch& before) {  // also in theta: psi stands between experts and members' gates
    return before.network->is_linear() && branch.network->is_linear() &&
           branch.offset == before.offset + before.network->parameters();
  };
  if (!runs_.empty() && runs_.back().design == design && follows(runs_.back().branch)) {
    Branch& joined = runs_.back().branch;
    places_.push_back({runs_.size() - 1, joined.network->outputs(), outputs});
    std::vector<Step> steps = joined.network->steps();
    steps.back().outputs += outputs;
    joined.network = std::make_shared<Network>(joined.network->spec(), std::move(steps));
    return;
  }
  runs_.push_back({branch, design, {}, {}, {}});
  places_.push_back({runs_.size() - 1, 0, outputs});
}

std::size_t ForwardPass::design_of(const Branch& branch, arma::uword width) {
  for (std::size_t i = 0; i < designs_.size(); ++i)
    if (designs_[i].branch.has_design_of(branch)) return i;
  designs_.push_back({branch, branch.design_is_all_of(width), {}, {}});
  return designs_.size() - 1;
}

template <class Call>
void ForwardPass::for_runs(const Call& call) {
  if (sharing_) return sharing_([&](std::size_t i) { call(runs_[i]); });
  for (Run& run : runs_) call(run);
}

void ForwardPass::run(const arma::vec& theta, const Rows& block, const double* next) {
  end_if_stopped();
  block_ = &block;
  rows_ = block.count();
  for (Design& design : designs_) {
    if (!design.all) design.branch.design(block.X, design.own);
    const arma::mat& X = design.all ? block.X : design.own;
    design.columns.set_size(rows_, X.n_rows);
    kernels().transpose(X.memptr(), X.n_rows, rows_, design.columns.memptr());
  }
  for_runs([&](Run& run) {
    run.branch.network->forward(theta.memptr() + run.branch.offset, designs_[run.design].columns, run.tape, run.out,
                                &run == &runs_[0] ? next : nullptr);
    run.d_out.set_size(arma::size(run.out));
  });
  if (!block.offset.is_empty())
    for (std::size_t k = 1; k <= model_.size(); ++k) runs_[places_[k].run].out.col(places_[k].column) += block.offset;
  if (model_.is_committee())
    share_out();
  else
    model_.gate->forward(logits(0), log_weights_, weights_, signs_);
}

/// A view, b x outputs.
arma::mat ForwardPass::logits(std::size_t place) const {
  const Place& at = places_[place];
  return {const_cast<double*>(runs_[at.run].out.colptr(at.column)), rows_, at.outputs, false, true};
}

arma::mat ForwardPass::d_logits(std::size_t place) {
  const Place& at = places_[place];
  return {runs_[at.run].d_out.colptr(at.column), rows_, at.outputs, false, true};
}

/// log g_k = log (weight of k's member) + log (weight of k within it).
void ForwardPass::share_out() {
  const auto forward = [&](std::size_t place, Weights& to) {
    model_.gate->forward(logits(place), to.logs, to.weights, to.signs);
  };
  log_weights_.set_size(rows_, model_.size());
  weights_.set_size(rows_, model_.size());
  forward(0, shares_[0]);
  for (std::size_t b = 0; b < model_.members.size(); ++b) {
    const Member& member = model_.members[b];
    Weights& within = shares_[b + 1];
    forward(1 + model_.size() + b, within);
    for (arma::uword j = 0; j < member.experts; ++j) {
      log_weights_.col(member.first + j) = within.logs.col(j) + shares_[0].logs.col(b);
      weights_.col(member.first + j) = within.weights.col(j) % shares_[0].weights.col(b);
    }
  }
}

/// The transpose of share_out(): a member's weight has a part in those of all its experts.
void ForwardPass::share_back(const arma::mat& d_log_weights) {
  arma::mat d_root(rows_, model_.members.size());
  for (std::size_t b = 0; b < model_.members.size(); ++b) {
    const Member& member = model_.members[b];
    const arma::mat own = d_log_weights.cols(member.first, member.first + member.experts - 1);
    d_root.col(b) = arma::sum(own, 1);
    const std::size_t place = 1 + model_.size() + b;
    arma::mat d_own = d_logits(place);
    model_.gate->backward(logits(place), shares_[b + 1].weights, own, d_own);
  }
  arma::mat d_logits_of_root = d_logits(0);
  model_.gate->backward(logits(0), shares_[0].weights, d_root, d_logits_of_root);
}

arma::mat ForwardPass::log_terms(const arma::vec& theta, const arma::mat& y) const {
  arma::mat terms(arma::size(log_weights_));
  for (arma::uword k = 0; k < model_.size(); ++k) {
    const Expert& expert = model_.experts[k];
    arma::vec part(terms.colptr(k), rows_, false, true);
    expert.family->log_density(y, eta(k), theta.memptr() + expert.psi_offset, part);
  }
  terms += log_weights_;
  return terms;
}

void ForwardPass::backward(const arma::vec& theta, const arma::mat& d_log_weights, arma::vec& gradient) {
  if (model_.is_committee()) {
    share_back(d_log_weights);
  } else {
    arma::mat d_gate = d_logits(0);
    model_.gate->backward(logits(0), weights_, d_log_weights, d_gate);
  }
  for_runs([&](Run& run) {
    run.branch.network->backward(theta.memptr() + run.branch.offset, designs_[run.design].columns, run.tape, run.d_out,
                                 gradient.memptr() + run.branch.offset);
  });
}

const arma::mat ForwardPass::eta(arma::uword k) const {
  const Place& place = places_[k + 1];
  const arma::mat& out = runs_[place.run].out;
  if (model_.experts[k].family->reads_trials())
    return arma::join_rows(out.cols(place.column, place.column + place.outputs - 1), block_->trials);
  return arma::mat(const_cast<double*>(out.colptr(place.column)), rows_, place.outputs, false, true);
}

arma::mat ForwardPass::d_eta(arma::uword k) {
  const Place& place = places_[k + 1];
  return arma::mat(runs_[place.run].d_out.colptr(place.column), rows_, place.outputs, false, true);
}

}  // namespace moe
