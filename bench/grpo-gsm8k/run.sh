#!/bin/bash
# GSM8K's form of answers by rewards: bench/grpo-gsm8k/run.sh MODEL GSM8K_DIR OUT_DIR
# MODEL is SmolLM2-135M-Instruct (a directory or a GGUF file), GSM8K_DIR holds train.jsonl and test.jsonl. An adapter learns from two
# rewards, the right number (math) and the form "#### number" (regex, half the weight), on the training questions. Prints both, of
# greedy answers to the first 200 test questions, before and after. Needs python3. ITERATIONS (100) and QUESTIONS (200) make it smaller.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
model=$1
data=$2
out=$3
iterations=${ITERATIONS:-100}
resume=()
mkdir -p "$out"
head -n "${QUESTIONS:-200}" "$data/test.jsonl" > "$out/test.jsonl"
if [ -f "$out/run/state.json" ]; then resume=(--resume); fi
"$align4j" grpo "${resume[@]}" --set "model=$model" --set "output=$out/run" --set "data.train=[$data/train.jsonl]" \
  --set "data.eval=[$out/test.jsonl]" \
  --set 'data.columns={prompt: "{question}\nWork it out in a few short steps. End with a line of #### and the number."}' \
  --set 'rewards=[{type: math, column: answer}, {type: regex, pattern: "#### -?[0-9][0-9,.]*\\s*$"}]' --set "reward_weights=[1, 0.5]" \
  --set lora.rank=16 --set lora.alpha=32 --set rollout.prompts=4 --set rollout.group_size=8 --set rollout.max_new_tokens=160 \
  --set rollout.resample=1 --set loss.beta=0.01 --set learning_rate=2e-4 --set warmup_steps=2 --set "iterations=$iterations" \
  --set "eval_every=$iterations" --set save_every=10 --set sample_every=10
"${PYTHON:-python3}" - "$out/run/metrics.jsonl" <<'TABLE'
import json, sys
rows = [row for row in map(json.loads, open(sys.argv[1])) if "eval/reward" in row]
print("| step | right, % | in the form, % | tokens | cut off, % |\n|---|---|---|---|---|")
for row in rows:
    print(f"| {row['step']} | {100 * row['eval/rewards/math/mean']:.1f} | {100 * row['eval/rewards/regex/mean']:.1f}"
          f" | {row['eval/completions/mean_length']:.0f} | {100 * row['eval/completions/clipped_ratio']:.1f} |")
TABLE
