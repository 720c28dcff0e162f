#!/usr/bin/python3
"""xgboost_peer.py N D THREADS: milliseconds in which XGBoost (100 trees of depth 6) predicts N rows of D inputs in memory."""
import os
import statistics
import sys
import time

import numpy as np
import xgboost

now = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter
n, d, threads = (int(float(word)) for word in sys.argv[1:])
random = np.random.default_rng(1)
X = random.standard_normal((n, d), dtype=np.float32)
y = X @ random.standard_normal(d).astype(np.float32) + random.standard_normal(n).astype(np.float32)
few = slice(0, min(n, 50000))
model = xgboost.XGBRegressor(n_estimators=100, max_depth=6, tree_method="hist", n_jobs=threads).fit(X[few], y[few])
booster = model.get_booster()
booster.set_param({"nthread": threads})
booster.inplace_predict(X)
times = []
for _ in range(5):
    begin = now()
    booster.inplace_predict(X)
    times.append(now() - begin)
print("%.3f ms" % (1e3 * statistics.median(times)))
