#!/usr/bin/env bash
# bench/flan/run.sh ablation|start EXPERIMENT.yaml [KEY=VALUE …]: the experiments of docs/experiments/flan.md, on one thread.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
case ${1:-} in
  ablation) main=Ablation ;;
  start) main=StartingPoint ;;
  *) echo "usage: bench/flan/run.sh ablation|start EXPERIMENT.yaml [KEY=VALUE …]" >&2; exit 2 ;;
esac
OMP_NUM_THREADS=1 MAIN=org.align4j.bench.flan.$main exec "$root/bench/run" "${@:2}"
