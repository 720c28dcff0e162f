#include "moe/model.hpp"
#include "parallel.hpp"

namespace moe {

ForwardPass::ForwardPass(const Model& model) : model_(model) {
  keep_blas_to_one_thread();
  const arma::uword width = 1 + model.schema.inputs.size();
  add(model.gate_branch, width);
  for (const Expert& expert : model.experts) add(expert, width);
}

void ForwardPass::add(const Branch& branch, arma::uword width) {
  const arma::uword outputs = branch.network->outputs();
  if (!runs_.empty() && branch.network->is_linear() && runs_.back().network->is_linear() &&
      arma::size(runs_.back().columns) == arma::size(branch.columns) &&
      arma::all(runs_.back().columns == branch.columns)) {
    Run& run = runs_.back();
    places_.push_back({runs_.size() - 1, run.network->outputs(), outputs});
    run.network = std::make_shared<Network>(
        "linear", std::vector<Step>{{Step::Kind::kDense, run.network->inputs(), run.network->outputs() + outputs, 0}});
    return;
  }
  const bool all = branch.columns.n_elem == width && branch.columns.is_sorted();
  runs_.push_back({branch.network, branch.columns, all, branch.offset, {}, {}, {}, {}});
  places_.push_back({runs_.size() - 1, 0, outputs});
}

void ForwardPass::run(const arma::vec& theta, const arma::mat& X) {
  rows_ = X.n_cols;
  for (Run& run : runs_) {
    if (!run.all_columns) run.X = X.rows(run.columns);
    run.network->forward(theta.memptr() + run.offset, run.all_columns ? X : run.X, run.tape, run.out);
    run.d_out.set_size(arma::size(run.out));
  }
  const arma::mat logits(runs_[0].out.memptr(), rows_, places_[0].outputs, false, true);
  model_.gate->forward(logits, log_weights_, signs_);
}

void ForwardPass::backward(const arma::vec& theta, const arma::mat& X, const arma::mat& d_log_weights,
                           arma::vec& gradient) {
  const arma::mat logits(runs_[0].out.memptr(), rows_, places_[0].outputs, false, true);
  model_.gate->backward(logits, log_weights_, d_log_weights, d_logits_);
  runs_[0].d_out.head_cols(places_[0].outputs) = d_logits_;
  for (Run& run : runs_)
    run.network->backward(theta.memptr() + run.offset, run.all_columns ? X : run.X, run.tape, run.d_out,
                          gradient.memptr() + run.offset);
}

const arma::mat ForwardPass::eta(arma::uword k) const {
  const Place& place = places_[k + 1];
  const arma::mat& out = runs_[place.run].out;
  return arma::mat(const_cast<double*>(out.colptr(place.column)), rows_, place.outputs, false, true);
}

arma::mat ForwardPass::d_eta(arma::uword k) {
  const Place& place = places_[k + 1];
  return arma::mat(runs_[place.run].d_out.colptr(place.column), rows_, place.outputs, false, true);
}

}  // namespace moe
