"""The report: the verdict in ten lines, sets x targets, a page for every target, predictions, spread, sensitivities, the paper's own
inconsistencies. Positive is anodic."""

import os

import matplotlib.pyplot as plt
import numpy as np

from . import derivatives, digitised, figures, predictions, score, units
from .document import Cell, Document, heat

NEAR = 0.03
ROLES = ("training", "evidence", "free")


def write(study):
    """report.html, report.md and targets/*; returns the path of the first."""
    document = Document("Singh et al. (2023): what the data say about the hypotheses")
    _opening(document, study)
    _sets(document, study)
    _table(document, study)
    _discretisation(document, study)
    _spread(document, study)
    _predictions(document, study)
    _sensitivities(document, study)
    _mechanisms(document, study)
    _digitised(document, study)
    document.heading("The paper's inconsistencies")
    document.bullets(study.reported.inconsistencies)
    _not_scored(document, study)
    _numbers(document, study)
    _pages(study)
    return document.write(study.options.out)


# --- Verdict --------------------------------------------------------------------------------------------------------------------


def verdict_lines(judged, predicted=None):
    """The verdict in ten lines, from the results alone."""
    lines, best = [], score.best(judged)
    if best is None:
        return ["There are controls only: nothing to judge."]
    evidence = [name for name, verdict in best.verdicts.items() if verdict.target.evidence]
    free = [name for name in evidence if score.held_by_control(judged, name)]
    lines.append(
        f"**Best on what was held out: `{best.name}`**{'' if best.one.blind else ' (no hypothesis is blind)'}, "
        f"{len(best.held('evidence'))} of {len(evidence)} targets that are evidence, "
        f"{len(score.counted(judged, best))} of {len(evidence) - len(free)} without those that a control holds "
        f"({', '.join(free) or 'none'}); "
        f"{len(best.training)} of {_count(best, 'train')} in training, {best.numbers} fitted numbers."
    )
    lines.append(
        "Controls: "
        + "; ".join(f"`{one.name}` {len(one.held('evidence'))} evidence, {len(one.training)} training" for one in score.controls(judged))
        + "."
    )
    seen = [one.name for one in score.hypotheses(judged) if not one.one.blind]
    lines.append(
        (
            "Not blind, so that their evidence is none in the strict sense: " + ", ".join(f"`{name}`" for name in seen)
            if seen
            else "All hypotheses were calibrated without the held-out targets"
        )
        + "."
    )
    order = sorted(score.hypotheses(judged), key=lambda one: -len(score.counted(judged, one)))
    lines.append(
        "Counted evidence by hypothesis: "
        + ", ".join(f"`{one.name}` {len(score.counted(judged, one))} ({one.numbers} numbers)" for one in order)
        + "."
    )
    lines.append("Lowest AIC on the training targets: " + _lowest(judged) + ".")
    nobody = [name for name in best.verdicts if not any(one.verdicts[name].holds for one in score.hypotheses(judged))]
    lines.append(f"No hypothesis holds: {', '.join(nobody) or '– every target is held by one at least'}.")
    everyone = [name for name in best.verdicts if all(one.verdicts[name].holds for one in judged)]
    lines.append(f"Every set holds, controls too, so that they decide nothing: {', '.join(everyone) or 'none'}.")
    near = [name for name in best.near(NEAR) if best.verdicts[name].holds]
    lines.append(f"Of what `{best.name}` holds, within {NEAR:.0%} of the bound: {', '.join(near) or 'nothing'}.")
    lines.append(_base_line(best))
    lines.append(_contrast_line(predicted))
    return lines


def _count(one, flag):
    return sum(getattr(verdict.target, flag) for verdict in one.verdicts.values())


def _lowest(judged):
    found = min(score.hypotheses(judged), key=lambda one: one.criterion()[0])
    null = min(score.controls(judged), key=lambda one: one.criterion()[0], default=None)
    text = f"`{found.name}` {found.criterion()[0]:.1f}"
    return text + (f" (control `{null.name}` {null.criterion()[0]:.1f}, its shared numbers not counted)" if null else "")


