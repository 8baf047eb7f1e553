"""Does a run agree with what is reported? Verdicts, their marks, and the comparison with the baseline."""

from dataclasses import dataclass, field

from . import units
from .runner import NotSelected, RunFailed

HOLDS, MISSES, NOT_RUN = "holds", "misses", "not run"


@dataclass
class Verdict:
    """A target and what came out: state (holds, misses, not run), value [SI] or None, text, names of the runs it needs."""
    target: object
    state: str
    mark: str
    value: float = None
    text: str = ""
    runs: tuple = ()
    why: str = ""  # for "not run"
    broken: bool = field(default=False)  # the observable itself failed

    @property
    def holds(self):
        return self.state == HOLDS

    @property
    def result(self):
        """The value in the unit of the target, or the words of the observable."""
        if self.value is None:
            return self.text
        return units.shown(self.value, self.target.unit)


def fitted_targets(parameters):
    """Ids that took part in the choice of any parameter."""
    return {name for parameter in parameters.values() for name in parameter.fitted_to}


def mark_of(target, fitted):
    if target.kind == "exact":
        return "computed"
    return "fitted" if target.id in fitted else "predicted"


def judge(target, observable, runs, fitted):
    """The verdict of one target; None where its runs were not asked for."""
    mark = mark_of(target, fitted)
    runs.used.clear()
    try:
        seen = observable(runs)
        value, holds, text = seen.value, seen.holds, seen.text
        if value is not None:
            value = float(value) * units.factor(seen.unit)
    except NotSelected:
        return None
    except RunFailed as error:
        return Verdict(target, NOT_RUN, mark, runs=tuple(sorted(runs.used)), why=str(error))
    # An observable of a run that went elsewhere than it was made for may find no vertex, no sweep, no crack.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return Verdict(target, NOT_RUN, mark, runs=tuple(sorted(runs.used)), broken=True,
                       why=f"cannot be read off the runs ({type(error).__name__}: {error})")
    if target.numeric and value is not None:
        holds = target.contains(value)
    return Verdict(target, HOLDS if holds else MISSES, mark, value, text or "", tuple(sorted(runs.used)))


def judge_all(targets, observables, runs, fitted):
    """Verdicts by id, of all targets whose runs were asked for. A target without an observable is not run."""
    found = {}
    for name, target in targets.items():
        if name not in observables:
            found[name] = Verdict(target, NOT_RUN, mark_of(target, fitted), why="nothing reads it off the runs")
            continue
        verdict = judge(target, observables[name], runs, fitted)
        if verdict is not None:
            found[name] = verdict
    return found


def regressions(verdicts, baseline):
    """Ids of the baseline that were judged now and do not hold."""
    return [name for name in baseline or [] if name in verdicts and not verdicts[name].holds]


def merged_baseline(verdicts, baseline, targets):
    """Ids to write: what holds now, and of what was not judged now what held before."""
    before = baseline or []
    return [name for name in targets if (verdicts[name].holds if name in verdicts else name in before)]


def closing_line(verdicts, baseline, targets):
    """How many hold, what is missed, what has become worse."""
    held = sum(verdict.holds for verdict in verdicts.values())
    line = f"{held} of {len(verdicts)} hold"
    if len(verdicts) < len(targets):
        line += f" ({len(targets) - len(verdicts)} not asked for)"
    for state, word in ((MISSES, "missed"), (NOT_RUN, "not run")):
        names = [name for name, verdict in verdicts.items() if verdict.state == state]
        if names:
            line += f"; {word}: {', '.join(names)}"
    if baseline is None:
        return line + "; regressions: no baseline (--accept writes one)"
    return line + f"; regressions: {', '.join(regressions(verdicts, baseline)) or 'none'}"
