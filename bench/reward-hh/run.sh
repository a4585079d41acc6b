#!/bin/bash
# Trains a reward model as TRL's reference run did and compares the two: bench/reward-hh/run.sh MODEL_DIR REFERENCE_DIR HH_RLHF_FILE OUT_DIR
# MODEL_DIR is SmolLM2-135M as a Hugging Face directory. Needs Python with torch and safetensors as $PYTHON, and about 15 minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
out=$4
"${PYTHON:-python3}" "$here/prepare.py" "$1" "$2" "$3" "$out"
# same pairs, head, order, rate and steps; empty answers are judged there, too
"$align4j" reward --set "model=$out/model" --set "output=$out/run" --set "data.train=[$out/train.jsonl]" --set "data.eval=[$out/test.jsonl]" \
  --set data.chat=false --set data.allow_empty=true --set data.max_length=512 --set data.shuffle=false --set data.on_error=skip \
  --set max_steps=150 --set learning_rate=2e-5 --set precision=bf16
"$align4j" score --model "$out/run" --data "$out/test.jsonl" --raw --on-error skip --output "$out/scores.jsonl" --plots "$out/plots" | tee "$out/evaluation.txt"
"${PYTHON:-python3}" "$here/compare.py" "$2/reward.json" "$out/run/metrics.jsonl" "$out/scores.jsonl" | tee "$out/comparison.txt"
