"""Scores what `align4j score --raw --dtype fp32` scored in transformers: check_reward.py MODEL_DIR SCORES_JSONL [COUNT]

MODEL_DIR is a reward model that Align4J wrote and that was trained on plain texts (data.chat: false). Texts are batched with
padding, so that the padding token matters. Prints the largest difference; exits with 1 if it is above 2e-3.
"""
import json, sys
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

directory, scores = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 20
tokenizer = AutoTokenizer.from_pretrained(directory)
model = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager")
assert model.config.num_labels == 1
assert model.config.pad_token_id == tokenizer.pad_token_id != tokenizer.eos_token_id, "the padding token must not be EOS"
worst = 0.0
for line, _ in zip(open(scores), range(count)):
    row = json.loads(line)
    texts = [row["prompt"] + output["text"] + tokenizer.eos_token for output in row["outputs"]]
    batch = tokenizer(texts, add_special_tokens=False, padding=True, return_tensors="pt")
    with torch.no_grad():
        theirs = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, 0].tolist()
    worst = max(worst, *(abs(their - output["score"]) for their, output in zip(theirs, row["outputs"])))
print(f"{model.__class__.__name__}: largest difference of a raw score {worst:.2e}")
sys.exit(worst > 2e-3)
