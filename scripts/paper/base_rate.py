"""Base rates: the share of random sets, drawn from the ranges of a set's fitted numbers, that hold a target. A target that most of them
hold says
little about the numbers of the set.

    scripts/reproduce --base-rates [SET...]        writes inputs/paper/sets/SET/base_rate.csv

Drawn uniformly along the scale of each range, 200 sets from a fixed seed, on 24 rings (asymmetric voltammograms 64 and 32). A run that
fails holds nothing."""

import csv
import os

from . import evaluate
from .checks import judge
from .decks import InputError

COUNT, SEED, RINGS, CHUNK = 200, 1, 24, 10
FILE = "base_rate.csv"


def compute(one, targets, jobs=2, count=COUNT, say=lambda text: None):
    """({target: share}, [(training, evidence) targets held by each random set])."""
    held, totals = {name: 0 for name in targets}, []
    samples = one.random_samples(count, SEED)
    for first in range(0, count, CHUNK):
        with evaluate.batch(one, samples[first : first + CHUNK], rings=RINGS, jobs=jobs) as found:
            for runs in found:
                verdicts = judge(targets, runs, one.reading)
                for name, verdict in verdicts.items():
                    held[name] += verdict.holds
                totals.append(
                    tuple(
                        sum(verdict.holds for verdict in verdicts.values() if wanted(verdict.target))
                        for wanted in (lambda target: target.train, lambda target: target.evidence)
                    )
                )
        say(f"base rates of {one.name}: {min(first + CHUNK, count)} of {count}")
    return {name: number / count for name, number in held.items()}, totals


def write(one, shares, totals):
    path = os.path.join(one.folder, FILE)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(f"# Share of {len(totals)} random sets of '{one.name}' that hold a target; scripts/reproduce --base-rates {one.name}\n")
        file.write(f"# seed {SEED}, {RINGS} rings, {len(one.fitted)} numbers: {', '.join(one.fitted)}\n")
        for word, place in (("training", 0), ("evidence", 1)):
            numbers = sorted(total[place] for total in totals)
            file.write(
                f"# {word} targets held: median {numbers[len(numbers) // 2]}, 95 % of the sets at most "
                f"{numbers[int(0.95 * (len(numbers) - 1))]}, "
                f"best {numbers[-1]}\n"
            )
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["target", "share"])
        table.writerows([name, f"{share:.3f}"] for name, share in shares.items())
    return path


def read(one):
    """({target: share} or None where none was made, comments of the file)."""
    path = os.path.join(one.folder, FILE)
    if not os.path.exists(path):
        return None, []
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().splitlines()
    comments = [line[2:] for line in lines if line.startswith("# ")]
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    try:
        return {row["target"]: float(row["share"]) for row in rows}, comments
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: expected the columns target, share: {error}") from error
