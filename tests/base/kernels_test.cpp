#include "base/kernels/kernels.hpp"

#include <armadillo>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "moe/random.hpp"

namespace {

using moe::Kernels;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTiniest = std::numeric_limits<double>::denorm_min(), kSmallestNormal = 0x1p-1022;

/// The distance of `got` from `want` in units in the last place of `want`.
double ulps(double got, long double want) {
  const double near = static_cast<double>(want);
  if (std::isnan(near)) return std::isnan(got) ? 0 : kInfinity;
  if (std::isinf(near) || std::isinf(got)) return got == near ? 0 : kInfinity;
  const double size = std::abs(near), unit = size < kSmallestNormal ? kTiniest : std::nextafter(size, kInfinity) - size;
  return static_cast<double>(std::abs(static_cast<long double>(got) - want) / static_cast<long double>(unit));
}

/// A random double that is not NaN; all exponents are equally likely.
double any(moe::Random& random) {
  for (;;) {
    const std::uint64_t bits = random.bits();
    double x;
    std::memcpy(&x, &bits, sizeof x);
    if (!std::isnan(x)) return x;
  }
}

/// The largest error over many x, drawn from each of the ranges and from all exponents.
double worst(void (*function)(const double*, std::size_t, double*), long double (*exact)(long double),
             const std::vector<std::pair<double, double>>& ranges) {
  moe::Random random(7, 1);
  std::vector<double> x, y;
  for (int i = 0; i < 100000; ++i) {
    for (const auto& [low, high] : ranges) x.push_back(random.uniform(low, high));
    x.push_back(any(random));
  }
  y.resize(x.size());
  function(x.data(), x.size(), y.data());
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) most = std::max(most, ulps(y[i], exact(x[i])));
  return most;
}

template <class Test>
void for_each_kernels(const Test& test) {
  for (std::size_t i = 0; const Kernels* kernels = moe::runnable_kernels(i); ++i) {
    INFO(kernels->name);
    test(*kernels);
  }
}

std::vector<double> applied(void (*function)(const double*, std::size_t, double*), const std::vector<double>& x) {
  std::vector<double> y(x.size());
  function(x.data(), x.size(), y.data());
  return y;
}

arma::mat random_matrix(arma::uword rows, arma::uword columns, moe::Random& random) {
  arma::mat result(rows, columns);
  for (double& value : result) value = random.normal();
  return result;
}

}  // namespace

TEST_CASE("the kernels' exp, log, tanh and logistic are as exact as they say", "[kernels]") {
  using Real = long double;
  for_each_kernels([](const Kernels& kernels) {
    CHECK(worst(kernels.exp, [](Real x) { return std::exp(x); }, {{-1, 1}, {-745, 709}, {-746, -707}}) <= 1);
    CHECK(worst(kernels.log, [](Real x) { return std::log(x); }, {{0.5, 2}, {0, 30}, {0, kSmallestNormal}}) <= 1);
    CHECK(worst(kernels.tanh, [](Real x) { return std::tanh(x); }, {{-0.3, 0.3}, {-3, 3}, {-25, 25}}) <= 3);
    CHECK(worst(kernels.logistic, [](Real x) { return 1 / (1 + std::exp(-x)); }, {{-40, 40}, {-750, 40}}) <= 3);
  });
}

TEST_CASE("the kernels' functions know zeros, infinities, subnormal numbers and NaN", "[kernels]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> x{0.0, -0.0, kInfinity, -kInfinity, nan, -1, kTiniest, -kTiniest, 1e-310, 710, -746, 1};
  for_each_kernels([&](const Kernels& kernels) {
    const auto exp = applied(kernels.exp, x), log = applied(kernels.log, x), tanh = applied(kernels.tanh, x),
               logistic = applied(kernels.logistic, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      CHECK(ulps(exp[i], std::exp(static_cast<long double>(x[i]))) <= 1);
      CHECK(ulps(log[i], std::log(static_cast<long double>(x[i]))) <= 1);
      CHECK(ulps(tanh[i], std::tanh(static_cast<long double>(x[i]))) <= 3);
      CHECK(ulps(logistic[i], 1 / (1 + std::exp(-static_cast<long double>(x[i])))) <= 3);
      if (!std::isnan(x[i])) CHECK(std::signbit(tanh[i]) == std::signbit(x[i]));
    }
    CHECK(log[11] == 0);
    CHECK(exp[0] == 1);
  });
}

