#!/usr/bin/python3
"""Golden values for the tests: objectives and their gradients, written from the model's equations and not from the C++.

    oracle.py           writes testdata/oracle/objectives.json and testdata/oracle/mcycle_k3.json
    oracle.py --check   recomputes what those files hold, and compares it with differences too; exits 1 if it is not so

Gradients come from complex steps, f'(t) = Im f(t + ih) / h (Squire, Trapp 1998), exact to rounding and free of any
derivation by hand; every function below is therefore analytic where it is called, and compares real parts only.
Needs numpy, and for --check nothing else. A case holds:

    objective, family, gate, gate_link, experts     as `moe train` names them; `gate` and `experts` are networks
    gate_inputs, expert_inputs                      which inputs each branch reads, from 0
    classes                                         0 for a number
    target_center, target_scale, target_spread      y = (data - center) / scale; spread: y's standard deviation
    X, y, w                                         a list for each row of X; in the model's units
    theta                                           gate, experts, psi; a layer's (1 + inputs) x outputs by columns
    value, gradient                                 the objective in the data's units, without a penalty
"""
import csv
import json
import os
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OBJECTIVES = os.path.join(ROOT, "testdata", "oracle", "objectives.json")
MCYCLE = os.path.join(ROOT, "testdata", "oracle", "mcycle_k3.json")
STEP = 1e-30  # its square vanishes beside any number here, so that no rounding is added


# --- the model ---

def log_sum_exp(a, axis):
    peak = a.real.max(axis=axis, keepdims=True)
    return np.squeeze(peak, axis) + np.log(np.exp(a - peak).sum(axis=axis))


def softplus(a):
    return log_sum_exp(np.stack([np.zeros_like(a), a]), 0)


ACTIVATIONS = {
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "tanh": np.tanh,
    "silu": lambda z: z / (1 + np.exp(-z)),
}


def layers(spec):
    """Hidden widths and the activation of a network."""
    if spec in ("linear", "constant"):
        return [], None
    _, widths, *activation = spec.split(":")
    return [int(width) for width in widths.split(",")], activation[0] if activation else "relu"


def shapes(spec, inputs, outputs):
    widths = [0 if spec == "constant" else inputs, *layers(spec)[0], outputs]
    return [(1 + a, b) for a, b in zip(widths, widths[1:])]


class Reader:
    """Takes theta apart, beginning at its front."""

    def __init__(self, theta):
        self.theta, self.at = theta, 0

    def matrix(self, rows, columns):
        part = self.theta[self.at:self.at + rows * columns]
        self.at += rows * columns
        return part.reshape(columns, rows).T

    def network(self, spec, X, outputs):
        """X: n x inputs -> n x outputs."""
        activation = layers(spec)[1]
        matrices = shapes(spec, X.shape[1], outputs)
        for i, shape in enumerate(matrices):
            W = self.matrix(*shape)
            X = W[0] + X[:, :shape[0] - 1] @ W[1:]
            if i + 1 < len(matrices):
                X = ACTIVATIONS[activation](X)
        return X


def outputs_of(case):
    return 3 if case["family"] == "categorical" else 1


def dispersions_of(case):
    return {"gaussian": len(case["experts"]), "gaussian:shared": 1}.get(case["family"], 0)


def forward(case, theta):
    """Gate outputs n x K, a list of K eta (n x m), K psi or nothing."""
    X, reader, K = np.array(case["X"]), Reader(theta), len(case["experts"])
    a = reader.network(case["gate"], X[:, case["gate_inputs"]], K)
    etas = [reader.network(spec, X[:, columns], outputs_of(case))
            for spec, columns in zip(case["experts"], case["expert_inputs"])]
    psi = theta[reader.at:]
    assert len(psi) == dispersions_of(case)
    return a, etas, np.repeat(psi, K) if case["family"] == "gaussian:shared" else psi


def log_density(case, eta, psi):
    """n: log p(y | eta) per data unit."""
    y = np.array(case["y"])
    if case["family"] == "bernoulli":
        return y * eta[:, 0] - softplus(eta[:, 0])
    if case["family"] == "categorical":
        return eta[np.arange(len(y)), y.astype(int)] - log_sum_exp(eta, 1)
    scale = case["target_scale"]
    if case["family"] == "gaussian:unit":
        variance = scale ** -2
    else:
        variance = (1e-4 * case["target_spread"]) ** 2 + np.exp(2 * psi)
    return -0.5 * np.log(2 * np.pi * variance) - np.log(scale) - (y - eta[:, 0]) ** 2 / (2 * variance)


