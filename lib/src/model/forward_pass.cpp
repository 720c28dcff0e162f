// Takes a block of rows through all branches. Linear branches that read the same inputs are joined: their matrices side
// by side are one matrix, and so one product serves the gate and all experts.
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
}

void ForwardPass::add(const Branch& branch, arma::uword width) {
  const arma::uword outputs = branch.network->outputs();
  const std::size_t design = design_of(branch, width);
  if (!runs_.empty() && runs_.back().branch.network->is_linear() && branch.network->is_linear() &&
      runs_.back().design == design) {
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
    for (std::size_t k = 1; k < places_.size(); ++k) runs_[places_[k].run].out.col(places_[k].column) += block.offset;
  const arma::mat logits(runs_[0].out.memptr(), rows_, places_[0].outputs, false, true);
  model_.gate->forward(logits, log_weights_, weights_, signs_);
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
  const arma::mat logits(runs_[0].out.memptr(), rows_, places_[0].outputs, false, true);
  arma::mat d_logits(runs_[0].d_out.memptr(), rows_, places_[0].outputs, false, true);
  model_.gate->backward(logits, weights_, d_log_weights, d_logits);
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
