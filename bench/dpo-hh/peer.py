"""TRL's DPO on what prepare.py made: peer.py OUT_DIR STEPS. Writes OUT_DIR/peer.json: losses, and of each held-out pair the
implicit rewards of the chosen and of the rejected answer.
"""
import json, sys, tempfile
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

out, steps = sys.argv[1], int(sys.argv[2])
BETA = 0.1
rows = {name: [json.loads(line) for line in open(f"{out}/{name}.jsonl")] for name in ("train", "test")}
tokenizer = AutoTokenizer.from_pretrained(f"{out}/model")
load = lambda: AutoModelForCausalLM.from_pretrained(f"{out}/model", dtype=torch.float32)
policy, reference = load(), load().eval()
trainer = DPOTrainer(
    policy, ref_model=reference, processing_class=tokenizer, train_dataset=Dataset.from_list(rows["train"]),
    args=DPOConfig(output_dir=tempfile.mkdtemp(), max_steps=steps, per_device_train_batch_size=4, max_length=512, beta=BETA,
                   learning_rate=1e-5, lr_scheduler_type="linear", weight_decay=0, max_grad_norm=1, bf16=True, fp16=False,
                   gradient_checkpointing=True, use_cpu=True, logging_steps=1, report_to=[], save_strategy="no",
                   disable_tqdm=True, dataloader_pin_memory=False, train_sampling_strategy="sequential"))
trainer.train()


def logp(model, prompt, answer):
    start = len(tokenizer(prompt)["input_ids"])
    ids = torch.tensor([tokenizer(prompt + answer)["input_ids"] + [tokenizer.eos_token_id]])
    with torch.inference_mode():
        logits = model(ids).logits[0, start - 1 : -1].float()
    return logits.log_softmax(-1).gather(1, ids[0, start:, None]).sum().item()


policy.eval()
reward = lambda row, side: BETA * (logp(policy, row["prompt"], row[side]) - logp(reference, row["prompt"], row[side]))
scores = [[reward(row, "chosen"), reward(row, "rejected")] for row in rows["test"]]
history = [dict(step=entry["step"], loss=entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
json.dump(dict(history=history, scores=scores), open(f"{out}/peer.json", "w"))
