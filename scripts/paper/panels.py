"""The paper's figures, laid out as its panels, with what it reports marked in red. Each figure is registered by a function."""

from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib.cm import ScalarMappable  # noqa: E402
from matplotlib.colors import Normalize  # noqa: E402
from matplotlib.ticker import MaxNLocator  # noqa: E402

from .runner import NotSelected, RunFailed  # noqa: E402

REPORTED = "#c0392b"  # colour of what the paper states
ANODIC, CATHODIC, THIRD = "#b9770e", "#1f5fa8", "#2e8b57"

plt.rcParams.update({
    "font.size": 9, "axes.labelsize": 9, "axes.titlesize": 9, "axes.titlelocation": "left", "legend.fontsize": 7.5, "legend.frameon": False,
    "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True, "ytick.right": True, "axes.linewidth": 0.8,
    "lines.linewidth": 1.2, "figure.constrained_layout.use": True, "axes.formatter.useoffset": False, "axes.formatter.limits": (-3, 4)})


@dataclass(frozen=True)
class Panel:
    """A figure: `draw(runs, study)` gives it; caption; the runs whose decks the caption names."""
    name: str
    title: str
    draw: object
    caption: str
    decks: tuple


PANELS = []


def panel(name, title, caption, decks):
    """Register a drawing function; figures appear in the order of registration."""
    def register(function):
        PANELS.append(Panel(name, title, function, caption, decks))
        return function
    return register


def letter(axes, text):
    axes.set_title(text, fontweight="bold")


def zero_lines(axes):
    axes.axhline(0, color="0.75", lw=0.6, zorder=0)
    axes.axvline(0, color="0.75", lw=0.6, zorder=0)


def mark(axes, x, y, text="", dx=6, dy=6):
    """A reported point."""
    axes.plot([x], [y], marker="D", ms=5, mfc="none", mec=REPORTED, ls="none", zorder=5)
    if text:
        axes.annotate(text, (x, y), xytext=(dx, dy), textcoords="offset points", color=REPORTED, fontsize=7.5)


def mark_x(axes, x, text, low=None, high=None, height=0.96):
    """A reported abscissa, with its tolerance as a band."""
    axes.axvline(x, color=REPORTED, lw=0.9, ls="--", zorder=1)
    if low is not None:
        axes.axvspan(low, high, color=REPORTED, alpha=0.08, lw=0, zorder=0)
    axes.annotate(text, (x, height), xycoords=("data", "axes fraction"), xytext=(3, 0), textcoords="offset points", color=REPORTED,
                  va="top", fontsize=7.5)


def mark_y(axes, y, text, low=None, high=None, place=0.98):
    """A reported ordinate, with its tolerance as a band."""
    axes.axhline(y, color=REPORTED, lw=0.9, ls="--", zorder=1)
    if low is not None:
        axes.axhspan(low, high, color=REPORTED, alpha=0.08, lw=0, zorder=0)
    axes.annotate(text, (place, y), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points", color=REPORTED,
                  ha="right", fontsize=7.5)


def loops(axes, run, last_cycle=None):
    """I-eta loops in the paper's units, coloured by cycle."""
    history = run.history
    cycles = np.unique(history["cycle"]).astype(int)
    cycles = cycles[cycles <= last_cycle] if last_cycle else cycles
    colour = ScalarMappable(Normalize(cycles[0], max(cycles[-1], cycles[0] + 1)), "viridis")
    for cycle in cycles:
        rows = np.flatnonzero(history["cycle"] == cycle)
        axes.plot(1e3 * history["potential"][rows], 1e9 * history["current"][rows], color=colour.to_rgba(cycle))
    zero_lines(axes)
    axes.set_xlabel("$\\eta$ (mV vs Li$^+$/Li)")
    axes.set_ylabel("$I$ (nA)")
    if len(cycles) > 1:
        bar = axes.figure.colorbar(colour, ax=axes, pad=0.02)
        bar.set_label("cycle")
        bar.locator = MaxNLocator(integer=True, nbins=6)
        bar.update_ticks()


def caption_of(entry, study):
    """The caption with decks and commands."""
    from .report import command_of
    chosen = [name for name in entry.decks if name in study.runs.results]
    commands = list(dict.fromkeys(command_of(study, name) for name in chosen))
    decks = list(dict.fromkeys(next(run.deck for run in study.options.runs if run.name == name) for name in chosen))
    text = f"**{entry.title}.** {entry.caption} Red: reported. Deck{'s' if len(decks) > 1 else ''}: "
    text += ", ".join(f"`inputs/paper/{deck}`" for deck in decks)
    shown = commands[:3]
    text += "; by hand: " + ", ".join(f"`{command}`" for command in shown)
    if len(commands) > len(shown):
        text += f" and {len(commands) - len(shown)} more (table of runs)"
    return text + "."


def write(document, study):
    """All figures whose runs were asked for."""
    # The modules register their figures when they are loaded, in this order.
    from . import panels_deposit, panels_contact, panels_crack, panels_rate  # noqa: F401  pylint: disable=unused-import
    document.heading("Figures")
    for entry in PANELS:
        try:
            figure = entry.draw(study.runs, study)
        except NotSelected:
            plt.close("all")
            continue
        except RunFailed as error:
            document.paragraph(f"**{entry.title}** is not drawn: {error}")
            plt.close("all")
            continue
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            document.paragraph(f"**{entry.title}** cannot be drawn from these runs ({type(error).__name__}: {error}).")
            plt.close("all")
            continue
        document.figure(entry.name, figure, caption_of(entry, study), entry.title)
        plt.close(figure)
