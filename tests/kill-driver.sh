#!/usr/bin/env bash
# Kills the process that trains at random instants (SIGKILL), starts it again each time, and compares the last
# checkpoint, byte by byte, with that of a run that nothing happened to.
#
#   tests/kill-driver.sh [KILLS]     20 unless given
#   EPOCHS=12                        rounds of a run
#   LONGEST=12                       no process lives longer than this many seconds
#   RANDOM_SEED=...                  repeats the instants of an earlier call
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tiny-run.sh

kills=${1:-20}
longest=${LONGEST:-12}
RANDOM=${RANDOM_SEED:-$$}
echo "kills=$kills longest=${longest}s epochs=$EPOCHS seed=${RANDOM_SEED:-$$} in $work"

whole_run local[2]

killed=0 runs=0 differing=0
while [ "$killed" -lt "$kills" ]; do
  runs=$((runs + 1))
  run=$work/run-$runs
  finished=0
  while [ "$finished" = 0 ]; do
    driver/bin/tweedie train --conf "$conf" --run "$run" --master "local[2]" >>"$work/run-$runs.log" 2>&1 &
    process=$!
    if [ "$killed" -lt "$kills" ]; then
      sleep "$(seconds "$longest")"
      if kill -KILL "$process" 2>/dev/null; then killed=$((killed + 1)); fi
    fi
    status=0
    wait "$process" 2>/dev/null || status=$?
    case $status in
      0) finished=1 ;;
      137) ;;
      *)
        echo "status $status after $killed kills; see $work/run-$runs.log" >&2
        tail -n 3 "$work/run-$runs.log" >&2
        exit 1
        ;;
    esac
  done
  same_checkpoint "$run" || differing=$((differing + 1))
done

echo "killed $killed processes in $runs runs of $EPOCHS rounds: $((runs - differing)) ended in the same bytes, $differing did not"
[ "$differing" = 0 ] && clean_up
