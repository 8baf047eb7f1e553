"""The report: verdicts, panels, mechanisms, sensitivity, uncertainty, parameters."""

from . import beyond, panels, verdicts
from .document import Cell, Document
from .ablations import AblationTable
from .misses import MissTable
from .sensitivity import SensitivityTable
from .uncertainty import UncertaintyTable, with_error

LOOKS = {verdicts.HOLDS: "good", verdicts.MISSES: "bad", verdicts.NOT_RUN: "warn"}


def write(study):
    """Make the report and write it; returns the path of the HTML file."""
    document = Document("Singh et al. (2023), experiment by experiment: reported and simulated")
    _opening(document, study)
    _verdict_table(document, study)
    _inconsistencies(document, study)
    beyond.write(document, study.runs)
    panels.write(document, study)
    for kind in (MissTable, AblationTable, SensitivityTable):
        table = study.table(kind)
        if table:
            table.write(document)
    if study.table(UncertaintyTable):
        study.table(UncertaintyTable).write(document, study.values)
    _parameters(document, study)
    _runs(document, study)
    return document.write(study.options.out)


def _opening(document, study):
    runs = len(study.runs) + study.variants
    document.paragraph(
        "Paper: D. K. Singh, T. Fuchs, C. Krempaszky, B. Mogwitz, J. Janek, Adv. Sci. 2023, doi 10.1002/advs.202302521. All runs use one "
        "parameter set; what differs between experiments is the protocol and the state in which the contact starts, with the reason in "
        "each deck. Positive is anodic, that is stripping.")
    document.paragraph("**" + verdicts.closing_line(study.verdicts, study.baseline, study.targets) + ".**")
    document.paragraph(f"{runs} runs in {study.seconds:.0f} s, {study.options.jobs} side by side, made by "
                       f"`{_command(study)}` with {_provenance(study)}.")
    for name, why in study.failed.items():
        document.paragraph(f"**Run {name} failed:** {why}")


def _command(study):
    words = ["scripts/reproduce"]
    if study.options.only:
        words += ["--only", *study.options.only]
    words += [f"--{name}" for name in ("quick", "tables") if getattr(study.options, name) and (name == "quick" or study.options.only)]
    return " ".join(words)


def _provenance(study):
    for name, result in study.runs.results.items():
        if not result.failed:
            found = study.runs[name].provenance
            return f"lisei {found.get('version', '?')} ({found.get('git_hash', '?')})"
    return "no run that ended well"


def _verdict_table(document, study):
    document.heading("Verdicts")
    counts = {mark: [verdict for verdict in study.verdicts.values() if verdict.mark == mark]
              for mark in ("computed", "fitted", "predicted")}
    held = {mark: sum(verdict.holds for verdict in found) for mark, found in counts.items()}
    document.paragraph("; ".join(f"{mark}: {held[mark]} of {len(found)} hold" for mark, found in counts.items())
                       + ". *computed*: arithmetic or the value of an equation; *fitted*: the reported value took part in the choice of a "
                       "parameter; *predicted*: it did not. Numbers hold within the tolerance beside them; ± is the "
                       "discretisation error, where it has been estimated.")
    rows = []
    for verdict in study.verdicts.values():
        target = verdict.target
        remarks = "; ".join(text for text in (target.at, target.note) if text)
        rows.append([target.id, target.where, target.reported + (f" ({remarks})" if remarks and target.kind != "shape" else ""),
                     _result(study, verdict), Cell(verdict.state, LOOKS[verdict.state]), verdict.mark,
                     Cell("; ".join(study.inconsistencies[name].strip() for name in target.inconsistencies), "faint")])
    document.table(["target", "where", "reported", "simulated", "verdict", "kind", "the paper's own inconsistency"], rows)


def _result(study, verdict):
    if verdict.state == verdicts.NOT_RUN:
        return verdict.why
    if verdict.value is None:
        return verdict.text
    text = verdict.result
    table = study.table(UncertaintyTable)
    estimate = table.estimate(verdict.target.id, study.values.get(verdict.target.id)) if table else None
    if estimate:
        sign = -1.0 if verdict.value < 0 else 1.0
        text = with_error(sign * estimate.value, estimate.total, verdict.target.unit)
    return f"{text}; {verdict.text}" if verdict.text else text


def _inconsistencies(document, study):
    document.heading("Inconsistencies within the paper")
    touched = {name: [target.id for target in study.targets.values() if name in target.inconsistencies] for name in study.inconsistencies}
    document.bullets(f"{text.strip()} Touches: {', '.join(touched[name]) or 'no target'}." for name, text in study.inconsistencies.items())


def _parameters(document, study):
    document.heading("Parameters")
    document.paragraph("`inputs/paper/parameters.yaml`, included by the decks: value, plausible range, source, and the targets that the "
                       "value was fitted to. Values with a deck before them are a state of that experiment.")
    rows = []
    for name, parameter in study.parameters.items():
        bounds = " to ".join(str(bound) for bound in parameter.range) if parameter.range else ""
        look = {True: "", False: "bad", None: ""}[parameter.inside]
        rows.append([f"`{name}`", Cell(_plain(parameter.value), look), bounds, parameter.source,
                     ", ".join(parameter.fitted_to), parameter.note])
    document.table(["key", "value", "range", "source", "fitted to", "note"], rows)
    outside = [name for name, parameter in study.parameters.items() if parameter.inside is False]
    document.paragraph(f"**Outside their range: {', '.join(outside)}.**" if outside else "No value lies outside its range.")


def _plain(value):
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _runs(document, study):
    document.heading("Runs")
    rows = []
    for run in study.options.runs:
        result = study.runs.results[run.name]
        rows.append([run.name, f"`{command_of(study, run.name)}`", Cell(result.why or "finished", "bad" if result.failed else ""),
                     Cell(f"{result.seconds:.1f} s", "", True)])
    document.table(["run", "by hand", "ended", "wall time"], rows)


def command_of(study, name):
    """The command that repeats a run by hand, from the root of the repository."""
    run = next(run for run in study.options.runs if run.name == name)
    words = ["lisei run", f"inputs/paper/{run.deck}", f"--out out/{name}"]
    words += [f'--set {key}="{value}"' if " " in value else f"--set {key}={value}" for key, value in run.overrides]
    return " ".join(words)
