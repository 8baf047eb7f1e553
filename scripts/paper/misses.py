"""What limits a target that is missed: variations, by the target's id, that the report runs only when it is missed.

A variation has a name, overrides of the decks of the target's runs, and optionally a remark on what it would take. Values outside
a parameter's range are allowed here: they show what the range excludes."""

from dataclasses import dataclass

from .document import Cell
from .variants import Group, failures, fixed


@dataclass(frozen=True)
class Variation:
    name: str
    overrides: tuple
    remark: str = ""


VARIATIONS = {}


class MissTable:
    """Variations of the runs of every missed target, on the decks' own rings."""

    def __init__(self, plan, verdicts, judge):
        self.judge = judge
        self.verdicts = {name: verdict for name, verdict in verdicts.items() if verdict.state == "misses"}
        self.groups, self.outcomes = {}, {}
        for name, verdict in self.verdicts.items():
            for variation in VARIATIONS.get(name, ()):
                group = plan.add(Group(f"{name}, {variation.name}", verdict.runs, fixed(*variation.overrides)))
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
        if verdict is None or verdict.state == "not run":
            return Cell(verdict.why if verdict else "not run", "warn")
        return Cell(verdict.result + _extra(verdict), "good" if verdict.holds else "bad")


def _extra(verdict):
    return f" ({verdict.text})" if verdict.text and verdict.value is not None else ""
