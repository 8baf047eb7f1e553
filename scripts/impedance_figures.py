"""Figures of the impedance of a run: Nyquist, Bode, parts, relaxation times, rings. Used by scripts/plot."""

import matplotlib.pyplot as plt
import numpy as np

from lisei import impedance as lisei_impedance  # noqa: E402

MOST = 8  # states in one figure


def scale_of(values):
    """Factor and unit in which resistances are best read."""
    for factor, unit in ((1e-6, "MΩ"), (1e-3, "kΩ"), (1.0, "Ω")):
        if np.nanmax(abs(values)) * factor >= 1:
            return factor, unit
    return 1.0, "Ω"


def chosen(states):
    """All, or as many as can be told apart, from first to last."""
    if len(states) <= MOST:
        return states
    return [states[k] for k in np.unique(np.linspace(0, len(states) - 1, MOST).astype(int))]


def colours(count):
    return plt.get_cmap("viridis")(np.linspace(0.0, 0.85, max(count, 1)))


def area_axes(axes, factor, area):
    """The same numbers per nominal area."""
    to_area = area * 1e4 / factor  # [ohm cm^2 per shown unit]
    for which, place, label in ((axes.secondary_xaxis, "top", "Re Z (Ω cm²)"), (axes.secondary_yaxis, "right", "−Im Z (Ω cm²)")):
        second = which(place, functions=(lambda v, k=to_area: v * k, lambda v, k=to_area: v / k))
        (second.set_xlabel if place == "top" else second.set_ylabel)(label)
    axes.tick_params(top=False, right=False)


def nyquist(states):
    shown = chosen(states)
    factor, unit = scale_of(np.concatenate([state.impedance for state in shown]))
    figure, axes = plt.subplots(figsize=(6.4, 5.4))
    for state, colour in zip(shown, colours(len(shown))):
        z = factor * state.impedance
        axes.plot(z.real, -z.imag, color=colour, label=state.label, marker=".", ms=2.5)
        decades = np.isclose(np.log10(state.frequency) % 1, 0, atol=1e-6) | np.isclose(np.log10(state.frequency) % 1, 1, atol=1e-6)
        axes.plot(z.real[decades], -z.imag[decades], "o", color=colour, ms=4, mfc="white")
        if state is shown[0]:
            high = -z.imag > 0.05 * np.nanmax(abs(z.imag))
            for f, x, y in zip(state.frequency[decades & high], z.real[decades & high], -z.imag[decades & high]):
                axes.annotate(f"$10^{{{int(round(np.log10(f)))}}}$ Hz", (x, y), xytext=(3, 3), textcoords="offset points", fontsize=7)
    axes.set_aspect("equal", adjustable="datalim")
    axes.axhline(0, color="0.75", lw=0.6, zorder=0)
    axes.set_xlabel(f"Re Z ({unit})")
    axes.set_ylabel(f"−Im Z ({unit})")
    axes.legend(loc="upper left", title="rings: whole decades", title_fontsize=7)
    area_axes(axes, factor, shown[0].area)
    return figure


def bode(states):
    shown = chosen(states)
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(6.4, 5.6), sharex=True)
    for state, colour in zip(shown, colours(len(shown))):
        upper.loglog(state.frequency, abs(state.impedance), color=colour, label=state.label)
        lower.semilogx(state.frequency, -np.degrees(np.angle(state.impedance)), color=colour)
    upper.set_ylabel("|Z| (Ω)")
    lower.set_ylabel("−phase (°)")
    lower.set_xlabel("frequency (Hz)")
    lower.axhline(0, color="0.75", lw=0.6, zorder=0)
    upper.legend()
    return figure


