package org.align4j.evaluate;

/// What a model said.
///
/// @param prompt what it went on from, as text
/// @param text what it said
/// @param tokens how many it took, the end token included
/// @param ended whether it ended by itself, not at the most tokens allowed
public record Answer(String prompt, String text, int tokens, boolean ended) {}
