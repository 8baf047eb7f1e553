"""Run the program from Python. It is the one on the PATH, or the one that the environment variable LISEI names."""

import os
import shutil
import signal
import subprocess
import tempfile

FINISHED, WRONG_DECK, NUMERICAL, STOPPED = range(4)  # exit status of the program


class DeckError(Exception):
    """A deck or a command line that the program refuses; the text is its list of errors. Nothing was written."""


class RunError(Exception):
    """A run that did not finish.

    status  2 stopped for a numerical reason or a file that cannot be written, 3 stopped by a signal or a limit; negative: killed
    folder  what was written, with the state to resume from
    """

    def __init__(self, text, status, folder):
        super().__init__(text)
        self.status, self.folder = status, folder


def program(path=None):
    """The program to run."""
    found = path or os.environ.get("LISEI") or shutil.which("lisei")
    if not found or not (os.path.isfile(found) or shutil.which(found)):
        raise FileNotFoundError(f"{found or 'lisei'}: no such program. Put it on the PATH, set LISEI=PROGRAM in the environment, or give program=...")
    return found


def _overrides(settings):
    return [word for key, value in (settings or {}).items() for word in ("--set", f"{key}={value}")]


def _launcher(ranks, launcher):
    if ranks == 1 and launcher is None:
        return []
    return [*(launcher or ["mpirun"]), "-n", str(ranks)]


class Job:
    """A run that goes on: `folder`, and the state of the process."""

    def __init__(self, command, folder, deck_file=None):
        self.folder, self._deck_file = os.fspath(folder), deck_file
        self._messages = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self._messages)

    @property
    def running(self):
        return self._process.poll() is None

    @property
    def messages(self):
        """What the program has told so far."""
        if not self._messages.closed:
            self._messages.seek(0)
            self._told = self._messages.read()
        return self._told

    def stop(self):
        """Ask the run to save its state and end; lisei.resume(folder) continues it."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout=None):
        """Wait for the end [s]; the folder as a dataset, or the error with what the program says."""
        status = self._process.wait(timeout)
        messages = self.messages.strip()
        self._messages.close()
        if self._deck_file:
            os.unlink(self._deck_file)
            self._deck_file = None
        if status == WRONG_DECK:
            raise DeckError(messages)
        if status != FINISHED:
            raise RunError(messages or f"ended with status {status}", status, self.folder)
        return self.open()

    def open(self):
        """What there is now."""
        from .dataset import open as open_folder
        return open_folder(self.folder)


def _deck_path(deck):
    """(file, is it ours to delete) of a Deck or a path."""
    if hasattr(deck, "write_temporary"):
        return deck.write_temporary(), True
    return os.fspath(deck), False


def start(deck, out, settings=None, ranks=1, force=False, launcher=None, program_path=None, petsc=()):
    """Start a run and return a Job at once.

    deck      a Deck, or the path of one
    out       folder for the results; one that holds results is refused unless force=True
    settings  {"needle.pressure": "0.5 MPa", ...}: as --set, on top of the deck
    ranks     processes; more than one are started by `launcher` (["mpirun"])
    petsc     options handed to PETSc
    """
    path, ours = _deck_path(deck)
    command = [*_launcher(ranks, launcher), program(program_path), "run", path, "--out", os.fspath(out), *_overrides(settings)]
    command += ["--force"] * force + (["--", *petsc] if petsc else [])
    return Job(command, out, path if ours else None)


def run(deck, out, timeout=None, **options):
    """Run a deck to its end; returns open(out). Options are those of start. Raises DeckError or RunError."""
    return start(deck, out, **options).wait(timeout)


def restart(folder, settings=None, ranks=1, launcher=None, program_path=None):
    """Continue a run that was stopped, killed or failed; returns a Job."""
    command = [*_launcher(ranks, launcher), program(program_path), "resume", os.fspath(folder), *_overrides(settings)]
    return Job(command, folder)


def resume(folder, timeout=None, **options):
    """Continue a run to its end; returns open(folder)."""
    return restart(folder, **options).wait(timeout)


def check(deck, settings=None, program_path=None):
    """The program's table of the values that would be used; DeckError with all errors if the deck is wrong."""
    path, ours = _deck_path(deck)
    try:
        done = subprocess.run([program(program_path), "check", path, *_overrides(settings)], capture_output=True, text=True, check=False)
    finally:
        if ours:
            os.unlink(path)
    if done.returncode:
        raise DeckError(done.stderr.strip())
    return done.stdout


def schema(program_path=None):
    """The JSON Schema of decks, as a dictionary."""
    import json
    return json.loads(subprocess.run([program(program_path), "help", "schema"], capture_output=True, text=True, check=True).stdout)
