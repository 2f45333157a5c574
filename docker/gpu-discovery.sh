#!/usr/bin/env bash
# Tells Spark which GPUs this machine or container has: {"name":"gpu","addresses":["0","1"]}
set -euo pipefail
if ! command -v nvidia-smi >/dev/null; then
  echo "nvidia-smi is missing: no NVIDIA driver, or a container without it (runtimeClassName: nvidia)" >&2
  exit 1
fi
nvidia-smi --query-gpu=index --format=csv,noheader |
  awk 'NF { list = list (list ? "," : "") "\"" $1 "\"" } END { print "{\"name\":\"gpu\",\"addresses\":[" list "]}" }'
