"""Output folders as xarray datasets: SI values, `units` and `long_name` on every variable, the sign convention on the dataset.

Positive current and potential are anodic, that is stripping of the lithium electrode.
"""

import os

import numpy as np

from .output import Output, OutputError, check_format, sweeps
from .packages import require

AXIS = {"r": "distance from the axis, of the cell's centre", "z": "height above the interface, of the cell's centre; the electrolyte is below 0"}


def _xarray():
    return require("xarray", "an xarray.Dataset (lisei.Output gives numpy arrays without it)")


def _attributes(units, meaning):
    return {"units": units, "long_name": meaning}


def open(folder):  # noqa: A001: lisei.open, as xarray.open_dataset
    """A run, also while it goes on: history over `time`, ring fields `ring_<name>` over (`ring_time`, `ring`).

    Coordinates `ring_radius` [m] and `ring_area` [m2] are those of the start. Attributes: title, sign_convention, running, folder, deck
    (text), what is in report.json, and the provenance. Times can repeat where the control jumps: select rows with `.where` or `.isel`
    there.
    """
    xarray = _xarray()
    run = Output(os.fspath(folder))
    variables = {name: ("time", values, _attributes(run.units[name], run.meaning[name])) for name, values in run.history.items() if name != "time"}
    coordinates = {"time": ("time", run.history["time"], _attributes("s", run.meaning["time"])),
                   "ring_time": ("ring_time", run.interface_time, _attributes("s", "simulated time of the ring fields")),
                   "ring_radius": ("ring", run.ring_radius, _attributes("m", "radius of the ring at the start")),
                   "ring_area": ("ring", run.ring_area, _attributes("m2", "nominal area of the ring at the start"))}
    for name, values in run.interface.items():
        variables[f"ring_{name}"] = (("ring_time", "ring"), values, _attributes(run.interface_units[name], run.interface_meaning[name]))
    attributes = {"title": run.title, "sign_convention": run.sign_convention, "running": run.running, "folder": os.path.abspath(folder),
                  "deck": run.deck, "report": run.report or {}, **{f"provenance_{key}": value for key, value in run.provenance.items()}}
    return xarray.Dataset(variables, coordinates, attributes)


def open_fields(folder, time=None):
    """The saved instant nearest to a time [s] (None: the last), over `cell`: coordinates r, z [m] of centres, and every cell field."""
    import h5py
    xarray = _xarray()
    run = Output(os.fspath(folder))
    files = run.field_files()
    if not files:
        raise OutputError(f"{folder} has no saved fields: output.fields says which instants are written")
    moment, path, radius = files[-1] if time is None else min(files, key=lambda file: abs(file[0] - time))
    with h5py.File(path, "r") as file:
        grid = file["VTKHDF"]
        points, corners, start = grid["Points"][:], grid["Connectivity"][:], grid["Offsets"][:]
        centre = np.add.reduceat(points[corners], start[:-1], axis=0) / np.diff(start)[:, None]
        variables = {}
        for name, data in grid["CellData"].items():
            axes = ("cell",) if data.ndim == 1 else ("cell", "component")
            units = data.attrs.get("units", b"")
            variables[name] = (axes, data[:], {"units": units.decode() if isinstance(units, bytes) else str(units)})
    coordinates = {name: ("cell", centre[:, place], _attributes("m", AXIS[name])) for place, name in enumerate("rz")}
    return xarray.Dataset(variables, coordinates, {"time": moment, "contact_radius": radius, "file": path})


def open_impedance(folder):
    """All impedances of a run over (`state`, `frequency_number`): `impedance` [ohm], its parts `impedance_<process>`, `frequency` [Hz].

    States with fewer frequencies than others end in NaN. Coordinates per state: time [s], potential [V], current [A], temperature [K].
    """
    from . import impedance
    xarray = _xarray()
    states = impedance.read(os.fspath(folder))
    longest = max((len(state.frequency) for state in states), default=0)

    def padded(values, empty):
        return np.array([np.concatenate([row, np.full(longest - len(row), empty)]) for row in values])

    axes, nothing = ("state", "frequency_number"), complex(np.nan, np.nan)
    variables = {"impedance": (axes, padded([s.impedance for s in states], nothing), _attributes("ohm", "of the whole cell"))}
    for name, meaning in impedance.PARTS.items():
        variables[f"impedance_{name}"] = (axes, padded([s.parts[name] for s in states], nothing), _attributes("ohm", f"part of {meaning}"))
    coordinates = {"frequency": (axes, padded([s.frequency for s in states], np.nan), _attributes("Hz", "frequency"))}
    for name, units in (("time", "s"), ("potential", "V"), ("current", "A"), ("temperature", "K"), ("live", "1"), ("amplitude", "V")):
        coordinates[name] = ("state", [getattr(state, name) for state in states], {"units": units})
    return xarray.Dataset(variables, coordinates, {"folder": os.path.abspath(folder)})


def open_sweep(folder):
    """The table of `lisei sweep` over `sample`: inputs are coordinates, measures variables, both SI; `outcome` is 0 where a sample
    finished. Named `measure_<name>` where an input has the name of a measure."""
    import h5py
    xarray = _xarray()
    path = os.path.join(os.fspath(folder), "sweep.h5")
    try:
        with h5py.File(path, "r") as file:
            check_format(file.attrs, path)

            def read(data):
                values, units = data[:], data.attrs.get("units", b"1")
                if values.dtype.kind in "SO":
                    values = np.array([value.decode() if isinstance(value, bytes) else str(value) for value in values])
                return "sample", values, {"units": units.decode() if isinstance(units, bytes) else str(units)}

            inputs = {name: read(data) for name, data in file["inputs"].items()}
            measured = {f"measure_{name}" if name in inputs else name: read(data) for name, data in file["measures"].items()}
            measured["outcome"] = ("sample", file["outcome"][:], {"long_name": "0: finished"})
            attributes = {key: value.decode() if isinstance(value, bytes) else value for key, value in file.attrs.items()}
    except (OSError, KeyError) as error:
        raise OutputError(f"{path} cannot be read: {error}") from error
    return xarray.Dataset(measured, inputs, attributes)


def measures(folder):
    """Every vertex of a voltammogram over `vertex`: cycle, potential [V], largest current density of both ways [A/m2], smallest
    I_rev/I_fwd. A dead contact has ratio 1, too: look at its peak."""
    xarray = _xarray()
    found = sweeps(Output(os.fspath(folder)))
    if not found:
        raise OutputError(f"{folder} has no complete vertex of a potential sweep")

    def peak(sweep):
        values = np.concatenate([sweep.forward[1], sweep.backward[1]])
        return values[np.argmax(np.abs(values))]

    rows = {"cycle": ([s.cycle for s in found], "1", "cycle of the voltammogram"),
            "time": ([s.time for s in found], "s", "time of the vertex"),
            "peak_current_density": ([peak(s) for s in found], "A m-2", "largest on both ways, per nominal area"),
            "hysteresis_ratio": ([s.smallest_ratio() for s in found], "1", "smallest I_rev/I_fwd at equal potential")}
    potential = ("vertex", [s.vertex for s in found], _attributes("V", "potential of the vertex"))
    return xarray.Dataset({name: ("vertex", values, _attributes(units, meaning)) for name, (values, units, meaning) in rows.items()},
                          {"potential": potential})
