package org.align4j.data.flan.prompt;

import java.util.List;

/// How a mixture asks its examples (`prompts`). Shares are of all examples that allow it.
///
/// @param fewShot share with examples before the question; the others are zero-shot
/// @param shots numbers of examples, one of which is drawn: 1 to 16
/// @param reasoning share of the examples with a rationale that are asked for it
/// @param detailed share in the form of Natural Instructions, of tasks with a definition
/// @param negatives wrong examples shown in that form, where a task has them
/// @param inversion share that is inverted: given the answer, produce the question
/// @param channel share in the form of the noisy channel: given the label, produce the input
/// @param options share of the examples with choices that show them
/// @param balance examples before the question are drawn from all answer classes in turns
/// @param languages which templates are used
/// @param maxCharacters few-shot prompts longer than this show fewer examples; 0: any length
/// @param objectives of pretraining text
public record Prompting(
        double fewShot,
        List<Integer> shots,
        double reasoning,
        double detailed,
        int negatives,
        double inversion,
        double channel,
        double options,
        boolean balance,
        Languages languages,
        int maxCharacters,
        Objectives objectives) {
    private static final int MOST = 16;

    /// Which templates of a set are used.
    public enum Languages {
        ANY,
        ENGLISH,
        /// Those in the example's language; the English ones where there are none.
        EXAMPLE
    }

    /// Weights of what is made of pretraining text.
    ///
    /// @param causal the whole text is learned
    /// @param prefix a beginning is given
    /// @param spanCorruption spans are cut out and named (Raffel et al. 2020), written as prompt
    ///     and completion
    public record Objectives(double causal, double prefix, double spanCorruption) {
        public Objectives {
            if (causal < 0 || prefix < 0 || spanCorruption < 0 || causal + prefix + spanCorruption <= 0) {
                throw new IllegalArgumentException("weights must be ≥ 0, and one more than 0");
            }
        }

        public static Objectives defaults() {
            return new Objectives(1, 1, 1);
        }

        /// The objective that a number from 0 to 1 falls on.
        Method draw(double uniform) {
            double drawn = uniform * (causal + prefix + spanCorruption);
            if (drawn < causal) {
                return Method.CAUSAL;
            }
            return drawn < causal + prefix ? Method.PREFIX : Method.SPAN_CORRUPTION;
        }
    }

    public Prompting {
        shots = List.copyOf(shots);
        share("few_shot", fewShot);
        share("reasoning", reasoning);
        share("detailed", detailed);
        share("inversion", inversion);
        share("channel", channel);
        share("options", options);
        if (inversion + channel > 1) {
            throw new IllegalArgumentException("inversion and channel must not be more than 1 together");
        }
        if (shots.isEmpty() || shots.stream().anyMatch(count -> count < 1 || count > MOST)) {
            throw new IllegalArgumentException("shots must be numbers from 1 to " + MOST + ", got " + shots);
        }
        if (negatives < 0 || maxCharacters < 0) {
            throw new IllegalArgumentException("negatives and max_characters must be ≥ 0");
        }
    }

    private static void share(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(key + " must be from 0 to 1, got " + value);
        }
    }

    /// Flan 2022's: half few-shot with 5, 2 or 1 examples, half with options, 0.3 inverted.
    public static Prompting defaults() {
        return new Prompting(
                0.5, List.of(5, 2, 1), 0.5, 0, 0, 0.3, 0, 0.5, false, Languages.EXAMPLE, 8000, Objectives.defaults());
    }

    /// The most examples that a prompt may want.
    public int mostShots() {
        return shots.stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
