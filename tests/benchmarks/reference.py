#!/usr/bin/python3
"""Refined solutions of the two problems on which lisei and a finite-element peer are compared.

P2  steady disk contact (diameter d) on a half space of conductivity sigma, sinh interface, 20 potentials
P3  three voltammogram cycles 0 -> -10 -> +10 -> 0 mV at 0.2 mV/s with the contact law first_order

Equations (anodic current, lithium into electrolyte, positive; u is the potential in the electrolyte, 0 at infinity)
  interface    i_t = i0 sinh(beta (V - u))           per area that touches, 1/(i0 beta) = 0.57 Ohm cm2
  current      i   = theta i_t                       per nominal area
  contact      dtheta/dt = -k_s max(i, 0) theta + k_h (1 - theta), theta(0) = 1, at each point of the contact
  bulk         div(sigma grad u) = 0,  -sigma du/dn = i under the disk, 0 beside it

Bulk: with r = a sqrt(1 - mu^2) the potential under the disk is the series
  u(mu) = a/sigma sum_n (4n+1) kappa_n P_2n(mu) int_0^1 i mu' P_2n(mu') dmu',  kappa_n = (Gamma(n+1/2)/n!)^2/2,
where kappa_n is potential over flux of the n-th external oblate spheroidal harmonic at the disk. Unknowns are the
current densities at Gauss-Legendre nodes in mu. The current of a smooth interface is not analytic at the rim
(mu^2 log mu), so the total current converges with the fourth power of the number of modes.
Time: theta at each node by an 8th order Runge-Kutta method from kink to kink (V = 0 and the vertices), i_t by Newton.

What shows that it is right, computed at each call and written to the output ("convergence"):
  - the same with half the modes, and (P3) with a different integrator (Radau) at a ten times looser tolerance;
  - the potential on the axis from the series against its elementary integral, u(0) = 1/sigma int_0^a i dr (a value
    at a point converges with order 2.5 in the modes only: 2e-6 at 96, 6e-8 at 384);
  - the potential of a uniform flux, mean 8 a i/(3 pi sigma).
peer_fenicsx.py, refined, converges to the same numbers by another method: P2 to 4e-8 with --rings 64 --layers 192
--xi-max 5, P3 to 4e-6 in the peaks with --rings 32 --layers 60 --xi-max 3.5 --steps 4800.

  reference.py --problem P3 --out ref.json                     solve, at the standard instants (0.5 s)
  reference.py --problem P3 --compare run.json --out err.json  solve at the instants of another result and report
                                                               its error (keys as this script writes them)
"""
import argparse
import json
import time

import numpy as np
from numpy.polynomial import legendre
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

RADIUS = 0.5 * 9.64e-6  # [m]
SIGMA = 0.165  # [S/m] 1.65 mS/cm
BETA = 100.0  # [1/V]
I0 = 1.0 / (0.57e-4 * BETA)  # [A/m2] exchange current density
K_STRIP = 0.02e-4 / 1e-3  # [m2/(A s)] 0.02 cm2/(mA s)
K_HEAL = 0.005  # [1/s]
RATE = 0.2e-3  # [V/s]
VERTEX = 10e-3  # [V]
CYCLE = 4.0 * VERTEX / RATE  # [s]
CYCLES = 3
P2_POTENTIALS = np.arange(1, 21) * 1e-3  # [V]


def potential_at(t):
    """Applied potential [V] of P3 at time t [s]."""
    s = np.mod(np.asarray(t, dtype=float) / (CYCLE / 4.0), 4.0)
    return VERTEX * np.where(s < 1, -s, np.where(s < 3, s - 2, 4 - s))


