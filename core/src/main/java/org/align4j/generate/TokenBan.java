package org.align4j.generate;

import java.util.List;
import java.util.stream.IntStream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// A processor that removes tokens by what the sequence holds, whatever their scores.
public sealed interface TokenBan extends LogitsProcessor {
    /// The tokens that must not follow `history`; may name a token twice.
    IntStream banned(TokenHistory history);

    @Override
    default Tensor apply(Tensor scores, List<TokenHistory> histories) {
        long vocabulary = scores.size(1);
        long[] places = IntStream.range(0, histories.size())
                .boxed()
                .flatMapToLong(row -> banned(histories.get(row))
                        .filter(token -> token < vocabulary)
                        .mapToLong(token -> row * vocabulary + token))
                .toArray();
        if (places.length == 0) {
            return scores;
        }
        Tensor result = scores.contiguous().copy();
        Tensor removed = Tensor.full(Double.NEGATIVE_INFINITY, DType.FLOAT32, scores.device(), places.length);
        Tensor flat = result.view(-1);
        flat.indexCopy_(0, Tensor.of(places).to(scores.device()), removed);
        return result;
    }

    /// Removes tokens that would complete an n-gram of `size` tokens that occurs already, in
    /// the prompt too (`NoRepeatNGramLogitsProcessor`).
    record NoRepeatNgram(int size) implements TokenBan {
        @Override
        public IntStream banned(TokenHistory history) {
            int prefix = size - 1;
            if (history.length() < prefix) {
                return IntStream.empty();
            }
            return IntStream.range(prefix, history.length())
                    .filter(end -> history.repeatsEnd(end, prefix))
                    .map(history::get);
        }
    }

    /// Removes the last token of each word when its other tokens have just been written
    /// (`NoBadWordsLogitsProcessor`). A word that is a single end token isn't banned, as there.
    /// Departs: a word one token longer than a sequence that spells all but its last token is
    /// banned too.
    record BadWords(List<List<Integer>> words, List<Integer> eos) implements TokenBan {
        public BadWords {
            words = words.stream().map(List::copyOf).toList();
            eos = List.copyOf(eos);
        }

        @Override
        public IntStream banned(TokenHistory history) {
            return words.stream()
                    .filter(word -> word.size() > 1 || !eos.contains(word.getFirst()))
                    .filter(word -> {
                        int[] tokens = word.stream().mapToInt(Integer::intValue).toArray();
                        return history.endsWith(history.length(), tokens, tokens.length - 1);
                    })
                    .mapToInt(List::getLast);
        }
    }

    /// Removes the end tokens until `least` tokens are generated
    /// (`MinNewTokensLengthLogitsProcessor`).
    record MinNewTokens(int least, List<Integer> eos) implements TokenBan {
        public MinNewTokens {
            eos = List.copyOf(eos);
        }

        @Override
        public IntStream banned(TokenHistory history) {
            return history.generated() < least ? eos.stream().mapToInt(Integer::intValue) : IntStream.empty();
        }
    }

    /// Removes these tokens always (`SuppressTokensLogitsProcessor`).
    record Suppress(List<Integer> tokens) implements TokenBan {
        public Suppress {
            tokens = List.copyOf(tokens);
        }

        @Override
        public IntStream banned(TokenHistory history) {
            return tokens.stream().mapToInt(Integer::intValue);
        }
    }
}
