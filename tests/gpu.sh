#!/usr/bin/env bash
# Tries Tweedie on this machine's GPU, at most 8 minutes: whether it computes what the CPU does, repeats its bits, keeps its memory
# and its card to itself; images/s of training beside PyTorch's, where Python has it.
#
#   tests/gpu.sh          prints what it finds, and ends with 1 if something is wrong
#   tests/gpu.sh --cpu    the same program on the CPU, to see whether it works
#
# Needs Java 17, what `mvn -Ptorch -DskipTests package` makes (made if it is missing), and LibTorch (docs/gpu.md): that of
# PYTORCH_LIBRARY_PATH, or of Python's torch if that has the version that this build fits. No internet otherwise.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
target=$root/driver/target
device=0
[ "${1:-}" != --cpu ] || device=cpu

if ! compgen -G "$target/lib/pytorch-jni-*.jar" >/dev/null; then
  echo "Building Tweedie with -Ptorch." >&2
  (cd "$root" && mvn -q -B -ntp -Ptorch -DskipTests package) >&2
fi

python=${PYTHON:-python3}
if [ -z "${PYTORCH_LIBRARY_PATH:-}" ] && "$python" -c 'import torch' 2>/dev/null; then
  eval "$("$python" - <<'END'
import os, torch
version, _, flavor = torch.__version__.partition("+")
abi = "" if torch._C._GLIBCXX_USE_CXX11_ABI else "-precxx11"
print(f"export PYTORCH_LIBRARY_PATH={os.path.join(os.path.dirname(torch.__file__), 'lib')}")
print(f"export PYTORCH_VERSION={version} PYTORCH_FLAVOR={flavor or 'cpu'}{abi}")
END
)"
fi
echo "libtorch: ${PYTORCH_LIBRARY_PATH:-of the class path} ${PYTORCH_VERSION:-} ${PYTORCH_FLAVOR:-}"
if [ "$device" = 0 ]; then
  nvidia-smi --query-gpu=name,compute_cap,memory.total,driver_version --format=csv,noheader
fi

export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=268435456
status=0
timeout 400 "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$target/jvm.options" -Xmx4g -Djava.awt.headless=true \
  -Dorg.bytedeco.javacpp.maxbytes=4g -Dorg.bytedeco.javacpp.maxphysicalbytes=0 \
  -cp "$root/tests/target/test-classes:$root/job/target/test-classes:$(echo "$target"/tweedie-driver-*.jar):$target/lib/*:$target/spark/*:$root/tests/target/jmh/*${TWEEDIE_LIBTORCH_JAR:+:$TWEEDIE_LIBTORCH_JAR}" \
  tweedie.benchmark.GpuTrial "$device" 1.5 2>/tmp/tweedie-gpu.err || status=$?
[ "$status" = 0 ] || tail -20 /tmp/tweedie-gpu.err >&2

if [ "$device" = 0 ] && "$python" -c 'import torch, numpy; assert torch.cuda.is_available()' 2>/dev/null; then
  timeout 120 "$python" "$root/tests/pytorch_twin.py" gpu 1 || status=$?
fi
exit "$status"
