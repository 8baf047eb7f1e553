"""lisei beside the finite-element peer (peer_fenicsx.py) on P2 and P3; errors against reference.py."""
import json
import subprocess
import sys

import numpy as np
import reference
from scipy.interpolate import CubicSpline

from measure import DECKS, HERE, error, interleaved, median, seconds, table
from cases import MODES, p2_error, p2_reference

PEER = HERE / "peer_fenicsx.py"
GOAL = 50  # times faster on P3 as a whole process, at a smaller error
# Settings of the peer from coarse to fine: elements along the contact and to the far boundary, where that lies, steps. The
# second is its own default. The others need the least work at their error in scans of some 100 (P2) and 40 (P3); in several
# of them the errors of elements and far boundary cancel in part, which is to the peer's advantage.
LADDER = {"P2": [(4, 4, 2), (8, 8, 2), (12, 12, 2), (8, 24, 3), (12, 24, 3), (20, 20, 2.5), (24, 36, 3.25)],
          "P3": [(4, 4, 2, 300), (8, 8, 2, 900), (8, 8, 2, 1200), (8, 12, 2.5, 1200), (8, 24, 3, 1800), (8, 24, 3, 2400),
                 (8, 24, 3, 3600), (8, 24, 3, 4800), (12, 24, 3, 7200), (24, 30, 3, 10800)]}
QUICK = 3  # settings of the ladder in a quick run
PATIENCE = 6.0  # [s] a peer run that takes longer is not repeated
ACCURATE = ("time.method=esdirk4", "time.tolerance=1e-6")
LISEI = {"P2": {"default": ()}, "P3": {"default": (), "accurate": ACCURATE}}


def read_peaks(times, currents):
    """Peaks of each half cycle of P3 by one rule for both programs: the extremum of a cubic spline through the instants
    between two kinks (V = 0 and the vertices, at which both have a time step)."""
    times, currents, quarter = np.asarray(times), np.asarray(currents), reference.CYCLE / 4
    extrema = []
    for number in range(4 * reference.CYCLES):
        inside = (times >= number * quarter - 1e-6) & (times <= (number + 1) * quarter + 1e-6)
        curve = CubicSpline(times[inside], currents[inside])
        values = np.r_[currents[inside], curve(curve.derivative().roots(extrapolate=False))]
        extrema.append(values[np.argmax(np.abs(values))])
    halves = [max(extrema[k:k + 2], key=abs) for k in range(0, len(extrema), 2)]
    return [{"cathodic_A": halves[k], "anodic_A": halves[k + 1]} for k in range(0, len(halves), 2)]


class Exact:
    """Reference solutions, made once."""

    def __init__(self):
        self.p2 = p2_reference()
        converged = reference.reference_p3(96, np.linspace(0, reference.CYCLE, 11))
        reference.check(converged["convergence"])
        self.own_error = {"P2": self.p2["convergence"]["half_the_modes"],
                          "P3": max(converged["convergence"][key] for key in
                                    ("half_the_modes", "half_the_modes_peaks", "other_integrator"))}
        self.run, self.peaks = reference.Voltammogram(96), converged["peaks"]

    def p3_errors(self, times, currents):
        """Largest error at the result's own instants over the largest current, and relative error of the peaks."""
        end = reference.CYCLE * reference.CYCLES
        exact = [self.run.current(t) for t in np.clip(times, 0, end)]
        answer = reference.compare({"problem": "P3", "current_A": exact, "peaks": self.peaks},
                                   {"current_A": list(currents), "peaks": read_peaks(times, currents)})
        return answer["max_error_over_largest_current"], answer["max_relative_peak_error"]


