"""What users of PETSc expect of a program: log, monitors, options that PETSc itself asks for at its end, solvers by name."""
import os
import re
import runpy
import time

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
        output, found, seconds = self.events(EVOLVING.replace("fields: none", "fields: vertices").replace("rings: 8", "rings: 64") + SWEEP)
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


class Packages(Case):
    """Heterogeneous electrolyte, so that the operator is built by solves on the cells."""
    GRAIN = DISK.replace("{conductivity: 1.65 mS/cm}", "{conductivity: 1.65 mS/cm, grain_depth: 3 um, grain_boundary_resistance: 1 ohm cm2}")
    NAMES = {"cholmod": "Cholesky by CHOLMOD", "mumps": "Cholesky by MUMPS", "petsc": "Cholesky by PETSc"}

    def current(self, solver, *options, ranks=1, grid="rings: 8, layers: 12", out="out"):
        deck = self.GRAIN.replace("rings: 8, layers: 12", grid) + HOLD + f"bulk: {{solver: {solver}}}\n"
        output = self.run_deck(deck, "--force", "--", *options, out=out, ranks=ranks)
        return output.history["current"][-1], output.report["discretisation"]["bulk"]

    def test_every_package_gives_the_same_current(self):
        reference, name = self.current("field")
        self.assertEqual(name, "linear cells, Cholesky by CHOLMOD", "the fastest that Debian has")
        for solver in ("field", "condensed"):
            for package, text in self.NAMES.items():
                with self.subTest(solver=solver, package=package):
                    value, name = self.current(solver, "-bulk_solver_package", package)
                    self.assertIn(text, name)
                    self.assertLess(abs(value / reference - 1.0), 1e-10)

    def test_fallback_on_several_processes(self):
        """PETSc's own factorisations are sequential: each process does its own, beyond 10 000 cells multigrid."""
        reference, _ = self.current("field")
        for solver in ("field", "condensed"):
            value, name = self.current(solver, "-bulk_solver_package", "petsc", ranks=2)
            self.assertIn("LU by PETSc on every process", name)
            self.assertLess(abs(value / reference - 1.0), 1e-10)
        grid = "rings: 84, layers: 126"
        reference, name = self.current("condensed", grid=grid)
        self.assertIn("CHOLMOD", name)
        for solver, ranks in (("field", 1), ("field", 2), ("condensed", 2)):
            value, name = self.current(solver, "-bulk_solver_package", "petsc", ranks=ranks, grid=grid)
            self.assertIn("conjugate gradients with GAMG", name)
            self.assertLess(abs(value / reference - 1.0), 1e-9)

    def test_package_that_does_not_serve(self):
        deck = self.write("deck.yaml", self.GRAIN + HOLD + "bulk: {solver: field}\n")
        done = self.lisei("run", deck, "--", "-bulk_solver_package", "cholmod", ranks=2, status=2)
        self.assertIn("-bulk_solver_package cholmod: this PETSc has it not, or not for 2 process(es); take auto", done.stderr)

    def test_check_says_what_will_run(self):
        deck = self.write("deck.yaml", self.GRAIN + HOLD)
        for options, expected in (((), "bulk: condensed: dense operator, Cholesky by CHOLMOD\n"),
                                  (("--set", "bulk.solver=field"), "bulk: field: linear cells, Cholesky by CHOLMOD\n"),
                                  (("--set", "bulk.solver=field", "--", "-bulk_solver_package", "petsc"), "bulk: field: linear cells, Cholesky by PETSc\n")):
            done = self.lisei("check", deck, *options)
            self.assertIn(expected, done.stdout)
            self.assertRegex(done.stdout, r"memory expected for it: [\d.e+-]+ MB on the one process\nmore processes: do not help, all would do the same\n")
        large = self.lisei("check", deck, "--set", "grid.rings=128", "--set", "grid.layers=192", ranks=2)
        self.assertIn("dense operator, Cholesky by MUMPS\n", large.stdout)
        self.assertRegex(large.stdout, r"MB on each process\nmore processes: share the building of the operator, once; the time steps are the same on each\n")

    def test_dense_build_honours_options(self):
        """Any solver may build the operator, also a poor one; it leaves nothing in the cache that others would read."""
        reference, _ = self.current("condensed")
        value, name = self.current("condensed", "-bulk_ksp_type", "cg", "-bulk_pc_type", "jacobi")
        self.assertEqual(name, "dense operator, conjugate gradients with jacobi")
        self.assertLess(abs(value / reference - 1.0), 1e-9)
        done = self.lisei("run", self.folder / "out.yaml", "--force", "--", "-bulk_ksp_type", "cg", "-bulk_pc_type", "jacobi", "-bulk_ksp_rtol", "1e-2",
                          status=2)
        self.assertIn("a balance is violated", done.stderr, "the tolerance is used")
        again, name = self.current("condensed")
        self.assertEqual((again, name), (reference, "dense operator (cached)"))

    def test_each_solver_has_its_prefix(self):
        deck = self.write("deck.yaml", self.GRAIN + HOLD + "bulk: {solver: field}\n")
        done = self.lisei("run", deck, "--force", "--", "-bulk_shunted_ksp_type", "cg", "-bulk_shunted_pc_type", "jacobi", "-bulk_shunted_ksp_monitor")
        self.assertIn("bulk_shunted_ solve", done.stdout)
        self.assertNotIn("for bulk_ solve", done.stdout)
        done = self.lisei("run", deck, "--force", "--", "-bulk_ksp_type", "cg", "-bulk_shunted_ksp_type", "preonly", "-bulk_ksp_view", "-bulk_shunted_ksp_view")
        self.assertRegex(done.stdout, r"KSP Object: \(bulk_\) 1 MPI process\n +type: cg")
        self.assertRegex(done.stdout, r"KSP Object: \(bulk_shunted_\) 1 MPI process\n +type: preonly")
        done = self.lisei("run", deck, "--force", "--", "-bulk_shunted_ksp_tpye", "cg", status=1)
        self.assertIn("-bulk_shunted_ksp_tpye is not used", done.stderr)
        self.lisei("run", deck, "--force", "--", "-bulk_indefinite_pc_type", "lu", "-bulk_shunted_mat_mumps_icntl_14", "30",
                   "-bulk_mat_mumps_icntl_14", "30", "-bulk_solver_package", "mumps")


class Threads(Case):
    """CHOLMOD starts four threads however many OMP_NUM_THREADS allows; they stay as long as the process."""
    DECK = Packages.GRAIN.replace("law: none", "law: first_order").replace("rings: 8, layers: 12", "rings: 64, layers: 96") + HOLD + "bulk: {solver: field}\n"

    def most_threads(self, **variables):
        os.environ.update(variables)
        try:
            process = self.start("run", self.write("deck.yaml", self.DECK), "--force")
        finally:
            for name in variables:
                del os.environ[name]
        most = 0
        while process.poll() is None:
            try:
                most = max(most, len(os.listdir(f"/proc/{process.pid}/task")))
            except FileNotFoundError:
                break
            time.sleep(0.001)
        self.assertEqual(process.wait(), 0)
        return most

    def test_one_unless_asked_for(self):
        free = self.most_threads(OMP_MAX_ACTIVE_LEVELS="1")
        if free < 4:
            self.skipTest(f"this CHOLMOD runs in {free} thread(s) by itself")
        self.assertLess(self.most_threads(), 3)
        self.assertLess(self.most_threads(OMP_NUM_THREADS="1"), 3)
        self.assertGreaterEqual(self.most_threads(OMP_NUM_THREADS="2"), 4, "the user's own choice is left alone")
