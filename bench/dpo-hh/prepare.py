"""Makes what the comparison with TRL's DPO needs: prepare.py MODEL_DIR HH_RLHF_FILE OUT_DIR STEPS

MODEL_DIR is SmolLM2-135M as a Hugging Face directory. Writes OUT_DIR/model (whose answers end with <|im_end|>),
OUT_DIR/train.jsonl (the first 4 · STEPS pairs of rows 0 to 1999) and OUT_DIR/test.jsonl (the first 300 from row 2000 on),
pairs with a side of more than 512 tokens left out: nobody has to cut any.
"""
import gzip, json, pathlib, shutil, sys
from transformers import AutoTokenizer

model, data, out = map(pathlib.Path, sys.argv[1:4])
steps = int(sys.argv[4])
(out / "model").mkdir(parents=True, exist_ok=True)
for file in model.iterdir():
    shutil.copy(file, out / "model" / file.name)
settings = json.loads((out / "model/tokenizer_config.json").read_text())
settings.update(eos_token="<|im_end|>", pad_token="<|endoftext|>", add_bos_token=False)
(out / "model/tokenizer_config.json").write_text(json.dumps(settings, indent=2))
tokenizer = AutoTokenizer.from_pretrained(out / "model")
END = "\n\nAssistant:"


def pair(line):
    row = json.loads(line)
    cut = row["chosen"].rfind(END) + len(END)
    prompt, chosen, rejected = row["chosen"][:cut], row["chosen"][cut:], row["rejected"][cut:]
    usable = row["rejected"].startswith(prompt) and chosen.strip() and rejected.strip() and chosen != rejected
    short = all(len(tokenizer(prompt + answer)["input_ids"]) < 512 for answer in (chosen, rejected))
    return dict(prompt=prompt, chosen=chosen, rejected=rejected) if usable and short else None


with gzip.open(data, "rt") as lines:
    rows = [pair(line) for _, line in zip(range(2700), lines)]
for name, part, count in (("train", rows[:2000], 4 * steps), ("test", rows[2000:], 300)):
    pairs = [each for each in part if each][:count]
    assert len(pairs) == count, f"only {len(pairs)} pairs for {name}"
    (out / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in pairs))
