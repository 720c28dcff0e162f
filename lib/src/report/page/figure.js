// A figure of the report: its axes and marks, their colours, and what keeps it from being drawn. Everything is checked
// first: a figure with a fault is a sentence, not a wrong picture.

const FIELDS = {
  line: ["x", "y"],
  band: ["x", "y", "y2"],
  points: ["x", "y"],
  bars: ["x", "y"],
  cells: ["x", "x2", "y", "y2", "value"],
};
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
    if (mark.kind !== "rule" && FIELDS[mark.kind] === undefined)
      return `${name} is of a kind that this page does not know.`;
    for (const field of FIELDS[mark.kind] ?? [])
      if (mark[field] === undefined) return `${name} lacks its numbers ${field}.`;
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
      if (
        field !== "value" &&
        axis.scale === "categories" &&
        mark[field].some((value) => value < -0.5 || value > axis.categories.length - 0.5)
      )
        return `${name} names a category that there is not.`;
    }
    if (mark.kind === "bars" && figure.y.scale === "log")
      return `${name} are bars, which have no beginning on a logarithmic axis.`;
  }
  return figure.marks.every((mark) => (mark.x ?? mark.y).length === 0) ? "It has nothing to show." : "";
}

/**
 * A colour for each series. Expert k has the k-th in every figure; others have what is left, in order, and ink where
 * they stand beside experts. A band has the colour of the first line. Points and rules beside others, and what is there
 * for comparison, are grey.
 */
function colorsOf(figure) {
  const names = [...new Set(figure.marks.map((mark) => mark.series))];
  const all = (name, ...kinds) => figure.marks.every((mark) => mark.series !== name || kinds.includes(mark.kind));
  const isReference = (name) => figure.marks.every((mark) => mark.series !== name || mark.reference);
  const others = names.filter((name) => expertOf(name) === undefined && !isReference(name));
  const experts = names.some((name) => expertOf(name) !== undefined);
  const own = others.filter(
    (name) => !all(name, "rule") && !(all(name, "points") && names.length > 1) && !all(name, "band"),
  );
  const colors = new Map(own.map((name, i) => [name, experts ? "var(--ink)" : colorOf(i)]));
  const bands = others.filter((name) => all(name, "band"));
  bands.forEach((name, i) => colors.set(name, own.length > 0 ? colors.get(own[0]) : colorOf(i)));
  return new Map(
    names.map((name) => [
      name,
      expertOf(name) !== undefined && !isReference(name)
        ? colorOf(expertOf(name) - 1)
        : (colors.get(name) ?? "var(--muted)"),
    ]),
  );
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
    : axis.scale === "log"
      ? logSteps(...domain, room)
      : steps(...domain, room);
  const most = along === "x" && !isTurned(figure) ? 25 : 45;
  if (categories && ticks.length > most)
    ticks = ticks.filter((i) => i % Math.ceil(axis.categories.length / most) === 0);
  const format = (value) => (categories ? cut(axis.categories[value], 24) : shown(value));
  return {
    domain,
    ticks,
    format,
    widest: Math.max(0, ...ticks.map((value) => format(value).length)),
    log: axis.scale === "log",
    categories,
    label: axis.label,
  };
}

/** Whether the categories of x stand one below the other, where their names have room, and y runs to the right. */
const isTurned = (figure) =>
  figure.x.scale === "categories" &&
  figure.y.scale !== "categories" &&
  figure.marks.every((mark) => mark.kind !== "cells");

/** Shares run from 0 to 1; other values from the least to the greatest. */
function rangeOf(values) {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return low >= 0 && high <= 1 ? [0, 1] : low === high ? [low - 1, high] : [low, high];
}

/** Maps of several series that would hide each other, which then have a picture each; else none. */
function hiddenMaps(figure) {
  const maps = figure.marks.filter((mark) => mark.kind === "cells");
  const places = maps.flatMap((map) => map.x.map((x, i) => `${x} ${map.y[i]}`));
  return new Set(places).size < places.length ? maps : [];
}
