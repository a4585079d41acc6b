"""Opens the reward models that ExportForPeersTest wrote in transformers: check_reward_models.py EXPORT_FOLDER

Texts are scored with padding behind them, as in a batch. Prints one line a family; exits with 1 if any differs.
"""
import pathlib, sys
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

failed = False
for folder in sorted((pathlib.Path(sys.argv[1]) / "reward").iterdir()):
    expected = load_file(folder / "score.safetensors")
    model = AutoModelForSequenceClassification.from_pretrained(folder / "model", dtype=torch.float32, attn_implementation="eager").eval()
    assert model.config.num_labels == 1
    ids = expected["input_ids"].long()
    pad = model.config.get_text_config().pad_token_id
    padded = torch.cat([ids, torch.full((3,), pad)])[None]
    mask = torch.cat([torch.ones_like(ids), torch.zeros(3, dtype=torch.long)])[None]
    with torch.no_grad():
        score = model(input_ids=padded, attention_mask=mask).logits[0, 0].item()
    difference = abs(score - expected["score"].item())
    failed |= difference > 1e-4
    print(f"{folder.name:24s} {model.__class__.__name__:36s} {difference:.1e}")
sys.exit(failed)
