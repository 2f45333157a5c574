#!/usr/bin/env bash
# Trains with 1, 2, 4 and 8 workers, averaged in several ways, on equally many images, and prints one table: the mean training
# loss of the last epoch and the loss of the moving average on held-out images.
# A run that is there goes on where it was; one that is finished is only read.
#
#   tests/averaging.sh --data URI --validation URI --runs DIRECTORY [--epochs N] [--conf FILE] [--workers "1 2 4 8"]
#                      [--ways "mean-epoch mean-10 nesterov-10 slowmo-10"] [-D tweedie.key=value]...
#
#   --data, --validation  shards that `tweedie import` wrote: to train on, and held out
#   --runs                where the runs and table.txt go, a directory of this machine
#   --epochs              passes over the data of each run, 4 unless given
#   --conf                settings of all runs, conf/mnist.conf unless given
#
# A way is a value of train.averaging.strategy and one of train.averaging.every: nesterov-10 takes a step of momentum after
# every 10 steps of the workers. The table has all runs of so many epochs that are in the directory.
# The number of tasks at once is that of the cores; it changes no number, only the time.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
data= validation= runs= epochs=4 conf=$root/conf/mnist.conf workers="1 2 4 8" ways="mean-epoch mean-10 nesterov-10 slowmo-10"
overrides=()
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=$2 ;;
    --validation) validation=$2 ;;
    --runs) runs=$2 ;;
    --epochs) epochs=$2 ;;
    --conf) conf=$2 ;;
    --workers) workers=$2 ;;
    --ways) ways=$2 ;;
    -D) overrides+=(-D "$2") ;;
    *)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift 2
done
if [ -z "$data" ] || [ -z "$validation" ] || [ -z "$runs" ]; then
  echo "--data, --validation and --runs are needed; --help says what they are" >&2
  exit 2
fi
mkdir -p "$runs"

# rounds, images, mean loss of the images of the last epoch, validation loss: of the lines of a metrics.jsonl
numbers() {
  awk -v epochs="$epochs" '
    # the first field of this name; those inside lists come later
    function field(name, pair) {
      return match($0, "\"" name "\":[^,}]*") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : ""
    }
    { rounds = field("round"); seen[NR] = field("images_seen"); loss[NR] = field("loss"); held = field("validation_loss") }
    END {
      for (i = 1; i <= NR; i++) {
        if (seen[i] > seen[NR] * (epochs - 1) / epochs + 0.5) {
          sum += (seen[i] - seen[i - 1]) * loss[i]
          images += seen[i] - seen[i - 1]
        }
      }
      printf "%8d %10d %10.5f %16.5f\n", rounds, seen[NR], sum / images, held
    }' "$1/metrics.jsonl"
}

for k in $workers; do
  for way in $ways; do
    run=$runs/$way-$k
    if [ "$(cat "$run/finished" 2>/dev/null)" = "$epochs epochs" ]; then continue; fi
    echo "== $way, $k workers" >&2
    "$root/driver/bin/tweedie" train --conf "$conf" --run "$run" \
      -D "tweedie.data.path=$data" -D "tweedie.data.validation-path=$validation" \
      -D "tweedie.train.epochs=$epochs" -D "tweedie.train.workers=$k" \
      -D tweedie.train.threads-per-worker=1 -D tweedie.train.validation.every=1000000 \
      -D "tweedie.train.averaging.strategy=${way%-*}" -D "tweedie.train.averaging.every=${way##*-}" \
      ${overrides[@]+"${overrides[@]}"}
    echo "$epochs epochs" >"$run/finished"
  done
done

table=$runs/table.txt
{
  echo "$(basename "$conf"), $epochs epochs of $data"
  printf '%-14s %8s %8s %10s %10s %16s\n' averaging workers rounds images loss validation_loss
  find "$runs" -mindepth 2 -maxdepth 2 -name finished | sort -V | while read -r finished; do
    if [ "$(cat "$finished")" != "$epochs epochs" ]; then continue; fi
    run=$(dirname "$finished")
    name=$(basename "$run")
    printf '%-14s %8d %s\n' "${name%-*}" "${name##*-}" "$(numbers "$run")"
  done
} >"$table"
cat "$table"
