// A figure as SVG, drawn by Observable Plot.

/** Channels for categories that stand one below the other: x runs down, and y to the right. */
const swapped = (channels) =>
  Object.fromEntries(
    Object.entries(channels).map(([key, value]) => [key.replace(/^[xy]/, (axis) => (axis === "x" ? "y" : "x")), value]),
  );

/**
 * Plot's marks for each kind of mark. `slot`: the room of the mark's series within a category, where x has categories;
 * `xy` turns channels where these stand one below the other.
 */
const DRAWN = {
  line(rows, { mark, color, slot, xy }) {
    if (slot) return [Plot.dot(rows, xy({ x: (d) => d.x + slot.middle, y: "y", fill: color, r: 4.5 }))];
    const style = { strokeWidth: mark.reference ? 1.3 : 2, strokeDasharray: dashOf(mark), strokeLinejoin: "round" };
    return [Plot.line(rows, { x: "x", y: "y", stroke: color, ...style })];
  },
  band(rows, { color, slot, xy }) {
    if (!slot) return [Plot.areaY(rows, { x: "x", y1: "y", y2: "y2", fill: color, fillOpacity: 0.2 })];
    const at = (d) => d.x + slot.middle;
    const style = { stroke: color, strokeWidth: 6, strokeOpacity: 0.35 };
    return [Plot.link(rows, xy({ x1: at, x2: at, y1: "y", y2: "y2", ...style }))];
  },
  points(rows, { color, xy }) {
    const [r, fillOpacity] = rows.length > 300 ? [1.8, 0.45] : rows.length > 60 ? [2.6, 0.6] : [4, 0.9];
    return [Plot.dot(rows, xy({ x: "x", y: "y", r, fill: color, fillOpacity }))];
  },
  bars(rows, { mark, color, slot, xy }) {
    const interval = mark.x2 !== undefined;
    const ends = interval
      ? { x1: "x", x2: "x2", inset: 0.5 }
      : { x1: (d) => d.x + (slot?.from ?? -0.38), x2: (d) => d.x + (slot?.to ?? 0.38) };
    const result = [Plot.rect(rows, xy({ ...ends, y1: () => 0, y2: "y", fill: color, fillOpacity: 0.85 }))];
    const middle = (d) => (interval ? (d.x + d.x2) / 2 : d.x + (slot?.middle ?? 0));
    const error = { x1: middle, x2: middle, y1: "lower", y2: "upper", stroke: "var(--ink)", strokeWidth: 1.5 };
    return mark.lower ? [...result, Plot.link(rows, xy(error))] : result;
  },
  cells(rows, { color }) {
    const ends = { x1: "x", x2: "x2", y1: "y", y2: "y2", inset: 0, shapeRendering: "crispEdges" };
    return [Plot.rect(rows, { ...ends, fill: color, fillOpacity: "value" })];
  },
  rule(rows, { mark, turned }) {
    const style = { stroke: "var(--muted)", strokeDasharray: "4 3" };
    const places = mark.x ?? mark.y;
    return [(mark.x !== undefined) !== turned ? Plot.ruleX(places, style) : Plot.ruleY(places, style)];
  },
};

/** For each mark the room of its series within a category of x; undefined where x has none. */
function slotsOf(figure) {
  if (figure.x.scale !== "categories") return () => undefined;
  const bars = [...new Set(figure.marks.filter((mark) => mark.kind === "bars").map((mark) => mark.series))];
  return (mark) => {
    const i = bars.indexOf(mark.series);
    if (i < 0) return { from: -0.38, to: 0.38, middle: 0 };
    const width = 0.76 / bars.length;
    return { from: width * i - 0.38, to: width * (i + 1) - 0.38, middle: width * (i + 0.5) - 0.38 };
  };
}

/** How high a picture is, in pixels. */
function heightOf(figure, width) {
  const series = (kind) => new Set(figure.marks.filter((mark) => mark.kind === kind).map((mark) => mark.series)).size;
  const each = (categories, least, most) => Math.min(most, 76 + categories.length * least);
  if (isTurned(figure)) {
    const bars = series("bars");
    return each(figure.x.categories, Math.max(bars > 0 ? 24 : 40, 13 * bars), 900);
  }
  if (figure.y.scale === "categories") return each(figure.y.categories, Math.max(26, 10 + 11 * series("points")), 1200);
  return Math.round(Math.min(figure.most ?? 380, Math.max(200, 0.58 * width)));
}

/** Where everything is in a picture, in pixels, and how its axes are drawn. */
function layoutOf(figure, width) {
  const turned = isTurned(figure);
  const usual = heightOf(figure, width);
  const down = axisOf(figure, turned ? "x" : "y", turned ? 40 : Math.max(3, usual / 55));
  const left = Math.min(0.42 * width, 16 + 6.6 * down.widest);
  const across = axisOf(figure, turned ? "y" : "x", Math.max(2, (width - left) / 70));
  const slanted = across.categories && across.widest * 6.8 > (width - left) / across.ticks.length;
  const below = (slanted ? 14 + 4.6 * across.widest : 24) + (across.label ? 18 : 0);
  const height = Math.round(usual + Math.max(0, below - 42));
  return { turned, width, height, left, below, across, down, slanted, letters: Math.floor((width - 20) / 6.6) };
}

