// Special functions beyond the C library's, and the distributions' cdfs and quantiles. Nothing here throws; arguments
// far out give the limit. A quantile's p is taken as 0 below 0 and as 1 above 1.
#pragma once

namespace moe {

/// A function's value and first two derivatives at a point.
struct Curve {
  double value, first, second;
};

/// What Stirling's formula lacks, as a function of x = log a: log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2. It
/// falls to 0 like 1 / (12 a), so that densities written with it lose nothing to cancellation where a is large.
Curve stirling_error_exp_curve(double x);
/// log k! - (k + 1/2) log k + k - log(2 pi) / 2 for k = 1, 2, ..
double stirling_error_of_count(double k);
/// exp(x) - 1 - x, also near 0, where that is x^2 / 2. A count's density is exp(-m R(log(mean / y))), R being this, times what does
/// not grow with it (Loader 2000: his bd0): written so, nothing large cancels.
Curve exp_remainder_curve(double x);
/// log Phi and its derivatives, to full relative accuracy in the lower tail too.
Curve log_normal_cdf_curve(double x);

/// Student's t with nu > 0 degrees of freedom, a real number.
double student_cdf(double z, double nu);
double student_quantile(double p, double nu);
/// Laplace's distribution with scale 1.
double laplace_cdf(double z);
double laplace_quantile(double p);
/// The skew-normal 2 phi(z) Phi(alpha z) (Azzalini 1985).
double skew_normal_cdf(double z, double alpha);
double skew_normal_quantile(double p, double alpha);
/// Gamma with scale 1.
double gamma_cdf(double x, double shape);
double gamma_quantile(double p, double shape);
double beta_cdf(double x, double a, double b);
double beta_quantile(double p, double a, double b);

// Of counts. The cdf takes any real k; a quantile is the smallest whole number at which that very cdf reaches p.
double poisson_cdf(double k, double mean);
double poisson_quantile(double p, double mean);
/// `log_odds` of a success, in each of `trials`.
double binomial_cdf(double k, double trials, double log_odds);
double binomial_quantile(double p, double trials, double log_odds);
/// With variance mean + mean^2 / theta.
double negative_binomial_cdf(double k, double mean, double theta);
double negative_binomial_quantile(double p, double mean, double theta);
/// 0 with probability `zeros`, else Poisson.
double zero_inflated_poisson_cdf(double k, double mean, double zeros);
double zero_inflated_poisson_quantile(double p, double mean, double zeros);

}  // namespace moe
