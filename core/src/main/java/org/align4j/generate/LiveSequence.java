package org.align4j.generate;

import java.util.Arrays;
import java.util.Set;
import org.align4j.tokenizer.StreamDecoder;
import org.align4j.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// One answer on its way: what was drawn, and the text that it spells.
final class LiveSequence {
    private final int request;
    private final Sampler.Row row;
    private final GenerationOptions options;
    private final GenerationListener listener;
    private final @Nullable StreamDecoder decoder;
    private final StopStrings.Matcher matcher;
    private final StringBuilder text = new StringBuilder();
    private final float[] logps;
    private final float[] filteredLogps;

    /// @param request its place among the requests
    /// @param tokenizer spells the answer, if there is one
    LiveSequence(
            int request,
            GenerationRequest asked,
            GenerationOptions options,
            @Nullable Tokenizer tokenizer,
            GenerationListener listener) {
        this.request = request;
        this.options = options;
        this.listener = listener;
        row = new Sampler.Row(asked.key(), new TokenHistory(asked.prompt()));
        decoder = tokenizer == null ? null : tokenizer.streamDecoder(true);
        matcher = new StopStrings(options.sampling().stopStrings()).matcher();
        int room = options.logps() ? options.maxNewTokens() : 0;
        logps = new float[room];
        filteredLogps = new float[room];
    }

    int request() {
        return request;
    }

    Sampler.Row row() {
        return row;
    }

    TokenHistory history() {
        return row.history();
    }

    /// Takes the token drawn for it; true where the answer ends with it.
    boolean accept(Drawn drawn, int index, Set<Integer> eosIds) {
        int token = drawn.tokens()[index];
        if (options.logps()) {
            logps[history().generated()] = drawn.logps()[index];
            filteredLogps[history().generated()] = drawn.filteredLogps()[index];
        }
        history().add(token);
        String piece = decoder == null ? "" : matcher.accept(decoder.next(token));
        text.append(piece);
        listener.token(request, token, piece);
        return eosIds.contains(token)
                || matcher.found().isPresent()
                || history().generated() == options.maxNewTokens();
    }

    /// The whole answer, told to the listener.
    Generation finish(Set<Integer> eosIds) {
        int count = history().generated();
        Finish why;
        if (matcher.found().isPresent()) {
            why = Finish.STOP;
        } else if (count > 0 && eosIds.contains(history().get(history().length() - 1))) {
            why = Finish.EOS;
        } else {
            why = count == options.maxNewTokens() ? Finish.LENGTH : Finish.INTERRUPTED;
        }
        String rest = decoder == null || why == Finish.STOP ? "" : matcher.accept(decoder.finish());
        if (matcher.found().isEmpty()) {
            rest += matcher.finish();
        }
        text.append(rest);
        int recorded = Math.min(count, logps.length);
        Generation generation = new Generation(
                history().generatedTokens(),
                Arrays.copyOf(logps, recorded),
                Arrays.copyOf(filteredLogps, recorded),
                why,
                text.toString());
        listener.finished(request, rest, generation);
        return generation;
    }
}