def prediction(case, eta):
    """n x (1 or C), in the data's units."""
    if case["family"] == "bernoulli":
        return np.exp(-softplus(-eta))
    if case["family"] == "categorical":
        return np.exp(eta - log_sum_exp(eta, 1)[:, None])
    return case["target_center"] + case["target_scale"] * eta


def target(case):
    """The target as a prediction would have it."""
    y = np.array(case["y"])
    if case["family"] == "categorical":
        return np.eye(3)[y.astype(int)]
    if case["family"] == "bernoulli":
        return y[:, None]
    return case["target_center"] + case["target_scale"] * y[:, None]


def weights(link, a):
    return {"softmax": lambda: np.exp(a - log_sum_exp(a, 1)[:, None]), "positive": lambda: np.exp(a),
            "linear": lambda: a}[link]()


def log_mixture(link, a, l):
    """n: log sum_k g_k exp(l_k)."""
    if link == "softmax":
        return log_sum_exp(a + l, 1) - log_sum_exp(a, 1)
    if link == "positive":
        return log_sum_exp(a + l, 1)
    peak = l.real.max(axis=1)
    total = (a * np.exp(l - peak[:, None])).sum(axis=1)
    if (total.real <= 0).any():
        raise ValueError("the sum is not positive")
    return peak + np.log(total)


def objective(case, theta):
    a, etas, psi = forward(case, theta)
    w, link, name = np.array(case["w"]), case["gate_link"], case["objective"]
    if name == "likelihood":
        l = [log_density(case, eta, psi[k] if len(psi) else None) for k, eta in enumerate(etas)]
        return -(w @ log_mixture(link, a, np.stack(l, 1))) / w.sum()
    o, y = [prediction(case, eta) for eta in etas], target(case)
    if name == "blend":
        g = weights(link, a)
        merged = sum(g[:, [k]] * o[k] for k in range(len(o)))
        return w @ ((y - merged) ** 2).sum(axis=1) / w.sum()
    squares = np.stack([((y - o_k) ** 2).sum(axis=1) for o_k in o], 1)
    if name == "localized":
        return w @ (weights(link, a) * squares).sum(axis=1) / w.sum()
    rows = log_mixture(link, a, -squares / 2)
    if name == "me":
        return -(w @ rows) / w.sum()
    assert name == "me-batch"
    return -log_sum_exp(np.log(w) + rows, 0)


def gradient(case, theta):
    steps = theta + 1j * STEP * np.eye(len(theta))
    return np.array([objective(case, step).imag for step in steps]) / STEP


# --- the cases ---

NETWORKS = [  # gate, experts (as many as are wanted, from the first), whether each branch has inputs of its own
    ("linear", ["linear", "linear", "linear"], False),
    ("mlp:3:relu", ["linear", "linear", "linear"], False),
    ("linear", ["mlp:3:tanh", "mlp:3:tanh", "mlp:3:tanh"], False),
    ("mlp:3:silu", ["mlp:3:relu", "linear", "mlp:3,2:tanh"], True),
    ("linear", ["linear", "linear", "linear"], True),
    ("mlp:3", ["mlp:3:silu", "mlp:2:tanh", "linear"], False),
    ("constant", ["linear", "mlp:3", "constant"], False),
]
FAMILIES = ["gaussian", "gaussian:unit", "gaussian:shared", "bernoulli", "categorical"]
LINKS = ["softmax", "positive", "linear"]
NAMES = ["likelihood", "me", "me-batch", "blend", "localized"]
EXPERTS = [2, 3, 2, 1, 3, 2, 3, 2]  # as long as shares no factor with the other lists, so that all meet