def _base_line(best):
    if not best.base:
        return f"Base rates of `{best.name}` have not been computed (`scripts/reproduce --base-rates {best.name}`)."
    easy = [name for name in best.held("evidence") if best.base.get(name, 0) >= 0.5]
    return (
        f"Random numbers in the ranges of `{best.name}`: {'; '.join(best.base_notes[2:])}. Held evidence that half of them or more hold: "
        f"{', '.join(easy) or 'none'}."
    )


def _contrast_line(predicted):
    found = sorted(((predictions.contrast(values), label) for label, values in (predicted or {}).items()), reverse=True)
    if not found or found[0][0] <= 1:
        return "What would tell the hypotheses apart: nothing to compare (one hypothesis, or `--quick`)."
    return (
        "What would tell the hypotheses apart, largest ratio of their predictions first: "
        + "; ".join(f"{label} ({ratio:.2g}×)" for ratio, label in found[:3])
        + "."
    )


def _opening(document, study):
    document.paragraph(
        "Paper: D. K. Singh, T. Fuchs, C. Krempaszky, B. Mogwitz, J. Janek, Adv. Sci. 2023, doi 10.1002/advs.202302521. A set is a "
        "hypothesis: laws "
        "with their numbers. *Calibrated* is what a set's numbers were chosen by; *predicted* is what it was judged by and had no "
        "part in them. A "
        "target that a control holds is shown and not counted."
    )
    document.heading("Verdict")
    document.bullets(verdict_lines(study.judged, study.predicted))
    lost = score.regressions(study.judged, study.baseline)
    document.paragraph(
        "Regressions: "
        + ("**" + "; ".join(lost) + "**" if lost else "none" if study.baseline else "no baseline")
        + f". {study.provenance}."
    )


# --- Sets, targets --------------------------------------------------------------------------------------------------------------


def _sets(document, study):
    document.heading("Sets")
    rows = []
    for one in study.judged:
        plain, corrected = one.criterion()
        rows.append(
            [
                f"`{one.name}`",
                one.one.hypothesis,
                Cell("–" if one.one.control else str(one.numbers), "", True),
                Cell(f"{len(one.training)} of {_count(one, 'train')}", "", True),
                Cell(
                    "–" if one.one.control else str(sum(not score.held_by_control(study.judged, name) for name in one.training)), "", True
                ),
                Cell(f"{len(one.held('evidence'))} of {_count(one, 'evidence')}", "", True),
                Cell("–" if one.one.control else str(len(score.counted(study.judged, one))), "", True),
                Cell(str(len(one.held("free"))), "", True),
                Cell(f"{one.misfit():.1f}", "", True),
                Cell(f"{plain:.1f}", "", True),
                Cell("–" if corrected is None else f"{corrected:.1f}", "", True),
                "yes" if one.one.blind else "–" if one.one.control else "no",
                one.one.training,
                one.one.search,
            ]
        )
    document.table(
        [
            "set",
            "hypothesis",
            "fitted numbers",
            "training held",
            "that no control holds",
            "evidence held",
            "counted",
            "free, held out",
            "misfit",
            "AIC",
            "AICc",
            "blind",
            "calibrated on",
            "search",
        ],
        rows,
    )
    document.paragraph(
        "*counted*: evidence held that no control holds. *misfit*: sum over the training targets of the square of how far they are "
        "missed, in "
        "tolerances, at most 3 each. *AIC* = misfit + 2 × numbers; *AICc* with the term for few data, which does not exist for 16 numbers "
        "and more on 17 targets. The tolerance stands for a standard deviation: a price for numbers, not a likelihood."
    )


def _mark(judged, one, name):
    verdict = one.verdicts[name]
    text = "held" if verdict.holds else "missed"
    text += "" if verdict.margin is None else f" {_percent(verdict.margin)}"
    if one.base:
        text += f"; base {one.base.get(name, float('nan')):.0%}"
    look = "good" if verdict.holds else "bad"
    if verdict.holds and not one.one.control and (verdict.target.free or score.held_by_control(judged, name)):
        look = "warn"
    return Cell(text, look)


def _percent(margin):
    return f"{100 * margin:+.1f} %" if abs(margin) < 10 else f"{'+' if margin > 0 else '−'}>1000 %"


