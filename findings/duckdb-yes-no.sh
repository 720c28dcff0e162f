#!/bin/sh
# DuckDB 1.5.6: read_csv takes a column of yes and no (or t and f, T and F) for BOOLEAN, and its text is then true and false: a join or a
# CASE on 'yes' finds no row, without a word. Whoever compares texts reads the file with all_varchar = true, or names the column's type.
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
echo '{"private": true}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts @duckdb/node-api@1.5.6-r.1
printf 'housing,x\nyes,1\nno,2\nyes,3\n' >loans.csv
cat >run.js <<'END'
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  const ask = async (sql) => {
    const rows = (await db.runAndReadAll(sql)).getRows();
    console.log(sql, '->', rows.map((row) => row.join(' ')).join(', '));
    return rows.map((row) => row.join(' ')).join(', ');
  };
  console.log('DuckDB', (await db.runAndReadAll('SELECT version()')).getRows()[0][0]);
  const type = await ask("SELECT DISTINCT typeof(housing) FROM 'loans.csv'");
  const text = await ask("SELECT CAST(housing AS VARCHAR) FROM 'loans.csv'");
  const found = await ask("SELECT count(*) FROM 'loans.csv' WHERE CAST(housing AS VARCHAR) = 'yes'");
  if (type !== 'BOOLEAN' || text !== 'true, false, true' || found !== '0') {
    console.log('duckdb-yes-no: another answer than BOOLEAN, true, false, true and 0');
    process.exit(1);
  }
})();
END
node run.js
