"""Read the output folder of a lisei run, also while the run writes and after it was killed.

    from lisei.output import Output
    run = Output("out")
    run.history["current"], run.units["current"]     columns as numpy arrays, SI
    run.interface["contact_fraction"]                instants x rings, at run.interface_time, run.ring_radius

Sign convention: potentials of the Li electrode against the far Li electrode; positive = anodic = stripping.
"""

import json
import os
import time

# The writer takes no file locks; a lock of ours would only fail on network file systems.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402

KNOWN_FORMAT = 1  # major number of lisei_format
RETRY_SECONDS = 5.0


class OutputError(Exception):
    """What is wrong with an output folder, for people."""


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def check_format(attributes, path):
    """Refuse files of an unknown major format."""
    if "lisei_format" not in attributes:
        raise OutputError(f"{path} carries no lisei_format: it is not an output of lisei")
    version = _text(attributes["lisei_format"])
    if version.split(".")[0] != str(KNOWN_FORMAT):
        raise OutputError(f"{path} has lisei_format {version}, this script reads {KNOWN_FORMAT}.x: use the scripts of "
                          "the lisei that wrote it")
    return version


class Output:
    """One run: history, ring fields, deck, provenance and, if it has ended, its report."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "history.h5")
        if not os.path.isdir(folder):
            raise OutputError(f"{folder} is not a folder")
        if not os.path.exists(self.path):
            raise OutputError(f"{self.path} does not exist: is {folder} the output folder of a run?")
        self._read_with_patience()
        self.report = self._read_report()

    def _read_with_patience(self):
        """The run may be in the middle of a change; look again until the file is whole."""
        deadline = time.monotonic() + RETRY_SECONDS
        pause = 0.01
        while True:
            try:
                with h5py.File(self.path, "r", libver="latest", swmr=True) as file:
                    self._read(file)
                return
            except (OSError, KeyError, RuntimeError, ValueError) as error:
                if time.monotonic() > deadline:
                    raise OutputError(f"{self.path} cannot be read: {error}") from error
                time.sleep(pause)
                pause = min(2 * pause, 0.5)

    def _read(self, file):
        self.format = check_format(file.attrs, self.path)
        self.title = _text(file.attrs.get("title", ""))
        self.sign_convention = _text(file.attrs.get("sign_convention", ""))
        self.provenance = {key: _text(value) for key, value in file["provenance"].attrs.items()}
        self.deck = _text(file["deck"][()])
        self.units, self.meaning, self.history = {}, {}, {}
        for name, column in file["history"].items():
            self.units[name] = _text(column.attrs["units"])
            self.meaning[name] = _text(column.attrs["meaning"])
            self.history[name] = column[:]
        rows = self._whole_rows(self.history["time"], min(len(column) for column in self.history.values()))
        self.history = {name: column[:rows] for name, column in self.history.items()}
        group = file["interface"]
        self.ring_radius, self.ring_area = group["radius"][:], group["area"][:]
        self.interface_units, self.interface_meaning, self.interface = {}, {}, {}
        for name, field in group.items():
            if name not in ("radius", "area", "time"):
                self.interface_units[name] = _text(field.attrs["units"])
                self.interface_meaning[name] = _text(field.attrs.get("meaning", ""))
                self.interface[name] = field[:]
        times = group["time"][:]
        instants = self._whole_rows(times, min([len(times)] + [len(field) for field in self.interface.values()]))
        self.interface_time = times[:instants]
        self.interface = {name: field[:instants] for name, field in self.interface.items()}

    @staticmethod
    def _whole_rows(times, rows):
        """Rows that every column has; after a kill the last ones may have been announced but not filled."""
        while rows > 1 and times[rows - 1] < times[rows - 2]:
            rows -= 1
        return rows

    def _read_report(self):
        path = os.path.join(self.folder, "report.json")
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    @property
    def rows(self):
        return len(self.history["time"])

    @property
    def running(self):
        """No report of an end: the run goes on, or was killed."""
        return self.report is None or self.report.get("exit", {}).get("status", -1) < 0

    def growth(self, moment):
        """Contact radius at a time [s] over that at the start, to which ring_radius and ring_area belong."""
        history = self.history
        radius = history["contact_radius_effective"] / np.sqrt(history["contact_fraction"])
        return np.interp(moment, history["time"], radius) / np.sqrt(self.ring_area.sum() / np.pi)

    def field_files(self):
        """Saved instants: (time [s], path, contact radius [m]) in the order of their numbers."""
        folder = os.path.join(self.folder, "fields")
        found = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".hdf"):
                path = os.path.join(folder, name)
                with h5py.File(path, "r") as file:
                    check_format(file.attrs, path)
                    data = file["VTKHDF/FieldData"]
                    found.append((float(data["TimeValue"][0]), path, float(data["contact_radius"][0])))
        return found


class Sweep:
    """Both directions of a potential sweep around one vertex, on one side of 0 V."""

    def __init__(self, cycle, time_of_vertex, vertex, forward, backward):
        self.cycle = cycle
        self.time = time_of_vertex  # [s]
        self.vertex = vertex  # [V]
        self.forward = forward  # (potential, current density), towards the vertex
        self.backward = backward

    @property
    def anodic(self):
        return self.vertex > 0

    def ratio_at(self, potential):
        """I_rev/I_fwd at the potential [V], nan where one of the directions has not been there."""
        values = []
        for direction in (self.backward, self.forward):
            size = np.abs(direction[0])
            order = np.argsort(size, kind="stable")
            size, current = size[order], direction[1][order]
            if abs(potential) > size[-1] * (1 + 1e-9) or abs(potential) < size[0]:
                return np.nan
            values.append(np.interp(abs(potential), size, current))
        return values[0] / values[1] if values[1] else np.nan

    def smallest_ratio(self, lowest=0.1):
        """Minimum of I_rev/I_fwd over the common potentials, from `lowest` of the vertex on (near 0 V both vanish)."""
        grid = np.linspace(lowest, 0.99, 90) * self.vertex
        ratios = np.array([self.ratio_at(potential) for potential in grid])
        # A sweep that is still under way has no ratio yet where it matters.
        return np.nan if np.isnan(ratios).mean() > 0.5 else np.nanmin(ratios)


def controlled_potential(run):
    """Rows in which the potential is swept: it changes, by more than rounding, and the current is not held."""
    history = run.history
    least_current, least_potential = (1e-9 * np.abs(history[name]).max() for name in ("current", "potential"))
    mask = np.zeros(run.rows, dtype=bool)
    for number in np.unique(history["protocol_step"]):
        rows = history["protocol_step"] == number
        current, potential = history["current"][rows], history["potential"][rows]
        # Within the solver's tolerance; the row at which the step begins may still carry the current of the one before.
        middle = np.median(current)
        held = np.mean(np.abs(current - middle) <= 1e-3 * np.abs(middle) + least_current) > 0.8
        if rows.sum() > 2 and not held and np.ptp(potential) > least_potential:
            mask |= rows
    return mask


def sweeps(run):
    """All vertices with what lies on both sides of them."""
    mask = controlled_potential(run)
    potential = run.history["potential"][mask]
    density = run.history["current_density"][mask]
    cycle = run.history["cycle"][mask]
    step = run.history["protocol_step"][mask]
    times = run.history["time"][mask]
    if len(potential) < 4:
        return []
    direction = np.sign(np.diff(potential))
    direction[step[1:] != step[:-1]] = 0
    edges = np.flatnonzero(np.diff(direction)) + 1
    starts, ends = np.r_[0, edges], np.r_[edges, len(direction)]  # rows start..end, both included
    found = []
    for k in range(len(starts) - 1):
        if direction[starts[k]] * direction[starts[k + 1]] >= 0:
            continue
        vertex = potential[ends[k]]
        if vertex == 0 or np.sign(vertex) != direction[starts[k]]:
            continue
        parts = []
        for start, end in ((starts[k], ends[k]), (starts[k + 1], ends[k + 1])):
            rows = np.arange(start, end + 1)
            rows = rows[potential[rows] * vertex >= 0]
            parts.append((potential[rows], density[rows]))
        if all(len(part[0]) > 2 for part in parts):
            found.append(Sweep(int(cycle[ends[k]]), float(times[ends[k]]), float(vertex), parts[0], parts[1]))
    return found
