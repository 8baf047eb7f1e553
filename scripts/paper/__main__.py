"""Judge the sets of the paper and write a report: see scripts/reproduce and docs/reproduction.md."""

import argparse
import os
import shutil
import sys
import time
from dataclasses import dataclass, field

from . import base_rate, derivatives, digitised, evaluate, mechanisms, predictions, report, score, sets, spread, targets
from .checks import judge
from .decks import InputError

ROOT = evaluate.ROOT


def arguments(words=None):
    parser = argparse.ArgumentParser(
        prog="scripts/reproduce",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Judge the sets in inputs/paper/sets by what Singh et al. (2023) report, and write report.html, report.md and a page\n"
        "for every target. Exit status 1 when a verdict or a count of the baseline is lost.",
    )
    parser.add_argument("--out", default="out/reproduction", metavar="DIR", help="where report and runs go (default: %(default)s)")
    parser.add_argument("--sets", nargs="+", default=[], metavar="SET", help="only these sets and the controls")
    parser.add_argument(
        "--quick", action="store_true", help="verdicts and pages only: no second grid, predictions, spread, sensitivities, mechanisms"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="experiments side by side (default: %(default)s)"
    )
    parser.add_argument("--accept", action="store_true", help="write what holds as the new baseline")
    parser.add_argument(
        "--base-rates", nargs="*", metavar="SET", help="compute the base rates of these sets (of all hypotheses), write them, and end"
    )
    parser.add_argument(
        "--ensemble", nargs="+", metavar="SET", help="search numbers that fit the training targets as well, write them, and end"
    )
    parser.add_argument("--fit-data", metavar="DIR", help="write studies of `lisei fit` of the digitised curves, DIR/SET/fit.yaml, and end")
    parser.add_argument(
        "--inputs",
        default=os.path.join(ROOT, "inputs", "paper"),
        metavar="DIR",
        help="decks, sets, targets, baseline (default: inputs/paper)",
    )
    parser.add_argument("--lisei", metavar="PROGRAM", help="the program (default: build/release/solver/lisei, or $LISEI)")
    options = parser.parse_args(words)
    if options.jobs < 1:
        parser.error("--jobs takes a number from 1")
    if options.lisei:
        os.environ["LISEI"] = options.lisei
    return options


@dataclass
class Study:
    """All that the report shows."""

    options: object
    reported: object
    baseline: dict
    digitised: dict
    judged: list = field(default_factory=list)
    refined: dict = field(default_factory=dict)
    predicted: dict = field(default_factory=dict)
    spread: dict = field(default_factory=dict)
    sensitivities: dict = field(default_factory=dict)
    mechanisms: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def provenance(self):
        found = next((one.runs["cv_fast"].provenance for one in self.judged), {})
        return f"{self.seconds:.0f} s, {self.options.jobs} side by side, lisei {found.get('version', '?')} ({found.get('git_hash', '?')})"


def say(text):
    print(text, file=sys.stderr, flush=True)


def chosen_sets(options):
    found = sets.read_sets(options.inputs)
    wanted = [*options.sets, *(options.base_rates or []), *(options.ensemble or [])]
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise InputError(f"there is no set {', '.join(unknown)}; sets: {', '.join(found)}")
    return {name: one for name, one in found.items() if not options.sets or one.control or name in options.sets}


def judge_sets(study, chosen):
    """Run every set as the decks have it, kept below OUT/runs."""
    options = study.options
    place = os.path.join(options.out, "runs")
    shutil.rmtree(place, ignore_errors=True)
    for one in chosen.values():
        begin = time.monotonic()
        folder = os.path.join(place, one.name)
        with evaluate.batch(one, [{}], jobs=options.jobs, folder=folder) as (runs,):
            verdicts = judge(study.reported.targets, runs, one.reading)
        study.judged.append(score.Judged(one, verdicts, runs, *base_rate.read(one)))
        say(
            f"{one.name}: {len(study.judged[-1].training)} training, {len(study.judged[-1].held('evidence'))} evidence, "
            f"{time.monotonic() - begin:.0f} s"
        )


def deepen(study):
    """What --quick leaves out."""
    jobs, reported = study.options.jobs, study.reported.targets
    for judged in study.judged:
        with evaluate.batch(judged.one, [{}], rings=24, jobs=jobs) as (runs,):
            study.refined[judged.name] = judge(reported, runs, judged.one.reading)
    hypotheses = score.hypotheses(study.judged)
    say("predictions")
    study.predicted = predictions.compute(hypotheses, jobs)
    say("spread and sensitivities")
    for judged in hypotheses:
        members = spread.read(judged.one)
        if members:
            study.spread[judged.name] = spread.shares(judged.one, reported, members, jobs)
        if judged.one.fitted:
            study.sensitivities[judged.name] = derivatives.compute(judged.one, jobs)
    best = score.best(study.judged)
    if best:
        say(f"mechanisms of {best.name}")
        study.mechanisms = mechanisms.compute(best.one, reported, jobs)


def tables(options, chosen, reported):
    """The files that --base-rates and --ensemble write."""
    for name in options.base_rates or ([name for name, one in chosen.items() if not one.control] if options.base_rates is not None else []):
        print(base_rate.write(chosen[name], *base_rate.compute(chosen[name], reported.targets, options.jobs, say=say)))
    for name in options.ensemble or []:
        print(spread.write(chosen[name], spread.make(chosen[name], options.jobs, say=say)))


def fit_data(folder, curves, chosen):
    if not curves:
        print("no digitised curve: inputs/paper/digitised/README.md")
        return
    for name, one in chosen.items():
        if not one.control:
            print(digitised.write_fit(one, curves, os.path.join(folder, name)))


def main(words=None):
    options = arguments(words)
    begin = time.monotonic()
    chosen = chosen_sets(options)
    reported = targets.read_targets(os.path.join(options.inputs, "targets.yaml"))
    curves = digitised.read_all(os.path.join(options.inputs, "digitised"))
    if options.fit_data:
        fit_data(options.fit_data, curves, chosen)
        return 0
    if options.base_rates is not None or options.ensemble:
        tables(options, chosen, reported)
        return 0
    baseline_path = os.path.join(options.inputs, "verdicts.yaml")
    study = Study(options, reported, targets.read_baseline(baseline_path), curves)
    os.makedirs(options.out, exist_ok=True)
    judge_sets(study, chosen)
    if not options.quick:
        deepen(study)
    if options.accept:
        study.baseline = {**(study.baseline or {}), **score.baseline_of(study.judged)}
        targets.write_baseline(baseline_path, study.baseline)
    study.seconds = time.monotonic() - begin
    print(f"report: {report.write(study)} (and report.md)")
    lost = score.regressions(study.judged, study.baseline)
    print("; ".join(f"{one.name}: {len(one.training)} training, {len(one.held('evidence'))} evidence" for one in study.judged))
    print("regressions: " + ("; ".join(lost) or ("none" if study.baseline else "no baseline (--accept writes one)")))
    return 1 if lost else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as problem:
        sys.exit(f"reproduce: {problem}")
    except KeyboardInterrupt:
        sys.exit("reproduce: interrupted")
