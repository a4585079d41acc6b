package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.pipeline.constitution.SoftLabel;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;

/// Asks a model all questions of a step together, counts what comes back, and asks again where an
/// answer can't be used.
final class Asker {
    private static final Pattern LABEL = Pattern.compile(
            "^\\s*(?:[*#]+\\s*)?(?:critique|revision|revised"
                    + " (?:answer|response)|response|answer|assistant)\\s*:[*\\s]*",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?…][\"'”’)*]*(?=\\s|$)|\\n");

    /// Asking a greedy question again needs other draws.
    private static final double AGAIN = 0.7;

    private final Teacher teacher;
    private final int retries;
    private final Statistics.Tally tally;
    private final EvaluationListener listener;
    private final BooleanSupplier interrupted;

    Asker(
            Teacher teacher,
            int retries,
            Statistics.Tally tally,
            EvaluationListener listener,
            BooleanSupplier interrupted) {
        this.teacher = teacher;
        this.retries = retries;
        this.tally = tally;
        this.listener = listener;
        this.interrupted = interrupted;
    }

    /// What becomes of texts that were cut off.
    enum Cut {
        /// They end with their last whole sentence: what is learned should end well.
        TRIM,
        /// They stay: what is compared or measured is what the model says.
        KEEP
    }

    /// A text, or why there is none.
    record Text(Optional<String> text, String reason) {}

    /// Usable texts: without a label such as `Critique:`, and not empty.
    ///
    /// @param what for progress and counts, such as `critiques 1`
    List<Text> texts(String what, Cut cut, List<Question> questions) {
        List<Text> texts = new ArrayList<>();
        questions.forEach(question -> texts.add(new Text(Optional.empty(), "")));
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            open.add(i);
        }
        listener.started(what, questions.size(), 0);
        for (int attempt = 0; attempt <= retries && !open.isEmpty(); attempt++) {
            int again = attempt;
            List<Reply> replies = replies(
                    open.stream().map(i -> again(questions.get(i), again)).toList(), List.of(), questions.size());
            List<Integer> left = new ArrayList<>();
            for (int r = 0; r < replies.size(); r++) {
                Text text = usable(tally.text(replies.get(r)), replies.get(r), cut);
                texts.set(open.get(r), text);
                if (text.text().isEmpty()) {
                    tally.reject(what.replaceAll("\\s*\\d+$", "") + ": " + text.reason(), said(replies.get(r)));
                    // a server's failures were tried again already
                    if (replies.get(r) instanceof Reply.Answer) {
                        left.add(open.get(r));
                    }
                }
            }
            open = left;
        }
        return texts;
    }

    /// Log-probabilities of letters, empty where the model didn't choose.
    ///
    /// @param leastMass of probability that must lie on them
    List<Optional<Map<String, Double>>> letters(
            String what, List<Question> questions, List<String> letters, double leastMass) {
        listener.started(what, questions.size(), 0);
        List<Optional<Map<String, Double>>> all = new ArrayList<>();
        for (Reply reply : replies(questions, letters, questions.size())) {
            tally.text(reply);
            Optional<Map<String, Double>> logps =
                    reply instanceof Reply.Choice choice ? Optional.of(choice.logps()) : Optional.empty();
            double mass = SoftLabel.mass(logps.orElse(Map.of()), letters);
            if (logps.isPresent() && (mass < leastMass || mass == 0)) {
                tally.reject(
                        what + ": not one of " + letters,
                        String.format(Locale.ROOT, "only %.4f of the probability is on them", mass));
                logps = Optional.empty();
            }
            all.add(logps);
        }
        return all;
    }

    /// @param all questions of the step, of which these may be the few that are asked again
    private List<Reply> replies(List<Question> questions, List<String> choices, int all) {
        Teacher.Progress progress = new Teacher.Progress((index, reply) -> listener.done(1), interrupted);
        List<Reply> replies =
                choices.isEmpty() ? teacher.ask(questions, progress) : teacher.choose(questions, choices, progress);
        if (interrupted.getAsBoolean()) {
            throw new CancellationException("interrupted; what was answered is kept");
        }
        List<Reply.Failure> failures = replies.stream()
                .filter(Reply.Failure.class::isInstance)
                .map(Reply.Failure.class::cast)
                .toList();
        // those that were not asked come last: they say why the teacher gave up
        Optional<Reply.Failure> unasked =
                failures.stream().filter(failure -> !failure.asked()).findFirst();
        if (unasked.isPresent() || 2 * failures.size() > all) {
            throw new AlignException.Data(failures.size() + " of " + all + " questions to " + teacher.name()
                    + " failed: " + unasked.orElseGet(failures::getFirst).reason()
                    + "; what was answered is kept: mend it, and the same command goes on");
        }
        return replies;
    }

    private static Question again(Question question, int attempt) {
        return attempt == 0
                ? question
                : new Question(
                        question.conversation(),
                        question.maxTokens(),
                        Math.max(AGAIN, question.temperature()),
                        question.stop(),
                        question.seed() + 7_919L * attempt);
    }

    private static String said(Reply reply) {
        return switch (reply) {
            case Reply.Answer answer -> answer.text();
            case Reply.Choice choice -> choice.logps().toString();
            case Reply.Failure failure -> failure.reason();
        };
    }

    private static Text usable(String text, Reply reply, Cut cut) {
        if (reply instanceof Reply.Failure failure) {
            return new Text(Optional.empty(), failure.reason());
        }
        String cleaned = LABEL.matcher(text).replaceFirst("").strip();
        if (cut == Cut.TRIM && reply instanceof Reply.Answer answer && !answer.complete()) {
            int end = SENTENCE_END
                    .matcher(cleaned)
                    .results()
                    .mapToInt(match -> match.end())
                    .max()
                    .orElse(0);
            if (end == 0) {
                return new Text(Optional.empty(), "cut off before the end of a sentence");
            }
            cleaned = cleaned.substring(0, end).strip();
        }
        return cleaned.isEmpty() ? new Text(Optional.empty(), "empty") : new Text(Optional.of(cleaned), "");
    }
}
