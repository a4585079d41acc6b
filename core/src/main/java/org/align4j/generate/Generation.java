package org.align4j.generate;

/// An answer. Log-probabilities are natural logarithms.
///
/// @param tokens generated ids, `[T]`; the end token is one of them, and so are those that spell a
///     stop string
/// @param logps of the tokens under the model at the sampling temperature, `[T]`: what a learner
///     computes for them. Empty where they weren't asked for
/// @param filteredLogps under the distribution that the tokens were drawn from, `[T]`, or empty
/// @param finish why it ended
/// @param text what the tokens spell without special tokens and before any stop string; empty
///     where there is no tokenizer
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record Generation(int[] tokens, float[] logps, float[] filteredLogps, Finish finish, String text) {}
