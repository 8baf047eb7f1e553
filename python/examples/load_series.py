"""Three needle loads: does the contact come back? Usage: load_series.py [FOLDER]

Runs inputs/cv_symmetric.yaml, shortened, at three loads and draws I-eta loops and the ratio I_rev/I_fwd.
"""

import pathlib
import sys

import lisei
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

here = pathlib.Path(__file__).resolve()
out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "out/load_series")
deck = lisei.Deck.load(here.parents[2] / "inputs" / "cv_symmetric.yaml")
deck["grid.rings"] = 16
deck["protocol"] = [{"cv": {"start": "0 mV", "vertices": ["-10 mV", "10 mV"], "rate": "0.5 mV/s", "cycles": 2}}]

figure, (loops, ratios) = plt.subplots(1, 2, figsize=(7, 3), constrained_layout=True)
for load in ("0.2 MPa", "0.352 MPa", "0.7 MPa"):
    folder = out / load.replace(" ", "_")
    data = lisei.run(deck.copy(**{"needle.pressure": load}), out=folder, force=True)
    loops.plot(1e3 * data.potential, 0.1 * data.current_density, lw=0.8, label=load)
    anodic = lisei.measures(folder).query(vertex="potential > 0")
    ratios.plot(anodic.cycle, anodic.hysteresis_ratio, "o-", label=load)
    print(f"{load}: smallest I_rev/I_fwd {anodic.hysteresis_ratio.min().item():.3f}, peak {anodic.peak_current_density.max().item() / 10:.2f} mA/cm2")
loops.set(xlabel="$\\eta$ (mV)", ylabel="$I$ (mA cm$^{-2}$), anodic positive")
ratios.set(xlabel="cycle", ylabel="anodic $I_{rev}/I_{fwd}$", xticks=[1, 2])
ratios.legend(title="needle load")
figure.savefig(out / "load_series.png", dpi=200)
