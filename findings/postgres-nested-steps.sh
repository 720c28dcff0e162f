#!/bin/sh
# PostgreSQL 15: the time to plan a chain of common table expressions AS NOT MATERIALIZED, each of which is kept apart by OFFSET 0, grows
# with about the cube of their number, although each step reads one row from the step before it. AS MATERIALIZED is planned at once.
# Whoever writes a long computation as a chain of steps lets PostgreSQL store the steps.
set -eu
bin=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || :)
if [ -z "$bin" ]; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -q >/dev/null
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql-15 >/dev/null
  bin=/usr/lib/postgresql/15/bin
fi
home=$(mktemp -d)
as=
if [ "$(id -u)" = 0 ]; then # no server runs as root
  chown postgres "$home"
  as="runuser -u postgres --"
fi
cd "$home"
# shellcheck disable=SC2064,SC2086  # as is words
trap "$as $bin/pg_ctl -D $home/data -m immediate stop >/dev/null 2>&1; rm -rf $home" EXIT
# shellcheck disable=SC2086
{
  $as "$bin/initdb" -D "$home/data" -A trust --locale=C -N >/dev/null
  $as "$bin/pg_ctl" -w -D "$home/data" -l "$home/log" -o "-h '' -k $home -F" start >/dev/null
}
ask() {
  # shellcheck disable=SC2086
  $as "$bin/psql" -X -q -t -A -h "$home" -d postgres -f "$1"
}
# chain STEPS KIND FENCE: EXPLAIN of a chain in which each step adds 1 to the number of the step before.
chain() {
  awk -v steps="$1" -v kind="$2" -v fence="$3" 'BEGIN {
    printf "EXPLAIN (SUMMARY) WITH s0 AS %s (SELECT 1::float8 AS x%s)", kind, fence
    for (i = 1; i <= steps; ++i) printf ",\ns%d AS %s (SELECT m.x + 1 AS x FROM s%d AS m%s)", i, kind, i - 1, fence
    printf "\nSELECT x FROM s%d;\n", steps
  }' >"$home/query.sql"
  chmod 644 "$home/query.sql"
  ask "$home/query.sql" | sed -n 's/^Planning Time: \(.*\) ms$/\1/p'
}
chmod 755 "$home"
echo 'SHOW server_version' >"$home/version.sql"
echo "PostgreSQL $(ask "$home/version.sql")"
short=$(chain 40 "NOT MATERIALIZED" " OFFSET 0")
long=$(chain 160 "NOT MATERIALIZED" " OFFSET 0")
stored=$(chain 160 MATERIALIZED "")
echo "milliseconds of planning: 40 steps NOT MATERIALIZED $short, 160 steps $long, 160 steps MATERIALIZED $stored"
awk -v short="$short" -v long="$long" -v stored="$stored" 'BEGIN { exit !(long > 16 * short && long > 10 * stored) }' || {
  echo "postgres-nested-steps: 160 nested steps take less than 16 times as long as 40, or less than 10 times as long as stored ones"
  exit 1
}
