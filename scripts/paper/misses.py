"""What limits a target that is missed: variations, by the target's id, that the report runs only when it is missed.

A variation has a name, overrides of the decks of the target's runs, and optionally a remark on what it would take. Values outside
a parameter's range are allowed here: they show what the range excludes."""

from dataclasses import dataclass

from .document import Cell
from .variants import Group, as_they_are, failures, fixed


@dataclass(frozen=True)
class Variation:
    name: str
    overrides: tuple
    remark: str = ""


VOID = "contact.void_reservoir."
VARIATIONS = {
    "cycle1_cathodic_overlap": (
        Variation("no asperity gaps", ((VOID + "asperity_fraction", "1"),), "gaps fill and open again; but Fig. 2b needs them"),
        Variation("gaps open in 50 ms", ((VOID + "dewetting_time", "50 ms"),), "faster than the sweep; costs the anodic limit at 10 mV/s"),
        Variation("flow threshold 1 mV wide", ((VOID + "flow_width", "1 mV"),), "a smoother fold-back"),
    ),
    "rate_flat": (
        Variation("no reservoir", ((VOID + "reservoir_supply", "1e-7 mA cm-2"),), "what the reservoir still gives at high current"),
        Variation("reservoir gives a quarter", ((VOID + "reservoir_supply", "10 mA cm-2"),)),
    ),
    "asymmetric_fast": (
        Variation("load of the other decks", (("needle.pressure", "0.352 MPa"),), "the contact is lost in cycle 1"),
        Variation("constant load", (("needle.stiffness", "0 MPa/um"),), "no unloading by stripping"),
    ),
    "flaw_220s": (
        Variation("opening three times as compliant", (("crack.opening_compliance", "3"),), "branches, inelastic opening"),
        Variation("toughness rises to 1 MPa m^0.5", (("crack.toughness_plateau", "1 MPa m^0.5"),), "a crack that crosses grains"),
    ),
}
VARIATIONS["flaw_100s"] = VARIATIONS["flaw_ratio"] = VARIATIONS["flaw_220s"]


class MissTable:
    """Variations of the runs of every missed target, on the decks' own rings."""

    def __init__(self, plan, verdicts, runs, judge):
        self.judge = judge
        basis = as_they_are(runs)
        self.verdicts = {name: verdict for name, verdict in verdicts.items() if verdict.state == "misses"}
        self.groups, self.outcomes = {}, {}
        for name, verdict in self.verdicts.items():
            for variation in VARIATIONS.get(name, ()):
                group = plan.add(Group(f"{name}, {variation.name}", verdict.runs, fixed(*variation.overrides), basis))
                self.groups[id(group)] = (name, variation)

    def owns(self, group):
        return id(group) in self.groups

    def evaluate(self, group):
        name, variation = self.groups[id(group)]
        self.outcomes[name, variation.name] = (self.judge(group.results).get(name), failures(group))

    def write(self, document):
        document.heading("What limits the missed targets")
        if not self.verdicts:
            document.paragraph("No target is missed.")
            return
        rows = []
        for name, verdict in self.verdicts.items():
            rows.append([name, verdict.target.reported, "as it is", Cell(verdict.result + _extra(verdict), "bad"), ""])
            for variation in VARIATIONS.get(name, ()):
                outcome, failed = self.outcomes.get((name, variation.name), (None, {}))
                rows.append(["", "", variation.name, self._result(outcome, failed), variation.remark])
            if name not in VARIATIONS:
                rows.append(["", "", "no variation is named for it", "", ""])
        document.table(["missed", "reported", "variation", "result", "what it would take"], rows)

    def _result(self, verdict, failed):
        if failed:
            return Cell("no result: " + "; ".join(f"{run} ({why[:100]})" for run, why in failed.items()), "warn")
        if verdict is None:
            return Cell("its keys are not used by these decks, or have these values", "warn")
        if verdict.state == "not run":
            return Cell(verdict.why, "warn")
        return Cell(verdict.result + _extra(verdict), "good" if verdict.holds else "bad")


def _extra(verdict):
    return f" ({verdict.text})" if verdict.text and verdict.value is not None else ""
