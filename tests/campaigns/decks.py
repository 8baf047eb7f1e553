"""Decks from a scrambled Sobol sequence: every law, shape and kind of protocol step, and nearly every numeric key, from
ordinary to absurd values. Deck n of a seed is the same on every machine with the same scipy."""
import math

import numpy
from scipy.stats import qmc

NAMES = 600  # dimensions at most; a name takes the next free one when the decks are first made


class Draws:
    """Numbers in (0, 1) by name. What a deck does not ask for is left out, so its numbers do not depend on its choices."""

    def __init__(self, numbers, names):
        self.numbers, self.names = numbers, names

    def number(self, name):
        return float(self.numbers[self.names.setdefault(name, len(self.names))])

    def choice(self, name, weights):
        """One of the keys of `weights`, in proportion."""
        left = self.number(name) * sum(weights.values())
        for value, weight in weights.items():
            left -= weight
            if left < 0.0:
                return value
        return value

    def real(self, name, low, high, unit=""):
        """Uniform, or in proportion to the logarithm where the range spans more than a decade."""
        part = self.number(name)
        value = low * (high / low) ** part if low > 0.0 and high / low > 10.0 else low + (high - low) * part
        return f"{value:.6g} {unit}".strip()

    def integer(self, name, low, high):
        return low + min(int(self.number(name) * (high - low + 1)), high - low)


def group(draws, prefix, ranges):
    return {key: draws.real(f"{prefix}.{key}", *limits) for key, limits in ranges.items()}


ACTIVATION = (0.0, 80.0, "kJ/mol")
KINETICS = {
    "linear": {"resistance": (1e-3, 1e3, "ohm cm2"), "activation_energy": ACTIVATION},
    "sinh": {"exchange_current_density": (1e-3, 1e3, "mA/cm2"), "inverse_scale": (0.1, 1000.0, "1/V"), "activation_energy": ACTIVATION},
    "hopping": {"charge_number": None, "half_jump_distance": (0.05, 5.0, "nm"), "carrier_concentration": (1.0, 1e4, "mol/m3"),
                "attempt_frequency": (1e11, 1e14, "1/s"), "activation_energy": (20.0, 60.0, "kJ/mol")},
    "butler_volmer": {"exchange_current_density": (1e-3, 1e3, "mA/cm2"), "anodic_transfer_coefficient": (0.05, 0.95),
                      "cathodic_transfer_coefficient": (0.1, 1.5), "activation_energy": ACTIVATION, "stress_shift": (0.0, 10.0)},
    "film": {"conductivity": (1e-9, 1e-2, "S/cm"), "activation_energy": ACTIVATION},
}
CONTACT = {
    "none": {"contact_fraction": (1e-3, 1.0)},
    "first_order": {"initial_contact_fraction": (1e-3, 1.0), "loss_coefficient": (1e-5, 10.0, "cm2/(mA s)"), "healing_rate": (1e-6, 10.0, "1/s")},
    "void": {"depth_limit": (5.0, 5000.0, "nm"), "smallest_fraction": (1e-6, 0.05), "creep_length": (0.01, 100.0, "um"),
             "supply_limit": (1.0, 1e4, "mA/cm2"), "filling_fraction": (0.0, 1.0), "filling_pressure": (1e-3, 100.0, "MPa"),
             "healing_fraction": (0.0, 1.0)},
    "void_reservoir": {"depth_limit": (5.0, 5000.0, "nm"), "smallest_fraction": (1e-6, 0.05), "creep_length": (0.01, 100.0, "um"),
                       "supply_limit": (1.0, 1e4, "mA/cm2"), "filling_fraction": (0.0, 1.0), "healing_fraction": (0.0, 1.0),
                       "healing_exponent": (0.0, 6.0), "asperity_fraction": (0.01, 1.0), "gap_depth": (0.1, 100.0, "nm"),
                       "flow_overpotential": (0.01, 100.0, "mV"), "flow_width": (0.01, 10.0, "mV"), "dewetting_time": (1e-3, 1e3, "s"),
                       "reservoir_depth": (1.0, 1000.0, "nm"), "reservoir_supply": (0.1, 1000.0, "mA/cm2"), "reservoir_exponent": (0.0, 8.0)},
}
CREEP = {
    "coble": {"grain_boundary_diffusivity": (1e-13, 1e-7, "cm2/s"), "grain_boundary_width": (0.2, 2.0, "nm"), "activation_energy": ACTIVATION},
    "nabarro_herring": {"lattice_diffusivity": (1e-14, 1e-8, "cm2/s"), "activation_energy": ACTIVATION},
    "power_law": {"reference_rate": (1e-7, 1.0, "1/s"), "reference_stress": (0.05, 20.0, "MPa"), "stress_exponent": (1.0, 10.0),
                  "activation_energy": ACTIVATION},
    "general": {"material_constant": (1e2, 1e10), "diffusivity": (1e-14, 1e-8, "cm2/s"), "activation_energy": ACTIVATION,
                "shear_modulus": (1.0, 10.0, "GPa"), "grain_size_exponent": (0.0, 3.0), "stress_exponent": (1.0, 7.0)},
    "plastic_limit": {"yield_stress": (0.05, 50.0, "MPa"), "viscosity": (1e-3, 1e4, "MPa s"), "width": (0.005, 0.4)},
}