def case_of(random, name, link, family, network, K, **changes):
    d, n = random.randint(2, 5), random.randint(7, 13)
    gate, experts, own = network
    pick = lambda: sorted(random.choice(d, random.randint(1, d), replace=False).tolist()) if own else list(range(d))
    classes = {"bernoulli": 2, "categorical": 3}.get(family, 0)
    case = {
        "name": "", "objective": name, "family": family, "gate": gate, "gate_link": link, "experts": experts[:K],
        "gate_inputs": [] if gate == "constant" else pick(),
        "expert_inputs": [[] if spec == "constant" else pick() for spec in experts[:K]],
        "classes": classes, "target_center": 0.0 if classes else 2.5, "target_scale": 1.0 if classes else 1.7,
        "target_spread": 1.0,
        "X": random.normal(size=(n, d)).round(3).tolist(),
        "y": (random.permutation(n) % classes if classes else random.normal(size=n).round(3)).astype(float).tolist(),
        "w": random.uniform(0.2, 3, n).round(2).tolist(),
    }
    case.update(changes)
    case["theta"] = draw_theta(random, case)
    return case


def draw_theta(random, case):
    K, m = len(case["experts"]), outputs_of(case)
    gate = [random.normal(size=s) for s in shapes(case["gate"], len(case["gate_inputs"]), K)]
    if case["gate_link"] == "positive":  # else a few rows of an exponential are all there is to see
        gate[-1] *= 0.5
    if case["gate_link"] == "linear":  # near 1/K, so that the sum is positive
        gate[-1] *= 0.15
        gate[-1][0] += 1 / K
    experts = [random.normal(size=s) for spec, columns in zip(case["experts"], case["expert_inputs"])
               for s in shapes(spec, len(columns), m)]
    psi = random.normal(-0.3, 0.4, dispersions_of(case))
    return np.concatenate([W.ravel("F") for W in gate + experts] + [psi]).round(3).tolist()


def signs(case):
    """How many weights are negative; None where the objective is not defined."""
    theta = np.array(case["theta"])
    a, etas, _ = forward(case, theta)
    try:
        log_mixture(case["gate_link"], a, np.stack([0 * eta[:, 0] for eta in etas], 1))
        objective(case, theta)
    except ValueError:
        return None
    return (a < 0).sum() if case["gate_link"] == "linear" else 0


def defined_case(random, negative, *arguments, **changes):
    """Draws until the objective is defined, with a negative weight if and only if one is wanted."""
    while True:
        case = case_of(random, *arguments, **changes)
        count = signs(case)
        if count is not None and (count > 0) == negative:
            return case


def grid(random):
    """Every objective x link x family once, networks and K in turn."""
    combinations = [(name, link, family) for name in NAMES for link in LINKS for family in FAMILIES]
    for i, combination in enumerate(combinations):
        K, spread = EXPERTS[i % len(EXPERTS)], 0.7 if i == 2 else 1.0
        yield defined_case(random, False, *combination, NETWORKS[i % len(NETWORKS)], K, target_spread=spread)


def negative_weights(random):
    for name in NAMES:
        yield defined_case(random, True, name, "linear", "gaussian", NETWORKS[0], 3)
    yield defined_case(random, True, "likelihood", "linear", "categorical", NETWORKS[3], 2)
    yield defined_case(random, True, "blend", "linear", "bernoulli", NETWORKS[2], 2)


def extremes(random):
    """Cases in which exp under- or overflows, so that everything must be computed in logarithms."""
    def scaled(case, factor):
        case["theta"] = (np.array(case["theta"]) * factor).tolist()
        return case

    linear = NETWORKS[0]
    for name in ("likelihood", "me", "me-batch"):
        far = case_of(random, name, "softmax", "gaussian:unit", linear, 2)
        far["y"] = [y + 300 for y in far["y"]]
        yield far
    for family in ("bernoulli", "categorical"):
        yield scaled(case_of(random, "likelihood", "softmax", family, linear, 3), 400)
    yield scaled(case_of(random, "localized", "softmax", "bernoulli", linear, 3), 400)
    yield scaled(case_of(random, "likelihood", "positive", "bernoulli", linear, 2), 400)
    floor = case_of(random, "likelihood", "softmax", "gaussian", linear, 2, target_spread=0.7)
    floor["theta"][-1] = -12.0
    yield floor
    # No weight reads an input, and all experts and the gate are the same: the symmetric point.
    same = case_of(random, "likelihood", "softmax", "gaussian", linear, 3)
    same["theta"] = [0.0] * len(same["theta"])
    yield same


