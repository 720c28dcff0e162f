#!/bin/sh
# PostgreSQL 15: exp(x) of a float8 below about -745 is an error, where IEEE arithmetic, DuckDB, SQLite, R and C give 0, so that one row
# far out ends a query over all rows. Whoever scores a logistic model in PostgreSQL writes exp(greatest(x, -700)).
set -eu
# shellcheck source=findings/postgres_server
. "$(dirname "$0")/postgres_server"
echo "PostgreSQL $(ask -c 'SHOW server_version')"
sql="SELECT exp(x) FROM (VALUES (-1::float8), (-800)) AS t(x)"
got=$(ask -c "$sql")
echo "$sql
$got"
[ "$got" = "ERROR:  value out of range: underflow" ] || {
  echo "postgres-exp-underflow: another answer than 'value out of range: underflow'"
  exit 1
}
