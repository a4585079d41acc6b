package org.align4j.generate;

import java.util.List;
import java.util.stream.IntStream;
import org.align4j.tensor.Tensor;

/// A pure function of the next token's scores, each equal to the processor of transformers that
/// its comment names. A removed token has the score -inf. `B` sequences, `V` tokens of the
/// vocabulary.
public sealed interface LogitsProcessor
        permits LogitsProcessor.Temperature, LogitsProcessor.RepetitionPenalty, TokenBan, LogitsFilter {
    /// @param scores float32 scores, `[B, V]`, left as they are
    /// @param histories the tokens of each row so far, B of them
    /// @return the processed scores, `[B, V]`
    Tensor apply(Tensor scores, List<TokenHistory> histories);

    /// Divides all scores (`TemperatureLogitsWarper`).
    record Temperature(double temperature) implements LogitsProcessor {
        @Override
        public Tensor apply(Tensor scores, List<TokenHistory> histories) {
            return temperature == 1 ? scores : scores.div(temperature);
        }
    }

    /// Divides positive scores of tokens that occur in the prompt or the answer by `penalty`,
    /// multiplies negative ones (`RepetitionPenaltyLogitsProcessor`; eq. 2 of Keskar et al.
    /// 2019). A token counts once, however often it occurs.
    record RepetitionPenalty(double penalty) implements LogitsProcessor {
        @Override
        public Tensor apply(Tensor scores, List<TokenHistory> histories) {
            long vocabulary = scores.size(1);
            // A vocabulary may be padded in the tokenizer but not in the head: such tokens have no score.
            long[] places = IntStream.range(0, histories.size())
                    .boxed()
                    .flatMapToLong(row -> IntStream.of(histories.get(row).distinct())
                            .filter(token -> token < vocabulary)
                            .mapToLong(token -> row * vocabulary + token))
                    .toArray();
            if (places.length == 0) {
                return scores;
            }
            Tensor index = Tensor.of(places).to(scores.device());
            float[] values = scores.contiguous().view(-1).indexSelect(0, index).toFloats();
            float factor = (float) penalty;
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] < 0 ? values[i] * factor : values[i] / factor;
            }
            Tensor result = scores.contiguous().copy();
            Tensor flat = result.view(-1);
            flat.indexCopy_(0, index, Tensor.of(values).to(scores.device()));
            return result;
        }
    }
}
