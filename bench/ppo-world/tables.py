"""tables.py OUT: the tables of docs/experiments/ppo.md, in Markdown, from the runs that run.sh made."""
import glob
import json
import math
import os
import re
import statistics
import sys

out = sys.argv[1]


def evaluations(run):
    with open(f"{out}/{run}/metrics.jsonl") as lines:
        return [row for row in map(json.loads, lines) if "eval/gold_reward" in row]


def spread(values):
    values = list(values)
    return f"{statistics.mean(values):.3f}" + (f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else "")


def seeds_of(pattern):
    return sorted(path[len(out) + 1:] for path in glob.glob(f"{out}/{pattern}") if os.path.isdir(path))


print("Held-out answers drawn at temperature 1; means ± standard deviations over seeds.\n")
for beta in ("0.05", "0.005"):
    runs = [evaluations(run) for run in seeds_of(f"ppo-{beta}-*")]
    if not runs:
        continue
    print(f"β = {beta}\n\n| step | reward | gold reward | KL, nats | length |\n|---|---|---|---|---|")
    for i in range(min(map(len, runs))):
        at = [run[i] for run in runs]
        print(f"| {at[0]['step']} | {spread(r['eval/reward'] for r in at)} | {spread(r['eval/gold_reward'] for r in at)} |"
              f" {spread(r['eval/kl'] for r in at)} | {spread(r['eval/completions/mean_length'] for r in at)} |")
    best = [max(run, key=lambda r: r["eval/gold_reward"]) for run in runs]
    print("\nBest gold reward of each seed: " + ", ".join(
        f"{b['eval/gold_reward']:.3f} at step {b['step']} (KL {b['eval/kl']:.1f})" for b in best)
        + f"; before: {spread(run[0]['eval/gold_reward'] for run in runs)}\n")

for run in seeds_of("ppo-*-*")[:1] + seeds_of("ppo-0.05-*")[:1]:
    with open(f"{out}/{run}/samples.jsonl") as lines:
        samples = [json.loads(line) for line in lines]
    for step in (samples[0]["step"], samples[-1]["step"]):
        print(f"Answers of {run} at step {step}:\n")
        for sample in [s for s in samples if s["step"] == step][:3]:
            print(f"- reward {sample['reward']}: {sample['prompt'].strip()!r} → {sample['completion'].strip()!r}")
        print()

rows = {}
for path in glob.glob(f"{out}/measured/*/results.json"):
    method, epoch = re.fullmatch(r"(.*)-\d+-(\d+)", path.split("/")[-2]).groups()
    figures = {}
    for figure in json.load(open(path)):
        kind = "held-out" if "held" in figure["set"] else "train"
        figures[kind, figure["metric"]] = figure["models"][0]["value"]
    rows.setdefault((method, int(epoch)), []).append(figures)
print("Loss: negative log-likelihood a token of the best of 8 answers of the model before.\n\n"
      "| method | epoch | gold, its prompts | gold, others | gap | loss, its prompts | loss, others | gap |\n|---|---|---|---|---|---|---|---|")
for (method, epoch), each in sorted(rows.items()):
    gold = [(f["train", "reward"], f["held-out", "reward"]) for f in each]
    loss = [tuple(math.log(f[kind, "reference_perplexity"]) for kind in ("train", "held-out")) for f in each]
    print(f"| {method} | {epoch} | {spread(g[0] for g in gold)} | {spread(g[1] for g in gold)} | {spread(g[0] - g[1] for g in gold)} |"
          f" {spread(l[0] for l in loss)} | {spread(l[1] for l in loss)} | {spread(l[1] - l[0] for l in loss)} |")
