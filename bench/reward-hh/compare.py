"""Compares a run with TRL's reference: compare.py REWARD_JSON METRICS_JSONL SCORES_JSONL"""
import json, math, random, sys

reference = json.load(open(sys.argv[1]))
metrics = [json.loads(line) for line in open(sys.argv[2])]
ours = {row["step"]: row["loss"] for row in metrics if "loss" in row}
theirs = {row["step"]: row["loss"] for row in reference["history"]}
common = sorted(ours.keys() & theirs.keys())
differences = [ours[step] - theirs[step] for step in common]
print(f"losses of {len(common)} steps: mean difference {sum(differences) / len(differences):+.4f}, "
      f"mean absolute difference {sum(map(abs, differences)) / len(differences):.4f}")

# row i of the reference is line i + 1 of the test file; rows with an output too long are in neither
scores = {}
for line in open(sys.argv[3]):
    row = json.loads(line)
    by_id = {output["id"]: output["score"] for output in row["outputs"]}
    scores[int(row["source"].rsplit(":", 1)[1]) - 1] = by_id["chosen"] - by_id["rejected"]
pairs = [(scores[i], chosen - rejected) for i, (chosen, rejected) in enumerate(reference["scores"]) if i in scores]
right = lambda margin: 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0
loss = lambda margin: max(-margin, 0) + math.log1p(math.exp(-abs(margin)))
mean = lambda values: sum(values) / len(values)
print(f"{len(pairs)} pairs: accuracy {mean([right(a) for a, _ in pairs]):.4f} (TRL {mean([right(b) for _, b in pairs]):.4f}), "
      f"log-loss {mean([loss(a) for a, _ in pairs]):.4f} (TRL {mean([loss(b) for _, b in pairs]):.4f})")
draw = random.Random(1)
for name, value in (("accuracy", right), ("log-loss", loss)):
    gaps = sorted(mean([value(a) - value(b) for a, b in draw.choices(pairs, k=len(pairs))]) for _ in range(10000))
    print(f"{name}, ours less TRL's: {mean([value(a) - value(b) for a, b in pairs]):+.4f}, 95 % of a paired bootstrap {gaps[250]:+.4f} to {gaps[9750]:+.4f}")
