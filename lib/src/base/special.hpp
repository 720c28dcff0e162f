// Special functions that the C library lacks, and cdfs and quantiles of distributions. No function here throws; extreme
// arguments give the limit. A quantile takes p below 0 as 0, and p above 1 as 1.
#pragma once

namespace moe {

/// log(2 pi) / 2.
inline constexpr double kLogSqrtTwoPi = 0.91893853320467274178;

/// The value of a function at a point, and its first two derivatives there.
struct Curve {
  double value, first, second;
};

/// The error of Stirling's formula as a function of x = log a: log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2. It
/// falls to 0 like 1 / (12 a). Densities that are written with it have no cancellation where a is large.
Curve stirling_error_exp_curve(double x);
/// log k! - (k + 1/2) log k + k - log(2 pi) / 2 for k = 1, 2, ..
double stirling_error_of_count(double k);
/// exp(x) - 1 - x, accurate also near 0, where it is about x^2 / 2. Let R be this function. The density of a count is
/// exp(-m R(log(mean / y))) times a factor that does not grow with m, so that no large numbers cancel (Loader 2000:
/// bd0).
Curve exp_remainder_curve(double x);
/// log Phi(x) and its derivatives, with full relative accuracy also in the lower tail.
Curve log_normal_cdf_curve(double x);

/// Student's t with nu > 0 degrees of freedom; nu need not be a whole number.
double student_cdf(double z, double nu);
double student_quantile(double p, double nu);
/// The Laplace distribution with scale 1.
double laplace_cdf(double z);
double laplace_quantile(double p);
/// The skew-normal distribution with density 2 phi(z) Phi(alpha z) (Azzalini 1985).
double skew_normal_cdf(double z, double alpha);
double skew_normal_quantile(double p, double alpha);
/// The gamma distribution with scale 1.
double gamma_cdf(double x, double shape);
double gamma_quantile(double p, double shape);
double beta_cdf(double x, double a, double b);
double beta_quantile(double p, double a, double b);

// Distributions of counts. A cdf takes any real k. A quantile is the smallest whole number whose cdf, as computed here,
// is at least p.
double poisson_cdf(double k, double mean);
double poisson_quantile(double p, double mean);
/// `log_odds`: the logit of the probability of a success in each of `trials`.
double binomial_cdf(double k, double trials, double log_odds);
double binomial_quantile(double p, double trials, double log_odds);
/// The variance is mean + mean^2 / theta.
double negative_binomial_cdf(double k, double mean, double theta);
double negative_binomial_quantile(double p, double mean, double theta);
/// 0 with probability `zeros`, else a Poisson count.
double zero_inflated_poisson_cdf(double k, double mean, double zeros);
double zero_inflated_poisson_quantile(double p, double mean, double zeros);

}  // namespace moe
