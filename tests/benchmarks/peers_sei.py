"""lisei beside its finite-element peer (peer_sei_fenicsx.py) on a voltammogram cycle through a random SEI."""
import json
import subprocess
import sys

import h5py
import numpy as np

from measure import DECKS, HERE, interleaved, median, seconds, table
from sei_problem import CASES, digest, errors, random_map

PEER = HERE / "peer_sei_fenicsx.py"
REFERENCE = DECKS / "sei_cycle_reference.json"
# Meshes of the peer from coarse to fine, and times the steps of the case.
LADDER = [("coarse", 1), ("default", 1), ("fine", 1), ("finer", 1), ("finest", 2)]
QUICK = 2  # settings of the ladder in a quick run
# Settings of lisei to compare: one layer of cells per layer of grains.
LISEI = {f"{columns} columns" if columns > 1 else "1 column":
         (f"sei.block.columns={columns}", "sei.block.layers=4", "sei.block.random.grain_layers=1", f"sei.block.finest_column={finest}",
          "time.tolerance=1e-3", "output.curve_tolerance=1e-3")  # the peer takes 40 to 100 steps
         for columns, finest in ((1, 0.1), (8, 0.1), (16, 0.05))}
BASE = ("lisei", "1 column")
PATIENCE = 4.0  # [s] a run that takes more processor time is made once


def lisei_problem(case, half_jump=None):
    """Deck and settings with which lisei solves a case, and the phase map that it then has. All that is known here of lisei's
    keys of the random SEI; the rest of the problem stands in the deck."""
    vertex, rate, jump, _, _ = CASES[case]
    half_jump = jump if half_jump is None else half_jump
    settings = [f"sei.block.half_jump_distance={half_jump * 1e9:g} nm", "sei.block.random.seed=1",
                f"protocol.0.cv.vertices=[{-vertex * 1e3:g} mV, {vertex * 1e3:g} mV]",
                f"protocol.0.cv.rate={rate * 1e3:g} mV/s"]
    return DECKS / "sei_cycle.yaml", settings, random_map(seed=1, rings=64, layers=8, grain_columns=2, grain_layers=2)


class Contest:
    """Both programs on one case."""

    def __init__(self, bench, case):
        self.bench, self.case = bench, case
        self.deck, self.settings, phase_map = lisei_problem(case)
        self.quarter = CASES[case][0] / CASES[case][1]
        self.map, self.out = bench.folder / "map.json", bench.folder / "sei.json"
        self.map.write_text(json.dumps(phase_map), encoding="utf-8")
        self.check(phase_map)
        self.exact = self.reference(digest(phase_map))

    def check(self, phase_map):
        """That the cells of lisei's SEI have the conductivities of the map, in a quick run with linear conduction."""
        deck, settings, _ = lisei_problem(self.case, half_jump=0)
        self.bench.lisei(deck, [*settings, "output.fields=end"])
        with h5py.File(next((self.bench.folder / "out" / "fields").glob("*.hdf")), "r") as file:
            grid = file["VTKHDF"]
            centre = grid["Points"][:][grid["Connectivity"][:].reshape(-1, 4)].mean(axis=1)
            found = grid["CellData"]["conductivity"][:]
        r, z, inside = centre[:, 0], centre[:, 1], centre[:, 1] > 0
        across = np.searchsorted(phase_map["r_edges_m"], r, side="right") - 1
        along = np.searchsorted(-np.array(phase_map["z_edges_m"]), -z, side="right") - 1
        phase = np.array(phase_map["phase"])[along[inside], across[inside]]
        expected = np.array(phase_map["conductivity_S_per_m"])[phase]
        if not inside.any() or np.abs(found[inside] / expected - 1).max() > 1e-6:
            raise SystemExit("benchmarks: lisei's SEI is not the phase map of the peer; see lisei_problem in peers_sei.py")

    def reference(self, wanted):
        """The stored refined solution, or, for another phase map, a new one (some minutes)."""
        if REFERENCE.exists():
            stored = json.loads(REFERENCE.read_text(encoding="utf-8"))
            if self.case in stored and stored[self.case]["map"] == wanted:
                return stored[self.case]
        print(f"{REFERENCE.name} has no solution for this phase map; refining (some minutes)", file=sys.stderr, flush=True)
        self.bench.launcher.run([sys.executable, PEER, "--case", self.case, "--map", self.map, "--reference", "--out", self.out])
        return json.loads(self.out.read_text(encoding="utf-8"))

    def lisei(self, name):
        run = self.bench.lisei(self.deck, [*self.settings, *LISEI[name]])
        return {"cpu": run.cpu, "wall": run.wall, "solve": run.seconds["stepping"], "memory": run.memory, "steps": run.steps,
                "errors": errors(run.time, run.current, self.quarter, self.exact)}

    def peer(self, setting):
        usage = self.bench.launcher.run([sys.executable, PEER, "--case", self.case, "--map", self.map, "--mesh", setting[0],
                                         "--steps", setting[1], "--out", self.out])
        answer = json.loads(self.out.read_text(encoding="utf-8"))
        return {**usage, "solve": answer["solve_seconds"], "steps": answer["steps"], "compiled": answer["forms_compiled"],
                "unknowns": answer["unknowns"],
                "errors": errors(answer["time_s"], answer["current_A"], self.quarter, self.exact)}

    def warm(self):
        """Let FEniCSx compile and cache its forms."""
        for _ in range(6):
            if not self.peer(LADDER[0])["compiled"]:
                return
        raise SystemExit("benchmarks: FEniCSx compiles its forms anew at every run; is its cache writable?")

    def measure(self):
        """All runs by program and setting; those of all programs in turn, but one only of those that take long."""
        ladder = LADDER[:QUICK] if self.bench.quick else LADDER
        programs = {**{("lisei", name): lambda name=name: self.lisei(name) for name in LISEI},
                    **{("peer", setting): lambda setting=setting: self.peer(setting) for setting in ladder}}
        first = {key: run() for key, run in programs.items()}
        swift = [key for key, run in first.items() if run["cpu"] <= PATIENCE]
        repeated = interleaved([programs[key] for key in swift], self.bench.repetitions - 1)
        return {key: [run, *(repeated[swift.index(key)] if key in swift else [])] for key, run in first.items()}