def _table(document, study):
    document.heading("Sets × targets")
    document.paragraph(
        "Margin: distance of the nearest bound over the bound, negative where it is missed. Yellow: held, but a control holds it too "
        "or nearly any "
        "set does: not counted. *base*: share of random sets within the ranges of this set that hold it."
    )
    for role in ROLES:
        document.heading(
            {"training": "Calibrated on (training targets)", "evidence": "Predicted, evidence", "free": "Predicted, no evidence by itself"}[
                role
            ],
            3,
        )
        names = [name for name, target in study.reported.targets.items() if target.role == role]
        document.table(
            ["target", "where", "controls that hold it"] + [one.name for one in study.judged],
            [
                [
                    f"[{name}](targets/{name}.md)",
                    study.reported.targets[name].where + (" (free)" if role == "training" and study.reported.targets[name].free else ""),
                    ", ".join(score.held_by_control(study.judged, name)) or "–",
                ]
                + [_mark(study.judged, one, name) for one in study.judged]
                for name in names
            ],
        )


def _pages(study):
    """A page for every target: what the paper says, what is measured, every set's value and margin, its curves."""
    folder = os.path.join(study.options.out, "targets")
    for name, target in study.reported.targets.items():
        document = Document(name)
        document.paragraph(
            f"{target.where}; {target.role}"
            + (", free" if target.free and target.train else "")
            + f". {'Reported: ' + target.reported + '. ' if target.numeric else ''}"
            + (f"The paper: “{target.says}”. " if target.says else "")
            + f"Check: {target.check}."
        )
        rows = []
        for one in study.judged:
            verdict = one.verdicts[name]
            value = "" if verdict.value is None else units.shown(verdict.value, target.unit)
            rows.append([f"`{one.name}`", _mark(study.judged, one, name), "; ".join(text for text in (value, verdict.text) if text)])
        document.table(["set", "verdict", "measured"], rows)
        figure = figures.draw(name, study.judged, study.digitised)
        document.figure(
            name, figure, f"All sets. Controls grey; red: what is reported{', and digitised points' if study.digitised else ''}.", name
        )
        plt.close(figure)
        document.paragraph("[Report](../report.md)")
        document.write(folder, name)


# --- What else ------------------------------------------------------------------------------------------------------------------


def _discretisation(document, study):
    if not study.refined:
        return
    document.heading("Discretisation")
    rows = []
    for one in study.judged:
        other = study.refined.get(one.name)
        if not other:
            continue
        turned = [name for name, verdict in one.verdicts.items() if verdict.holds != other[name].holds]
        moved = [
            abs(verdict.margin - other[name].margin)
            for name, verdict in one.verdicts.items()
            if verdict.margin is not None and other[name].margin is not None and abs(verdict.margin) < 1
        ]
        rows.append(
            [
                f"`{one.name}`",
                Cell(f"{100 * float(np.median(moved)):.2g} %", "", True),
                Cell(f"{100 * max(moved):.2g} %", "", True),
                ", ".join(turned) or "none",
            ]
        )
    document.paragraph(
        "The same sets with half the rings (24; asymmetric voltammograms 64 and 32): by how much margins below 100 % move, and which "
        "verdicts turn."
    )
    document.table(["set", "median", "largest", "verdicts that turn"], rows)


def _spread(document, study):
    document.heading("Spread over numbers that fit the training targets equally well")
    if not study.spread:
        document.paragraph("No set has an ensemble (`scripts/reproduce --ensemble SET`).")
        return
    for name, (shares, totals) in study.spread.items():
        training, evidence = zip(*totals)
        document.paragraph(
            f"`{name}`: {len(totals)} members hold {min(training)} to {max(training)} training targets and {min(evidence)} to "
            f"{max(evidence)} targets that "
            "are evidence."
        )
    held_out = [name for name, target in study.reported.targets.items() if not target.train]
    document.table(
        ["held-out target"] + list(study.spread),
        [[name] + [heat(1 - shares[name], 1, f"{shares[name]:.0%}") for shares, _ in study.spread.values()] for name in held_out],
    )
    document.paragraph("Share of the members that hold the target: between 0 and 100 % the training data do not decide it.")


