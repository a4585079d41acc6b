#!/bin/bash
# DPO of SmolLM2-135M on hh-rlhf harmless by TRL and by Align4J, from the same weights, pairs and order, and the held-out
# accuracy of the implicit rewards: bench/dpo-hh/run.sh MODEL_DIR HH_RLHF_FILE OUT_DIR [STEPS]
# MODEL_DIR is the model as a Hugging Face directory; STEPS of 4 pairs, 100 if not given. Needs Python with torch, transformers and TRL
# as $PYTHON. TRL takes about 25 minutes on two cores, Align4J 10. What is in OUT_DIR already is not made again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
align4j=${ALIGN4J:-$here/../../align4j}
python=${PYTHON:-python3}
out=$3
steps=${4:-100}
[ -e "$out/test.jsonl" ] || "$python" "$here/prepare.py" "$1" "$2" "$out" "$steps"
[ -e "$out/peer.json" ] || "$python" "$here/peer.py" "$out" "$steps"
[ -e "$out/run/state.json" ] && resume=(--resume) || resume=()
"$align4j" dpo "${resume[@]}" --set "model=$out/model" --set "output=$out/run" --set "data.train=[$out/train.jsonl]" \
  --set data.chat=false --set data.max_length=513 --set data.shuffle=false --set "reference.cache=$out/reference" \
  --set "max_steps=$steps" --set loss.beta=0.1 --set learning_rate=1e-5 --set precision=bf16
"$align4j" score --implicit --model "$out/run" --data "$out/test.jsonl" --dtype bf16 --output "$out/scores.jsonl" | tee "$out/evaluation.txt"
"$python" "$here/../reward-hh/compare.py" "$out/peer.json" "$out/run/metrics.jsonl" "$out/scores.jsonl" | tee "$out/comparison.txt"
