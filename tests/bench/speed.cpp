// speed WHAT ..: times the library's inner loops on rows of `moe gen experts`, in memory, and prints the results.
//   steps N D K NETWORK BATCH EPOCHS  microseconds a step of Adam (median over epochs), and the last epoch's loss
//   pass N D K THREADS                milliseconds of a full-batch value and gradient, and the value
//   em N D K THREADS                  milliseconds of one EM iteration, and the value
//   predict N D K THREADS             milliseconds of the means of all rows
//   limit-of-pass N D K THREADS       milliseconds that a pass's products and exponentials take at this machine's peaks
//   limits THREADS FILE               these peaks, and the bandwidth of memory and of the page cache
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "base/kernels/kernels.hpp"
#include "base/page_buffer.hpp"
#include "base/parallel.hpp"
#include "fit/em_step.hpp"
#include "moe/objective.hpp"
#include "moe/predict.hpp"
#include "moe/recipe.hpp"
#include "moe/train.hpp"

namespace {

constexpr int kRuns = 5;

/// Seconds by the clock, or, with BENCH_CLOCK=cpu, seconds of processor time of this process.
double now() {
  static const bool kCpu = std::getenv("BENCH_CLOCK") != nullptr;
  timespec time{};
  clock_gettime(kCpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The median time of kRuns runs in milliseconds, after a run for warming up.
template <class Work>
double milliseconds(const Work& work) {
  work();
  std::vector<double> times;
  for (int i = 0; i < kRuns; ++i) {
    const double begin = now();
    work();
    times.push_back(1e3 * (now() - begin));
  }
  return median(times);
}

struct Made {
  moe::Schema schema;
  moe::Dataset data;
  moe::Model truth;
};

Made make(arma::uword n, arma::uword d, arma::uword k) {
  moe::RecipeOptions options;
  options.rows = n;
  options.features = d;
  options.experts = k;
  moe::Generated generated = moe::generate("experts", options);
  Made made;
  made.schema.inputs = generated.inputs;
  made.schema.targets = {"y"};
  made.data.X.set_size(1 + d, n);
  moe::ask_for_huge_pages(made.data.X.memptr(),
                          made.data.X.n_elem * sizeof(double));  // as a table that is read has them
  made.data.X.row(0).ones();
  made.data.X.tail_rows(d) = generated.X;
  made.data.y = generated.y;
  made.data.w.ones(n);
  made.truth = std::move(*generated.truth);
  return made;
}

moe::ModelSpec spec(arma::uword d, arma::uword k, const std::string& network) {
  moe::ModelSpec spec;
  spec.experts.assign(k, network);
  for (arma::uword j = 0; j < d; ++j) spec.gate_inputs.push_back(j);
  spec.expert_inputs.assign(k, spec.gate_inputs);
  return spec;
}

void steps(arma::uword n, arma::uword d, arma::uword k, const std::string& network, arma::uword batch,
           arma::uword epochs) {
  Made made = make(n, d, k);
  moe::TrainOptions options;
  options.solver = "adam";
  options.batch = batch;
  options.solver_options.epochs = epochs;
  options.errors = false;
  options.threads = std::thread::hardware_concurrency();
  options.seed = 2;  // the seed of a start that leads to the better maximum
  std::vector<double> ends{now()};
  double loss = 0;
  const auto watch = [&](const moe::PassReport& pass) {
    ends.push_back(now());
    loss = pass.objective;
    return true;
  };
  moe::train({made.schema, spec(d, k, network), std::move(made.data), {}, options, watch});
  std::vector<double> each;
  for (std::size_t i = 2; i < ends.size(); ++i) each.push_back(ends[i] - ends[i - 1]);
  const arma::uword batches = (n + batch - 1) / batch;
  std::printf("%.3f us/step, loss %.6f\n", 1e6 * median(each) / static_cast<double>(batches), loss);
}

void pass(arma::uword n, arma::uword d, arma::uword k, unsigned threads) {
  Made made = make(n, d, k);
  const moe::Rows rows = made.truth.standardize(std::move(made.data));
  const auto objective = moe::make_objective("likelihood");
  const moe::Pass pass(made.truth, *objective, {}, threads);
  arma::vec gradient;
  double value = 0;
  const double time = milliseconds([&] { value = pass.run(made.truth.theta, rows, &gradient).value; });
  std::printf("%.3f ms, value %.17g, gradient %.17g\n", time, value, arma::norm(gradient));
}

void em(arma::uword n, arma::uword d, arma::uword k, unsigned threads) {
  Made made = make(n, d, k);
  const moe::Rows rows = made.truth.standardize(std::move(made.data));
  const moe::Basis basis(made.truth, rows, threads);
  const arma::vec penalty(made.truth.theta.n_elem, arma::fill::zeros);
  const moe::EmStep step(made.truth, rows, basis, penalty, threads);
  moe::EmStep::Result result;
  const double time = milliseconds([&] { result = step.run(made.truth.theta); });
  std::printf("%.3f ms, value %.17g, slope %.17g, target %.17g\n", time, result.value, result.slope,
              arma::norm(result.target));
}

void predict(arma::uword n, arma::uword d, arma::uword k, unsigned threads) {
  const Made made = make(n, d, k);
  constexpr arma::uword kRows = 504;
  double sum = 0;
  const double time = milliseconds([&] {
    arma::vec sums((n + kRows - 1) / kRows);
    moe::parallel_for(threads, threads, [&](std::size_t part) {
      moe::Predictive predictive(made.truth);
      for (arma::uword b = part; b < sums.n_elem; b += threads) {
        moe::Dataset block;
        const arma::uword last = std::min(n, (b + 1) * kRows) - 1;
        double* first = const_cast<double*>(made.data.X.colptr(b * kRows));
        block.X = arma::mat(first, 1 + d, last + 1 - b * kRows, false, true);
        block.w.ones(block.X.n_cols);
        predictive.at(block);
        sums[b] = arma::accu(predictive.mean());
      }
    });
    sum = arma::accu(sums);
  });
  std::printf("%.3f ms, sum %.17g\n", time, sum);
}

// --- What the machine can do -----------------------------------------------------------------------------------------

/// Units of work per second of all threads together. work(thread) does `each` units.
template <class Work>
double rate(unsigned threads, double each, const Work& work) {
  return static_cast<double>(threads) * each /
         (1e-3 * milliseconds([&] { moe::parallel_for(threads, threads, work); }));
}

/// Floating-point operations per second in large matrix products.
double product_rate(unsigned threads) {
  constexpr arma::uword kSize = 768;
  std::vector<arma::mat> A(threads, arma::mat(kSize, kSize, arma::fill::ones)), B = A, C = A;
  const double size = static_cast<double>(kSize);
  return rate(threads, 4 * 2 * size * size * size, [&](std::size_t t) {
    for (int i = 0; i < 4; ++i) C[t] = A[t] * B[t];
  });
}

double exp_rate(unsigned threads) {
  constexpr std::size_t kSize = 1000, kTimes = 5000;
  std::vector<arma::vec> x(threads, arma::linspace(-20, 0, kSize)), y = x;
  return rate(threads, static_cast<double>(kSize * kTimes), [&](std::size_t t) {
    for (std::size_t i = 0; i < kTimes; ++i) moe::kernels().exp(x[t].memptr(), kSize, y[t].memptr());
  });
}

/// Bytes per second of a <- b + 3 c, over arrays that are larger than any cache.
double memory_rate(unsigned threads) {
  constexpr std::size_t kSize = 8'000'000;
  std::vector<arma::vec> a(threads, arma::vec(kSize)), b(threads, arma::ones(kSize)), c = b;
  return rate(threads, 3.0 * sizeof(double) * kSize, [&](std::size_t t) { a[t] = b[t] + 3 * c[t]; });
}

/// Bytes per second.
double file_rate(const char* path) {
  std::vector<char> buffer(1 << 20);
  double size = 0;
  const double time = milliseconds([&] {
    size = 0;
    std::FILE* file = std::fopen(path, "rb");
    std::setvbuf(file, nullptr, _IONBF, 0);
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file))
      size += static_cast<double>(count);
    std::fclose(file);
  });
  return size / (1e-3 * time);
}

void limits(unsigned threads, const char* path) {
  std::printf(
      "matrix products %.1f GFLOP/s, memory %.1f GB/s, exp (%s) %.2f G/s, reading a cached file on one thread %.1f "
      "GB/s\n",
      1e-9 * product_rate(threads), 1e-9 * memory_rate(threads), moe::kernels().name, 1e-9 * exp_rate(threads),
      1e-9 * file_rate(path));
}

void limit_of_pass(arma::uword n, arma::uword d, arma::uword k, unsigned threads) {
  const double rows = static_cast<double>(n), outputs = static_cast<double>(2 * k), width = static_cast<double>(1 + d);
  const double products = 2 * 2 * rows * width * outputs, exponentials = rows * outputs;
  std::printf("%.3f ms\n", 1e3 * (products / product_rate(threads) + exponentials / exp_rate(threads)));
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> word(words + 1, words + count);
  const auto number = [&](std::size_t i) { return static_cast<arma::uword>(std::strtod(word.at(i).c_str(), nullptr)); };
  const std::string what = word.at(0);
  if (what == "steps") steps(number(1), number(2), number(3), word.at(4), number(5), number(6));
  if (what == "pass") pass(number(1), number(2), number(3), static_cast<unsigned>(number(4)));
  if (what == "em") em(number(1), number(2), number(3), static_cast<unsigned>(number(4)));
  if (what == "limit-of-pass") limit_of_pass(number(1), number(2), number(3), static_cast<unsigned>(number(4)));
  if (what == "limits") limits(static_cast<unsigned>(number(1)), words[3]);
  if (what == "predict") predict(number(1), number(2), number(3), static_cast<unsigned>(number(4)));
}
