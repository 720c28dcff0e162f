// The predictive distribution of the what-if panel as a figure.

/** The density of a target as a figure, from where almost nothing is below to where almost nothing is above. */
function densityFigure(of, predicted, what, target, interval, axis) {
  const name = what.targets.length > 1 ? target : undefined;
  const [low, high] = [of.quantile(0.005, name), of.quantile(0.995, name)];
  const [lower, upper] = interval;
  const mean = predicted[what.targets.length > 1 ? `mean_${target}` : "mean"];
  if (![low, high, lower, upper, mean].every(Number.isFinite)) return undefined;
  const figure = {
    id: `density-${target}`,
    most: 240,
    title: `Density of ${target}`,
    caption: "",
    thinned: "",
    x: { label: target, scale: "linear", categories: [] },
    y: { label: "density", scale: "linear", categories: [] },
    marks: [],
  };
  if (of.counts(name))
    return {
      ...figure,
      title: `Probabilities of ${target}`,
      y: { ...figure.y, label: "probability" },
      marks: countBars(of, name, low, high),
    };
  const room = 0.25 * (high - low || 1);
  axis.low = Math.min(axis.low ?? Infinity, low - room);
  axis.high = Math.max(axis.high ?? -Infinity, high + room);
  const at = placesOf(axis.low, axis.high, low - room, high + room, expertMeans(predicted, what, target));
  const density =
    what.targets.length > 1 ? slopes((y) => of.cdf(y, target), at) : at.map((y) => Math.exp(of.logDensity(y)));
  const kept = at.map((_, i) => i).filter((i) => Number.isFinite(density[i]));
  const within = kept.filter((i) => at[i] >= lower && at[i] <= upper);
  figure.marks = [
    {
      kind: "band",
      series: "90 % interval",
      x: within.map((i) => at[i]),
      y: within.map(() => 0),
      y2: within.map((i) => density[i]),
    },
    { kind: "line", series: "density", x: kept.map((i) => at[i]), y: kept.map((i) => density[i]) },
    { kind: "rule", series: "mean", x: [mean] },
  ];
  return figure;
}

/** Places on the axis: even ones over the whole and over this density's part, closer ones about each expert's mean. */
function placesOf(low, high, from, to, means) {
  const places = [low, high];
  for (let i = 0; i <= 200; ++i) places.push(from + ((to - from) * i) / 200, low + ((high - low) * i) / 200);
  for (const mean of means)
    for (let i = -12; i <= 12; ++i) places.push(mean + Math.sign(i) * (to - from) * 10 ** (-4 + Math.abs(i) / 4));
  return [...new Set(places)].filter((y) => y >= low && y <= high).sort((a, b) => a - b);
}

function expertMeans(predicted, what, target) {
  const suffix = what.targets.length > 1 ? `_${target}` : "";
  return Array.from({ length: what.experts }, (_, k) => k + 1)
    .filter((k) => predicted[`gate_${k}`] > 0.002)
    .map((k) => predicted[`mean_${k}${suffix}`])
    .filter(Number.isFinite);
}

/** The density where only the distribution function of one target among several is there. */
function slopes(cdf, at) {
  const heights = at.map(cdf);
  return at.map((_, i) => {
    const a = Math.max(0, i - 1);
    const b = Math.min(at.length - 1, i + 1);
    return (heights[b] - heights[a]) / (at[b] - at[a]);
  });
}

function countBars(of, name, low, high) {
  const width = Math.max(1, Math.ceil((high - low + 1) / 120));
  const marks = { kind: "bars", series: "", x: [], x2: [], y: [] };
  for (let k = low; k <= high; k += width) {
    marks.x.push(k - 0.5);
    marks.x2.push(k + width - 0.5);
    marks.y.push(of.cdf(k + width - 1, name) - (k > 0 ? of.cdf(k - 1, name) : 0));
  }
  return [marks];
}
