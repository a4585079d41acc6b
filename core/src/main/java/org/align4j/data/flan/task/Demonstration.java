package org.align4j.data.flan.task;

/// An example that a Natural Instructions task shows, with why it is right or wrong.
///
/// @param explanation empty where there is none
public record Demonstration(String input, String output, String explanation) {}
