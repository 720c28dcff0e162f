// The what-if panel: the model itself, exported as JavaScript (`moeModel`), at inputs that the reader sets.

const LOWER = 0.05;
const UPPER = 0.95;
const MOST_BARS = 10;

/** Fields for the inputs. `changed` is called after each change; row() gives the inputs as the model reads them. */
function controlsOf(inputs, changed) {
  const controls = inputs.map((input, i) => (input.kind === "level" ? levelControl(input, i, changed) : numberControl(input, i, changed)));
  const reset = element("button", { type: "button" }, "Back to the beginning");
  reset.addEventListener("click", () => {
    controls.forEach((control) => control.reset());
    changed();
  });
  return {
    box: element("div", { class: "controls", tabindex: "0", role: "group", "aria-label": "Inputs" }, controls.map((control) => control.box), reset),
    row: () => Object.fromEntries(inputs.map((input, i) => [input.name, controls[i].value()])),
    inWords: () => inputs.map((input, i) => `${input.name} = ${controls[i].value() ?? "missing"}`).join(", "),
  };
}

function levelControl(input, i, changed) {
  const levels = input.missing && !input.levels.includes("(missing)") ? [...input.levels, "(missing)"] : input.levels;
  const select = element("select", { id: `input-${i}`, name: `input-${i}` }, levels.map((level, l) => element("option", { value: l }, level)));
  const reset = () => (select.selectedIndex = Math.max(0, levels.indexOf(input.value)));
  reset();
  select.addEventListener("change", changed);
  const head = element("div", { class: "head" }, element("label", { for: `input-${i}` }, breakable(input.name)), select);
  return { box: element("div", { class: "control" }, head), value: () => levels[select.selectedIndex], reset };
}

/** A number has a slider in steps that a person would choose, and a field for any value. */
function numberControl(input, i, changed) {
  const span = input.high > input.low ? input.high - input.low : Math.abs(input.low) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 100));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= (span / 100) * 0.999);
  const end = (x, round) => Number((round(x / step) * step).toPrecision(12));
  const slider = element("input", {
    type: "range", name: `slider-${i}`, step, min: end(input.low, Math.floor), max: end(input.low + span, Math.ceil), "aria-label": input.name,
  });
  const field = element("input", { type: "number", id: `input-${i}`, name: `input-${i}`, step: "any", required: "" });
  const missing = input.missing ? element("input", { type: "checkbox", name: `missing-${i}` }) : undefined;
  const show = () => (field.disabled = slider.disabled = missing !== undefined && missing.checked);
  const reset = () => {
    field.value = input.value;
    slider.value = input.value;
    if (missing) missing.checked = false;
    show();
  };
  reset();
  slider.addEventListener("input", () => {
    field.value = Number(Number(slider.value).toPrecision(12));
    changed();
  });
  field.addEventListener("input", () => {
    if (field.value !== "") slider.value = field.value;
    changed();
  });
  missing?.addEventListener("change", () => {
    show();
    changed();
  });
  const box = missing && element("label", { class: "missing" }, missing, " missing");
  const head = element("div", { class: "head" }, element("label", { for: `input-${i}` }, breakable(input.name)), field);
  return {
    box: element("div", { class: "control" }, head, slider, box),
    value: () => (missing?.checked ? null : field.value === "" ? NaN : Number(field.value)),
    reset,
  };
}

/** The density of target t as a figure, from where almost nothing is below to where almost nothing is above. */
function densityFigure(of, predicted, what, target, t, axis) {
  const name = what.targets.length > 1 ? target : undefined;
  const [low, high] = [of.quantile(0.005, name), of.quantile(0.995, name)];
  const [lower, upper] = [of.quantile(LOWER, name), of.quantile(UPPER, name)];
  const mean = predicted[what.targets.length > 1 ? `mean_${target}` : "mean"];
  if (![low, high, lower, upper, mean].every(Number.isFinite)) return undefined;
  const figure = {
    id: `density-${t}`, most: 240, title: `Density of ${target}`, caption: "", thinned: "",
    x: { label: target, scale: "linear", categories: [] }, y: { label: "density", scale: "linear", categories: [] }, marks: [],
  };
  if (of.counts(name)) return { ...figure, title: `Probabilities of ${target}`, y: { ...figure.y, label: "probability" }, marks: countBars(of, name, low, high) };
  const room = 0.25 * (high - low || 1);
  axis.low = Math.min(axis.low ?? Infinity, low - room);
  axis.high = Math.max(axis.high ?? -Infinity, high + room);
  const at = placesOf(axis.low, axis.high, low - room, high + room, expertMeans(predicted, what, target));
  const density = what.targets.length > 1 ? slopes((y) => of.cdf(y, target), at) : at.map((y) => Math.exp(of.logDensity(y)));
  const kept = at.map((_, i) => i).filter((i) => Number.isFinite(density[i]));
  const within = kept.filter((i) => at[i] >= lower && at[i] <= upper);
  figure.marks = [
    { kind: "band", series: "90 % interval", x: within.map((i) => at[i]), y: within.map(() => 0), y2: within.map((i) => density[i]) },
    { kind: "line", series: "density", x: kept.map((i) => at[i]), y: kept.map((i) => density[i]) },
    { kind: "rule", series: "mean", x: [mean] },
  ];
  return figure;
}

