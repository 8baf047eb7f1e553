"""Bad input: each mistake gives a clear error with file, line and key, exit status 1, and nothing is written."""
import os
import re
import subprocess
import unittest

import numpy

from support import DISK, HOLD, INPUTS, PATIENCE, Case, Output, command

GOOD = DISK + HOLD  # contact, electrolyte, interface, grid, output, protocol and its step: one line each
PROTOCOL = "protocol:\n"


def with_line(start, line):
    """The good deck with the line that starts so replaced."""
    lines = [line if old.startswith(start) else old for old in GOOD.splitlines()]
    return "\n".join(lines) + "\n"


class BadInput(Case):
    def refuse(self, deck, *expected, arguments=(), ranks=1):
        """The deck is refused with exactly the expected messages, and the folder holds what it held before."""
        self.write("deck.yaml", deck)
        before = sorted(self.folder.rglob("*"))
        done = self.lisei("run", "deck.yaml", *(arguments or ("--out", "out")), ranks=ranks, status=1)
        for text in expected:
            self.assertIn(text, done.stderr)
        self.assertIn(f"\n{len(expected)} error{'s' if len(expected) > 1 else ''}\n", "\n" + done.stderr, "other errors than expected")
        self.assertEqual(done.stdout, "")
        self.assertEqual(sorted(self.folder.rglob("*")), before, "something was written")
        return done


class Keys(BadInput):
    def test_mistyped_key(self):
        self.refuse("contact:\n  diametr: 5 um\n" + GOOD.split("\n", 1)[1], "deck.yaml:2: contact.diametr: unknown key; did you mean 'diameter'?")

    def test_mistyped_group(self):
        self.refuse(with_line("contact", "contcat: {diameter: 5 um}"), "deck.yaml:1: contcat: unknown key; did you mean 'contact'?")

    def test_duplicate_key(self):
        self.refuse(with_line("grid", "grid:\n  rings: 8\n  rings: 16"), "deck.yaml:6: rings: duplicate key: already given in line 5")

    def test_wrong_dimension(self):
        self.refuse(with_line("contact", "contact: {diameter: 5 mV}"),
                    "deck.yaml:1: contact.diameter: expected a length (unit such as um), got an electric potential '5 mV'")

    def test_missing_unit(self):
        self.refuse(with_line("contact", "contact: {diameter: 5}"),
                    "deck.yaml:1: contact.diameter: expected a length (unit such as um), got the plain number '5': write its unit")

    def test_out_of_range(self):
        self.refuse(with_line("grid", "grid: {rings: 1}"), "deck.yaml:4: grid.rings: '1' is out of range: valid is 2 to 4096")

    def test_not_a_number(self):
        self.refuse(DISK + PROTOCOL + "  - hold: {potential: .nan mV, duration: 1 s}\n",
                    "deck.yaml:7: protocol.0.hold.potential: expected an electric potential")
        self.refuse(GOOD + "time: {tolerance: nan}\n", "deck.yaml:8: time.tolerance: expected a plain number, got 'nan'")

    def test_key_of_a_law_that_is_not_chosen(self):
        self.refuse(with_line("interface", "interface:\n  kinetics: linear\n  linear: {resistance: 1 ohm cm2}\n  sinh:\n    inverse_scale: 9 V-1"),
                    "deck.yaml:7: interface.sinh.inverse_scale: not used because interface.kinetics is linear (it is used with sinh)")

    def test_missing_key_of_the_chosen_law(self):
        self.refuse(with_line("interface", "interface: {kinetics: linear}"),
                    "deck.yaml:3: interface.linear.resistance: missing, required because interface.kinetics is linear")

    def test_several_errors_at_once_in_order_of_lines(self):
        deck = with_line("electrolyte", "electrolyte: {conductvity: 1 S/m}").replace("rings: 8", "rings: 1").replace("hold", "hodl")
        done = self.refuse(deck, "deck.yaml:2: electrolyte.conductvity: unknown key",
                           "deck.yaml:4: grid.rings: '1' is out of range", "deck.yaml:7: protocol.0: unknown kind of step 'hodl'",
                           "unknown option '--ou'", arguments=("--out", "out", "--ou"))
        lines = [line for line in done.stderr.splitlines() if "deck.yaml" in line]
        self.assertEqual([line.split(":")[1] for line in lines], ["2", "4", "7"])


