package org.align4j.generate;

import java.util.Arrays;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Chooses the next token of each sequence of a batch. A draw is one uniform number a row,
/// looked up in the cumulative sum of the row's probabilities. The number depends on the seed,
/// the row's [DrawKey] and its position only.
public final class Sampler {
    private final Sampling sampling;
    private final List<LogitsProcessor> processors;
    private final CounterRandom draws;
    private final boolean wantsLogps;

    /// One sequence of the batch.
    public record Row(DrawKey key, TokenHistory history) {}

    /// @param eos the tokens that end an answer: bad words and least new tokens need them
    /// @param wantsLogps whether [#draw] gives log-probabilities too
    public Sampler(Sampling sampling, List<Integer> eos, boolean wantsLogps) {
        this.sampling = sampling;
        this.wantsLogps = wantsLogps;
        processors = sampling.processors(eos);
        draws = DrawKey.draws(sampling.seed());
    }

    /// Chooses a token for each row. The histories aren't changed.
    ///
    /// @param logits the model's logits for the next tokens, `[B, V]`, of any floating type
    /// @param rows the sequences, B of them
    /// @throws AlignException.Tensor where a row has NaN logits or no token is left
    public Drawn draw(Tensor logits, List<Row> rows) {
        if (logits.size(0) != rows.size()) {
            throw new IllegalArgumentException(logits.size(0) + " rows of logits for " + rows.size() + " sequences");
        }
        try (Scope _ = Scope.open()) {
            Candidates few = sampling.isGreedy() || wantsLogps ? null : Candidates.best(logits, processors);
            if (few != null) {
                Tensor scores = processed(few.scores(), rows);
                return drawn(few.scores(), scores, few.tokens(), rows);
            }
            Tensor raw = logits.to(DType.FLOAT32);
            Tensor scores = processed(raw, rows);
            return sampling.isGreedy() ? best(raw, scores) : drawn(raw, scores, null, rows);
        }
    }

    private Tensor processed(Tensor raw, List<Row> rows) {
        List<TokenHistory> histories = rows.stream().map(Row::history).toList();
        Tensor scores = raw;
        for (LogitsProcessor processor : processors) {
            scores = processor.apply(scores, histories);
        }
        return scores;
    }

    /// The best token of each row, the lowest id of those that tie.
    private Drawn best(Tensor raw, Tensor scores) {
        Tensor tokens = scores.argmax(1).unsqueeze(1);
        // NaN counts as the greatest, so the best score tells whether the row has any.
        float[] best = scores.gather(1, tokens).toFloats();
        for (int row = 0; row < best.length; row++) {
            check(row, Float.isFinite(best[row]));
        }
        return wantsLogps
                ? new Drawn(ids(tokens), logps(raw, tokens), new float[best.length])
                : new Drawn(ids(tokens), new float[0], new float[0]);
    }

    /// @param candidates the tokens that the columns stand for, int64 `[B, columns]`; null: all, in
    ///     order
    private Drawn drawn(Tensor raw, Tensor scores, @Nullable Tensor candidates, List<Row> rows) {
        Tensor probabilities = scores.softmaxFloat32(1);
        Tensor cumulative = probabilities.cumsum(1);
        long vocabulary = scores.size(1);
        float[] uniforms = new float[rows.size()];
        for (int row = 0; row < uniforms.length; row++) {
            uniforms[row] =
                    rows.get(row).key().uniform(draws, rows.get(row).history().generated());
        }
        // Rounding makes the whole sum differ from 1 a little. A uniform of 24 bits times the sum stays below it, and
        // the first place above the product has a probability above 0.
        Tensor target =
                Tensor.of(uniforms).to(scores.device()).unsqueeze(1).mul(cumulative.narrow(1, vocabulary - 1, 1));
        Tensor found = cumulative.searchGreater(target);
        // Only rows of NaN find nothing: they are reported below.
        Tensor tokens = found.maskedFill(found.lt((double) vocabulary).logicalNot(), 0);
        float[] chosen = probabilities.gather(1, tokens).toFloats();
        for (int row = 0; row < chosen.length; row++) {
            check(row, chosen[row] > 0);
            chosen[row] = (float) Math.log(chosen[row]);
        }
        if (!wantsLogps) {
            return new Drawn(
                    ids(candidates == null ? tokens : candidates.gather(1, tokens)), new float[0], new float[0]);
        }
        float[] logps = sampling.changesDistribution() ? logps(raw, tokens) : chosen;
        return new Drawn(ids(tokens), logps, chosen);
    }

    /// Log-probabilities of `tokens`, `[B, 1]`, at the sampling temperature.
    private float[] logps(Tensor raw, Tensor tokens) {
        double temperature = sampling.isGreedy() ? 1 : sampling.temperature();
        return new LogitsProcessor.Temperature(temperature)
                .apply(raw, List.of())
                .logSoftmaxFloat32(1)
                .gather(1, tokens)
                .toFloats();
    }

    private static int[] ids(Tensor tokens) {
        return Arrays.stream(tokens.toLongs()).mapToInt(Math::toIntExact).toArray();
    }

    private static void check(int row, boolean right) {
        if (!right) {
            throw new AlignException.Tensor("sampling: row " + row
                    + " of the logits has NaN, or every token is removed; check the model, or allow more tokens"
                    + " (badWords, suppressedTokens, noRepeatNgram)");
        }
    }
}
