// The what-if panel: the model itself, exported as JavaScript (`moeModel`), at inputs that the reader sets.

const LOWER = 0.05;
const UPPER = 0.95;
const MOST_BARS = 10;

/** The weights of the gate as bars, those of the heaviest experts where there are many. */
function gateBars(predicted, experts) {
  const all = Array.from({ length: experts }, (_, k) => ({
    name: `Expert ${k + 1}`,
    share: predicted[`gate_${k + 1}`],
    color: colorOf(k),
  }));
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
  if (numbers.some(([, value]) => Number.isNaN(value)))
    return { fault: "There is no prediction: an input is missing or is no number." };
  if (what.task === "classification") {
    said.push(`${what.target}: ${predicted.label}`);
    parts.push(
      element("p", { class: "headline" }, said[0]),
      element("h3", {}, "Probability of each class"),
      classBars(predicted, what.labels),
    );
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
      const figure = densityFigure(of, predicted, what, target, [lower, upper], axes[t]);
      if (figure) figures.push(figure);
    }
    said.push(`${target}: mean ${shown(mean)}${words ? `, ${words}` : ""}`);
    parts.push(
      element("div", {}, element("p", { class: "headline" }, `${target}: ${shown(mean)}`), element("p", {}, words)),
    );
  }
  if (what.experts > 1)
    parts.push(element("div", {}, element("h3", {}, "Weight of each expert"), gateBars(predicted, what.experts)));
  for (const figure of figures) parts.push(drawn(figure, width));
  return { parts, numbers, said: said.join(". ") };
}

/** A figure as a picture, or the sentence on what keeps it from being one. */
function drawn(figure, width) {
  const fault = faultOf(figure);
  if (fault) return element("p", { class: "fault" }, `This figure is not drawn. ${fault}`);
  return element(
    "div",
    {},
    element("h3", {}, figure.title),
    element("div", { class: "chart" }, chartOf(figure, width)),
    legendOf(figure),
  );
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
    const { parts, numbers, said, fault } = answerTo(
      controls.row(),
      what,
      axes,
      Math.min(640, answer.clientWidth || 640),
    );
    answer.replaceChildren(...(fault ? [element("p", { class: "fault" }, fault)] : parts));
    clearTimeout(saying); // a screen reader hears where a slider comes to rest
    saying = setTimeout(() => (status.textContent = fault ?? said), 400);
    printed.textContent = `At ${controls.inWords()}:`;
    digits.replaceChildren(
      ...(fault
        ? []
        : [
            tableOf({
              title: "Predictions, by the names that moe predict has for them",
              columns: ["name", "value"],
              numeric: [false, true],
              rows: numbers.map(([name, value]) => [name, String(value)]),
            }),
          ]),
    );
  };
  const changed = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };
  const controls = controlsOf(what.inputs, changed);
  const section = element(
    "section",
    { id: "what-if", "aria-labelledby": "what-if-title" },
    element("h2", { id: "what-if-title" }, "What if"),
    element("p", { class: "on-screen" }, "The model itself answers here, at the inputs that you set."),
    printed,
    element(
      "div",
      { class: "what-if" },
      controls.box,
      element(
        "div",
        {},
        answer,
        element("details", {}, element("summary", {}, "All numbers, with all digits"), digits),
      ),
    ),
    status,
  );
  return { section, draw };
}
