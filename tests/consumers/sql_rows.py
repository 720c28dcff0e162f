"""What the SQL runners share: the rows as a table, and its predictions as a file in expected.csv's columns."""
import csv
import os
import subprocess
import sys


def name(text):
    return '"' + text.replace('"', '""') + '"'


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


class Rows:
    """CASE/rows.csv with the row's number in front; a column is of numbers where all its cells are, a missing one None, as whoever
    loads such a table into a database would have it."""

    def __init__(self, case):
        with open(case + "/rows.csv", newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        with open(case + "/expected.csv", newline="", encoding="utf-8") as file:
            self.wanted = next(csv.reader(file))
        self.numeric = [all(cell in ("", "NA") or is_number(cell) for cell in cells) for cells in zip(*rows)]
        self.names = ["moe row"] + header
        missing = [("", "NA") if numeric else ("",) for numeric in self.numeric]
        self.cells = [[n] + [None if cell in no else cell for cell, no in zip(row, missing)] for n, row in enumerate(rows)]

    def create(self, table, number, text):
        types = ["integer"] + [number if numeric else text for numeric in self.numeric]
        return "CREATE TABLE %s (%s)" % (table, ", ".join(name(n) + " " + t for n, t in zip(self.names, types)))

    def select(self, table):
        """The predictions that are wanted, in the rows' order."""
        columns = ", ".join(name("moe_" + n) for n in self.wanted)
        return "SELECT %s FROM %s ORDER BY %s" % (columns, table, name("moe row"))

    def write(self, path, rows):
        with open(path, "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(self.wanted)
            out.writerows(["" if x is None else x if isinstance(x, str) else repr(x) for x in row] for row in rows)


def exported(moe, case, dialect, table):
    """The SELECT; ends the program where moe refuses."""
    ran = subprocess.run([moe, "export", "-m", case + "/model.moe", "--format", "sql", "--dialect", dialect, "--table", table,
                          "--unknown", "ignore"] + (["--with", os.environ["WITH"]] if os.environ.get("WITH") else []),
                         stdout=subprocess.PIPE)
    if ran.returncode != 0:
        sys.exit(3 if ran.returncode == 2 else 1)
    return ran.stdout.decode("utf-8")
