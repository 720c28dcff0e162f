// Distribution functions that are symmetric round 0, by polynomials. They interpolate at Chebyshev's points, and are
// written in powers of x in -1 .. 1: their coefficients are of the size of 1, so that Horner's rule loses no digits.
//
// With v(z) such that the tail falls about as exp(-v^2 / 2) does, which is |z| for a normal distribution and
// sqrt(nu log(1 + z^2 / nu)) for Student's,
//   tail = exp(polynomial(x) - v^2 / 2), x linear in 6 / (6 + v), for v up to 8.5, where the tail is below 1e-16.
// Student's with few degrees of freedom, whose tail at 1 / v has a singularity, is I_s(nu / 2, 1 / 2) / 2 at
// s = nu / (nu + z^2) (incomplete beta function). Its power series in s and in 1 - s both converge up to 1:
//   tail = s^(nu / 2) polynomial(s) up to s = 1/2, and 1/2 - sqrt(1 - s) polynomial(1 - s) above.
#include "export/elementary.hpp"

#include <algorithm>
#include <armadillo>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

namespace moe {
namespace {

using Op = Expression::Op;

constexpr double kFarthestTail = 8.5, kCenter = 6;
/// Fewer degrees of freedom are few.
constexpr double kFewDegrees = 8;
/// Polynomials of these degrees have errors of about 1e-15 of their largest value.
constexpr int kDegreeOfTail = 34, kDegreeOfSeries = 24;

/// The coefficients of the polynomial in x, -1 .. 1, that interpolates f at degree + 1 points of Chebyshev's: by the
/// discrete cosine transform, then by the powers in Chebyshev's polynomials.
std::vector<double> interpolation(int degree, const std::function<double(double)>& f) {
  const int n = degree + 1;
  arma::vec values(n);
  for (int i = 0; i < n; ++i) values[i] = f(std::cos(M_PI * (i + 0.5) / n));
  arma::vec sum(n, arma::fill::zeros), before(n, arma::fill::zeros), power(n, arma::fill::zeros);
  power[0] = 1;
  for (int j = 0; j < n; ++j) {
    double coefficient = 0;
    for (int i = 0; i < n; ++i) coefficient += values[i] * std::cos(M_PI * j * (i + 0.5) / n);
    sum += (j == 0 ? 1.0 : 2.0) / n * coefficient * power;
    arma::vec next = arma::shift(power, 1) * (j == 0 ? 1 : 2) - before;
    before = power;
    power = next;
  }
  return {sum.begin(), sum.end()};
}

Expression horner(const std::vector<double>& coefficients, const Expression& x) {
  Expression sum = coefficients.back();
  for (std::size_t i = coefficients.size() - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// F(z) by its tail, that at -|z|.
Expression by_tail(const Expression& z, const Expression& tail) {
  return if_positive(
      z, [&] { return 1.0 - tail; }, [&] { return tail; });
}

/// The coefficients of exp(polynomial(x) - v^2 / 2) for this tail at v.
std::vector<double> polynomial_of_tail(const std::function<double(double)>& tail) {
  constexpr double kLow = kCenter / (kCenter + kFarthestTail);
  return interpolation(kDegreeOfTail, [&](double x) {
    const double v = kCenter / (kLow + 0.5 * (x + 1) * (1 - kLow)) - kCenter;
    return std::log(tail(v)) + 0.5 * v * v;
  });
}

Expression tail_at(const Expression& v, const std::vector<double>& coefficients) {
  constexpr double kLow = kCenter / (kCenter + kFarthestTail);
  const Expression within = lesser(v, kFarthestTail);
  const Expression x = (kCenter / (kCenter + within) - kLow) * (2 / (1 - kLow)) - 1.0;
  return exp(horner(coefficients, x) - 0.5 * square(within));
}

Expression elementary_normal_cdf(const Expression& z) {
  static const std::vector<double> coefficients = polynomial_of_tail([](double v) { return normal_cdf(-v); });
  return by_tail(z, tail_at(abs(z), coefficients));
}

/// log(1 + u) with the rounding of 1 + u taken back.
Expression elementary_log1p(const Expression& u) {
  const Expression sum = 1.0 + u;
  return log(sum) - ((sum - 1.0) - u) / sum;
}

Expression few_degrees_tail(const Expression& square, double nu) {
  const auto low = interpolation(kDegreeOfSeries, [&](double x) {
    const double s = 0.25 * (x + 1);
    return student_cdf(-std::sqrt(nu / s - nu), nu) * std::exp(-0.5 * nu * std::log(s));
  });
  const auto high = interpolation(kDegreeOfSeries, [&](double x) {
    const double rest = 0.25 * (x + 1);
    const double z = std::sqrt(nu * rest / (1 - rest));
    return (0.5 - student_cdf(-z, nu)) / std::sqrt(rest);
  });
  const Expression s = nu / (nu + square), rest = square / (nu + square);
  Expression far = exp(0.5 * nu * log(greater(s, 1e-290))) * horner(low, 4.0 * lesser(s, 0.5) - 1.0);
  Expression near = 0.5 - sqrt(rest) * horner(high, 4.0 * lesser(rest, 0.5) - 1.0);
  return if_positive(
      s - 0.5, [&] { return near; }, [&] { return far; });
}

Expression elementary_student_cdf(const Expression& z, double nu) {
  const Expression squared = square(lesser(abs(z), 1e140));
  if (nu < kFewDegrees) return by_tail(z, few_degrees_tail(squared, nu));
  const auto coefficients =
      polynomial_of_tail([nu](double v) { return student_cdf(-std::sqrt(nu * std::expm1(v * v / nu)), nu); });
  return by_tail(z, tail_at(sqrt(nu * elementary_log1p(squared / nu)), coefficients));
}

Expression rewritten(const Expression& x, std::map<const void*, Expression>& known) {
  if (x.arguments().empty()) return x;
  if (const auto found = known.find(x.identity()); found != known.end()) return found->second;
  std::vector<Expression> arguments;
  for (const Expression& argument : x.arguments()) arguments.push_back(rewritten(argument, known));
  const bool student = x.op() == Op::kStudentCdf && arguments[1].is_number();
  Expression result = x.op() == Op::kNormalCdf ? elementary_normal_cdf(arguments[0])
                      : x.op() == Op::kLog1p   ? elementary_log1p(arguments[0])
                      : student                ? elementary_student_cdf(arguments[0], arguments[1].number())
                                               : Expression::of(x.op(), arguments);
  known.emplace(x.identity(), result);
  return result;
}

}  // namespace

Expression elementary(const Expression& expression) {
  std::map<const void*, Expression> known;
  return rewritten(expression, known);
}

bool is_elementary(const Expression& expression) {
  switch (expression.op()) {
    case Op::kNumber:
    case Op::kEta:
    case Op::kTarget:
    case Op::kTrials:
    case Op::kExp:
    case Op::kKernelExp:
    case Op::kLog:
    case Op::kSqrt:
    case Op::kAbs:
    case Op::kFloor:
    case Op::kTanh:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kMin:
    case Op::kMax:
    case Op::kIfPositive:
      break;
    default:
      return false;
  }
  return std::all_of(expression.arguments().begin(), expression.arguments().end(), is_elementary);
}

}  // namespace moe
