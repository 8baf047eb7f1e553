"""What the paper reports (targets.yaml) and the one set of parameters (parameters.yaml)."""

import os

from . import units
from .decks import InputError, merged, read_yaml

KINDS = ("exact", "number", "shape")


class Target:
    """One reported value or inequality.

    low, high: bounds [SI] where the value is a number or a range, else None; unit: in which it is shown."""

    FIELDS = {"id", "where", "kind", "value", "tol", "at", "note", "inconsistencies", "train", "free", "says", "check", "two_readings"}

    def __init__(self, entry):
        unknown = set(entry) - self.FIELDS
        if unknown or not {"id", "where", "kind"} <= set(entry) or not {"value", "check"} & set(entry) or entry["kind"] not in KINDS:
            raise InputError(f"target {entry.get('id', entry)}: needs id, where, kind ({', '.join(KINDS)}) and value"
                             + (f"; unknown: {', '.join(sorted(unknown))}" if unknown else ""))
        self.id, self.where, self.kind = entry["id"], str(entry["where"]), entry["kind"]
        self.text = " ".join(str(entry.get("value", entry.get("check"))).split())
        self.check, self.says = entry.get("check", ""), entry.get("says", "")
        self.train, self.free, self.two_readings = (bool(entry.get(flag, False)) for flag in ("train", "free", "two_readings"))
        self.tolerance = entry.get("tol")
        self.at, self.note = entry.get("at", ""), entry.get("note", "")
        self.inconsistencies = entry.get("inconsistencies", [])
        self.low = self.high = None
        self.unit = ""
        if self.kind != "shape":
            self._read_bounds()

    def _read_bounds(self):
        try:
            if ".." in self.text:
                low, high = self.text.split("..")
                number, self.unit = units.split(high)
                self.low, self.high = (value * units.factor(self.unit) for value in (float(low), number))
                return
            number, self.unit = units.split(self.text)
            value = number * units.factor(self.unit)
        except (units.UnitError, ValueError):
            return  # stated in words
        if self.tolerance is None:
            raise InputError(f"target {self.id}: a number needs a tolerance (tol)")
        try:
            size, unit = units.split(self.tolerance)
        except units.UnitError as error:
            raise InputError(f"target {self.id}: tol: {error}") from error
        allowed = size * units.factor(unit) if unit else size * abs(value)
        self.low, self.high = value - allowed, value + allowed

    @property
    def numeric(self):
        return self.low is not None

    def contains(self, value):
        """Whether a value [SI] lies within the tolerance (rounding of the bounds forgiven)."""
        slack = 1e-12 * max(abs(self.low), abs(self.high))
        return bool(self.low - slack <= value <= self.high + slack)

    @property
    def reported(self):
        """The value with its tolerance, for tables."""
        if not self.numeric or ".." in self.text:
            return self.text
        size, unit = units.split(self.tolerance)
        return f"{self.text} ± {self.tolerance}" if unit else f"{self.text} ± {100 * size:g} %"


SHARED = "parameters.yaml"  # the set that all decks include


class Parameter:
    """One value of the parameter set, with where it comes from. `key` as in decks; `deck`: the one deck that it belongs to, or
    "" for the set that all share."""

    FIELDS = {"value", "range", "source", "fitted_to", "note"}

    def __init__(self, key, entry, deck=""):
        self.key, self.value, self.deck = key, entry["value"], deck
        self.range, self.source = entry.get("range"), entry.get("source", "")
        fitted = entry.get("fitted_to") or []
        self.fitted_to = [fitted] if isinstance(fitted, str) else list(fitted)
        self.note = entry.get("note", "")

    @property
    def inside(self):
        """Whether the value lies in its range; None where there is no range of numbers."""
        try:
            low, high = (units.to_si(bound) for bound in self.range)
            return bool(low <= units.to_si(self.value) <= high)
        except (TypeError, ValueError):
            return None


def read_targets(path):
    """Targets by id, and the inconsistencies by name."""
    content = read_yaml(path)
    inconsistencies = content.get("inconsistencies", {})
    targets = {}
    for entry in content["targets"]:
        target = Target(entry)
        if target.id in targets:
            raise InputError(f"{path}: target {target.id} is there twice")
        for name in target.inconsistencies:
            if name not in inconsistencies:
                raise InputError(f"{path}: target {target.id}: there is no inconsistency '{name}'")
        targets[target.id] = target
    return targets, inconsistencies


def read_statements(path):
    """Targets of the second edition by id, the statements that contradict each other, what is shown but not scored."""
    content = read_yaml(path)
    targets = {}
    for entry in content["targets"]:
        target = Target(entry)
        if target.id in targets:
            raise InputError(f"{path}: target {target.id} is there twice")
        targets[target.id] = target
    return targets, list(content.get("inconsistencies_in_the_paper", [])), list(content.get("not_scored", []))


def _leaves(prefix, node):
    """(key, entry, annotated) of all values of a deck but its protocol."""
    for name, value in node.items():
        if isinstance(value, dict) and "value" in value and set(value) <= Parameter.FIELDS:
            yield prefix + name, value, True
        elif isinstance(value, dict):
            yield from _leaves(f"{prefix}{name}.", value)
        elif name not in ("title", "include", "protocol"):
            yield prefix + name, {"value": value}, False


def read_parameters(path):
    """Parameters of the shared set by key, in the order of the file."""
    return {key: Parameter(key, entry) for key, entry, _ in _leaves("", merged(path))}


def _with_includes(inputs, decks):
    """Names of the decks that are there and of what they include, but for the shared set."""
    found, queue = [], list(dict.fromkeys(decks))
    while queue:
        deck = queue.pop(0)
        if deck in found or deck == SHARED or not os.path.exists(os.path.join(inputs, deck)):
            continue
        found.append(deck)
        included = (read_yaml(os.path.join(inputs, deck)) or {}).get("include", [])
        queue += [included] if isinstance(included, str) else included
    return found


def read_own_values(inputs, decks, shared):
    """Annotated values of single decks, by "deck: key": initial states with a fit of their own. Without a range of their own they
    have that of the shared parameter, as in the program."""
    found = {}
    for deck in _with_includes(inputs, decks):
        for key, entry, annotated in _leaves("", read_yaml(os.path.join(inputs, deck)) or {}):
            if annotated:
                own = found[f"{deck}: {key}"] = Parameter(key, entry, deck)
                if own.range is None and key in shared:
                    own.range = shared[key].range
    return found


def read_baseline(path):
    """Ids of the targets that held when the baseline was written; None where there is no baseline."""
    if not os.path.exists(path):
        return None
    content = read_yaml(path) or {}
    return list(content.get("holds") or [])


def write_baseline(path, ids):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Targets that hold, written by `scripts/reproduce --accept`. One that no longer does is a regression.\nholds:\n")
        file.writelines(f"  - {name}\n" for name in ids)
