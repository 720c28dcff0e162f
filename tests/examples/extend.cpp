// extend: a program that adds its own family, gate, solver and export format to moe, and that minimises a function of
// its own with moe's solvers. It prints what moe makes of them beside the value that a formula gives.
#include <cmath>
#include <cstdio>
#include <moe/moe.hpp>

namespace {

/// log p = -z - 2 log(1 + e^-z) - log s, z = (y - eta) / s, s = exp(psi): the logistic distribution.
class Logistic : public moe::Family {
 public:
  using Family::Family;
  std::string spec() const override { return "logistic"; }
  Link link() const override { return Link::kIdentity; }
  bool location_scale() const override { return true; }
  arma::uword dispersions() const override { return 1; }
  std::vector<Figure> figures(const double* psi) const override {
    const double s = std::exp(*psi) * target().scale;
    return {{"scale", s, {s}}};
  }
  void log_density(const arma::mat& y, const arma::mat& eta, const double* psi, arma::vec& out) const override {
    const arma::vec z = arma::abs(y - eta) / std::exp(*psi);                      // the density is symmetric
    out = -z - 2 * arma::log1p(arma::exp(-z)) - *psi - std::log(target().scale);  // in data units
  }
  void score(const arma::mat& y, const arma::mat& eta, const double* psi, const arma::vec& weight, arma::mat& d_eta,
             double* d_psi) const override {
    const arma::vec z = (y - eta) / std::exp(*psi), t = arma::tanh(z / 2);
    d_eta = weight % t / std::exp(*psi);
    *d_psi += arma::dot(weight, z % t - 1);
  }
  void start(double y, double* eta, double* psi) const override { *eta = y, *psi = std::log(0.5); }
  void mean(const arma::mat& eta, const double*, arma::mat& mu) const override { mu = eta; }
  void mean_backward(const arma::mat&, const arma::mat&, const arma::mat& d_mu, arma::mat& d_eta) const override {
    d_eta = d_mu;
  }
};

/// g = softmax(a / 2): like a softmax whose outputs are half as large.
class HalfSoftmax : public moe::Gate {
 public:
  std::string name() const override { return "half-softmax"; }
  bool normalised() const override { return true; }
  arma::uword redundant_outputs() const override { return 1; }
  double even_intercept(arma::uword) const override { return 0; }
  void forward(const arma::mat& logits, arma::mat& log_weights, arma::mat& weights, arma::mat& signs) const override {
    softmax_->forward(logits / 2, log_weights, weights, signs);
  }
  void backward(const arma::mat& logits, const arma::mat& weights, const arma::mat& d_log_weights,
                arma::mat& d_logits) const override {
    softmax_->backward(logits / 2, weights, d_log_weights, d_logits);
    d_logits /= 2;
  }

