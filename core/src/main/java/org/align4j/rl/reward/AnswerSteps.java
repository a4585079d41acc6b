package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.List;

/// The steps that an answer is made of: lines and, in them, sentences.
final class AnswerSteps {
    private AnswerSteps() {}

    /// Characters up to the end of each step, rising; white space after a step belongs to it. The
    /// last is the answer's length. None for an empty answer.
    static List<Integer> ends(String answer) {
        List<Integer> ends = new ArrayList<>();
        boolean ended = false;
        for (int i = 0; i < answer.length(); i++) {
            char c = answer.charAt(i);
            if (Character.isWhitespace(c)) {
                ended |= c == '\n' || (i > 0 && ".!?".indexOf(answer.charAt(i - 1)) >= 0);
            } else if (ended) {
                ends.add(i);
                ended = false;
            }
        }
        if (!answer.isEmpty()) {
            ends.add(answer.length());
        }
        return ends;
    }
}
