/* What the exported C file takes of special functions, and no more of them than a model needs: format c copies the sections that
   it calls. A section begins with a line that names its function, then those of other sections that it calls. Written as C99 for
   any compiler; each is held to the library's own by the tests. */
#include <math.h>

/*= moe_share_of_one */
static double moe_share_of_one(double p) { return p < 0 ? 0 : p > 1 ? 1 : p; }

/*= moe_normal_cdf */
static double moe_normal_cdf(double z) { return 0.5 * erfc(-z * 0.70710678118654752440); }

/*= moe_normal_density */
static double moe_normal_density(double z) { return 0.39894228040143267794 * exp(-0.5 * z * z); }

/*= moe_log_normal_cdf moe_normal_cdf */
/* log Phi(x); far down by Laplace's continued fraction. */
static double moe_log_normal_cdf(double x) {
  double y = -x, g = 0;
  int i;
  if (x > 0) return log1p(-moe_normal_cdf(-x));
  if (x > -6) return log(moe_normal_cdf(x));
  for (i = y > 30 ? 8 : 40; i > 0; --i) g = i / (y + g);
  return -0.5 * x * x - 0.91893853320467274178 - log(y + g);
}

/*= moe_stirling_error */
/* log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2, at a = exp(x): by Stirling's series from 10 on, below by Gamma's recurrence. */
static double moe_stirling_error(double x) {
  static const double terms[8] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                  1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  double a, shifted, product = 1, square, value = 0;
  int i;
  if (x < -700) return -0.5 * x - 0.91893853320467274178;
  a = exp(x);
  shifted = a;
  if (a < 10)
    for (shifted = a + 1; shifted < 10; shifted += 1) product *= shifted;
  square = 1 / (shifted * shifted);
  for (i = 7; i >= 0; --i) value = value * square + terms[i];
  value /= shifted;
  if (a >= 10) return value;
  return (shifted - 0.5) * log(shifted) - (shifted - a) + value - log(product) - (a + 0.5) * x;
}

/*= moe_stirling_error_of_count moe_stirling_error */
/* log k! - (k + 1/2) log k + k - log(2 pi) / 2: what the above is at k, with log k! = log Gamma(k) + log k. 0 for k = 0. */
static double moe_stirling_error_of_count(double k) {
  static const double first[16] = {0,
                                   0.081061466795327258220,
                                   0.041340695955409294094,
                                   0.027677925684998339149,
                                   0.020790672103765093112,
                                   0.016644691189821192163,
                                   0.013876128823070747999,
                                   0.011896709945891770095,
                                   0.010411265261972096497,
                                   0.0092554621827127329177,
                                   0.0083305634333628712565,
                                   0.0075736754879518407950,
                                   0.0069428401072095298657,
                                   0.0064089941880042070684,
                                   0.0059513701127588477356,
                                   0.0055547335519628013710};
  if (!(k > 0)) return 0;
  return k < 16 ? first[(int)k] : moe_stirling_error(log(k));
}

/*= moe_log_ratio_less */
/* log(x / a) - (x / a - 1), without cancellation near x = a; x may be so small that x - a has lost it. */
static double moe_log_ratio_less(double x, double a) {
  double t = (x - a) / a, r, square, sum = 0;
  int i;
  if (!(t > -0.4 && t < 0.6)) return log(x / a) - t;
  /* With r = t / (2 + t): log(1 + t) = 2 (r + r^3 / 3 + ..), and t = 2 r + r t. */
  r = t / (2 + t);
  square = r * r;
  for (i = 33; i >= 3; i -= 2) sum = sum * square + 1.0 / i;
  return 2 * r * square * sum - r * t;
}

