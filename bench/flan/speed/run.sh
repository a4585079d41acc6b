#!/usr/bin/env bash
# bench/flan/speed/run.sh DATA WORK [TIMES]: how fast mixtures are written, start of Java included, and how much memory that
# takes. DATA: the folder with p3/, cot/, gsm8k/, self_instruct/. WORK: an empty folder for results (2 GB). Needs GNU time.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd -P)
[[ $# -ge 2 ]] || { echo "usage: bench/flan/speed/run.sh DATA WORK [TIMES]" >&2; exit 2; }
data=$(cd -- "$1" && pwd -P)
mkdir -p "$2"
work=$(cd -- "$2" && pwd -P)
times=${3:-3}
cd "$root"

# the same tasks with each row fourteen times: about 1 GB
if [[ ! -d "$work/large" ]]; then
  rm -rf "$work/large.part"
  for folder in p3 cot gsm8k self_instruct; do
    mkdir -p "$work/large.part/$folder"
    for file in "$data/$folder"/*.*; do
      for _ in {1..14}; do cat "$file"; done >"$work/large.part/$folder/${file##*/}"
    done
  done
  mv "$work/large.part" "$work/large"
fi

measure() {
  local name=$1
  shift
  for _ in $(seq "$times"); do
    rm -rf "$work/out"
    /usr/bin/time -f "%e %M" -o "$work/time" ./align4j data mix "$@" --out "$work/out" >"$work/log" 2>"$work/errors" ||
      { cat "$work/errors" >&2; exit 1; }
    read -r seconds kilobytes <"$work/time"
    text=$(sed -n 's/.* examples, \([0-9.]*\) MB of text.*/\1/p' "$work/log")
    awk -v n="$name" -v t="$text" -v s="$seconds" -v k="$kilobytes" \
      'BEGIN { printf "%-28s %7.1f MB of text, %6.2f s, %5.1f MB/s, resident %4.0f MB\n", n, t, s, t / s, k / 1000 }'
  done
}

# seconds from the command to its first line of output
first() {
  for _ in $(seq "$times"); do
    local begun=$EPOCHREALTIME
    # shellcheck disable=SC2034
    read -r line < <("$@" 2>/dev/null)
    awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "first prompt shown after %5.2f s\n", b - a }'
  done
}

flan=configs/recipes/flan2022.yaml
first ./align4j data show $flan --set data="$data"
measure "one example" $flan --set data="$data" --number 1
measure "rendered, 300,000" $flan --set data="$data" --number 300000 --set max_epochs=0
measure "of 1 GB, 300,000" $flan --set data="$work/large" --number 300000
measure "Jinja, 200,000" bench/flan/speed/jinja.yaml --set data="$data" --number 200000