def middle(runs, what):
    return median([run[what] for run in runs])


def row(case, key, runs, base):
    program, setting = key
    name = f"{program} {setting}" if program == "lisei" else f"peer {setting[0]}"
    last = runs[-1]
    return [f"{case}, {name}", last.get("unknowns", ""), last["steps"], *(f"{100 * value:+.2f} %" for value in last["errors"]),
            seconds(middle(runs, "cpu")), seconds(middle(runs, "wall")), seconds(middle(runs, "solve")),
            f"{max(run['memory'] for run in runs) / 1e6:.0f}", f"{middle(runs, 'cpu') / middle(base, 'cpu'):.2g}", len(runs)]


def judge(case, found):
    """In words: each setting of lisei against the cheapest setting of the peer whose two peaks are not worse."""
    lines = []
    for (program, name), mine in found.items():
        if program != "lisei":
            continue
        worst = max(map(abs, mine[-1]["errors"][:2]))
        good = [(middle(runs, "cpu"), setting, runs) for (other, setting), runs in found.items()
                if other == "peer" and max(map(abs, runs[-1]["errors"][:2])) <= worst]
        text = f"- **{case} field, lisei {name}** (peaks within {100 * worst:.2f} %): "
        if good:
            cpu, setting, runs = min(good, key=lambda entry: entry[0])
            theirs = max(map(abs, runs[-1]["errors"][:2]))
            text += (f"the cheapest peer that is as accurate ({setting[0]}, {100 * theirs:.2f} %) takes "
                     f"{cpu / middle(mine, 'cpu'):.2g} times lisei's processor time as a process ({seconds(cpu)} s against "
                     f"{seconds(middle(mine, 'cpu'))} s), {middle(runs, 'solve') / middle(mine, 'solve'):.2g} times its wall time "
                     "without start and set-up.")
        else:
            text += "no setting of the peer tried here is as accurate."
        lines.append(text)
    return "\n".join(lines)


def sei(bench):
    title = "## A random SEI against a finite-element peer\n\n"
    found = subprocess.run([sys.executable, "-c", "import dolfinx; print(dolfinx.__version__)"], text=True,
                           capture_output=True, check=False)
    if found.returncode:
        return title + "Not measured: FEniCSx is not installed (Debian: `python3-dolfinx`)."
    rows, words, own = [], [], []
    for case in CASES:
        contest = Contest(bench, case)
        contest.warm()
        results = contest.measure()
        rows += [row(case, key, runs, results[BASE]) for key, runs in results.items()]
        words.append(judge(case, results))
        own.append(f"{case}: {own_error(contest.exact)}")
    return title + "\n\n".join([
        f"`peer_sei_fenicsx.py` (FEniCSx {found.stdout.strip()}, its forms compiled beforehand) and lisei on one voltammogram "
        "cycle with the law `first_order` through the same 32 × 4 grains of Li2S, LiCl and Li3P in an SEI of 10 nm. **weak**: "
        "±10 mV at 0.2 mV/s, half jump distance 2 nm; **strong**: ±1 V at 50 mV/s, 10 nm. Errors of the cathodic and the anodic "
        "peak, and the largest one of the current at 38 even instants (*curve*), against biquadratic elements graded down "
        f"to picometres at the grains' edges (changed by its last refinement of mesh: {'; '.join(own)}). Whole processes of "
        "all programs in turn, medians of *runs*; *solve*: wall time without start and set-up; ratio: of processor times to "
        "that of lisei with 1 column.",
        "\n".join(words),
        table(["case, program", "unknowns", "steps", "cathodic", "anodic", "curve", "CPU [s]", "wall [s]", "solve [s]",
               "memory [MB]", "ratio", "runs"], rows)])


def own_error(exact):
    changes = exact["convergence"]["peaks_of_last_mesh"]
    return "unknown" if not changes else f"{100 * max(changes):.2g} %"
