// A database in memory: a line of JSON in, {sql}; a line out, {rows, seconds} or {error}.
'use strict';
const { DuckDBInstance } = require('@duckdb/node-api');
const readline = require('readline');

// What JSON has no word for.
const plain = (key, value) =>
  typeof value === 'bigint' ? Number(value) : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

async function main() {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    const begin = process.hrtime.bigint();
    try {
      const rows = (await db.runAndReadAll(JSON.parse(line).sql)).getRows();
      answer = { rows, seconds: Number(process.hrtime.bigint() - begin) / 1e9 };
    } catch (problem) {
      answer = { error: problem.message };
    }
    process.stdout.write(JSON.stringify(answer, plain) + '\n');
  }
}

main();
