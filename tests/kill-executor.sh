#!/usr/bin/env bash
# Trains on a standalone cluster of two workers on this machine, kills executors at random instants (SIGKILL), and
# compares the last checkpoint, byte by byte, with that of a run in one process.
#
#   tests/kill-executor.sh [KILLS]   20 unless given
#   EPOCHS=12                        rounds of a run
#   LONGEST=...                      between two kills, in seconds; half of what an undisturbed run takes, and at least 12,
#                                    unless given: an executor that is killed before it has started loses no task
#   RANDOM_SEED=...                  repeats the instants of an earlier call
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tiny-run.sh

kills=${1:-20}
RANDOM=${RANDOM_SEED:-$$}
whole_run local[2]
longest=${LONGEST:-$((whole_seconds > 22 ? whole_seconds / 2 + 1 : 12))}
echo "kills=$kills longest=${longest}s epochs=$EPOCHS seed=${RANDOM_SEED:-$$} in $work"

# a Spark distribution of the jars that the launcher uses
export SPARK_HOME=$work/spark SPARK_SCALA_VERSION=2.12 SPARK_LOCAL_IP=127.0.0.1 OMP_NUM_THREADS=1
mkdir -p "$SPARK_HOME/jars"
ln -s "$PWD"/driver/target/tweedie-driver-*.jar "$PWD"/driver/target/{lib,spark}/*.jar "$SPARK_HOME/jars/"
touch "$SPARK_HOME/RELEASE"
port=$((20000 + RANDOM % 20000))
spark() { exec java @driver/target/jvm.options -Xmx256m -cp "$SPARK_HOME/jars/*" "$@"; }
spark org.apache.spark.deploy.master.Master --host 127.0.0.1 --port $port --webui-port 0 >"$work/master.log" 2>&1 &
cluster=($!)
for worker in 1 2; do
  spark org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g --webui-port 0 \
    --work-dir "$work/work-$worker" "spark://127.0.0.1:$port" >"$work/worker-$worker.log" 2>&1 &
  cluster+=($!)
done
stop_cluster() { kill "${cluster[@]}" 2>/dev/null || true; wait "${cluster[@]}" 2>/dev/null || true; }
trap stop_cluster EXIT

# of this cluster only: the children of its workers
executors() {
  for worker in "${cluster[@]:1}"; do
    pgrep -P "$worker" -f CoarseGrainedExecutorBackend || true
  done
}

killed=0 runs=0 differing=0
while [ "$killed" -lt "$kills" ]; do
  runs=$((runs + 1))
  run=$work/run-$runs
  TWEEDIE_JAVA_OPTS="${TWEEDIE_JAVA_OPTS:-} -Dspark.driver.host=127.0.0.1 -Dspark.driver.bindAddress=127.0.0.1 -Dspark.ui.enabled=false \
    -Dspark.executor.memory=512m -Dspark.executor.heartbeatInterval=1s" \
    driver/bin/tweedie train --conf "$conf" --run "$run" --master "spark://127.0.0.1:$port" \
    >"$work/run-$runs.log" 2>&1 &
  process=$!
  while kill -0 "$process" 2>/dev/null && [ "$killed" -lt "$kills" ]; do
    sleep "$(seconds "$longest")"
    mapfile -t alive < <(executors)
    if [ "${#alive[@]}" -gt 0 ] && kill -KILL "${alive[$((RANDOM % ${#alive[@]}))]}" 2>/dev/null; then
      killed=$((killed + 1))
    fi
  done
  status=0
  wait "$process" || status=$?
  if [ "$status" != 0 ]; then
    echo "status $status after $killed kills; see $work/run-$runs.log" >&2
    tail -n 3 "$work/run-$runs.log" >&2
    exit 1
  fi
  same_checkpoint "$run" || differing=$((differing + 1))
done

lost=$(cat "$work"/run-*.log | grep -c 'Lost task' || true)
echo "killed $killed executors ($lost tasks lost) in $runs runs of $EPOCHS rounds: $((runs - differing)) ended in the same bytes, $differing did not"
stop_cluster
[ "$differing" = 0 ] && clean_up