class Disk:
    """Disk contact on a half space with the sinh interface, `modes` even Legendre modes and as many nodes."""

    def __init__(self, modes):
        x, w = legendre.leggauss(modes)
        self.mu, weight = 0.5 * (x + 1), 0.5 * w
        kappa = np.cumprod(np.r_[np.pi / 2, ((np.arange(1, modes) - 0.5) / np.arange(1, modes)) ** 2])
        self.scale = (4 * np.arange(modes) + 1) * kappa * RADIUS / SIGMA  # [Ohm m2] of each mode
        values = legendre.legvander(self.mu, 2 * modes - 2)[:, ::2]
        self.moments = (values * (weight * self.mu)[:, None]).T  # current density -> mode
        self.bulk = (values * self.scale) @ self.moments  # [Ohm m2] current density -> potential
        self.area = 2 * np.pi * RADIUS**2 * weight * self.mu  # [m2] of each node
        self.guess = np.zeros(modes)

    def true_current_density(self, volt, theta=1.0):
        """i_t [A/m2] at each node: V = u + asinh(i_t/i0)/beta by Newton, which converges from any start."""
        i = self.guess
        coupling = self.bulk * theta
        for _ in range(60):
            residual = volt - coupling @ i - np.arcsinh(i / I0) / BETA
            step = np.linalg.solve(coupling + np.diag(1 / (BETA * np.hypot(i, I0))), residual)
            i = i + step
            if np.abs(step).max() <= 1e-13 * np.abs(i).max() + 1e-12 * I0:
                self.guess = i
                return i
        raise RuntimeError(f"Newton did not converge at V = {volt} V")

    def current(self, volt, theta=1.0):
        """Total current [A]."""
        return self.area @ (theta * self.true_current_density(volt, theta))

    def rates(self, t, theta, sign):
        """dtheta/dt [1/s]; `sign` of the potential in this segment (the maximum principle gives all i that sign)."""
        heal = K_HEAL * (1 - theta)
        if sign < 0:
            return heal
        return heal - K_STRIP * theta**2 * self.true_current_density(float(potential_at(t)), theta)


def operator_checks(disk, volt=10e-3):
    """Relative errors of the bulk series against two elementary integrals."""
    mean = disk.area @ (disk.bulk @ np.ones(len(disk.mu))) / disk.area.sum()
    uniform = mean / (8 * RADIUS / (3 * np.pi * SIGMA)) - 1
    i = disk.true_current_density(volt)
    modes = disk.scale * (disk.moments @ i)
    x, w = legendre.leggauss(200)
    phi = 0.25 * np.pi * (x + 1)  # r = a sin(phi)
    u = legendre.legvander(np.cos(phi), 2 * len(modes) - 2)[:, ::2] @ modes
    axis = 0.25 * np.pi * RADIUS / SIGMA * (w @ (I0 * np.sinh(BETA * (volt - u)) * np.cos(phi)))
    return {"uniform_flux_mean_potential": abs(uniform), "axis_potential": abs(modes.sum() / axis - 1)}


def solve_p2(modes, volts):
    disk = Disk(modes)
    return np.array([disk.current(v) for v in volts])


class Voltammogram:
    """P3: the contact fraction as a piecewise polynomial of time, the current from it at any instant."""

    def __init__(self, modes, method="DOP853", rtol=1e-11):
        self.disk = Disk(modes)
        self.segments = []
        theta = np.ones(modes)
        # V changes sign at the cycle's start and half, and its slope at a quarter and three quarters.
        for k in range(4 * CYCLES):
            sign = -1 if k % 4 < 2 else 1
            begin, end = k * CYCLE / 4, (k + 1) * CYCLE / 4
            result = solve_ivp(self.disk.rates, (begin, end), theta, method=method, rtol=rtol, atol=rtol, args=(sign,),
                               dense_output=True)
            if not result.success:
                raise RuntimeError(result.message)
            theta = result.y[:, -1]
            self.segments.append(result.sol)

    def contact_fraction(self, t):
        k = min(int(t / (CYCLE / 4)), len(self.segments) - 1)
        return self.segments[k](t)

    def current(self, t):
        return self.disk.current(float(potential_at(t)), self.contact_fraction(t))

    def peaks(self):
        """Largest anodic and cathodic current of each cycle [A] and when [s]; anodic inside, cathodic in its half."""
        found = []
        for cycle in range(CYCLES):
            entry = {}
            for kind, sign, begin in (("cathodic", -1, 0.0), ("anodic", 1, 0.5)):
                t = (cycle + begin) * CYCLE + np.linspace(0, CYCLE / 2, 401)
                size = np.array([sign * self.current(x) for x in t])
                k = int(np.clip(size.argmax(), 1, len(t) - 2))
                best, when = size.max(), t[size.argmax()]
                inner = minimize_scalar(lambda x: -sign * self.current(x), bounds=(t[k - 1], t[k + 1]),
                                        method="bounded", options={"xatol": 1e-4})
                if -inner.fun > best:
                    best, when = -inner.fun, inner.x
                entry[kind + "_A"], entry[kind + "_s"] = sign * best, when
            found.append(entry)
        return found


