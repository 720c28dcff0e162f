#!/usr/bin/env python3
"""Log densities of counts and their derivatives by 60-digit arithmetic (mpmath), for tests/count_oracle_test.cpp.

Writes testdata/oracle/counts.csv: family, y, eta, psi, trials (as doubles that are exact), log p, and its derivatives
in u = (eta, psi): d_eta, d_psi, d_eta_eta, d_eta_psi, d_psi_psi; 0 where a family has no psi.
Needs mpmath (Debian: python3-mpmath)."""
import csv
import os
import sys

from mpmath import diff, exp, log, loggamma, mp, mpf

mp.dps = 60


def poisson(y, eta, psi, trials):
    return y * eta - exp(eta) - loggamma(y + 1)


def negative_binomial(y, eta, psi, trials):
    mean, theta = exp(eta), exp(psi)
    value = loggamma(y + theta) - loggamma(theta) - loggamma(y + 1) + theta * (psi - log(theta + mean))
    return value + (y * (eta - log(theta + mean)) if y > 0 else 0)


def zero_inflated_poisson(y, eta, psi, trials):
    share = 1 / (1 + exp(-psi))
    if y == 0:
        return log(share + (1 - share) * exp(-exp(eta)))
    return log(1 - share) + poisson(y, eta, psi, trials)


def binomial(y, eta, psi, trials):
    choose = loggamma(trials + 1) - loggamma(y + 1) - loggamma(trials - y + 1)
    return choose - y * log(1 + exp(-eta)) - (trials - y) * log(1 + exp(eta))


def cases():
    for size in (1, 30, 1e5, 1e6, 1e9, 1e13, 1e15):
        for off in (-3, -0.1, 0, 1e-3, 2):
            sd = size**0.5
            y = float(max(0, round(size + off * sd)))
            eta = float(log(mpf(size)))
            yield "poisson", y, eta, 0.0, 0.0
            yield "zero-inflated-poisson", y, eta, -1.25, 0.0
            for log_theta in (-3.0, 0.75, 10.0, 25.0, 60.0):
                wide = float(max(0, round(size + off * (size + size * (size / float(exp(mpf(log_theta))))) ** 0.5)))
                yield "negative-binomial", wide, eta, log_theta, 0.0
            for odds in (-12.5, -0.3, 4.0):
                p = float(1 / (1 + exp(-mpf(odds))))
                count = round(size * p + off * (size * p * (1 - p)) ** 0.5)
                yield "binomial", float(min(max(0, count), size)), odds, 0.0, float(size)
    for eta in (-30.0, 25.0, 80.0):
        for y in (0.0, 3.0, 1e9):
            yield "poisson", y, eta, 0.0, 0.0
            yield "negative-binomial", y, eta, 1.5, 0.0


FAMILIES = {
    "poisson": (poisson, False),
    "negative-binomial": (negative_binomial, True),
    "zero-inflated-poisson": (zero_inflated_poisson, True),
    "binomial": (binomial, False),
}


def row(family, y, eta, psi, trials):
    log_p, has_psi = FAMILIES[family]
    mp.dps = 90  # numerical differentiation keeps 60 of them

    def f(a, b):
        return log_p(mpf(y), a, b, mpf(trials))

    at = (mpf(eta), mpf(psi))
    orders = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    derivatives = [diff(f, at, order) if has_psi or order[1] == 0 else mpf(0) for order in orders]
    values = [f(*at)] + derivatives
    return [family, *map(repr, (y, eta, psi, trials))] + [mp.nstr(value, 20) for value in values]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "..", "testdata", "oracle", "counts.csv")
    with open(path, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow("family y eta psi trials log_p d_eta d_psi d_eta_eta d_eta_psi d_psi_psi".split())
        seen = set()
        for case in cases():
            if case not in seen:
                writer.writerow(row(*case))
            seen.add(case)


if __name__ == "__main__":
    sys.exit(main())
