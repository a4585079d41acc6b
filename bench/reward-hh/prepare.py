"""Makes what the comparison with TRL's reference run needs: prepare.py MODEL_DIR REFERENCE_DIR HH_RLHF_FILE OUT_DIR

MODEL_DIR is SmolLM2-135M as a Hugging Face directory, REFERENCE_DIR holds init.safetensors (the head's first weights).
Writes OUT_DIR/model (with that head), OUT_DIR/train.jsonl (rows 0 to 599), OUT_DIR/test.jsonl (rows 2012 to 2311),
OUT_DIR/more.jsonl (rows 0 to 1999).
"""
import gzip, json, pathlib, shutil, sys
from safetensors.torch import load_file, save_file

model, reference, data, out = map(pathlib.Path, sys.argv[1:])
(out / "model").mkdir(parents=True, exist_ok=True)
for file in model.iterdir():
    if file.suffix != ".safetensors":
        shutil.copy(file, out / "model" / file.name)
weights = load_file(model / "model.safetensors")
weights.pop("lm_head.weight", None)
weights.update(load_file(reference / "init.safetensors"))
save_file({name: weight.contiguous() for name, weight in weights.items()}, out / "model" / "model.safetensors", {"format": "pt"})

config = json.loads((out / "model/config.json").read_text())
config.update(architectures=["LlamaForSequenceClassification"], id2label={"0": "LABEL_0"}, label2id={"LABEL_0": 0}, pad_token_id=0)
(out / "model/config.json").write_text(json.dumps(config, indent=2))

# the texts of the reference run have no BOS and end with <|im_end|>
tokenizer = json.loads((out / "model/tokenizer_config.json").read_text())
tokenizer.update(eos_token="<|im_end|>", pad_token="<|endoftext|>", add_bos_token=False)
(out / "model/tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2))

with gzip.open(data, "rt") as lines:
    rows = list(lines)
for name, part in {"train": rows[:600], "test": rows[2012:2312], "more": rows[:2000]}.items():
    (out / f"{name}.jsonl").write_text("".join(part))
