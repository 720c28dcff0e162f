#!/usr/bin/python3
"""The mixture that `moe train --solver adam` fits, in PyTorch: K experts (linear, or one hidden layer of relu), a softmax gate, a
normal density with a sigma of its own for each expert, everything standardised.
  torch_peer.py steps FILE.csv K HIDDEN BATCH EPOCHS loop|stacked THREADS   microseconds a step, the last epoch's mean loss
  torch_peer.py pass N D K THREADS                                          milliseconds of a full-batch loss and gradient
loop is a module an expert, as one would write it first; stacked computes all experts in one batched product a layer."""
import math
import os
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn

now = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter


class Loop(nn.Module):
    def __init__(self, d, K, hidden):
        super().__init__()
        self.gate = nn.Linear(d, K)
        layers = [nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, 1)) if hidden else nn.Linear(d, 1)
                  for _ in range(K)]
        self.experts = nn.ModuleList(layers)
        self.log_sigma = nn.Parameter(torch.zeros(K))

    def forward(self, x):
        return self.gate(x), torch.cat([expert(x) for expert in self.experts], 1)


class Stacked(nn.Module):
    def __init__(self, d, K, hidden):
        super().__init__()
        self.hidden, self.K = hidden, K
        self.gate = nn.Linear(d, K)
        self.first = nn.Linear(d, K * hidden if hidden else K)
        if hidden:
            self.second = nn.Parameter(torch.randn(K, hidden, 1) / math.sqrt(hidden))
            self.bias = nn.Parameter(torch.zeros(K, 1, 1))
        self.log_sigma = nn.Parameter(torch.zeros(K))

    def forward(self, x):
        out = self.first(x)
        if self.hidden:
            inner = torch.relu(out).view(-1, self.K, self.hidden).transpose(0, 1)
            out = torch.baddbmm(self.bias, inner, self.second)[..., 0].t()
        return self.gate(x), out


def loss(model, x, y):
    logits, mu = model(x)
    z = (y.unsqueeze(1) - mu) * torch.exp(-model.log_sigma)
    terms = torch.log_softmax(logits, 1) - 0.5 * z * z - model.log_sigma
    return 0.5 * math.log(2 * math.pi) - torch.logsumexp(terms, 1).mean()


def steps(path, K, hidden, batch, epochs, impl, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    M = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32)
    center, scale = M.mean(0), M.std(0)
    M = torch.from_numpy((M - center) / scale)
    x, y = M[:, :-1].contiguous(), M[:, -1].contiguous()
    model = (Loop if impl == "loop" else Stacked)(x.shape[1], K, hidden)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    times, mean = [], 0
    for _ in range(epochs):
        begin, total, count = now(), 0.0, 0
        order = torch.randperm(len(y))
        for i in range(0, len(y), batch):
            rows = order[i:i + batch]
            value = loss(model, x[rows], y[rows])
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            total += value.item()
            count += 1
        times.append((now() - begin) / count)
        mean = total / count + math.log(scale[-1])
    print("%.3f us/step, loss %.6f" % (1e6 * statistics.median(times), mean))


def full_pass(n, d, K, threads):
    torch.set_num_threads(threads)
    x, y = torch.randn(n, d), torch.randn(n)
    model = Stacked(d, K, 0)

    def once():
        model.zero_grad()
        loss(model, x, y).backward()

    once()
    times = []
    for _ in range(5):
        begin = now()
        once()
        times.append(now() - begin)
    print("%.3f ms" % (1e3 * statistics.median(times)))


def main(words):
    if words[0] == "steps":
        steps(words[1], *(int(word) for word in words[2:6]), words[6], int(words[7]))
    else:
        full_pass(*(int(float(word)) for word in words[1:5]))


main(sys.argv[1:])