def _predictions(document, study):
    if not study.predicted:
        return
    document.heading("Predictions that an experiment can refute")
    document.paragraph(
        "At the sets' own numbers, on 24 rings. Loads are pressures on the nominal contact: 1 MPa is 73 µN. A dash: the run does not "
        "get there. Sorted by the "
        "largest ratio between two hypotheses."
    )
    names = [one.name for one in score.hypotheses(study.judged)]
    entries = sorted(study.predicted.items(), key=lambda item: -predictions.contrast(item[1]))
    document.table(
        ["experiment"] + names + ["largest ratio"],
        [
            [label]
            + [Cell("–" if values.get(name) is None else f"{values[name]:.3f}", "", True) for name in names]
            + [Cell(f"{predictions.contrast(values):.2f}", "", True)]
            for label, values in entries
        ],
    )


def _sensitivities(document, study):
    if not study.sensitivities:
        return
    document.heading("Sensitivities")
    document.paragraph(
        "d ln |I|/d ln number in the first cycle of the symmetric voltammogram. A number that moves none of the three is not seen by it."
    )
    for name, table in study.sensitivities.items():
        document.heading(name, 3)
        document.paragraph(f"By {table.how}.")
        document.table(
            ["number"] + [point[0] for point in derivatives.POINTS],
            [
                [f"`{number}`"] + (["–"] * len(derivatives.POINTS) if row is None else [heat(value, 1, f"{value:+.3f}") for value in row])
                for number, row in table.values.items()
            ],
        )


def _mechanisms(document, study):
    if not study.mechanisms:
        return
    document.heading(f"Mechanisms of {score.best(study.judged).name}: one switched off at a time")
    document.paragraph(
        "On 24 rings, all other numbers as they are; without `nanocrystalline`. What is lost depends on the mechanism, in this set."
    )
    rows = [
        [name, meaning, Cell(", ".join(lost) or "–", "bad" if lost else ""), Cell(", ".join(gained) or "–", "good" if gained else "")]
        for name, meaning, lost, gained in study.mechanisms
    ]
    document.table(["switched off", "that is", "lost", "gained"], rows)


def _digitised(document, study):
    document.heading("Digitised curves")
    if not study.digitised:
        document.paragraph("None: `inputs/paper/digitised/README.md` says how to add them.")
        return
    rows = []
    for panel, curve in study.digitised.items():
        if panel in digitised.SWEEPS:
            cells = []
            for one in study.judged:
                try:
                    value = digitised.deviation(panel, curve, one.runs)
                except (LookupError, ArithmeticError, ValueError):
                    value = None
                cells.append(Cell("–" if value is None else f"{value:.1%}", "", True))
            rows.append([panel, *cells])
    document.paragraph(
        "Root mean square of simulated less digitised current over the largest digitised one. Drawn on the targets' pages: "
        + ", ".join(study.digitised)
        + "."
    )
    document.table(["panel"] + [one.name for one in study.judged], rows)


def _not_scored(document, study):
    from .checks import fracture_accelerates, NotReached  # noqa: PLC0415

    document.heading("Not scored")
    values = []
    for one in study.judged:
        try:
            value = fracture_accelerates(one.runs)
        except (NotReached, LookupError):
            value = None
        values.append(f"`{one.name}` {'–' if value is None else format(value, '.2f')}")
    for name, note in study.reported.not_scored.items():
        document.paragraph(f"**{name}**: {note}. Rank correlation of speed and current: {', '.join(values)}.")


def _numbers(document, study):
    document.heading("Fitted numbers")
    for one in score.hypotheses(study.judged):
        document.heading(one.name, 3)
        document.table(
            ["number", "value", "range", "along its range", "keys"],
            [
                [
                    f"`{number.name}`",
                    Cell(number.text(), "" if number.low <= number.value <= number.high else "bad", True),
                    f"{number.text(number.low)} to {number.text(number.high)}",
                    Cell(f"{number.share(number.value):.2f}", "", True),
                    ", ".join(f"`{key}`" for key in number.keys) + (f" in {', '.join(number.decks)}" if number.decks else ""),
                ]
                for number in one.one.fitted.values()
            ],
        )