TEST_CASE("the kernels' relu and its slope are those of the definition", "[kernels]") {
  for_each_kernels([](const Kernels& kernels) {
    arma::vec x = arma::regspace(-10, 12), out(x.n_elem);
    const arma::vec begun = x;
    kernels.relu(x.memptr(), x.n_elem, out.memptr());
    for (arma::uword i = 0; i < x.n_elem; ++i) {
      CHECK(out[i] == std::max(begun[i], 0.0));
      CHECK(x[i] == (begun[i] > 0 ? 1 : 0));
    }
  });
}

TEST_CASE("a number's exp does not depend on where it stands", "[kernels]") {
  moe::Random random(7, 2);
  std::vector<double> x(37);
  for (double& value : x) value = random.uniform(-30, 30);
  for_each_kernels([&](const Kernels& kernels) {
    const std::vector<double> whole = applied(kernels.exp, x);
    for (std::size_t from = 0; from < x.size(); ++from)
      for (std::size_t i = 0; i + from < x.size(); ++i)
        REQUIRE(applied(kernels.exp, {x.begin() + static_cast<long>(from), x.end()})[i] == whole[from + i]);
  });
}

TEST_CASE("the kernels' rows of log terms are those of the definition", "[kernels]") {
  moe::Random random(7, 3);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword b : {1, 7, 8, 61})
      for (const arma::uword K : {1, 2, 5}) {
        arma::mat a = 20 * random_matrix(b, K, random), shares(b, K), log_g(b, K), log_g_too(b, K), g_too(b, K),
                  d(b, K), pulled(b, K);
        a.row(0) += 1e4;
        d = random_matrix(b, K, random);
        arma::vec log_sum(b), again(b);
        kernels.log_sum_exp(a.memptr(), b, K, log_sum.memptr());
        kernels.shares(a.memptr(), b, K, again.memptr(), shares.memptr());
        kernels.log_softmax(a.memptr(), b, K, log_g.memptr());
        kernels.softmax(a.memptr(), b, K, log_g_too.memptr(), g_too.memptr());
        kernels.softmax_backward(g_too.memptr(), d.memptr(), b, K, pulled.memptr());
        CHECK(arma::approx_equal(log_g, log_g_too, "absdiff", 0));
        for (arma::uword n = 0; n < b; ++n) {
          long double sum = 0;
          for (arma::uword k = 0; k < K; ++k) sum += std::exp(static_cast<long double>(a(n, k)));
          const long double exact = std::log(sum);
          CHECK(log_sum[n] == Approx(static_cast<double>(exact)).epsilon(1e-15));
          CHECK(again[n] == Approx(static_cast<double>(exact)).epsilon(1e-15));
          for (arma::uword k = 0; k < K; ++k) {
            const double log_share = static_cast<double>(static_cast<long double>(a(n, k)) - exact);
            const double g = std::exp(log_share),
                         rounding = 1e-15 * (1 + std::abs(log_share));  // exp's of its argument
            CHECK(shares(n, k) == Approx(g).epsilon(rounding).margin(1e-300));
            CHECK(g_too(n, k) == shares(n, k));
            CHECK(log_g(n, k) == Approx(log_share).epsilon(1e-15).margin(1e-15));
            CHECK(pulled(n, k) == Approx(d(n, k) - g * arma::accu(d.row(n))).epsilon(1e-13).margin(1e-13));
          }
        }
      }
  });
}

TEST_CASE("the kernels' normal density and its score are those of the definition", "[kernels]") {
  moe::Random random(7, 4);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword b : {1, 8, 29}) {
      const arma::vec y = random_matrix(b, 1, random), mean = random_matrix(b, 1, random),
                      w = random_matrix(b, 1, random);
      arma::vec out(b), d(b);
      kernels.normal(y.memptr(), mean.memptr(), b, 2, -0.5, out.memptr());
      const double sum = kernels.normal_score(y.memptr(), mean.memptr(), w.memptr(), b, 2, d.memptr());
      const arma::vec z = 2 * (y - mean);
      CHECK(arma::abs(out - (-0.5 - 0.5 * z % z)).max() < 1e-13);
      CHECK(arma::abs(d - 2 * w % z).max() < 1e-13);
      CHECK(sum == Approx(arma::accu(w % (z % z - 1))).margin(1e-12));
      const double far = 1e300, here = 0, one = 1;
      kernels.normal(&far, &here, 1, 1, 0, out.memptr());
      CHECK(out[0] == -0.5 * Kernels::kFarthest * Kernels::kFarthest);
      CHECK(std::isfinite(kernels.normal_score(&far, &here, &one, 1, 1, d.memptr())));
    }
  });
}

