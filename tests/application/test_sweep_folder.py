"""`lisei sweep`: what is refused, what is killed, changed or fails, and limits by bisection."""
import re
import shlex
import signal
import time
import unittest

import h5py
import numpy

from support import INPUTS, Output
from sweep_support import BASE, STUDY, SweepCase


class Mistakes(SweepCase):
    def parameter(self, text):
        return f"base: base.yaml\nparameters:\n  {text}\n"

    def test_refusals(self):
        self.bad(self.parameter("needle.presure: {values: [1 MPa]}"), "study.yaml:3", "needle.presure", "did you mean", "pressure")
        self.bad(self.parameter("needle.pressure: {valeus: [1 MPa]}"), "study.yaml:3", "unknown key 'valeus'", "values")
        self.bad(self.parameter("needle.pressure: {values: [1 mm]}"), "study.yaml:3", "expected a pressure", "1 mm")
        self.bad(self.parameter("contact.void.smallest_fraction: {from: 0.01, to: 0.5, points: 3}"), "study.yaml:3",
                 "out of range", "2 of 3 samples")
        self.bad("base: base.yaml\n", "the design is empty")
        self.bad(self.parameter("needle.pressure: {values: []}"), "the design is empty")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "constraints: needle.pressure < 0\n",
                 "the constraints exclude all")
        self.bad(self.parameter("needle.pressure: {from: 1 Pa, to: 1 MPa, points: 1000000000}"), "1000000000 samples")
        self.bad(self.parameter("needle.pressure: {from: 1 Pa, to: 1 MPa, points: 100000}\n"
                                "  temperature: {from: 290 K, to: 300 K, points: 10000}"), "1000000000 samples")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [peak_curent_anodic]\n",
                 "did you mean 'peak_current_anodic'")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [{name: x, expression: 2 * nothing}]\n",
                 "study.yaml:4", "nothing")
        self.bad(self.parameter("needle.pressure: {values: [1 MPa]}") + "measures: [{name: x, column: nothing}]\n",
                 "no column 'nothing'")
        self.bad("base: nowhere.yaml\nparameters: {needle.pressure: {values: [1 MPa]}}\n", "nowhere.yaml", "cannot be read")
        self.bad(STUDY, "--chunk", "expected K/N", arguments=["--chunk", "9/8"])
        self.bad(STUDY + "ranks_per_run: 1.5\n", "ranks_per_run", "expected a whole number, got '1.5'")
        self.bad(STUDY.replace("cycles: 2", "cycles: 1.5"), "expected a whole number, got '1.5'")
        self.bad(STUDY.replace("- charge", "- {measure: charge, unit: mC}"), "'charge' has no use for `unit`")

    def test_names(self):
        """What stands for something in formulae or results is no name of something else."""
        for name, words in (("area", "means something else"), ("sqrt", "means something else"), ("pi", "means something else"),
                            ("outcome", "means something else"), ("charge", "is the name of a measure"), ("_e", "is no name"),
                            ("density", "stands for something already")):
            self.bad(STUDY.replace("  load:", f"  {name}:"), "study.yaml", f"'{name}'", words)
        self.bad(STUDY.replace("name: density", "name: charge_to_end"), "study.yaml:12", "is the name of a measure")
        self.bad(STUDY.replace("name: density", "name: load_runs") + "limit: {name: load, key: temperature, from: 290 K, to: 300 K, expression: charge}\n",
                 "'load_runs' stands for something already", "'load' stands for something already")

    def test_keys_given_twice(self):
        two = "needle.pressure: {values: [1 MPa]}\n  other: {key: needle.pressure, values: [2 MPa]}"
        self.bad(self.parameter(two), "study.yaml:4", "'other' gives the key needle.pressure", "the parameter 'needle.pressure'")
        self.bad(self.parameter("vertex: {key: protocol.0.cv.vertices.1, values: [5 mV]}\n"
                                "  both: {key: protocol.0.cv.vertices, values: [[-5 mV, 5 mV]]}"), "protocol.0.cv.vertices", "gives already")
        self.bad(self.parameter("load: {keys: [needle.pressure, needle.pressure], values: [1 MPa]}"), "twice")
        self.bad(self.parameter("load: {key: needle.pressure, values: [1 MPa]}") +
                 "limit: {key: needle.pressure, from: 1 MPa, to: 2 MPa, expression: charge}\n", "study.yaml:4", "the parameter 'load'")
        self.bad(self.parameter("load: {key: needle.pressure, values: [1 MPa]}") + "set: {needle.pressure: 2 MPa}\n",
                 "study.yaml:4", "would count for no sample")

    def test_constraints_without_a_value(self):
        text = self.bad(STUDY + "constraints: sqrt(load - 0.2e6)\n", "study.yaml:13", "is no number at load = 0.1 MPa", "neither true nor false")
        self.assertEqual(text.count("is no number"), 1)
        self.bad(self.parameter("contact.law: {values: [none, void]}") + "constraints: contact.law < 1\n", "contact.law")
        self.bad(self.parameter("contact.law: {values: [none, void]}") + "measures: [{name: x, expression: contact.law}]\n", "contact.law")

    def test_all_at_once(self):
        text = self.bad("base: base.yaml\nbaes: x\nparameters: {needle.presure: {values: [1 MPa]}, temperature: {values: [1 m]}}\n")
        self.assertIn("3 errors", text)

    def test_another_sweep(self):
        self.sweep(STUDY)
        before = {path: path.read_bytes() for path in (self.folder / "sweep").rglob("*") if path.is_file()}
        other = "base: base.yaml\nparameters: {temperature: {values: [290 K]}}\n"
        self.assertIn("another sweep", self.sweep(other, status=1).stderr)
        self.assertIn("measures", self.sweep(STUDY.replace("of: mean", "of: last"), status=1).stderr)
        varied = "base: base.yaml\nparameters: {vertex: {key: protocol.0.cv.vertices.1, values: [5 mV, 6 mV]}}\n"
        self.sweep(varied, out="vertices")
        for old, new, word in (("rate: 1 mV/s", "rate: 2 mV/s", "protocol.0.cv.rate"), ("[-10 mV,", "[-9 mV,", "protocol.0.cv.vertices"),
                               ("cycles: 2}", "cycles: 2}\n  - hold: {potential: 0 mV, duration: 1 s}", "2 steps")):
            self.write("base.yaml", BASE.replace(old, new))
            text = self.sweep(varied, out="vertices", status=1).stderr
            self.assertIn(word, text)
            self.assertIn("--update", text)
        self.write("base.yaml", BASE.replace("10 mV]", "11 mV]"))  # what is varied may
        self.assertIn("0 run", self.sweep(varied, out="vertices").stderr)
        self.write("base.yaml", BASE.replace("6, layers: 12", "7, layers: 12"))
        text = self.sweep(STUDY, status=1).stderr
        self.assertIn("base.yaml", text)
        self.assertIn("grid.rings", text)
        self.assertIn("--update", text)
        after = {path: path.read_bytes() for path in (self.folder / "sweep").rglob("*") if path.is_file()}
        self.assertEqual(before, after)
        self.assertIn("6 run", self.sweep(STUDY, "--update").stderr)
        self.run_deck(BASE, out="single")
        self.assertIn("single run", self.sweep(STUDY, out="single", status=1).stderr)


