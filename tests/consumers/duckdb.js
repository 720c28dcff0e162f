// Runs the statements of a job in DuckDB: {create, load, score, select} as JSON -> {rows, seconds, version}.
'use strict';
const { DuckDBInstance } = require('@duckdb/node-api');

async function main() {
  const job = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(job.create);
  await db.run(job.load);
  const begin = process.hrtime.bigint();
  await db.run(job.score);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const rows = (await db.runAndReadAll(job.select)).getRows();
  const version = (await db.runAndReadAll('SELECT version()')).getRows()[0][0];
  process.stdout.write(JSON.stringify({ rows, seconds, version }));
}

main();
