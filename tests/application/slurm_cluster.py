"""A Slurm of one node, started from Debian's packages as the user who runs the tests, in a folder of its own."""
import os
import shutil
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
CONFIGURATION = """\
ClusterName=lisei
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmctldPort={controller}
SlurmdPort={daemon}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=1,bf_interval=1
KillWait=5
MinJobAge=300
MaxArraySize=100
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=4000 State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def why_not():
    """What is missing; "" if a cluster can be started."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if missing:
        return f"no {', '.join(missing)} here (Debian: slurm-wlm)"
    return "" if os.geteuid() == 0 else "only root can start slurmd"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    def __init__(self, folder):
        self.folder, self.processes = folder, []
        for name in ("state", "spool"):
            (folder / name).mkdir(parents=True)
        host = socket.gethostname().split(".")[0]
        (folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=host, user="root", folder=folder, controller=free_port(), daemon=free_port(), cores=os.cpu_count()), encoding="utf-8")
        (folder / "cgroup.conf").write_text("CgroupAutomount=no\n", encoding="utf-8")
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self.environment = dict(os.environ, SLURM_CONF=str(folder / "slurm.conf"), PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
        try:
            self._start("munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={key}", "--num-threads=2",
                        f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed")
            self._wait(lambda: (folder / "munge.socket").exists(), "munged does not start")
            self._start("slurmctld", "-D")
            self._start("slurmd", "-D", "-N", host)
            self._wait(lambda: "idle" in self.run("sinfo", "-h", "-o", "%t"), "the node does not become idle")
        except Exception:
            self.stop()
            raise

    def _start(self, *command):
        log = open(self.folder / f"{command[0]}.out", "w", encoding="utf-8")  # pylint: disable=consider-using-with
        self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))  # pylint: disable=consider-using-with
        log.close()

    def _wait(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                logs = "\n".join(f"{path}:\n{path.read_text(errors='replace')[-2000:]}" for path in self.folder.glob("*.log"))
                raise RuntimeError(f"{what}\n{logs}")
            time.sleep(0.1)

    def run(self, *command, **options):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False, **options).stdout

    def wait_for(self, condition, what, seconds=300):
        self._wait(condition, what, seconds)

    def queue(self):
        """{job or task: state}"""
        lines = self.run("squeue", "-h", "-r", "-o", "%i %T").split("\n")
        return dict(line.split() for line in lines if line)

    def stop(self):
        self.run("scancel", "--full", "-u", "root")
        time.sleep(0.5)
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
