#!/usr/bin/env bash
# Builds an image with buildah, on stand-ins for the images of others that are made here, and runs commands in it.
# Needs root, buildah, debootstrap, what `mvn package` makes, and Maven's downloads in ~/.m2/repository.
#   tests/image.sh DIRECTORY         that for CPUs; keeps its files there, about 5 GB, and uses a base again that is there already
#   tests/image.sh DIRECTORY cuda    that for GPUs, about 25 GB; needs gcc, too, and LibTorch for CUDA, 2.5 GB, among Maven's
#                                    downloads (MAVEN_OPTIONS=-B downloads it). Its commands compute on the CPU, by LibTorch
#                                    for CUDA beside a driver that has no card
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mkdir -p "${1:?a directory for its files}" && cd "$1" && pwd -P)
release=${DEBIAN_RELEASE:-bookworm}
kind=${2:-cpu}
base=localhost/tweedie-base:$release
plain=localhost/tweedie-plain:$release
build=localhost/tweedie-build:$release
image=localhost/tweedie:test

mkdir -p "$work/storage"
cat > "$work/storage.conf" <<END
[storage]
driver = "vfs"
graphroot = "$work/storage"
runroot = "$work/run"
END
export CONTAINERS_STORAGE_CONF=$work/storage.conf
export BUILDAH_ISOLATION=chroot

# The files of a Debian with these packages: $work/NAME.tar
make_root() {
  [ ! -e "$work/$1.tar" ] || return 0
  debootstrap --variant=minbase --include="$2" "$release" "$work/$1" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
  tar -C "$work/$1" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' \
    --exclude=./var/cache/apt/archives --exclude=./var/lib/apt/lists -cf "$work/$1.tar" .
}

# Java, Maven and what Spark's entrypoint needs, and Spark laid out as in its image
make_base() {
  make_root root ca-certificates,openjdk-17-jdk-headless,maven,tini,procps
  rm -rf "$work/spark"
  mkdir -p "$work/spark/bin" "$work/spark/work-dir"
  cp -rL "$root/driver/target/spark" "$work/spark/jars"
  touch "$work/spark/RELEASE"
  cat > "$work/spark/bin/spark-submit" <<'END'
#!/usr/bin/env bash
# Spark's launcher prints the command, its words ended by NUL, after NUL and a newline
export SPARK_HOME=/opt/spark SPARK_SCALA_VERSION=2.12
mapfile -d '' -t command < <(java -Xmx128m -cp "/opt/spark/jars/*" org.apache.spark.launcher.Main \
  org.apache.spark.deploy.SparkSubmit "$@" | tail -c +3)
exec "${command[@]}"
END
  cat > "$work/entrypoint.sh" <<'END'
#!/usr/bin/env bash
case ${1:-} in
  driver) shift; exec /usr/bin/tini -s -- /opt/spark/bin/spark-submit --deploy-mode client "$@" ;;
  *) exec "$@" ;;
esac
END
  chmod 755 "$work/spark/bin/spark-submit" "$work/entrypoint.sh"
  local container
  container=$(buildah from scratch)
  buildah add "$container" "$work/root.tar" /
  buildah commit "$container" "$build" # Maven runs as root, as in its image
  buildah add "$container" "$work/spark" /opt/spark
  buildah add "$container" "$work/entrypoint.sh" /opt/entrypoint.sh
  buildah run "$container" -- sh -c \
    'groupadd --system --gid=185 spark && useradd --system --uid=185 --gid=spark spark && chown -R 185:185 /opt/spark/work-dir
     find /usr/lib/jvm -xtype l -delete
     cp /opt/entrypoint.sh /opt/decom.sh && mkdir /opt/java && cp -rL /usr/lib/jvm/java-17-openjdk-amd64 /opt/java/openjdk'
  buildah config --env SPARK_HOME=/opt/spark --workingdir /opt/spark/work-dir --user spark \
    --entrypoint '["/opt/entrypoint.sh"]' "$container"
  buildah commit --rm "$container" "$base"
}

