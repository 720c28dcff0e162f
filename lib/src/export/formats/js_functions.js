// What an exported script takes of special functions, and no more of them than a model needs: format js copies the
// sections that it calls. A section begins with a line that names its function, then those of other sections that it
// calls. c_functions.c has the same functions; JavaScript lacks erfc, too.

/*= shareOfOne */
const shareOfOne = (p) => (p < 0 ? 0 : p > 1 ? 1 : p);

/*= erfc */
/** The complementary error function: below 1 by the series of erf, above by Laplace's continued fraction. */
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x < 1) {
    let term = x;
    let sum = x;
    for (let n = 1; term > 1e-17 * sum; ++n) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1 - 1.1283791670955126 * Math.exp(-x * x) * sum;
  }
  if (!(x < 28)) return x !== x ? x : 0;
  let rest = x;
  for (let n = Math.ceil(20 + 200 / (x * x)); n > 0; --n) rest = x + (0.5 * n) / rest;
  const t = Math.fround(x); // its square is exact
  return (0.5641895835477563 * Math.exp(-t * t) * Math.exp(-(x - t) * (x + t))) / rest;
}

/*= normalCdf erfc */
const normalCdf = (z) => 0.5 * erfc(-z * 0.7071067811865476);

/*= normalDensity */
const normalDensity = (z) => 0.3989422804014327 * Math.exp(-0.5 * z * z);

/*= logNormalCdf normalCdf */
/** log Phi(x); far down by Laplace's continued fraction. */
function logNormalCdf(x) {
  if (x > 0) return Math.log1p(-normalCdf(-x));
  if (x > -6) return Math.log(normalCdf(x));
  let g = 0;
  for (let i = x < -30 ? 8 : 40; i > 0; --i) g = i / (-x + g);
  return -0.5 * x * x - 0.9189385332046728 - Math.log(-x + g);
}

/*= stirlingError */
/**
 * log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2, at a = exp(x): by Stirling's series from 10 on, below by Gamma's
 * recurrence.
 */
function stirlingError(x) {
  if (x < -700) return -0.5 * x - 0.9189385332046728;
  const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
  const a = Math.exp(x);
  let shifted = a;
  let product = 1;
  if (a < 10) for (shifted = a + 1; shifted < 10; ++shifted) product *= shifted;
  const square = 1 / (shifted * shifted);
  const series = terms.reduceRight((sum, term) => sum * square + term, 0) / shifted;
  if (a >= 10) return series;
  return (shifted - 0.5) * Math.log(shifted) - (shifted - a) + series - Math.log(product) - (a + 0.5) * x;
}

/*= stirlingErrorOfCount stirlingError */
/** log k! - (k + 1/2) log k + k - log(2 pi) / 2, with 0 for k = 0. */
function stirlingErrorOfCount(k) {
  const first = [
    0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
    0.013876128823070748, 0.01189670994589177, 0.010411265261972097, 0.009255462182712733, 0.008330563433362871,
    0.00757367548795184, 0.00694284010720953, 0.006408994188004207, 0.005951370112758848, 0.005554733551962801,
  ];
  if (!(k > 0)) return 0;
  return k < 16 ? first[Math.floor(k)] : stirlingError(Math.log(k));
}

/*= logRatioLess */
/** log(x / a) - (x / a - 1), without cancellation near x = a; x may be so small that x - a has lost it. */
function logRatioLess(x, a) {
  const t = (x - a) / a;
  if (!(t > -0.4 && t < 0.6)) return Math.log(x / a) - t;
  // With r = t / (2 + t): log(1 + t) = 2 (r + r^3 / 3 + ..), and t = 2 r + r t.
  const r = t / (2 + t);
  const square = r * r;
  let sum = 0;
  for (let i = 33; i >= 3; i -= 2) sum = sum * square + 1 / i;
  return 2 * r * square * sum - r * t;
}

/*= gammaTails logRatioLess stirlingError shareOfOne */
/** The regularised incomplete gamma functions P(a, x) and Q(a, x), that of the two which is small first computed. */
function gammaTails(a, x) {
  if (!(x > 0)) return [0, 1];
  if (x === Infinity) return [1, 0];
  // x^a exp(-x) / Gamma(a), its logarithm free of large terms.
  const front = Math.exp(a * logRatioLess(x, a) + 0.5 * Math.log(a) - 0.9189385332046728 - stirlingError(Math.log(a)));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let i = 1; i < 1e7 && term > 1e-17 * sum; ++i) sum += term *= x / (a + i);
    const p = shareOfOne(front * sum);
    return [p, 1 - p];
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1e7; ++i) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < 1e-300) d = 1e-300;
    c = b + an / c;
    if (Math.abs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  const q = shareOfOne(front * h);
  return [1 - q, q];
}

/*= gammaCdf gammaTails */
const gammaCdf = (x, shape) => gammaTails(shape, x)[0];

/*= betaFraction */
/**
 * The continued fraction of the incomplete beta function as DiDonato and Morris (1992) contract it: it keeps its digits
 * where a is large and x near 1. `rest` is 1 - x.
 */
function betaFraction(a, b, x, rest) {
  const c = 1 + a * rest - b * x; // 1 + a - (a + b) x
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  let p = 1;
  let s = a + 1;
  let [before, before2, r, scale] = [0, c1 / c, c1 / c, 1];
  for (let n = 1; n < 1e7; ++n) {
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * w * x;
    const beta = n + w / s + ((n / a + 1) / (c1 + (2 * n) / a)) * (c + n * (1 + rest));
    p = n / a + 1;
    s += 2;
    const above = alpha * before + beta * r;
    const below = alpha * before2 + beta * scale;
    const last = r;
    [before, before2, r, scale] = [r / below, scale / below, above / below, 1];
    if (Math.abs(r - last) <= 1e-16 * r) break;
  }
  return r;
}

