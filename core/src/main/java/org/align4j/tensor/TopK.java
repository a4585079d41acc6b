package org.align4j.tensor;

/// Sorted or largest values along the last dimension, and their indices there; of one shape.
public record TopK(Tensor values, Tensor indices) {}