def kinetics(draws, prefix, law):
    return {key: draws.integer(f"{prefix}.{key}", 1, 3) if limits is None else draws.real(f"{prefix}.{key}", *limits)
            for key, limits in KINETICS[law].items()}


def interface(draws, resolved):
    """The law in `kinetics`; a resolved SEI is given none that would count it twice, mostly."""
    sensible = {"linear": 3, "sinh": 3, "butler_volmer": 3, "series": 2}
    law = draws.choice("interface.kinetics", {**sensible, "film": 0.05, "hopping": 0.05} if resolved else {**sensible, "film": 2, "hopping": 2})
    made = {"kinetics": law}
    if law != "series":
        made[law] = kinetics(draws, f"interface.{law}", law)
    else:
        for process in ("charge_transfer", "sei_transport", "se_transfer"):
            path = f"interface.{process}"
            laws = dict.fromkeys(KINETICS, 1) if not resolved else {"linear": 1, "sinh": 1, "butler_volmer": 1}
            chosen = draws.choice(path, {"none": 2, **laws} if not resolved or process != "sei_transport" else {"none": 1})
            made[process] = {"law": chosen, **({chosen: kinetics(draws, f"{path}.{chosen}", chosen)} if chosen != "none" else {})}
            if process != "charge_transfer" and not resolved:
                made[process]["acts_on"] = draws.choice(f"{path}.acts_on", {"true_contact": 1, "whole_area": 1})
    if draws.number("dislocated") < 0.2:
        made["dislocations"] = group(draws, "interface.dislocations", {
            "density": (1e10, 1e17, "1/m2"), "vacancy_enthalpy": (20.0, 80.0, "kJ/mol"), "lattice_expansion": (0.0, 1.0),
            "volume_ratio": (0.5, 3.0), "symmetry_factor": (0.0, 1.0)})
    return made


def sei(draws, resolved):
    made = {"thickness": draws.real("sei.thickness", 1.0, 300.0, "nm"), "growth": draws.choice("sei.growth", {"none": 1, "wagner": 1})}
    if made["growth"] == "wagner":
        made["wagner"] = group(draws, "sei.wagner", {"growth_constant": (0.01, 1e5, "nm2/h"), "activation_energy": ACTIVATION, "porosity": (0.0, 0.8)})
    if not resolved:
        return made
    made["resolved"] = "true"
    block = {"layers": draws.integer("sei.block.layers", 1, 5), "columns": draws.integer("sei.block.columns", 1, 2),
             "corners": draws.choice("sei.block.corners", {"true": 1, "false": 1}),
             "half_jump_distance": draws.real("sei.block.half_jump_distance", 0.0, 4.0, "nm"),
             "charge_number": draws.integer("sei.block.charge_number", 1, 3),
             "microstructure": draws.choice("sei.block.microstructure", {"uniform": 1, "layered": 1, "random": 2})}
    if block["microstructure"] == "uniform":
        block["conductivity"] = draws.real("sei.block.conductivity", 1e-10, 1e-2, "S/cm")
    else:
        block["phases"] = group(draws, "sei.block.phases", {
            **{f"{name}_fraction": (0.0, 1.0) for name in ("li2s", "licl", "li3p", "pore")},
            **{f"{name}_conductivity": (1e-12, 1e-2, "S/cm") for name in ("li2s", "licl", "li3p", "pore")},
            "interphase_resistance": (1e-6, 10.0, "ohm cm2")})
        if draws.number("interphase") < 0.7:
            del block["phases"]["interphase_resistance"]
        block["phases"]["pore_fraction"] = draws.real("sei.block.phases.pore_fraction", 0.0, 0.95)
    if block["microstructure"] == "random":
        block["random"] = {"seed": draws.integer("sei.block.random.seed", 0, 1000), "grain_columns": draws.integer("sei.block.random.grain_columns", 1, 4)}
        if draws.number("grain_width") < 0.3:
            block["random"]["grain_width"] = draws.real("sei.block.random.grain_width", 50.0, 5000.0, "nm")
            block["phases_follow"] = draws.choice("sei.block.phases_follow", {"ring": 1, "place": 1})
    made["block"] = block
    return made


