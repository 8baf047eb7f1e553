"""What users of PETSc expect of a program: log, monitors, options that PETSc itself asks for at its end, solvers by name."""
import re
import runpy

from support import DISK, EVOLVING, HOLD, Case

SWEEP = "protocol:\n  - cv: {vertices: [-5 mV, 5 mV], rate: 1 mV/s}\n"


class Log(Case):
    def events(self, text, *arguments):
        """The report and, by stage and event, how often and for how many seconds."""
        output = self.run_deck(text, "--", "-log_view", ":log.py:ascii_info_detail", *arguments)
        values = runpy.run_path(str(self.folder / "log.py"))
        found = {stage: {event: (data[0]["count"], data[0]["time"]) for event, data in events.items() if "count" in data.get(0, {})}
                 for stage, events in values["Stages"].items()}
        return output, found, sum(events["summary"][0]["time"] for events in values["Stages"].values())

    def test_events_say_where_the_time_goes(self):
        output, found, seconds = self.events(EVOLVING.replace("fields: none", "fields: vertices") + SWEEP)
        counts, steps = output.report["counts"], found["Time steps"]
        attempts = counts["steps"] + counts["rejected"]
        self.assertEqual(steps["TimeStep"][0], attempts)
        self.assertEqual(steps["StageResidual"][0] + steps["StageDerivatives"][0], counts["newton_iterations"],
                         "the laws, once per iteration, with or without their derivatives")
        self.assertEqual(steps["StageSolve"][0], counts["newton_iterations"])
        self.assertEqual(steps["InstantSolve"][0], 1, "only the start is a jump of the control")
        self.assertGreaterEqual(steps["StageFactor"][0], attempts)
        self.assertGreaterEqual(steps["BulkFactor"][0], steps["StageFactor"][0])
        self.assertGreaterEqual(steps["StageDerivatives"][0], counts["steps"])
        self.assertGreaterEqual(steps["BulkPotential"][0], counts["newton_iterations"])
        self.assertEqual(found["Output"]["OutputRow"][0], len(output.history["time"]))
        self.assertEqual(found["Output"]["OutputFields"][0], 4, "the start, two vertices, the end")
        self.assertEqual(found["Output"]["OutputCheckpoint"][0], 1)
        self.assertEqual(found["Set-up"]["BulkSetUp"][0], 1)
        parts = sum(steps[event][1] for event in ("StageResidual", "StageDerivatives", "StageFactor", "StageSolve"))
        self.assertLess(parts, steps["TimeStep"][1], "they are parts of a step")
        self.assertGreater(parts, 0.5 * steps["TimeStep"][1], "and most of it")
        self.assertLess(steps["TimeStep"][1], seconds)

    def test_solvers_on_cells_appear_with_their_own_events(self):
        _, found, _ = self.events(DISK + HOLD + "bulk: {solver: field}\n")
        self.assertGreater(found["Time steps"]["KSPSolve"][0], 0)
        self.assertGreater(found["Time steps"]["MatCholFctrNum"][0], 0)


