package org.align4j.rl.reward;

import java.lang.Character.UnicodeScript;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.align4j.config.ConfiguredClass;
import org.align4j.error.Require;
import org.align4j.rl.verify.MathVerifier;
import org.align4j.rl.verify.MultipleChoice;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.world.gold.GoldRewards;
import org.align4j.world.task.WorldJudge;

/// A reward as it is configured. Rules of texts give 0 or 1, if they don't say otherwise.
public sealed interface RewardRule {
    /// The column that holds the expected answer, where the rule needs one.
    default Optional<String> neededColumn() {
        return Optional.empty();
    }

    /// What computes it. What it loads belongs to the scope that is open.
    ///
    /// @param dtype that models compute in
    /// @param device that they are on
    RewardFunction function(DType dtype, Device device);

    /// 1 for the right answer by [MathVerifier].
    ///
    /// @param column with the expected answer, or a solution that ends with it
    /// @param lastNumber whether an answer without any mark is taken to be its last number
    @SuppressWarnings("AvoidCommonTypeNames") // its name in configurations
    record Math(String column, boolean lastNumber) implements RewardRule {
        static Math defaults() {
            return new Math("answer", false);
        }

        @Override
        public Optional<String> neededColumn() {
            return Optional.of(column);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            MathVerifier verifier = new MathVerifier(lastNumber);
            return compared(column, (response, expected) -> Optional.of(verifier.isRight(response, expected)));
        }
    }

    /// 1 for a response that is the expected text but for white space at its ends.
    record Exact(String column) implements RewardRule {
        static Exact defaults() {
            return new Exact("answer");
        }

        @Override
        public Optional<String> neededColumn() {
            return Optional.of(column);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return compared(
                    column, (response, expected) -> Optional.of(response.strip().equals(expected.strip())));
        }
    }

    /// 1 for the right letter of a multiple-choice question by [MultipleChoice].
    record Choice(String column) implements RewardRule {
        static Choice defaults() {
            return new Choice("answer");
        }

        @Override
        public Optional<String> neededColumn() {
            return Optional.of(column);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return compared(column, MultipleChoice::isRight);
        }
    }

    /// 1 where a regular expression is found in the response; with `whole`, where it is all of it.
    /// Dots stand for line ends too.
    record Regex(String pattern, boolean whole) implements RewardRule {
        public Regex {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("pattern: " + e.getDescription() + " in " + pattern, e);
            }
        }