class Files(BadInput):
    def test_missing_deck(self):
        done = self.lisei("run", "nothing.yaml", "--out", "out", status=1)
        self.assertIn("nothing.yaml: the deck cannot be read: No such file or directory", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_unreadable_include(self):
        self.refuse("title: x\ninclude: parts.yaml\n" + GOOD, "deck.yaml:2: include: 'parts.yaml' cannot be read: No such file or directory")
        (self.folder / "parts.yaml").mkdir()
        self.refuse("title: x\ninclude: parts.yaml\n" + GOOD, "deck.yaml:2: include: 'parts.yaml' cannot be read: Is a directory")

    def test_error_in_an_included_deck_names_that_deck(self):
        self.write("parts.yaml", "# line 1\ngrid: {rings: many}\n")
        self.refuse("include: parts.yaml\n" + with_line("grid", ""),
                    "parts.yaml:2: grid.rings: expected a whole number, got 'many'")

    def test_include_cycle(self):
        self.write("a.yaml", "include: deck.yaml\n")
        self.refuse("include: a.yaml\n" + GOOD, "a.yaml:1: include: 'deck.yaml' includes itself")

    def test_broken_yaml(self):
        self.refuse("title: x\ngrid: {rings: 8\n" + HOLD, "deck.yaml:3: YAML syntax:")

    def test_deck_that_is_no_text(self):
        self.write("deck.yaml", "")
        (self.folder / "deck.yaml").write_bytes(bytes(range(256)))
        done = self.lisei("run", "deck.yaml", "--out", "out", status=1)
        self.assertIn("deck.yaml:1: ", done.stderr)
        self.assertFalse((self.folder / "out").exists())


class OutputFolders(BadInput):
    def test_folder_below_a_file(self):
        self.write("file", "precious")
        self.refuse(GOOD, "--out: cannot make the folder 'file/out'", arguments=("--out", "file/out"))
        self.refuse(GOOD, "--out: cannot make the folder 'file': 'file' is not a folder", arguments=("--out", "file"))
        self.assertEqual((self.folder / "file").read_text(encoding="utf-8"), "precious")

    def test_file_system_that_takes_no_folder(self):
        self.refuse(GOOD, "--out: cannot make the folder '/proc/lisei'", arguments=("--out", "/proc/lisei"))

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere; the other tests of this class stand for it")
    def test_folder_without_permission(self):
        (self.folder / "locked").mkdir(mode=0o555)
        self.refuse(GOOD, "--out: cannot write to 'locked': Permission denied", arguments=("--out", "locked/out"))

    def test_results_of_an_earlier_run_stay(self):
        self.run_deck(GOOD, out="out")
        contents = {path: path.read_bytes() for path in (self.folder / "out").rglob("*") if path.is_file()}
        self.refuse(GOOD, "--out: 'out' holds the results of an earlier run: give another --out, or --force to replace them")
        self.assertEqual({path: path.read_bytes() for path in (self.folder / "out").rglob("*") if path.is_file()}, contents)

    def test_bad_deck_with_force_leaves_the_earlier_run(self):
        self.run_deck(GOOD, out="out")
        self.refuse(GOOD + "grdi: {rings: 4}\n", "grdi: unknown key", arguments=("--out", "out", "--force"))
        self.assertTrue((self.folder / "out" / "history.h5").exists())

    def test_deck_that_the_run_would_overwrite(self):
        text = GOOD + "# a comment that the resolved deck would lose\n"
        self.refuse(text, "--out: the run would overwrite its own deck 'deck.yaml'", arguments=("--out", ".", "--force"))
        self.assertEqual((self.folder / "deck.yaml").read_text(encoding="utf-8"), text)

    def test_folder_without_a_name(self):
        self.refuse(GOOD, "--out: the folder's name is empty", arguments=("--out", ""))

    def test_folder_is_checked_together_with_the_deck(self):
        self.write("file", "")
        self.refuse(with_line("grid", "grid: {rings: 1}"), "grid.rings: '1' is out of range", "--out: cannot make the folder 'file/out'",
                    arguments=("--out", "file/out"))


class Protocols(BadInput):
    def test_no_protocol(self):
        self.refuse(DISK, "deck.yaml: protocol: missing: a deck needs a list of steps")

    def test_empty_protocol(self):
        self.refuse(DISK + "protocol: []\n", "deck.yaml:6: protocol: empty: a run needs at least one step")
        self.refuse(DISK + "protocol:\n", "deck.yaml:6: protocol: empty: a run needs at least one step")

    def test_step_without_end(self):
        self.refuse(DISK + PROTOCOL + "  - hold: {potential: 1 mV}\n", "deck.yaml:7: protocol.0.hold: the step would never end")

    def test_ends_that_the_control_cannot_reach(self):
        self.refuse(DISK + PROTOCOL + "  - hold: {potential: 5 mV, duration: 1 s, until: {potential_above: 6 mV}}\n",
                    "deck.yaml:7: hold: the end `potential_above` cannot be met: the potential of this step never rises to it")
        self.refuse(DISK + PROTOCOL + "  - cv: {vertices: [-5 mV, 5 mV], rate: 1 mV/s, until: {potential_below: -6 mV}}\n",
                    "deck.yaml:7: cv: the end `potential_below` cannot be met: the potential of this step never falls to it")
        self.refuse(DISK + PROTOCOL + "  - rest: {duration: 1 s, until: {charge: 1 nC}}\n",
                    "deck.yaml:7: rest: the end `charge` cannot be met: no charge passes at zero current")
        self.refuse(DISK + PROTOCOL + "  - current: {current: 1 nA, until: {current_above: 2 nA}}\n",
                    "deck.yaml:7: current: the end `current_above` cannot be met: the current of this step never rises to it")
        self.refuse(DISK + PROTOCOL + "  - current: {current: 2 nA, until: {current_below: 1 nA}}\n",
                    "deck.yaml:7: current: the end `current_below` cannot be met: the current of this step never falls to it")

    def test_end_at_zero(self):
        self.refuse(DISK + PROTOCOL + "  - hold: {potential: 1 mV, duration: 1 s, until: {current_below: 0 nA}}\n",
                    "deck.yaml:7: protocol.0.hold.until.current_below: '0 nA' is out of range")

    def test_sweep_to_where_it_stands(self):
        self.refuse(DISK + PROTOCOL + "  - cv: {start: 1 mV, vertices: [1 mV], rate: 1 mV/s}\n",
                    "deck.yaml:7: cv.vertices: vertex 1 equals the potential before it")

    def test_too_many_steps(self):
        self.refuse(DISK + PROTOCOL + "  - repeat:\n      times: 1000000\n      steps:\n"
                    "        - repeat: {times: 1000000, steps: [{rest: {duration: 1 s}}]}\n",
                    "deck.yaml:7: repeat: the protocol has more than")


class Waveforms(BadInput):
    def refuse_csv(self, csv, *expected):
        self.write("wave.csv", csv)
        self.refuse(DISK + PROTOCOL + "  - waveform: {file: wave.csv}\n", *(f"deck.yaml:7: protocol.0.waveform.file: {text}" for text in expected))

    def test_missing_file(self):
        self.refuse(DISK + PROTOCOL + "  - waveform: {file: none.csv}\n",
                    "deck.yaml:7: protocol.0.waveform.file: none.csv: cannot be read: No such file or directory")

    def test_text_among_the_numbers(self):
        self.refuse_csv("time [s],potential [mV]\n0,0\n1,five\n2,oops\n", "wave.csv:3: column 2: expected a finite number, got 'five'",
                        "wave.csv:4: column 2: expected a finite number, got 'oops'")

    def test_not_a_number(self):
        self.refuse_csv("0,0\n1,nan\n2,inf\n", "wave.csv:2: column 2: expected a finite number, got 'nan'",
                        "wave.csv:3: column 2: expected a finite number, got 'inf'")

    def test_missing_column(self):
        self.refuse_csv("0,0\n1\n2,1\n", "wave.csv:2: expected two columns 'time,potential' separated by one comma")

    def test_missing_value(self):
        self.refuse_csv("0,0\n1,\n2,1\n", "wave.csv:2: column 2: expected a finite number, got ''")

    def test_time_that_does_not_increase(self):
        self.refuse_csv("0,0\n2,1\n1,2\n", "wave.csv:3: the time 1 s does not come after 2 s of the row before: times must increase")
        self.refuse_csv("0,0\n1,1\n1,2\n", "wave.csv:3: the time 1 s does not come after 1 s of the row before: times must increase")

    def test_wrong_unit(self):
        self.refuse_csv("time [s],current [nA]\n0,0\n1,1\n", "wave.csv:1: column 2: expected an electric potential (unit such as V), got")

    def test_damaged_row(self):
        """A NUL byte would end the row where it stands, and the run would go on with another number."""
        self.refuse_csv("0,0.001\n1,-0.0\x0005\n2,0\n", "wave.csv:2: the line holds a NUL character")

    def test_too_short(self):
        self.refuse_csv("time,potential\n0,1\n", "wave.csv: holds 1 rows of numbers: a waveform needs at least two")


class Values(BadInput):
    def test_tolerance_that_the_balances_cannot_meet(self):
        """At 1e-8 the currents are balanced to 2e-9 on 128 x 192 cells, and the run would stop at once."""
        self.refuse(GOOD + "bulk: {solver: field, rtol: 1e-8}\n", "deck.yaml:8: bulk.rtol: '1e-8' is out of range: valid is 1e-15 to 1e-10")

    def test_pasted_from_a_document(self):
        deck = GOOD.replace("1.65 mS/cm", "1.65×10⁻³ S cm⁻¹").replace("potential: 10 mV", "potential: −10 mV")
        self.write("deck.yaml", "\ufeff" + deck)
        self.lisei("run", "deck.yaml", "--out", "pasted")
        plain = self.run_deck(GOOD.replace("potential: 10 mV", "potential: -10 mV"), out="plain")
        pasted = Output(self.folder / "pasted")
        numpy.testing.assert_allclose(pasted.history["current"], plain.history["current"], rtol=1e-14)
        self.assertLess(pasted.history["current"][-1], 0.0)

    def test_more_petsc_options_than_petsc_takes(self):
        self.refuse(GOOD + "petsc: {" + ", ".join(f"o{k}: 1" for k in range(401)) + "}\n", "deck.yaml:8: petsc: more than 400 options")


class StandardOutput(BadInput):
    def run_to(self, output, *arguments):
        self.write("deck.yaml", GOOD)
        with open(output, "w", encoding="utf-8") as stream:
            return subprocess.run(command(*arguments), cwd=self.folder, env=self.environment(), stdout=stream, stderr=subprocess.PIPE, text=True,
                                  timeout=PATIENCE, check=False)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs a device that is always full")
    def test_full_disk(self):
        for arguments in (("check", "deck.yaml"), ("help",), ("help", "reference"), ("--version",)):
            done = self.run_to("/dev/full", *arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertRegex(done.stderr, r"^lisei: error: cannot write to the standard output[^\n]*\n$")

    def test_reader_that_has_seen_enough(self):
        self.write("deck.yaml", GOOD)
        process = subprocess.Popen(command("help", "reference"), cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual((process.wait(), process.stderr.read()), (0, ""))
        process.stderr.close()

    def test_closed(self):
        """No file of the run takes the number of the closed stream."""
        self.write("deck.yaml", GOOD)
        done = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command("run", "deck.yaml", "--out", "out", "--", "-log_view")],
                              cwd=self.folder, env=self.environment(), timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0)
        self.lisei("run", "deck.yaml", "--out", "open")
        one, other = Output(self.folder / "out"), Output(self.folder / "open")
        self.assert_same_bits(one, other)


class Foreseen(BadInput):
    def test_output(self):
        """What check foresees of the files is what a run writes."""
        deck = self.write("deck.yaml", GOOD.replace("fields: none", "fields: interval, fields_interval: 0.1 s"))
        text = self.lisei("check", deck, "--set", "time.largest_step=10 ms").stdout
        files, each, unit = re.search(r"field files expected: at most (\d+) of ([0-9.]+) (\w+),", text).groups()
        rows = int(re.search(r"rows expected: at least (\d+) of", text).group(1))
        output = self.run_deck(deck, "--set", "time.largest_step=10 ms")
        written = list(output.folder.glob("fields/*.hdf"))
        self.assertIn(len(written), (int(files), int(files) - 1))
        self.assertEqual(unit, "kB")
        self.assertAlmostEqual(float(each), written[0].stat().st_size / 1e3, delta=0.05 * float(each))
        self.assertLessEqual(rows, output.history["time"].size)
        self.assertGreater(rows, 0.9 * output.history["time"].size)
        text = self.lisei("check", deck, "--set", "output.fields_interval=1 ns").stdout
        self.assertRegex(text, r"field files expected: at most 100000000\d of")
        self.assertIn("these are many", text)


class Combinations(BadInput):
    def test_halfspace_with_a_finite_depth(self):
        self.refuse(GOOD.replace("electrolyte: {", "electrolyte: {depth: 100 um, ") + "bulk: {solver: halfspace}\n",
                    "deck.yaml:8: bulk.solver: halfspace is the analytic solution of a half space")

    def test_halfspace_with_graded_rings(self):
        self.refuse(GOOD.replace("grid: {", "grid: {ring_grading: 2, ") + "bulk: {solver: halfspace}\n",
                    "deck.yaml:4: grid.ring_grading: bulk.solver halfspace chooses its own rings")

    def test_growing_contact_in_a_finite_cell(self):
        self.refuse(GOOD.replace("electrolyte: {", "electrolyte: {depth: 100 um, ") + "deposit: {contact_growth_exponent: 0.1}\n",
                    "deck.yaml:8: deposit.contact_growth_exponent: a growing contact needs an electrolyte without a length of its own")

    def test_several_at_once(self):
        self.refuse(GOOD.replace("electrolyte: {", "electrolyte: {depth: 100 um, ")
                    + "bulk: {solver: halfspace}\nsei: {resolved: true, thickness: 8 um}\n",
                    "deck.yaml:8: bulk.solver: halfspace is", "deck.yaml:9: sei.thickness: a resolved SEI")

    def test_more_processes_than_rings(self):
        self.refuse(GOOD.replace("rings: 8", "rings: 2"), "deck.yaml:4: grid.rings: 3 processes are more than the 2 rings", ranks=3)


class ResolvedSei(BadInput):
    TWICE = "the SEI is resolved in cells, and this law would count it twice"

    def refuse_block(self, block, *expected):
        self.refuse(GOOD + f"sei:\n  resolved: true\n  thickness: 20 nm\n  block:\n    microstructure: random\n    layers: 4\n    {block}\n", *expected)

    def test_on_a_cylinder(self):
        self.refuse(GOOD.replace("grid: {", "grid: {type: cylindrical, ") + "sei: {resolved: true}\n",
                    "deck.yaml:8: sei.resolved: a resolved SEI needs grid.type oblate")

    def test_thicker_than_the_contact(self):
        self.refuse(GOOD + "sei: {resolved: true, thickness: 8 um}\n", "deck.yaml:8: sei.thickness: a resolved SEI is a flat layer")

    def test_without_material(self):
        self.refuse_block("phases: {li2s_fraction: 0, licl_fraction: 0, li3p_fraction: 0}",
                          "deck.yaml:14: sei.block.phases.li2s_fraction: all four fractions are zero")

    def test_grains_lower_than_a_layer(self):
        self.refuse_block("random: {grain_height: 4 nm}",
                          "deck.yaml:14: sei.block.random.grain_height: grains 4 nm high are lower than a layer of cells (5 nm): "
                          "sei.block.layers must be at least 5")

    def test_grains_beyond_counting(self):
        self.refuse_block("random: {grain_width: 0.01 nm}", "deck.yaml:14: sei.block.random.grain_width: grains 0.01 nm wide are 4.82e+05")

    def test_grains_of_the_height_of_a_layer(self):
        self.run_deck(GOOD + "sei: {resolved: true, thickness: 21 nm, block: {layers: 3, microstructure: random, random: {grain_height: 7 nm}}}\n")

    def test_laws_that_contain_the_sei(self):
        for law in ("film: {conductivity: 1e-6 S/cm}", "hopping: {half_jump_distance: 0.2 nm}"):
            name = law.split(":", maxsplit=1)[0]
            with self.subTest(law=name):
                self.refuse(with_line("interface", f"interface: {{kinetics: {name}, {law}}}") + "sei: {resolved: true}\n",
                            "deck.yaml:3: interface.kinetics: " + self.TWICE)
        for process, law in (("charge_transfer", "law: film"), ("sei_transport", "law: linear, linear: {resistance: 1 ohm cm2}"),
                             ("se_transfer", "law: hopping")):
            with self.subTest(process=process):
                self.refuse(with_line("interface", f"interface:\n  kinetics: series\n  {process}: {{{law}}}") + "sei: {resolved: true}\n",
                            f"deck.yaml:5: interface.{process}.law: " + self.TWICE)


class Grids(BadInput):
    def test_counter_electrode_too_near(self):
        self.refuse(GOOD.replace("electrolyte: {", "electrolyte: {depth: 1e-9 um, "), "deck.yaml:2: electrolyte.depth: ")

    def test_wall_inside_the_contact(self):
        self.refuse(GOOD.replace("grid: {", "grid: {type: cylindrical, cylindrical: {outer_radius: 2 um}, "),
                    "deck.yaml:4: grid.cylindrical.outer_radius: ")

    def test_more_cells_than_numbers(self):
        self.refuse(GOOD.replace("grid: {rings: 8, layers: 12}", "grid: {rings: 4096, layers: 100000, type: cylindrical, cylindrical: "
                                 "{columns_outside: 100000}}"), "deck.yaml:4: grid.type: grid: ")


class CommandLines(BadInput):
    def test_unknown_command(self):
        done = self.lisei("rnu", "deck.yaml", status=1)
        self.assertIn("unknown command 'rnu'", done.stderr)
        self.assertIn("usage: lisei run", done.stderr)

    def test_no_command(self):
        self.assertIn("no command given", self.lisei(status=1).stderr)

    def test_unknown_option(self):
        self.refuse(GOOD, "unknown option '--froce'", arguments=("--out", "out", "--froce"))

    def test_option_without_value(self):
        self.refuse(GOOD, "--out needs a value", arguments=("--out",))

    def test_no_deck_and_two_decks(self):
        self.assertIn("expected one deck, got 0", self.lisei("run", status=1).stderr)
        self.refuse(GOOD, "expected one deck, got 2", arguments=("deck.yaml", "--out", "out"))

    def test_override_that_is_wrong(self):
        self.refuse(GOOD, "--set: grid.rings: '0' is out of range", arguments=("--out", "out", "--set", "grid.rings=0"))
        self.refuse(GOOD, "--set: grid.rngs: unknown key; did you mean 'rings'?", arguments=("--out", "out", "--set", "grid.rngs=4"))
        self.refuse(GOOD, "expected key.path=value", arguments=("--out", "out", "--set", "grid.rings"))

    def test_resume_takes_no_other_options(self):
        for arguments in (("--force",), ("--out", "other"), ("--against", "other")):
            self.assertIn("it takes the folder, --set, and behind `--` PETSc options", self.lisei("resume", "out", *arguments, status=1).stderr)

    def test_petsc_option_that_nothing_uses(self):
        self.refuse(GOOD, "PETSc option -snes_max_it is not used by anything in this run", arguments=("--out", "out", "--", "-snes_max_it", "3"))
        self.refuse(GOOD + "petsc: {snes_max_it: 3}\n", "deck.yaml:8: petsc: the PETSc option -snes_max_it is not used by anything in this run")

    def test_check_finds_the_same_errors(self):
        self.write("deck.yaml", "grid: {rings: 1}\n" + DISK.replace("grid", "# grid") + "bulk: {solver: halfspac}\n" + HOLD)
        done = self.lisei("check", "deck.yaml", status=1)
        self.assertIn("deck.yaml:1: grid.rings: '1' is out of range", done.stderr)
        self.assertIn("deck.yaml:7: bulk.solver: expected auto, halfspace, condensed or field, got 'halfspac'; did you mean 'halfspace'?", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_shipped_decks_are_good(self):
        for deck in sorted(INPUTS.glob("*.yaml")):
            if "protocol:" in deck.read_text(encoding="utf-8"):
                with self.subTest(deck=deck.name):
                    self.lisei("check", deck)


if __name__ == "__main__":
    unittest.main()
