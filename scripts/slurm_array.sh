#!/usr/bin/env bash
# One deck, many parameter sets, as a Slurm job array: task N runs line N of a file of overrides.
#
#   sbatch --array=1-4 scripts/slurm_array.sh DECK.yaml OVERRIDES.txt RESULTS
#
# Each line of OVERRIDES.txt is one run: `key.path=value` words, quoted as in a shell where a value has blanks:
#   grid.rings=32 needle.pressure="0.5 MPa"
# Empty lines and lines that begin with # are not counted. Results: RESULTS/0001, RESULTS/0002, ...
#
# Results belong to the deck and the line that they were made from: a line that has changed since is refused, by the keys that differ,
# until its folder is removed or another RESULTS is given. A comment or another spelling of the same value is no change.
#
# A task that was stopped (wall-time limit, signal) is resumed where it stands when the array is submitted again; finished ones are
# left alone. With REQUEUE=1 a stopped task puts itself back into the queue. Set LISEI to the program if it is not on the PATH, and
# LAUNCHER (default: srun) to what starts more than one process per task.
#SBATCH --job-name=lisei
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=500M
#SBATCH --time=01:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --output=lisei-%A_%a.log
#SBATCH --open-mode=append
set -euo pipefail

fail() {
  printf 'slurm_array.sh: %s\n' "$*" >&2
  exit 1
}

[ $# -eq 3 ] || fail "expected DECK OVERRIDES RESULTS, got $# arguments"
deck=$1 overrides=$2 results=$3
task=${SLURM_ARRAY_TASK_ID:?this is a job array: submit it with sbatch --array=1-N}
lisei=${LISEI:-lisei}
command -v "$lisei" >/dev/null || fail "no program '$lisei': set LISEI to its path"
[ -r "$overrides" ] || fail "cannot read '$overrides'"

line=$(grep -Ev '^[[:space:]]*(#|$)' "$overrides" | sed -n "${task}p")
[ -n "$line" ] || fail "'$overrides' has no line $task"
mapfile -t words < <(printf '%s\n' "$line" | xargs -n 1 printf '%s\n')
set_options=()
for word in "${words[@]}"; do
  set_options+=(--set "$word")
done

out=$results/$(printf '%04d' "$task")
mkdir -p "$results"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 # dense systems of some tens of unknowns: threads only get in the way
launch=()
if [ "${SLURM_NTASKS:-1}" -gt 1 ]; then
  read -r -a launch <<<"${LAUNCHER:-srun}"
fi

if compgen -G "$out/checkpoint/*.h5" >/dev/null; then
  difference=$("$lisei" check "$deck" "${set_options[@]}" --against "$out" 2>&1 >/dev/null) || {
    printf '%s\n' "$difference" >&2
    fail "task $task: '$out' is not of this deck and line $task of '$overrides': remove the folder to run them again, or give another RESULTS"
  }
fi

if [ -f "$out/report.json" ] && grep -q '"status": 0' "$out/report.json"; then
  printf 'task %s: already done: %s\n' "$task" "$out"
  exit 0
elif compgen -G "$out/checkpoint/*.h5" >/dev/null; then
  arguments=(resume "$out")
else
  arguments=(run "$deck" --out "$out" --force "${set_options[@]}")
fi

printf 'task %s: %s' "$task" "$lisei"
printf ' %q' "${arguments[@]}"
printf '\n'
# Slurm signals this shell (B:TERM) a minute before the end; the run then saves its state and stops with status 3.
"${launch[@]}" "$lisei" "${arguments[@]}" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT
status=0
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do # a signal ends the first wait, not the run
  status=0
  wait "$child" || status=$?
done
if [ "$status" -eq 3 ] && [ "${REQUEUE:-0}" = 1 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}_$task"
fi
exit "$status"
