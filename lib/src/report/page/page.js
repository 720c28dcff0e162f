// The page: its head, its contents, its sections, and when each figure is drawn.

const report = JSON.parse(document.getElementById("report").textContent);

/** Figures that have a place in the page, each with the width that it was drawn for. */
const places = [];

function figureElement(figure, i) {
  const fault = faultOf(figure);
  const title = `figure-${i}`;
  const chart = element("div", { class: "chart" });
  const caption = element(
    "figcaption",
    {},
    element("h3", { id: title }, figure.title),
    figure.caption ? element("p", {}, figure.caption) : undefined,
    figure.thinned ? element("p", { class: "thinned" }, figure.thinned) : undefined,
  );
  const wide = !fault && hiddenMaps(figure).length > 0;
  const result = element("figure", { "aria-labelledby": title, ...(wide ? { class: "wide" } : {}) }, caption);
  if (fault) {
    result.append(element("p", { class: "fault" }, `This figure is not drawn. ${fault}`));
    return result;
  }
  const table = element("details", {}, element("summary", {}, "Data as a table"));
  table.addEventListener("toggle", () => table.children.length === 1 && table.append(...dataOf(figure)));
  const legend = legendOf(figure);
  result.append(chart, ...(legend ? [legend] : []), table);
  places.push({ figure, chart, width: 0 });
  return result;
}

/** Draws a figure for a width in pixels, unless it is there already. */
function drawAt(place, width) {
  if (place.width === width) return;
  place.width = width;
  try {
    place.chart.replaceChildren(chartOf(place.figure, width));
  } catch (error) {
    place.chart.replaceChildren(element("p", { class: "fault" }, `This figure is not drawn: ${error.message}`));
  }
}

function sectionElement({ id, title, text, figures, tables }, number) {
  const head = `${id}-title`;
  const sentences =
    text.length > 1
      ? element(
          "ul",
          { class: "sentences" },
          text.map((one) => element("li", {}, one)),
        )
      : text.map((one) => element("p", {}, one));
  return element(
    "section",
    { id, "aria-labelledby": head },
    element("h2", { id: head }, title),
    sentences,
    figures.length > 0
      ? element(
          "div",
          { class: figures.length > 1 ? "figures" : "figures single" },
          figures.map((figure, i) => figureElement(figure, `${number}-${i}`)),
        )
      : undefined,
    tables.map((table) => element("div", { class: "table" }, tableOf(table))),
  );
}

function notesElement(notes) {
  if (notes.length === 0) return undefined;
  return element(
    "section",
    { id: "notes", "aria-labelledby": "notes-title" },
    element("h2", { id: "notes-title" }, notes.length === 1 ? "A note on this fit" : "Notes on this fit"),
    element(
      "ul",
      { class: "notes" },
      notes.map(({ text, advice }) =>
        element("li", {}, element("p", {}, text), advice ? element("p", {}, advice) : undefined),
      ),
    ),
  );
}

/** Marks the section that is being read in the contents. */
function followReader(sections, links) {
  const seen = new Map(sections.map((section) => [section, false]));
  const observer = new IntersectionObserver(
    (entries) => {
      entries.forEach((entry) => seen.set(entry.target, entry.isIntersecting));
      const current = sections.find((section) => seen.get(section));
      links.forEach((link, i) =>
        sections[i] === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"),
      );
    },
    { rootMargin: "-10% 0px -50% 0px" },
  );
  sections.forEach((section) => observer.observe(section));
}

/** Light, dark, or as the system has it. A browser may refuse to keep the choice. */
function themeSwitch() {
  const radios = [...document.querySelectorAll('input[name="theme"]')];
  const set = (theme) =>
    theme === "auto" ? delete document.documentElement.dataset.theme : (document.documentElement.dataset.theme = theme);
  let kept = null;
  try {
    kept = localStorage.getItem("moe-theme");
  } catch {
    kept = null;
  }
  for (const radio of radios) {
    radio.checked = radio.value === (kept ?? "auto");
    radio.addEventListener("change", () => {
      set(radio.value);
      try {
        localStorage.setItem("moe-theme", radio.value);
      } catch {
        // The choice then lasts as long as the page.
      }
    });
  }
  set(kept ?? "auto");
}

/** Draws all figures, a few at a time so that the page stays alive, and again where their places change their width. */
function drawAll(whatIf) {
  const width = (place) => Math.floor(place.chart.clientWidth);
  whatIf?.draw();
  let next = 0;
  const some = () => {
    const end = performance.now() + 30;
    while (next < places.length && performance.now() < end) drawAt(places[next], width(places[next++]));
    if (next < places.length) return void setTimeout(some);
    document.documentElement.dataset.drawn = "yes";
  };
  some();
  let window_ = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === window_) return; // the height alone changes where a phone's bars come and go
    window_ = innerWidth;
    clearTimeout(drawAll.later);
    drawAll.later = setTimeout(() => {
      places.forEach((place) => drawAt(place, width(place)));
      whatIf?.draw();
    }, 100);
  });
  // On paper a column is narrower than the window, which an element still has the width of when this is called.
  addEventListener("beforeprint", () =>
    places.forEach((place) => drawAt(place, place.chart.closest(".single, .wide") ? 680 : 330)),
  );
  addEventListener("afterprint", () => places.forEach((place) => drawAt(place, width(place))));
}

function build() {
  document.getElementById("title").textContent = report.title;
  document.getElementById("subtitle").textContent = report.subtitle;
  const whatIf = whatIfSection(report.what_if);
  const sections = report.sections.map(sectionElement);
  if (whatIf) sections.splice(sections.length > 0 && report.sections[0].id === "summary" ? 1 : 0, 0, whatIf.section);
  const notes = notesElement(report.notes);
  if (notes) sections.unshift(notes);
  const links = sections.map((section) =>
    element("a", { href: `#${section.id}` }, section.querySelector("h2").textContent),
  );
  document.getElementById("contents").append(...links.map((link) => element("li", {}, link)));
  document.getElementById("main").replaceChildren(...sections);
  themeSwitch();
  followReader(sections, links);
  drawAll(whatIf);
}

build();
