package org.align4j.tokenizer;

/// A token with a role: begin or end of sequence, padding, unknown.
///
/// @param id its id
/// @param text how it is spelled, for example `<|im_end|>`
public record SpecialToken(int id, String text) {}
