"""Opens adapters that Align4J wrote in PEFT and compares logits.

Usage: check_peft.py FOLDER
FOLDER is what the test ExportForPeersTest writes with -Dalign4j.export=FOLDER.
"""

import os
import sys

import peft
import torch
import transformers

from peers_export import cases, report

TOLERANCE = 5e-4


def difference(case):
    """Largest difference of logits, relative to 1 + |logit|."""
    model = transformers.AutoModelForCausalLM.from_pretrained(
        case.base, dtype=torch.float32, attn_implementation="eager"
    )
    adapted = peft.PeftModel.from_pretrained(model, os.path.join(case.folder, "adapter")).eval()
    with torch.no_grad():
        logits = adapted(input_ids=case.input_ids).logits[0].float()
        with adapted.disable_adapter():
            base = adapted(input_ids=case.input_ids).logits[0].float()
    if (logits - base).abs().max() < 100 * TOLERANCE:
        raise ValueError("the adapter moves nothing: the comparison would say nothing")
    return ((logits - case.logits).abs() / (1 + case.logits.abs())).max().item()


if __name__ == "__main__":
    print("peft", peft.__version__, "transformers", transformers.__version__)
    sys.exit(report(cases(sys.argv[1]), difference, TOLERANCE))
