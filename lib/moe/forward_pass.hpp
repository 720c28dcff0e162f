// A model at a block of rows: the outputs of its networks, the weights of its gate, and the way back to the gradient.
#pragma once

#include <armadillo>
#include <functional>
#include <utility>
#include <vector>

#include "moe/model.hpp"

namespace moe {

/// Takes blocks of rows through every branch of a model. Each thread needs one of its own, which is reused from block
/// to block.
class ForwardPass {
 public:
  /// Keeps a reference to the model's structure. theta is given in each call.
  explicit ForwardPass(const Model& model);
  /// Calls `task` once for each of 0 .. runs() - 1, on any threads.
  using Sharing = std::function<void(const std::function<void(std::size_t)>& task)>;
  /// From now on the networks, of which there are runs(), are shared among threads in this way; nullptr ends that.
  void share(Sharing sharing) { sharing_ = std::move(sharing); }
  std::size_t runs() const { return runs_.size(); }

  /// Reads the block's X, offset and trials, in the model's units. The block must outlive the calls that follow.
  /// `next`: the address of the inputs of the next rows, as many as here, which are then prefetched; it is never
  /// dereferenced.
  void run(const arma::vec& theta, const Rows& block, const double* next = nullptr);
  /// Backpropagation, after run() at the same theta: turns d_log_weights (b x K, see Gate::backward) and each expert's
  /// d_eta (written to d_eta(k)) into a gradient in theta, which is added to `gradient`.
  void backward(const arma::vec& theta, const arma::mat& d_log_weights, arma::vec& gradient);

  arma::uword rows() const { return rows_; }
  const Model& model() const { return model_; }
  const arma::mat& log_weights() const { return log_weights_; }  ///< b x K
  const arma::mat& weights() const { return weights_; }          ///< b x K, g_k
  const arma::mat& signs() const { return signs_; }              ///< b x K; empty where all are positive
  /// b x K: log |g_k| + log p(y_n | expert k), in data units.
  arma::mat log_terms(const arma::vec& theta, const arma::mat& y) const;
  /// The outputs of expert k, b x m, followed by the trials where the family reads them. Valid until the next run().
  const arma::mat eta(arma::uword k) const;
  /// A view of b x m elements.
  arma::mat d_eta(arma::uword k);
  /// The design of a branch for the block, transposed: b x p. Branch 0 is the gate, branches 1 .. K are the experts.
  const arma::mat& columns(arma::uword branch) const { return designs_[runs_[places_[branch].run].design].columns; }

  /// Memory for results that are computed from a block. It is kept from block to block, as allocating it would take
  /// longer than computing in it.
  struct Work {
    arma::mat terms, shares;
    arma::vec log_sum, sign, pull;
  };
  Work& work() { return work_; }

 private:
  /// A design. Most branches have the same one.
  struct Design {
    Branch branch;
    bool all;                // whether it is X itself
    arma::mat own, columns;  // p x b where it is not X; and b x p
  };
  /// The branches that are computed by one network: a single one, or neighbouring linear ones side by side.
  struct Run {
    Branch branch;
    std::size_t design;
    arma::mat out, d_out;
    Network::Tape tape;
  };
  struct Place {
    std::size_t run;
    arma::uword column, outputs;  // of the run's output
  };
  void add(const Branch& branch, arma::uword width);
  std::size_t design_of(const Branch& branch, arma::uword width);
  template <class Call>
  void for_runs(const Call& call);

  const Model& model_;
  const Rows* block_ = nullptr;
  std::vector<Design> designs_;
  std::vector<Run> runs_;
  /// The weights that one gate computes.
  struct Weights {
    arma::mat logs, weights, signs;
  };
  arma::mat logits(std::size_t place) const;
  arma::mat d_logits(std::size_t place);
  void share_out();
  void share_back(const arma::mat& d_log_weights);

  std::vector<Place> places_;  // of the gate, of the experts, of the members' gates
  arma::mat log_weights_, weights_, signs_;
  std::vector<Weights> shares_;  // of a committee: the root's, then the members'
  Work work_;
  Sharing sharing_;
  arma::uword rows_ = 0;
};

}  // namespace moe
