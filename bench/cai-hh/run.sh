#!/bin/sh
# Constitutional AI with a small model on real red-team prompts: bench/cai-hh/run.sh FOLDER [MODEL] [DATA]
# Called again it goes on. The table at the end is for docs/experiments/cai.md.
set -e
cd "$(dirname "$0")/../.."
out=${1:?name a folder}
model=${2:-../shared/data/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf}
data=${3:-../shared/data/preference/hh_rlhf_harmless/harmless-base.jsonl.gz}
align4j=${ALIGN4J:-./align4j}
mkdir -p "$out"
# prompts that are measured aren't learned from
if [ ! -f "$out/held-out.jsonl" ]; then
    gzip -dc "$data" > "$out/all.jsonl"
    head -n 1000 "$out/all.jsonl" > "$out/red-team.jsonl"
    tail -n 200 "$out/all.jsonl" > "$out/held-out.jsonl"
fi
$align4j cai run bench/cai-hh/cai.yaml --set model="$model" --set output="$out/cai" \
    --set prompts.files="[$out/red-team.jsonl]" --set preferences.helpful="[$out/red-team.jsonl]" \
    --set evaluation.prompts="[$out/held-out.jsonl]"
$align4j cai table "$out/cai" | tee "$out/table.md"
