#!/bin/bash
# Observable Plot 0.6.17: on a logarithmic axis, areas and bars that are given by their height alone are not drawn at all, without a word or
# a warning: they begin at 0, which such an axis does not have. Give the lower end (y1) a positive number.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund @observablehq/plot@0.6.17 jsdom@26.1.0
cat >run.js <<'END'
import {JSDOM} from 'jsdom';
import * as Plot from '@observablehq/plot';
const document = new JSDOM('').window.document;
const data = [[1, 10], [2, 100], [3, 1000]].map(([x, y]) => ({x, y}));
// How many outlines without NaN, and rectangles with a height, stand in the figure; and whether Plot warned (it draws a sign).
const drawn = (type, mark) => {
  const figure = Plot.plot({document, y: {type, domain: [1, 2000]}, axis: null, marks: [mark]});
  const paths = [...figure.querySelectorAll('path')].filter((each) => {
    const d = each.getAttribute('d');
    return d && !d.includes('NaN');
  });
  const bars = [...figure.querySelectorAll('rect')].filter((each) => Number(each.getAttribute('height')) > 0);
  return `${paths.length + bars.length}${figure.outerHTML.includes('⚠') ? ', with a warning' : ''}`;
};
for (const type of ['log', 'linear']) {
  console.log(`${type} axis, area by its height:`, drawn(type, Plot.areaY(data, {x: 'x', y: 'y'})));
  console.log(`${type} axis, bars by their height:`, drawn(type, Plot.barY(data, {x: 'x', y: 'y'})));
  console.log(`${type} axis, area from 1:`, drawn(type, Plot.areaY(data, {x: 'x', y1: 1, y2: 'y'})));
  console.log(`${type} axis, line:`, drawn(type, Plot.lineY(data, {x: 'x', y: 'y'})));
}
END
node run.js >seen
cat seen
diff - seen <<'END'
log axis, area by its height: 0
log axis, bars by their height: 0
log axis, area from 1: 1
log axis, line: 1
linear axis, area by its height: 1
linear axis, bars by their height: 3
linear axis, area from 1: 1
linear axis, line: 1
END
