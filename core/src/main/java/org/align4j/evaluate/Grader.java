package org.align4j.evaluate;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.align4j.evaluate.text.Bleu;
import org.align4j.evaluate.text.Chrf;
import org.align4j.evaluate.text.Rouge;
import org.align4j.evaluate.text.Ter;

/// Judges answers.
///
/// @param name what tables call the metric
/// @param applies to the answers of which questions
/// @param parts of an answer to a question, `[P]`, from whose sums the figure is computed
public record Grader(
        String name, Predicate<Question> applies, BiFunction<Question, String, double[]> parts, Figure figure) {
    /// The mean of a value of each answer, such as a reward.
    public static Grader mean(String name, ToDoubleBiFunction<Question, String> value) {
        return mean(name, question -> true, value);
    }

    /// The mean over the answers to the questions that it applies to.
    public static Grader mean(String name, Predicate<Question> applies, ToDoubleBiFunction<Question, String> value) {
        return new Grader(
                name, applies, (question, answer) -> Figure.value(value.applyAsDouble(question, answer)), Figure.MEAN);
    }

    /// Share of answers that are the reference, white space around them aside.
    public static Grader exactMatch() {
        return mean(
                "exact_match",
                (question, answer) ->
                        share(answer.strip().equals(reference(question).strip())));
    }

    /// Share of answers whose last number is the reference's: see [LastNumber].
    public static Grader lastNumber() {
        return mean("last_number", (question, answer) -> share(LastNumber.agree(answer, reference(question))));
    }

    /// BLEU, chrF2 and TER of all answers together, and the mean F1 of ROUGE-L; 0 to 100, ROUGE 0
    /// to 1.
    public static List<Grader> likeness() {
        Rouge rouge = new Rouge(true);
        return List.of(
                against("bleu", Bleu::counts, Bleu::corpus),
                against("chrf", Chrf::counts, Chrf::score),
                against("ter", Ter::counts, Ter::score),
                mean(
                        "rouge_l",
                        (question, answer) ->
                                rouge.longest(answer, reference(question)).f1()));
    }

    private static Grader against(String name, BiFunction<String, String, double[]> counts, Figure figure) {
        return new Grader(
                name, question -> true, (question, answer) -> counts.apply(answer, reference(question)), figure);
    }

    private static String reference(Question question) {
        return question.reference()
                .orElseThrow(() -> new IllegalArgumentException(
                        question.source() + ": this grader needs a reference and the question has none"));
    }

    private static double share(boolean right) {
        return right ? 1 : 0;
    }
}