def parts(states):
    """Which process does what, at the first and the last state."""
    shown = [states[0]] if len(states) == 1 else [states[0], states[-1]]
    factor, unit = scale_of(np.concatenate([state.impedance for state in shown]))
    figure, panels = plt.subplots(2, len(shown), figsize=(4.6 * len(shown) + 0.6, 5.6), sharex=True, sharey="row", squeeze=False)
    for column, state in enumerate(shown):
        for name, part in state.parts.items():
            if abs(part).max() > 1e-6 * abs(state.impedance).max():
                line = panels[0, column].semilogx(state.frequency, factor * part.real, label=lisei_impedance.PARTS[name])[0]
                panels[1, column].semilogx(state.frequency, -factor * part.imag, color=line.get_color())
        panels[0, column].semilogx(state.frequency, factor * state.impedance.real, "k", lw=0.8, label="Z")
        panels[1, column].semilogx(state.frequency, -factor * state.impedance.imag, "k", lw=0.8)
        panels[0, column].set_title(state.label)
        panels[1, column].set_xlabel("frequency (Hz)")
    panels[0, 0].set_ylabel(f"Re ({unit})")
    panels[1, 0].set_ylabel(f"−Im ({unit})")
    panels[0, 0].legend(fontsize=7)
    return figure


def relaxation(state):
    """The exact relaxations beside a distribution made from the same impedance, as from a measured one."""
    tau, gamma = lisei_impedance.drt(state.frequency, state.impedance)
    times, resistances = state.significant(1e-4)
    factor, unit = scale_of(resistances if len(resistances) else state.impedance)
    figure, axes = plt.subplots(figsize=(7.2, 4.6))
    markers, stems, base = axes.stem(times, factor * resistances, linefmt="C0-", markerfmt="C0o", basefmt=" ")
    plt.setp(markers, markersize=4)
    plt.setp(stems, linewidth=1.0)
    base.set_visible(False)
    axes.set_xscale("log")
    axes.set_xlim(0.1 / (2 * np.pi * state.frequency.max()), 10 / (2 * np.pi * state.frequency.min()))
    axes.set_xlabel("relaxation time τ (s)")
    axes.set_ylabel(f"exact R$_k$ ({unit})", color="C0")
    axes.set_ylim(bottom=0)
    other = axes.twinx()
    other.plot(tau, factor * gamma, color="C1")
    other.set_ylabel(f"regularised DRT, R per ln τ ({unit})", color="C1")
    other.set_ylim(bottom=0)
    for name, time in state.characteristic_times().items():
        axes.axvline(time, color="0.6", lw=0.7, ls="--", zorder=0)
        axes.annotate(lisei_impedance.PARTS[name], (time, 0.98), xycoords=("data", "axes fraction"), rotation=90, fontsize=7, color="0.35",
                      ha="right", va="top")
    said = lisei_impedance.overlap(state, tau, gamma)
    axes.set_title(state.label + "\n" + "\n".join(said), fontsize=7)
    return figure, said


def rings(states):
    """Current density along the radius at several frequencies, over its mean."""
    shown = [state for state in states if state.ring_admittance is not None]
    state = shown[-1]
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 4.0))
    picks = np.unique(np.linspace(0, len(state.frequency) - 1, 7).astype(int))
    for k, colour in zip(picks, colours(len(picks))):
        y = state.ring_admittance[k]
        mean = (y * state.ring_area).sum() / state.ring_area.sum()
        r = state.ring_radius / np.sqrt(state.ring_area.sum() / np.pi)
        left.plot(r, abs(y / mean), color=colour, label=f"{state.frequency[k]:.2g} Hz")
        right.plot(r, np.degrees(np.angle(y / mean)), color=colour)
    left.set_yscale("log")
    left.set_ylabel("|local current density| over the mean")
    right.set_ylabel("its phase against the mean (°)")
    for axes in (left, right):
        axes.set_xlabel("r/a")
    left.legend(title=state.label, title_fontsize=7, fontsize=7)
    return figure


def figures(folder):
    """{file name: figure}, and what is said of time constants."""
    states = lisei_impedance.read(folder)
    if not states:
        return {}, []
    made = {"impedance_nyquist": nyquist(states), "impedance_bode": bode(states), "impedance_parts": parts(states)}
    if any(state.ring_admittance is not None for state in states):
        made["impedance_rings"] = rings(states)
    lines = []
    for state in chosen(states):
        if len(state.times) and len(state.frequency) < lisei_impedance.LEAST_FREQUENCIES:
            lines.append(f"{state.label}: no distribution of relaxation times from {len(state.frequency)} frequencies")
        elif len(state.times):
            made[f"impedance_relaxation_{state.number:03d}"], said = relaxation(state)
            lines += [f"{state.label}: {sentence}" for sentence in said]
    return made, lines
