"""Opens whole models that Align4J wrote in transformers and compares logits.

Usage: check_transformers.py FOLDER
FOLDER is what the test ExportForPeersTest writes with -Dalign4j.export=FOLDER.
"""

import os
import sys

import torch
import transformers

from peers_export import cases, report

TOLERANCE = 5e-4


def difference(case):
    """Largest difference of logits, relative to 1 + |logit|."""
    model, loading = transformers.AutoModelForCausalLM.from_pretrained(
        os.path.join(case.folder, "merged"),
        dtype=torch.float32,
        attn_implementation="eager",
        output_loading_info=True,
    )
    unmatched = list(loading["missing_keys"]) + list(loading["unexpected_keys"])
    if unmatched:
        raise ValueError(f"names that do not match: {unmatched[:5]}")
    with torch.no_grad():
        logits = model.eval()(input_ids=case.input_ids).logits[0].float()
    return ((logits - case.logits_merged).abs() / (1 + case.logits_merged.abs())).max().item()


if __name__ == "__main__":
    print("transformers", transformers.__version__)
    sys.exit(report(cases(sys.argv[1]), difference, TOLERANCE))
