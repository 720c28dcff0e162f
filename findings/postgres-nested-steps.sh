#!/bin/sh
# PostgreSQL 15: the time to plan a chain of common table expressions AS NOT MATERIALIZED, each of which is kept apart by OFFSET 0, grows
# with about the cube of their number, although each step reads one row from the step before it. AS MATERIALIZED is planned at once.
# Whoever writes a long computation as a chain of steps lets PostgreSQL store the steps.
set -eu
# shellcheck source=findings/postgres_server
. "$(dirname "$0")/postgres_server"
# chain STEPS KIND FENCE: EXPLAIN of a chain in which each step adds 1 to the number of the step before.
chain() {
  awk -v steps="$1" -v kind="$2" -v fence="$3" 'BEGIN {
    printf "EXPLAIN (SUMMARY) WITH s0 AS %s (SELECT 1::float8 AS x%s)", kind, fence
    for (i = 1; i <= steps; ++i) printf ",\ns%d AS %s (SELECT m.x + 1 AS x FROM s%d AS m%s)", i, kind, i - 1, fence
    printf "\nSELECT x FROM s%d;\n", steps
  }' >"$home/query.sql"
  chmod 644 "$home/query.sql"
  ask -f "$home/query.sql" | sed -n 's/^Planning Time: \(.*\) ms$/\1/p'
}
echo "PostgreSQL $(ask -c 'SHOW server_version')"
short=$(chain 40 "NOT MATERIALIZED" " OFFSET 0")
long=$(chain 160 "NOT MATERIALIZED" " OFFSET 0")
stored=$(chain 160 MATERIALIZED "")
echo "milliseconds of planning: 40 steps NOT MATERIALIZED $short, 160 steps $long, 160 steps MATERIALIZED $stored"
awk -v short="$short" -v long="$long" -v stored="$stored" 'BEGIN { exit !(long > 16 * short && long > 10 * stored) }' || {
  echo "postgres-nested-steps: 160 nested steps take less than 16 times as long as 40, or less than 10 times as long as stored ones"
  exit 1
}
