#!/usr/bin/python3
"""Fits a logistic regression (scikit-learn; standardised inputs, C = 1) to testdata/breast_cancer_train.csv and evaluates it on
breast_cancer_test.csv, for comparison with `moe eval`. Needs python3-sklearn."""
import csv
import os

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TESTDATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "testdata")


def table(name):
    with open(os.path.join(TESTDATA, name), newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[:-1] for row in rows], float), np.array([row[-1] for row in rows])


X, y = table("breast_cancer_train.csv")
model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, tol=1e-8, max_iter=10000)).fit(X, y)
for part in ("train", "test"):
    X, y = table(f"breast_cancer_{part}.csv")
    accuracy, loss = accuracy_score(y, model.predict(X)), log_loss(y, model.predict_proba(X), labels=model.classes_)
    print(f"{part:5}  accuracy {accuracy:.4f}  log_loss {loss:.4f}")
