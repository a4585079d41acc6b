#!/usr/bin/env bash
# bench/dpo-vs-ppo/publish.sh OUT: puts what run.sh left in OUT into docs/experiments/dpo-vs-ppo.md.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
page=$root/docs/experiments/dpo-vs-ppo.md
cp "$1/frontier.svg" "$root/docs/experiments/dpo-vs-ppo.svg"
{
  awk '{ print } /^## What came of it/ { exit }' "$page"
  printf '\n![Reward over KL](dpo-vs-ppo.svg)\n\n'
  echo "Means over the seeds, least and largest in brackets; seconds are of training alone, on one core, PPO's without its reward model's."
  echo
  cat "$1/frontier.md"
  echo
  # what follows is written by hand
  awk '/^## What came of it/ { after = 1; next } after && /^## / { found = 1 } found { print }' "$page"
} > "$page.new"
mv "$page.new" "$page"
