const trimmed = (cell) => String(cell).replace(/^[ \t]+|[ \t]+$/g, "");
const missing = (cell) => cell === undefined || cell === null || MISSING.has(trimmed(cell));

/** What is written as a decimal, or NaN: "0x10" is no number here. */
const decimal = (cell) =>
  typeof cell === "number" ? cell : /^[ \t]*[-+]?[.\d][-+.\de]*[ \t]*$/i.test(String(cell)) ? Number(cell) : NaN;

/** A cell as a number: NaN where it is missing. */
function number(cell, name) {
  const value = decimal(cell);
  if (typeof cell !== "number" && value !== value && !missing(cell))
    throw new Error(`column ${JSON.stringify(name)}: ${JSON.stringify(String(cell))} is no number`);
  return MISSING_NUMBERS.includes(value) ? NaN : value;
}

/** From a column's cell to a number; of a category to its level's place, 0 for one that is not known. */
function reader(column) {
  if (!column.levels) return (cell) => number(cell, column.name);
  const text = column.blanks ? String : trimmed;
  const key = { text, number: decimal, boolean: (cell) => text(cell).toLowerCase() }[column.comparison];
  const places = new Map();
  column.levels.forEach((level, place) => level === "(missing)" || places.set(key(level), place));
  column.others.forEach(([other, place]) => places.set(other, place)); // a number may be a level whose text is another
  return (cell) => {
    const place = cell === undefined || cell === null ? undefined : places.get(cell) ?? places.get(key(cell));
    if (place !== undefined) return place;
    const byValue = LEVELS_BY_VALUE && MISSING_NUMBERS.includes(decimal(cell));
    return missing(cell) || cell === "(missing)" || byValue ? column.missing : 0;
  };
}

const READERS = INPUTS.map(reader);
const OTHERS = [OFFSET, EXPOSURE, TRIALS];

/** Puts a row's inputs, offset and trials into V; whether all are known. */
function place(cells, others) {
  let at = 0;
  let known = true;
  for (let j = 0; j < INPUTS.length; ++j) {
    const column = INPUTS[j];
    const value = cells[j];
    const absent = value !== value;
    if (column.levels) {
      if (absent) known = false;
      for (let level = 1; level < column.levels.length; ++level) V[at++] = value === level ? 1 : 0;
      continue;
    }
    V[at++] = absent ? column.fill : value;
    if (absent && column.fill !== column.fill) known = false;
    if (column.indicator) V[at++] = absent ? 1 : 0;
  }
  V[at] = (OFFSET === null ? 0 : others[0]) + (EXPOSURE === null ? 0 : Math.log(others[1]));
  V[at + 1] = TRIALS === null ? 0 : others[2];
  return known && Number.isFinite(V[at]) && V[at + 1] === V[at + 1];
}

function label() {
  let best = 0;
  for (let c = 0; c < LABELS.length; ++c) {
    const p = V[PROBABILITIES + c];
    if (p !== p) return null;
    if (p > V[PROBABILITIES + best]) best = c;
  }
  return LABELS[best];
}

function cell(row, name) {
  const value = row[name];
  if (value === undefined && !(name in row)) throw new Error(`there is no column ${JSON.stringify(name)}`);
  return value;
}

/** Computes the predictions of a row; whether it has any. */
function take(row) {
  const cells = INPUTS.map((column, j) => READERS[j](cell(row, column.name)));
  const known = place(cells, OTHERS.map((name) => (name === null ? 0 : number(cell(row, name), name))));
  if (known) compute();
  return known;
}

/** An object that holds the model's columns by name -> an object of predictions, by what OUTPUTS names. */
export function predict(row) {
  const known = take(row);
  const result = LABELS.length > 0 ? [["label", known ? label() : null]] : [];
  OUTPUTS.forEach((name, i) => result.push([name, known ? V[PLACES[i]] : NaN]));
  return Object.fromEntries(result);
}

/** An object of the columns, each of n cells (arrays or typed arrays) -> an object of columns of predictions. */
export function predictColumns(columns, n) {
  const read = (name, of) => {
    const cells = cell(columns, name);
    if (cells.length < n) throw new Error(`column ${JSON.stringify(name)} has ${cells.length} cells, not ${n}`);
    const values = new Float64Array(n);
    for (let i = 0; i < n; ++i) values[i] = of(cells[i]);
    return values;
  };
  const inputs = INPUTS.map((column, j) => read(column.name, READERS[j]));
  const beside = OTHERS.map((name) => (name === null ? new Float64Array(n) : read(name, (x) => number(x, name))));
  const results = OUTPUTS.map(() => new Float64Array(n));
  const labels = LABELS.length > 0 ? new Array(n).fill(null) : null;
  const cells = new Float64Array(INPUTS.length);
  const others = new Float64Array(OTHERS.length);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < cells.length; ++j) cells[j] = inputs[j][i];
    for (let j = 0; j < others.length; ++j) others[j] = beside[j][i];
    const known = place(cells, others);
    if (known) compute();
    for (let o = 0; o < results.length; ++o) results[o][i] = known ? V[PLACES[o]] : NaN;
    if (labels !== null && known) labels[i] = label();
  }
  const named = OUTPUTS.map((name, o) => [name, results[o]]);
  return Object.fromEntries(labels === null ? named : [["label", labels], ...named]);
}

/** outputs numbers from `to` on: each an intercept and weights, from w on in W, of the inputs from `at` on. */
function dense(at, inputs, to, outputs, w) {
  for (let o = 0; o < outputs; ++o) {
    let sum = W[w++];
    for (let i = 0; i < inputs; ++i) sum += V[at + i] * W[w++];
    V[to + o] = sum;
  }
}

function pick(p, to, count) {
  for (let i = 0; i < count; ++i) V[to + i] = V[P[p + i]];
}