TEST_CASE("the kernels' step of Adam is the paper's", "[kernels]") {
  moe::Random random(5);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword n : {1, 3, 8, 77}) {
      const arma::vec g = random_matrix(n, 1, random), m = random_matrix(n, 1, random),
                      v = arma::square(arma::vec(random_matrix(n, 1, random))), theta = random_matrix(n, 1, random);
      arma::vec new_m = m, new_v = v, to = theta;
      kernels.adam(g.memptr(), n, {0.1, 0.001, 0.01, 1.5, 1e-8}, new_m.memptr(), new_v.memptr(), to.memptr());
      const arma::vec want_m = 0.9 * m + 0.1 * g, want_v = 0.999 * v + 0.001 * g % g;
      CHECK(arma::approx_equal(new_m, want_m, "absdiff", 1e-15));
      CHECK(arma::approx_equal(new_v, want_v, "absdiff", 1e-15));
      CHECK(arma::approx_equal(to, theta - 0.01 * want_m / (1.5 * arma::sqrt(want_v) + 1e-8), "absdiff", 1e-14));
    }
  });
}

TEST_CASE("the kernels' penalty and its slope are those of the definition", "[kernels]") {
  moe::Random random(9, 5);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword n : {1, 5, 8, 100}) {
      CAPTURE(n);
      const arma::vec weight = arma::abs(random_matrix(n, 1, random)), theta = random_matrix(n, 1, random),
                      begun = random_matrix(n, 1, random);
      arma::vec gradient = begun;
      const double sum = kernels.add_penalty(weight.memptr(), theta.memptr(), n, gradient.memptr());
      CHECK(sum == Approx(arma::accu(weight % theta % theta)).epsilon(1e-13));
      CHECK(arma::approx_equal(gradient, begun + weight % theta, "absdiff", 1e-14));
    }
  });
}

TEST_CASE("the kernels' products are Armadillo's, whatever the shape", "[kernels]") {
  moe::Random random(7, 5);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword b : {1, 3, 8, 32, 77})
      for (const arma::uword p : {1, 2, 5, 33})
        for (const arma::uword m : {1, 3, 4, 15}) {
          CAPTURE(b, p, m);
          const arma::mat X = random_matrix(p, b, random), W = random_matrix(p, m, random),
                          D = random_matrix(b, m, random), begun = random_matrix(p, m, random);
          arma::mat A(b, p), C(b, m), back(b, p), sums = begun, squares(p, p, arma::fill::zeros), Z(b, p);
          kernels.transpose(X.memptr(), p, b, A.memptr());
          REQUIRE(arma::approx_equal(A, X.t(), "absdiff", 0));
          const arma::vec center = random_matrix(p, 1, random), size = 1 + arma::abs(center);
          arma::mat standardized = X;
          kernels.standardize(X.memptr(), p, b, center.memptr(), size.memptr(), standardized.memptr());
          for (arma::uword n = 0; n < b; ++n) {
            CHECK(standardized(0, n) == X(0, n));
            for (arma::uword i = 1; i < p; ++i) CHECK(standardized(i, n) == (X(i, n) - center[i - 1]) / size[i - 1]);
          }
          kernels.product(A.memptr(), b, p, W.memptr(), 1, p, m, C.memptr(), X.memptr());
          CHECK(arma::approx_equal(C, A * W, "absdiff", 1e-13));
          kernels.product(D.memptr(), b, m, W.memptr(), p, 1, p, back.memptr(), nullptr);
          CHECK(arma::approx_equal(back, D * W.t(), "absdiff", 1e-13));
          kernels.cross(A.memptr(), D.memptr(), b, p, m, sums.memptr());
          CHECK(arma::approx_equal(sums, begun + X * D, "absdiff", 1e-12));
          kernels.cross(A.memptr(), A.memptr(), b, p, p, squares.memptr());
          CHECK(arma::approx_equal(arma::trimatu(squares), arma::trimatu(X * X.t()), "absdiff", 1e-12));
          std::vector<arma::mat> weighted(m, arma::mat(p + 1, p, arma::fill::ones));
          std::vector<Kernels::Square> to;
          for (arma::mat& square : weighted) to.push_back({square.memptr(), p + 1});
          kernels.squares(A.memptr(), b, p, D.memptr(), m, to.data());
          for (arma::uword q = 0; q < m; ++q) {
            const arma::mat want = 1 + X * arma::diagmat(D.col(q)) * X.t();
            CHECK(arma::approx_equal(arma::trimatu(weighted[q].head_rows(p)), arma::trimatu(want), "absdiff", 1e-12));
          }
          arma::mat R = arma::trimatu(random_matrix(p, p, random));
          R.diag() = 3 + arma::abs(R.diag());
          kernels.solve_upper(A.memptr(), b, p, R.memptr(), Z.memptr());
          CHECK(arma::approx_equal(Z * R, A, "absdiff", 1e-12));
        }
  });
}

