/* What the exported C file takes of operations on a row's vectors, in sections as c_functions.c has them: the library's kernels over
   again, to the last bit, and the _rows, which compute MOE_ROWS rows side by side: element i of row r is at [i * MOE_ROWS + r]. */
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
