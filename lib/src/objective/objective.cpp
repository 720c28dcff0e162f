// Pass: the objective and its gradient at theta, as sums over all rows. Rows are cut into blocks, and blocks into
// chunks, which threads compute. The sums of the chunks are added in their order, which depends on the number of rows
// only: so threads change no bit of the result.
#include "moe/objective.hpp"

#include <cmath>
#include <deque>
#include <limits>
#include <utility>

#include "base/kernels/kernels.hpp"
#include "base/parallel.hpp"
#include "moe/forward_pass.hpp"
#include "moe/numeric.hpp"

namespace moe {
namespace {

/// The number of rows that go through all branches at once. Their outputs stay near the first-level cache. It is no
/// power of two, as the columns would then fall on the same few cache lines.
constexpr arma::uword kPassBlock = 504;
/// The largest number of chunks. It must not depend on the number of threads, as the order of sums follows from it.
constexpr arma::uword kChunks = 64;
/// From this many rows times parameters on, sharing the work of several networks takes less time than a pool of threads
/// needs to meet.
constexpr arma::uword kWorthSharing = 200000;
/// For fewer batches than this, a pool is not worth starting.
constexpr arma::uword kFewBatches = 10;

void add_gate_sum(const ForwardPass& forward, const Rows& block, Totals& totals) {
  arma::vec log_sum, sign;
  signed_log_sum_exp(forward.log_weights(), forward.signs(), log_sum, sign);
  totals.log_sum += arma::dot(block.w, log_sum);
}

/// A vector like theta with `experts` at the weights of experts, `gate` at those of the gate, and 0 elsewhere.
arma::vec at_weights(const Model& model, double experts, double gate) {
  arma::vec result(model.theta.n_elem, arma::fill::zeros);
  const auto mark = [&](const Branch& branch, double penalty) {
    branch.network->mark_weights(result.memptr() + branch.offset);
    result.subvec(branch.offset, arma::size(branch.network->parameters(), 1)) *= penalty;
  };
  mark(model.gate_branch, gate);
  for (const Expert& expert : model.experts) mark(expert, experts);
  return result;
}

}  // namespace

void Totals::begin(arma::uword parameters) {
  loss = weight = log_sum = undefined = 0;
  peak = -std::numeric_limits<double>::infinity();
  gradient.zeros(parameters);
}

void Objective::merge(const Totals& part, Totals& total) const {
  total.loss += part.loss;
  total.weight += part.weight;
  total.log_sum += part.log_sum;
  total.undefined += part.undefined;
  if (!total.gradient.is_empty()) total.gradient += part.gradient;
}

double Objective::finish(Totals& totals) const {
  // Where the weight is a power of two, as that of many batches, a product is the same and takes less time.
  int exponent = 0;
  if (std::frexp(totals.weight, &exponent) == 0.5)
    totals.gradient *= 1 / totals.weight;
  else
    totals.gradient /= totals.weight;
  if (totals.undefined > 0) return std::numeric_limits<double>::quiet_NaN();
  return totals.loss / totals.weight;
}

/// What is kept from call to call.
struct Pass::Memory {
  // One for each part of the rows:
  std::deque<ForwardPass> forwards;
  std::vector<Totals> totals;
  // For mini-batches, once there have been some:
  arma::uword batches = 0;
  std::unique_ptr<ThreadPool> pool;
};

Pass::Pass(const Model& model, const Objective& objective, const Penalty& penalty, unsigned threads)
    : model_(model),
      objective_(objective),
      penalty_weights_(objective.unit(model) * at_weights(model, penalty.experts, penalty.gate)),
      l1_weights_(objective.unit(model) * at_weights(model, penalty.experts_l1, penalty.gate_l1)),
      threads_(threads),
      memory_(std::make_unique<Memory>()) {
  const arma::uvec penalised = arma::find(penalty_weights_ != 0 || l1_weights_ != 0);
  if (penalised.is_empty()) return;
  first_penalised_ = penalised.front();
  penalised_ = penalised.back() + 1 - first_penalised_;
  has_l1_ = penalty.has_l1();
}

Pass::~Pass() = default;

Totals& Pass::sum(const arma::vec& theta, const Rows& rows, bool gradient) const {
  const arma::uword blocks = (rows.count() + kPassBlock - 1) / kPassBlock;
  const arma::uword blocks_each = (blocks + kChunks - 1) / kChunks;
  const arma::uword chunks = (blocks + blocks_each - 1) / blocks_each;
  std::deque<ForwardPass>& forwards = memory_->forwards;
  std::vector<Totals>& totals = memory_->totals;
  while (forwards.size() < chunks) forwards.emplace_back(model_);
  if (totals.size() < chunks) totals.resize(chunks);
  const auto add = [&](const Rows& block, std::size_t chunk) {
    ForwardPass& forward = forwards[chunk];
    Totals& total = totals[chunk];
    forward.run(theta, block, block.X.end());
    objective_.add(forward, theta, block, total);
    total.weight += arma::accu(block.w);
    if (!model_.gate->normalised()) add_gate_sum(forward, block, total);
  };
  for (arma::uword chunk = 0; chunk < chunks; ++chunk) totals[chunk].begin(gradient ? theta.n_elem : 0);
  if (blocks == 1) {  // a mini-batch: new threads and memory would cost more than the work
    const bool dear = rows.count() * theta.n_elem >= kWorthSharing && forwards[0].runs() > 2;
    if (dear && threads_ > 1 && memory_->pool == nullptr && ++memory_->batches > kFewBatches)
      memory_->pool = std::make_unique<ThreadPool>(threads_, forwards[0].runs());
    if (dear && memory_->pool != nullptr)
      forwards[0].share([&crew = *memory_->pool](const auto& task) { crew.run(task); });
    else
      forwards[0].share(nullptr);
    add(rows, 0);
    return totals[0];
  }
  forwards[0].share(nullptr);
  parallel_for(chunks, threads_, [&](std::size_t chunk) {
    for (arma::uword b = chunk * blocks_each; b < std::min(blocks, (chunk + 1) * blocks_each); ++b)
      add(rows.block(b * kPassBlock, std::min(rows.count(), (b + 1) * kPassBlock) - 1), chunk);
  });
  for (std::size_t chunk = 1; chunk < chunks; ++chunk) objective_.merge(totals[chunk], totals[0]);
  return totals[0];
}

PassResult Pass::run(const arma::vec& theta, const Rows& rows, arma::vec* gradient) const {
  Totals& totals = sum(theta, rows, gradient != nullptr);
  PassResult result;
  result.mean_log_sum = totals.log_sum / totals.weight;
  const auto penalised = [&](const arma::vec& all) { return all.subvec(first_penalised_, arma::size(penalised_, 1)); };
  const double loss = objective_.finish(totals);
  if (gradient != nullptr) std::swap(*gradient, totals.gradient);
  if (penalised_ > 0)
    result.penalty =
        0.5 * kernels().add_penalty(penalty_weights_.memptr() + first_penalised_, theta.memptr() + first_penalised_,
                                    penalised_, gradient == nullptr ? nullptr : gradient->memptr() + first_penalised_);
  if (has_l1_) result.penalty += arma::dot(penalised(l1_weights_), arma::abs(penalised(theta)));
  result.value = loss + result.penalty;
  result.undefined = totals.undefined;
  return result;
}

}  // namespace moe
