package org.align4j.peft;

/// A linear module that has an adapter: its output gains `scale · B(A x)`.
///
/// @param module path in the Hugging Face model, e.g. `model.layers.0.self_attn.q_proj`
/// @param rank rows of A and columns of B, r
/// @param scale factor on the adapter's output: α/r, or α/√r for rsLoRA
/// @param dora whether the module's weight is rescaled to a learned magnitude for each output
public record AdapterTarget(String module, int rank, double scale, boolean dora) {}
