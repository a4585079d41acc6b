#!/bin/sh
# Harm in the small world by number of revisions and after AI feedback: bench/cai-world/run.sh FOLDER [SEEDS] [LESSONS] [PROMPTS]
# SETTINGS="--set reinforcement.settings.iterations=2" and the like change the runs. One seed takes about as long as three quickstarts. Called again it goes on. The table at the end is for docs/experiments/cai.md.
set -e
cd "$(dirname "$0")/../.."
out=${1:?name a folder}; seeds=${2:-1 2 3}; lessons=${3:-14000}; prompts=${4:-600}
align4j=${ALIGN4J:-./align4j}
here=bench/cai-world
mkdir -p "$out"
runs=
for seed in $seeds; do
    data=$out/data-$seed; helpful=$out/helpful-$seed; run=$out/cai-$seed
    if [ ! -f "$data/held-out-help.jsonl" ]; then
        $align4j world lessons --seed "$seed" --count "$lessons" --prompts "$prompts" --out "$data"
    fi
    # a run that is there goes on; one that is done says so at once
    if [ -f "$helpful/config.yaml" ]; then resume=--resume; else resume=; fi
    if ! grep -qs FINISHED "$helpful/state.json"; then
        $align4j sft --config $here/helpful.yaml $resume --set seed="$seed" --set data.train="[$data/lessons.jsonl]" --set output="$helpful"
    fi
    # shellcheck disable=SC2086 # SETTINGS are words
    $align4j cai run $here/cai.yaml ${SETTINGS:-} --set seed="$seed" --set model="$helpful" --set output="$run" \
        --set prompts.files="[$data/red-team.jsonl]" --set supervised.helpful="[$data/helpful.jsonl]" \
        --set evaluation.prompts="[$data/held-out-harm.jsonl,$data/held-out-help.jsonl]"
    runs="$runs $run"
done
$align4j cai table $runs | tee "$out/table.md"
