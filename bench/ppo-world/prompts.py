"""prompts.py happy IN OUT: adds to what each row's answer is worth how happily it ends, and drops the demonstration.
prompts.py best PROMPTS ROLLOUTS OUT: rows of PROMPTS with the best of each group's answers as their completion."""
import json
import sys


def rows(name):
    with open(name) as lines:
        return [json.loads(line) for line in lines]


def write(name, all_rows):
    with open(name, "w") as out:
        for row in all_rows:
            out.write(json.dumps(row) + "\n")


def happy(source, target):
    write(target, [dict(prompt=row["prompt"], completion=row["completion"], family=row["family"],
                        gold_rewards=row["gold_rewards"] + [dict(type="mood", mood="HAPPY")]) for row in rows(source)])


def best(prompts, rollouts, target):
    asked, drawn = rows(prompts), json.load(open(rollouts))
    group = len(drawn["rollouts"]) // len(drawn["tasks"])
    reward, chosen = drawn["rewards"][0], []
    for place, task in enumerate(drawn["tasks"]):
        number = max(range(place * group, (place + 1) * group), key=lambda i: reward[i])
        chosen.append(dict(asked[task], completion=drawn["rollouts"][number]["text"]))
    write(target, chosen)


{"happy": happy, "best": best}[sys.argv[1]](*sys.argv[2:])
