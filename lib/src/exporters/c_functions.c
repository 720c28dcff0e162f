/* What the exported C file takes of special functions, and no more of them than a model needs: format c copies the sections that
   it calls. A section begins with a line that names its function, then those of other sections that it calls. Written as C99 for
   any compiler; each is held to the library's own by the tests. */
#include <math.h>
#include <string.h>

/*= moe_min */
static double moe_min(double a, double b) { return b < a ? b : a; }

/*= moe_max */
static double moe_max(double a, double b) { return a < b ? b : a; }

/*= moe_missing */
static int moe_missing(double x) { return x != x; }

/*= moe_fma */
/* The library adds so, where the processor can; a call would take longer than all the rest. */
#if defined(FP_FAST_FMA) || defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define MOE_FMA(a, b, c) fma(a, b, c)
#else
#define MOE_FMA(a, b, c) ((a) * (b) + (c))
#endif

/*= moe_power */
/* 2^n, n = -1022 .. 1023. */
static inline double moe_power(int n) {
  const unsigned long long bits = (unsigned long long)(n + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/*= moe_expm1_rest moe_fma */
/* x = n log 2 + r, -800 < x < 800: returns exp(r) - 1. This and what is made of it are the library's own, to the last bit, and
   without branches, so that compilers make vectors of a loop over them. */
static inline double moe_expm1_rest(double x, int *n) {
  const double to_whole = 6755399441055744.0; /* 1.5 2^52: added and taken off again, it rounds */
  const double whole = MOE_FMA(x, 1.4426950408889634, to_whole) - to_whole;
  const double high = MOE_FMA(-whole, 0.6931471803691238, x); /* log 2 but for what is below */
  const double r = MOE_FMA(-whole, 1.9082149292705877e-10, high);
  const double rest = MOE_FMA(-whole, 1.9082149292705877e-10, high - r);
  double sum = MOE_FMA(2.5100424157005066788e-8, r, 2.7620138719733995569e-7);
  sum = MOE_FMA(sum, r, 2.7557268378684192873e-6);
  sum = MOE_FMA(sum, r, 2.4801521190217727651e-5);
  sum = MOE_FMA(sum, r, 1.9841269863105968748e-4);
  sum = MOE_FMA(sum, r, 1.3888888917281793308e-3);
  sum = MOE_FMA(sum, r, 8.3333333333300513464e-3);
  sum = MOE_FMA(sum, r, 4.1666666666623991516e-2);
  sum = MOE_FMA(sum, r, 0.16666666666666667456);
  sum = MOE_FMA(sum, r, 0.50000000000000010262);
  *n = (int)whole;
  return r + MOE_FMA(r * r, sum, rest);
}

/*= moe_exp moe_power moe_expm1_rest */
static inline double moe_exp(double x) {
  int n;
  const double within = x > -746 ? x : -746;
  const double e = 1 + moe_expm1_rest(within < 710 ? within : 710, &n);
  const double result = e * moe_power(n / 2) * moe_power(n - n / 2); /* 2^n may be beyond the range where the result is not */
  return x == x ? result : x;
}

/*= moe_tanh moe_fma moe_power moe_expm1_rest */
static inline double moe_tanh(double x) {
  int n;
  const double size = fabs(x) < 20 ? fabs(x) : 20;
  const double e = moe_expm1_rest(2 * size, &n), power = moe_power(n);
  const double twice = MOE_FMA(power, e, power - 1); /* exp(2 |x|) - 1 */
  return x == x ? copysign(twice / (twice + 2), x) : x;
}

/*= moe_dense moe_fma */
enum { MOE_LANES = 8 };

/* y = b + W x: w, a row for each input. Several outputs at a time, which compilers turn into vectors. */
static void moe_dense(const double *w, const double *b, int inputs, int outputs, const double *x, double *y) {
  int i, j, o = 0;
  for (; o + MOE_LANES <= outputs; o += MOE_LANES) {
    double sum[MOE_LANES];
    const double *row = w + o;
    for (j = 0; j < MOE_LANES; ++j) sum[j] = b[o + j];
    for (i = 0; i < inputs; ++i, row += outputs)
      for (j = 0; j < MOE_LANES; ++j) sum[j] = MOE_FMA(row[j], x[i], sum[j]);
    for (j = 0; j < MOE_LANES; ++j) y[o + j] = sum[j];
  }
  for (; o < outputs; ++o) {
    double sum = b[o];
    for (i = 0; i < inputs; ++i) sum = MOE_FMA(w[i * outputs + o], x[i], sum);
    y[o] = sum;
  }
}

/*= moe_sum */
/* y_i: the sum of the i-th `run` numbers of x. */
static void moe_sum(const double *x, int run, int runs, double *y) {
  int i, j;
  for (i = 0; i < runs; ++i, x += run)
    for (y[i] = x[0], j = 1; j < run; ++j) y[i] += x[j];
}

/*= moe_largest */
static void moe_largest(const double *x, int run, int runs, double *y) {
  int i, j;
  for (i = 0; i < runs; ++i, x += run)
    for (y[i] = x[0], j = 1; j < run; ++j) y[i] = y[i] < x[j] ? x[j] : y[i];
}

/*= moe_dense_rows moe_fma */
/* The _rows compute MOE_ROWS rows side by side: element i of row r is at [i * MOE_ROWS + r]. */
/* Four outputs at a time, which share what is read of x. */
static void moe_dense_rows(const double *w, const double *b, int inputs, int outputs, const double *x, double *y) {
  int i, r, left = outputs;
  for (; left >= 4; left -= 4, w += 4, b += 4, y += 4 * MOE_ROWS) {
    double s[MOE_ROWS], t[MOE_ROWS], u[MOE_ROWS], v[MOE_ROWS];
    for (r = 0; r < MOE_ROWS; ++r) s[r] = b[0], t[r] = b[1], u[r] = b[2], v[r] = b[3];
    for (i = 0; i < inputs; ++i) {
      const double *row = w + i * outputs, *in = x + i * MOE_ROWS;
      for (r = 0; r < MOE_ROWS; ++r) {
        s[r] = MOE_FMA(row[0], in[r], s[r]);
        t[r] = MOE_FMA(row[1], in[r], t[r]);
        u[r] = MOE_FMA(row[2], in[r], u[r]);
        v[r] = MOE_FMA(row[3], in[r], v[r]);
      }
    }
    for (r = 0; r < MOE_ROWS; ++r) {
      y[r] = s[r];
      y[r + MOE_ROWS] = t[r];
      y[r + 2 * MOE_ROWS] = u[r];
      y[r + 3 * MOE_ROWS] = v[r];
    }
  }
  for (; left > 0; --left, ++w, ++b, y += MOE_ROWS) {
    double s[MOE_ROWS];
    for (r = 0; r < MOE_ROWS; ++r) s[r] = *b;
    for (i = 0; i < inputs; ++i)
      for (r = 0; r < MOE_ROWS; ++r) s[r] = MOE_FMA(w[i * outputs], x[i * MOE_ROWS + r], s[r]);
    for (r = 0; r < MOE_ROWS; ++r) y[r] = s[r];
  }
}

/*= moe_sum_rows */
static void moe_sum_rows(const double *x, int run, int runs, double *y) {
  int i, j, r;
  for (i = 0; i < runs; ++i, x += run * MOE_ROWS, y += MOE_ROWS) {
    for (r = 0; r < MOE_ROWS; ++r) y[r] = x[r];
    for (j = 1; j < run; ++j)
      for (r = 0; r < MOE_ROWS; ++r) y[r] += x[j * MOE_ROWS + r];
  }
}

/*= moe_largest_rows */
static void moe_largest_rows(const double *x, int run, int runs, double *y) {
  int i, j, r;
  for (i = 0; i < runs; ++i, x += run * MOE_ROWS, y += MOE_ROWS) {
    for (r = 0; r < MOE_ROWS; ++r) y[r] = x[r];
    for (j = 1; j < run; ++j)
      for (r = 0; r < MOE_ROWS; ++r) y[r] = y[r] < x[j * MOE_ROWS + r] ? x[j * MOE_ROWS + r] : y[r];
  }
}

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

/*= moe_log1p_less */
/* log(1 + t) - t without cancellation near t = 0. */
static double moe_log1p_less(double t) {
  double r, square, sum = 0;
  int i;
  if (!(t > -0.4 && t < 0.6)) return log1p(t) - t;
  /* With r = t / (2 + t): log(1 + t) = 2 (r + r^3 / 3 + ..), and t = 2 r + r t. */
  r = t / (2 + t);
  square = r * r;
  for (i = 33; i >= 3; i -= 2) sum = sum * square + 1.0 / i;
  return 2 * r * square * sum - r * t;
}

/*= moe_gamma_tails moe_log1p_less moe_stirling_error moe_share_of_one */
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
  front = exp(a * moe_log1p_less((x - a) / a) + 0.5 * log(a) - 0.91893853320467274178 - moe_stirling_error(log(a)));
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
/* The continued fraction of the incomplete beta function (modified Lentz). */
static double moe_beta_fraction(double a, double b, double x) {
  double c = 1, d = 1 - (a + b) * x / (a + 1), h;
  long i;
  if (fabs(d) < 1e-300) d = 1e-300;
  d = 1 / d;
  h = d;
  for (i = 1; i < 10000000; ++i) {
    double m = (double)i, an = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), step;
    d = 1 + an * d;
    if (fabs(d) < 1e-300) d = 1e-300;
    c = 1 + an / c;
    if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    h *= d * c;
    an = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + an * d;
    if (fabs(d) < 1e-300) d = 1e-300;
    c = 1 + an / c;
    if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    step = d * c;
    h *= step;
    if (fabs(step - 1) < 1e-16) break;
  }
  return h;
}

/*= moe_beta_tails moe_beta_fraction moe_log1p_less moe_stirling_error moe_share_of_one */
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
  front = exp(a * moe_log1p_less((x * n - a) / a) + b * moe_log1p_less((rest * n - b) / b) +
              0.5 * (log(a) + log(b) - log(n)) - 0.91893853320467274178 + moe_stirling_error(log(n)) -
              moe_stirling_error(log(a)) - moe_stirling_error(log(b)));
  if (x < (a + 1) / (n + 2)) {
    *lower = moe_share_of_one(front / a * moe_beta_fraction(a, b, x));
    *upper = 1 - *lower;
  } else {
    *upper = moe_share_of_one(front / b * moe_beta_fraction(b, a, rest));
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
