package org.align4j.generate;

/// A prompt to go on from. Requests with equal prompts share the work on the prompt.
///
/// @param prompt token ids, at least one
/// @param key what fixes the answer's draws, beside the seed
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record GenerationRequest(int[] prompt, DrawKey key) {}
