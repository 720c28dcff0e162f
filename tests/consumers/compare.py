#!/usr/bin/python3
"""compare.py EXPECTED.csv FOUND.csv: prints the worst difference between the columns that FOUND has and EXPECTED's, and its
column: |a - b| / max(|b|, the column's standard deviation), of weights and probabilities |a - b| / max(|b|, 1).
A mixture's mean is a sum of weights times experts' means, which may cancel, and its rounding error is a part of the
terms, not of the sum (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1): its difference is divided
by the sum of the terms' sizes where that is larger. (Where three experts' means cancel to a hundredth, onnxruntime
and moe differ by 1.2e-14 of the column's deviation: 80-bit arithmetic finds 1.0e-14 of error in the one and 0.9e-14
in the other.) Labels must be equal but where their probabilities are. Fails where a column is unknown, rows differ in
number, or one is NaN and the other is not."""
import csv
import math
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows[0], list(zip(*rows[1:])) if len(rows) > 1 else []


def numbers(column):
    return [float(x) if x else math.nan for x in column]


def sizes_of_terms(name, columns):
    """Of a mixture's mean (mean, mean_TARGET): each row's sum of |weight times expert's mean|; of another column zeros."""
    experts = sum(other.startswith("gate_") for other in columns)
    pairs = [(f"gate_{k}", f"mean_{k}{name[4:]}") for k in range(1, experts + 1)]
    rows = len(columns[name])
    if not name.startswith("mean") or not pairs or any(mean not in columns for _, mean in pairs):
        return [0.0] * rows
    products = [[abs(g * m) for g, m in zip(numbers(columns[gate]), numbers(columns[mean]))] for gate, mean in pairs]
    return [sum(terms) for terms in zip(*products)]


def worst_of(name, columns, found):
    b, a = numbers(columns[name]), numbers(found)
    finite = [x for x in b if math.isfinite(x)]
    mean = math.fsum(finite) / max(1, len(finite))
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in finite) / max(1, len(finite)))
    unit = name.startswith(("gate_", "p_"))
    worst = 0.0
    for x, y, size in zip(a, b, sizes_of_terms(name, columns)):
        if x == y or (math.isnan(x) and math.isnan(y)):
            continue
        difference = abs(x - y) / max(abs(y), 1.0 if unit else sd, size)
        worst = max(worst, difference if not math.isnan(difference) else math.inf)
    return worst


def main():
    names, expected = read(sys.argv[1])
    found_names, found = read(sys.argv[2])
    expected = dict(zip(names, expected))
    worst, where = 0.0, ""
    if not found_names or len(set(found_names)) != len(found_names):
        sys.exit("compare.py: no columns, or one twice")
    for name, column in zip(found_names, found):
        if name not in expected:
            sys.exit(f"compare.py: {name!r} is not among {names}")
        if len(column) != len(expected[name]):
            sys.exit(f"compare.py: {len(column)} rows, expected {len(expected[name])}")
        if name == "label":
            # Where two classes are as likely as each other to the last digits, either may be first.
            shares = [expected[n] for n in names if n.startswith("p_")]
            for i, (x, y) in enumerate(zip(column, expected[name])):
                top = sorted((float(share[i]) for share in shares), reverse=True)
                if x != y and top[0] - top[1] > float(sys.argv[3]):
                    sys.exit(f"compare.py: label {x!r}, expected {y!r}, in row {i + 1}")
            continue
        difference = worst_of(name, expected, column)
        if difference > worst:
            worst, where = difference, name
    if len(found) == 0:
        sys.exit("compare.py: no rows")
    print(f"{worst:.3g} {where}")


if __name__ == "__main__":
    main()
