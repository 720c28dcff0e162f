#!/usr/bin/python3
"""Golden values of scores and their standard errors, by scikit-learn, SciPy's quadrature and NumPy on their own.

    oracle-scores.py           writes testdata/oracle/scores.json
    oracle-scores.py --check   recomputes what it holds; exits 1 where it is not so

    two, three   probabilities of classes: log_loss, roc_auc_score, average_precision_score, brier_score_loss,
                 precision_recall_fscore_support; bins of width 0.1 with the calibration error and the parts of the
                 Brier score, summed bin by bin as in Stephenson, Coelho, Jolliffe (2008)
    normal       means and standard deviations of numbers: CRPS as the integral of (F - 1{t >= y})^2 by quad(),
                 mean_pinball_loss, interval scores as they are written by Gneiting and Raftery (2007), kstest of the
                 PIT
    counts       means of Poisson counts: the mean of Czado, Gneiting and Held's (2009) functions F(u | y) at tenths,
                 and its largest distance from u at all their corners
    energy       a mixture of two normal distributions of two independent targets: E |Y - y| and E |Y - Y'| by dblquad()
    errors       of figures: the influence of a row is the derivative of the figure (by scikit-learn, sample_weight) in
                 the row's weight, by central differences, times the sum of the weights; the error is that of a mean
                 with these influences, White's and Liang and Zeger's sandwich with the factor n / (n - 1), as products
                 of matrices
Needs numpy, scipy, scikit-learn.
"""
import json
import os
import sys

import numpy as np
from scipy import integrate, stats
from sklearn import metrics

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "testdata", "oracle", "scores.json")
QUANTILES = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975]
INTERVALS = [0.5, 0.9, 0.95]


def error_of(influence, w, groups):
    """The sandwich of a regression on an intercept alone, by rows or by groups."""
    ones = np.ones((len(w), 1))
    bread = np.linalg.inv((ones * w[:, None]).T @ ones)
    scores = (w * influence)[:, None]
    if groups is not None:
        scores = np.array([scores[groups == g].sum(axis=0) for g in np.unique(groups)])
    n = len(scores)
    return float(np.sqrt((bread @ (scores.T @ scores) @ bread)[0, 0] * n / (n - 1)))


def errors(figures, w, groups):
    """The errors of figures, functions of the weights, by rows and by groups."""
    result = {}
    for name, figure in figures.items():
        influence = np.empty(len(w))
        for i in range(len(w)):
            h = 1e-4 * w[i]
            at = []
            for step in (h, -h, h / 2, -h / 2):
                moved = w.copy()
                moved[i] += step
                at.append(figure(moved))
            slope = (4 * (at[2] - at[3]) / h - (at[0] - at[1]) / (2 * h)) / 3
            influence[i] = slope * w.sum()
        result[name] = [error_of(influence, w, None), error_of(influence, w, groups)]
    return result


def parts(p, event, w):
    total, rate = w.sum(), w @ event / w.sum()
    bins = np.minimum((p * 10).astype(int), 9)
    reliability = resolution = spread = product = 0
    table, miss = [], 0
    for b in range(10):
        at = bins == b
        if not at.any():
            table.append([0, None, None])
            continue
        mean, share = np.average(p[at], weights=w[at]), np.average(event[at], weights=w[at])
        weight = w[at].sum()
        table.append([float(weight), float(mean), float(share)])
        miss += weight / total * abs(share - mean)
        reliability += weight / total * (mean - share) ** 2
        resolution += weight / total * (share - rate) ** 2
        spread += w[at] @ (p[at] - mean) ** 2 / total
        product += 2 * (w[at] @ ((event[at] - share) * (p[at] - mean))) / total
    return np.array([reliability, resolution, rate * (1 - rate), spread - product]), miss, table


def classes(count):
    random = np.random.default_rng(40 + count)
    n = 60
    logits = random.normal(size=(n, count)) * 1.5
    p = np.round(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), 3)
    p[:, -1] = np.round(1 - p[:, :-1].sum(axis=1), 3)
    y = np.array([random.choice(count, p=row / row.sum()) for row in 0.6 * p + 0.4 / count])
    w, groups = np.round(random.uniform(0.5, 2, n), 2), random.integers(0, 12, n)
    hit = np.eye(count)[y]
    if count == 2:
        brier = lambda v: metrics.brier_score_loss(y, p[:, 1], sample_weight=v)
    else:
        brier = lambda v: np.average(((p - hit) ** 2).sum(axis=1), weights=v)
    figures = {"nll": lambda v: np.average(-np.log(p[np.arange(n), y]), weights=v), "brier": brier,
               "accuracy": lambda v: metrics.accuracy_score(y, p.argmax(axis=1), sample_weight=v)}
    if count == 2:
        figures["auc"] = lambda v: metrics.roc_auc_score(y, p[:, 1], sample_weight=v)
        assert np.isclose(figures["nll"](w), metrics.log_loss(y, p, sample_weight=w), rtol=1e-12)
    sums, tables = np.zeros(4), None
    for c in range(1 if count == 2 else 0, count):
        own, miss, tables = parts(p[:, c], hit[:, c], w)
        sums += own
    if count > 2:
        _, miss, tables = parts(p.max(axis=1), (p.argmax(axis=1) == y).astype(float), w)
    assert np.isclose(sums[0] - sums[1] + sums[2] + sums[3], brier(w), rtol=1e-12)
    table = np.array(metrics.precision_recall_fscore_support(y, p.argmax(axis=1), sample_weight=w)).T[:, :3]
    ranks = [[metrics.roc_auc_score(hit[:, c], p[:, c], sample_weight=w),
              metrics.average_precision_score(hit[:, c], p[:, c], sample_weight=w)] for c in range(count)]
    return {"p": p.tolist(), "y": y.tolist(), "w": w.tolist(), "groups": groups.tolist(),
            "figures": {name: float(figure(w)) for name, figure in figures.items()},
            "errors": errors(figures, w, groups), "brier_parts": sums.tolist(), "calibration_error": float(miss),
            "bins": tables, "classes": np.hstack([table, ranks]).tolist()}