def lithium(draws):
    names = list(CREEP)
    first = draws.integer("lithium.creep", 0, len(names) - 1)
    chosen = [names[first]] + ([names[(first + draws.integer("lithium.second", 1, 4)) % 5]] if draws.number("lithium.two") < 0.4 else [])
    made = {"creep": f"[{', '.join(chosen)}]", **{name: group(draws, f"lithium.{name}", CREEP[name]) for name in chosen}}
    made["grains"] = group(draws, "lithium.grains", {"grain_size": (5.0, 1e5, "nm"), "growth_constant": (1e-24, 1e-14, "m2/s"),
                                                     "exponent": (1.0, 5.0), "activation_energy": ACTIVATION})
    return made


def steps(draws, area, level=""):
    """One to three steps; their currents go with the nominal area [cm2]."""
    made = []
    for k in range(draws.integer(f"steps{level}", 1, 3)):
        name = f"step{level}{k}"
        kind = draws.choice(name, {"cv": 4, "current": 4, "hold": 3, "rest": 2, "waveform": 2, **({"repeat": 2} if not level else {})})
        sign = -1.0 if draws.number(f"{name}.sign") < 0.5 else 1.0
        potential = sign * 1e-3 * 3000.0 ** draws.number(f"{name}.potential")  # [V] 1 mV to 3 V
        current = sign * area * 1e-2 * 1e5 ** draws.number(f"{name}.current")  # [mA] 0.01 to 1000 mA/cm2
        duration = 0.1 * 1e6 ** draws.number(f"{name}.duration")  # [s]
        step = {}
        if kind == "cv":
            other = -potential * draws.number(f"{name}.other")
            step = {"vertices": f"[{1e3 * potential:.6g} mV, {1e3 * other:.6g} mV]", "rate": f"{1e3 * 4.0 * abs(potential) / duration:.6g} mV/s",
                    "cycles": draws.integer(f"{name}.cycles", 1, 3)}
        elif kind == "current":
            step = {"current": f"{1e6 * current:.6g} nA", "duration": f"{duration:.6g} s"}
        elif kind == "hold":
            step = {"potential": f"{1e3 * potential:.6g} mV", "duration": f"{duration:.6g} s"}
        elif kind == "rest":
            step = {"duration": f"{duration:.6g} s"}
        elif kind == "waveform":
            control = draws.choice(f"{name}.control", {"potential": 1, "current": 1})
            step = {"file": f"wave{level}{k}.csv", "control": control,
                    "interpolation": draws.choice(f"{name}.interpolation", {"linear": 1, "step": 1}),
                    "rows": waveform(draws, name, control, potential, current, duration)}
        else:
            step = {"times": draws.integer(f"{name}.times", 2, 3), "steps": steps(draws, area, level + "r")}
        if kind not in ("repeat", "rest") and draws.number(f"{name}.until") < 0.5:
            step["until"] = until(draws, name)
        if kind != "repeat":
            step["on_infeasible"] = draws.choice(f"{name}.on_infeasible", {"error": 1, "stop": 2, "skip": 4})
        made.append((kind, step))
    return made


