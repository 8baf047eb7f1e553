"""Figures of the contact zone of a run with a resolved SEI: phases, current lines, hot spots. Used by plot.

The height of the SEI is stretched against r, the electrolyte below is not; scale bars beside both say so. Current lines
are contours of the stream function: the same current flows between any two neighbours.
"""

import matplotlib.pyplot as plt
import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from lisei.output import sweeps
from lisei.sei import PHASES, SHARE_OF_AREA, ContactZone, vertices

MICRO, NANO = 1e6, 1e9
# Told apart by lightness alone, too.
COLOURS = {10: "#d9c6b0", 11: "#e69f00", 12: "#a6cee3", 13: "#2166ac", 14: "#ffffff"}
NAMES = {**PHASES, 11: "Li$_3$P", 12: "Li$_2$S"}
LITHIUM, ELECTROLYTE, SPOT = "#bdbdbd", "#f3efd9", "#b2182b"
WIDTH, HEIGHT = 7.1, 8.75  # [in], a page of a journal
LEFT, RIGHT = 0.62, 0.78  # margins; the right one holds the scale bars
ROWS = (("top", 0.72), ("sei", 1.0), ("electrolyte", 0.86), ("bottom", 0.72))  # [in] from above
LINES = {"whole": 60, "zoom": 50}  # current lines at most
GRAINS = 5  # shown in the zoom
SMALL = 7


