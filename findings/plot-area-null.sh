#!/bin/bash
# Observable Plot 0.6.17: an area that is given by its height alone (areaY with y) draws null and NaN as 0, as it is stacked first. The
# same rows as an area by both ends (y1 and y2) or as a line have a gap there, as the manual says of missing values. Give both ends.
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
const values = [4, 5, null, 6, 7, NaN, 5, 4];
const data = values.map((y, x) => ({x, y}));
// The y axis runs from 0 at the bottom (pixel 100) to 8 at the top (pixel 0); x from 0 (pixel 0) to 7 (pixel 70).
const frame = {document, width: 70, height: 100, margin: 0, axis: null, x: {domain: [0, 7]}, y: {domain: [0, 8]}};
const drawn = (mark) => {
  const figure = Plot.plot({...frame, marks: [mark]});
  const path = [...figure.querySelectorAll('path')].map((each) => each.getAttribute('d')).join('');
  const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  // Whether the outline comes down to 0 at this x on its way along the tops: then 0 is there twice, at the top and the bottom.
  const zero = (at) => points.filter(([x, y]) => Math.abs(x - at) < 1 && Math.abs(y - 100) < 1).length >= 2;
  return `${(path.match(/M/g) || []).length} part(s); null at 0: ${zero(20)}, NaN at 0: ${zero(50)}`;
};
console.log('area by its height:', drawn(Plot.areaY(data, {x: 'x', y: 'y'})));
console.log('area by both ends:', drawn(Plot.areaY(data, {x: 'x', y1: 0, y2: 'y'})));
console.log('line:', drawn(Plot.lineY(data, {x: 'x', y: 'y'})));
END
node run.js >seen
cat seen
diff - seen <<'END'
area by its height: 1 part(s); null at 0: true, NaN at 0: true
area by both ends: 3 part(s); null at 0: false, NaN at 0: false
line: 3 part(s); null at 0: false, NaN at 0: false
END
