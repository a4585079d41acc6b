package org.align4j.data.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.random.ShuffledOrder;

/// A stream of tokens cut into windows of one length. Neighbours share a token: the last target of
/// one is the first input of the next, so that every token but those that begin documents is a
/// target once an epoch.
///
/// @param stream the tokens
/// @param context tokens of a window
/// @param acrossDocuments whether a window is one sequence; otherwise each document in it is one of
///     its own, and attention doesn't reach from one into another
public record TokenWindows(TokenStream stream, int context, boolean acrossDocuments) {
    /// @throws AlignException.Data where the tokens don't fill one window
    public TokenWindows {
        if (context < 2) {
            throw new AlignException.Config("context: " + context + " tokens; at least 2 are needed");
        }
        if (stream.tokens() < context) {
            throw new AlignException.Data("context: windows of " + context + " tokens, but the text has only "
                    + stream.tokens() + "; lower context or give more text");
        }
    }

    /// How many whole windows there are; what is left at the end is not used.
    public long count() {
        return (stream.tokens() - 1) / (context - 1);
    }

    /// The window at a place of an endless sequence that holds every window once an epoch, each
    /// epoch in an order of its own.
    public long shuffled(long seed, long place) {
        CounterRandom orders = CounterRandom.of(seed, "window order");
        return new ShuffledOrder(count(), orders.at(place / count())).at(place % count());
    }

    /// Some windows as one batch.
    public PackedBatch batch(long[] windows) {
        List<int[]> sequences = new ArrayList<>();
        Arrays.stream(windows).forEach(window -> addSequences(window, sequences));
        return PackedBatch.allTrained(sequences);
    }

    private void addSequences(long window, List<int[]> sequences) {
        long from = window * (context - 1L);
        long to = from + context;
        while (from < to) {
            long end = acrossDocuments ? to : Math.min(to, stream.documentEnd(from));
            // a document's last token alone, or its first, predicts nothing
            if (end - from > 1) {
                sequences.add(stream.ids(from, end));
            }
            from = end;
        }
    }
}