def peak_array(peaks):
    return np.array([[p["cathodic_A"], p["anodic_A"]] for p in peaks])


def reference_p2(modes, volts):
    current = solve_p2(modes, volts)
    change = np.abs(solve_p2(modes // 2, volts) / current - 1).max()
    return {"potential_V": volts.tolist(), "current_A": current.tolist(),
            "convergence": {"half_the_modes": change, **operator_checks(Disk(modes))}}


def reference_p3(modes, times):
    fine = Voltammogram(modes)
    half = Voltammogram(modes // 2)
    other = Voltammogram(modes // 2, method="Radau", rtol=1e-10)
    current = np.array([fine.current(t) for t in times])
    area = fine.disk.area / fine.disk.area.sum()
    peaks = fine.peaks()
    probe = np.linspace(0, CYCLE * CYCLES, 241)
    i_fine, i_half, i_other = (np.array([run.current(t) for t in probe]) for run in (fine, half, other))
    size = np.abs(i_fine).max()
    return {"time_s": times.tolist(), "potential_V": potential_at(times).tolist(), "current_A": current.tolist(),
            "contact_fraction": [float(area @ fine.contact_fraction(t)) for t in times],
            "peaks": peaks,
            "convergence": {"half_the_modes": np.abs(i_half - i_fine).max() / size,
                            "half_the_modes_peaks": np.abs(peak_array(half.peaks()) / peak_array(peaks) - 1).max(),
                            "other_integrator": np.abs(i_other - i_half).max() / size,
                            **operator_checks(fine.disk)}}


def check(convergence):
    """Stop rather than hand out a reference that has not converged."""
    for name, value in convergence.items():
        limit = 1e-5 if name == "axis_potential" else 1e-8
        if not value <= limit:
            raise SystemExit(f"reference.py: {name} shows {value:.2g}, more than {limit:g}: use more --modes")


def compare(reference, other):
    """Errors of another result: P2 relative; P3 against the largest |I|, and relative at the peaks if it has them."""
    mine, theirs = np.array(reference["current_A"]), np.array(other["current_A"])
    if mine.shape != theirs.shape or not np.isfinite(theirs).all():
        raise SystemExit(f"reference.py: need {len(mine)} finite currents to compare with, got {len(theirs)} values")
    if reference["problem"] == "P2":
        error = np.abs(theirs / mine - 1)
        return {"max_relative_error": error.max(), "mean_relative_error": error.mean()}
    error = np.abs(theirs - mine) / np.abs(mine).max()
    result = {"max_error_over_largest_current": error.max(),
              "rms_error_over_largest_current": np.sqrt((error**2).mean())}
    peaks = other.get("peaks")
    if peaks:
        relative = np.abs(peak_array(peaks) / peak_array(reference["peaks"]) - 1)
        result.update(max_relative_peak_error=relative.max(), anodic_peak_errors=relative[:, 1].tolist(),
                      cathodic_peak_errors=relative[:, 0].tolist())
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", choices=("P2", "P3"), required=True)
    parser.add_argument("--out", help="JSON file to write; without it the summary goes to the terminal only")
    parser.add_argument("--modes", type=int, default=96, help="even Legendre modes (default 96)")
    parser.add_argument("--compare", help="JSON file of another program whose error is wanted")
    args = parser.parse_args()
    if args.modes < 8:
        parser.error("--modes must be at least 8")
    other = None
    if args.compare:
        with open(args.compare, encoding="utf-8") as file:
            other = json.load(file)
        times = other.get("time_s", [0.0])
        if args.problem == "P3" and not (min(times) >= 0 and max(times) <= CYCLE * CYCLES * (1 + 1e-12)):
            parser.error(f"{args.compare}: times must lie between 0 and {CYCLE * CYCLES:g} s")
    started = time.perf_counter()
    if args.problem == "P2":
        result = reference_p2(args.modes, np.array(other["potential_V"]) if other else P2_POTENTIALS)
    else:
        standard = np.linspace(0, CYCLE * CYCLES, 1201)
        result = reference_p3(args.modes, np.array(other["time_s"]) if other else standard)
    result = {"problem": args.problem, "program": "reference.py", "modes": args.modes, **result}
    result["solve_seconds"] = time.perf_counter() - started
    check(result["convergence"])
    summary = {"convergence": result["convergence"]}
    if other:
        summary["error"] = result["error"] = compare(result, other)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
