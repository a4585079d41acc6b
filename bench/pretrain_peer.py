#!/usr/bin/env python3
"""bench/pretrain_peer.py pretrain PRECISION: the peers' side of bench/compare's work `pretrain`, a plain PyTorch loop
around transformers' Llama of the directory that MODEL_DIR names. PRECISION: amp (bfloat16 autocast) or fp32. Prints one
JSON line with the fields that bench/run prints."""

import json
import os
import resource
import statistics
import sys
import time

import torch
from transformers import LlamaForCausalLM

STEPS, BATCH, CONTEXT = 12, 32, 256


def main():
    amp = sys.argv[2] == "amp"
    model = LlamaForCausalLM.from_pretrained(os.environ["MODEL_DIR"], dtype=torch.float32)
    model.train()
    vocabulary = model.config.vocab_size
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    seconds, cpu, losses = [], [], []
    state = 1
    for _ in range(STEPS):
        ids = []
        for _ in range(BATCH * CONTEXT):
            state = (state * 1103515245 + 12345) % (1 << 31)
            ids.append((state >> 8) % vocabulary)
        tokens = torch.tensor(ids).view(BATCH, CONTEXT)
        start, cpu_start = time.perf_counter(), time.process_time()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=amp):
            loss = model(input_ids=tokens, labels=tokens, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - cpu_start)
    print(json.dumps({
        "work": "pretrain", "precision": sys.argv[2], "losses": losses, "all_seconds": seconds,
        "step_seconds": statistics.median(seconds[2:]), "cpu_seconds": statistics.median(cpu[2:]),
        "tokens_per_step": BATCH * CONTEXT,
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


main()