class Contest:
    """Both programs on one problem."""

    def __init__(self, bench, exact, problem):
        self.bench, self.exact, self.problem = bench, exact, problem
        self.deck = DECKS / f"{problem.lower()}.yaml"
        self.out = bench.folder / "peer.json"

    def lisei(self, name):
        run = self.bench.lisei(self.deck, LISEI[self.problem][name])
        return {"wall": run.wall, "solve": run.seconds["stepping"], "run": run, "steps": run.steps, "memory": run.memory}

    def lisei_errors(self, found):
        if self.problem == "P2":
            return p2_error(found["run"], self.exact.p2), None
        return self.exact.p3_errors(found["run"].time, found["run"].current)

    def peer(self, setting):
        arguments = [word for pair in zip(("--rings", "--layers", "--xi-max", "--steps"), setting) for word in pair]
        usage = self.bench.launcher.run([sys.executable, PEER, "--problem", self.problem, "--out", self.out, *arguments])
        answer = json.loads(self.out.read_text(encoding="utf-8"))
        return {"wall": usage["wall"], "solve": answer["solve_seconds"], "memory": usage["memory"], "answer": answer}

    def peer_errors(self, found):
        answer = found["answer"]
        if self.problem == "P2":
            return reference.compare({"problem": "P2", **self.exact.p2}, answer)["max_relative_error"], None
        return self.exact.p3_errors(answer["time_s"], answer["current_A"])

    def warm(self, setting):
        """Let FEniCSx compile and cache its forms, which differ by problem and place of the far boundary only."""
        small = (2, 2, setting[2], 12)[:len(setting)]
        for _ in range(6):
            if not self.peer(small)["answer"]["forms_compiled"]:
                return
        raise SystemExit("benchmarks: FEniCSx compiles its forms anew at every run; is its cache writable?")

    def climb(self):
        """One run of each setting of the ladder, from coarse to fine: setting, run, errors, and around a long run those of
        lisei by name (else none)."""
        ladder = LADDER[self.problem][:QUICK] if self.bench.quick else LADDER[self.problem]
        for setting in {each[2]: each for each in ladder}.values():
            self.warm(setting)
        found = []
        for setting in ladder:
            beside = {name: [self.lisei(name)] for name in LISEI[self.problem]}
            run = self.peer(setting)
            for name, runs in beside.items() if run["wall"] > PATIENCE else ():
                runs += [self.lisei(name) for _ in range(3)]
            found.append((setting, run, self.peer_errors(run), beside))
        return found

    def duel(self, name, setting):
        """Runs of both and of an empty program in turn: all of lisei, all of the peer, median of the empty one [s]."""
        mine, theirs, empty = interleaved([lambda: self.lisei(name), lambda: self.peer(setting), self.bench.empty_program],
                                          self.bench.repetitions)
        return mine, theirs, median(empty)


def describe(setting):
    text = f"{setting[0]} x {setting[1]} to ξ = {setting[2]:g}"
    return text + (f", {setting[3]} steps" if len(setting) > 3 else "")


def wall(runs):
    return median([run["wall"] for run in runs])


def shown(value):
    return "–" if value is None else error(value)


def default_rows(contest):
    """Both at their defaults; the rows and the facts of the comparison."""
    setting = LADDER[contest.problem][1]
    mine, theirs, floor = contest.duel("default", setting)
    mine_error, theirs_error = contest.lisei_errors(mine[-1]), contest.peer_errors(theirs[-1])
    rows = [[f"{contest.problem}, lisei", *map(shown, mine_error), seconds(min(r["wall"] for r in mine)),
             seconds(wall(mine)), seconds(mine[-1]["solve"]), f"{max(r['memory'] for r in mine) / 1e6:.0f}", ""],
            [f"{contest.problem}, peer", *map(shown, theirs_error), seconds(min(r["wall"] for r in theirs)),
             seconds(wall(theirs)), seconds(theirs[-1]["solve"]), f"{max(r['memory'] for r in theirs) / 1e6:.0f}",
             f"{wall(theirs) / wall(mine):.1f}"]]
    return rows, {"ratio": wall(theirs) / wall(mine), "mine": mine_error, "theirs": theirs_error, "wall": wall(mine),
                  "share": floor / wall(mine), "solve": theirs[-1]["solve"] / mine[-1]["solve"]}


def equal_error(contest, ladder, name):
    """Row and facts: lisei against the cheapest setting of the peer at or below its error, or its most accurate one."""
    trial = contest.lisei_errors(contest.lisei(name))
    good = [entry for entry in ladder if entry[2][0] <= trial[0]]
    reached = bool(good)
    setting, run, errors, beside = (min(good, key=lambda entry: entry[1]["wall"]) if reached
                                    else min(ladder, key=lambda entry: entry[2][0]))
    if run["wall"] < PATIENCE:
        mine, theirs, _ = contest.duel(name, setting)
    else:
        mine, theirs = beside[name], [run]
    cheaper = min((entry for entry in ladder if entry[1]["wall"] < run["wall"]), key=lambda entry: entry[2][0], default=None)
    ratio, sign = wall(theirs) / wall(mine), "" if reached else "> "
    row = [f"{contest.problem}, {name}", *map(shown, trial), seconds(wall(mine)), seconds(mine[-1]["solve"]),
           describe(setting), *map(shown, errors), seconds(wall(theirs)), seconds(theirs[-1]["solve"]),
           f"{sign}{ratio:.1f}"]
    return row, {"ratio": ratio, "reached": reached, "mine": trial[0], "theirs": errors[0], "wall": wall(theirs),
                 "lisei_wall": wall(mine), "solve": theirs[-1]["solve"] / mine[-1]["solve"],
                 "cheaper": cheaper and (cheaper[2][0], cheaper[1]["wall"] / wall(cheaper[3][name]))}


