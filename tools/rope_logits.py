"""Prints the logits that the test RopeScalingsTest expects: tiny models with scaled rotations.

Usage: rope_logits.py
Every sequence runs alone in a fresh model, as dynamic and longrope scalings depend on its length.
"""

import torch
import transformers

SIZES = dict(
    hidden_size=32,
    num_attention_heads=4,
    num_key_value_heads=2,
    num_hidden_layers=2,
    intermediate_size=16,
    vocab_size=12,
    max_position_embeddings=16,
    pad_token_id=None,
    bos_token_id=None,
    eos_token_id=None,
)
LENGTHS = [40, 9]
LONG = dict(max_position_embeddings=64, original_max_position_embeddings=16)
FACTORS = dict(short_factor=[1.0, 1.1, 1.2, 1.3], long_factor=[2.0, 3.0, 4.0, 5.0])


def llama(scaling, **sizes):
    return transformers.LlamaConfig(**(SIZES | sizes), rope_parameters=scaling | {"rope_theta": 100.0})


def phi3(scaling, **sizes):
    return transformers.Phi3Config(**(SIZES | sizes), rope_parameters=scaling | {"rope_theta": 100.0})


CONFIGS = {
    "linear": lambda: llama({"rope_type": "linear", "factor": 4.0}),
    "dynamic": lambda: llama({"rope_type": "dynamic", "factor": 2.0}),
    "yarn": lambda: llama(
        {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
        max_position_embeddings=64,
    ),
    "longrope": lambda: phi3({"rope_type": "longrope"} | FACTORS, **LONG),
}


def fill(model):
    """Waves whose phase is the sum of the name's characters; norms are one."""
    for name, weight in model.named_parameters():
        if weight.dim() == 1:
            continue
        phase = sum(map(ord, name))
        row = torch.arange(weight.shape[0], dtype=torch.float64).unsqueeze(1)
        column = torch.arange(weight.shape[1], dtype=torch.float64).unsqueeze(0)
        weight.data.copy_(0.5 * torch.sin(phase + 1.3 * row + 2.1 * column + 0.7 * row * column))


def logits(config, length):
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float()
    fill(model)
    ids = torch.tensor([[(7 * i + i * i // 5) % 12 for i in range(length)]])
    with torch.no_grad():
        return model.eval()(input_ids=ids).logits[0, -1, :5].tolist()


if __name__ == "__main__":
    print("transformers", transformers.__version__)
    for name, config in CONFIGS.items():
        for length in LENGTHS:
            print(name, length, ", ".join(f"{value:.6f}" for value in logits(config(), length)))