def crps(y, mean, sd):
    below = integrate.quad(lambda t: stats.norm.cdf(t, mean, sd) ** 2, -np.inf, y, epsabs=1e-13, epsrel=1e-12)[0]
    above = integrate.quad(lambda t: stats.norm.sf(t, mean, sd) ** 2, y, np.inf, epsabs=1e-13, epsrel=1e-12)[0]
    return below + above


def numbers():
    random = np.random.default_rng(50)
    n = 30
    mean, sd = np.round(random.normal(size=n) * 5, 2), np.round(random.uniform(0.5, 3, n), 2)
    y = np.round(mean + sd * random.standard_t(4, n), 6)
    w, groups = np.round(random.uniform(0.5, 2, n), 2), random.integers(0, 8, n)
    own = [crps(*row) for row in zip(y, mean, sd)]
    figures = {"nll": lambda v: np.average(-stats.norm.logpdf(y, mean, sd), weights=v),
               "rmse": lambda v: np.sqrt(metrics.mean_squared_error(y, mean, sample_weight=v)),
               "mae": lambda v: metrics.mean_absolute_error(y, mean, sample_weight=v),
               "r2": lambda v: metrics.r2_score(y, mean, sample_weight=v),
               "crps": lambda v: np.average(own, weights=v)}
    for level in INTERVALS:
        low, high = stats.norm.ppf((1 - level) / 2, mean, sd), stats.norm.ppf((1 + level) / 2, mean, sd)
        score = high - low + 2 / (1 - level) * ((low - y) * (y < low) + (y - high) * (y > high))
        figures[f"coverage:{level}"] = lambda v, i=(low <= y) & (y <= high): np.average(i, weights=v)
        figures[f"width:{level}"] = lambda v, i=high - low: np.average(i, weights=v)
        figures[f"interval_score:{level}"] = lambda v, i=score: np.average(i, weights=v)
    for level in QUANTILES:
        figures[f"quantile_loss:{level}"] = lambda v, a=level: metrics.mean_pinball_loss(
            y, stats.norm.ppf(a, mean, sd), alpha=a, sample_weight=v)
    pit = stats.norm.cdf(y, mean, sd)
    return {"mean": mean.tolist(), "sd": sd.tolist(), "y": y.tolist(), "w": w.tolist(), "groups": groups.tolist(),
            "figures": {name: float(figure(w)) for name, figure in figures.items()},
            "errors": errors(figures, w, groups),
            "pit_shares": (np.histogram(pit, np.linspace(0, 1, 11), weights=w)[0] / w.sum()).tolist(),
            "pit_distance_unweighted": float(stats.kstest(pit, "uniform").statistic)}


def counts():
    random = np.random.default_rng(60)
    mean, w = np.array([0.3, 1, 2.5, 6, 11]), np.array([1, 0.5, 2, 1.5, 1])
    y = random.poisson(mean)
    low, high = stats.poisson.cdf(y - 1, mean), stats.poisson.cdf(y, mean)

    def risen(u):
        return np.average(np.clip((u - low) / (high - low), 0, 1), weights=w)
    corners = np.concatenate([low, high])
    return {"mean": mean.tolist(), "y": y.tolist(), "w": w.tolist(),
            "pit_shares": np.diff([risen(u) for u in np.linspace(0, 1, 11)]).tolist(),
            "pit_distance": float(max(abs(risen(u) - u) for u in corners))}


def length(a, b, sd_a, sd_b):
    """E of the length of a normal vector with the means a, b."""
    return integrate.dblquad(lambda v, u: np.hypot(u, v) * stats.norm.pdf(u, a, sd_a) * stats.norm.pdf(v, b, sd_b),
                             a - 9 * sd_a, a + 9 * sd_a, b - 9 * sd_b, b + 9 * sd_b, epsabs=1e-8, epsrel=1e-8)[0]


def energy():
    share, mean, sd = np.array([0.3, 0.7]), np.array([[0, 1.0], [2, -1]]), np.array([[0.5, 1], [1, 0.4]])
    y = np.array([[0.5, 0.5], [4, -3.0]])
    apart = sum(share[k] * share[j] * length(*(mean[k] - mean[j]), *np.hypot(sd[k], sd[j]))
                for k in range(2) for j in range(2))
    scores = [sum(share[k] * length(*(mean[k] - row), *sd[k]) for k in range(2)) - apart / 2 for row in y]
    return {"share": share.tolist(), "mean": mean.tolist(), "sd": sd.tolist(), "y": y.tolist(), "scores": scores}


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (a is not None and b is not None and bool(np.isclose(a, b, rtol=1e-9, atol=1e-12)))


def main():
    result = {"two": classes(2), "three": classes(3), "normal": numbers(), "counts": counts(), "energy": energy()}
    if "--check" in sys.argv[1:]:
        with open(PATH) as file:
            if not same(json.load(file), json.loads(json.dumps(result))):
                sys.exit("oracle-scores.py: other values than those of testdata/oracle/scores.json")
        return
    with open(PATH, "w") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


main()
