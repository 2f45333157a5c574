#!/usr/bin/env bash
# Draws samples of a trained run with every method, measures them, and prints one Markdown table: quality against calls.
# Samples and measurements that are there are not made again; all are in the directory of the run.
#
#   tests/quality.sh --run DIRECTORY --data URI [--count N] [--walk-noise S] [--methods "heun-20 annealed ..."]
#                    [--master URL] [-D tweedie.key=value]...
#
#   --run         a trained run, a directory of this machine
#   --data        shards of labelled images that the run was not trained on
#   --count       samples of each method, 1000 unless given; compare tables of one count only
#   --walk-noise  noise that walk-jump walks at, 0.25 unless given
#   --methods     of those below; all but seed unless given
#   --master      as for tweedie
#
# heun-L (Heun's method on L levels), dpm-solver-L, unipc-L, ode, consistent-L, predictor-corrector-L, annealed, oat-M (M copies), walk-jump,
# seed (30,000 calls)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
run= data= count=1000 walk=0.25
methods="heun-5 heun-10 heun-20 dpm-solver-10 dpm-solver-20 unipc-20 ode consistent-50 consistent-100 predictor-corrector-50 annealed oat-50 walk-jump"
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --run) run=$2 ;;
    --data) data=$2 ;;
    --count) count=$2 ;;
    --walk-noise) walk=$2 ;;
    --methods) methods=$2 ;;
    --master) options+=(--master "$2") ;;
    -D) options+=(-D "$2") ;;
    *)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift 2
done
if [ -z "$run" ] || [ -z "$data" ]; then
  echo "--run and --data are needed; --help says what they are" >&2
  exit 2
fi

# what `sample` is told for a method
settings() {
  local number=${1##*-}
  case $1 in
    heun-* | dpm-solver-* | unipc-*) echo --method "${1%-*}" -D "tweedie.sample.levels=$number" ;;
    consistent-*) echo --method consistent -D "tweedie.sample.levels=$number" ;;
    predictor-corrector-*) echo --method predictor-corrector -D "tweedie.sample.levels=$number" ;;
    oat-*) echo --method oat -D "tweedie.sample.oat.copies=$number" ;;
    walk-jump) echo --method walk-jump -D "tweedie.sample.walk-jump.s=$walk" ;;
    ode | annealed | seed) echo --method "$1" ;;
    *)
      echo "there is no method $1; --help lists them" >&2
      return 2
      ;;
  esac
}

# the value of a top-level field of a JSON file
field() {
  sed -n "s/^  \"$2\" : \([^,]*\),\{0,1\}$/\1/p" "$1" 2>/dev/null
}

for method in $methods; do settings "$method" >/dev/null; done
for method in $methods; do
  name=$method-of-$count
  samples=$run/samples/$name
  measured=$run/evaluation/samples-$name.json
  if [ "$(field "$samples/diagnostics.json" samples)" != "$count" ]; then
    echo "== $method: sampling" >&2
    # shellcheck disable=SC2046 # several words
    "$root/driver/bin/tweedie" sample --run "$run" --count "$count" --name "$name" $(settings "$method") \
      ${options[@]+"${options[@]}"}
  fi
  if [ ! "$measured" -nt "$samples/diagnostics.json" ]; then
    echo "== $method: measuring" >&2
    "$root/driver/bin/tweedie" evaluate --run "$run" --data "$data" --samples "$name" --what samples \
      ${options[@]+"${options[@]}"} >&2
  fi
done

# one row of the table: name, calls, seconds, then the numbers of one set (samples, real or wrong) of a result
row() {
  awk -v name="$1" -v calls="$2" -v seconds="$3" -v set="$4" '
    match($0, /^    "(metric|of)" : "/) {
      value = $0
      sub(/^[^:]*: "/, "", value)
      sub(/",?$/, "", value)
      if ($0 ~ /^    "metric"/) { metric = value } else { of = value }
    }
    /^    "[a-z]+" : \{/ { split($0, quoted, "\""); at = quoted[2] }
    /^      "(value|low|high)" : / {
      split($0, quoted, "\"")
      number = $0
      sub(/^[^:]*: /, "", number)
      if (at == set) { found[of " " metric, quoted[2]] = number + 0 }
    }
    function both(key) {
      return (key, "value") in found ? sprintf("%.3g +- %.2g", found[key, "value"], (found[key, "high"] - found[key, "low"]) / 2) : "-"
    }
    function pair(first, second) {
      return (first, "value") in found ? sprintf("%.2f, %.2f", found[first, "value"], found[second, "value"]) : "-"
    }
    END {
      printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, calls, seconds,
        both("classes total variation"), both("features MMD^2, cubic kernel"), both("pixels sliced W2"),
        both("classes confidence"), pair("features precision", "features recall"),
        pair("features density", "features coverage"), both("pixels C2ST accuracy")
    }' "$5"
}

echo
echo "$count samples of each method against as many images of $(basename "$data")"
echo
echo "| method | calls | seconds | class total variation | MMD^2, features | sliced W2, pixels | confidence | precision, recall | density, coverage | C2ST accuracy |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for method in $methods; do
  measured=$run/evaluation/samples-$method-of-$count.json
  diagnostics=$run/samples/$method-of-$count/diagnostics.json
  row "$method" "$(field "$diagnostics" calls_per_chain)" "$(printf %.0f "$(field "$diagnostics" seconds)")" \
    samples "$measured"
done
row "real (floor)" - - real "$measured"
row "wrong" - - wrong "$measured"
