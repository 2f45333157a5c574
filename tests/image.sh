#!/usr/bin/env bash
# Builds the CPU image with buildah, on a stand-in for Spark's image that is made here, and runs commands in it.
# Needs root, buildah, debootstrap, what `mvn package` makes, and Maven's downloads in ~/.m2/repository.
#   tests/image.sh DIRECTORY     keeps its files there, about 5 GB; a base that is there already is used again
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mkdir -p "${1:?a directory for its files}" && cd "$1" && pwd -P)
release=${DEBIAN_RELEASE:-bookworm}
base=localhost/tweedie-base:$release
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

# Java, Maven and what Spark's entrypoint needs, and Spark laid out as in its image
make_base() {
  if [ ! -e "$work/root.tar" ]; then
    debootstrap --variant=minbase \
      --include=ca-certificates,openjdk-17-jdk-headless,maven,tini,procps "$release" "$work/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
    tar -C "$work/root" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' \
      --exclude=./var/cache/apt/archives --exclude=./var/lib/apt/lists -cf "$work/root.tar" .
  fi
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
    'groupadd --system --gid=185 spark && useradd --system --uid=185 --gid=spark spark && chown -R 185:185 /opt/spark/work-dir'
  buildah config --env SPARK_HOME=/opt/spark --workingdir /opt/spark/work-dir --user spark \
    --entrypoint '["/opt/entrypoint.sh"]' "$container"
  buildah commit --rm "$container" "$base"
}

buildah inspect --type image "$base" >/dev/null 2>&1 || make_base

buildah bud --pull-never -f "$root/docker/Dockerfile" -t "$image" \
  --build-arg BASE_IMAGE="$base" --build-arg BUILD_IMAGE="$build" \
  --build-arg MAVEN_OPTIONS="-o -Dmaven.repo.local=/m2" -v "$HOME/.m2/repository:/m2" "$root"

echo "entrypoint: $(buildah inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' "$image")"
echo "user: $(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")"

container=$(buildah from --pull-never "$image")
trap 'buildah rm "$container" >/dev/null' EXIT
in_image() { buildah run "$container" -- /opt/entrypoint.sh "$@"; }

echo "id: $(in_image id -u)"
# two versions of one library on the class path; ND4J's guava is another library than Spark's
in_image ls /opt/spark/jars \
  | sed -E 's/-([0-9][0-9A-Za-z.]*(-(SNAPSHOT|M[0-9.]+|1\.5\.7|jre|incubating))?).*\.jar$/ \1/' \
  | sort -u | cut -d ' ' -f 1 | uniq -d | sed '/^guava$/d; s/^/twice: /'
in_image tweedie import --from digits --size 8x8 --limit 64 --output /tmp/shards -D tweedie.data.images-per-shard=32
in_image tweedie train --conf /opt/tweedie/conf/demo.conf --run /tmp/run -D tweedie.data.path=/tmp/shards \
  -D tweedie.train.epochs=1 -D tweedie.train.batch-size=16 -D tweedie.train.workers=2 \
  -D 'tweedie.model.channels=[4,8]' -D tweedie.model.halvings=1
in_image tweedie doctor --run /tmp/run -D tweedie.data.path=/tmp/shards && echo "doctor: 0"
in_image tweedie sample --run /tmp/run --count 4 --method heun -D tweedie.sample.levels=3
status=0
in_image tweedie train --run /tmp/none || status=$?
echo "refused: $status"
