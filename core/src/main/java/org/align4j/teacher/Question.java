package org.align4j.teacher;

import java.util.List;
import org.align4j.data.Conversation;

/// What a teacher is asked.
///
/// @param conversation up to the turn that is to be answered
/// @param maxTokens the longest answer
/// @param temperature of the draws; 0 takes the likeliest token
/// @param stop texts that end an answer; they aren't part of it
/// @param seed of the draws; two questions that differ in it only may be answered differently
public record Question(Conversation conversation, int maxTokens, double temperature, List<String> stop, long seed) {
    public Question {
        stop = List.copyOf(stop);
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, got " + maxTokens);
        }
        if (!(temperature >= 0)) {
            throw new IllegalArgumentException("temperature must be ≥ 0, got " + temperature);
        }
    }

    /// Answered by the likeliest tokens.
    public static Question greedy(Conversation conversation, int maxTokens) {
        return new Question(conversation, maxTokens, 0, List.of(), 0);
    }
}