/*= moe_gamma_tails moe_log_ratio_less moe_stirling_error moe_share_of_one */
/* The regularised incomplete gamma functions P(a, x) and Q(a, x), that of the two which is small first computed. */
static void moe_gamma_tails(double a, double x, double *p, double *q) {
  double front, sum, term, b, c, d, h, step;
  long i;
  if (!(x > 0)) {
    *p = 0;
    *q = 1;
    return;
  }
  if (isinf(x)) {
    *p = 1;
    *q = 0;
    return;
  }
  /* x^a exp(-x) / Gamma(a), its logarithm free of large terms. */
  front = exp(a * moe_log_ratio_less(x, a) + 0.5 * log(a) - 0.91893853320467274178 - moe_stirling_error(log(a)));
  if (x < a + 1) {
    sum = term = 1 / a;
    for (i = 1; i < 10000000 && term > 1e-17 * sum; ++i) sum += term *= x / (a + (double)i);
    *p = moe_share_of_one(front * sum);
    *q = 1 - *p;
    return;
  }
  b = x + 1 - a;
  c = 1e300;
  d = 1 / b;
  h = d;
  for (i = 1; i < 10000000; ++i) {
    double an = -(double)i * ((double)i - a);
    b += 2;
    d = an * d + b;
    if (fabs(d) < 1e-300) d = 1e-300;
    c = b + an / c;
    if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    step = d * c;
    h *= step;
    if (fabs(step - 1) < 1e-16) break;
  }
  *q = moe_share_of_one(front * h);
  *p = 1 - *q;
}

/*= moe_gamma_cdf moe_gamma_tails */
static double moe_gamma_cdf(double x, double shape) {
  double p, q;
  moe_gamma_tails(shape, x, &p, &q);
  return p;
}

/*= moe_beta_fraction */
/* The continued fraction of the incomplete beta function as DiDonato and Morris (1992) contract it: it keeps its digits where a is
   large and x near 1. `rest` is 1 - x. */
static double moe_beta_fraction(double a, double b, double x, double rest) {
  double c = 1 + a * rest - b * x; /* 1 + a - (a + b) x */
  double c0 = b / a, c1 = 1 + 1 / a, p = 1, s = a + 1, before = 0, before2 = c1 / c, r = c1 / c, scale = 1;
  long i;
  for (i = 1; i < 10000000; ++i) {
    double n = (double)i, w = n * (b - n) * x, e = a / s, last = r;
    double alpha = p * (p + c0) * e * e * w * x;
    double beta = n + w / s + (n / a + 1) / (c1 + 2 * n / a) * (c + n * (1 + rest));
    double above = alpha * before + beta * r, below = alpha * before2 + beta * scale;
    p = n / a + 1;
    s += 2;
    before = r / below;
    before2 = scale / below;
    scale = 1;
    r = above / below;
    if (fabs(r - last) <= 1e-16 * r) break;
  }
  return r;
}

/*= moe_beta_tails moe_beta_fraction moe_log_ratio_less moe_stirling_error moe_share_of_one */
/* I_x(a, b) and 1 - I_x(a, b); `rest` is 1 - x, which may be known to more digits. */
static void moe_beta_tails(double a, double b, double x, double rest, double *lower, double *upper) {
  double n = a + b, front;
  if (!(x > 0)) {
    *lower = 0;
    *upper = 1;
    return;
  }
  if (!(rest > 0)) {
    *lower = 1;
    *upper = 0;
    return;
  }
  /* x^a (1 - x)^b / B(a, b), its logarithm as in Loader's binomial density: x and 1 - x against a / n and b / n. */
  front = exp(a * moe_log_ratio_less(x * n, a) + b * moe_log_ratio_less(rest * n, b) +
              0.5 * (log(a) + log(b) - log(n)) - 0.91893853320467274178 + moe_stirling_error(log(n)) -
              moe_stirling_error(log(a)) - moe_stirling_error(log(b)));
  if (x < (a + 1) / (n + 2)) {
    *lower = moe_share_of_one(front * moe_beta_fraction(a, b, x, rest));
    *upper = 1 - *lower;
  } else {
    *upper = moe_share_of_one(front * moe_beta_fraction(b, a, rest, x));
    *lower = 1 - *upper;
  }
}

/*= moe_beta_cdf moe_beta_tails */
static double moe_beta_cdf(double x, double a, double b) {
  double lower, upper;
  moe_beta_tails(a, b, x, 1 - x, &lower, &upper);
  return lower;
}

/*= moe_student_cdf moe_beta_tails */
static double moe_student_cdf(double z, double nu) {
  double lower, upper, square = z * z;
  if (isinf(square)) return z > 0 ? 1 : 0;
  moe_beta_tails(0.5 * nu, 0.5, nu / (nu + square), square / (nu + square), &lower, &upper);
  return z > 0 ? 1 - 0.5 * lower : 0.5 * lower;
}

