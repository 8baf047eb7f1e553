"""Judge sets by the targets, many samples of their numbers at once. One `lisei sweep` per experiment runs all of them.

    from paper import evaluate, sets
    one = sets.read_set("inputs/paper/sets/gaps")
    found = evaluate.verdicts(one)                               # {target: Verdict} at the numbers of the set, all 33 targets
    # At other numbers, {name of a fitted number: value in the unit of its range}, what is left out as in the set:
    score = evaluate.training_score(one, {"load": 0.5})
    scores = evaluate.training_scores(one, samples)              # of a list of such, in one go: far cheaper per sample

A score is `held`, the number of training targets held, and `penalty`, the sum over the missed ones of how far they are off in units of
their
tolerance (0 on the bound; at most 3 each; 3 for a run that ends before the reading): what a search can go down. Training runs the eight
decks that its targets need and no more; `coarse` (default there) on 16 rings, at 48 otherwise.
"""

import contextlib
import csv
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import yaml

from lisei.output import Output, OutputError

from . import units
from .checks import NotReached, judge
from .decks import InputError, chain_of
from .targets import read_targets

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AREA_CM2 = 72.986e-8  # of the contact, d = 9.64 um (paper 2.1)
RATES = (1.62, 8.48, 19.77, 47.88, 75.0, 100.0, 150.0)  # [mA/cm^2] Fig. 8b; the last three stand for "thereafter"
GRAIN_SIZES = (63, 79, 100, 126)  # [nm] around the paper's "below 100 nm" (2.5)
# Grains of 63 nm are 83 nm wide after 150 s, at the anodic vertex (2.4: the growth of grains at room temperature is fast).
GRAIN_GROWTH = "2e-17 m2/s"
COARSE_RINGS = 16
SURFACE_FLAWS = ("3 nm", "10 nm")  # "up to 10 nm" (2.8)
BOUNDARY_FACTORS = ("0.1", "0.32")  # the ends of the stated range (2.8)


LIMIT = {
    "name": "load",
    "key": "needle.pressure",
    "from": "1e-4 MPa",
    "to": "100 MPa",
    "scale": "log",
    "tolerance": 0.02,
    "expression": "ratio > 0.8",
}


@dataclass(frozen=True)
class Experiment:
    """A deck and its variants. variants: {run name: {key: text}}; every variant has the same keys. training: runs that training needs.
    limit: a search for the load at which the hysteresis of cycle 1 has the ratio 0.8, instead of histories. least_rings: where the
    contact lives on a narrow rim."""

    name: str
    deck: str
    variants: dict
    training: tuple = ()
    limit: bool = False
    least_rings: int = COARSE_RINGS
    settings: dict = field(default_factory=dict)
    training_settings: dict = field(default_factory=dict)
    training_steps: int = 0  # the first steps of the protocol that training needs; 0: all


def _rate(density):
    return {"protocol.0.current.current": f"{density * AREA_CM2 * 1e6:.6g} nA"}


def _sizes():
    return {f"{size}": {"lithium.grains.grain_size": f"{size} nm", "lithium.grains.growth_constant": "0 m2/s"} for size in GRAIN_SIZES}


EXPERIMENTS = {
    one.name: one
    for one in (
        Experiment("deposition", "deposition", {"deposition": {}}, ("deposition",)),
        Experiment("cv_fast", "cv_fast", {"cv_fast": {}}, ("cv_fast",)),
        Experiment("cv_symmetric", "cv_symmetric", {"cv_symmetric": {}}, ("cv_symmetric",), training_settings={"protocol.0.cv.cycles": 11}),
        Experiment("stripping", "stripping", {"stripping": {}}, ("stripping",)),
        Experiment("rate", "rate_capability", {f"rate_{density:g}": _rate(density) for density in RATES}, ("rate_1.62", "rate_8.48")),
        Experiment("staircase_flaw", "staircase_flaw", {"staircase_flaw": {}}, ("staircase_flaw",), training_steps=10),
        Experiment(
            "staircase_surface",
            "staircase_surface",
            {f"staircase_surface_{size.split()[0]}": {"crack.length": size} for size in SURFACE_FLAWS},
            ("staircase_surface_3",),
            training_steps=10,
        ),
        Experiment(
            "staircase_boundary",
            "staircase_boundary",
            {f"staircase_boundary_{factor}": {"crack.toughness_factor": factor} for factor in BOUNDARY_FACTORS},
        ),
        Experiment("cv_asymmetric", "cv_asymmetric", {"cv_asymmetric": {}}, least_rings=64),
        Experiment("cv_asymmetric_fast", "cv_asymmetric_fast", {"cv_asymmetric_fast": {}}, least_rings=32),
        Experiment(
            "grains",
            "grains",
            {
                **{f"grains_{size}": keys for size, keys in _sizes().items()},
                "grains_growing": {"lithium.grains.grain_size": "63 nm", "lithium.grains.growth_constant": GRAIN_GROWTH},
            },
        ),
        Experiment("grain_loads", "grains", {f"load_{size}": keys for size, keys in _sizes().items()}, limit=True),
    )
}


