// Elements of the page. Texts of the data come in as text nodes and attributes only, never as markup.

/** An element with attributes and children, which are elements or texts; undefined children are left out. */
function element(name, attributes = {}, ...children) {
  const result = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  result.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== ""));
  return result;
}

/** A name that may break behind its underscores and points. */
const breakable = (name) =>
  name.split(/(?<=[_.])(?=.)/).flatMap((part, i) => (i === 0 ? [part] : [element("wbr"), part]));

const fiveDigits = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 5 });

/** A number as a person reads it: 5 digits, a true minus, powers of ten only where they are needed. */
function shown(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e7 || size < 1e-4 ? value.toExponential(3).replace(/\.?0*e\+?/, "e") : fiveDigits.format(value);
  return text.replace("-", "\u2212");
}

/** Marks on an axis from low to high at steps of 1, 2 or 5 times a power of ten. */
function steps(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough * 0.999);
  const result = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i)
    result.push(Number((i * step).toPrecision(12)));
  return result;
}

/** The same on a logarithmic axis: powers of ten, with 2 and 5 between where there are few. */
function logSteps(low, high, count) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / count));
  const within = last - first <= 2 ? [1, 2, 5] : [1];
  const result = [];
  for (let e = first; e <= last; e += every)
    for (const times of within) result.push(Number((times * 10 ** e).toPrecision(12)));
  return result.filter((x) => x >= low * 0.999 && x <= high * 1.001);
}

/** A table in a frame that scrolls by itself. `numeric`: for each column, whether it holds numbers. */
function tableOf({ title, columns, numeric, rows }) {
  const kind = (j) => (numeric[j] ? { class: "number" } : {});
  const head = columns.map((name, j) => element("th", { scope: "col", ...kind(j) }, name));
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      row.map((cell, j) => element("td", kind(j), String(cell))),
    ),
  );
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title || "Table" },
    element(
      "table",
      {},
      title ? element("caption", {}, title) : undefined,
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, body),
    ),
  );
}

/** Bars beside each other: a name, a bar for a share of 1, and the share in words. */
function bars(entries) {
  return element(
    "div",
    { class: "bars" },
    entries.map(({ name, share, color }) => {
      const bar = element("div");
      bar.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
      bar.style.background = color;
      return [element("span", {}, name), element("div", { class: "track" }, bar), element("span", {}, percent(share))];
    }),
  );
}

/** 62 %, 0.4 %, < 0.1 %. */
function percent(share) {
  if (!Number.isFinite(share)) return "none";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  const digits = Math.abs(share) < 0.0995 || (share > 0.99 && share < 0.9995) ? 1 : 0;
  return `${(100 * share).toFixed(digits)} %`.replace("-", "\u2212");
}
