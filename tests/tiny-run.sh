# What the kill scripts share: a run of a tiny network on two numbers, and how its end is compared. Sourced, from the
# root of the checkout; the files are in $work, which goes at the end unless something went wrong.

EPOCHS=${EPOCHS:-12}
work=$(mktemp -d "${TMPDIR:-/tmp}/tweedie-kills.XXXXXX")
conf=$work/tiny.conf
clean_up() { rm -rf "$work"; }

cat >"$conf" <<CONF
tweedie {
  data { path = "$work/data", images-per-shard = 100
         mixture { weights = [0.5, 0.5], means = [[0.2, 0.2], [0.8, 0.8]], stds = [0.05, 0.1] } }
  noise.copies = 2
  model { network = mlp, hidden = 16, depth = 1, embedding = 8 }
  train { epochs = $EPOCHS, batch-size = 16, workers = 3, threads-per-worker = 1, warmup-images = 300, decay = cosine }
}
CONF

# a random time below $1 seconds
seconds() { printf '%d.%03d' $((RANDOM % $1)) $((RANDOM % 1000)); }

# trains the run that others are compared with, on the master $1; it takes $whole_seconds, and $processor_seconds of processors
whole_run() {
  driver/bin/tweedie import --from mixture --conf "$conf" --limit 600 --output "$work/data" --master "local[2]" \
    >"$work/whole.log" 2>&1
  local user system TIMEFORMAT='%0U %0S'
  SECONDS=0
  { time driver/bin/tweedie train --conf "$conf" --run "$work/whole" --master "$1" >>"$work/whole.log" 2>&1; } \
    2>"$work/times"
  whole_seconds=$SECONDS
  read -r user system <"$work/times"
  processor_seconds=$((user + system))
}

# whether the last checkpoint of the run $1 is that of the whole run, byte by byte
same_checkpoint() {
  local last
  last=checkpoints/$(printf 'round-%06d' "$EPOCHS")
  diff -r "$work/whole/$last" "$1/$last" && [ ! -e "$1/lock.json" ]
}
