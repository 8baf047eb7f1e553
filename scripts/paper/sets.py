"""Sets: hypotheses as laws with their numbers, in inputs/paper/sets/NAME/.

parameters.yaml   a deck without protocol; it takes the place of inputs/paper/parameters.yaml in the decks of the experiments
set.yaml          what the set claims and what it cost:

    hypothesis: one sentence
    training: which targets its numbers were chosen by, in words
    search: the effort: method, starts, evaluations
    blind: true                     # the held-out targets were not looked at
    control: true                   # a null model; left out: false
    reading: A                      # of "|eta| = 9.4 mA cm-2", if the set claims one (A or B); left out: whichever is met
    decks:                          # what an experiment needs besides; the deck's name, keys as --set writes them
      staircase: {deposit.pinning_diameter: 7 um}
    fitted:                         # every fitted number, by name
      load: {key: needle.pressure, range: [0.1 MPa, 5 MPa], scale: log}
      supply: {keys: [contact.void_reservoir.supply_limit, contact.void_reservoir.reservoir_supply], scale: log}
      pinning: {key: deposit.pinning_diameter, decks: [staircase], range: [5 um, 10.6 um]}

A number with several keys sets all of them. `decks`: only there (a deck, or what it includes); left out: everywhere. `range` may be left
out where the value in the deck is annotated with one. scale: linear (default) or log: how the range is searched and drawn from.
"""

import os
from dataclasses import dataclass

import numpy as np

from . import units
from .decks import InputError, lookup, merged, read_yaml

FIELDS = {"hypothesis", "training", "search", "blind", "control", "reading", "decks", "fitted"}
NUMBER_FIELDS = {"key", "keys", "decks", "range", "scale"}


@dataclass
class FittedNumber:
    """A number of a set that targets had a part in. value, low, high in `unit`."""

    name: str
    keys: list
    decks: list
    value: float
    low: float
    high: float
    unit: str
    logarithmic: bool

    def at(self, share):
        """The value at a share of the range, 0 to 1, along its scale."""
        if self.logarithmic:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def share(self, value):
        """The inverse of at()."""
        if self.logarithmic:
            return np.log(value / self.low) / np.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def text(self, value=None):
        return f"{self.value if value is None else value:.10g} {self.unit}".strip()


@dataclass
class Set:
    name: str
    folder: str
    inputs: str  # folder of the experiments' decks
    hypothesis: str
    training: str
    search: str
    blind: bool
    control: bool
    reading: str
    decks: dict
    fitted: dict

    def overrides(self, chain):
        """{key: text} that the set asks for in a deck; chain: names of the deck and of what it includes."""
        return {key: value for name in reversed(chain) for key, value in self.decks.get(name, {}).items()}

    def applies(self, number, chain):
        return not number.decks or bool(set(number.decks) & set(chain))

    def random_samples(self, count, seed):
        """`count` sets drawn from the ranges of the fitted numbers, uniformly along their scales."""
        shares = np.random.default_rng(seed).random((count, len(self.fitted)))
        return [{number.name: number.at(share) for number, share in zip(self.fitted.values(), row)} for row in shares]


def _read_number(set_path, name, entry, tree, found):
    where = f"{set_path}: fitted.{name}"
    if not isinstance(entry, dict) or set(entry) - NUMBER_FIELDS or ("key" in entry) == ("keys" in entry):
        raise InputError(f"{where}: needs key or keys; may have decks, range, scale (linear, log)")
    keys = entry.get("keys") or [entry["key"]]
    decks = entry.get("decks", [])
    value, bounds = lookup(tree, keys[0])
    for deck in decks:
        # What the deck itself says goes before the set, and what the set says about the deck before both.
        own, annotated = lookup(merged(os.path.join(found.inputs, f"{deck}.yaml"), ("parameters.yaml",)), keys[0])
        value = found.decks.get(deck, {}).get(keys[0], value if own is None else own)
        bounds = annotated or bounds
    bounds = entry.get("range") or bounds
    if decks and "needle.pressure" in keys:
        raise InputError(f"{where}: one initial load for all experiments is a condition on a set")
    if value is None or bounds is None:
        raise InputError(f"{where}: {keys[0]} has no " + ("value in the set or its decks" if value is None else "range"))
    try:
        low, unit = units.split(bounds[0])
        scale = units.factor(unit)
        high, value = units.to_si(bounds[1]) / scale, units.to_si(value) / scale
    except (units.UnitError, TypeError, IndexError) as error:
        raise InputError(f"{where}: {error}") from error
    logarithmic = entry.get("scale", "linear") == "log"
    if not low < high or (logarithmic and low <= 0) or entry.get("scale", "linear") not in ("linear", "log"):
        raise InputError(f"{where}: expected a range from low to high, above 0 with scale: log; got {bounds}")
    return FittedNumber(name, keys, decks, value, low, high, unit, logarithmic)


def read_set(folder, inputs=None):
    """The set in a folder; inputs: folder of the experiments' decks (default: two above)."""
    folder = os.path.abspath(folder)
    inputs = os.path.abspath(inputs) if inputs else os.path.dirname(os.path.dirname(folder))
    path = os.path.join(folder, "set.yaml")
    content = read_yaml(path) or {}
    missing = {"hypothesis", "training", "search", "blind", "fitted"} - set(content)
    if missing or set(content) - FIELDS:
        raise InputError(
            f"{path}: missing: {', '.join(sorted(missing)) or 'nothing'}; unknown: {', '.join(sorted(set(content) - FIELDS)) or 'nothing'}"
        )
    if content.get("reading") not in (None, "A", "B"):
        raise InputError(f"{path}: reading: expected A or B, got {content['reading']}")
    found = Set(
        os.path.basename(folder),
        folder,
        inputs,
        " ".join(content["hypothesis"].split()),
        str(content["training"]),
        str(content["search"]),
        bool(content["blind"]),
        bool(content.get("control", False)),
        content.get("reading"),
        content.get("decks") or {},
        {},
    )
    if any("needle.pressure" in keys for keys in found.decks.values()):
        raise InputError(f"{path}: decks: needle.pressure: one initial load for all experiments is a condition on a set")
    tree = merged(os.path.join(folder, "parameters.yaml"))
    for name, entry in (content["fitted"] or {}).items():
        found.fitted[name] = _read_number(path, name, entry, tree, found)
    return found


def read_sets(inputs):
    """All sets below a folder of experiments, controls first."""
    folder = os.path.join(inputs, "sets")
    names = sorted(name for name in os.listdir(folder) if os.path.exists(os.path.join(folder, name, "set.yaml")))
    found = [read_set(os.path.join(folder, name), inputs) for name in names]
    return {one.name: one for one in sorted(found, key=lambda one: (not one.control, one.name))}