        static Regex defaults(String pattern) {
            return new Regex(pattern, false);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            BoundedPattern compiled = new BoundedPattern(Pattern.compile(pattern, Pattern.DOTALL));
            return each(attempt -> compiled.matches(attempt.response(), whole)
                    .map(RewardRule::one)
                    .orElse(Double.NaN));
        }
    }

    /// 1 for `<think>…</think>` and then `<answer>…</answer>`, each once and nothing around them,
    /// as DeepSeek-R1 asks (2025, table 1).
    record Format(String reasoning, String answer) implements RewardRule {
        static Format defaults() {
            return new Format("think", "answer");
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return each(attempt -> one(TaggedForm.holds(attempt.response(), reasoning, answer)));
        }
    }

    /// 1 for a length within bounds, falling linearly to 0 at twice the distance of the nearer
    /// bound from it: at 0 and at 2 · `most` tokens.
    record Length(int least, int most) implements RewardRule {
        public Length {
            Require.that(
                    least >= 0 && most >= java.lang.Math.max(1, least),
                    "least and most must be 0 ≤ least ≤ most, most > 0");
        }

        static Length defaults(int most) {
            return new Length(0, most);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return each(attempt -> {
                int tokens = attempt.tokens();
                if (tokens < least) {
                    return tokens / (double) least;
                }
                return java.lang.Math.max(0, java.lang.Math.min(1, 2 - tokens / (double) most));
            });
        }
    }

    /// The soft penalty of overlong answers: 0 up to `most` − `margin` tokens, then falling
    /// linearly to −1 at `most` (DAPO, Yu et al. 2025, eq. 13).
    record Overlong(int most, int margin) implements RewardRule {
        public Overlong {
            Require.that(margin >= 1 && margin <= most, "margin must be in 1 … most");
        }

        static Overlong defaults(int most, int margin) {
            return new Overlong(most, margin);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return each(attempt -> {
                double over = attempt.tokens() - (most - margin);
                return over <= 0 ? 0 : -java.lang.Math.min(1, over / margin);
            });
        }
    }

    /// The share of the response's letters that are of a script, such as `latin`, `han` or
    /// `cyrillic`. It tells scripts apart, not languages of one script. 0 for a response without
    /// letters.
    record Language(String script) implements RewardRule {
        public Language {
            try {
                UnicodeScript.forName(script);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "script: " + script + " is no name of a Unicode script, such as latin, han or cyrillic", e);
            }
        }

        static Language defaults(String script) {
            return new Language(script);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            UnicodeScript wanted = UnicodeScript.forName(script);
            return each(attempt -> {
                int[] letters = attempt.response()
                        .codePoints()
                        .filter(Character::isLetter)
                        .toArray();
                long right = Arrays.stream(letters)
                        .filter(letter -> UnicodeScript.of(letter) == wanted)
                        .count();
                return letters.length == 0 ? 0 : right / (double) letters.length;
            });
        }
    }

    /// The share of a program's tests that pass, see [CodeTests].
    ///
    /// @param column with the tests: a program that is run after the response's code, or a list of
    ///     such programs
    /// @param command that runs a file, such as `python3`
    /// @param timeout of one test
    /// @param memory of the program in MiB
    /// @param proof a line behind each test that writes `{mark}`, without which nothing is passed;
    ///     empty: the status is enough
    record Code(String column, List<String> command, Duration timeout, int memory, String proof) implements RewardRule {
        public Code {
            command = List.copyOf(command);
            Require.that(
                    !command.isEmpty() && timeout.isPositive() && memory >= 16,
                    "code needs a command, a timeout and 16 MiB of memory or more");
            Require.that(
                    proof.isEmpty() || proof.contains(CodeTests.MARK),
                    "proof must write {mark}, such as print(\"{mark}\")");
        }

        static Code defaults() {
            return new Code("tests", List.of("python3", "-I"), Duration.ofSeconds(10), 512, "print(\"{mark}\")");
        }

        @Override
        public Optional<String> neededColumn() {
            return Optional.of(column);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return CodeTests.of(column, new Sandbox(command, timeout, memory), proof);
        }
    }

    /// What a reward model says, see [ModelReward]: its score moved so that demonstrations score 0
    /// on average.
    ///
    /// @param model a reward model's directory, adapter or run
    /// @param maxLength tokens of prompt and answer; of longer ones it says nothing
    record Model(Path model, int maxLength) implements RewardRule {
        static Model defaults(Path model) {
            return new Model(model, 2048);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return ModelReward.load(model, maxLength, dtype, device);
        }
    }

    /// What an answer in the small world is worth by the rules that its row asks for
    /// (`gold_rewards`), from 0 to 1, see [org.align4j.world.gold.Judge]. Mostly a `gold_reward`:
    /// held back from learning, to see whether the reward that is learned from still means it.
    record Gold() implements RewardRule {
        static Gold defaults() {
            return new Gold();
        }

        @Override
        public Optional<String> neededColumn() {
            return Optional.of(GoldRewards.COLUMN);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            org.align4j.world.gold.Judge judge = WorldJudge.create();
            return each(attempt -> judge.judge(GoldRewards.of(attempt.fields(), "a prompt"), attempt.response())
                    .total());
        }
    }

    /// What a service answers, see [HttpReward].
    record Http(String url, Duration timeout, int retries) implements RewardRule {
        public Http {
            if (!url.matches("https?://\\S+")) {
                throw new IllegalArgumentException("url: " + url + " must begin with http:// or https://");
            }
            Require.that(retries >= 0 && timeout.isPositive(), "http needs a timeout and 0 retries or more");
        }

        static Http defaults(String url) {
            return new Http(url, Duration.ofSeconds(60), 3);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return new HttpReward(URI.create(url), timeout, retries);
        }
    }

    /// What a model that is asked says about the response, see [FeedbackReward].
    ///
    /// @param judge that is asked
    /// @param question with `{prompt}` and `{response}`
    /// @param choices of its answer, the worst first
    record Feedback(TeacherConfig judge, String question, List<String> choices) implements RewardRule {
        public Feedback {
            choices = List.copyOf(choices);
            if (!question.contains("{prompt}") || !question.contains("{response}")) {
                throw new IllegalArgumentException("question must contain {prompt} and {response}");
            }
            Require.that(choices.size() >= 2, "choices must be at least two, the worst first");
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return new FeedbackReward(judge.open(), question, choices);
        }
    }

    /// The mark that a language model gives, see [JudgeReward].
    ///
    /// @param teacher a model's directory, GGUF file or run; or a server of OpenAI's protocol, such
    ///     as `http://localhost:8000/v1`
    /// @param model the model's name on the server
    /// @param keyVariable environment variable with the server's key; empty for none
    /// @param concurrency questions under way at once
    /// @param cache folder in which replies are kept, so that nothing is asked twice
    /// @param instructions with `{prompt}`, `{answer}`, and columns of the row in braces
    /// @param least the worst mark
    /// @param most the best mark
    /// @param maxTokens of a reply
    record Judge(
            String teacher,
            String model,
            String keyVariable,
            int concurrency,
            Path cache,
            String instructions,
            double least,
            double most,
            int maxTokens)
            implements RewardRule {
        public Judge {
            Require.that(instructions.contains("{answer}"), "instructions have no {answer}: nothing would be judged");
            Require.that(least < most, "judge needs least < most");
            Require.that(maxTokens >= 1 && concurrency >= 1, "judge needs max_tokens and concurrency ≥ 1");
        }

        static Judge defaults(String teacher, Path cache) {
            return new Judge(
                    teacher,
                    "",
                    "",
                    8,
                    cache,
                    "Rate how well the answer serves the question, from 1 (useless) to 10 (perfect). Say why in a sentence,"
                            + " then end with a line \"Rating: N\".\n\nQuestion:\n{prompt}\n\nAnswer:\n{answer}",
                    1,
                    10,
                    200);
        }

        @Override
        public RewardFunction function(DType dtype, Device device) {
            return JudgeReward.of(this, dtype, device);
        }
    }

    /// What an environment gave for the episode, see
    /// [org.align4j.rl.environment.Environment.Step#reward].
    record Environment() implements RewardRule {
        @Override
        public RewardFunction function(DType dtype, Device device) {
            return each(Attempt::earned);
        }
    }

    /// A [RewardFunction] of the class path, by the name of its class.
    record Java(String name) implements RewardRule {
        @Override
        public RewardFunction function(DType dtype, Device device) {
            return ConfiguredClass.make("rewards", name, RewardFunction.class);
        }
    }

    private static double one(boolean right) {
        return right ? 1 : 0;
    }

    /// @param comparison of the response with what is expected; absent: unknown
    private static RewardFunction compared(String column, BiFunction<String, String, Optional<Boolean>> comparison) {
        return each(attempt -> attempt.field(column)
                .flatMap(expected -> comparison.apply(attempt.response(), expected))
                .map(RewardRule::one)
                .orElse(Double.NaN));
    }

    private static RewardFunction each(ToDoubleFunction<Attempt> rule) {
        return attempts -> attempts.stream().mapToDouble(rule).toArray();
    }
}
