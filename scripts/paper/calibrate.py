"""Calibrate a set on the training targets: docs/reproduction.md, "Calibration".

    scripts/calibrate inputs/paper/sets/NAME [--seed N] [--evaluations N]

A scrambled Sobol sequence over the ranges of the fitted numbers, then differential evolution twice, widely and closely around
the best. Nothing but the training targets is evaluated. Writes a line per evaluation to OUT/NAME_SEED.csv and prints the best numbers.
"""

import argparse
import csv
import os
import time

import numpy as np
from scipy.optimize import differential_evolution
from scipy.stats import qmc

from . import evaluate, sets

MISSED = 0.3  # what a missed target costs besides how far it is missed
POPULATION = 16
WIDTHS = (0.15, 0.05)  # of the clouds around the best, in shares of the ranges


class Budget(Exception):
    """The evaluations are spent."""


class Objective:
    """Sum over the missed training targets of the penalty plus MISSED, at shares (0 to 1) of the ranges; smaller is better."""

    def __init__(self, one, path, evaluations, jobs):
        self.one, self.evaluations, self.jobs = one, evaluations, jobs
        self.names = list(one.fitted)
        self.count, self.best, self.best_value, self.held = 0, None, np.inf, 0
        self.begin = time.monotonic()
        self.targets = [name for name, target in evaluate.read_default_targets(one).items() if target.train]
        self.file = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 (closed by the process)
        self.table = csv.writer(self.file)
        self.table.writerow(["evaluation", "objective", "held", *self.names, *self.targets])

    def sample(self, shares):
        return {name: self.one.fitted[name].at(min(1.0, max(0.0, share))) for name, share in zip(self.names, shares)}

    def batch(self, points):
        """Values at a list of points; raises Budget when the evaluations are spent."""
        if self.count >= self.evaluations:
            raise Budget
        samples = [self.sample(point) for point in points]
        values = []
        for point, sample, score in zip(points, samples, evaluate.training_scores(self.one, samples, jobs=self.jobs)):
            value = score.penalty + MISSED * (len(self.targets) - score.held)
            value += float(np.sum(np.maximum(0.0, -point) + np.maximum(0.0, point - 1)))  # outside the ranges
            self.count += 1
            self.table.writerow([self.count, f"{value:.4f}", score.held, *(f"{sample[name]:.8g}" for name in self.names),
                                 *(f"{score.verdicts[name].penalty:.3f}" if not score.verdicts[name].holds else "" for name in self.targets)])
            if value < self.best_value:
                self.best, self.best_value, self.held = np.array(point), value, score.held
                print(f"{self.count:5d} {time.monotonic() - self.begin:6.0f} s  {value:.3f}  {score.held} held  "
                      + " ".join(f"{name}={sample[name]:.5g}" for name in self.names)
                      + "  missed: " + " ".join(name for name in self.targets if not score.verdicts[name].holds), flush=True)
            values.append(value)
        self.file.flush()
        return np.array(values)

    def __call__(self, points):
        """For differential_evolution: columns are points."""
        return self.batch([np.array(column) for column in np.atleast_2d(points.T)])


def calibrate(one, path, seed, evaluations, jobs):
    """Half of the evaluations widely, from the best of a Sobol sequence and the numbers that the set comes with; then closer to the best."""
    objective = Objective(one, path, evaluations, jobs)
    count = len(objective.names)
    random = np.random.default_rng(seed)
    points = qmc.Sobol(count, scramble=True, seed=seed).random(64)[:3 * POPULATION]
    points[0] = [np.clip(one.fitted[name].share(one.fitted[name].value), 0, 1) for name in objective.names]
    try:
        values = np.concatenate([objective.batch(list(part)) for part in np.array_split(points, 3)])
        cloud = points[np.argsort(values)]
        for stage, width in enumerate(WIDTHS):
            kept = POPULATION // 2 if stage == 0 else 1
            near = np.clip(objective.best + width * random.standard_normal((POPULATION - kept, count)), 0, 1)
            first = np.vstack([cloud[:kept] if stage == 0 else [objective.best], near])
            left = evaluations - objective.count if stage == len(WIDTHS) - 1 else (evaluations - objective.count) // 2
            differential_evolution(objective, [(0, 1)] * count, init=first, maxiter=max(1, left // POPULATION - 1), seed=seed,
                                   strategy="best1bin", mutation=(0.3, 0.9), recombination=0.7, tol=0, polish=False,
                                   vectorized=True, updating="deferred")
    except Budget:
        pass
    seconds = time.monotonic() - objective.begin
    print(f"{one.name}: {objective.count} evaluations, {seconds:.0f} s, {objective.held} of {len(objective.targets)} held")
    for name, value in objective.sample(objective.best).items():
        print(f"  {name}: {one.fitted[name].text(value)}")
    return objective


def main():
    parser = argparse.ArgumentParser(prog="scripts/calibrate", description="Calibrate a set on the training targets: docs/reproduction.md")
    parser.add_argument("set", help="folder of the set")
    parser.add_argument("--inputs", default=None, help="folder of the experiments' decks (default: two above the set)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--evaluations", type=int, default=320, help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=1, help="experiments side by side (default: %(default)s)")
    parser.add_argument("--out", default="out/calibration", help="folder of the table (default: %(default)s)")
    options = parser.parse_args()
    one = sets.read_set(options.set, options.inputs)
    os.makedirs(options.out, exist_ok=True)
    calibrate(one, os.path.join(options.out, f"{one.name}_{options.seed}.csv"), options.seed, options.evaluations, options.jobs)


if __name__ == "__main__":
    main()
