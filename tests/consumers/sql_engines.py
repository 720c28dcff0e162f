"""DuckDB, PostgreSQL and SQLite, each with tables that are gone when it closes: run(sql) -> the rows of one statement; Failed
where the database refuses it. `seconds`: how long the last one took."""
import csv
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time


class Failed(Exception):
    pass


class DuckDb:
    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        modules = os.path.abspath(os.path.join(here, "..", "..", "build", "consumers", "node_modules"))
        self.node = subprocess.Popen(["node", os.path.join(here, "duckdb.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, env={**os.environ, "NODE_PATH": modules})

    def run(self, sql):
        self.node.stdin.write(json.dumps({"sql": sql}) + "\n")
        self.node.stdin.flush()
        answer = json.loads(self.node.stdout.readline() or '{"error": "node ended"}')
        if "error" in answer:
            raise Failed(answer["error"])
        self.seconds = answer["seconds"]
        return answer["rows"]

    def version(self):
        return "DuckDB " + self.run("SELECT version()")[0][0]

    def close(self):
        self.node.stdin.close()
        self.node.wait()


class Postgres:
    """A server of its own, on a socket in a directory that is removed afterwards. Every cell comes as a text."""

    def __init__(self):
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # no server runs as root
        self.home = tempfile.mkdtemp(prefix="moe-postgres-")
        if self.user:
            shutil.chown(self.home, "postgres")
        try:
            self.call("initdb", "-D", self.home + "/data", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
            self.call("pg_ctl", "-w", "-D", self.home + "/data", "-l", self.home + "/log", "-o", "-h '' -k %s -F" % self.home, "start")
        except Failed:
            self.close()
            raise

    def call(self, program, *arguments, **options):
        ran = subprocess.run(self.user + [self.programs + "/" + program, *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE if program == "psql" else None, cwd=self.home, **options)
        if ran.returncode != 0:
            raise Failed((ran.stderr or b"").decode("utf-8").strip() or program)
        return ran.stdout.decode("utf-8")

    def run(self, sql):
        # LLVM would need ten minutes and 3 GB for the deepest network.
        begin = time.perf_counter()
        out = self.call("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.home, "-d", "postgres", "--csv", "-t",
                        input=("SET jit = off;\n" + sql).encode("utf-8"))
        self.seconds = time.perf_counter() - begin
        return [[cell or None for cell in row] or [None] for row in csv.reader(out.splitlines(True))]

    def version(self):
        return "PostgreSQL " + self.run("SHOW server_version")[0][0].split()[0]

    def close(self):
        subprocess.run(self.user + [self.programs + "/pg_ctl", "-D", self.home + "/data", "-m", "immediate", "stop"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(self.home)


class Sqlite:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")

    def run(self, sql):
        begin = time.perf_counter()
        try:
            rows = self.db.execute(sql).fetchall()
        except sqlite3.Error as problem:
            raise Failed(str(problem)) from None
        self.seconds = time.perf_counter() - begin
        return rows

    def version(self):
        return "SQLite " + sqlite3.sqlite_version

    def close(self):
        self.db.close()


ENGINES = {"duckdb": DuckDb, "postgres": Postgres, "sqlite": Sqlite}
