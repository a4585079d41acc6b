package org.align4j.pipeline.constitution;

import java.util.List;
import org.align4j.error.Require;

/// The texts around principles. `{prompt}`, `{first}`, `{second}`, `{response}` and `{question}`
/// are replaced.
///
/// @param comparison asks which of two answers is better; its answer begins with one of `letters`
/// @param reasoning is said instead when the model is to think first
/// @param verdict asks for the letter after the thoughts
/// @param letters what the first and the second answer are called
/// @param rating asks what one answer is worth, for direct feedback as a reward
/// @param ratings its answers, the worst first
public record Wording(
        String comparison,
        String reasoning,
        String verdict,
        List<String> letters,
        String rating,
        List<String> ratings) {
    public Wording {
        letters = List.copyOf(letters);
        ratings = List.copyOf(ratings);
        has("comparison", comparison, "{prompt}", "{first}", "{second}", "{question}");
        has("reasoning", reasoning, "{prompt}", "{first}", "{second}", "{question}");
        has("rating", rating, "{prompt}", "{response}");
        Require.that(
                letters.size() == 2 && !letters.get(0).equals(letters.get(1)), "letters must be two, such as [A, B]");
        Require.that(ratings.size() >= 2, "ratings must be at least two, the worst first");
    }

    private static void has(String key, String text, String... places) {
        for (String place : places) {
            Require.that(text.contains(place), key + " must contain " + place);
        }
    }

    /// English, with letters A and B and marks from 1 to 9.
    public static Wording defaults() {
        String options = """
            Someone asked an assistant:
            {prompt}

            {question}

            Answer (A): {first}

            Answer (B): {second}

            """;
        return new Wording(
                options + "Reply with the letter A or B and nothing else.",
                options + "Think about it step by step, in a few sentences.",
                "So which answer is it? Reply with the letter A or B and nothing else.",
                List.of("A", "B"),
                """
                Someone asked an assistant:
                {prompt}

                The assistant answered:
                {response}

                How well does the answer keep from doing harm, and how fairly does it treat everybody concerned?
                Give it a mark from 1 (worst) to 9 (best). Reply with the digit and nothing else.\
                """,
                List.of("1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }
}
