#!/bin/bash
# RLHF on the small world: bench/ppo-world/run.sh OUT_DIR [SEEDS]
# 1. The quickstart's model and its reward model, learned from rankings with ties of simulated labelers.
# 2. PPO from it, for each seed (default "1 2 3"), with two weights of the KL; gold rewards and KL of held-out prompts.
# 3. SFT on the best of 8 answers against PPO at equal prompts, by epoch: gold reward and loss on those prompts and on others.
# Needs python3. Prints the tables of docs/experiments/ppo.md. What is done is not done again: a part goes on where it was
# interrupted. ITERATIONS (60), PROMPTS (256), EPOCHS (8) and HELD_OUT (240) make it smaller.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
out=$1
seeds=${2:-1 2 3}
iterations=${ITERATIONS:-60}
prompts=${PROMPTS:-256}
epochs=${EPOCHS:-8}
held_out=${HELD_OUT:-240}
python=${PYTHON:-python3}
mkdir -p "$out/measured"

# ---- 1. models and prompts
[ -f "$out/base/reward/state.json" ] && grep -q FINISHED "$out/base/reward/state.json" \
  || "$align4j" quickstart --stages reward --output "$out/base" > "$out/base.txt"
stories() { # NAME SPLIT FIRST COUNT: requests for stories, of which happy ends are liked best
  [ -f "$out/$1.jsonl" ] && return
  "$align4j" world instructions --split "$2" --family story,include_words,continue --first "$3" --count "$4" --seed 42 --form prompt --out "$out/$1.part.jsonl"
  "$python" "$here/prompts.py" happy "$out/$1.part.jsonl" "$out/$1.jsonl"
}
# none of these has been learned from or ranked
stories train train 60000 4000
stories held-out held_out_words 60000 "$held_out"
head -n "$prompts" "$out/train.jsonl" > "$out/few.jsonl"

# NAME COMMAND SETTINGS...: a run, or what is left of it
train() {
  local name=$1 command=$2 resume=()
  shift 2
  if [ -f "$out/$name/state.json" ]; then
    grep -q FINISHED "$out/$name/state.json" && return
    resume=(--resume)
  fi
  "$align4j" "$command" "${resume[@]}" --set "model=$out/base/sft" --set "output=$out/$name" \
    --set "rewards=[{type: model, model: $out/base/reward, max_length: 512}]" --set "gold_reward={type: gold}" \
    --set "data.eval=[$out/held-out.jsonl]" --set data.max_length=384 --set rollout.max_new_tokens=160 --set rollout.at_once=64 \
    --set precision=bf16 --set keep_best=gold_reward "$@" 2>> "$out/$name.log"
}
ppo=(--set "value_model=$out/base/reward" --set rollout.prompts=64 --set epochs=2 --set minibatches=2
  --set learning_rate=1e-4 --set value_learning_rate=1e-3 --set sample_every=40)

# ---- 2. PPO
for seed in $seeds; do
  for beta in 0.05 0.005; do
    train "ppo-$beta-$seed" ppo "${ppo[@]}" --set "data.train=[$out/train.jsonl]" --set "loss.beta=$beta" --set "seed=$seed" \
      --set "iterations=$iterations" --set eval_every=20 --set save_every=20 --set keep=1
  done
done

# ---- 3. the best of 8 against PPO, both on the same few prompts
best=(--set rollout.group_size=8 --set loss.variant=best_of_n --set loss.beta=0 --set iterations=1 --set "data.shuffle=false")
passes=$((prompts / 64))
for seed in $seeds; do
  # the answers that are imitated, and those to other prompts that nothing is learned from
  train "best-$seed" grpo "${best[@]}" --set "data.train=[$out/few.jsonl]" --set "rollout.prompts=$prompts" --set "seed=$seed" \
    --set "epochs=$epochs" --set "minibatches=$((prompts / 32))" --set learning_rate=5e-4 --set eval_every=$((prompts / 32)) \
    --set save_every=$((prompts / 32)) --set keep=1000
  train "best-held-out-$seed" grpo "${best[@]}" --set "data.train=[$out/held-out.jsonl]" --set "rollout.prompts=$held_out" \
    --set "seed=$seed" --set learning_rate=0 --set epochs=1
  for set in few held-out; do
    run=best-$([ $set = few ] || echo held-out-)$seed
    [ -f "$out/$set-best-$seed.jsonl" ] || "$python" "$here/prompts.py" best "$out/$set.jsonl" "$out/$run/rollouts/iteration-0.json" "$out/$set-best-$seed.jsonl"
  done
  # an epoch is one pass over the prompts: 64 of them an iteration, 4 updates each
  train "ppo-few-$seed" ppo "${ppo[@]}" --set "data.train=[$out/few.jsonl]" --set loss.beta=0.05 --set "seed=$seed" \
    --set "iterations=$((epochs * passes))" --set eval_every=$((4 * passes)) --set save_every=$((4 * passes)) --set keep=1000
  for epoch in 1 2 4 8; do
    [ $epoch -le "$epochs" ] || continue
    for run in best ppo-few; do
      step=$((epoch * ($([ $run = best ] && echo prompts / 32 || echo 4 \* passes))))
      target=$out/measured/$run-$seed-$epoch
      [ -f "$target/results.json" ] || "$align4j" evaluate --model "$out/$run-$seed/checkpoints/step-$step" --temperature 1 \
        --max-tokens 160 --output "$target" "world:$out/few-best-$seed.jsonl" "world:$out/held-out-best-$seed.jsonl" > "$target.txt" 2>&1 \
        || { cat "$target.txt" >&2; exit 1; }
    done
  done
done
"$python" "$here/tables.py" "$out"