/** Plot's marks for the axes of a picture. */
function axesOf({ turned, below, across, down, slanted, letters }) {
  const style = { color: "var(--muted)", labelArrow: "none" };
  return [
    Plot.axisX(across.ticks, {
      ...style,
      tickFormat: across.format,
      tickSize: 4,
      label: across.label ? cut(across.label, letters) : null,
      labelAnchor: "right",
      labelOffset: below - 8,
      ...(slanted ? { tickRotate: -40, textAnchor: "end" } : {}),
    }),
    Plot.axisY(down.ticks, {
      ...style,
      tickFormat: down.format,
      tickSize: turned ? 0 : 4,
      label: !turned && down.label ? cut(down.label, letters) : null,
      labelAnchor: "top",
      lineWidth: 30,
    }),
  ];
}

/** What stands under the pointer, in words. */
function tipOf(figure, turned, slotOf) {
  const at = (axis, low, high) =>
    axis.scale === "categories"
      ? axis.categories[Math.round(high === undefined ? low : (low + high) / 2)]
      : high === undefined
        ? shown(low)
        : `${shown(low)} to ${shown(high)}`;
  const rows = [];
  for (const mark of figure.marks) {
    if (mark.kind === "rule" || mark.kind === "band") continue;
    const aside = mark.kind === "bars" ? (slotOf(mark)?.middle ?? 0) : 0;
    for (const d of rowsOf(mark)) {
      const words = [
        `${figure.x.label || "x"}: ${at(figure.x, d.x, d.x2)}`,
        `${figure.y.label || "y"}: ${at(figure.y, d.y, d.y2)}`,
      ];
      if (mark.series) words.unshift(mark.series);
      if (d.value !== undefined) words.push(shown(d.value));
      if (d.lower !== undefined) words.push(`${shown(d.lower)} to ${shown(d.upper)}`);
      const x = d.x2 === undefined ? d.x + aside : (d.x + d.x2) / 2;
      rows.push({ x, y: d.y2 === undefined ? d.y : (d.y + d.y2) / 2, text: words.join("\n") });
    }
  }
  const places = turned ? { x: "y", y: "x" } : { x: "x", y: "y" };
  const style = { fill: "var(--paper)", stroke: "var(--muted)", textPadding: 8, ariaHidden: "true" };
  return Plot.tip(rows, Plot.pointer({ ...places, title: "text", maxRadius: 30, ...style }));
}

/** One picture. `width`: in pixels. */
function picture(figure, width, colors) {
  const layout = layoutOf(figure, width);
  const { turned } = layout;
  const slotOf = slotsOf(figure);
  const xy = turned ? swapped : (channels) => channels;
  const grid = { stroke: "var(--grid)", strokeOpacity: 1 };
  const zero = figure.marks.some((mark) => mark.kind === "bars") ? [turned ? Plot.ruleX : Plot.ruleY] : [];
  const scale = ({ log, domain }) => ({ type: log ? "log" : "linear", domain, label: null, nice: false });
  const down = scale(layout.down);
  const values = figure.marks.filter((mark) => mark.kind === "cells").flatMap((mark) => mark.value);
  const svg = Plot.plot({
    width,
    height: layout.height,
    marginLeft: layout.left,
    marginRight: 14,
    marginTop: turned ? 8 : 24,
    marginBottom: layout.below,
    x: scale(layout.across),
    y: turned ? { ...down, domain: [...down.domain].reverse() } : down,
    opacity: values.length > 0 ? { type: "linear", domain: rangeOf(values), range: [0, 1], clamp: true } : {},
    style: { fontFamily: "inherit", fontSize: "12px", color: "inherit", background: "none" },
    marks: [
      ...(turned ? [] : [Plot.gridY(layout.down.ticks, grid)]),
      Plot.gridX(layout.across.ticks, grid),
      ...figure.marks.flatMap((mark) =>
        DRAWN[mark.kind](rowsOf(mark), { mark, color: colors.get(mark.series), slot: slotOf(mark), xy, turned }),
      ),
      ...zero.map((rule) => rule([0], { stroke: "var(--muted)" })),
      ...axesOf(layout),
      tipOf(figure, turned, slotOf),
    ],
  });
  // The picture has one name; those of its groups, which have no role, are for scripts.
  for (const group of svg.querySelectorAll("[aria-label]")) {
    group.setAttribute("data-mark", group.getAttribute("aria-label"));
    group.removeAttribute("aria-label");
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${figure.title}. ${described(figure)}`);
  return svg;
}

/** The chart of a figure without a fault: one picture, or one for each map. */
function chartOf(figure, width) {
  const colors = colorsOf(figure);
  const maps = hiddenMaps(figure);
  if (maps.length === 0) return element("div", {}, picture(figure, width, colors));
  const others = figure.marks.filter((mark) => mark.kind !== "cells");
  const columns = Math.max(1, Math.floor((width + 16) / 236));
  const each = Math.floor((width - 16 * (Math.min(columns, maps.length) - 1)) / Math.min(columns, maps.length));
  return element(
    "div",
    { class: "multiples" },
    maps.map((map) =>
      element(
        "div",
        {},
        element("h4", {}, map.series),
        picture({ ...figure, title: `${figure.title}: ${map.series}`, marks: [map, ...others] }, each, colors),
      ),
    ),
  );
}
