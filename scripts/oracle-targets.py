#!/usr/bin/python3
"""Golden values for several targets: multivariate regression, and mixtures of two, fitted in numpy on their own.

    oracle-targets.py           writes testdata/oracle/targets.json
    oracle-targets.py --check   recomputes what it holds; exits 1 where it is not so

A case holds a table (X, Y, w) and, for family gaussian:full (`full`) and gaussian (`independent`, whose covariance is
diagonal), the maximum of the weighted log-likelihood: `experts`, each with coefficients (rows: intercept, inputs;
columns: targets) and covariance (divisor: the weights' sum), the gate's coefficients of expert 1 against expert 2, and
`log_likelihood`; of one expert `standard_errors`, too, by the residual variances that divide by the weights' sum less
the coefficients of a target.

    one     weighted least squares of each target, and the residuals' products
    two     EM: responsibilities by the densities as they are written in a textbook, each expert the above weighted with
            them, the gate a logistic regression by Newton's method; from the expert that drew each row, until the
            log-likelihood moves by less than 1e-13 of itself
Needs numpy.
"""
import json
import os
import sys

import numpy as np

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "testdata", "oracle", "targets.json")


def table(experts):
    random = np.random.default_rng(20 + experts)
    n = 40 * experts
    X = np.round(random.normal(size=(n, 2)) * [1, 3] + [0, 10], 3)
    root = np.array([[0.6, 0, 0], [0.4, 0.5, 0], [-3, 5, 20]])
    B = random.normal(size=(experts, 3, 3)) * [2, 1, 30]
    drew = (random.random(n) < 1 / (1 + np.exp(-1.5 * X[:, 0]))).astype(int) if experts == 2 else np.zeros(n, int)
    D = np.column_stack([np.ones(n), X - [0, 10]])
    Y = np.einsum("nj,njt->nt", D, B[drew]) + random.normal(size=(n, 3)) @ root.T
    return X, np.round(Y, 4), np.round(random.uniform(0.5, 1.5, n), 2), drew


def regression(D, Y, w, full):
    B = np.linalg.solve((D * w[:, None]).T @ D, (D * w[:, None]).T @ Y)
    R = Y - D @ B
    S = (R * w[:, None]).T @ R / w.sum()
    return B, S if full else np.diag(np.diag(S))


def log_density(D, Y, B, S):
    R = Y - D @ B
    return -0.5 * (np.einsum("nt,ts,ns->n", R, np.linalg.inv(S), R) + np.log(np.linalg.det(2 * np.pi * S)))


def logistic(D, r, w, a):
    for _ in range(100):
        p = 1 / (1 + np.exp(-D @ a))
        step = np.linalg.solve((D * (w * p * (1 - p))[:, None]).T @ D, D.T @ (w * (r - p)))
        a = a + step
        if np.abs(step).max() < 1e-14:
            break
    return a


def mixture(D, Y, w, drew, full):
    r, a, last = np.where(drew == 0, 0.95, 0.05), np.zeros(D.shape[1]), -np.inf
    for _ in range(20000):
        experts = [regression(D, Y, w * q, full) for q in (r, 1 - r)]
        a = logistic(D, r, w, a)
        log_g = [-np.logaddexp(0, -D @ a), -np.logaddexp(0, D @ a)]
        log_p = [g + log_density(D, Y, *expert) for g, expert in zip(log_g, experts)]
        total = np.logaddexp(*log_p)
        r, value = np.exp(log_p[0] - total), w @ total
        if abs(value - last) < 1e-13 * abs(value):
            break
        last = value
    return experts, a, value


def described(experts, gate, value):
    return {"experts": [{"coefficients": B.tolist(), "covariance": S.tolist()} for B, S in experts],
            "gate": gate, "log_likelihood": value}


def case(name, count):
    X, Y, w, drew = table(count)
    D = np.column_stack([np.ones(len(X)), X])
    result = {"name": name, "X": X.tolist(), "Y": Y.tolist(), "w": w.tolist()}
    for key, full in (("full", True), ("independent", False)):
        if count == 1:
            expert = regression(D, Y, w, full)
            result[key] = described([expert], [], w @ log_density(D, Y, *expert))
            freedom = w.sum() - D.shape[1]
            inverse = np.linalg.inv((D * w[:, None]).T @ D)
            result[key]["standard_errors"] = np.sqrt(
                np.outer(np.diag(inverse), np.diag(expert[1]) * w.sum() / freedom)).tolist()
        else:
            experts, a, value = mixture(D, Y, w, drew, full)
            result[key] = described(experts, a.tolist(), value)
    return result


def main():
    cases = [case("one", 1), case("two", 2)]
    if "--check" in sys.argv[1:]:
        with open(PATH) as file:
            held = json.load(file)
        for ours, theirs in zip(cases, held):
            for key in ("full", "independent"):
                if not np.isclose(ours[key]["log_likelihood"], theirs[key]["log_likelihood"], rtol=1e-11):
                    sys.exit(f"oracle-targets.py: {ours['name']}, {key}: another log-likelihood")
        return
    with open(PATH, "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")


main()
