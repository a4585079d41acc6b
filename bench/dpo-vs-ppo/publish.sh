#!/usr/bin/env bash
# bench/dpo-vs-ppo/publish.sh OUT: puts what run.sh left in OUT into docs/experiments/dpo-vs-ppo.md.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
page=$root/docs/experiments/dpo-vs-ppo.md
cp "$1/frontier.svg" "$root/docs/experiments/dpo-vs-ppo.svg"
awk -v table="$1/frontier.md" '
  /^\| method \|/ { while ((getline line < table) > 0) print line; old = 1; next }
  old && /^\|/ { next }
  { old = 0; print }' "$page" > "$page.new"
mv "$page.new" "$page"