TEST_CASE("the kernels' sums over pieces are those of the definition", "[kernels]") {
  moe::Random random(8, 5);
  for_each_kernels([&](const Kernels& kernels) {
    for (const arma::uword b : {1, 7})
      for (const arma::uword m : {1, 3, 8, 16, 37, 64}) {
        CAPTURE(b, m);
        const arma::uword plain = 2, pieces = 5, others = 3, height = plain + pieces + others;
        const arma::mat W = random_matrix(m, height, random), given = random_matrix(m, b, random);
        const arma::vec center = random_matrix(pieces + others, 1, random), scale = 1 + arma::abs(center);
        arma::mat T(m, pieces + others), D = random_matrix(plain + 4, b, random), R(m, b);
        for (arma::uword n = 0; n < b; ++n) {
          D(plain, n) = static_cast<double>(n % pieces);
          D(plain + 2, n) = static_cast<double>(pieces + n % others);
        }
        // dR / dW by the definition: each sum is linear in the weights.
        arma::mat code(height, b, arma::fill::zeros);
        for (arma::uword n = 0; n < b; ++n) {
          for (arma::uword p = 0; p < plain; ++p) code(p, n) = D(p, n);
          for (const arma::uword first : {arma::uword{0}, pieces}) {
            const arma::uword column = plain + (first == 0 ? 0 : 2), count = first == 0 ? pieces : others;
            const auto own = static_cast<arma::uword>(D(column, n));
            for (arma::uword i = first; i < first + count; ++i)
              code(plain + i, n) = ((i < own ? 1 : 0) - center[i]) / scale[i] + (i == own ? D(column + 1, n) : 0);
          }
        }
        kernels.piece_tables(W.colptr(plain), pieces, m, center.memptr(), scale.memptr(), T.memptr());
        kernels.piece_tables(W.colptr(plain + pieces), others, m, &center[pieces], &scale[pieces], T.colptr(pieces));
        const Kernels::PieceRows rows{D.memptr(), b, plain, 2};
        kernels.piece_sums(rows, W.memptr(), T.memptr(), m, R.memptr());
        CHECK(arma::approx_equal(R, W * code, "absdiff", 1e-12));
        const arma::mat begun = random_matrix(m, height, random);
        arma::mat dW = begun, dT(m, pieces + others, arma::fill::zeros);
        kernels.piece_scores(rows, given.memptr(), m, dW.memptr(), dT.memptr());
        kernels.piece_table_scores(dT.memptr(), pieces, m, center.memptr(), scale.memptr(), dW.colptr(plain));
        kernels.piece_table_scores(dT.colptr(pieces), others, m, &center[pieces], &scale[pieces],
                                   dW.colptr(plain + pieces));
        CHECK(arma::approx_equal(dW, begun + given * code.t(), "absdiff", 1e-12));
      }
  });
}

TEST_CASE("this processor's kernels are the last of those that it can run", "[kernels]") {
  std::size_t last = 0;
  while (moe::runnable_kernels(last + 1) != nullptr) ++last;
  CHECK(&moe::kernels() == moe::runnable_kernels(last));
}
