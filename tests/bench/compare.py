#!/usr/bin/python3
"""compare.py SCRATCH: moe and its peers in turn, RUNS (5) times each, one after the other in every round; prints one table of medians,
their ratios and what is aimed at. scripts/bench builds what it calls and writes the tables. A peer that is not there gets a
line that says so. With BENCH_CLOCK=cpu on a machine that has other work, times are processor time: set THREADS=1 beside it, as
threads that wait for one another are not seen then."""
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCRATCH = sys.argv[1]
MOE = os.path.join(HERE, "..", "..", "build", "moe")
SPEED = os.path.join(SCRATCH, "speed")
PYTHON = "/usr/bin/python3"
RUNS = int(os.environ.get("RUNS", "5"))
ROWS = int(float(os.environ.get("ROWS", "1e6")))  # of the large tables
THREADS = int(os.environ.get("THREADS", os.cpu_count()))


class Missing(Exception):
    """A peer that cannot be run."""


def output(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing((done.stderr.strip().splitlines() or ["it failed"])[-1])
    return done.stdout


def first_number(command):
    return float(output(command).split()[0])


def now():
    if os.environ.get("BENCH_CLOCK") != "cpu":
        return time.perf_counter()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def seconds_of(command):
    begin = now()
    output(command)
    return now() - begin


def medians(entrants, runs=RUNS):
    """{name: how to measure it once} -> {name: median, or why it is missing}; one round after the other."""
    found = {name: [] for name in entrants}
    for _ in range(runs):
        for name, measure in entrants.items():
            if isinstance(found[name], str):
                continue
            try:
                found[name].append(measure())
            except (Missing, OSError) as problem:
                found[name] = str(problem)
    return {name: of if isinstance(of, str) else statistics.median(of) for name, of in found.items()}


def speed(*words):
    return lambda: first_number([SPEED, *words])


def peer(script, *words):
    program = {".R": "Rscript", ".js": "node"}.get(os.path.splitext(script)[1], PYTHON)
    return lambda: first_number([program, os.path.join(HERE, script), *words])


def figure(value):
    return f"{value:.4g}"


def row(what, moe, unit, against, goal):
    """One line: moe's median, and of each peer its own and how many times moe's it is."""
    print(f"{what}\n    moe {figure(moe)} {unit}   (goal: {goal})")
    for name, value in against.items():
        if isinstance(value, str):
            print(f"    {name}: left out: {value}")
        else:
            print(f"    {name} {figure(value)} {unit}, {figure(value / moe)} x")
    sys.stdout.flush()


def contest(what, unit, moe, peers, goal, runs=RUNS):
    found = medians({"moe": moe, **peers}, runs)
    mine = found.pop("moe")
    if isinstance(mine, str):
        print(f"{what}\n    moe: {mine}")
        return None
    row(what, mine, unit, found, goal)
    return mine


def limits():
    print(f"This machine: {THREADS} threads")
    for line in output([SPEED, "limits", THREADS, os.path.join(SCRATCH, "wide.csv")]).splitlines():
        print("    " + line)


def small_steps():
    for what, table, d, K, hidden, batch, epochs, few, goal in (
            ("Adam, batch 32, d=4, K=2, linear experts", "small.csv", 4, 2, 0, 32, 20, 2, "200 x PyTorch"),
            ("Adam, batch 256, d=32, K=8, MLP experts of 32", "middle.csv", 32, 8, 32, 256, 50, 10, "5 x PyTorch")):
        network = f"mlp:{hidden}" if hidden else "linear"
        path = os.path.join(SCRATCH, table)
        contest(what, "us/step", speed("steps", 10000, d, K, network, batch, epochs),
                {f"PyTorch {impl}, {threads} thread{'s' * (threads > 1)}":
                     peer("torch_peer.py", "steps", path, K, hidden, batch, few, impl, threads)
                 for impl in ("loop", "stacked") for threads in sorted({1, THREADS})}, goal)
    losses = {"moe": [SPEED, "steps", 10000, 4, 2, "linear", 32, 10],
              "PyTorch": [PYTHON, os.path.join(HERE, "torch_peer.py"), "steps", os.path.join(SCRATCH, "small.csv"), 2, 0,
                          32, 10, "stacked", 1]}
    for name, command in losses.items():
        try:
            print(f"    {name}'s loss in its tenth epoch: {re.search('loss (.*)', output(command)).group(1)}")
        except Missing as problem:
            print(f"    {name}: left out: {problem}")


def passes():
    mine = contest(f"value and gradient, n={ROWS:.0e}, d=32, K=8, linear", "ms", speed("pass", ROWS, 32, 8, THREADS),
                   {f"PyTorch, float, {THREADS} threads": peer("torch_peer.py", "pass", ROWS, 32, 8, THREADS),
                    "the products' and exponentials' limits": speed("limit-of-pass", ROWS, 32, 8, THREADS)},
                   "5 x PyTorch; 0.7 of the limits")
    em = contest("one EM iteration, the same", "ms", speed("em", ROWS, 32, 8, THREADS), {}, "4 x the pass above")
    if mine and em:
        print(f"    {figure(em / mine)} x the pass")


def threads():
    entrants = {f"{what} {count}": speed(what, ROWS, 32, 8, count) for what in ("pass", "em", "predict")
                for count in (1, 2)}
    entrants.update({f"restarts {count}": (lambda count=count: seconds_of(
        [MOE, "train", os.path.join(SCRATCH, "small.csv"), "-k", 4, "--restarts", 8, "--threads", count, "-o",
         "/dev/null"])) for count in (1, 2)})
    found = medians(entrants)
    print("one thread against two   (goal: 1.85 x)")
    for what in ("pass", "em", "predict", "restarts"):
        print(f"    {what} {figure(found[what + ' 1'] / found[what + ' 2'])} x")


def flexmix():
    path = os.path.join(SCRATCH, "em.csv")
    contest("EM, one iteration, n=1e5, d=4, K=4", "ms", speed("em", 100000, 4, 4, THREADS),
            {"flexmix": lambda: 1e3 * seconds_an_iteration(path)}, "500 x")
    model, told = os.path.join(SCRATCH, "em.moe"), []

    def whole_fit():
        told.append(output(["Rscript", os.path.join(HERE, "flexmix_peer.R"), path, 4, 1000]).strip())
        return float(told[-1].split()[0])
    contest("EM, the whole fit from one start, as a process", "s",
            lambda: seconds_of([MOE, "train", path, "-k", 4, "--restarts", 1, "-q", "-o", model]),
            {"flexmix, its fit alone": whole_fit}, "300 x", runs=1)  # minutes
    print(f"    moe reached log-likelihood {json.loads(output([MOE, 'eval', '-m', model, path, '--json']))['log_likelihood']:.3f}")
    for text in told:
        print(f"    flexmix: {text}")


def seconds_an_iteration(path):
    words = output(["Rscript", os.path.join(HERE, "flexmix_peer.R"), path, 4, 3]).split()
    return float(words[0]) / float(words[2])


def whole_process():
    path = os.path.join(SCRATCH, "small.csv")
    contest("10,000 x 4 from CSV, 10 epochs of batch 32, as a process", "s",
            lambda: seconds_of([MOE, "train", path, "-k", 2, "--solver", "adam", "--epochs", 10, "-q", "-o",
                          os.path.join(SCRATCH, "small.moe")]),
            {"PyTorch": lambda: seconds_of([PYTHON, os.path.join(HERE, "torch_peer.py"), "steps", path, 2, 0, 32, 10, "stacked",
                                      1])}, "100 x")
    contest("moe --version", "ms", lambda: 1e3 * seconds_of([MOE, "--version"]), {}, "5 ms")


def prediction():
    contest(f"predict in memory, n={ROWS:.0e}, d=32, K=8", "ms", speed("predict", ROWS, 32, 8, THREADS),
            {"ONNX Runtime on the exported model, float": peer("onnx_peer.js", os.path.join(SCRATCH, "wide.onnx"), ROWS, THREADS),
             "XGBoost, 100 trees of depth 6": peer("xgboost_peer.py", ROWS, 32, THREADS)}, "2 x ONNX Runtime, 40 x XGBoost")
    wide, model, predicted, select = (os.path.join(SCRATCH, name) for name in ("wide.csv", "wide.moe", "predicted.csv", "wide.sql"))
    contest(f"predict CSV to CSV, {os.path.getsize(wide) / 1e6:.0f} MB", "s",
            lambda: seconds_of([MOE, "predict", "-m", model, wide, "-o", predicted]),
            {"DuckDB by the exported SQL": lambda: seconds_of(
                ["node", os.path.join(HERE, "duckdb_peer.js"), select, wide, predicted + ".duckdb", THREADS]),
             "wc -l of input and output": lambda: seconds_of(["wc", "-l", wide, predicted])}, "ahead of DuckDB")


def growth():
    """The slopes of log time in log size between the ends of each range."""
    print("growth of a pass and of an EM iteration   (goal: exponents at most 1.05)")
    few = max(ROWS // 20, 1000)
    ranges = {"rows": [(10000, 16, 4), (ROWS, 16, 4)], "inputs": [(few, 4, 4), (few, 256, 4)],
              "experts": [(few, 16, 2), (few, 16, 64)]}
    for place, (name, ends) in enumerate(ranges.items()):
        for what in ("pass", "em"):
            found = list(medians({str(end): speed(what, *end, THREADS) for end in ends}).values())
            exponent = math.log(found[1] / found[0]) / math.log(ends[1][place] / ends[0][place])
            print(f"    {what} in {name}, {ends[0][place]} to {ends[1][place]}: {figure(exponent)}")
            sys.stdout.flush()


def memory():
    path = os.path.join(SCRATCH, "large.csv")  # beside which the program itself, some 35 MB, counts for little
    output([MOE, "train", path, "-k", 8, "--solver", "adam", "--epochs", 1, "-q", "-o", os.path.join(SCRATCH, "memory.moe")])
    with open(path, "rb") as file:
        rows = sum(1 for _ in file) - 1
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024  # the largest child so far: memory() runs first
    print(f"peak memory of a fit   (goal: 1.3 x the matrix)\n    {figure(peak / (rows * 33 * 8))} x")


PARTS = {part.__name__: part for part in (memory, limits, small_steps, whole_process, passes, flexmix, prediction, threads,
                                          growth)}
for name in sys.argv[2:] or PARTS:
    PARTS[name]()