def cases():
    random = np.random.RandomState(20240607)
    result = [*grid(random), *negative_weights(random), *extremes(random)]
    for i, case in enumerate(result):
        theta = np.array(case["theta"])
        parts = [case["objective"], case["gate_link"], case["family"], case["gate"], *case["experts"]]
        case["name"] = f"{i + 1}: " + " ".join(parts)
        case["value"] = float(objective(case, theta))
        case["gradient"] = gradient(case, theta).tolist()
    return result


# --- the maximum that the motorcycle data is known for ---

def mcycle():
    with open(os.path.join(ROOT, "testdata", "mcycle.csv")) as file:
        rows = [(float(row["times"]), float(row["accel"])) for row in csv.DictReader(file)]
    return np.array(rows).T


def mcycle_case(theta):
    """Three linear experts and a softmax gate on the inputs standardised, as `moe train` does (divisor n)."""
    x, y = mcycle()
    return {
        "objective": "likelihood", "family": "gaussian", "gate": "linear", "gate_link": "softmax",
        "experts": ["linear"] * 3, "gate_inputs": [0], "expert_inputs": [[0]] * 3, "classes": 0,
        "target_center": y.mean(), "target_scale": y.std(), "target_spread": 1.0,
        "X": ((x - x.mean()) / x.std())[:, None].tolist(), "y": ((y - y.mean()) / y.std()).tolist(),
        "w": [1.0] * len(x), "theta": theta,
    }


def hessian(case, theta, h=1e-5):
    columns = [(gradient(case, theta + h * e) - gradient(case, theta - h * e)) / (2 * h) for e in np.eye(len(theta))]
    H = np.array(columns)
    return (H + H.T) / 2


def penalty(case, theta, gate_l2):
    slopes = theta[1:2 * len(case["experts"]):2]
    return 0.5 * gate_l2 * (slopes ** 2).sum()


def newton(case, theta, gate_l2, steps=300):
    """A minimum of objective plus penalty near theta, by Newton's steps on |H|, halved until they descend."""
    slopes = (np.arange(len(theta)) % 2 == 1) & (np.arange(len(theta)) < 2 * len(case["experts"]))
    f = lambda t: (objective(case, t) + penalty(case, t, gate_l2)).real
    slope = lambda t: gradient(case, t) + gate_l2 * slopes * t
    # Near the end the value no longer differs between two points, but the gradient does.
    better = lambda t, u: f(t) < f(u) or (f(t) < f(u) + 1e-14 and abs(slope(t)).max() < abs(slope(u)).max())
    for _ in range(steps):
        g = slope(theta)
        lam, V = np.linalg.eigh(hessian(case, theta) + gate_l2 * np.diag(slopes))
        # Flat directions stay: the intercepts of a gate can all move together.
        step = -V @ np.where(abs(lam) > 1e-9, (V.T @ g) / np.maximum(abs(lam), 1e-9), 0)
        step *= min(1, 0.3 * abs(theta).max() / abs(step).max())
        while abs(step).max() > 1e-12 and not better(theta + step, theta):
            step /= 2
        if abs(step).max() <= 1e-12:
            break
        theta = theta + step
    return theta


def mcycle_start(cuts):
    """Each expert a line through the rows between two cuts, the gate a soft nearest neighbour to their middles."""
    case, part = mcycle_case([]), np.digitize(mcycle()[0], cuts)
    x, y = np.array(case["X"])[:, 0], np.array(case["y"])
    gate, lines, psi = [], [], []
    for k in range(3):
        x_k, y_k = x[part == k], y[part == k]
        slope, intercept = np.polyfit(x_k, y_k, 1)
        gate += [-2 * x_k.mean() ** 2, 4 * x_k.mean()]
        lines += [intercept, slope]
        psi.append(np.log((y_k - intercept - slope * x_k).std()))
    return np.array(gate + lines + psi)


