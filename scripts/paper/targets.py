"""What the paper reports (inputs/paper/targets.yaml), and the verdicts that were accepted (verdicts.yaml)."""

import os
from dataclasses import dataclass

import yaml

from . import units
from .decks import InputError, read_yaml

KINDS = ("number", "shape")
FIELDS = {"id", "where", "kind", "value", "tol", "train", "free", "says", "check", "two_readings"}


class Target:
    """One reported value or inequality.

    low, high: bounds [SI] where the value is a number or a range, else None; unit: in which it is shown. train: may be used in calibration.
    free: a control or nearly any set holds it: shown, but no evidence."""

    def __init__(self, entry):
        unknown = set(entry) - FIELDS
        if unknown or not {"id", "where", "kind", "train", "check"} <= set(entry) or entry["kind"] not in KINDS:
            raise InputError(
                f"target {entry.get('id', entry)}: needs id, where, kind ({', '.join(KINDS)}), train and check"
                + (f"; unknown: {', '.join(sorted(unknown))}" if unknown else "")
            )
        self.id, self.where, self.kind, self.check = entry["id"], str(entry["where"]), entry["kind"], entry["check"]
        self.says = entry.get("says", "")
        self.train, self.free, self.two_readings = (bool(entry.get(flag, False)) for flag in ("train", "free", "two_readings"))
        self.text = " ".join(str(entry.get("value", "")).split())
        self.tolerance = entry.get("tol")
        self.low = self.high = None
        self.unit = ""
        if self.kind == "number" and not self.two_readings:
            self._read_bounds()

    def _read_bounds(self):
        try:
            if ".." in self.text:
                low, high = self.text.split("..")
                number, self.unit = units.split(high)
                self.low, self.high = (value * units.factor(self.unit) for value in (float(low), number))
                return
            number, self.unit = units.split(self.text)
            size, unit = units.split(self.tolerance)
        except (units.UnitError, ValueError) as error:
            raise InputError(f"target {self.id}: a number needs value and tol: {error}") from error
        value = number * units.factor(self.unit)
        allowed = size * units.factor(unit) if unit else size * abs(value)
        self.low, self.high = value - allowed, value + allowed

    @property
    def numeric(self):
        return self.low is not None

    @property
    def evidence(self):
        """Held out, and not free."""
        return not self.train and not self.free

    @property
    def role(self):
        return "training" if self.train else "free" if self.free else "evidence"

    @property
    def reported(self):
        """The value with its tolerance, or the check, for tables."""
        if not self.numeric:
            return self.check
        if ".." in self.text:
            return self.text
        size, unit = units.split(self.tolerance)
        return f"{self.text} ± {self.tolerance}" if unit else f"{self.text} ± {100 * size:g} %"


@dataclass
class Reported:
    """targets by id; inconsistencies: statements of the paper that contradict each other; not_scored: {id: note}."""

    targets: dict
    inconsistencies: list
    not_scored: dict


def read_targets(path):
    content = read_yaml(path)
    targets = {}
    for entry in content["targets"]:
        target = Target(entry)
        if target.id in targets:
            raise InputError(f"{path}: target {target.id} is there twice")
        targets[target.id] = target
    return Reported(
        targets,
        list(content.get("inconsistencies_in_the_paper") or []),
        {entry["id"]: entry["note"] for entry in content.get("not_scored") or []},
    )


def read_baseline(path):
    """{set: {"holds": [...], "evidence": n}} as accepted; None where there is no baseline."""
    if not os.path.exists(path):
        return None
    return read_yaml(path) or {}


def write_baseline(path, baseline):
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            "# What every set holds, written by `scripts/reproduce --accept`. A target that no longer holds, or a lower count, is a\n"
            "# regression.\n"
        )
        yaml.safe_dump(baseline, file, sort_keys=False, width=130)
