// A figure of the report (its axes and marks) as SVG, drawn by Observable Plot. Everything is checked before it is drawn: a
// figure with a fault is a sentence, not a wrong picture.

const FIELDS = { line: ["x", "y"], band: ["x", "y", "y2"], points: ["x", "y"], bars: ["x", "y"], cells: ["x", "x2", "y", "y2", "value"] };
const ALONG_X = ["x", "x2"];

/** The arrays of numbers that a mark has, by name. */
function fieldsOf(mark) {
  return ["x", "x2", "y", "y2", "value", "lower", "upper"].filter((name) => mark[name] !== undefined);
}

/** What keeps a figure from being drawn, in a sentence; "" for nothing. */
function faultOf(figure) {
  if (figure.marks.length === 0) return "It has nothing to show.";
  for (const mark of figure.marks) {
    const name = mark.series ? `\u201c${mark.series}\u201d` : `a mark of kind ${mark.kind}`;
    if (mark.kind !== "rule" && FIELDS[mark.kind] === undefined) return `${name} is of a kind that this page does not know.`;
    for (const field of FIELDS[mark.kind] ?? []) if (mark[field] === undefined) return `${name} lacks its numbers ${field}.`;
    const fields = fieldsOf(mark);
    if (mark.kind === "rule" && fields.length !== 1) return `${name} needs one place, on one axis.`;
    if ((mark.lower === undefined) !== (mark.upper === undefined)) return `${name} has one end of its error bars only.`;
    const lengths = fields.map((field) => mark[field].length);
    if (lengths.some((length) => length !== lengths[0])) return `${name} lacks an end at some of its places.`;
    for (const field of fields) {
      const odd = mark[field].filter((value) => !Number.isFinite(value)).length;
      if (odd > 0) return `${name} has no number at ${odd} of ${mark[field].length} places.`;
      const axis = ALONG_X.includes(field) ? figure.x : figure.y;
      if (field !== "value" && axis.scale === "log" && mark[field].some((value) => value <= 0))
        return `${name} has values of 0 or below, which a logarithmic axis cannot show.`;
      if (field !== "value" && axis.scale === "categories" && mark[field].some((value) => value < -0.5 || value > axis.categories.length - 0.5))
        return `${name} names a category that there is not.`;
    }
    if (mark.kind === "bars" && figure.y.scale === "log") return `${name} are bars, which have no beginning on a logarithmic axis.`;
  }
  return figure.marks.every((mark) => (mark.x ?? mark.y).length === 0) ? "It has nothing to show." : "";
}

/**
 * A colour for each series. Expert k has the k-th in every figure; others have what is left, in order, and ink where they stand
 * beside experts. A band has the colour of the first line. Points and rules beside others, and what is there for comparison, are grey.
 */
function colorsOf(figure) {
  const names = [...new Set(figure.marks.map((mark) => mark.series))];
  const all = (name, ...kinds) => figure.marks.every((mark) => mark.series !== name || kinds.includes(mark.kind));
  const isReference = (name) => figure.marks.every((mark) => mark.series !== name || mark.reference);
  const others = names.filter((name) => expertOf(name) === undefined && !isReference(name));
  const experts = names.some((name) => expertOf(name) !== undefined);
  const own = others.filter((name) => !all(name, "rule") && !(all(name, "points") && names.length > 1) && !all(name, "band"));
  const colors = new Map(own.map((name, i) => [name, experts ? "var(--ink)" : colorOf(i)]));
  const bands = others.filter((name) => all(name, "band"));
  bands.forEach((name, i) => colors.set(name, own.length > 0 ? colors.get(own[0]) : colorOf(i)));
  return new Map(names.map((name) => [name, expertOf(name) !== undefined && !isReference(name) ? colorOf(expertOf(name) - 1) : (colors.get(name) ?? "var(--muted)")]));
}
/** The number of the expert that a series is of. */
function expertOf(series) {
  const found = /\bexpert (\d+)\b/.exec(series);
  return found ? Number(found[1]) : undefined;
}
const colorOf = (k) => `var(--s${1 + (k % 7)})`;
/** After seven series colours come again, with dashes. */
const dashOf = (mark) => (mark.reference ? "4 3" : expertOf(mark.series) > 7 ? "5 3" : "none");

