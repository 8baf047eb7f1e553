"""`lisei run`: the output folder holds what the contract says, the parts agree with one another, a run can be repeated."""
import csv
import json
import os
import pty
import subprocess
import unittest

import h5py
import numpy

from support import DISK, EVOLVING, HOLD, Case, command

# Column and unit, as promised to those who read the files.
COLUMNS = {
    "time": "s", "step": "1", "protocol_step": "1", "cycle": "1", "potential": "V", "current": "A", "current_density": "A m-2",
    "eta_constriction": "V", "eta_interface": "V", "contact_fraction": "1", "contact_radius_effective": "m",
    "contact_stress": "Pa", "load": "Pa", "sei_thickness": "m", "grain_size": "m", "lithium_volume": "m3", "charge": "C",
    "sei_charge": "C", "dt": "s", "newton_iterations": "1", "balance": "1",
}
SWEEP = """\
protocol:
  - cv: {vertices: [-10 mV, 10 mV], rate: 1 mV/s, cycles: 2}
  - hold: {potential: 5 mV, duration: 5 s}
"""
SIGN = "positive = anodic = stripping"


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Contents(Case):
    def setUp(self):
        super().setUp()
        self.output = self.run_deck(EVOLVING.replace("fields: none", "fields: vertices") + SWEEP)

    def test_files(self):
        names = sorted(path.relative_to(self.output.folder).as_posix() for path in self.output.folder.rglob("*") if path.is_file())
        fields = [f"fields/{number:06d}.hdf" for number in range(7)]  # the start, five turning points, the end of the hold
        checkpoints = [name for name in names if name.startswith("checkpoint/")]
        self.assertEqual(names, sorted(["deck.yaml", "fields.xdmf", "history.csv", "history.h5", "report.json", "ro-crate-metadata.json", *fields, *checkpoints]))
        self.assertIn(len(checkpoints), (1, 2))

    def test_steps_of_the_report_agree_with_the_history(self):
        history, before = self.output.history, 0.0
        report = json.loads((self.output.folder / "report.json").read_text(encoding="utf-8"))
        for number, step in enumerate(report["steps"], 1):
            last = numpy.flatnonzero(history["protocol_step"] == number)[-1]
            for key, column in (("end_potential", "potential"), ("end_current", "current"), ("end_contact_fraction", "contact_fraction"), ("end_time", "time")):
                self.assertAlmostEqual(step[key], history[column][last], delta=1e-12 * numpy.abs(history[column]).max(), msg=key)
            self.assertAlmostEqual(step["charge"], history["charge"][last] - before, delta=1e-12 * numpy.abs(history["charge"]).max())
            before = history["charge"][last]
        self.assertEqual(len(report["steps"]), 2)

    def test_crate_names_what_is_there(self):
        crate = json.loads((self.output.folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
        self.assertEqual(crate["@context"], "https://w3id.org/ro/crate/1.1/context")
        entity = {one["@id"]: one for one in crate["@graph"]}
        self.assertEqual(entity["ro-crate-metadata.json"]["about"], {"@id": "./"})
        parts = {part["@id"] for part in entity["./"]["hasPart"]}
        self.assertEqual(parts, {path.name + "/" * path.is_dir() for path in self.output.folder.iterdir()} - {"ro-crate-metadata.json"})
        self.assertEqual({name for name in parts if name not in entity}, set())
        self.assertEqual(entity["#lisei"]["version"], self.lisei("--version").stdout.split()[1])
        self.assertRegex(entity["./"]["datePublished"], r"^20\d\d-\d\d-\d\dT")

    def test_columns_with_units(self):
        with self.output.open() as file:
            self.assertEqual({name: text(data.attrs["units"]) for name, data in file["history"].items()}, COLUMNS)
            self.assertEqual({data.shape for data in file["history"].values()}, {file["history/time"].shape})
            rings = file["interface/radius"].shape[0]
            self.assertEqual(rings, 8)
            for name, data in file["interface"].items():
                self.assertIn("units", data.attrs, name)
                self.assertEqual(data.shape, {"radius": (rings,), "area": (rings,)}.get(name, data.shape[:1] + (rings,) * (name != "time")), name)

    def test_table_equals_the_hdf5_file(self):
        with open(self.output.folder / "history.csv", newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(line for line in stream if not line.startswith("#")))
        self.assertEqual(rows[0], [f"{name} [{unit}]" for name, unit in COLUMNS.items()])
        history = self.output.history
        table = numpy.array(rows[1:], dtype=float)
        for number, name in enumerate(COLUMNS):
            self.assertTrue(numpy.array_equal(table[:, number], history[name]), name)

    def test_interface_agrees_with_the_columns(self):
        history, interface = self.output.history, self.output.interface
        share = interface["area"] / interface["area"].sum()
        numpy.testing.assert_array_equal(interface["time"], history["time"])
        numpy.testing.assert_allclose(interface["current_density"] @ share, history["current_density"], rtol=1e-12, atol=1e-20)
        numpy.testing.assert_allclose(interface["contact_fraction"] @ share, history["contact_fraction"], rtol=1e-12)
        self.assertAlmostEqual(interface["area"].sum(), numpy.pi * 4.82e-6**2, delta=1e-12 * 7.3e-11)

    def test_overpotentials_add_up(self):
        history = self.output.history
        flowing = numpy.abs(history["current"]) > 1e-6 * numpy.abs(history["current"]).max()
        total = history["eta_constriction"] + history["eta_interface"]
        numpy.testing.assert_allclose(total[flowing], history["potential"][flowing], rtol=1e-12)

    def test_sign_convention_is_written_everywhere(self):
        with self.output.open() as file:
            self.assertIn(SIGN, text(file.attrs["sign_convention"]))
        self.assertIn(SIGN, (self.output.folder / "history.csv").read_text(encoding="utf-8").split("\n")[1])
        self.assertIn(SIGN, self.output.report["sign_convention"])
        history = self.output.history
        self.assertTrue(numpy.all(history["current"] * history["potential"] >= 0.0))
        last = {name: values[history["protocol_step"] == 2] for name, values in history.items()}
        self.assertTrue(numpy.all(numpy.diff(last["lithium_volume"]) < 0), "stripping removes lithium")
        self.assertTrue(numpy.all(numpy.diff(last["charge"]) > 0))

    def test_provenance_names_no_machine(self):
        with self.output.open() as file:
            found = {name: text(value) for name, value in file["provenance"].attrs.items()}
        self.assertEqual(set(found), {"version", "git_hash", "petsc_version", "hdf5_version", "mpi_version", "petsc_options", "ranks"})
        self.assertEqual(found["ranks"], "1")
        self.assertEqual({name: str(value) for name, value in self.output.report["provenance"].items()}, found)
        self.assertNotIn(str(self.folder), str(found))

    def test_format_version_is_in_every_file(self):
        for path in self.output.folder.rglob("*"):
            if path.suffix in (".h5", ".hdf"):
                with h5py.File(path, "r", libver="latest", swmr=True) as file:
                    self.assertRegex(text(file.attrs["lisei_format"]), r"^1\.\d+$", path.name)
        self.assertRegex(self.output.report["lisei_format"], r"^1\.\d+$")

    def test_report(self):
        report, history = self.output.report, self.output.history
        self.assertEqual(report["exit"], {"status": 0, "reason": "finished"})
        self.assertEqual([(step["index"], step["kind"], step["reason"]) for step in report["steps"]], [(1, "cv", "completed"), (2, "hold", "completed")])
        self.assertEqual([(step["start_time"], step["end_time"]) for step in report["steps"]], [(0.0, 80.0), (80.0, 85.0)])
        self.assertEqual(report["counts"]["steps"], history["step"][-1])
        self.assertLessEqual(report["balances"]["current"], 1e-9)
        timings = report["timings"]
        self.assertGreater(timings["stepping"], 0.0)
        self.assertAlmostEqual(timings["total"], timings["setup"] + timings["stepping"] + timings["output"])

    def test_summary_for_people(self):
        self.assertIn("finished: out\n", self.output.messages)
        self.assertIn("results in out", self.output.messages)


class Progress(Case):
    DECK = EVOLVING.replace("rings: 8", "rings: 48").replace("1e-6", "1e-8") + SWEEP.replace("cycles: 2", "cycles: 100")

    def test_on_a_terminal(self):
        """One line that is written over and over."""
        self.write("deck.yaml", self.DECK)
        reader, terminal = pty.openpty()
        process = subprocess.Popen(command("run", "deck.yaml", "--out", "out"), cwd=self.folder, env=self.environment(), stderr=terminal)
        os.close(terminal)
        seen = b""
        try:
            while chunk := os.read(reader, 4096):
                seen += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(reader)
        self.assertEqual(process.wait(), 0, seen)
        lines = seen.decode().split("\r")
        progress = [line for line in lines if "step 1/2" in line]
        self.assertGreater(len(progress), 1, seen)
        for word in ("  t ", "  V ", "  I ", "  dt ", "  Newton ", "  elapsed ", "  left "):
            self.assertIn(word, progress[-1])

    def test_in_a_log(self):
        """A short run says nothing before its summary of five lines."""
        output = self.run_deck(DISK + SWEEP)
        self.assertLessEqual(len(output.messages.splitlines()), 5, output.messages)
        self.assertNotIn("\r", output.messages)


class Repeating(Case):
    def test_resolved_deck_gives_the_same_bits(self):
        first = self.run_deck(EVOLVING + SWEEP, out="first")
        again = self.run_deck(first.folder / "deck.yaml", out="again")
        self.assert_same_bits(first, again)
        with first.open() as file:
            self.assertEqual(text(file["deck"][()]), (first.folder / "deck.yaml").read_text(encoding="utf-8"))
        self.assertEqual((first.folder / "deck.yaml").read_text(encoding="utf-8").replace("  # default", ""),
                         (again.folder / "deck.yaml").read_text(encoding="utf-8").replace("  # default", ""))

    def test_resolved_waveform_deck_runs_from_anywhere(self):
        self.write("parts/wave.csv", "time [s],potential [mV]\n0,0\n2,3\n5,-1\n")
        deck = self.write("parts/deck.yaml", DISK + "protocol:\n  - waveform: {file: wave.csv}\n")
        first = self.run_deck(deck, out="first")
        self.assert_same_bits(first, self.run_deck(first.folder / "deck.yaml", out="elsewhere/again"))


class Options(Case):
    def test_override(self):
        output = self.run_deck(DISK + HOLD, "--set", "protocol.0.hold.potential=0.02 V", "--set=grid.rings=6", "--set", "title=an override")
        self.assertEqual(output.history["potential"][-1], 0.02)
        self.assertEqual(output.interface["radius"].size, 6)
        self.assertEqual(output.report["title"], "an override")

    def test_later_override_wins(self):
        output = self.run_deck(DISK + HOLD, "--set", "grid.rings=6", "--set", "grid.rings=5")
        self.assertEqual(output.interface["radius"].size, 5)

    def test_override_of_a_list(self):
        output = self.run_deck(DISK + SWEEP, "--set", "protocol.0.cv.vertices=[3 mV, -4 mV]", "--set", "protocol.0.cv.cycles=1")
        potential = output.history["potential"]
        self.assertEqual((potential.max(), potential.min()), (0.005, -0.004))
        self.assertIn(0.003, potential)

    def test_force_replaces_results_and_nothing_else(self):
        first = self.run_deck(DISK.replace("fields: none", "fields: vertices") + SWEEP)
        self.write("out/notes.txt", "mine")
        again = self.run_deck(DISK + HOLD, "--force")
        self.assertEqual(again.history["time"][-1], 1.0)
        self.assertFalse((first.folder / "fields").exists(), "fields of the earlier run are left")
        self.assertEqual((first.folder / "notes.txt").read_text(encoding="utf-8"), "mine")

    def test_existing_empty_folder_is_used(self):
        (self.folder / "out").mkdir()
        self.run_deck(DISK + HOLD)

    def test_include_is_overridden_by_the_deck(self):
        self.write("parts/disk.yaml", DISK)
        output = self.run_deck("include: parts/disk.yaml\ngrid: {rings: 5}\n" + HOLD)
        self.assertEqual(output.interface["radius"].size, 5)
        self.assertEqual(output.report["discretisation"]["cells"], 5 * 12)

    def test_petsc_options_reach_the_solver(self):
        field = DISK + HOLD + "bulk: {solver: field}\n"
        self.run_deck(field, "--", "-bulk_ksp_type", "cg", "-bulk_ksp_rtol", "1e-13", out="line")
        output = self.run_deck(field + "petsc: {bulk_ksp_type: cg, bulk_ksp_rtol: 1e-13}\n", out="deck")
        self.assertGreater(output.report["counts"]["linear_iterations"], 0)
        with output.open() as file:
            self.assertIn("-bulk_ksp_type cg", text(file["provenance"].attrs["petsc_options"]))

    def test_layers_follow_the_rings(self):
        """Unless given: the dense operator converges with the rings alone."""
        deck = DISK.replace("{rings: 8, layers: 12}", "{rings: 9}") + HOLD
        self.assertIn("grid: 126 cells (9 columns x 14 layers", self.lisei("check", self.write("deck.yaml", deck)).stdout)
        exact = self.run_deck(deck, "--set", "grid.rings=64", out="exact").history["current"][-1]
        errors = [abs(self.run_deck(deck + "bulk: {solver: condensed}\n", "--set", f"grid.rings={rings}", out=f"rings{rings}").history["current"][-1] / exact - 1.0)
                  for rings in (32, 64, 128, 256)]
        self.assertLess(errors[-1], 4e-6, "96 layers, whatever the rings, leave more than 1e-5")
        for coarse, fine in zip(errors, errors[1:]):
            self.assertGreater(coarse / fine, 3.5, f"second order: {errors}")
        done = self.lisei("check", self.write("deck.yaml", deck), "--set", "grid.layers=1", status=1)
        self.assertIn("grid.layers: one layer is not enough", done.stderr)

    def test_petsc_log_asked_for_in_the_deck(self):
        deck = self.write("deck.yaml", DISK + HOLD + "petsc: {log_view: }\n")
        self.assertIn("PETSc Performance Summary", self.lisei("run", deck, "--out", "out").stdout)

    def test_check_writes_nothing_and_shows_every_value(self):
        deck = self.write("deck.yaml", DISK + SWEEP)
        done = self.lisei("check", deck)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["deck.yaml"])
        self.assertRegex(done.stdout, r"contact\.diameter +9\.64 um +9\.64e-06 m +.*deck\.yaml:1\n")
        self.assertRegex(done.stdout, r"temperature +25 degC +298\.15 K +default\n")
        self.assertIn("grid: 96 cells (8 columns x 12 layers), 8 rings", done.stdout)
        self.assertRegex(done.stdout, r"spacing: smallest [\d.e+-]+ nm, largest [\d.e+-]+ um")
        self.assertRegex(done.stdout, r"memory expected for it: [\d.e+-]+ MB on the one process")
        self.assertIn("protocol: 2 steps, 9 segments, 85 s if no step ends early", done.stdout)

    def test_fields_at_intervals_and_at_the_end(self):
        for duration, times in ((9, [0.0, 2.0, 4.0, 6.0, 8.0, 9.0]), (8, [0.0, 2.0, 4.0, 6.0, 8.0])):
            output = self.run_deck(EVOLVING.replace("fields: none", "fields: interval, fields_interval: 2 s")
                                   + HOLD.replace("1 s", f"{duration} s"), out=f"for{duration}")
            found = []
            for path in sorted((output.folder / "fields").glob("*.hdf")):
                with h5py.File(path, "r") as file:
                    found.append(file["VTKHDF/FieldData/TimeValue"][0])
            self.assertEqual(found, times)
            self.assertTrue(set(times) <= set(output.history["time"]), "the saved instants are time steps")

    def test_grading_is_not_ignored(self):
        even = self.run_deck(DISK + HOLD, out="even").interface["radius"]
        graded = self.run_deck(DISK + HOLD, "--set", "grid.ring_grading=4", out="graded").interface["radius"]
        self.assertGreater(numpy.abs(graded - even).max(), 1e-7)

    def test_fields_at_the_end_and_never(self):
        for when, count in (("end", 1), ("none", 0)):
            output = self.run_deck(DISK.replace("fields: none", f"fields: {when}") + SWEEP, out=when)
            self.assertEqual(len(list(output.folder.glob("fields/*.hdf"))), count)

    def test_interface_every(self):
        output = self.run_deck(EVOLVING.replace("fields: none", "fields: none, interface_every: 3") + SWEEP)
        numpy.testing.assert_array_equal(output.interface["time"], output.history["time"][::3])


if __name__ == "__main__":
    unittest.main()