/*= moe_owens_t moe_normal_cdf */
/* T(h, a) for h >= 0: an integral over 0 .. a (a <= 1), by Gauss and Legendre's rule with 10 points on 12 pieces. */
static double moe_owens_t(double h, double a) {
  static const double points[5] = {0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845,
                                   0.9739065285171717};
  static const double weights[5] = {0.2955242247147529, 0.2692667193099964, 0.2190863625159820, 0.1494513491505806,
                                    0.0666713443086881};
  double sum = 0, end, half;
  int piece, i, side;
  if (a < 0) return -moe_owens_t(h, -a);
  if (a > 1) {
    double p = moe_normal_cdf(-h), q = moe_normal_cdf(-h * a);
    return 0.5 * (p + q) - p * q - moe_owens_t(h * a, 1 / a);
  }
  end = h * a > 9 ? 9 / h : a; /* beyond, exp(-(h x)^2 / 2) is nothing */
  half = end / 24;
  for (piece = 0; piece < 12; ++piece)
    for (i = 0; i < 5; ++i)
      for (side = -1; side <= 1; side += 2) {
        double x = half * (2 * piece + 1 + side * points[i]), w = 1 + x * x;
        sum += weights[i] * exp(-0.5 * h * h * w) / w;
      }
  return half * sum / 6.2831853071795864769;
}

/*= moe_skew_normal_cdf moe_owens_t moe_normal_cdf moe_share_of_one */
static double moe_skew_normal_cdf(double z, double alpha) {
  return moe_share_of_one(moe_normal_cdf(z) - 2 * moe_owens_t(fabs(z), alpha));
}

/*= moe_wide_count_cdf moe_normal_cdf moe_normal_density moe_share_of_one */
/* A count whose variance is large: Edgeworth's correction for skewness. */
static double moe_wide_count_cdf(double k, double mean, double sd, double skewness) {
  double z = (k + 0.5 - mean) / sd;
  return moe_share_of_one(moe_normal_cdf(z) - skewness / 6 * (z * z - 1) * moe_normal_density(z));
}

/*= moe_poisson_cdf moe_gamma_tails moe_wide_count_cdf */
static double moe_poisson_cdf(double k, double mean) {
  double p, q;
  if (!(k >= 0)) return 0;
  if (isinf(k) || !(mean > 0)) return 1;
  if (mean > 1e10) return moe_wide_count_cdf(floor(k), mean, sqrt(mean), 1 / sqrt(mean));
  moe_gamma_tails(floor(k) + 1, mean, &p, &q);
  return q;
}

/*= moe_binomial_cdf moe_beta_tails moe_wide_count_cdf */
static double moe_binomial_cdf(double k, double trials, double log_odds) {
  double e = exp(-fabs(log_odds)), small = e / (1 + e), large = 1 / (1 + e);
  double success = log_odds < 0 ? small : large, failure = log_odds < 0 ? large : small;
  double count = floor(k), variance = trials * success * failure, lower, upper;
  if (!(k >= 0)) return 0;
  if (k >= trials) return 1;
  if (variance > 1e10)
    return moe_wide_count_cdf(count, trials * success, sqrt(variance), (failure - success) / sqrt(variance));
  moe_beta_tails(count + 1, trials - count, success, failure, &lower, &upper);
  return upper;
}

/*= moe_negative_binomial_cdf moe_beta_tails moe_wide_count_cdf moe_poisson_cdf moe_gamma_cdf */
static double moe_negative_binomial_cdf(double k, double mean, double theta) {
  double count = floor(k), ratio = mean / theta, lower, upper;
  if (!(k >= 0)) return 0;
  if (isinf(k) || !(mean > 0)) return 1;
  if (mean > 1e10 && theta > 1e10) {
    double sd = sqrt(mean * (1 + ratio));
    return moe_wide_count_cdf(count, mean, sd, (1 + 2 * ratio) / sd);
  }
  if (theta > 1e15) return moe_poisson_cdf(count, mean);
  if (mean > 1e15) return moe_gamma_cdf((count + 0.5) / mean * theta, theta);
  moe_beta_tails(count + 1, theta, mean / (theta + mean), theta / (theta + mean), &lower, &upper);
  return upper;
}
