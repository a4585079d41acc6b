#!/bin/bash
# Learning to use a tool: bench/grpo-world/calculator.sh OUT_DIR
# The starter sees sums, half of them answered at once and half with a call of a calculator; then GRPO in an environment of several
# turns rewards right sums only. Prints, before and after: how many are right, and turns of an answer (2 with a call).
# Needs python3 and a few minutes. ITERATIONS (40) makes it smaller, MODEL names another base than the starter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
python=${PYTHON:-python3}
out=$1
model=${MODEL:-$here/../../core/src/main/resources/org/align4j/starter}
mkdir -p "$out"
sums() { # SPLIT FIRST COUNT
  "$align4j" world instructions --family add --split "$1" --first "$2" --count "$3" --seed 42 --form prompt --out "$out/part.jsonl" >&2
  grep 'Ones: ' "$out/part.jsonl"
}
if [ ! -f "$out/held-out.jsonl" ]; then
  sums train 0 12000 | "$python" "$here/calculator.py" demonstrations > "$out/demonstrations.jsonl"
  sums train 12000 8000 | "$python" "$here/calculator.py" problems > "$out/problems.jsonl"
  sums held_out_words 0 2000 | awk '!seen[$0]++ && ++kept <= 200' | "$python" "$here/calculator.py" problems > "$out/held-out.jsonl"
fi
[ -f "$out/sft/state.json" ] || "$align4j" sft --set "model=$model" --set "output=$out/sft" --set "data.train=[$out/demonstrations.jsonl]" \
  --set max_tokens=2048 --set batch_size=0 --set learning_rate=1.5e-3 --set schedule=cosine \
  --set warmup_steps=10 --set optimizer_options.beta2=0.95 2> "$out/sft.log"
[ -f "$out/grpo/state.json" ] || "$align4j" grpo --set "model=$out/sft" --set "output=$out/grpo" --set "data.train=[$out/problems.jsonl]" \
  --set "data.eval=[$out/held-out.jsonl]" --set "rewards=[{type: math, column: answer, last_number: true}]" \
  --set environment=calculator --set max_turns=3 --set rollout.prompts=16 --set rollout.group_size=8 --set rollout.max_new_tokens=80 \
  --set rollout.at_once=128 --set loss.beta=0.01 --set learning_rate=2e-4 --set "iterations=${ITERATIONS:-40}" --set eval_temperature=1 \
  --set eval_every=20 --set sample_every=20 2> "$out/grpo.log"
"$python" - "$out/grpo/metrics.jsonl" <<'TABLE'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
learned = [row for row in rows if "reward" in row]
turns = lambda row: row.get("completions/mean_turns", 1.0)
print("| | right, held out | turns of an answer, in training |\n|---|---|---|")
measured = [row for row in rows if "eval/reward" in row]
print(f"| before | {100 * measured[0]['eval/rewards/math/mean']:.1f} % | {turns(learned[0]):.2f} |")
print(f"| after | {100 * measured[-1]['eval/rewards/math/mean']:.1f} % | {turns(learned[-1]):.2f} |")
TABLE
