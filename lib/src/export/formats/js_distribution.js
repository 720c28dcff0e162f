/**
 * The predictive distribution at a row, an object that holds the model's columns by name, as functions in the data's
 * own units: logDensity(y), where several targets take an array; cdf(y, target) and quantile(p, target), by default of
 * the first target; counts(target): whether it is a count. Numbers are NaN where the row has no prediction.
 */
export function distribution(row) {
  const known = take(row);
  if (known) prepare();
  const state = V.slice();
  const at = (compute, result) => {
    V.set(state);
    compute();
    return V[result];
  };
  const index = (target) => {
    const t = target === undefined ? 0 : TARGETS.indexOf(target);
    if (t < 0) throw new Error(`there is no target ${JSON.stringify(target)}`);
    return t;
  };
  const share = (y, t) => {
    state[TARGETS_AT + t] = y;
    return Math.min(1, Math.max(0, at(CDFS[t], CDF_AT[t])));
  };
  return {
    logDensity(y) {
      if (!known) return NaN;
      (TARGETS.length === 1 ? [y] : y).forEach((value, t) => (state[TARGETS_AT + t] = value));
      return at(logDensity, LOG_DENSITY_AT);
    },
    counts: (target) => COUNTS[index(target)],
    cdf: (y, target) => (known ? share(y, index(target)) : NaN),
    quantile(p, target) {
      const t = index(target);
      if (!known || !(p > 0 && p < 1)) return NaN;
      return COUNTS[t] ? countQuantile(p, t, state, share) : numberQuantile(p, t, state, share);
    },
  };
}

/** A first step from the mean: the standard deviation where there is a finite one. */
function width(t, state) {
  const sd = state[SD_AT[t]];
  return sd > 0 && sd < 1e300 ? sd : 1 + Math.abs(state[MEAN_AT[t]]);
}

/** Bisection down to neighbouring doubles. */
function numberQuantile(p, t, state, share) {
  let low = state[MEAN_AT[t]];
  let high = low;
  for (let step = width(t, state); share(low, t) >= p && step < 1e300; step *= 2) low -= step;
  for (let step = width(t, state); share(high, t) < p && step < 1e300; step *= 2) high += step;
  for (;;) {
    const middle = low + 0.5 * (high - low);
    if (!(low < middle && middle < high)) return middle;
    if (share(middle, t) < p) low = middle;
    else high = middle;
  }
}

/** The smallest count whose distribution function reaches p. */
function countQuantile(p, t, state, share) {
  let low = -1;
  let high = Math.max(0, Math.floor(state[MEAN_AT[t]]));
  for (let step = Math.ceil(width(t, state)); share(high, t) < p; step *= 2) {
    low = high;
    high += step;
  }
  while (low + 1 < high) {
    const middle = low + Math.floor(0.5 * (high - low));
    if (!(low < middle && middle < high)) break;
    if (share(middle, t) < p) low = middle;
    else high = middle;
  }
  return high;
}
