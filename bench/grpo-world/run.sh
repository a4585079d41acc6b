#!/bin/bash
# Verifiable rewards on the small world: bench/grpo-world/run.sh OUT_DIR [SEEDS]
# 1. The starter is fine-tuned on sums of two numbers below 100. Half of the answers say the sum at once, half work it out digit
#    by digit: so it knows both ways, takes each as often, and is right nearly only where it works.
# 2. GRPO, RLOO and PPO from it with the same number of answers, for each seed (default "1 2 3"). The reward is whether the sum is
#    right, by the math verifier, less a penalty for going on until cut off; nothing says that working it out is better.
# 3. Accuracy on sums of pairs that were in nobody's training data, and how long answers are, before and after.
# Needs python3. Prints the table of docs/experiments/grpo.md. What is done is not done again: a part goes on where it was
# interrupted. ITERATIONS (60) makes it smaller, MODEL names another base than the starter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
out=$1
seeds=${2:-1 2 3}
iterations=${ITERATIONS:-60}
model=${MODEL:-$here/../../core/src/main/resources/org/align4j/starter}
mkdir -p "$out"

# ---- data: sums that need two digits
sums() { # NAME SPLIT FIRST COUNT
  "$align4j" world instructions --family add --split "$2" --first "$3" --count "$4" --seed 42 --form prompt --out "$out/$1.part.jsonl" >&2
  grep 'Ones: ' "$out/$1.part.jsonl"
}
if [ ! -f "$out/held-out.jsonl" ]; then
  # every other answer loses its steps
  sums demonstrations train 0 16000 | sed -E '0~2 s/"completion":"[^"]*(The answer is)/"completion":"\1/' > "$out/demonstrations.jsonl"
  sums problems train 16000 12000 > "$out/problems.jsonl"
  # every seventh pair is held out from the split that was trained on
  sums held-out held_out_words 0 4000 | awk '!seen[$0]++ && ++kept <= 400' > "$out/held-out.jsonl"
fi

# NAME COMMAND SETTINGS...: a run, or what is left of it
train() {
  local name=$1 command=$2 resume=()
  shift 2
  if [ -f "$out/$name/state.json" ]; then
    grep -q FINISHED "$out/$name/state.json" && return
    resume=(--resume)
  fi
  "$align4j" "$command" "${resume[@]}" --set "output=$out/$name" --set precision=bf16 "$@" 2>> "$out/$name.log"
}

# ---- 1. demonstrations
train sft sft --set "model=$model" --set "data.train=[$out/demonstrations.jsonl]" --set max_tokens=2048 --set batch_size=0 \
  --set learning_rate=1.5e-3 --set schedule=cosine --set warmup_steps=10 --set optimizer_options.beta2=0.95

# ---- 2. verifiable rewards: 128 answers an iteration
policy=(--set "model=$out/sft" --set "data.train=[$out/problems.jsonl]" --set "data.eval=[$out/held-out.jsonl]"
  --set "rewards=[{type: math, column: completion, last_number: true}, {type: overlong, most: 48, margin: 8}]" --set rollout.max_new_tokens=48 --set rollout.at_once=128
  --set "iterations=$iterations" --set eval_temperature=1 --set sample_every=20 --set save_every=20 --set keep=1)
groups=(--set rollout.prompts=16 --set rollout.group_size=8 --set eval_every=20)
for seed in $seeds; do
  train "grpo-$seed" grpo "${policy[@]}" "${groups[@]}" --set loss.beta=0.01 --set learning_rate=2e-4 --set "seed=$seed"
  train "rloo-$seed" grpo "${policy[@]}" "${groups[@]}" --set loss.variant=rloo --set loss.beta=0.01 --set learning_rate=2e-4 \
    --set "seed=$seed"
  train "ppo-$seed" ppo "${policy[@]}" --set rollout.prompts=128 --set epochs=2 --set eval_every=40 --set loss.beta=0.01 \
    --set learning_rate=2e-4 --set value_learning_rate=1e-3 --set "seed=$seed"
done

# ---- 3. table
"${PYTHON:-python3}" "$here/tables.py" "$out" $seeds
