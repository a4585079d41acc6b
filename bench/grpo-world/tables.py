"""Prints the tables of docs/experiments/grpo.md: tables.py OUT_DIR SEED…"""

import json
import statistics
import sys
from pathlib import Path


def rows(run):
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def measured(run):
    """What the first and the last evaluation say, samples and minutes of the run."""
    all_rows = rows(run)
    evaluations = [row for row in all_rows if "eval/reward" in row]
    steps = [row for row in all_rows if "time/generate" in row]
    return {
        "before": 100 * evaluations[0]["eval/rewards/math/mean"],
        "after": 100 * evaluations[-1]["eval/rewards/math/mean"],
        "length before": evaluations[0]["eval/completions/mean_length"],
        "length after": evaluations[-1]["eval/completions/mean_length"],
        "minutes": sum(row["step_seconds"] for row in steps) / 60,
    }


def main():
    folder, seeds = Path(sys.argv[1]), sys.argv[2:]
    print("| algorithm | seed | right before, % | right after, % | gain | tokens of an answer before | after | minutes |")
    print("|---|---|---|---|---|---|---|---|")
    summary = {}
    for name in ("grpo", "rloo", "ppo"):
        for seed in seeds:
            run = folder / f"{name}-{seed}"
            if not (run / "metrics.jsonl").exists():
                continue
            m = measured(run)
            summary.setdefault(name, []).append(m)
            print(
                f"| {name} | {seed} | {m['before']:.1f} | {m['after']:.1f} | {m['after'] - m['before']:+.1f} |"
                f" {m['length before']:.1f} | {m['length after']:.1f} | {m['minutes']:.1f} |"
            )
    print()
    print("| algorithm | gain, mean of seeds | least | right after, mean |")
    print("|---|---|---|---|")
    for name, runs in summary.items():
        gains = [m["after"] - m["before"] for m in runs]
        after = statistics.mean(m["after"] for m in runs)
        print(f"| {name} | {statistics.mean(gains):+.1f} | {min(gains):+.1f} | {after:.1f} |")


if __name__ == "__main__":
    main()
