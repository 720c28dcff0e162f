// What the runners in JavaScript share: CSV in and out, and the names of a model's predictions.
'use strict';
const {execFileSync, spawnSync} = require('child_process');
const fs = require('fs');

/** RFC 4180 text -> {name: [cell, ..]}. */
function readTable(path) {
  const rows = [];
  const text = fs.readFileSync(path, 'utf8');
  let row = [], cell = '', quoted = false, any = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') {
      quoted = any = true;
    } else if (c === ',' || c === '\n') {
      row.push(cell);
      cell = '';
      any = c === ',';
      if (c === '\n') rows.push(row), row = [];
    } else if (c !== '\r') {
      cell += c;
      any = true;
    }
  }
  if (any || row.length > 0) rows.push([...row, cell]);
  return Object.fromEntries(rows[0].map((name, j) => [name, rows.slice(1).map((r) => r[j])]));
}

/** columns: [[name, values], ..]; numbers in the shortest form that reads back. */
function writeTable(path, columns) {
  const field = (value) => /[",\n\r]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value}`;
  const lines = [columns.map(([name]) => field(name)).join(',')];
  for (let n = 0; n < columns[0][1].length; ++n) lines.push(columns.map(([, values]) => field(values[n])).join(','));
  fs.writeFileSync(path, lines.join('\n') + '\n');
}

/** Runs moe export; ends the program with 3 where it refuses the model. */
function exportModel(moe, model, format, to, options = []) {
  const more = process.env.WITH && format !== 'tfjs' ? ['--with', process.env.WITH] : [];
  const ran = spawnSync(moe, ['export', '-m', model, '--format', format, '-o', to, ...options, ...more], {encoding: 'utf8'});
  if (ran.status === 0) return;
  process.stderr.write(ran.stderr);
  process.exit(ran.status === 2 ? 3 : 1);
}

function inspect(moe, model) {
  const of = JSON.parse(execFileSync(moe, ['inspect', '--json', model], {encoding: 'utf8', maxBuffer: 1 << 28}));
  return {labels: of.labels || [], targets: of.targets || [of.target], experts: of.experts.length};
}

/** Column j of rows of `width` numbers that stand one behind the other. */
const column = (data, width, j) => Array.from({length: data.length / width}, (_, n) => data[n * width + j]);

/**
 * The columns that moe predict names. found: rows one behind the other, of mean and sd (N x T) or proba (N x C), gate
 * (N x K), expert_means (N x K x T).
 */
function predictions(found, {labels, targets, experts}) {
  const of = (name, t) => targets.length > 1 ? `${name}_${targets[t]}` : name;
  const T = targets.length, columns = [];
  if (labels.length > 0) {
    const C = labels.length, proba = labels.map((_, c) => column(found.proba, C, c));
    const largest = (n) => proba.reduce((best, p, c) => p[n] > proba[best][n] ? c : best, 0);
    const label = found.label || proba[0].map((_, n) => largest(n));
    columns.push(['label', Array.from(label, (c) => labels[Number(c)])]);
    labels.forEach((word, c) => columns.push([`p_${word}`, proba[c]]));
  }
  for (const what of ['mean', 'sd'])
    if (found[what]) targets.forEach((_, t) => columns.push([of(what, t), column(found[what], T, t)]));
  for (let k = 0; k < experts; ++k) columns.push([`gate_${k + 1}`, column(found.gate, experts, k)]);
  targets.forEach((_, t) => {
    for (let k = 0; k < experts; ++k)
      columns.push([of(`mean_${k + 1}`, t), column(found.expert_means, experts * T, k * T + t)]);
  });
  const known = ['label', 'proba', 'mean', 'sd', 'gate', 'expert_means'];
  for (const what of Object.keys(found)) if (!known.includes(what)) columns.push([what, found[what]]);  // of --with
  return columns;
}

module.exports = {readTable, writeTable, exportModel, inspect, predictions};
