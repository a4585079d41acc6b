"""Computes with transformers, in float32, the log-likelihoods that `align4j evaluate` left in its folder, and compares.

Usage: check_evaluate.py MODEL FOLDER GSM8K CHOICES
MODEL    the directory of a Hugging Face model, evaluated with --dtype fp32
FOLDER   what evaluate wrote for the model, such as evaluation/smollm2
GSM8K    the file of the set `gsm8k:GSM8K`: the reference answers' log-likelihoods are compared
CHOICES  the file of the set `choices:CHOICES`, with prompts and completions: those of the options are compared
"""

import glob
import json
import os
import sys

import torch
import transformers

TOLERANCE = 1e-3


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def outputs(folder, data, kind):
    """What evaluate computed, by item."""
    name = os.path.basename(data).split(".")[0]
    (path,) = glob.glob(f"{folder}/*{name}.{kind}.jsonl")
    return {line["item"]: line["output"] for line in lines(path) if "item" in line}


class Scorer:
    def __init__(self, directory):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()

    def ids(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)

    def logp(self, context, continuation):
        """Sum of the log-probabilities of the continuation's tokens, and how many there are."""
        ids = torch.tensor([context + continuation])
        with torch.no_grad():
            logps = self.model(input_ids=ids).logits[0].log_softmax(-1)
        places = range(len(context) - 1, len(context) + len(continuation) - 1)
        return sum(logps[place, ids[0, place + 1]].item() for place in places), len(continuation)

    def option(self, context, option):
        """As lm-evaluation-harness: both encoded as one text, then parted at the context's length."""
        whole, before = self.ids(context + option), self.ids(context)
        return self.logp(before, whole[len(before) :])[0]

    def answer(self, question, answer):
        prompt = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], add_generation_prompt=True, tokenize=False
        )
        return self.logp(self.ids(prompt), self.ids(answer))


def report(what, differences):
    print(f"{what}: {len(differences)} log-likelihoods, largest difference {max(differences):.2e}")
    return max(differences) <= TOLERANCE


def main(model, folder, gsm8k, choices):
    scorer = Scorer(model)
    rows = lines(gsm8k)
    references = []
    for item, output in outputs(folder, gsm8k, "references").items():
        logp, tokens = scorer.answer(rows[item]["question"], rows[item]["answer"])
        if tokens != output["tokens"]:
            raise ValueError(f"item {item}: {output['tokens']} tokens instead of {tokens}")
        references.append(abs(logp - output["logp"]))
    rows = lines(choices)
    completions = sorted({row["completion"] for row in rows})
    options = []
    for item, output in outputs(folder, choices, "options").items():
        for option, logp in zip(completions, output["logps"], strict=True):
            options.append(abs(scorer.option(rows[item]["prompt"], option) - logp))
    right = [report("reference answers", references), report("options", options)]
    return 0 if all(right) else 1


if __name__ == "__main__":
    print("transformers", transformers.__version__)
    sys.exit(main(*sys.argv[1:]))
