#!/bin/sh
# PostgreSQL 15: exp(x) of a float8 below about -745 is an error, where IEEE arithmetic, DuckDB, SQLite, R and C give 0, so that one row
# far out ends a query over all rows. Whoever scores a logistic model in PostgreSQL writes exp(greatest(x, -700)).
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
  $as "$bin/psql" -X -q -t -A -h "$home" -d postgres -c "$1" 2>&1 || :
}
echo "PostgreSQL $(ask 'SHOW server_version')"
sql="SELECT exp(x) FROM (VALUES (-1::float8), (-800)) AS t(x)"
got=$(ask "$sql")
echo "$sql
$got"
[ "$got" = "ERROR:  value out of range: underflow" ] || {
  echo "postgres-exp-underflow: another answer than 'value out of range: underflow'"
  exit 1
}
