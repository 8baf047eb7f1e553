"""Variants of the runs: the same decks with something switched off, shifted or refined, in groups that are evaluated as they end."""

import os
import shutil
from dataclasses import dataclass

from .experiments import RUNS
from .runner import Job, Runs

TABLE_RINGS = 24  # of the runs behind the tables, which compare like with like


@dataclass(eq=False)
class Group:
    """A set of runs with the same overrides: `change(deck)` gives them for a resolved deck {key: value}.

    A run that they leave as it is is not repeated: the group shares the result of `basis`, another group. `own`: runs of its own,
    `shared`: those of the basis."""
    name: str
    runs: tuple
    change: object
    basis: object = None
    results: object = None

    def __post_init__(self):
        self.results = Runs({})
        self.own, self.shared = [], []


def as_they_are(runs):
    """The experiments themselves, which have been run, as a basis."""
    group = Group("as it is", tuple(runs), fixed())
    group.results = runs
    return group


def fixed(*overrides):
    """A change to given values."""
    return lambda deck: list(overrides)


def coarse(deck):
    """Table runs: not more rings than TABLE_RINGS."""
    return [("grid.rings", str(TABLE_RINGS))] if int(deck.get("grid.rings", 0)) > TABLE_RINGS else []


def effective(overrides, deck):
    """Those overrides that the deck knows and that change it."""
    return tuple((key, value) for key, value in overrides if key in deck and str(deck[key]) != str(value))


class Plan:
    """All groups, their jobs, and who waits for which job."""

    def __init__(self, inputs, folder, decks, seconds):
        self.inputs, self.folder = inputs, folder
        self.decks = decks  # {run: resolved deck} of the runs as they are
        self.seconds = seconds  # {run: wall time} of them
        self.groups, self.jobs = [], []
        self.outstanding = {}  # id of a group -> keys of jobs it waits for

    def add(self, group):
        """Make the jobs of a group; returns the group."""
        number = len(self.groups)
        self.groups.append(group)
        waits = set()
        for name in group.runs:
            if name not in self.decks:
                continue
            overrides = effective(group.change(self.decks[name]), self.decks[name])
            if group.basis and name in group.basis.runs and not overrides:
                group.shared.append(name)
                if group.basis in self.groups:
                    waits.add((id(group.basis), name))
                continue
            if group.basis:
                overrides = effective(group.basis.change(self.decks[name]), self.decks[name]) + overrides
            run = RUNS[name]
            folder = os.path.join(self.folder, f"{number:03d}_{name}")
            self.jobs.append(Job(f"{group.name}: {name}", os.path.join(self.inputs, run.deck), run.overrides + overrides, folder,
                                 self.seconds.get(name, 1.0), (group, name)))
            group.own.append(name)
            waits.add((id(group), name))
        self.outstanding[id(group)] = waits
        return group

    def finished(self, result):
        """Book a result; returns the groups that are complete with it."""
        group, name = result.job.key
        group.results.results[name] = result
        complete = []
        for other in self.groups:
            waits = self.outstanding[id(other)]
            if (id(group), name) in waits:
                waits.discard((id(group), name))
                if not waits:
                    for shared in other.shared:
                        other.results.share(shared, other.basis.results)
                    complete.append(other)
        return complete

    @staticmethod
    def discard(group):
        """Remove the files of a group."""
        for name in group.own:
            shutil.rmtree(group.results.results[name].job.folder, ignore_errors=True)
        group.results.clear()


def failures(group):
    """{run: why} of the runs of a group that left no result."""
    return {name: result.why for name, result in group.results.results.items() if result.failed}
