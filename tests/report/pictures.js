#!/usr/bin/env node
// pictures.js NODE_MODULES PAGE PREFIX: pictures of a page, to look at: PREFIX-light.png, -dark.png, -phone.png, and
// -print.pdf.
"use strict";
const path = require("path");
const [modules, page, prefix] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  for (const [name, width, colorScheme] of [
    ["light", 1280, "light"],
    ["dark", 1280, "dark"],
    ["phone", 390, "light"],
  ]) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await tab.goto(`file://${page}`);
    await tab.waitForSelector("html[data-drawn]");
    await tab.screenshot({ path: `${prefix}-${name}.png`, fullPage: true });
    if (name === "light") await tab.pdf({ path: `${prefix}-print.pdf`, format: "A4", preferCSSPageSize: true });
    await tab.close();
  }
  await browser.close();
}

main();
