// What stands beside the picture of a figure: its legend, its data as tables, and a sentence for those who cannot see
// it.

/** A figure in a sentence or two, for those who cannot see it. */
function described(figure) {
  const axis = (along) => {
    const { label, scale, categories } = figure[along];
    const what = label || (along === "x" ? "the horizontal axis" : "the vertical axis");
    if (scale === "categories") return `${what}: ${categories.length} categories`;
    const [low, high] = domainOf(figure, along);
    return `${what} from ${shown(low)} to ${shown(high)}`;
  };
  const series = [...new Set(figure.marks.map((mark) => mark.series).filter(Boolean))];
  const names = series.length > 0 ? `; shown: ${series.slice(0, 12).join(", ")}` : "";
  return `${axis("x")}; ${axis("y")}${names}. The data stand in a table below.`;
}

/** Which colour and sign belongs to which series. */
function legendOf(figure) {
  const colors = colorsOf(figure);
  const items = [...colors]
    .filter(([name]) => name !== "")
    .map(([name, color]) => {
      const kinds = figure.marks.filter((mark) => mark.series === name).map((mark) => mark.kind);
      if (kinds[0] === "cells" && (hiddenMaps(figure).length > 0 || colors.size === 1)) {
        const [low, high] = rangeOf(figure.marks.filter((mark) => mark.kind === "cells").flatMap((mark) => mark.value));
        const ramp = element("span", { class: "ramp" });
        ramp.style.background = `linear-gradient(to right, transparent, ${color})`;
        return element("li", {}, `${name} ${shown(low)}`, ramp, shown(high));
      }
      return element(
        "li",
        {},
        sign(
          kinds[0],
          color,
          figure.marks.find((mark) => mark.series === name),
        ),
        name,
      );
    });
  return items.length > 0 ? element("ul", { class: "legend" }, items) : undefined;
}

function sign(kind, color, mark) {
  const make = (name, attributes) => {
    const result = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
    return result;
  };
  const svg = make("svg", { viewBox: "0 0 22 12", "aria-hidden": "true" });
  if (kind === "points") svg.append(make("circle", { cx: 11, cy: 6, r: 3, fill: color, "fill-opacity": 0.7 }));
  else if (kind === "band")
    svg.append(make("rect", { x: 1, y: 1, width: 20, height: 10, fill: color, "fill-opacity": 0.25 }));
  else if (kind === "bars" || kind === "cells")
    svg.append(make("rect", { x: 5, y: 1, width: 11, height: 10, fill: color, "fill-opacity": 0.85 }));
  else
    svg.append(
      make("line", {
        x1: 1,
        x2: 21,
        y1: 6,
        y2: 6,
        stroke: color,
        "stroke-width": 2.5,
        "stroke-dasharray": kind === "rule" ? "4 3" : dashOf(mark),
      }),
    );
  return svg;
}

/** The numbers of a figure, one table for each of its marks. */
function dataOf(figure) {
  return figure.marks.map((mark) => {
    const fields = fieldsOf(mark);
    const named = {
      x: mark.x2 ? `${figure.x.label} from` : figure.x.label,
      x2: `${figure.x.label} to`,
      y: figure.y.label,
      y2: `${figure.y.label} to`,
      value: "value",
      lower: "lower",
      upper: "upper",
    };
    if (mark.y2) named.y = `${figure.y.label} from`;
    const cell = (field, value) => {
      const axis = ALONG_X.includes(field) ? figure.x : figure.y;
      const whole = axis.scale === "categories" && field !== "value" && Number.isInteger(value);
      return whole ? axis.categories[value] : String(value);
    };
    return tableOf({
      title: mark.series || figure.title,
      columns: fields.map((field) => named[field].trim() || field),
      numeric: fields.map(
        (field) => !((ALONG_X.includes(field) ? figure.x : figure.y).scale === "categories" && field !== "value"),
      ),
      rows: rowsOf(mark).map((row) => fields.map((field) => cell(field, row[field]))),
    });
  });
}
