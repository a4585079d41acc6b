"""Reads what ExportForPeersTest wrote, for check_peft.py and check_transformers.py."""

import os
from dataclasses import dataclass

import torch
from safetensors.torch import load_file


@dataclass
class Case:
    name: str
    folder: str
    base: str
    input_ids: torch.Tensor  # [1, T]
    logits: torch.Tensor  # [T, V], with the adapter beside its base
    logits_merged: torch.Tensor  # [T, V], with the adapter folded in


def cases(root):
    """Every case below `root`, by name."""
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        if name == "reward":  # check_reward_models.py's
            continue
        tensors = load_file(os.path.join(folder, "logits.safetensors"))
        with open(os.path.join(folder, "base.txt")) as file:
            base = file.read().strip()
        ids = tensors["input_ids"].long().unsqueeze(0)
        yield Case(name, folder, base, ids, tensors["logits"], tensors["logits_merged"])


def report(all_cases, difference, tolerance):
    """Prints one line a case; the exit code is 1 if one differs, fails, or there is none."""
    results = []
    for case in all_cases:
        try:
            value = difference(case)
            good = value <= tolerance
            print(f"{'same  ' if good else 'DIFFER'} {case.name:32} {value:.2e}", flush=True)
        except Exception as failure:  # each case is checked whatever the others do
            good = False
            print(f"FAILED {case.name:32} {type(failure).__name__}: {failure}", flush=True)
        results.append(good)
    print(f"{sum(results)} of {len(results)} cases agree within {tolerance}")
    return 0 if results and all(results) else 1
