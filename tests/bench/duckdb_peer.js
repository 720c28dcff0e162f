#!/usr/bin/env node
// duckdb_peer.js SELECT IN OUT THREADS: DuckDB reads IN, scores it by an exported SELECT over "data", and writes the means to OUT.
'use strict';
const fs = require('fs');
const path = require('path');
const {DuckDBInstance} = require(path.join(__dirname, '../../build/consumers/node_modules/@duckdb/node-api'));

async function main(select, from, to, threads) {
  const db = await (await DuckDBInstance.create(':memory:', {threads})).connect();
  const query = fs.readFileSync(select, 'utf8').trim().replace(/;$/, '');
  await db.run(`CREATE VIEW data AS SELECT * FROM read_csv('${from}')`);
  await db.run(`COPY (SELECT moe_mean AS mean FROM (${query})) TO '${to}' (HEADER)`);
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(String(error));
  process.exit(1);
});
