"""One mechanism switched off at a time: which reported features disappear."""

from dataclasses import dataclass

from . import headlines, units
from .document import Cell
from .variants import TABLE_RINGS, Group, coarse, failures, fixed
from .verdicts import HOLDS, NOT_RUN

RUNS_OF_TABLE = ("cv_fast", "cv_symmetric", "cv_asymmetric", "stripping", "rate_1.62", "rate_8.48", "rate_19.77", "rate_47.88", "rate_75",
                 "rate_100", "rate_150", "staircase_flaw", "staircase_surface", "staircase_boundary", "deposition")
VOID = "contact.void_reservoir."
CRACK = "crack."


@dataclass(frozen=True)
class Ablation:
    """A mechanism and what switches it off: overrides, or a function of the resolved deck that gives them."""
    name: str
    change: object
    how: str


def _without_creep(law):
    def change(deck):
        laws = [word.strip() for word in creep_laws(deck) if word.strip() != law]
        return [("lithium.creep", "[" + ", ".join(laws) + "]")] if law in creep_laws(deck) else []
    return change


def creep_laws(deck):
    laws = deck.get("lithium.creep", [])
    return laws if isinstance(laws, list) else laws.strip("[]").split(",")


ABLATIONS = (
    Ablation("climb", _without_creep("power_law"), "`lithium.creep` without power_law"),
    Ablation("nothing, climb added", fixed(("lithium.creep", "[coble, power_law]"), ("lithium.power_law.reference_rate", "1e-4 s-1")),
             "power law with n = 6.6, 1e-4 1/s at 1 MPa: the low end of what is measured"),
    Ablation("Coble creep", _without_creep("coble"), "`lithium.creep` without coble"),
    Ablation("needle compliance", fixed(("needle.stiffness", "0 MPa/um")), "stiffness 0: the load stays"),
    Ablation("pressure profile", fixed(("contact.pressure.profile", "uniform")), "uniform pressure"),
    Ablation("filling of voids", fixed((VOID + "filling_fraction", "0")), "plating fills no voids"),
    Ablation("asperity gaps", fixed((VOID + "asperity_fraction", "1")), "full contact at rest: nothing to fill above the flow stress"),
    Ablation("area growth", fixed(("deposit.contact_growth_exponent", "0")), "exponent 0"),
    Ablation("SEI growth", fixed(("sei.growth", "none")), "`sei.growth: none`"),
    Ablation("constriction", fixed(("electrolyte.conductivity", "1e6 mS/cm"), ("electrolyte.grain_conductivity", "1e6 mS/cm")),
             "electrolyte without resistance"),
    Ablation("reservoir", fixed((VOID + "reservoir_supply", "1e-7 mA cm-2")), "it gives nothing"),
    Ablation("healing", fixed((VOID + "healing_fraction", "0")), "surplus creep closes no voids"),
    Ablation("coalescence", fixed((VOID + "healing_exponent", "0")), "coalesced voids heal as others do"),
    Ablation("crack", fixed((CRACK + "shape", "none")), "the flaw does not take lithium"),
)


class AblationTable:
    """The groups of runs and, as they come in, what they change."""

    def __init__(self, plan, names, judge):
        self.judge = judge  # runs -> verdicts by id
        self.names = tuple(name for name in RUNS_OF_TABLE if name in names)
        self.reference = plan.add(Group("reference", tuple(dict.fromkeys(self.names + headlines.needed_runs())), coarse))
        self.groups = {}
        self.absent = []
        for ablation in ABLATIONS:
            group = plan.add(Group(f"without {ablation.name}", self.names, ablation.change, self.reference))
            if group.own:
                self.groups[id(group)] = ablation
            else:
                self.absent.append(ablation)
        self.base_verdicts, self.base_values = {}, {}
        self.outcomes = {}

    def owns(self, group):
        return group is self.reference or id(group) in self.groups

    def evaluate(self, group):
        verdicts, values = self.judge(group.results), headlines.values(group.results)
        if group is self.reference:
            self.base_verdicts, self.base_values = verdicts, values
        else:
            self.outcomes[self.groups[id(group)].name] = (verdicts, values, failures(group))

    def changes(self, name):
        """(lost, gained) ids of an ablation against the reference."""
        verdicts = self.outcomes[name][0]
        both = [key for key in self.base_verdicts if key in verdicts and self.base_verdicts[key].state != NOT_RUN]
        lost = [key for key in both if self.base_verdicts[key].state == HOLDS and verdicts[key].state != HOLDS]
        gained = [key for key in both if self.base_verdicts[key].state != HOLDS and verdicts[key].state == HOLDS]
        return lost, gained

    def write(self, document):
        document.heading("Mechanisms: one switched off at a time")
        document.paragraph(
            f"{len(self.names)} runs on at most {TABLE_RINGS} rings, each time with one override; *lost* and *gained* against the same "
            "runs without it. A feature that is lost depends on the mechanism, in this model with this parameter set.")
        header = ["switched off", "how", "lost", "gained"] + [headline.label for headline in headlines.HEADLINES]
        rows = [["nothing", "", "", ""] + [self._number(headline, self.base_values) for headline in headlines.HEADLINES]]
        for ablation in self.groups.values():
            if ablation.name not in self.outcomes:
                continue
            lost, gained = self.changes(ablation.name)
            _, values, failed = self.outcomes[ablation.name]
            lost_text = ", ".join(lost) or "–"
            if failed:
                lost_text += "; no result: " + "; ".join(f"{run} ({why[:80]})" for run, why in failed.items())
            rows.append([ablation.name, ablation.how, Cell(lost_text, "bad" if lost or failed else ""),
                         Cell(", ".join(gained) or "–", "good" if gained else "")]
                        + [self._number(headline, values) for headline in headlines.HEADLINES])
        document.table(header, rows)
        if self.absent:
            document.paragraph("Not part of the parameter set, so there is nothing to switch off: "
                               + ", ".join(ablation.name for ablation in self.absent) + ".")

    def _number(self, headline, values):
        value = values.get(headline.id)
        return Cell("–" if value is None else units.shown(value, headline.unit, 3), "", True)