def until(draws, name):
    end = draws.choice(f"{name}.end", dict.fromkeys(("potential_above", "potential_below", "charge", "current_below", "current_above",
                                                     "contact_fraction_below", "contact_fraction_above", "lithium_share_below"), 1))
    part = draws.number(f"{name}.limit")
    limits = {"potential_above": f"{5000 * part:.6g} mV", "potential_below": f"{-5000 * part:.6g} mV", "charge": f"{1e-4 * 1e7**part:.6g} uC",
              "current_below": f"{1e-3 * 1e6**part:.6g} nA", "current_above": f"{1e-1 * 1e8**part:.6g} nA"}
    return {end: limits.get(end, f"{max(part, 1e-3):.6g}")}


def waveform(draws, name, control, potential, current, duration):
    count = draws.integer(f"{name}.rows", 2, 6)
    rows = [f"time [s],{'potential [mV]' if control == 'potential' else 'current [nA]'}"]
    for k in range(count):
        value = (1e3 * potential if control == "potential" else 1e6 * current) * (1.0 - 2.0 * draws.number(f"{name}.row{k}"))
        rows.append(f"{duration * k / (count - 1):.9g},{value:.9g}")
    return "\n".join(rows) + "\n"


def grid_and_bulk(draws, resolved, crack, grows):
    """Solver and grid, mostly ones that go with the rest."""
    rings = draws.integer("grid.rings", 2, 10 if resolved else 24)
    made = {"grid": {"rings": rings}, "bulk": {}}
    plain = crack or grows
    solver = draws.choice("bulk.solver", {"auto": 3, "condensed": 2, "field": 2, **({"halfspace": 2} if not resolved else {})})
    made["bulk"]["solver"] = solver
    made["bulk"]["cache"] = "none"
    if solver in ("condensed", "field"):
        made["grid"]["layers"] = draws.integer("grid.layers", 2, 36)
        made["bulk"]["rtol"] = draws.real("bulk.rtol", 1e-14, 1e-10)
        if draws.number("graded") < 0.3:
            made["grid"]["ring_grading"] = draws.real("grid.ring_grading", 0.2, 5.0)
            made["grid"]["layer_grading"] = draws.real("grid.layer_grading", 0.05, 20.0)
        if not plain and not resolved and draws.number("cylindrical") < 0.3:
            made["grid"]["type"] = "cylindrical"
            made["grid"]["cylindrical"] = {"columns_outside": draws.integer("grid.columns_outside", 2, 30),
                                           "outside_grading": draws.real("grid.outside_grading", 1.0, 100.0),
                                           "grounded_wall": draws.choice("grid.grounded_wall", {"true": 1, "false": 1})}
        if not plain and draws.number("deep") < 0.3:
            made["depth"] = draws.real("electrolyte.depth", 0.2, 500.0, "um")
    return made