 private:
  std::shared_ptr<const moe::Gate> softmax_ = moe::make_gate("softmax");
};

/// theta <- theta - rate gradient. The rate is halved after a step that leads up, and raised by a tenth after one that
/// leads down.
class Descent : public moe::Solver {
 public:
  std::string name() const override { return "descent"; }
  bool stochastic() const override { return false; }
  std::vector<std::string> options() const override { return {}; }
  moe::SolverResult minimise(moe::Problem& problem, arma::vec theta, const moe::SolverOptions& options,
                             moe::Random&) const override {
    const arma::uword passes = options.epochs > 0 ? options.epochs : 20000;
    moe::SolverResult result;
    arma::vec gradient, next_gradient;
    double value = problem.evaluate(theta, gradient), rate = 1;
    while (result.passes < passes && arma::norm(gradient) > 1e-10) {
      const arma::vec next = theta - rate * gradient;
      const double there = problem.evaluate(next, next_gradient);
      rate *= there <= value ? 1.1 : 0.5;
      if (there <= value) theta = next, value = there, gradient = next_gradient;
      if (!problem.keep_going(++result.passes, theta, value)) break;
    }
    result.theta = theta;
    result.value = value;
    result.converged = arma::norm(gradient) <= 1e-10;
    result.stop = "gradient below tolerance";
    return result;
  }
};

/// The sum of (theta_i - i)^2. moe's solvers need its value and gradient only.
class Squares : public moe::Problem {
 public:
  double evaluate(const arma::vec& theta, arma::vec& gradient) override {
    const arma::vec away = theta - arma::regspace(0, static_cast<double>(theta.n_elem) - 1);
    gradient = 2 * away;
    return arma::dot(away, away);
  }
};

/// The distance from the minimum at which the solver ends.
double left_by(const std::string& solver) {
  Squares squares;
  moe::Random random(1);
  return moe::make_solver(solver)->minimise(squares, arma::vec(5, arma::fill::zeros), {}, random).value;
}

std::vector<moe::ExportedFile> export_size(const moe::Model& model, const moe::ExportOptions&) {
  return {{"", std::to_string(model.size()) + " experts\n"}};
}

moe::Dataset table() {
  moe::Dataset data;
  data.X.ones(2, 200);  // its first row is 1
  data.y.set_size(200, 1);
  data.w.ones(200);
  moe::Random random(1);
  for (arma::uword n = 0; n < 200; ++n) {
    const double x = data.X(1, n) = random.normal();
    data.y[n] = (x + 0.5 * random.normal() > 0 ? 3 - x : 1 + 2 * x) + 0.3 * random.normal();
  }
  return data;
}

moe::Model fit(const std::string& family, const std::string& gate, const std::string& solver, std::size_t experts) {
  moe::Schema schema;
  schema.inputs = {"x"};
  schema.targets = {"y"};
  moe::ModelSpec spec;
  spec.experts.assign(experts, "linear");
  spec.family = family;
  spec.gate_link = gate;
  spec.gate_inputs = {0};
  spec.expert_inputs.assign(experts, {0});
  moe::TrainOptions options;
  options.solver = solver;
  options.seed = 1;
  return moe::train({.schema = schema, .spec = spec, .data = table(), .options = options}).model;
}

/// The least-squares line: intercept and slope.
arma::vec least_squares() {
  const moe::Dataset data = table();
  return arma::solve(data.X.t(), data.y);
}

void run() {
  moe::add_family({"logistic", "a number, by the logistic distribution", {"logistic"}},
                  [](const std::string&, const moe::TargetInfo& target) { return std::make_shared<Logistic>(target); });
  moe::add_gate({"half-softmax", "softmax of half the outputs", {"half-softmax"}},
                [] { return std::make_shared<HalfSoftmax>(); });
  moe::add_solver({"descent", "gradient descent", {"descent"}}, [] { return std::make_shared<Descent>(); });
  moe::add_exporter({"size", "how many experts it has", {}, false}, export_size);

  // At a maximum sum tanh(z / 2) = 0, sum x tanh(z / 2) = 0 and sum z tanh(z / 2) = n.
  const moe::Model logistic = fit("logistic", "softmax", "auto", 1);
  const moe::Dataset data = table();
  moe::Predictive predictive(logistic);
  predictive.at(data);
  const double s = logistic.experts[0].family->figures(&logistic.theta[logistic.experts[0].psi_offset])[0].value;
  const arma::vec z = (data.y - predictive.mean()) / s, t = arma::tanh(z / 2);
  const arma::vec log_p = -z - 2 * arma::log1p(arma::exp(-z)) - std::log(s);
  std::printf("log-likelihood %.6f\n", std::abs(logistic.fit.log_likelihood - arma::accu(log_p)));
  std::printf("logistic %.5f %.5f %.5f\n", std::abs(arma::accu(t)) / 200,
              std::abs(arma::dot(data.X.row(1).t(), t)) / 200, arma::dot(z, t) / 200);

  // The maximum is the same, with outputs that are twice as large.
  const moe::Model half = fit("gaussian", "half-softmax", "auto", 2), whole = fit("gaussian", "softmax", "lbfgs", 2);
  std::printf("half-softmax %.4f\n", std::abs(half.fit.log_likelihood - whole.fit.log_likelihood));

  const moe::Model line = fit("gaussian", "softmax", "descent", 1);
  moe::Predictive of_line(line);
  of_line.at(data);
  const arma::vec b = least_squares(), fitted = data.X.t() * b;
  std::printf("descent %.6f\n", arma::abs(of_line.mean() - fitted).max());

  std::printf("squares %.6f %.6f\n", left_by("lbfgs"), left_by("descent"));

  std::printf("size %s", moe::export_model(whole, "size").front().bytes.c_str());
  try {
    moe::export_model(half, "c");
  } catch (const moe::Error& error) {
    std::printf("%s\n", error.what());
  }
  moe::save_model(half, "half.moe");
  std::printf("%s\n", moe::load_model("half.moe").gate->name().c_str());
  try {
    moe::add_gate({"softmax", "", {}}, [] { return std::make_shared<HalfSoftmax>(); });
  } catch (const moe::Error& error) {
    std::printf("%s\n", error.what());
  }
}

}  // namespace

int main() {
  try {
    run();
  } catch (const moe::Error& error) {
    std::fprintf(stderr, "extend: %s\n", error.what());
    return static_cast<int>(error.kind());
  }
}
