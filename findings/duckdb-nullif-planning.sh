#!/bin/sh
# DuckDB 1.5.6: nullif(a, b) stands for CASE WHEN a = b THEN NULL ELSE a END, and a is planned twice; in nullif(nullif(..)) four times. Over 1,000
# columns such a SELECT plans for many seconds before it reads a row, where the same without nullif plans in one. Whoever writes SQL by
# a program moves the test into a condition of its own.
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
echo '{"private": true}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts @duckdb/node-api@1.5.6-r.1
cat >run.js <<'END'
const { DuckDBInstance } = require('@duckdb/node-api');
const columns = 500;
const list = (of) => Array.from({ length: columns }, (_, i) => `${of('t.x' + i)} AS c${i}`).join(', ');
const clamped = (x) => `greatest(least(CASE WHEN ${x} > 0 THEN ${x} + 1 END, 1e9), -1e9)`;
(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  console.log('DuckDB', (await db.runAndReadAll('SELECT version()')).getRows()[0][0]);
  await db.run(`CREATE TABLE t (${Array.from({ length: columns }, (_, i) => `x${i} DOUBLE`).join(', ')})`);
  const seconds = async (of) => {
    const begin = Date.now();
    await db.runAndReadAll(`EXPLAIN SELECT ${list(of)} FROM t`);
    return (Date.now() - begin) / 1000;
  };
  const plain = await seconds(clamped);
  const nested = await seconds((x) => `nullif(nullif(${clamped(x)}, 1e9), -1e9)`);
  console.log(`${columns} columns of greatest(least(CASE ..)) planned in ${plain} s, within two nullif in ${nested} s`);
  if (!(nested > 5 * plain)) {
    console.log('duckdb-nullif-planning: no longer five times as long');
    process.exit(1);
  }
})();
END
node run.js