def program():
    return os.environ.get("LISEI", os.path.join(ROOT, "build", "release", "solver", "lisei"))


class SampleRuns:
    """What the runs of one sample left: runs["cv_fast"] is a lisei.output.Output, runs.ended["cv_fast"] why it ended, runs.loads the
    results of the searches for a load [Pa] ({grain size: load, 0 for none, inf beyond the largest})."""

    def __init__(self):
        self.folders, self.ended, self.loads, self._read = {}, {}, {}, {}

    def __contains__(self, name):
        return name in self.folders or name in self.loads

    def __getitem__(self, name):
        if name not in self.folders:
            raise KeyError(name)
        if name not in self._read:
            try:
                self._read[name] = Output(self.folders[name])
                if not self._read[name].rows:
                    raise OutputError("no instant was reached")
            except OutputError as error:
                raise NotReached(f"{name}: {self.ended[name]} ({error})") from error
        return self._read[name]


def _nested(flat):
    tree = {}
    for key, value in flat.items():
        node = tree
        *path, last = key.split(".")
        for word in path:
            node = node.setdefault(word, {})
        node[last] = value
    return tree


def lay_out_decks(one, folder):
    """Copies of the experiments' decks beside a parameters.yaml that is the set's."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(one.inputs):
        if name.endswith(".yaml") and name not in ("parameters.yaml", "targets.yaml", "verdicts.yaml"):
            shutil.copy(os.path.join(one.inputs, name), folder)
    with open(os.path.join(folder, "parameters.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump({"include": os.path.join(one.folder, "parameters.yaml")}, file)


def _protocol_of(inputs, deck):
    with open(os.path.join(inputs, deck + ".yaml"), encoding="utf-8") as file:
        tree = yaml.safe_load(file)
    if "protocol" in tree:
        return tree["protocol"]
    included = tree["include"]
    return _protocol_of(inputs, os.path.splitext(included if isinstance(included, str) else included[-1])[0])


def wrapper(one, experiment, folder, training):
    """The deck of a sweep: the experiment's with what the set asks for, in training shortened to what training needs."""
    chain = chain_of(one.inputs, experiment.deck)
    tree = {"include": experiment.deck + ".yaml", **_nested(one.overrides(chain))}
    if training and experiment.training_steps:
        tree["protocol"] = _protocol_of(one.inputs, experiment.deck)[: experiment.training_steps]
    path = os.path.join(folder, f"sweep_{experiment.name}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(tree, file, allow_unicode=True)
    return path


def _columns(one, experiment, samples):
    """{header of the table: value per sample} of the fitted numbers that the samples give and the deck uses."""
    chain = chain_of(one.inputs, experiment.deck)
    columns = {}
    for number in one.fitted.values():
        if number.name in samples[0] and one.applies(number, chain):
            for key in number.keys:
                if experiment.limit and key == LIMIT["key"]:
                    continue  # searched for
                columns[f"{key} [{number.unit}]" if number.unit else key] = [f"{sample[number.name]:.12g}" for sample in samples]
    return columns


def _in_unit(text, unit):
    """The number of a text such as "0.1 MPa" in another unit of its kind, as text."""
    return f"{units.to_si(text) / units.factor(unit):.12g}"


def _table(one, experiment, samples, names):
    """Header and rows, a row per sample and variant; [(sample, run)] of the rows."""
    columns = _columns(one, experiment, samples)
    variant_keys = list(next(iter(experiment.variants.values())))
    if not columns and not variant_keys:
        columns["output.interface_every"] = ["1"] * len(samples)  # a table needs a column; this is the default
    units_of = {key: units.split(experiment.variants[names[0]][key])[1] for key in variant_keys}
    varied = [header for header in columns if header.split(" [")[0] not in variant_keys]
    header = varied + [f"{key} [{units_of[key]}]" if units_of[key] else key for key in variant_keys]
    rows, places = [], []
    for number in range(len(samples)):
        for name in names:
            variant = [_in_unit(experiment.variants[name][key], units_of[key]) for key in variant_keys]
            rows.append([columns[word][number] for word in varied] + variant)
            places.append((number, name))
    return header, rows, places


def _study(experiment, deck, rings, training, extra):  # pylint: disable=too-many-arguments
    settings = {"output.fields": "none", **experiment.settings, **(experiment.training_settings if training else {}), **extra}
    if rings:
        settings["grid.rings"] = max(rings, experiment.least_rings)
    study = {"title": experiment.name, "base": os.path.basename(deck), "set": settings, "design": {"table": f"{experiment.name}.csv"}}
    if experiment.limit:
        return {**study, "measures": [{"measure": "hysteresis_ratio_anodic", "name": "ratio"}], "limit": LIMIT}
    return {**study, "histories": True, "measures": ["charge"]}


def _sweep(one, experiment, samples, names, folder, rings, training, extra):  # pylint: disable=too-many-arguments
    """Run one experiment for all samples; [(sample, run, folder of the history or None, row of sweep.csv)]."""
    deck = wrapper(one, experiment, folder, training)
    header, rows, places = _table(one, experiment, samples, names)
    with open(os.path.join(folder, f"{experiment.name}.csv"), "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    study = os.path.join(folder, f"study_{experiment.name}.yaml")
    with open(study, "w", encoding="utf-8") as file:
        yaml.safe_dump(_study(experiment, deck, rings, training, extra), file, sort_keys=False)
    out = os.path.join(folder, f"out_{experiment.name}")
    done = subprocess.run(
        [program(), "sweep", study, "--out", out],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
    )
    if done.returncode not in (0, 2):
        raise InputError(f"set {one.name}, {experiment.name}: {done.stderr.strip() or done.stdout.strip() or done.returncode}")
    with open(os.path.join(out, "sweep.csv"), encoding="utf-8", newline="") as file:
        results = {int(row["sample"]): row for row in csv.DictReader(file)}
    return [
        (sample, name, os.path.join(out, "histories", f"{number:06d}"), results.get(number, {}))
        for number, (sample, name) in enumerate(places, 1)
    ]


def _book(found, experiment, sample, name, folder, row):
    runs = found[sample]
    runs.ended[name] = row.get("reason") or row.get("outcome") or "no result"
    if not experiment.limit:
        runs.folders[name] = folder
        return
    size = name.split("_")[1]
    column = next((key for key in row if key.split(" [")[0] == "load"), None)
    if column and row[column]:
        runs.loads[size] = float(row[column])
    else:
        ratio = next((row[key] for key in row if key.split(" [")[0] == "ratio"), "")
        # One side of the range only: no load is needed, or none suffices.
        runs.loads[size] = (0.0 if float(ratio) > 0.8 else float("inf")) if ratio else float("nan")


@contextlib.contextmanager
def batch(one, samples, training=False, rings=0, jobs=2, experiments=None, folder=None, extra=None):  # pylint: disable=too-many-arguments
    """Runs of a list of samples of one set, as a list of SampleRuns; their files go when the context ends, unless a folder is given.

    training: only what the training targets need. rings: that many (or the least that an experiment allows); 0: as the
    decks have them. experiments: those to run (default: all of EXPERIMENTS).
    extra: keys for all of them, as --set."""
    place = folder or tempfile.mkdtemp(prefix="lisei-sets-")
    try:
        lay_out_decks(one, place)
        found = [SampleRuns() for _ in samples]
        chosen = [(one_, one_.training if training else tuple(one_.variants)) for one_ in experiments or EXPERIMENTS.values()]
        with ThreadPoolExecutor(jobs) as pool:
            waiting = [
                (experiment, pool.submit(_sweep, one, experiment, samples, names, place, rings, training, extra or {}))
                for experiment, names in chosen
                if names
            ]
            for experiment, future in waiting:
                for result in future.result():
                    _book(found, experiment, *result)
        yield found
    finally:
        if not folder:
            shutil.rmtree(place, ignore_errors=True)


def verdicts(one, targets=None, rings=0, jobs=2, folder=None):
    """{target: Verdict} of a set at its own numbers."""
    with batch(one, [{}], rings=rings, jobs=jobs, folder=folder) as found:
        return judge(targets or read_default_targets(one), found[0], one.reading)


def read_default_targets(one):
    return read_targets(os.path.join(one.inputs, "targets.yaml")).targets


@dataclass
class Score:
    held: int
    penalty: float
    verdicts: dict


def training_scores(one, samples, coarse=True, jobs=2):
    """Score of each sample, by the training targets alone."""
    targets = {name: target for name, target in read_default_targets(one).items() if target.train}
    with batch(one, samples, training=True, rings=COARSE_RINGS if coarse else 0, jobs=jobs) as found:
        scores = []
        for runs in found:
            judged = judge(targets, runs, one.reading)
            scores.append(
                Score(sum(verdict.holds for verdict in judged.values()), sum(verdict.penalty for verdict in judged.values()), judged)
            )
        return scores


def training_score(one, sample=None, coarse=True, jobs=2):
    return training_scores(one, [sample or {}], coarse, jobs)[0]
