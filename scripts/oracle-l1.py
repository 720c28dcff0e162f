#!/usr/bin/python3
"""Golden values for the l1 penalty: scikit-learn's fits of the models that it has in common with a single linear expert.

    oracle-l1.py           writes testdata/oracle/l1.json
    oracle-l1.py --check   checks that what it holds is a minimum, by the optimality conditions; exits 1 if it is not so

`moe train` minimises, over weights b of inputs z standardised by the weighted moments (divisor n), intercepts spared,

    mean loss + unit (l1 sum |b| + l2 / 2 sum b^2),   unit: the target's variance s^2 where the loss is a squared error, else 1

With B = s b the weights of a target in its own units, scikit-learn minimises

    Lasso, ElasticNet      1/2 mean (y - B z)^2 + alpha rho |B| + alpha (1 - rho) / 2 |B|^2
                           the same as gaussian:unit and me for alpha rho = s l1, alpha (1 - rho) = l2,
                           and as gaussian for the first at alpha = s l1 sigma^2 / s^2, sigma^2 the mean square that is left
    LogisticRegression     C sum loss + rho |b| + (1 - rho) / 2 |b|^2
                           the same for rho / (C sum w) = l1, (1 - rho) / (C sum w) = l2

Its saga leaves intercepts without a penalty, which its liblinear does not. A case holds what `moe train` is told (family,
objective, l1, l2), the table (X, y, w), and intercept and weights (a list for each output) of standardised inputs.
Needs numpy and scikit-learn (python3-sklearn).
"""
import json
import os
import sys
import warnings

import numpy as np
from sklearn.linear_model import ElasticNet, LogisticRegression

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "testdata", "oracle", "l1.json")
CASES = [  # family, objective, classes, l1, l2
    ("gaussian:unit", "likelihood", 0, 0.05, 0),
    ("gaussian:unit", "likelihood", 0, 0.4, 0),
    ("gaussian:unit", "likelihood", 0, 0.1, 0.3),
    ("gaussian:unit", "me", 0, 0.1, 0),
    ("gaussian", "likelihood", 0, 0.1, 0),
    ("gaussian", "likelihood", 0, 0.4, 0),
    ("bernoulli", "likelihood", 2, 0.02, 0),
    ("bernoulli", "likelihood", 2, 0.08, 0),
    ("bernoulli", "likelihood", 2, 0.03, 0.05),
    ("categorical", "likelihood", 3, 0.02, 0),
    ("categorical", "likelihood", 3, 0.03, 0.02),
]


def standardised(case):
    """Inputs, weights that sum to 1, and the target's standard deviation."""
    X, y, w = (np.array(case[name]) for name in ("X", "y", "w"))
    w = w / w.sum()
    center = w @ X
    Z = (X - center) / np.sqrt(w @ (X - center) ** 2)
    return Z, y, w, np.sqrt(w @ (y - w @ y) ** 2)


def elastic_net(Z, y, w, l1, l2):
    fit = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-18, max_iter=5000)
    fit.fit(Z, y, sample_weight=w)
    return [fit.intercept_], [fit.coef_]


def gaussian(Z, y, w, s, l1):
    """Coefficients given sigma and sigma given coefficients, in turns."""
    variance = s ** 2
    for _ in range(200):
        intercept, B = elastic_net(Z, y, w, l1 * variance / s, 0)
        variance = w @ (y - intercept[0] - Z @ B[0]) ** 2
    return intercept, B


def logistic(case, Z, y):
    total, C = sum(case["w"]), 1 / (sum(case["w"]) * (case["l1"] + case["l2"]))
    fit = LogisticRegression(penalty="elasticnet", l1_ratio=case["l1"] / (case["l1"] + case["l2"]), C=C, solver="saga",
                             tol=1e-15, max_iter=20000, random_state=0)
    fit.fit(Z, y, sample_weight=case["w"])
    return fit.intercept_, fit.coef_


def solve(case):
    Z, y, w, s = standardised(case)
    if case["classes"]:
        return logistic(case, Z, y)
    if case["family"] == "gaussian":
        return gaussian(Z, y, w, s, case["l1"])
    return elastic_net(Z, y, w, s * case["l1"], case["l2"])


def case_of(random, family, objective, classes, l1, l2):
    n, d = 60, 7
    X = random.normal(size=(n, d)) @ (np.eye(d) + 0.4) * 3 + 5
    eta = (X - X.mean(0)) @ random.normal(size=(d, max(classes, 1))) / 10
    y = 40 + 7 * (eta[:, 0] + random.normal(size=n) / 2)
    if classes:
        y = (eta + random.gumbel(size=eta.shape)).argmax(1)
    case = {"family": family, "objective": objective, "classes": classes, "l1": l1, "l2": l2, "X": X.round(2).tolist(),
            "y": y.astype(float).round(2).tolist(), "w": random.uniform(0.3, 2, n).round(1).tolist()}
    intercept, weights = solve(case)
    return {**case, "intercept": list(intercept), "weights": [list(part) for part in weights]}


def derivatives(case):
    """The gradient of the mean loss in the intercepts (m) and in the weights (m x d), and the factors of l1 and l2, for a target in
    its own units."""
    Z, y, w, s = standardised(case)
    eta = np.array(case["intercept"]) + Z @ np.array(case["weights"]).T
    if case["classes"] == 2:
        left, l1, l2 = 1 / (1 + np.exp(-eta)) - y[:, None], 1, 1
    elif case["classes"]:
        p = np.exp(eta - eta.max(1, keepdims=True))
        left, l1, l2 = p / p.sum(1, keepdims=True) - np.eye(case["classes"])[y.astype(int)], 1, 1
    else:
        left, l1, l2 = eta - y[:, None], s, 1
        if case["family"] == "gaussian":
            variance = w @ left[:, 0] ** 2
            left, l1, l2 = left / variance, 1 / s, 1 / s ** 2
    return w @ left, (w[:, None] * left).T @ Z, l1 * case["l1"], l2 * case["l2"]


def trouble(case):
    intercept, slope, l1, l2 = derivatives(case)
    B = np.array(case["weights"])
    slope = slope + l2 * B
    off = np.where(B == 0, np.maximum(abs(slope) - l1, 0), abs(slope + l1 * np.sign(B)))
    return max(abs(intercept).max(), off.max())


def main():
    if sys.argv[1:] == ["--check"]:
        with open(PATH) as file:
            worst = [trouble(case) for case in json.load(file)]
        print("oracle-l1.py: the worst of", len(worst), "cases misses the optimality conditions by", max(worst))
        return 1 if max(worst) > 1e-9 else 0
    if sys.argv[1:]:
        sys.exit("usage: oracle-l1.py [--check]")
    warnings.simplefilter("ignore")  # that rounding ends the iterations
    random = np.random.RandomState(7)
    with open(PATH, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case_of(random, *case)) for case in CASES) + "\n]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
