#!/bin/bash
# Reward models of hh-rlhf harmless: bench/reward-hh/run.sh MODEL_DIR REFERENCE_DIR HH_RLHF_FILE OUT_DIR
# 1. as TRL's reference run did (600 pairs, 150 steps), compared with it; 2. on 2,000 pairs. MODEL_DIR is SmolLM2-135M as a
# Hugging Face directory. Needs Python with torch and safetensors as $PYTHON. On two quiet cores the first takes about 10
# minutes, the second 25. What is done is not done again: a part goes on where it was interrupted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
out=$4
[ -f "$out/more.jsonl" ] || "${PYTHON:-python3}" "$here/prepare.py" "$1" "$2" "$3" "$out"

# train NAME SETTINGS...: a run on the pairs, and what it says of the 300 that are held out. Empty answers are judged, as in TRL
train() {
  local name=$1 resume=()
  shift
  [ -f "$out/$name-evaluation.txt" ] && return
  [ -d "$out/$name" ] && resume=(--resume)
  "$align4j" reward "${resume[@]}" --set "model=$out/model" --set "output=$out/$name" --set "data.eval=[$out/test.jsonl]" \
    --set data.chat=false --set data.allow_empty=true --set data.max_length=512 --set data.on_error=skip \
    --set learning_rate=2e-5 --set precision=bf16 --set save_every=50 --set keep=1 "$@"
  "$align4j" score --model "$out/$name" --data "$out/test.jsonl" --raw --on-error skip --output "$out/$name-scores.jsonl" \
    --plots "$out/$name-plots" > "$out/$name-evaluation.part"
  mv "$out/$name-evaluation.part" "$out/$name-evaluation.txt"
}

# same pairs, head, order, rate and steps as the reference
train run --set "data.train=[$out/train.jsonl]" --set data.shuffle=false --set max_steps=150
"${PYTHON:-python3}" "$here/compare.py" "$2/reward.json" "$out/run/metrics.jsonl" "$out/run-scores.jsonl" > "$out/comparison.txt"
train more --set "data.train=[$out/more.jsonl]" --set epochs=1
cat "$out/comparison.txt" "$out/run-evaluation.txt" "$out/more-evaluation.txt"