def data_units(case, theta):
    """Experts' lines and sigmas, and the gate's contrasts to the first expert, per millisecond and in g."""
    x, y = mcycle()
    to_x = lambda b: [b[0] - b[1] * x.mean() / x.std(), b[1] / x.std()]
    gate, lines = theta[:6].reshape(3, 2), theta[6:12].reshape(3, 2)
    experts = []
    for line, psi in zip(lines, theta[12:]):
        intercept, slope = to_x(line * y.std())
        sigma = y.std() * np.sqrt(1e-8 + np.exp(2 * psi))
        experts.append({"(intercept)": intercept + y.mean(), "times": slope, "sigma": sigma})
    contrasts = [dict(zip(("(intercept)", "times"), to_x(a - gate[0]))) for a in gate]
    return {"experts": experts, "gate": contrasts}


def mcycle_fit(case, theta, gate_l2):
    value = objective(case, theta).real
    return {"gate_l2": gate_l2, "log_likelihood": -len(case["y"]) * value, "objective": value,
            "penalty": penalty(case, theta, gate_l2), "theta": theta.tolist(), **data_units(case, theta)}


def mcycle_supremum(case, theta):
    """The supremum of the likelihood as the gate between the second and the third expert becomes a step (complete separation)."""
    x, (times, _) = np.array(case["X"])[:, 0], mcycle()
    g = weights("softmax", forward(case, theta)[0])
    before, after = g[:, 1] > 0.5, g[:, 2] > 0.5
    cut, steepness = (x[before].max() + x[after].min()) / 2, 1e4
    jump = np.concatenate([theta[:4], theta[2:4] + steepness * np.array([-cut, 1]), theta[6:]])
    theta = newton(case, jump, 0)
    fit = data_units(case, theta)
    return {"log_likelihood": -len(x) * objective(case, theta).real,
            "jump_between": [times[before].max(), times[after].min()],
            "experts": fit["experts"], "gate": fit["gate"][:2]}


def mcycle_file():
    case, theta, fits = mcycle_case([]), mcycle_start((14, 22)), []
    for gate_l2 in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        theta = newton(case, theta, gate_l2)
        fits.append(mcycle_fit(case, theta, gate_l2))
    return {
        "about": "Three linear experts, accel given times: minima of the mean loss plus 0.5 gate_l2 |gate slopes|^2 "
                 "(theta in the model's units); without it there is a supremum only, with the limits given here.",
        "supremum": mcycle_supremum(case, theta), "fits": fits,
    }


# --- the command ---

def write(path, items):
    """Writes one case to a line, so that a difference names the case."""
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]\n")


def differences(f, theta, h=1e-6):
    return np.array([(f(theta + h * e) - f(theta - h * e)) / (2 * h) for e in np.eye(len(theta))])


def off(a, b, tolerance):
    return abs(np.asarray(a) - b).max() > tolerance * max(1, abs(np.asarray(b)).max())


def check_case(case):
    theta = np.array(case["theta"])
    value, exact = objective(case, theta), gradient(case, theta)
    if off(case["value"], value, 1e-12) or off(case["gradient"], exact, 1e-12):
        return "does not hold what it should"
    if off(differences(lambda t: objective(case, t).real, theta), exact, 1e-6):
        return "the gradient is not that of the value"
    return ""


def check_fit(fit):
    case, theta = mcycle_case([]), np.array(fit["theta"])
    total = lambda t: objective(case, t) + penalty(case, t, fit["gate_l2"])
    slope = np.array([total(theta + 1j * STEP * e).imag / STEP for e in np.eye(len(theta))])
    if off(fit["log_likelihood"], -len(case["y"]) * objective(case, theta), 1e-12):
        return "does not hold what it should"
    return "is not stationary" if abs(slope).max() > 1e-10 else ""


def check():
    with open(OBJECTIVES) as objectives, open(MCYCLE) as file:
        results = [(case["name"], check_case(case)) for case in json.load(objectives)]
        results += [(f"mcycle gate_l2 {fit['gate_l2']}", check_fit(fit)) for fit in json.load(file)["fits"]]
    bad = [f"oracle.py: {name}: {trouble}" for name, trouble in results if trouble]
    print("\n".join(bad) if bad else f"oracle.py: {len(results)} cases as they should be")
    return 1 if bad else 0


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    if sys.argv[1:]:
        sys.exit("usage: oracle.py [--check]")
    write(OBJECTIVES, cases())
    with open(MCYCLE, "w") as file:
        file.write(json.dumps(mcycle_file(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