def choices(draws):
    """A deck as a tree, and its waveforms by file name."""
    resolved = draws.number("resolved") < 0.15
    crack = draws.choice("crack.shape", {"none": 6, "half_penny": 1, "penny": 1, "edge": 1})
    grows = draws.number("grows") < 0.35
    diameter = 0.1 * 1e4 ** draws.number("contact.diameter")  # [um]
    law = draws.choice("contact.law", {"none": 2, "first_order": 2, "void": 3, "void_reservoir": 3})
    profile = draws.choice("contact.pressure.profile", {"uniform": 1, "flat_punch": 1, "power_law": 1})
    pressure = {"uniform": {}, "flat_punch": {"flow_stress_ratio": (1.5, 100.0)}, "power_law": {"exponent": (0.0, 0.85)}}[profile]
    made = grid_and_bulk(draws, resolved, crack != "none", grows)
    depth = made.pop("depth", None)
    deck = {
        "temperature": draws.real("temperature", -40.0, 120.0, "degC"),
        "contact": {"diameter": f"{diameter:.6g} um", "law": law, law: group(draws, f"contact.{law}", CONTACT[law]),
                    "pressure": {"profile": profile, **group(draws, "contact.pressure", pressure)}},
        "electrolyte": {"conductivity": draws.real("electrolyte.conductivity", 1e-3, 100.0, "mS/cm"),
                        "activation_energy": draws.real("electrolyte.activation_energy", 0.0, 0.6, "eV"),
                        **({"depth": depth} if depth else {})},
        **made,
        "interface": interface(draws, resolved), "sei": sei(draws, resolved), "lithium": lithium(draws),
        "needle": group(draws, "needle", {"pressure": (1e-3, 100.0, "MPa"), "stiffness": (1e-3, 100.0, "MPa/um"), "adhesion": (1e-4, 10.0, "MPa")}),
        "deposit": {"volume": f"{0.5 * diameter**3 * 10 ** (4.0 * draws.number('deposit.volume') - 2.0):.6g} um3"},
        "time": {"method": draws.choice("time.method", {"esdirk3": 2, "esdirk4": 1}), "tolerance": draws.real("time.tolerance", 1e-5, 2e-2),
                 "newton_tolerance": draws.real("time.newton_tolerance", 1e-3, 0.3)},
        "output": {"fields": draws.choice("output.fields", {"none": 6, "end": 1, "vertices": 1}), "interface_every": draws.integer("output.interface_every", 1, 3)},
    }
    if draws.number("grain") < 0.2:
        deck["electrolyte"]["grain_conductivity"] = draws.real("electrolyte.grain_conductivity", 1e-3, 100.0, "mS/cm")
        deck["electrolyte"]["grain_depth"] = f"{diameter * 10 ** (3.0 * draws.number('electrolyte.grain_depth') - 1.5):.6g} um"
        if draws.number("boundary") < 0.3 and crack == "none" and not grows:
            deck["electrolyte"]["grain_boundary_resistance"] = draws.real("electrolyte.grain_boundary_resistance", 1e-3, 1e3, "ohm cm2")
    if grows:
        deck["deposit"]["contact_growth_exponent"] = draws.real("deposit.contact_growth_exponent", 0.01, 1.0)
        if draws.number("pinned") < 0.3:
            deck["deposit"]["pinning_diameter"] = f"{diameter * (0.5 + 3.0 * draws.number('deposit.pinning_diameter')):.6g} um"
    if crack != "none":
        deck["crack"] = {"shape": crack, **group(draws, "crack", {
            "youngs_modulus": (1.0, 200.0, "GPa"), "poisson_ratio": (0.0, 0.45), "toughness": (0.01, 5.0, "MPa m^0.5"),
            "toughness_plateau": (0.01, 10.0, "MPa m^0.5"), "toughness_rise_length": (0.1, 100.0, "um"), "toughness_factor": (0.05, 5.0),
            "opening_compliance": (0.5, 10.0), "reference_speed": (1e-3, 100.0, "mm/s")}),
            "length": f"{diameter * 10 ** (2.5 * draws.number('crack.length') - 2.0):.6g} um"}
        if crack == "edge":
            deck["crack"]["width"] = f"{diameter * (0.2 + 2.0 * draws.number('crack.width')):.6g} um"
    protocol = steps(draws, math.pi / 4.0 * (1e-4 * diameter) ** 2)
    return deck, protocol


def lines(tree, indent):
    for key, value in tree.items():
        if isinstance(value, dict):
            if value:
                yield f"{indent}{key}:"
                yield from lines(value, indent + "  ")
        else:
            yield f"{indent}{key}: {value}"


def protocol_lines(protocol, indent, files):
    for kind, step in protocol:
        step = dict(step)
        if kind == "waveform":
            files[step["file"]] = step.pop("rows")
        inner = step.pop("steps", None)
        yield f"{indent}- {kind}:"
        yield from lines(step, indent + "    ")
        if inner:
            yield f"{indent}    steps:"
            yield from protocol_lines(inner, indent + "      ", files)


def keys_of(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from keys_of(value, f"{prefix}{key}.")
        else:
            yield prefix + key


class Deck:
    """Text of the deck, its waveforms {file name: text}, the keys that it sets, the kinds of its steps."""

    def __init__(self, numbers, names):
        tree, protocol = choices(Draws(numbers, names))
        self.files = {}
        self.text = "\n".join([*lines(tree, ""), "protocol:", *protocol_lines(protocol, "  ", self.files)]) + "\n"
        self.tree = tree
        self.keys = set(keys_of(tree))
        self.kinds = {kind for kind, _ in protocol} | {kind for _, step in protocol for kind, _ in step.get("steps", [])}


def sobol_decks(first, count, seed):
    """Decks first ... first+count-1 of a seed."""
    numbers = qmc.Sobol(NAMES, scramble=True, seed=seed).random_base2(math.ceil(math.log2(max(first + count, 2))))
    names = {}  # all decks from the first on, in order: which dimension a name has depends on those before
    return [Deck(row, names) for row in numpy.clip(numbers[:first + count], 1e-12, 1.0 - 1e-12)][first:]
