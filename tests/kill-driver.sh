#!/usr/bin/env bash
# Kills the process that trains at random instants (SIGKILL), starts it again each time, and compares the last
# checkpoint, byte by byte, with that of a run that nothing happened to.
#
#   tests/kill-driver.sh [KILLS]     20 unless given
#   EPOCHS=12                        rounds of a run
#   LONGEST=...                      no process gets more than this many seconds of processors; what an undisturbed run takes,
#                                    unless given, so that kills fall anywhere between its start and its end
#   RANDOM_SEED=...                  repeats the instants of an earlier call
#
# The kernel kills a process at its limit of processor time (ulimit -t), so how busy the machine is does not matter.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tiny-run.sh

kills=${1:-20}
RANDOM=${RANDOM_SEED:-$$}
whole_run local[2]
longest=${LONGEST:-$processor_seconds}
echo "kills=$kills longest=${longest}s epochs=$EPOCHS seed=${RANDOM_SEED:-$$} in $work"

killed=0 in_rounds=0 runs=0 differing=0
while [ "$killed" -lt "$kills" ]; do
  runs=$((runs + 1))
  run=$work/run-$runs
  finished=0
  while [ "$finished" = 0 ]; do
    log=$work/run-$runs-after-$killed.log
    limit=unlimited
    if [ "$killed" -lt "$kills" ]; then limit=$((1 + RANDOM % longest)); fi
    status=0
    {
      (
        ulimit -t "$limit"
        exec driver/bin/tweedie train --conf "$conf" --run "$run" --master "local[2]"
      ) >"$log" 2>&1 || status=$?
    } 2>/dev/null # bash tells of every process that was killed
    case $status in
      0) finished=1 ;;
      137)
        killed=$((killed + 1))
        if grep -q ' parameters, [0-9]* workers$' "$log"; then in_rounds=$((in_rounds + 1)); fi
        ;;
      *)
        echo "status $status after $killed kills; see $log" >&2
        tail -n 3 "$log" >&2
        exit 1
        ;;
    esac
  done
  same_checkpoint "$run" || differing=$((differing + 1))
done

echo "killed $killed processes ($in_rounds of them in their rounds) in $runs runs of $EPOCHS rounds: $((runs - differing)) ended in the same bytes, $differing did not"
[ "$differing" = 0 ] && clean_up
