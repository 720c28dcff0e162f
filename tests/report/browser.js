#!/usr/bin/env node
// browser.js NODE_MODULES MOE PAGE MODEL ROWS [--hostile NAME]: opens PAGE, which `moe report` has made of MODEL, as a
// file in Chromium by playwright-core, and prints a line for each fault: errors in the console, requests, figures that
// are not drawn, serious findings of axe-core, a page wider than a phone, numbers of the what-if panel that are not
// those of `moe predict` for ROWS (its inputs, and lines of cells) to 12 digits, and where NAME is given, a page that
// does not show it as text. Prints "N checks, M faults" at the end.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");

const [modules, moe, page, model, rows, , hostile] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
let checks = 0;
let faults = 0;

function check(right, fault) {
  ++checks;
  if (right) return;
  ++faults;
  console.log(fault);
}

const cells = (text) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(","));

/** What moe predicts for each row, by the names of its columns. */
function predicted(words) {
  const [names, ...lines] = cells(
    execFileSync(moe, ["predict", "-m", model, "--output", words, rows], { encoding: "utf8" }),
  );
  return lines.map((line) => Object.fromEntries(names.map((name, j) => [name, line[j]])));
}

async function open(browser, options, seen) {
  const tab = await browser.newPage(options);
  tab.on("console", (message) => message.type() === "error" && seen.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  tab.on("request", (request) => request.url() !== `file://${page}` && seen.push(`request: ${request.url()}`));
  await tab.goto(`file://${page}`);
  await tab.waitForSelector("html[data-drawn]", { timeout: 60_000 });
  return tab;
}

/** Each figure has an SVG with a name, marks and no number that is none. */
async function checkFigures(tab) {
  const figures = await tab.$$eval("figure", (all) =>
    all.map((figure) => {
      const svgs = [...figure.querySelectorAll(".chart svg[role=img]")];
      return {
        title: figure.querySelector("h3").textContent,
        drawn: svgs.length > 0,
        fault: figure.querySelector(".fault")?.textContent,
        named: svgs.every((svg) => svg.getAttribute("aria-label").length > 10),
        odd: svgs.some((svg) => /NaN|Infinity|undefined/.test(svg.outerHTML)),
        marks: svgs.every(
          (svg) =>
            svg.querySelector(
              "[data-mark=line], [data-mark=dot], [data-mark=rect], [data-mark=area], [data-mark=link]",
            ) !== null,
        ),
      };
    }),
  );
  check(figures.length > 0, "there is no figure");
  for (const { title, drawn, fault, named, odd, marks } of figures)
    check(
      drawn && named && marks && !odd && fault === undefined,
      `figure '${title}': ${fault ?? "not drawn as it should be"}`,
    );
}

/** The sections, and the links to them. */
async function checkContents(tab) {
  const broken = await tab.$$eval(
    "nav a",
    (links) => links.filter((link) => document.getElementById(link.hash.slice(1)) === null).length,
  );
  const links = await tab.$$eval("nav a", (all) => all.length);
  check(links > 1 && broken === 0, `${broken} of ${links} links lead nowhere`);
}

/** Sets each row's cells in the panel, in the order of the inputs, and compares all numbers. */
async function checkWhatIf(tab, words) {
  const [names, ...lines] = cells(fs.readFileSync(rows, "utf8"));
  const truth = predicted(words);
  await tab.click("#what-if summary");
  for (const [n, line] of lines.entries()) {
    const labels = await tab.$$eval("#what-if label[for]", (all) =>
      all.map((label) => [label.textContent, label.htmlFor]),
    );
    for (const [label, id] of labels) {
      const value = line[names.indexOf(label)];
      if (await tab.$eval(`#${id}`, (field) => field.tagName === "SELECT"))
        await tab.selectOption(`#${id}`, { label: value });
      else await tab.fill(`#${id}`, value);
    }
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const shown = Object.fromEntries(
      await tab.$$eval("#what-if tbody tr", (all) =>
        all.map((row) => [...row.children].map((cell) => cell.textContent)),
      ),
    );
    for (const [name, value] of Object.entries(truth[n])) {
      const [a, b] = [shown[name], value].map(Number);
      const size = Math.max(
        Math.abs(b),
        name.startsWith("gate") || name.startsWith("p_") ? 1 : Number(truth[n].sd ?? 0),
      );
      check(
        shown[name] === value || Math.abs(a - b) <= 1e-12 * size,
        `row ${n + 1}: ${name} is ${shown[name]} in the page, ${value} from moe predict`,
      );
    }
  }
}

/** A slider and its field move together, and the answer follows. */
async function checkSlider(tab) {
  const slider = await tab.$("#what-if input[type=range]");
  if (slider === null) return;
  const before = await tab.textContent("#what-if tbody");
  await slider.focus();
  for (let i = 0; i < 12; ++i) await tab.keyboard.press("ArrowRight");
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const [at, field] = await tab.$eval("#what-if .control:has(input[type=range])", (box) => [
    box.querySelector("[type=range]").value,
    box.querySelector("[type=number]").value,
  ]);
  check(Number(at) === Number(field), `the slider is at ${at}, its field at ${field}`);
  check((await tab.textContent("#what-if tbody")) !== before, "the slider moves, and the numbers do not");
}

async function checkAccessibility(tab, theme) {
  // The page's own rules let no script in; axe comes from outside of the page, as an extension would.
  await tab.evaluate(fs.readFileSync(path.join(modules, "axe-core/axe.min.js"), "utf8"));
  const found = await tab.evaluate(() =>
    axe
      .run(document, { resultTypes: ["violations"] })
      .then((result) =>
        result.violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes[0].html.slice(0, 200)}`),
      ),
  );
  const grave = found.filter((line) => /^(serious|critical)/.test(line));
  check(grave.length === 0, `axe, ${theme}: ${grave.join("\n  ")}`);
}

/** Tables of a figure's data, and the text of a name that is no markup. */
async function checkTables(tab) {
  const table = await tab.$("figure details summary");
  if (table === null) return;
  await table.click();
  const filled = await tab.waitForSelector("figure details[open] tbody tr", { timeout: 20_000 }).catch(() => null);
  check(filled !== null, "the table of a figure is empty");
}

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const seen = [];
  try {
    const tab = await open(browser, { viewport: { width: 1280, height: 900 }, colorScheme: "light" }, seen);
    await checkFigures(tab);
    await checkContents(tab);
    if ((await tab.$("#what-if")) !== null) {
      const classes = (await tab.$("#what-if .headline + p")) === null;
      const one = (await tab.$$eval("#what-if .headline", (all) => all.length)) === 1;
      const density = (await tab.textContent("#what-if .answer")).includes("standard deviation");
      const ofNumber = density ? (one ? "mean,sd,interval:0.9,median,gate" : "mean,sd,gate") : "mean,gate";
      await checkWhatIf(tab, classes ? "label,proba,gate" : ofNumber);
      await checkSlider(tab);
    }
    await checkTables(tab);
    await checkAccessibility(tab, "light");
    if (hostile !== undefined) {
      check((await tab.evaluate(() => document.body.innerText)).includes(hostile), `'${hostile}' is not shown as text`);
      check(
        (await tab.$$eval("main b, main script, main img", (all) => all.length)) === 0,
        `'${hostile}' became markup`,
      );
    }
    await tab.close();
    const phone = await open(browser, { viewport: { width: 390, height: 800 }, colorScheme: "dark" }, seen);
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    check(width <= 390, `the page is ${width} pixels wide on a phone of 390`);
    await checkAccessibility(phone, "dark");
    await phone.emulateMedia({ media: "print" });
    const hidden = await phone.$$eval("nav, .controls, .theme", (all) =>
      all.every((one) => getComputedStyle(one).display === "none"),
    );
    check(hidden, "sliders, contents or switches are printed");
    const paper = await phone.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue("--paper").trim(),
    );
    check(paper === "#ffffff", `paper is ${paper}`);
    check(seen.length === 0, seen.join("\n"));
  } finally {
    await browser.close();
  }
  console.log(`${checks} checks, ${faults} faults`);
  process.exitCode = faults === 0 ? 0 : 1;
}

main();