/*= betaTails betaFraction logRatioLess stirlingError shareOfOne */
/** I_x(a, b) and 1 - I_x(a, b); `rest` is 1 - x, which may be known to more digits. */
function betaTails(a, b, x, rest) {
  if (!(x > 0)) return [0, 1];
  if (!(rest > 0)) return [1, 0];
  const n = a + b;
  // x^a (1 - x)^b / B(a, b), its logarithm as in Loader's binomial density: x and 1 - x against a / n and b / n.
  const front = Math.exp(
    a * logRatioLess(x * n, a) +
      b * logRatioLess(rest * n, b) +
      0.5 * (Math.log(a) + Math.log(b) - Math.log(n)) -
      0.9189385332046728 +
      stirlingError(Math.log(n)) -
      stirlingError(Math.log(a)) -
      stirlingError(Math.log(b)),
  );
  if (x < (a + 1) / (n + 2)) {
    const lower = shareOfOne(front * betaFraction(a, b, x, rest));
    return [lower, 1 - lower];
  }
  const upper = shareOfOne(front * betaFraction(b, a, rest, x));
  return [1 - upper, upper];
}

/*= betaCdf betaTails */
const betaCdf = (x, a, b) => betaTails(a, b, x, 1 - x)[0];

/*= studentCdf betaTails */
function studentCdf(z, nu) {
  const square = z * z;
  if (square === Infinity) return z > 0 ? 1 : 0;
  const lower = betaTails(0.5 * nu, 0.5, nu / (nu + square), square / (nu + square))[0];
  return z > 0 ? 1 - 0.5 * lower : 0.5 * lower;
}

/*= owensT normalCdf */
/** T(h, a) for h >= 0: an integral over 0 .. a (a <= 1), by Gauss and Legendre's rule with 10 points on 12 pieces. */
function owensT(h, a) {
  if (a < 0) return -owensT(h, -a);
  if (a > 1) {
    const p = normalCdf(-h);
    const q = normalCdf(-h * a);
    return 0.5 * (p + q) - p * q - owensT(h * a, 1 / a);
  }
  const points = [0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717];
  const weights = [0.2955242247147529, 0.2692667193099964, 0.219086362515982, 0.1494513491505806, 0.0666713443086881];
  const half = (h * a > 9 ? 9 / h : a) / 24; // beyond, exp(-(h x)^2 / 2) is nothing
  let sum = 0;
  for (let piece = 0; piece < 12; ++piece)
    for (let i = 0; i < 5; ++i)
      for (let side = -1; side <= 1; side += 2) {
        const x = half * (2 * piece + 1 + side * points[i]);
        const w = 1 + x * x;
        sum += (weights[i] * Math.exp(-0.5 * h * h * w)) / w;
      }
  return (half * sum) / 6.283185307179586;
}

/*= skewNormalCdf owensT normalCdf shareOfOne */
const skewNormalCdf = (z, alpha) => shareOfOne(normalCdf(z) - 2 * owensT(Math.abs(z), alpha));

/*= wideCountCdf normalCdf normalDensity shareOfOne */
/** A count whose variance is large: Edgeworth's correction for skewness. */
function wideCountCdf(k, mean, sd, skewness) {
  const z = (k + 0.5 - mean) / sd;
  return shareOfOne(normalCdf(z) - (skewness / 6) * (z * z - 1) * normalDensity(z));
}

/*= poissonCdf gammaTails wideCountCdf */
function poissonCdf(k, mean) {
  if (!(k >= 0)) return 0;
  if (k === Infinity || !(mean > 0)) return 1;
  if (mean > 1e10) return wideCountCdf(Math.floor(k), mean, Math.sqrt(mean), 1 / Math.sqrt(mean));
  return gammaTails(Math.floor(k) + 1, mean)[1];
}

/*= binomialCdf betaTails wideCountCdf */
function binomialCdf(k, trials, logOdds) {
  const e = Math.exp(-Math.abs(logOdds));
  const success = logOdds < 0 ? e / (1 + e) : 1 / (1 + e);
  const failure = logOdds < 0 ? 1 / (1 + e) : e / (1 + e);
  const count = Math.floor(k);
  const variance = trials * success * failure;
  if (!(k >= 0)) return 0;
  if (k >= trials) return 1;
  if (variance > 1e10)
    return wideCountCdf(count, trials * success, Math.sqrt(variance), (failure - success) / Math.sqrt(variance));
  return betaTails(count + 1, trials - count, success, failure)[1];
}

/*= negativeBinomialCdf betaTails wideCountCdf poissonCdf gammaCdf */
function negativeBinomialCdf(k, mean, theta) {
  const count = Math.floor(k);
  const ratio = mean / theta;
  if (!(k >= 0)) return 0;
  if (k === Infinity || !(mean > 0)) return 1;
  if (mean > 1e10 && theta > 1e10) {
    const sd = Math.sqrt(mean * (1 + ratio));
    return wideCountCdf(count, mean, sd, (1 + 2 * ratio) / sd);
  }
  if (theta > 1e15) return poissonCdf(count, mean);
  if (mean > 1e15) return gammaCdf(((count + 0.5) / mean) * theta, theta);
  return betaTails(count + 1, theta, mean / (theta + mean), theta / (theta + mean))[1];
}
