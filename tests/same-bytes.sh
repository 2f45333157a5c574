#!/usr/bin/env bash
# Shows that two checkouts of Tweedie make the same bytes: data, trainings, samples of every method, measurements, studies, pages.
#
#   tests/same-bytes.sh BEFORE AFTER [DIRECTORY]
#
#   BEFORE, AFTER  checkouts, built with `mvn -DskipTests package`
#   DIRECTORY      where results go, a new temporary directory unless given; a checkout that has its results there already is not
#                  run again
#
# Both run the same commands, one after the other, in a directory of the same name. Times, memory, hosts and versions are taken
# out of text before it is compared; everything else, Parquet and pictures too, must be the same to the last byte (but for the
# order of names in Parquet's footers). About ten
# minutes on two cores.
set -euo pipefail

before=$(cd "$1" && pwd -P)
after=$(cd "$2" && pwd -P)
work=${3:-$(mktemp -d)}
mkdir -p "$work"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
conf=$before/conf # of both: settings are not what is compared

results() { # CHECKOUT: writes into this directory
  local tweedie="$1/driver/bin/tweedie" two method
  two=(--master 'local[2]')
  "$tweedie" import --from digits --size 20x20 --limit 1000 --output data/digits -D tweedie.data.images-per-shard=250 "${two[@]}"
  "$tweedie" import --from digits --size 20x20 --limit 400 --output data/test -D tweedie.seed=9 -D tweedie.data.images-per-shard=200 "${two[@]}"
  "$tweedie" train --conf "$conf/demo.conf" --run runs/demo -D tweedie.data.path=data/digits -D tweedie.train.epochs=3 "${two[@]}" \
    -D tweedie.data.validation-path=data/test -D tweedie.train.averaging.strategy=nesterov
  "$tweedie" import --from mixture --conf "$conf/two-modes.conf" --limit 20000 --output data/two-modes "${two[@]}"
  "$tweedie" train --conf "$conf/two-modes.conf" --run runs/two-modes -D tweedie.data.path=data/two-modes -D tweedie.train.epochs=2 "${two[@]}"
  for method in heun annealed consistent ode predictor-corrector; do
    "$tweedie" sample --run runs/demo --count 40 --method $method --name $method --force "${two[@]}" -D tweedie.sample.levels=12
    "$tweedie" sample --run runs/two-modes --count 100 --method $method --name $method --force "${two[@]}" -D tweedie.sample.levels=12
  done
  "$tweedie" sample --run runs/demo --count 64 --name heun --method heun --animate --force "${two[@]}" -D tweedie.sample.levels=12
  "$tweedie" sample --run runs/two-modes --count 32 --method walk-jump --name walk-jump --force "${two[@]}" -D tweedie.sample.walk-jump.s=1
  "$tweedie" sample --run runs/two-modes --count 8 --method oat --name oat --force "${two[@]}"
  "$tweedie" sample --run runs/two-modes --count 2 --method seed --name seed --force "${two[@]}"
  "$tweedie" evaluate --run runs/demo --data data/test --what samples,score,likelihood --samples heun "${two[@]}" \
    -D tweedie.evaluate.likelihood.images=64 -D tweedie.evaluate.likelihood.sensitivity-images=8 -D tweedie.evaluate.score.images=64
  "$tweedie" evaluate --run runs/two-modes --what samples,score,likelihood --samples heun "${two[@]}" \
    -D tweedie.evaluate.likelihood.images=64 -D tweedie.evaluate.score.images=100
  "$tweedie" evaluate --run runs/demo --data data/test --what samples --samples annealed --checkpoint 2 "${two[@]}"
  "$tweedie" report --run runs/demo
  "$tweedie" report --run runs/two-modes
  "$tweedie" study --conf "$conf/study-quick.conf" --out study -D tweedie.study.seeds=2 -D tweedie.study.mixtures.dimensions=[2] \
    -D tweedie.study.mixtures.steps=20 "${two[@]}"
  "$tweedie" export --run runs/demo --what weights --out weights.npz
  "$tweedie" export --run runs/demo --what samples --name heun --out samples.npz
  python3 "$here/same_bytes.py" --picture picture.png
  "$tweedie" denoise --run runs/demo --input picture.png --sigma 0.3 --out denoised --add-noise
  "$tweedie" denoise --run runs/demo --copies picture.png,picture.png --sigma 0.3 --out fused.png
}

for side in before after; do
  [ ! -d "$work/$side" ] || continue
  rm -rf "$work/run"
  mkdir -p "$work/run"
  checkout=$before
  [ $side = before ] || checkout=$after
  # in the background, for in a condition bash would go on after a command that fails
  (cd "$work/run" && set -x && results "$checkout") >"$work/$side.log" 2>&1 &
  wait $! || { echo "A command failed: see $work/$side.log" >&2; exit 1; }
  mv "$work/run" "$work/$side"
done
exec python3 "$here/same_bytes.py" "$work/before" "$work/after"
