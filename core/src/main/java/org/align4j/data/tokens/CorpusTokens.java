package org.align4j.data.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.align4j.parallel.OrderedTasks;
import org.align4j.tokenizer.Tokenizer;

/// Turns a corpus into the files of a [TokenFolder], with several threads and little memory. The
/// files are the same whatever the number of threads, and whether or not the work was interrupted.
public final class CorpusTokens implements AutoCloseable {
    private static final int BATCH_CHARACTERS = 1 << 18;

    private final TokenFolder target;
    private final long fileTokens;
    private final CorpusEncoding encoding;
    private final Consumer<Progress> listener;
    private final OrderedTasks<List<Encoded>> tasks = OrderedTasks.onAllProcessors(this::write);
    private List<Wanted> batch = new ArrayList<>();
    private int batched;
    private int file;
    private long tokens;
    private long documents;
    private TokenFileWriter writer;

    /// How far the work is.
    ///
    /// @param documents written
    /// @param tokens written
    public record Progress(long documents, long tokens) {}

    /// @param first whether a document begins with the piece
    private record Wanted(Corpus.Piece piece, boolean first) {}

    @SuppressWarnings("ArrayRecordComponent") // passed on once
    private record Encoded(int[] ids, boolean last) {}

    private CorpusTokens(TokenFolder target, Tokenizer tokenizer, long fileTokens, Consumer<Progress> listener) {
        this.target = target;
        this.fileTokens = fileTokens;
        this.listener = listener;
        encoding = new CorpusEncoding(tokenizer);
        List<TokenHeader> finished = target.keepFinished();
        file = finished.size();
        tokens = finished.stream().mapToLong(TokenHeader::tokens).sum();
        documents = finished.stream().mapToLong(TokenHeader::documents).sum();
        writer = writer();
    }

    /// Makes the files of a folder, unless they are there.
    ///
    /// @param chosen which documents, by their number in the corpus, belong to this part
    /// @param fileTokens a file is full with so many and ends with the next document
    /// @param interrupted asked between documents
    /// @throws CancellationException when interrupted; finished files stay
    public static void make(
            TokenFolder target,
            Corpus.Settings corpus,
            LongPredicate chosen,
            Tokenizer tokenizer,
            long fileTokens,
            Consumer<Progress> listener,
            BooleanSupplier interrupted) {
        if (target.isComplete()) {
            return;
        }
        try (CorpusTokens tokens = new CorpusTokens(target, tokenizer, fileTokens, listener);
                Corpus texts = Corpus.open(corpus)) {
            tokens.write(texts, chosen, interrupted);
        }
    }

    private TokenFileWriter writer() {
        return new TokenFileWriter(target.file(file), encoding.idBytes(), target.origin());
    }

    private void write(Corpus texts, LongPredicate chosen, BooleanSupplier interrupted) {
        long written = documents;
        long document = 0;
        boolean first = true;
        while (texts.hasNext()) {
            Corpus.Piece piece = texts.next();
            if (interrupted.getAsBoolean()) {
                throw new CancellationException("interrupted while making tokens; the same command goes on with them");
            }
            if (chosen.test(document)) {
                if (written <= 0) {
                    add(new Wanted(piece, first));
                } else if (piece.last()) {
                    written--;
                }
            }
            first = piece.last();
            document += piece.last() ? 1 : 0;
        }
        submit();
        tasks.finish();
        finishFile();
        target.complete();
    }

    private void add(Wanted wanted) {
        batch.add(wanted);
        batched += wanted.piece().text().length();
        if (batched >= BATCH_CHARACTERS) {
            submit();
        }
    }

    private void submit() {
        List<Wanted> pieces = batch;
        tasks.submit(() -> pieces.stream()
                .map(wanted -> new Encoded(
                        encoding.encode(wanted.piece(), wanted.first()),
                        wanted.piece().last()))
                .toList());
        batch = new ArrayList<>();
        batched = 0;
    }

    private void write(List<Encoded> pieces) {
        for (Encoded piece : pieces) {
            writer.add(piece.ids());
            tokens += piece.ids().length;
            if (piece.last()) {
                writer.endDocument();
                documents++;
                if (writer.tokens() >= fileTokens) {
                    finishFile();
                    file++;
                    writer = writer();
                }
            }
        }
        listener.accept(new Progress(documents, tokens));
    }

    private void finishFile() {
        if (writer.tokens() > 0) {
            writer.finish();
        }
    }

    @Override
    public void close() {
        try {
            tasks.close();
        } finally {
            writer.close();
        }
    }
}
