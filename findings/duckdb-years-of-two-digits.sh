#!/bin/sh
# DuckDB 1.5.6: read_csv takes 31.12.24 and 02.01.24 for days of 2031 and 2002: of the orders that read a whole column it takes the year first,
# without a word; a year beyond 31 in one row turns all days round. Whoever has days with years of two digits names the order (dateformat).
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
echo '{"private": true}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts @duckdb/node-api@1.5.6-r.1
printf 'day,x\n31.12.24,1\n02.01.24,2\n' >two.csv
printf 'day,x\n31.12.24,1\n02.01.24,2\n30.11.99,3\n' >three.csv
cat >run.js <<'END'
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  const ask = async (sql) => {
    const rows = (await db.runAndReadAll(sql)).getRows();
    const answer = rows.map((row) => row.join(' ')).join(', ');
    console.log(sql, '->', answer);
    return answer;
  };
  console.log('DuckDB', (await db.runAndReadAll('SELECT version()')).getRows()[0][0]);
  const two = await ask("SELECT CAST(day AS VARCHAR) FROM 'two.csv'");
  const three = await ask("SELECT CAST(day AS VARCHAR) FROM 'three.csv'");
  if (two !== '2031-12-24, 2002-01-24' || three !== '2024-12-31, 2024-01-02, 1999-11-30') {
    console.log('duckdb-years-of-two-digits: other days than 2031-12-24, 2002-01-24 and 2024-12-31, 2024-01-02, 1999-11-30');
    process.exit(1);
  }
})();
END
node run.js