class Interruptions(SweepCase):
    LONG = STUDY.replace("points: 3", "points: 40")

    def test_changed_samples_run_again(self):
        self.sweep(STUDY)
        first = self.table()
        done = self.sweep(STUDY.replace("[50 nm, 100 nm]", "[50 nm, 120 nm]"))
        self.assertIn("3 run", done.stderr)
        second = self.table()
        self.assertEqual([row for row in first if row["sample"] in "135"], [row for row in second if row["sample"] in "135"])
        self.assertNotEqual(first[1], second[1])
        self.assertIn("0 run", self.sweep(STUDY.replace("[50 nm, 100 nm]", "[50 nm, 120 nm]")).stderr)

    def test_changed_map(self):
        """A map is part of what samples are made from: another one in its place is a changed base."""
        def draw(grey):
            with h5py.File(self.folder / "map.h5", "w") as file:
                file["phase"] = numpy.full((16, 9), grey)

        self.write("base.yaml", """\
contact: {diameter: 2 um, law: none}
electrolyte: {conductivity: 1 S/cm}
grid: {rings: 6, layers: 12}
interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}
sei:
  resolved: true
  thickness: 40 nm
  block:
    layers: 8
    microstructure: map
    phases: {li2s_conductivity: 1e-6 S/cm, li3p_conductivity: 1e-5 S/cm}
    map: {file: map.h5, pixel: 2.5 nm, beyond: repeat, li3p_grey: 7, li2s_grey: 200}
protocol: [{hold: {potential: 10 mV, duration: 1 s}}]
""")
        study = "base: base.yaml\nparameters: {temperature: {values: [300 K, 310 K]}}\nmeasures: [charge]\n"
        draw(7)
        self.sweep(study)
        self.assertIn("0 run", self.sweep(study).stderr)
        first = [float(row["charge [C]"]) for row in self.table()]
        draw(200)
        told = self.sweep(study, status=1).stderr
        self.assertIn("sei.block.map.file: 'map.h5' holds something else", told)
        self.assertIn("--update", told)
        self.assertIn("2 run", self.sweep(study, "--update").stderr)
        for before, row in zip(first, self.table()):
            self.assertLess(float(row["charge [C]"]), 0.5 * before)

    def interrupted(self, how, ranks):
        self.write("study.yaml", self.LONG)
        process = self.start("sweep", "study.yaml", "--out", "broken", ranks=ranks)
        journal = self.folder / "broken" / "chunks" / "1-of-1" / "journal.csv"
        deadline = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b"\n") < 8:
            self.assertIsNone(process.poll(), "ended before it could be interrupted")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        process.send_signal(how)
        process.wait()
        return process.returncode, journal

    def check_resumed(self, ranks):
        done = self.sweep(self.LONG, out="broken", ranks=ranks)
        run = int(re.search(r"(\d+) run in", done.stderr).group(1))
        self.assertLess(run, 78)
        self.sweep(self.LONG, out="whole")
        self.assertEqual(self.table("whole"), self.table("broken"))

    def test_killed(self):
        _, journal = self.interrupted(signal.SIGKILL, 1)
        with open(journal, "ab") as file:
            file.write(b"0123456789abcdef,0,0.1")  # a line that was being written
        self.check_resumed(1)

    def test_stopped(self):
        status, _ = self.interrupted(signal.SIGTERM, 1)
        self.assertEqual(status, 3)
        self.check_resumed(2)

    def test_stopped_while_decks_are_checked(self):
        self.write("study.yaml", self.LONG.replace("points: 40", "points: 100000"))
        process = self.start("sweep", "study.yaml", "--out", "early")
        time.sleep(1.5)  # some thousand of 200000 decks
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 3)
        self.assertFalse((self.folder / "early").exists())

    def test_chunk_checks_its_own_samples(self):
        """A deck that is wrong is the business of its chunk, and of the whole sweep."""
        study = STUDY.replace("{values: [50 nm, 100 nm]}", "{values: [50 nm, 100 m]}")
        self.sweep(study, "--chunk", "1/2")
        told = self.sweep(study, "--chunk", "2/2", status=1).stderr
        self.assertIn("3 of 3 samples have a deck that is wrong", told)
        self.assertIn("3 of 6 samples have a deck that is wrong", self.sweep(study, "--collect", status=1).stderr)
        rows = (self.folder / "sweep" / "chunks" / "1-of-2" / "manifest.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual([row.split(",")[0] for row in rows if row[0].isdigit()], ["1", "3", "5"])
        self.assertIn("--collect", self.sweep(STUDY, "--collect", "--chunk", "1/2", status=1).stderr)

    def test_histories_later(self):
        """Samples that have finished without a history, or have that of another sample in their folder, run again."""
        self.sweep(STUDY)
        kept = STUDY + "histories: true\n"
        self.assertIn("6 run", self.sweep(kept).stderr)
        self.assertIn("0 run", self.sweep(kept).stderr)
        (self.folder / "sweep" / "histories" / "000002" / "made_from").unlink()
        self.assertIn("1 run", self.sweep(kept).stderr)
        moved = kept.replace("[50 nm, 100 nm]", "[100 nm, 50 nm]")
        self.assertIn("6 run", self.sweep(moved).stderr)
        for number, row in enumerate(self.table(), 1):
            history = Output(self.folder / "sweep" / "histories" / f"{number:06d}").history
            self.assertEqual(history["current"].max(), float(row["peak_current_anodic [A]"]))

    def test_equal_samples_run_once(self):
        study = "base: base.yaml\nparameters: {grid.rings: {from: 6, to: 7, points: 4}}\n"
        self.assertIn("2 run", self.sweep(study).stderr)
        rows = [{name: text for name, text in row.items() if name != "sample"} for row in self.table()]
        self.assertEqual([float(row["grid.rings [1]"]) for row in rows], [6, 6, 7, 7])
        self.assertEqual({row["outcome"] for row in rows}, {"finished"})
        self.assertEqual(rows[0], rows[1])

    def test_chunks_and_collection(self):
        for chunk in (2, 1, 3):
            self.sweep(STUDY, "--chunk", f"{chunk}/3", out="chunked")
            self.assertFalse((self.folder / "chunked" / "sweep.csv").exists())
        self.sweep(STUDY, "--collect", out="chunked")
        self.sweep(STUDY)
        self.assertEqual(self.table(), self.table("chunked"))
        self.sweep(STUDY, "--chunk", "1/3", out="partly")
        done = self.sweep(STUDY, "--collect", out="partly", status=3)
        self.assertIn("4 to do", done.stderr)
        self.assertEqual([row["outcome"] for row in self.table("partly")], ["finished", "pending", "pending"] * 2)


class Failures(SweepCase):
    # A step that may not get shorter than it must: only some samples can be done.
    FAILING = """\
base: base.yaml
set: {time.smallest_step: 0.5 s, time.tolerance: 1e-5}
parameters: {vertex: {key: protocol.0.cv.rate, values: [1000 mV/s, 0.02 mV/s, 900 mV/s]}}
"""

    def test_failed_sample(self):
        done = self.sweep(self.FAILING, status=2)
        rows = self.table()
        self.assertEqual([row["outcome"] for row in rows], ["finished", "failed", "finished"])
        self.assertIn("time.smallest_step", rows[1]["reason"])
        self.assertNotEqual(rows[1]["reason"], "")
        command = next(line for line in done.stderr.splitlines() if line.strip().startswith("lisei run"))
        self.assertIn(command.strip(), (self.folder / "sweep" / "failed.txt").read_text(encoding="utf-8"))
        words = re.findall(r"'([^']*)'", command)
        self.assertEqual(words[0], "base.yaml")
        self.lisei("run", words[0], "--out", "again", *[w for text in words[1:] for w in ("--set", text)], status=2)
        self.assertIn("0 run", self.sweep(self.FAILING, status=2).stderr)
        self.assertIn("1 run", self.sweep(self.FAILING, "--retry", status=2).stderr)


    def repeat(self, out, status):
        """Run the first command of failed.txt as a shell takes it."""
        text = (self.folder / out / "failed.txt").read_text(encoding="utf-8")
        words = shlex.split(next(line for line in text.splitlines() if line.startswith("lisei ")))
        self.lisei(*words[1:], status=status)
        return words

    def test_command_with_apostrophes(self):
        self.write("it's.yaml", BASE)
        self.sweep(self.FAILING.replace("base.yaml", "it's.yaml").replace("set: {", "set: {title: Bob's deck, "), status=2)
        words = self.repeat("sweep", 2)
        self.assertIn("title=Bob's deck", words)
        self.assertEqual(words[2], "it's.yaml")

    def test_command_of_a_limit(self):
        """The value at which the search has failed is part of the command."""
        self.sweep("""\
base: base.yaml
set: {time.smallest_step: 0.5 s, time.tolerance: 1e-5}
parameters: {needle.pressure: {values: [0.3 MPa]}}
limit: {name: rate, key: protocol.0.cv.rate, from: 900 mV/s, to: 0.02 mV/s, expression: charge}
""".replace("from: 900 mV/s, to: 0.02 mV/s", "from: 0.02 mV/s, to: 900 mV/s"), status=2)
        row = self.table()[0]
        self.assertEqual((row["rate [V s-1]"], row["rate_lower [V s-1]"], row["rate_upper [V s-1]"]), ("", "2e-05", "2e-05"))
        self.assertIn("protocol.0.cv.rate=0.02 mV/s", self.repeat("sweep", 2))


class Limits(SweepCase):
    """A limit by bisection against the closed form of the law `void` (docs/theory.md, "Contact"; needle.c for the load)."""

    FARADAY, AVOGADRO, BOLTZMANN, CHARGE, MOLAR_VOLUME = 96485.33212, 6.02214076e23, 1.380649e-23, 1.602176634e-19, 13.02e-6

    def limiting_density(self, load, temperature):
        """[A/m2] largest supply by creep while more than 0.1 of the contact touches: uniform current, held load."""
        volume_per_charge = self.MOLAR_VOLUME / self.FARADAY
        diffusivity = 5.96e-14 * numpy.exp(-0.4 * self.CHARGE / self.BOLTZMANN * (1 / temperature - 1 / 298.15))
        rate = (14 * numpy.pi * self.MOLAR_VOLUME / self.AVOGADRO * 0.5e-9 * diffusivity
                / (self.BOLTZMANN * temperature * 50e-9**3))  # Coble, per pressure
        positive = lambda x, width: (x + numpy.hypot(x, width)) / 2  # noqa: E731
        fraction = numpy.linspace(0.1, 1, 100001)
        stress = positive(load, 2e4) / fraction + positive(4e4 + load - positive(load, 2e4), 1e3)
        creep = 1e-6 * rate * stress  # over 1 um
        return (creep / (1 + creep / (volume_per_charge * 6000 * fraction))).max() / volume_per_charge

    def check(self, tolerance, allowed):
        study = (INPUTS / "studies" / "stability_map.yaml").read_text(encoding="utf-8")
        study = study.replace("stripping.yaml", str(INPUTS / "studies" / "stripping.yaml")).replace("points: 7", "points: 3")
        self.sweep(study.replace("points: 4", "points: 2").replace("1e-3", str(tolerance)), out=f"map{tolerance}")
        rows = self.table(f"map{tolerance}")
        self.assertEqual(len(rows), 6)
        for row in rows:
            exact = self.limiting_density(float(row["load [Pa]"]), float(row["temperature [K]"]))
            self.assertLess(abs(float(row["density [A m-2]"]) / exact - 1), allowed)
            lower, upper = float(row["current_lower [A]"]), float(row["current_upper [A]"])
            self.assertLess(lower, upper)
            self.assertLessEqual(upper - lower, tolerance * (lower + upper) / 2 * (1 + 1e-12))

    def test_stability_map(self):
        self.check(1e-3, 5e-4)
        self.check(1e-5, 1e-5)

    def test_no_limit(self):
        study = (INPUTS / "studies" / "stability_map.yaml").read_text(encoding="utf-8")
        study = study.replace("stripping.yaml", str(INPUTS / "studies" / "stripping.yaml")).replace("points: 7", "points: 1")
        study = study.replace("points: 4", "points: 1").replace("to: 1 uA", "to: 0.2 nA")
        self.sweep(study)
        self.assertEqual(self.table()[0]["current [A]"], "")
        self.assertIn("no limit from 0.1 nA to 0.2 nA: it is not passed at both", self.table()[0]["reason"])
        self.bad(study.replace("until: contact_fraction_below", "until: contact_fraction_above"), "has no end")


if __name__ == "__main__":
    unittest.main()
