"""Run all experiments of the paper, judge them, and write a report: see scripts/reproduce and docs/reproduction.md."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field

from . import headlines, report, targets, verdicts
from .ablations import AblationTable
from .experiments import EXPERIMENTS, RUNS, chosen
from .misses import MissTable
from .observables import OBSERVABLES
from .runner import Job, Progress, Runs, run_all
from .sensitivity import SensitivityTable
from .targets import InputError
from .uncertainty import UncertaintyTable
from .variants import Plan

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments(words=None):
    parser = argparse.ArgumentParser(
        prog="scripts/reproduce", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Run the experiments of Singh et al. (2023) from inputs/paper, compare them with what is reported, and write\n"
                    "report.html (one file) and report.md. Exit status 1 when a verdict of the baseline no longer holds or a run fails.",
        epilog="experiments: " + ", ".join(EXPERIMENTS) + "\nruns: " + ", ".join(RUNS))
    parser.add_argument("--out", default="out/reproduction", metavar="DIR", help="where report and runs go (default: %(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="EXPERIMENT", help="only these experiments or runs, without tables")
    parser.add_argument("--quick", action="store_true", help="no mechanisms, sensitivity and refinement")
    parser.add_argument("--tables", action="store_true", help="with --only: mechanisms, sensitivity and refinement of these runs, too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="runs side by side (default: %(default)s)")
    parser.add_argument("--accept", action="store_true", help="write the verdicts that hold as the new baseline")
    parser.add_argument("--inputs", default=os.path.join(ROOT, "inputs", "paper"), metavar="DIR",
                        help="decks, parameters, targets and baseline (default: inputs/paper)")
    built = os.path.join(ROOT, "build", "release", "solver", "lisei")
    parser.add_argument("--lisei", default=os.environ.get("LISEI", built), metavar="PROGRAM",
                        help="the program (default: build/release/solver/lisei, or $LISEI)")
    options = parser.parse_args(words)
    try:
        options.runs = chosen(options.only)
    except KeyError as error:
        parser.error(f"there is no experiment or run {error}; experiments: {', '.join(EXPERIMENTS)}; runs: {', '.join(RUNS)}")
    if options.jobs < 1:
        parser.error("--jobs takes a number from 1")
    if options.tables and options.quick:
        parser.error("--tables and --quick exclude each other")
    options.tables = options.tables or not (options.quick or options.only)
    return options


@dataclass
class Study:
    """All that the report shows."""
    options: object
    targets: dict
    inconsistencies: dict
    parameters: dict
    baseline: list
    runs: Runs = None
    verdicts: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    variants: int = 0
    variant_failures: list = field(default_factory=list)
    seconds: float = 0.0

    def judge(self, runs):
        return verdicts.judge_all(self.targets, OBSERVABLES, runs, verdicts.fitted_targets(self.parameters))

    def table(self, kind):
        return next((table for table in self.tables if isinstance(table, kind)), None)

    @property
    def failed(self):
        """{run: why} of the experiments themselves."""
        return {name: result.why for name, result in self.runs.results.items() if result.failed}


def read_study(options):
    inputs = options.inputs
    found, inconsistencies = targets.read_targets(os.path.join(inputs, "targets.yaml"))
    parameters = targets.read_parameters(os.path.join(inputs, targets.SHARED))
    parameters.update(targets.read_own_values(inputs, [run.deck for run in RUNS.values()], parameters))
    unknown = verdicts.fitted_targets(parameters) - set(found)
    if unknown:
        raise InputError(f"{inputs}: fitted_to names no target: {', '.join(sorted(unknown))}")
    return Study(options, found, inconsistencies, parameters, targets.read_baseline(os.path.join(inputs, "verdicts.yaml")))


def run_experiments(study, progress):
    """The runs as the decks have them, kept below OUT/runs."""
    options = study.options
    jobs = [Job(run.name, os.path.join(options.inputs, run.deck), run.overrides, os.path.join(options.out, "runs", run.name), run.cost)
            for run in options.runs]
    results = {}
    for result in run_all(options.lisei, jobs, options.jobs, progress):
        results[result.job.label] = result
        if result.failed:
            progress.say(f"FAILED {result.job.label}: {result.why}")
    study.runs = Runs(results)
    study.verdicts = study.judge(study.runs)
    study.values = headlines.values(study.runs)


def run_variants(study, progress, folder):
    """The runs behind the tables, in one pool; their files go as soon as they have been evaluated."""
    good = [name for name, result in study.runs.results.items() if not result.failed]
    plan = Plan(study.options.inputs, folder, {name: study.runs.resolved(name) for name in good},
                {name: study.runs.results[name].seconds for name in good})
    mechanisms = AblationTable(plan, good, study.judge)
    study.tables = [MissTable(plan, study.verdicts, study.runs, study.judge), mechanisms,
                    SensitivityTable(plan, study.parameters, mechanisms.reference), UncertaintyTable(plan, good)]
    study.variants = len(plan.jobs)
    for result in run_all(study.options.lisei, plan.jobs, study.options.jobs, progress):
        if result.failed:
            study.variant_failures.append(result)
        for group in plan.finished(result):
            for table in study.tables:
                if table.owns(group):
                    table.evaluate(group)
            if group is not mechanisms.reference:
                plan.discard(group)


def finish(study, progress):
    """Baseline, report, closing lines; the exit status."""
    options = study.options
    if options.accept:
        study.baseline = verdicts.merged_baseline(study.verdicts, study.baseline, study.targets)
        targets.write_baseline(os.path.join(options.inputs, "verdicts.yaml"), study.baseline)
    progress.say("drawing")
    path = report.write(study)
    wrong_decks = [result for result in study.variant_failures if result.status == 1]
    for result in wrong_decks:
        print(f"FAILED {result.job.label}: {result.why}", file=sys.stderr)
    print(f"report: {path} (and report.md)")
    print(verdicts.closing_line(study.verdicts, study.baseline, study.targets))
    bad = verdicts.regressions(study.verdicts, study.baseline) or study.failed or wrong_decks
    return 1 if bad else 0


def main(words=None):
    options = arguments(words)
    begin = time.monotonic()
    study = read_study(options)
    os.makedirs(options.out, exist_ok=True)
    progress = Progress()
    run_experiments(study, progress)
    if options.tables:
        folder = tempfile.mkdtemp(prefix="lisei-reproduce-")
        try:
            run_variants(study, progress, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    study.seconds = time.monotonic() - begin
    return finish(study, progress)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as problem:
        sys.exit(f"reproduce: {problem}")
    except KeyboardInterrupt:
        sys.exit("reproduce: interrupted")