def judge(plain, equal):
    """The goal in both readings, in words."""
    def goal(met):
        return f"the goal of {GOAL} is " + ("met" if met else "**not met**")

    smaller = all(mine < theirs for mine, theirs in zip(plain["mine"], plain["theirs"]))
    lines = [f"- **Default settings of both**: the peer takes {plain['ratio']:.1f} times as long; lisei's errors "
             f"({error(plain['mine'][0])}, peaks {error(plain['mine'][1])}) are "
             f"{'smaller' if smaller else '**not both smaller**'} than the peer's "
             f"({error(plain['theirs'][0])}, {error(plain['theirs'][1])}); "
             f"{goal(plain['ratio'] >= GOAL and smaller)}. This ratio is limited by the start of a process: an empty MPI and "
             f"PETSc program takes {100 * plain['share']:.0f} % of lisei's {seconds(plain['wall'])} s, so at this accuracy not "
             f"even a solver that took no time would be more than {plain['ratio'] / plain['share']:.1f} times faster than the "
             f"peer. Without start and set-up the peer takes {plain['solve']:.0f} times as long."]
    for name, facts in equal.items():
        if facts["reached"]:
            text = (f"the cheapest peer run that is as accurate ({error(facts['theirs'])}) takes {facts['ratio']:.1f} times as "
                    f"long ({seconds(facts['wall'])} s against {seconds(facts['lisei_wall'])} s; {facts['solve']:.0f} times "
                    f"without start and set-up); {goal(facts['ratio'] >= GOAL)}.")
            if facts["cheaper"]:
                text += (f" The most accurate of its cheaper settings ({error(facts['cheaper'][0])}) takes "
                         f"{facts['cheaper'][1]:.1f} times as long as lisei.")
        else:
            text = (f"no setting of the peer tried here is as accurate; its best ({error(facts['theirs'])}, "
                    f"{facts['theirs'] / facts['mine']:.1f} times the error) takes {facts['ratio']:.0f} times as long "
                    f"({seconds(facts['wall'])} s against {seconds(facts['lisei_wall'])} s), which bounds the ratio at equal "
                    f"error from below; {goal(facts['ratio'] >= GOAL)}"
                    + (", at a smaller error." if facts["ratio"] >= GOAL else " by the settings tried."))
        lines.append(f"- **Equal error, lisei {name}** ({error(facts['mine'])}): {text}")
    return "The goal for P3: at least 50 times faster as a whole process, at a smaller error.\n\n" + "\n".join(lines)


def peer(bench):
    title = "## Against a finite-element peer\n\n"
    found = subprocess.run([sys.executable, "-c", "import dolfinx; print(dolfinx.__version__)"], text=True,
                           capture_output=True, check=False)
    if found.returncode:
        return title + "Not measured: FEniCSx is not installed (Debian: `python3-dolfinx`)."
    exact = Exact()
    defaults, ladders, equals = [], [], []
    for problem in ("P2", "P3"):
        contest = Contest(bench, exact, problem)
        contest.warm(LADDER[problem][1])
        rows, plain = default_rows(contest)
        defaults += rows
        ladder = contest.climb()
        ladders += [[problem, describe(setting), run["answer"]["unknowns"], *map(shown, errors), seconds(run["wall"]),
                     seconds(run["solve"]), f"{run['wall'] / wall(list(beside.values())[-1]):.1f}"]
                    for setting, run, errors, beside in ladder]
        facts = {}
        for name in LISEI[problem]:
            row, facts[name] = equal_error(contest, ladder, name)
            equals.append(row)
        if problem == "P3":
            words = judge(plain, facts)
    return title + "\n\n".join([
        f"`peer_fenicsx.py` (FEniCSx {found.stdout.strip()}, quadratic elements graded to the rim, LU, trapezoidal rule; "
        "its forms compiled beforehand) and lisei on two problems: **P2**, 20 steady solutions with a sinh interface, "
        "and **P3**, three cycles with the law `first_order`. Whole processes of both in turn, medians; *solve*: without start "
        "and set-up. Error: P2, largest relative error; P3, largest error at the program's own instants over the largest current. "
        "Peaks: largest relative error of the six peaks, for both programs read off a cubic spline through their instants. "
        f"Reference: `reference.py` (P2: {MODES} modes, own error {error(exact.own_error['P2'])}; P3: 96 modes, own error "
        f"{error(exact.own_error['P3'])}).",
        words,
        f"Default settings of both (lisei: 32 rings, {bench.repetitions} runs of each in turn). Ratio: peer over lisei.",
        table(["problem, program", "error", "peaks", "min [s]", "median [s]", "solve [s]", "memory [MB]", "ratio"], defaults),
        "At equal error: the cheapest setting of the peer at or below lisei's error; `>`: none is, and its most accurate one "
        f"stands instead. *accurate*: `{'`, `'.join(ACCURATE)}`. Peer runs of more than {PATIENCE:g} s are made once, between "
        "runs of lisei.",
        table(["problem, lisei", "error", "peaks", "[s]", "solve [s]", "peer", "error", "peaks", "[s]", "solve [s]",
               "ratio"], equals),
        "The peer's settings, one run of each. Ratio: to runs of lisei beside it, P2 default and P3 *accurate*.",
        table(["problem", "elements", "unknowns", "error", "peaks", "process [s]", "solve [s]",
               "ratio"], ladders)])
