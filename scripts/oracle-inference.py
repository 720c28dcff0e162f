#!/usr/bin/python3
"""Golden standard errors for the tests: two linear experts and a softmax gate on testdata/mcycle.csv, in the data's own units.

    oracle-inference.py           writes testdata/oracle/mcycle_k2_errors.json
    oracle-inference.py --check   recomputes it; exits 1 if it differs

Written from the mixture's density, with none of the C++ and none of its coordinates: the parameters are those that `moe inspect`
shows, and log sigma. The score is exact (complex steps), the information its central differences. Needs numpy.
"""
import csv
import json
import os
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, "testdata", "oracle", "mcycle_k2_errors.json")
NAMES = ["gate (intercept)", "gate times", "1 (intercept)", "1 times", "2 (intercept)", "2 times", "1 log sigma", "2 log sigma"]
STEP = 1e-30  # of complex steps: its square vanishes beside any number here


def data():
    with open(os.path.join(ROOT, "testdata", "mcycle.csv")) as file:
        rows = [(float(row["times"]), float(row["accel"])) for row in csv.DictReader(file)]
    return np.array(rows).T


def row_log_densities(t):
    """n: log p(y | x) at gate logit of expert 1, two lines and two log sigmas."""
    x, y = data()
    logit = t[0] + t[1] * x
    terms = []
    for k in range(2):
        z = (y - t[2 + 2 * k] - t[3 + 2 * k] * x) * np.exp(-t[6 + k])
        terms.append((logit if k == 0 else 0) - z * z / 2 - t[6 + k] - np.log(2 * np.pi) / 2)
    return log_add(*terms) - log_add(logit, np.zeros_like(logit))


def log_add(a, b):
    peak = np.maximum(a.real, b.real)
    return peak + np.log(np.exp(a - peak) + np.exp(b - peak))


def scores(t):
    """n x 8."""
    return np.array([row_log_densities(t + 1j * STEP * e).imag for e in np.eye(len(t))]).T / STEP


def information(t, unit):
    """Minus the second derivatives, the differences in steps of a part of each parameter's unit."""
    gradient = lambda u: scores(u).sum(axis=0)
    h = 1e-4
    columns = []
    for e, size in zip(np.eye(len(t)), unit):
        step = h * size * e
        near, far = gradient(t + step) - gradient(t - step), gradient(t + 2 * step) - gradient(t - 2 * step)
        columns.append(-(8 * near - far) / (12 * h * size))
    H = np.array(columns)
    return (H + H.T) / 2


def maximum(t):
    """Newton's steps on |H|, halved until they ascend; and the parameters' standard errors as units."""
    unit = np.array([1, 0.1, 1, 0.1, 1, 0.1, 0.1, 0.1])
    for _ in range(200):
        lam, V = np.linalg.eigh(information(t, unit) * np.outer(unit, unit))
        step = unit * (V @ ((V.T @ (unit * scores(t).sum(axis=0))) / np.maximum(abs(lam), 1e-9)))
        while row_log_densities(t + step).sum() < row_log_densities(t).sum() and abs(step / unit).max() > 1e-13:
            step /= 2
        t = t + step
        if abs(step / unit).max() < 1e-12:
            break
    return t


def answer():
    # Before the impact nothing moves; after it the acceleration may be anything.
    t = maximum(np.array([60, -4, -1.5, 0, -40, 1, 0.5, 3.8]))
    H = np.linalg.inv(information(t, np.sqrt(np.diag(np.linalg.inv(information(t, np.array([1, 0.1] * 3 + [0.1] * 2)))))))
    S = scores(t)
    return {
        "about": "Two linear experts, accel given times: the maximum, errors from the information and from the sandwich "
                 "H^-1 (sum of s s') H^-1; expert 2 is the gate's reference.",
        "log_likelihood": row_log_densities(t).sum(), "names": NAMES, "estimates": t.tolist(),
        "observed": np.sqrt(np.diag(H)).tolist(), "sandwich": np.sqrt(np.diag(H @ (S.T @ S) @ H)).tolist(),
    }


def main():
    fresh = answer()
    if sys.argv[1:] == ["--check"]:
        with open(FILE) as file:
            kept = json.load(file)
        same = all(np.allclose(kept[key], fresh[key], rtol=1e-7) for key in ("estimates", "observed", "sandwich"))
        print("oracle-inference.py: " + ("as it should be" if same else f"{FILE} does not hold what it should"))
        return 0 if same else 1
    if sys.argv[1:]:
        sys.exit("usage: oracle-inference.py [--check]")
    with open(FILE, "w") as file:
        file.write(json.dumps(fresh, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