/** The mark's places as objects, which Plot reads. */
function rowsOf(mark) {
  const fields = fieldsOf(mark);
  return mark[fields[0]].map((_, i) => Object.fromEntries(fields.map((field) => [field, mark[field][i]])));
}

/** Plot's marks for one mark. `turned`: the categories of x stand one below the other, and y runs to the right. */
function plotMarks(mark, figure, color, turned, slot) {
  const rows = rowsOf(mark);
  const xy = (channels) =>
    turned ? Object.fromEntries(Object.entries(channels).map(([key, value]) => [key[0] === "x" ? `y${key.slice(1)}` : key[0] === "y" ? `x${key.slice(1)}` : key, value])) : channels;
  switch (mark.kind) {
    case "line":
      return figure.x.scale === "categories"
        ? [Plot.dot(rows, xy({ x: (d) => d.x + slot.middle, y: "y", fill: color, r: 4.5 }))]
        : [Plot.line(rows, { x: "x", y: "y", stroke: color, strokeWidth: mark.reference ? 1.3 : 2, strokeDasharray: dashOf(mark), strokeLinejoin: "round" })];
    case "band":
      return figure.x.scale === "categories"
        ? [Plot.link(rows, xy({ x1: (d) => d.x + slot.middle, x2: (d) => d.x + slot.middle, y1: "y", y2: "y2", stroke: color, strokeWidth: 6, strokeOpacity: 0.35 }))]
        : [Plot.areaY(rows, { x: "x", y1: "y", y2: "y2", fill: color, fillOpacity: 0.2 })];
    case "points": {
      const [r, fillOpacity] = rows.length > 300 ? [1.8, 0.45] : rows.length > 60 ? [2.6, 0.6] : [4, 0.9];
      return [Plot.dot(rows, xy({ x: "x", y: "y", r, fill: color, fillOpacity }))];
    }
    case "bars": {
      const interval = mark.x2 !== undefined;
      const ends = interval ? { x1: "x", x2: "x2" } : { x1: (d) => d.x + slot.from, x2: (d) => d.x + slot.to };
      const gap = interval ? { inset: 0.5 } : {};
      const result = [Plot.rect(rows, xy({ ...ends, y1: () => 0, y2: "y", fill: color, fillOpacity: 0.85, ...gap }))];
      const middle = interval ? (d) => (d.x + d.x2) / 2 : (d) => d.x + slot.middle;
      if (mark.lower) result.push(Plot.link(rows, xy({ x1: middle, x2: middle, y1: "lower", y2: "upper", stroke: "var(--ink)", strokeWidth: 1.5 })));
      return result;
    }
    case "cells":
      return [Plot.rect(rows, { x1: "x", x2: "x2", y1: "y", y2: "y2", fill: color, fillOpacity: "value", shapeRendering: "crispEdges", inset: 0 })];
    default: {
      const across = (mark.x !== undefined) !== turned;
      const options = { stroke: "var(--muted)", strokeDasharray: "4 3" };
      return [across ? Plot.ruleX(mark.x ?? mark.y, options) : Plot.ruleY(mark.y ?? mark.x, options)];
    }
  }
}