# What NVIDIA's image is without its packages
make_plain() {
  make_root plain ca-certificates
  local container
  container=$(buildah from scratch)
  buildah add "$container" "$work/plain.tar" /
  buildah commit --rm "$container" "$plain"
}

is_made() { buildah inspect --type image "$1" >/dev/null 2>&1; }

is_made "$base" || make_base
if [ "$kind" = cuda ]; then
  is_made "$plain" || make_plain
  file=Dockerfile.cuda
  engine=(-D tweedie.compute.engine=torch)
  bases=(--build-arg BASE_IMAGE="$plain" --build-arg SPARK_IMAGE="$base")
else
  file=Dockerfile
  engine=()
  bases=(--build-arg BASE_IMAGE="$base")
fi

buildah bud --pull-never -f "$root/docker/$file" -t "$image" "${bases[@]}" --build-arg BUILD_IMAGE="$build" \
  --build-arg MAVEN_OPTIONS="${MAVEN_OPTIONS:--o} -Dmaven.repo.local=/m2" -v "$HOME/.m2/repository:/m2" "$root"

echo "entrypoint: $(buildah inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' "$image")"
echo "size: $(buildah images --format '{{.Size}}' "$image"), of it the base $(buildah images --format '{{.Size}}' "${bases[1]#*=}")"
echo "user: $(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")"

container=$(buildah from --pull-never "$image")
trap 'buildah rm "$container" >/dev/null' EXIT
in_image() { buildah run "${environment[@]}" "$container" -- /opt/entrypoint.sh "$@"; }
environment=()
small=(--conf /opt/tweedie/conf/demo.conf -D tweedie.data.path=/tmp/shards -D tweedie.train.epochs=1
  -D tweedie.train.batch-size=16 -D tweedie.train.workers=2 -D 'tweedie.model.channels=[4,8]' -D tweedie.model.halvings=1)
refused() {
  local status=0
  in_image tweedie train --run /tmp/none "$@" || status=$?
  echo "refused: $status"
}

echo "id: $(in_image id -u)"
# two versions of one library on the class path; ND4J's guava is another library than Spark's
in_image ls /opt/spark/jars \
  | sed -E 's/-([0-9][0-9A-Za-z.]*(-(SNAPSHOT|M[0-9.]+|1\.5\.7|jre|incubating))?).*\.jar$/ \1/' \
  | sort -u | cut -d ' ' -f 1 | uniq -d | sed '/^guava$/d; s/^/twice: /'
in_image tweedie import --from digits --size 8x8 --limit 64 --output /tmp/shards -D tweedie.data.images-per-shard=32
if [ "$kind" = cuda ]; then
  refused "${small[@]}" "${engine[@]}" # no driver
  nm -D --undefined-only "$(buildah mount "$container")/opt/libtorch/libcaffe2_nvrtc.so" \
    | awk '$2 ~ /^cu[A-Z]/ { print "int " $2 "(void) { return 100; }" }' \
    | gcc -shared -fPIC -x c -o "$work/libcuda.so.1" -
  buildah copy "$container" "$work/libcuda.so.1" /tmp/driver/libcuda.so.1
  environment=(--env LD_LIBRARY_PATH=/tmp/driver)
fi
in_image tweedie train --run /tmp/run "${small[@]}" "${engine[@]}"
in_image tweedie doctor --run /tmp/run -D tweedie.data.path=/tmp/shards "${engine[@]}" && echo "doctor: 0"
in_image tweedie sample --run /tmp/run --count 4 --method heun -D tweedie.sample.levels=3 "${engine[@]}"
refused
if [ "$kind" = cuda ]; then
  cat > "$work/nvidia-smi" <<'END'
#!/bin/sh
echo "0, GPU-aa, a card, 9.0, 143771 MiB, 550.54"
END
  buildah copy --chmod 755 "$container" "$work/nvidia-smi" /usr/local/bin/nvidia-smi
  refused --master 'local[1]' "${small[@]}" "${engine[@]}" # a card that CUDA does not find
fi
in_image ls -d /tmp/none 2>/dev/null || echo "nothing was written"