/** Places on the axis: even ones over the whole and over this density's part, and closer ones about each expert's mean. */
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

/** The weights of the gate as bars, those of the heaviest experts where there are many. */
function gateBars(predicted, experts) {
  const all = Array.from({ length: experts }, (_, k) => ({ name: `Expert ${k + 1}`, share: predicted[`gate_${k + 1}`], color: colorOf(k) }));
  if (experts <= MOST_BARS) return bars(all);
  const heaviest = [...all].sort((a, b) => b.share - a.share).slice(0, MOST_BARS - 1);
  const rest = 1 - heaviest.reduce((sum, { share }) => sum + share, 0);
  return bars([...heaviest, { name: `${experts - heaviest.length} others`, share: rest, color: "var(--muted)" }]);
}

function classBars(predicted, labels) {
  const all = labels.map((label) => ({ name: label, share: predicted[`p_${label}`], color: "var(--accent)" }));
  return bars(all.length <= 2 * MOST_BARS ? all : [...all].sort((a, b) => b.share - a.share).slice(0, 2 * MOST_BARS));
}

/** What the model says of a row: words, pictures, and all numbers with all digits. */
function answerTo(row, what, axes, width) {
  const predicted = moeModel.predict(row);
  const of = what.task === "regression" && moeModel.distribution ? moeModel.distribution(row) : undefined;
  const numbers = Object.entries(predicted);
  const parts = [];
  const said = [];
  const figures = [];
  if (numbers.some(([, value]) => Number.isNaN(value))) return { fault: "There is no prediction: an input is missing or is no number." };
  if (what.task === "classification") {
    said.push(`${what.target}: ${predicted.label}`);
    parts.push(element("p", { class: "headline" }, said[0]), element("h3", {}, "Probability of each class"), classBars(predicted, what.labels));
  }
  for (const [t, target] of what.task === "regression" ? what.targets.entries() : []) {
    const suffix = what.targets.length > 1 ? `_${target}` : "";
    const mean = predicted[`mean${suffix}`];
    const sd = predicted[`sd${suffix}`];
    let words = "";
    if (of) {
      const [lower, upper] = [LOWER, UPPER].map((p) => of.quantile(p, target));
      numbers.push([`lower${suffix}`, lower], [`upper${suffix}`, upper], [`median${suffix}`, of.quantile(0.5, target)]);
      words = `90 % of the probability is between ${shown(lower)} and ${shown(upper)}; standard deviation ${shown(sd)}`;
      axes[t] ??= {};
      const figure = densityFigure(of, predicted, what, target, t, axes[t]);
      if (figure) figures.push(figure);
    }
    said.push(`${target}: mean ${shown(mean)}${words ? `, ${words}` : ""}`);
    parts.push(element("div", {}, element("p", { class: "headline" }, `${target}: ${shown(mean)}`), element("p", {}, words)));
  }
  if (what.experts > 1) parts.push(element("div", {}, element("h3", {}, "Weight of each expert"), gateBars(predicted, what.experts)));
  for (const figure of figures) parts.push(drawn(figure, width));
  return { parts, numbers, said: said.join(". ") };
}

/** A figure as a picture, or the sentence on what keeps it from being one. */
function drawn(figure, width) {
  const fault = faultOf(figure);
  if (fault) return element("p", { class: "fault" }, `This figure is not drawn. ${fault}`);
  return element("div", {}, element("h3", {}, figure.title), element("div", { class: "chart" }, chartOf(figure, width)), legendOf(figure));
}

/** The section of the page; undefined where there is no model in it. */
function whatIfSection(what) {
  if (what === undefined || typeof moeModel === "undefined") return undefined;
  what = { targets: [what.target], labels: [], ...what };
  const answer = element("div", { class: "answer" });
  const status = element("p", { class: "hidden", role: "status" });
  const printed = element("p", { class: "for-print" });
  const digits = element("div");
  const axes = [];
  let waiting = false;
  let saying;
  const draw = () => {
    waiting = false;
    const { parts, numbers, said, fault } = answerTo(controls.row(), what, axes, Math.min(640, answer.clientWidth || 640));
    answer.replaceChildren(...(fault ? [element("p", { class: "fault" }, fault)] : parts));
    clearTimeout(saying); // a screen reader hears where a slider comes to rest
    saying = setTimeout(() => (status.textContent = fault ?? said), 400);
    printed.textContent = `At ${controls.inWords()}:`;
    digits.replaceChildren(...(fault ? [] : [tableOf({
      title: "Predictions, by the names that moe predict has for them", columns: ["name", "value"], numeric: [false, true], rows: numbers.map(([name, value]) => [name, String(value)]),
    })]));
  };
  const changed = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };
  const controls = controlsOf(what.inputs, changed);
  const section = element("section", { id: "what-if", "aria-labelledby": "what-if-title" },
    element("h2", { id: "what-if-title" }, "What if"),
    element("p", { class: "on-screen" }, "The model itself answers here, at the inputs that you set."),
    printed,
    element("div", { class: "what-if" }, controls.box, element("div", {}, answer, element("details", {}, element("summary", {}, "All numbers, with all digits"), digits))),
    status);
  return { section, draw };
}
