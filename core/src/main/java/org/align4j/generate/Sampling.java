package org.align4j.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// How the next token is chosen. The settings mean what transformers' generation settings of
/// these names mean, and act in its order: see [#processors].
///
/// @param temperature divides the scores; 0 takes the best token (greedy)
/// @param topK keeps the k best tokens; 0 for all
/// @param topP keeps the best tokens that reach this probability; 1 for all
/// @param minP keeps tokens at least this times as probable as the best; 0 for all
/// @param typicalP keeps the most typical tokens that reach this probability; 1 for all
/// @param epsilonCutoff keeps tokens of at least this probability; 0 for all
/// @param etaCutoff the same, less where the distribution is flat; 0 for all
/// @param repetitionPenalty divides scores of tokens that occurred; 1 for no penalty
/// @param noRepeatNgram no n-gram of this size occurs twice; 0 for no limit
/// @param minNewTokens the end token is removed until so many tokens are written
/// @param badWords token sequences that are never written
/// @param suppressedTokens tokens that are never written
/// @param stopStrings strings that end the answer and are left out of it
/// @param seed fixes every draw, together with a [DrawKey]
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        double typicalP,
        double epsilonCutoff,
        double etaCutoff,
        double repetitionPenalty,
        int noRepeatNgram,
        int minNewTokens,
        List<List<Integer>> badWords,
        List<Integer> suppressedTokens,
        List<String> stopStrings,
        long seed) {
    private static final Sampling DEFAULTS = new Changes().build();

    /// @throws AlignException.Config that lists every setting out of its range
    public Sampling {
        badWords = badWords.stream().map(List::copyOf).toList();
        suppressedTokens = List.copyOf(suppressedTokens);
        stopStrings = List.copyOf(stopStrings);
        Problems problems = new Problems();
        check(
                problems,
                temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
                "temperature",
                temperature,
                "0 for greedy or a positive number");
        check(problems, topK >= 0, "topK", topK, "0 for no limit or a number of tokens");
        check(problems, topP > 0 && topP <= 1, "topP", topP, "above 0, up to 1 for no limit");
        check(problems, minP >= 0 && minP <= 1, "minP", minP, "0 for no limit, up to 1");
        check(problems, typicalP > 0 && typicalP <= 1, "typicalP", typicalP, "above 0, up to 1 for no limit");
        check(
                problems,
                epsilonCutoff >= 0 && epsilonCutoff < 1,
                "epsilonCutoff",
                epsilonCutoff,
                "0 for no limit, below 1");
        check(problems, etaCutoff >= 0 && etaCutoff < 1, "etaCutoff", etaCutoff, "0 for no limit, below 1");
        check(
                problems,
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "repetitionPenalty",
                repetitionPenalty,
                "1 for no penalty or a positive number");
        check(problems, noRepeatNgram >= 0, "noRepeatNgram", noRepeatNgram, "0 for no limit or a number of tokens");
        check(problems, minNewTokens >= 0, "minNewTokens", minNewTokens, "0 or a number of tokens");
        check(problems, badWords.stream().noneMatch(List::isEmpty), "badWords", badWords, "no empty word");
        check(
                problems,
                badWords.stream().flatMap(List::stream).allMatch(token -> token >= 0),
                "badWords",
                badWords,
                "token ids from 0");
        check(
                problems,
                suppressedTokens.stream().allMatch(token -> token >= 0),
                "suppressedTokens",
                suppressedTokens,
                "token ids from 0");
        check(problems, !stopStrings.contains(""), "stopStrings", stopStrings, "no empty string");
        problems.throwIfAny("sampling:", AlignException.Config::new);
    }

    private static void check(Problems problems, boolean right, String name, Object value, String expected) {
        if (!right) {
            problems.add(name + ": " + value + " is out of range; expected " + expected);
        }
    }

    /// Draws from the model's own distribution: temperature 1, nothing removed.
    public static Sampling defaults() {
        return DEFAULTS;
    }

    /// The best token each time.
    public static Sampling greedy() {
        return DEFAULTS.with(changed -> changed.temperature = 0);
    }

    /// These settings with some changed: `sampling.with(changed -> changed.topK = 40)`.
    public Sampling with(Consumer<Changes> change) {
        Changes changes = new Changes(this);
        change.accept(changes);
        return changes.build();
    }

    public boolean isGreedy() {
        return temperature == 0;
    }

    /// Whether tokens may be drawn from another distribution than the model's at this
    /// temperature, so that learning from them needs an importance correction.
    public boolean changesDistribution() {
        return isGreedy() || !processors(List.of()).stream().allMatch(LogitsProcessor.Temperature.class::isInstance);
    }

    /// What acts on the scores, in the order of transformers' `generate`: repetition penalty,
    /// no-repeat n-grams, bad words, least new tokens, suppressed tokens; then, unless greedy,
    /// temperature, top-k, top-p, min-p, typical, epsilon, eta. Settings that do nothing have
    /// no processor.
    ///
    /// @param eos the tokens that end an answer
    public List<LogitsProcessor> processors(List<Integer> eos) {
        List<LogitsProcessor> chain = new ArrayList<>();
        if (repetitionPenalty != 1) {
            chain.add(new LogitsProcessor.RepetitionPenalty(repetitionPenalty));
        }
        if (noRepeatNgram > 0) {
            chain.add(new TokenBan.NoRepeatNgram(noRepeatNgram));
        }
        if (!badWords.isEmpty()) {
            chain.add(new TokenBan.BadWords(badWords, eos));
        }
        if (minNewTokens > 0) {
            chain.add(new TokenBan.MinNewTokens(minNewTokens, eos));
        }
        if (!suppressedTokens.isEmpty()) {
            chain.add(new TokenBan.Suppress(suppressedTokens));
        }
        if (!isGreedy()) {
            if (temperature != 1) {
                chain.add(new LogitsProcessor.Temperature(temperature));
            }
            addFilters(chain);
        }
        return List.copyOf(chain);
    }

    private void addFilters(List<LogitsProcessor> chain) {
        if (topK > 0) {
            chain.add(new LogitsFilter.TopK(topK, 1));
        }
        if (topP < 1) {
            chain.add(new LogitsFilter.TopP(topP, 1));
        }
        if (minP > 0) {
            chain.add(new LogitsFilter.MinP(minP, 1));
        }
        if (typicalP < 1) {
            chain.add(new LogitsFilter.TypicalP(typicalP, 1));
        }
        if (epsilonCutoff > 0) {
            chain.add(new LogitsFilter.EpsilonCutoff(epsilonCutoff, 1));
        }
        if (etaCutoff > 0) {
            chain.add(new LogitsFilter.EtaCutoff(etaCutoff, 1));
        }
    }

    /// Settings being changed by [Sampling#with]; validated when complete. The values here are the
    /// defaults.
    public static final class Changes {
        public double temperature = 1;
        public int topK = 0;
        public double topP = 1;
        public double minP = 0;
        public double typicalP = 1;
        public double epsilonCutoff = 0;
        public double etaCutoff = 0;
        public double repetitionPenalty = 1;
        public int noRepeatNgram = 0;
        public int minNewTokens = 0;
        public List<List<Integer>> badWords = List.of();
        public List<Integer> suppressedTokens = List.of();
        public List<String> stopStrings = List.of();
        public long seed = 0;

        private Changes() {}

        private Changes(Sampling settings) {
            temperature = settings.temperature;
            topK = settings.topK;
            topP = settings.topP;
            minP = settings.minP;
            typicalP = settings.typicalP;
            epsilonCutoff = settings.epsilonCutoff;
            etaCutoff = settings.etaCutoff;
            repetitionPenalty = settings.repetitionPenalty;
            noRepeatNgram = settings.noRepeatNgram;
            minNewTokens = settings.minNewTokens;
            badWords = settings.badWords;
            suppressedTokens = settings.suppressedTokens;
            stopStrings = settings.stopStrings;
            seed = settings.seed;
        }

        private Sampling build() {
            return new Sampling(
                    temperature,
                    topK,
                    topP,
                    minP,
                    typicalP,
                    epsilonCutoff,
                    etaCutoff,
                    repetitionPenalty,
                    noRepeatNgram,
                    minNewTokens,
                    badWords,
                    suppressedTokens,
                    stopStrings,
                    seed);
        }
    }
}