/** The least and the greatest number along an axis, with some room where marks would stand on its ends. */
function domainOf(figure, along) {
  const axis = figure[along];
  if (axis.scale === "categories") return [-0.5, axis.categories.length - 0.5];
  let low = Infinity;
  let high = -Infinity;
  let filled = false;
  for (const mark of figure.marks) {
    filled ||= mark.kind === "cells" || (along === "x" && mark.kind !== "points" && mark.kind !== "rule");
    for (const field of along === "x" ? ["x", "x2"] : ["y", "y2", "lower", "upper"])
      for (const value of mark[field] ?? []) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    if (along === "y" && mark.kind === "bars") {
      low = Math.min(low, 0);
      high = Math.max(high, 0);
    }
  }
  if (axis.scale === "log") return low === high ? [low / 2, high * 2] : [low / 1.05, high * 1.05];
  if (low === high) return [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const room = filled ? 0 : 0.03 * (high - low);
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}\u2026` : text);

/** How an axis is to be drawn: its marks, their texts, and the room that the texts need. */
function axisOf(figure, along, room) {
  const axis = figure[along];
  const domain = domainOf(figure, along);
  const categories = axis.scale === "categories";
  let ticks = categories
    ? axis.categories.map((_, i) => i)
    : axis.scale === "log" ? logSteps(...domain, room) : steps(...domain, room);
  const most = along === "x" && !isTurned(figure) ? 25 : 45;
  if (categories && ticks.length > most) ticks = ticks.filter((i) => i % Math.ceil(axis.categories.length / most) === 0);
  const format = (value) => (categories ? cut(axis.categories[value], 24) : shown(value));
  return { domain, ticks, format, widest: Math.max(0, ...ticks.map((value) => format(value).length)), log: axis.scale === "log", label: axis.label };
}

/** Whether the categories of x stand one below the other, where their names have room, and y runs to the right. */
const isTurned = (figure) => figure.x.scale === "categories" && figure.y.scale !== "categories" && figure.marks.every((mark) => mark.kind !== "cells");

/** How high a picture is, in pixels. `groups`: how many series have bars of their own in each category. */
function heightOf(figure, width, groups) {
  if (isTurned(figure)) return Math.min(900, 74 + figure.x.categories.length * Math.max(groups > 0 ? 24 : 40, 13 * groups));
  const usual = Math.round(Math.min(figure.most ?? 380, Math.max(200, 0.58 * width)));
  if (figure.y.scale !== "categories") return usual;
  const series = new Set(figure.marks.filter((mark) => mark.kind === "points").map((mark) => mark.series)).size;
  return Math.min(1200, 80 + figure.y.categories.length * Math.max(26, 10 + 11 * series));
}

/** One picture. `width`: in pixels. */
function picture(figure, width, colors) {
  const turned = isTurned(figure);
  const grouped = figure.marks.filter((mark) => mark.kind === "bars" || (turned && (mark.kind === "line" || mark.kind === "band")));
  const groups = [...new Set(grouped.map((mark) => mark.series))];
  const overlaid = turned && !grouped.some((mark) => mark.kind === "bars");
  const slotOf = (mark) => {
    if (overlaid) return { from: -0.4, to: 0.4, middle: 0 };
    const i = Math.max(0, groups.indexOf(mark.series));
    const from = -0.38 + (0.76 * i) / groups.length;
    const to = -0.38 + (0.76 * (i + 1)) / groups.length;
    return { from, to, middle: (from + to) / 2 };
  };
  const [across, down] = turned ? ["y", "x"] : ["x", "y"];
  const usual = heightOf(figure, width, overlaid ? 0 : groups.length);
  const vertical = axisOf(figure, down, turned ? 40 : Math.max(3, usual / 55));
  const left = Math.min(0.42 * width, 16 + 6.6 * vertical.widest);
  const horizontal = axisOf(figure, across, Math.max(2, (width - left) / 70));
  const letters = Math.floor((width - 20) / 6.6);
  const slanted = figure[across].scale === "categories" && horizontal.widest * 6.8 > (width - left) / horizontal.ticks.length;
  const below = (slanted ? 14 + 4.6 * horizontal.widest : 24) + (horizontal.label ? 18 : 0);
  const height = Math.round(usual + Math.max(0, below - 42));
  const scale = (axis, reversed) => ({
    type: axis.log ? "log" : "linear", domain: reversed ? [...axis.domain].reverse() : axis.domain, label: null, nice: false,
  });
  const grid = { stroke: "var(--grid)", strokeOpacity: 1 };
  const marks = [
    ...(turned ? [] : [Plot.gridY(vertical.ticks, grid)]),
    Plot.gridX(horizontal.ticks, grid),
    ...figure.marks.flatMap((mark) => plotMarks(mark, figure, colors.get(mark.series), turned, slotOf(mark))),
    ...(figure.marks.some((mark) => mark.kind === "bars") ? [turned ? Plot.ruleX([0], { stroke: "var(--muted)" }) : Plot.ruleY([0], { stroke: "var(--muted)" })] : []),
    Plot.axisX(horizontal.ticks, { tickFormat: horizontal.format, tickSize: 4, color: "var(--muted)", label: horizontal.label ? cut(horizontal.label, letters) : null, labelAnchor: "right", labelArrow: "none", labelOffset: below - 8, ...(slanted ? { tickRotate: -40, textAnchor: "end" } : {}) }),
    Plot.axisY(vertical.ticks, { tickFormat: vertical.format, tickSize: turned ? 0 : 4, color: "var(--muted)", label: !turned && vertical.label ? cut(vertical.label, letters) : null, labelAnchor: "top", labelArrow: "none", lineWidth: 30 }),
    ...tip(figure, turned, slotOf),
  ];
  const values = figure.marks.filter((mark) => mark.kind === "cells").flatMap((mark) => mark.value);
  const svg = Plot.plot({
    width, height, marginLeft: left, marginRight: 14, marginTop: turned ? 8 : 24, marginBottom: below,
    x: scale(horizontal, false), y: scale(vertical, turned),
    opacity: values.length > 0 ? { type: "linear", domain: rangeOf(values), range: [0, 1], clamp: true } : {},
    style: { fontFamily: "inherit", fontSize: "12px", color: "inherit", background: "none" },
    marks,
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

/** Shares run from 0 to 1; other values from the least to the greatest. */
function rangeOf(values) {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return low >= 0 && high <= 1 ? [0, 1] : low === high ? [low - 1, high] : [low, high];
}

/** What stands under the pointer, in words. */
function tip(figure, turned, slotOf) {
  const name = (axis, value) => (axis.scale === "categories" ? axis.categories[Math.round(value)] : shown(value));
  const rows = [];
  for (const mark of figure.marks) {
    if (mark.kind === "rule" || mark.kind === "band") continue;
    const series = mark.series ? `${mark.series}\n` : "";
    rowsOf(mark).forEach((d) => {
      const interval = d.x2 !== undefined;
      const x = mark.kind === "bars" && !interval ? d.x + slotOf(mark).middle : interval ? (d.x + d.x2) / 2 : d.x;
      const y = mark.kind === "cells" ? (d.y + d.y2) / 2 : d.y;
      const place = `${figure.x.label || "x"}: ${interval ? `${shown(d.x)} to ${shown(d.x2)}` : name(figure.x, d.x)}`;
      const value = mark.kind === "cells" ? `${figure.y.label || "y"}: ${shown(y)}\n${shown(d.value)}` : `${figure.y.label || "y"}: ${name(figure.y, d.y)}`;
      const error = d.lower === undefined ? "" : ` (${shown(d.lower)} to ${shown(d.upper)})`;
      rows.push({ x, y, text: `${series}${place}\n${value}${error}` });
    });
  }
  const at = turned ? { x: "y", y: "x" } : { x: "x", y: "y" };
  return [Plot.tip(rows, Plot.pointer({ ...at, title: "text", ariaHidden: "true", fill: "var(--paper)", stroke: "var(--muted)", maxRadius: 30, textPadding: 8 }))];
}

/** Maps of several series that would hide each other, which then have a picture each; else none. */
function hiddenMaps(figure) {
  const maps = figure.marks.filter((mark) => mark.kind === "cells");
  const places = maps.flatMap((map) => map.x.map((x, i) => `${x} ${map.y[i]}`));
  return new Set(places).size < places.length ? maps : [];
}

/** The chart of a figure without a fault: one picture, or one for each map. */
function chartOf(figure, width) {
  const colors = colorsOf(figure);
  const maps = hiddenMaps(figure);
  if (maps.length === 0) return element("div", {}, picture(figure, width, colors));
  const others = figure.marks.filter((mark) => mark.kind !== "cells");
  const columns = Math.max(1, Math.floor((width + 16) / 236));
  const each = Math.floor((width - 16 * (Math.min(columns, maps.length) - 1)) / Math.min(columns, maps.length));
  return element("div", { class: "multiples" }, maps.map((map) =>
    element("div", {}, element("h4", {}, map.series), picture({ ...figure, title: `${figure.title}: ${map.series}`, marks: [map, ...others] }, each, colors))));
}
