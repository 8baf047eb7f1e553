"""lisei from Python: decks, runs and what they wrote.

    import lisei
    deck = lisei.Deck.load("inputs/cv_symmetric.yaml")
    deck["needle.pressure"] = "0.5 MPa"
    data = lisei.run(deck, out="out/half_load")          # xarray.Dataset, SI, with units and sign convention
    data.current.plot()                                  # over time
    data["ring_contact_fraction"].sel(ring_time=100, method="nearest")

Deck            a deck as nested dictionaries and by dotted keys; checked by the schema and by the program
run, resume     run the program and read what it wrote; start and restart leave a Job instead of waiting
open            an output folder as an xarray.Dataset, also while the run writes and after it was killed
open_fields     a saved instant (cells), open_impedance, open_sweep: the other files
sweeps          vertices of a voltammogram, both directions; measures: peaks and hysteresis of every one of them
Output          the same as open as plain numpy arrays, without xarray

Needs the program on the PATH or in the environment variable LISEI; h5py, numpy and PyYAML; xarray for datasets.
"""

import importlib

_HOME = {"Deck": "deck", "DeckError": "program", "RunError": "program", "Job": "program", "run": "program", "resume": "program",
         "start": "program", "restart": "program", "check": "program", "open": "dataset", "open_fields": "dataset", "open_impedance": "dataset",
         "open_sweep": "dataset", "measures": "dataset", "Output": "output", "OutputError": "output", "sweeps": "output"}
__all__ = sorted(_HOME)


def __getattr__(name):
    """Modules are read when they are asked for: a script that lacks a package can say so itself."""
    if name not in _HOME:
        raise AttributeError(f"module lisei has no {name}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__():
    return __all__