def nice(length):
    """The largest 1, 2 or 5 times a power of ten that is not longer."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step for step in (1.0, 2.0, 5.0) if step * power <= length * (1 + 1e-9)) * power)


def length_text(length):
    return f"{NANO * length:g} nm" if length < 0.9995e-6 else f"{MICRO * length:g} µm"


def current_lines(axes, r, z, stream, levels):
    """All in one collection: contour() makes one for each level, which takes most of the time of a figure."""
    contours = contour_generator(r, z, stream)
    axes.add_collection(LineCollection([line for level in levels for line in contours.lines(level)], colors="k", linewidths=0.5),
                        autolim=False)


class Stack:
    """Four panels above each other over the same r [m]: density at Li|SEI, SEI, electrolyte, density at SE|SEI."""

    def __init__(self, figure, top, low, high):
        self.low, self.high, self.figure = low, high, figure
        self.width = WIDTH - LEFT - RIGHT
        self.axes, self.size, self.bottom = {}, dict(ROWS), {}
        for name, height in ROWS:
            top -= height
            self.bottom[name] = top
            axes = figure.add_axes([LEFT / WIDTH, top / HEIGHT, self.width / WIDTH, height / HEIGHT])
            axes.set_xlim(MICRO * low, MICRO * high)
            axes.tick_params(labelsize=SMALL, top=False, right=False, labelbottom=name == "bottom", bottom=name == "bottom")
            self.axes[name] = axes
        self.axes["bottom"].set_xlabel("$r$ (µm)", fontsize=8, labelpad=2)
        for name in ("sei", "electrolyte"):
            self.axes[name].set_yticks([])

    def scale_bars(self, name, per_inch):
        """r and z bars in the right margin; `per_inch` [m] of z."""
        along = (self.high - self.low) / self.width
        r_bar, z_bar = nice(0.4 * along), nice(min(0.5, 0.55 * self.size[name]) * per_inch)
        axes = self.figure.add_axes([(WIDTH - RIGHT) / WIDTH, self.bottom[name] / HEIGHT, RIGHT / WIDTH, self.size[name] / HEIGHT])
        axes.set_xlim(0, RIGHT)
        axes.set_ylim(0, self.size[name])
        axes.axis("off")
        x, y = 0.1, 0.26
        axes.plot([x, x + r_bar / along], [y, y], color="k", lw=1.5, solid_capstyle="butt")
        axes.plot([x, x], [y, y + z_bar / per_inch], color="k", lw=1.5, solid_capstyle="butt")
        axes.text(x, y - 0.05, "$r$: " + length_text(r_bar), fontsize=SMALL, ha="left", va="top")
        axes.text(x + 0.06, y + 0.5 * z_bar / per_inch, "$z$: " + length_text(z_bar), fontsize=SMALL, ha="left", va="center")
        stretch = along / per_inch
        axes.text(x, self.size[name] - 0.02, f"$z$ × {stretch:.3g}" if stretch > 1.01 else "$z$ × 1", fontsize=SMALL, va="top")

    def draw_sei(self, zone, levels):
        axes, thickness = self.axes["sei"], NANO * zone.height[0].max()
        first = max(int(np.searchsorted(zone.edge, self.low)) - 1, 0)
        last = min(int(np.searchsorted(zone.edge, self.high)) + 1, len(zone.edge))
        r = np.broadcast_to(MICRO * zone.edge[first:last], (zone.layers + 1, last - first))
        z = NANO * zone.height[:, first:last]
        numbers = sorted(COLOURS)
        axes.pcolormesh(r, z, np.searchsorted(numbers, zone.phase[:, first:last - 1]), vmin=-0.5, vmax=len(numbers) - 0.5,
                        cmap=ListedColormap([COLOURS[number] for number in numbers]), rasterized=True)
        current_lines(axes, r, z, zone.stream[:, first:last], levels)
        lithium = 0.17 * thickness
        axes.set_ylim(0, thickness + lithium)
        axes.fill_between(r[0], z[0], thickness + lithium, color=LITHIUM, lw=0)
        axes.plot(r[0], z[0], color="k", lw=0.8)
        axes.text(0.008, 1 - 0.5 * lithium / (thickness + lithium), "Li", transform=axes.transAxes, fontsize=SMALL, va="center")
        axes.set_ylabel("SEI", fontsize=8)
        self.scale_bars("sei", (thickness + lithium) / NANO / self.size["sei"])

    def draw_electrolyte(self, zone, levels):
        axes = self.axes["electrolyte"]
        along = (self.high - self.low) / self.width
        depth = along * self.size["electrolyte"]  # the same scale as r
        r, z, stream = zone.electrolyte_stream(self.low, self.high, depth)
        axes.set_facecolor(ELECTROLYTE)
        current_lines(axes, MICRO * r, MICRO * z, stream, levels)
        axes.set_ylim(-MICRO * depth, 0)
        axes.set_ylabel("SE", fontsize=8)
        self.scale_bars("electrolyte", along)

    def draw_density(self, zone, where, apart):
        axes, spots = self.axes[where], zone.spots(where)
        sign = np.sign(spots.total) or 1.0
        axes.stairs(0.1 * sign * spots.density, MICRO * spots.edge, color=SPOT, lw=0.8)
        axes.axhline(0.1 * sign * spots.mean, color="0.35", lw=0.7, ls="--")
        columns = spots.highest(3, apart, self.low, self.high)
        middle = 0.5 * MICRO * (spots.edge[1:] + spots.edge[:-1])
        highest = 0.1 * max([sign * spots.density[column] for column in columns] + [1.2 * abs(spots.mean)])
        axes.set_ylim((0, 1.45 * highest) if where == "top" else (1.45 * highest, 0))
        for column in columns:
            value = 0.1 * sign * spots.density[column]
            near = (middle[column] - MICRO * self.low) / (MICRO * (self.high - self.low))
            axes.plot(middle[column], value + 0.06 * highest, "v" if where == "top" else "^", ms=3.5, color=SPOT, clip_on=False)
            axes.annotate(f"{value:.3g}", (middle[column], value + 0.06 * highest), xytext=(3 if near < 0.93 else -3, 0),
                          textcoords="offset points", fontsize=SMALL, color=SPOT, va="center", ha="left" if near < 0.93 else "right")
        plane = "Li|SEI" if where == "top" else "SE|SEI"
        axes.set_ylabel(f"$|i|$, {plane}\n(mA cm$^{{-2}}$)", fontsize=SMALL)
        axes.locator_params(axis="y", nbins=4)
        if where == "top":
            axes.spines["top"].set_visible(False)
        axes.spines["right"].set_visible(False)
        return spots


def spots_text(spots, name):
    return (f"{name}: maximum {0.1 * abs(spots.largest):.3g} mA cm$^{{-2}}$ = {spots.peak_factor:.3g} × mean "
            f"({spots.broad_factor:.3g} × over {NANO * spots.span:.3g} nm); hottest {100 * SHARE_OF_AREA:g} % of the area "
            f"carry {100 * spots.share:.0f} %")


def window(zone):
    """[m] the part around the hottest spot at SE|SEI."""
    grains = zone.grain_edges()
    wide = float(np.median(np.diff(grains))) if len(grains) > 3 else 0.1 * zone.edge[-1] / GRAINS
    middle = zone.spots("bottom").radius
    low = max(0.0, min(middle - 0.5 * GRAINS * wide, zone.edge[-1] - 0.97 * GRAINS * wide))
    return low, low + GRAINS * wide, wide


def levels_between(zone, low, high, count):
    """Levels of the stream function with equal steps, at most `count` of them between two radii: (levels, step [A])."""
    inside = zone.stream[:, (zone.edge >= low) & (zone.edge <= high)]
    least, most = inside.min(), inside.max()
    step = 1.0 / nice(count / (most - least)) if most > least else 1.0
    # below the SEI lines from outside spread into the picture
    reach = 0.25 * (most - least)
    least, most = max(least - reach, zone.stream.min()), min(most + reach, zone.stream.max())
    return step * (np.arange(np.floor(least / step), np.ceil(most / step)) + 0.5), step


def power_text(value):
    power = int(np.floor(np.log10(value)))
    factor = f"{value / 10.0**power:.2g}"
    return (f"{factor} × " if factor != "1" else "") + f"10$^{{{power}}}$"


def current_text(step):
    factor, unit = (1e9, "nA") if step >= 1e-9 else (1e12, "pA") if step >= 1e-12 else (1e15, "fA")
    return f"{factor * step:.3g} {unit} between neighbouring current lines"


def figure_zone(zone, heading):
    """The whole contact and the surroundings of its hottest spot, at one instant."""
    figure = plt.figure(figsize=(WIDTH, HEIGHT))
    figure.set_layout_engine("none")
    low, high, grain = window(zone)
    top = HEIGHT - 0.98
    stack_height = sum(height for _, height in ROWS)
    for letter, name, left, right, apart in (("a", "whole", 0.0, 1.03 * zone.edge[-1], 0.06 * zone.edge[-1]),
                                             ("b", "zoom", low, high, 0.6 * grain)):
        stack = Stack(figure, top, left, right)
        levels, step = levels_between(zone, left, right, LINES[name])
        stack.draw_sei(zone, levels)
        stack.draw_electrolyte(zone, levels)
        for where in ("top", "bottom"):
            stack.draw_density(zone, where, apart)
            if name == "whole":
                stack.axes[where].axvspan(MICRO * low, MICRO * min(high, right), color="0.9", zorder=0)
                stack.axes[where].text(MICRO * 0.5 * (low + min(high, right)), 0.97 if where == "top" else 0.03, "b", fontsize=SMALL,
                                       transform=stack.axes[where].get_xaxis_transform(), ha="center",
                                       va="top" if where == "top" else "bottom")
        figure.text(0.012, (top + 0.04) / HEIGHT, letter, fontsize=10, fontweight="bold", va="bottom")
        figure.text((WIDTH - RIGHT) / WIDTH, (top + 0.04) / HEIGHT, current_text(step), fontsize=SMALL, ha="right", va="bottom")
        top -= stack_height + 0.55
    figure.text(LEFT / WIDTH, (HEIGHT - 0.4) / HEIGHT, heading, fontsize=8, va="center")
    for line, (where, plane) in enumerate((("top", "Li|SEI"), ("bottom", "SE|SEI"))):
        figure.text(LEFT / WIDTH, (HEIGHT - 0.55 - 0.14 * line) / HEIGHT, spots_text(zone.spots(where), plane), fontsize=SMALL,
                    va="center", color=SPOT)
    named = [(COLOURS[number], f"{NAMES[number]} ({power_text(0.01 * conductivity)} S cm$^{{-1}}$)")
             for number, conductivity in zone.conductivities().items()] + [(ELECTROLYTE, "SE"), (LITHIUM, "Li")]
    patches = [Patch(facecolor=colour, edgecolor="k", lw=0.4, label=name) for colour, name in named]
    figure.legend(handles=patches, loc="lower left", bbox_to_anchor=(LEFT / WIDTH - 0.01, 0.0), ncol=len(patches), fontsize=SMALL,
                  handlelength=1.2, columnspacing=1.2)
    return figure


def heading_of(run, zone, word):
    row = int(np.argmin(np.abs(run.history["time"] - zone.time)))
    return (f"{word}$t$ = {zone.time:.5g} s, $\\eta$ = {1e3 * run.history['potential'][row]:.3g} mV, "
            f"$I$ = {0.1 * run.history['current_density'][row]:.3g} mA cm$^{{-2}}$ (positive = anodic = stripping)")


def figures_zone(run):
    """{name: figure} at the vertices of the first and the last cycle; without vertices at the last instant with current."""
    saved = vertices(run, sweeps(run))
    chosen = [one for one in saved if one[0].cycle in (saved[0][0].cycle, saved[-1][0].cycle)] if saved else []
    figures = {}
    for sweep, path in chosen:
        side = "anodic" if sweep.anodic else "cathodic"
        zone = ContactZone(run, path)
        figures[f"contact_zone_cycle{sweep.cycle}_{side}"] = figure_zone(
            zone, heading_of(run, zone, f"Cycle {sweep.cycle}, {side} vertex: "))
    if not figures:
        for _, path, _ in reversed(run.field_files()):
            zone = ContactZone(run, path)
            if zone.stream[-1, -1] != 0.0:
                figures["contact_zone"] = figure_zone(zone, heading_of(run, zone, ""))
                break
    return figures


def figure_spots(run):
    """Peak factors and shares of the hottest part at the vertices of all cycles."""
    figure, panels = plt.subplots(1, 2, figsize=(7.1, 3.0))
    saved = [(sweep, ContactZone(run, path)) for sweep, path in vertices(run, sweeps(run))]
    for anodic, colour, side in ((False, "#1f5fa8", "cathodic"), (True, "#c0392b", "anodic")):
        half = [(sweep.cycle, zone) for sweep, zone in saved if sweep.anodic == anodic]
        for where, plane, marker, fill in (("top", "Li|SEI", "o", "white"), ("bottom", "SE|SEI", "s", colour)):
            style = {"marker": marker, "ms": 4, "mfc": fill, "color": colour, "label": f"{plane}, {side}"}
            cycles, spots = [cycle for cycle, _ in half], [zone.spots(where) for _, zone in half]
            panels[0].plot(cycles, [one.broad_factor for one in spots], **style)
            panels[1].plot(cycles, [100 * one.share for one in spots], **style)
    span = saved[0][1].spots("top").span if saved else 0.0
    panels[0].set_ylabel(f"largest $i$ over {NANO * span:.3g} nm / mean $i$")
    panels[1].set_ylabel(f"share of the hottest {100 * SHARE_OF_AREA:g} % of area (%)")
    for axes in panels:
        axes.set_xlabel("cycle (vertex)")
        axes.set_ylim(bottom=0)
        axes.xaxis.get_major_locator().set_params(integer=True)
    panels[0].legend()
    return figure


def table_of_spots(run):
    """Lines of comma-separated values, one for each vertex and plane."""
    yield ("cycle,time [s],potential [V],current [A],plane,largest current density [A m-2],radius [m],width of the column [m],"
           "largest over mean,mean over a width of the SEI's thickness over mean,share of the hottest 10 % of the area")
    for sweep, path in vertices(run, sweeps(run)):
        zone = ContactZone(run, path)
        for where, plane in (("top", "Li|SEI"), ("bottom", "SE|SEI")):
            one = zone.spots(where)
            yield (f"{sweep.cycle},{zone.time:.9g},{sweep.vertex:.9g},{one.total:.12g},{plane},{one.largest:.6g},{one.radius:.6g},"
                   f"{one.edge[one.hottest + 1] - one.edge[one.hottest]:.4g},{one.peak_factor:.6g},{one.broad_factor:.6g},{one.share:.6g}")
