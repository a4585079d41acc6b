#!/usr/bin/env bash
# bench/dpo-vs-ppo/run.sh OUT [SEEDS] [full|trial]: the experiment of docs/experiments/dpo-vs-ppo.md from the starter model
# to OUT/frontier.svg and OUT/frontier.md. A second call with the same OUT goes on where the first ended.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
MAIN=org.align4j.bench.frontier.DpoVsPpo exec "$root/bench/run" "$@"
