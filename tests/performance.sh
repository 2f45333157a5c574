#!/usr/bin/env bash
# Measures how fast Tweedie is and prints the tables of docs/performance.md: beside PyTorch where there is something to compare
# with, in turns on the same machine, as medians with the range of the ratio.
#
#   tests/performance.sh --data SHARDS [--only N[,N..]] [--quick] [--threads N] [--out DIRECTORY]
#   tests/performance.sh --jmh [arguments of JMH]
#   tests/performance.sh --mixture [RUN]
#   tests/performance.sh --intervals [SPLITS [ROWS [SHARDS]]]
#
#   --data       shards of MNIST's training images, as `tweedie import --from mnist` writes them
#   --only       numbers of tables, 1 to 8; 0 is the peak of the machine
#   --quick      everything once and short, to see whether it works: its numbers say nothing
#   --threads    cores to take, all unless given
#   --out        where runs and event logs go, a new temporary directory unless given
#   --mixture    the tables of docs/sampling.md, or those of a run of conf/two-modes.conf
#   --intervals  how often the intervals of docs/evaluation.md hold, and whether its p-values are uniform
#   --jmh        the same benchmarks by JMH: --jmh -l lists them, --jmh Operations -p "operation=gemm 2048" runs one
#
# PyTorch is that of $PYTHON, a python with torch and numpy; without it Debian's python3-torch, which is installed where it is
# missing and this is root on a Debian. Nothing else should run on the machine.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

if [ ! -d "$root/tests/target/jmh" ] || [ ! -d "$root/driver/target/spark" ] || [ "${TWEEDIE_REBUILD:-0}" = 1 ]; then
  echo "Building Tweedie and its benchmarks." >&2
  (cd "$root" && mvn -q -B -ntp -DskipTests package) >&2
fi

# what driver/bin/tweedie sets, and says why
export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=268435456
export SPARK_LOCAL_IP=127.0.0.1
target=$root/driver/target
java=(
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$target/jvm.options" -Xmx2g -Djava.awt.headless=true
  -Dorg.bytedeco.javacpp.maxbytes=4g -Dorg.bytedeco.javacpp.maxphysicalbytes=0
  -cp "$root/tests/target/test-classes:$root/job/target/test-classes:$(echo "$target"/tweedie-driver-*.jar):$target/lib/*:$target/spark/*:$root/tests/target/jmh/*"
)

if [ "${1:-}" = --jmh ]; then
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
  exec "${java[@]}" org.openjdk.jmh.Main "${@:2}"
fi

if [ "${1:-}" = --mixture ]; then
  export OMP_NUM_THREADS=1
  exec "${java[@]}" tweedie.benchmark.MixtureSamples "${@:2}"
fi

if [ "${1:-}" = --intervals ]; then
  export OMP_NUM_THREADS=1
  exec "${java[@]}" tweedie.evaluate.samples.IntervalCoverage "${@:2}"
fi

# Debian's packages are seen by Debian's python3, which need not be the first on the path
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
  if [ -z "${PYTHON:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing python3-torch." >&2
    apt-get install -y -qq --no-install-recommends python3-torch >&2 || true
  fi
  if ! "$python" -c 'import torch' 2>/dev/null; then
    echo "There is no PyTorch (apt-get install python3-torch): the tables come without it." >&2
  fi
fi
exec "$python" "$root/tests/performance.py" --java "$(printf '%s\n' "${java[@]}")" "$@"
