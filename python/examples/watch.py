"""Look at a run while it goes on, stop it, and let it continue. Usage: watch.py [FOLDER]"""

import pathlib
import sys
import time

import lisei

here = pathlib.Path(__file__).resolve()
out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "out/watched")
job = lisei.start(here.parents[2] / "inputs" / "cv_symmetric.yaml", out, settings={"time.tolerance": 1e-6}, force=True)
while job.running:
    time.sleep(0.2)
    if (out / "history.h5").exists():
        data = job.open()
        moment = float(data.time[-1])
        print(f"{moment:.1f} s: {1e9 * data.current[-1].item():+.3f} nA")
        if moment > 50:
            break
job.stop()
try:
    job.wait(timeout=60)
except lisei.RunError as stopped:
    print(f"stopped with status {stopped.status}; {stopped.folder} can be continued")
data = lisei.resume(out)
print(f"finished at {data.time[-1].item():g} s, {data.sizes['time']} time steps")
