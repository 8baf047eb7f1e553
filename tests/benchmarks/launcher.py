#!/usr/bin/python3
"""Starts programs and measures them: wall time, processor time and peak memory of each whole process.

Linux counts the memory of the process that starts a program towards the program's peak. Programs are therefore started
by a second, small interpreter (this file run as a program), not by the benchmark, which holds numpy and the results.
"""
import json
import os
import sys
import time


def serve():
    """One request per line on standard input, one measurement per line on standard output; only small modules here."""
    for line in sys.stdin:
        request = json.loads(line)
        environment = {**os.environ, **request["environment"]}
        log = (os.POSIX_SPAWN_OPEN, 1, request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        begin = time.perf_counter()
        process = os.posix_spawnp(request["command"][0], request["command"], environment,
                                  file_actions=[log, (os.POSIX_SPAWN_DUP2, 1, 2)])
        _, status, usage = os.wait4(process, 0)
        wall = time.perf_counter() - begin
        print(json.dumps({"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024,
                          "status": os.waitstatus_to_exitcode(status)}), flush=True)


class Launcher:
    """Runs commands one at a time in an empty folder that is removed at the end."""

    def __init__(self, folder):
        import subprocess
        self.folder = folder
        self.log = os.path.join(folder, "log")
        # One thread per process, for all programs alike: small dense algebra gains nothing from more.
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.server = subprocess.Popen([sys.executable, "-I", "-S", os.path.abspath(__file__)], cwd=folder, text=True,
                                       env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, command, environment=None):
        """Wall and processor time [s] and peak memory [B] of a command, which must succeed; its output is in `text`."""
        request = {"command": list(map(str, command)), "environment": environment or {}, "log": self.log}
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        answer = self.server.stdout.readline()
        if not answer:
            raise SystemExit(f"benchmarks: cannot start {command[0]}")
        result = json.loads(answer)
        with open(self.log, encoding="utf-8", errors="replace") as file:
            result["text"] = file.read()
        if result["status"]:
            raise SystemExit(f"benchmarks: {' '.join(request['command'])} ended with status {result['status']}:\n"
                             + result["text"][-2000:])
        return result

    def close(self):
        self.server.stdin.close()
        self.server.wait()


if __name__ == "__main__":
    serve()