class Monitors(Case):
    STEP = re.compile(r"^(\d+) TS dt (\S+) time (\S+) V (\S+) I (\S+) error (\S+)$", re.MULTILINE)
    NEWTON = re.compile(r"^ +(\d+) SNES Update norm (\S+) \((stage \d|instant)\)$", re.MULTILINE)

    def run_monitored(self, *arguments):
        deck = self.write("deck.yaml", EVOLVING + SWEEP)
        done = self.lisei("run", deck, "--", *arguments)
        return done, self.output("out")

    def output(self, name):
        from support import Output
        return Output(self.folder / name)

    def check_steps(self, lines, history):
        rows = {name: values[history["dt"] > 0.0] for name, values in history.items()}
        self.assertEqual([int(line[0]) for line in lines], list(rows["step"].astype(int)))
        for column, name, digits in ((1, "dt", 5e-6), (2, "time", 1e-8), (3, "potential", 1e-8), (4, "current", 1e-8)):
            for line, value in zip(lines, rows[name]):
                self.assertLessEqual(abs(float(line[column]) - value), digits * abs(value), name)
        self.assertTrue(all(0.0 <= float(line[5]) <= 1.0 for line in lines), "accepted steps keep the tolerance")
        self.assertTrue(any(float(line[5]) > 0.0 for line in lines))

    def test_lines_of_steps(self):
        done, output = self.run_monitored("-ts_monitor")
        self.check_steps(self.STEP.findall(done.stdout), output.history)
        self.assertEqual(self.NEWTON.findall(done.stdout), [])

    def test_lines_of_iterations(self):
        done, output = self.run_monitored("-snes_monitor")
        lines = self.NEWTON.findall(done.stdout)
        self.assertEqual(self.STEP.findall(done.stdout), [])
        self.assertEqual(len([line for line in lines if line[2] != "instant"]), output.report["counts"]["newton_iterations"])
        instant = [float(line[1]) for line in lines if line[2] == "instant"]
        self.assertLessEqual(instant[0], 1.0, "V = 0: nothing flows, which is found at once")

    def test_file_and_deck(self):
        output = self.run_deck(EVOLVING + SWEEP + "petsc: {ts_monitor: 'ascii:steps.txt'}\n")
        self.check_steps(self.STEP.findall((self.folder / "steps.txt").read_text(encoding="utf-8")), output.history)

    def test_belong_to_the_process(self):
        _, output = self.run_monitored("-ts_monitor", "ascii:steps.txt")
        self.assertNotIn("ts_monitor", (output.folder / "deck.yaml").read_text(encoding="utf-8"))

    def test_other_viewers_are_refused(self):
        deck = self.write("deck.yaml", DISK + HOLD)
        done = self.lisei("run", deck, "--", "-ts_monitor", "binary:steps", status=2)
        self.assertIn("-ts_monitor writes lines of text: give it nothing or ascii:FILE", done.stderr)


class LateOptions(Case):
    """PETSc asks for these when it ends; nobody has used them when the run begins."""

    def test_are_accepted(self):
        deck = self.write("deck.yaml", DISK + HOLD)
        for words, expected in (("-options_left", "no unused options"), ("-options_view", "#PETSc Option Table entries"),
                                ("-get_total_flops", "Total flops"), ("-citations", "petsc-user-ref"), ("-log_view", "StageSolve"),
                                ("-malloc_debug -malloc_view", "Maximum memory"), ("-malloc_debug -malloc_dump", ""), ("-objects_dump", ""),
                                ("-help", "-snes_monitor")):
            with self.subTest(options=words):
                done = self.lisei("run", deck, "--force", "--", *words.split())
                self.assertIn(expected, done.stdout)
                self.assertNotIn("options_", (self.folder / "out" / "deck.yaml").read_text(encoding="utf-8"))
                if "malloc_dump" in words:
                    self.assertNotIn("bytes", done.stdout + done.stderr, "nothing that was allocated is left")
        self.lisei("resume", "out", "--", "-options_left")

    def test_in_the_deck(self):
        deck = self.write("deck.yaml", DISK + HOLD + "petsc: {options_left: , options_view: }\n")
        done = self.lisei("run", deck)
        self.assertIn("no unused options", done.stdout)
        self.assertIn("-options_view", done.stdout)

    def test_what_only_the_start_reads_does_not_belong_into_a_deck(self):
        deck = self.write("deck.yaml", DISK + HOLD + "petsc: {malloc_debug: }\n")
        done = self.lisei("run", deck, status=1)
        self.assertRegex(done.stderr, r"deck.yaml:8: petsc: the PETSc option -malloc_debug is read when PETSc starts, before any deck: give it behind `--`")

    def test_mistakes_are_still_found(self):
        deck = self.write("deck.yaml", DISK + HOLD)
        done = self.lisei("run", deck, "--", "-options_left", "-options_leftt", status=1)
        self.assertIn("the PETSc option -options_leftt is not used", done.stderr)
