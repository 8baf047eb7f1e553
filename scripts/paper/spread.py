"""The spread over all numbers that fit the training targets equally well: sets/NAME/ensemble.csv, a row per member.

Header: `name [unit]` of the fitted numbers, in the units of their ranges; comment lines begin with #. `scripts/reproduce --ensemble SET`
makes one
by a random walk from the set: a step of 3 % of every range, along its scale, is kept where it holds as many training targets with no more
than
half a tolerance of penalty in addition. It looks at training targets only. A calibration may write its own members instead."""

import csv
import os

import numpy as np

from . import evaluate
from .checks import judge
from .decks import InputError

FILE = "ensemble.csv"
STEP, ROUNDS, PROPOSALS, SLACK, MEMBERS = 0.03, 12, 20, 0.5, 40


def read(one):
    """[{name: value}], empty where there is no ensemble."""
    path = os.path.join(one.folder, FILE)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    members = []
    for row in rows:
        member = {}
        for header, text in row.items():
            name, _, unit = header.partition(" [")
            number = one.fitted.get(name)
            if not number or unit.rstrip("]") != number.unit:
                raise InputError(f"{path}: column '{header}': expected a fitted number of the set with the unit of its range")
            try:
                member[name] = float(text)
            except (TypeError, ValueError) as error:
                raise InputError(f"{path}: {header}: expected a number, got '{text}'") from error
        members.append(member)
    return members


def make(one, jobs=2, seed=2, say=lambda text: None):
    """Members found by the walk."""
    random = np.random.default_rng(seed)
    numbers = list(one.fitted.values())
    start = np.array([number.share(number.value) for number in numbers])

    def sample(shares):
        return {number.name: number.at(share) for number, share in zip(numbers, shares)}

    first = evaluate.training_score(one, jobs=jobs)
    kept = [start]
    for turn in range(ROUNDS):
        origins = [kept[place] for place in random.integers(0, len(kept), PROPOSALS)]
        proposals = [np.clip(origin + STEP * random.standard_normal(len(numbers)), 0, 1) for origin in origins]
        scores = evaluate.training_scores(one, [sample(shares) for shares in proposals], jobs=jobs)
        kept += [shares for shares, score in zip(proposals, scores) if score.held >= first.held and score.penalty <= first.penalty + SLACK]
        say(f"ensemble of {one.name}: round {turn + 1} of {ROUNDS}, {len(kept)} members")
        if len(kept) > MEMBERS:
            break
    return [sample(shares) for shares in kept]


def write(one, members):
    path = os.path.join(one.folder, FILE)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(
            f"# {len(members)} members of '{one.name}' that fit the training targets as well; scripts/reproduce --ensemble {one.name}\n"
        )
        table = csv.writer(file, lineterminator="\n")
        table.writerow([f"{number.name} [{number.unit}]" if number.unit else number.name for number in one.fitted.values()])
        table.writerows([f"{member[name]:.8g}" for name in one.fitted] for member in members)
    return path


def shares(one, targets, members, jobs, most=20):
    """({target: share of the members that hold it}, [(training, evidence) held by each]), of at most `most` members, evenly picked."""
    picked = [members[place] for place in sorted({round(place) for place in np.linspace(0, len(members) - 1, min(most, len(members)))})]
    with evaluate.batch(one, picked, rings=24, jobs=jobs) as found:
        judged = [judge(targets, runs, one.reading) for runs in found]
    totals = [
        tuple(
            sum(verdict.holds for verdict in verdicts.values() if wanted(verdict.target))
            for wanted in (lambda target: target.train, lambda target: target.evidence)
        )
        for verdicts in judged
    ]
    return {name: sum(verdicts[name].holds for verdicts in judged) / len(judged) for name in targets}, totals
