package org.align4j.train.pretrain;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.align4j.data.PackedBatch;
import org.align4j.data.tokens.CorpusTokens;
import org.align4j.data.tokens.TokenFolder;
import org.align4j.data.tokens.TokenStream;
import org.align4j.data.tokens.TokenWindows;
import org.align4j.random.CounterRandom;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tokenizer.Tokenizer;

/// The windows that a pretraining run learns from and is evaluated on.
///
/// @param windows that are trained on
/// @param heldOut that aren't; empty where nothing is held out
/// @param news counts to tell
record PretrainData(PretrainConfig config, TokenWindows windows, Optional<TokenWindows> heldOut, List<RunEvent> news) {
    private static final long LINE_EVERY_NANOS = 10_000_000_000L;

    /// Makes the files of tokens, unless they are there, and maps them for the life of `arena`.
    ///
    /// @param facts what was recorded of the text's files, their hashes among it
    static PretrainData load(
            PretrainConfig config,
            Tokenizer tokenizer,
            Object facts,
            Arena arena,
            RunListener listener,
            Interruption interruption) {
        CorpusConfig data = config.data();
        double fraction = data.eval().isEmpty() ? data.evalFraction() : 0;
        CounterRandom draws = CounterRandom.of(config.seed(), "held-out documents");
        LongPredicate isHeldOut = document -> draws.uniform(document) < fraction;
        Path folder = data.tokens().orElse(config.output().resolve("tokens"));
        String origin = origin(config, tokenizer, facts);
        TokenFolder train = new TokenFolder(folder, "train", origin);
        TokenFolder eval = new TokenFolder(folder, "eval", origin);
        if (data.tokens().isPresent()) {
            train.requireFreeOrOurs();
        }
        Making making = new Making(tokenizer, data, listener, interruption);
        making.make(train, data.train(), isHeldOut.negate());
        making.make(
                eval,
                data.eval().isEmpty() ? data.train() : data.eval(),
                data.eval().isEmpty() ? isHeldOut : all -> true);
        TokenStream learned = train.open(arena);
        TokenStream kept = eval.open(arena);
        List<RunEvent> news = new ArrayList<>();
        news.add(new RunEvent.Noted(counts("text", learned)));
        if (kept.tokens() > 0) {
            news.add(new RunEvent.Noted(counts("held out", kept)));
        }
        Optional<TokenWindows> heldOut = kept.tokens() < config.context()
                ? Optional.empty()
                : Optional.of(new TokenWindows(kept, config.context(), config.acrossDocuments()));
        if (heldOut.isEmpty() && (fraction > 0 || !data.eval().isEmpty())) {
            news.add(new RunEvent.Warned("held out are only " + kept.tokens() + " tokens, less than one window: nothing"
                    + " is evaluated; raise data.eval_fraction"));
        }
        return new PretrainData(
                config, new TokenWindows(learned, config.context(), config.acrossDocuments()), heldOut, news);
    }

    private static String counts(String what, TokenStream stream) {
        return String.format(Locale.ROOT, "%s: %,d tokens in %,d documents", what, stream.tokens(), stream.documents());
    }

    /// What decides the tokens: the texts, how they are read and parted, and the tokenizer.
    private static String origin(PretrainConfig config, Tokenizer tokenizer, Object facts) {
        CorpusConfig data = config.data();
        String all = String.join(
                "\n",
                tokenizer.fingerprint(),
                String.valueOf(facts),
                data.corpus(data.train()).toString(),
                String.valueOf(data.eval().isEmpty() ? data.evalFraction() : 0),
                String.valueOf(data.fileTokens()),
                String.valueOf(config.seed()));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Makes files of tokens and tells of it every few seconds.
    private record Making(Tokenizer tokenizer, CorpusConfig data, RunListener listener, Interruption interruption) {
        void make(TokenFolder target, List<String> names, LongPredicate chosen) {
            long start = System.nanoTime();
            long[] told = {start};
            CorpusTokens.make(
                    target,
                    data.corpus(names),
                    chosen,
                    tokenizer,
                    data.fileTokens(),
                    progress -> {
                        long now = System.nanoTime();
                        if (now - told[0] > LINE_EVERY_NANOS) {
                            told[0] = now;
                            listener.on(new RunEvent.Noted(String.format(
                                    Locale.ROOT,
                                    "tokenising %s: %,d documents, %,d tokens, %,.0f tokens/s",
                                    target.name(),
                                    progress.documents(),
                                    progress.tokens(),
                                    progress.tokens() / ((now - start) / 1e9))));
                        }
                    },
                    interruption::requested);
        }
    }

    /// Optimiser steps of the run.
    long totalSteps() {
        return config.maxSteps() > 0
                ? config.maxSteps()
                : Math.max(1, config.epochs() * windows.count() / config.windows());
    }

    /// The windows of step `step`, from 0.
    long[] step(long step) {
        long first = step * config.windows();
        return LongStream.range(first, first + config.windows())
                .map(place -> windows.shuffled(config.seed(), place))
                .toArray();
    }

    /// The held-out windows in their order, as batches that are made when asked for.
    Iterable<PackedBatch> evaluation() {
        return () -> heldOut.map(this::batches).orElseGet(java.util.Collections::emptyIterator);
    }

    private Iterator<PackedBatch> batches(TokenWindows all) {
        long limit = config.data().evalTokens();
        long count = limit > 0 ? Math.clamp(limit / config.context(), 1, all.count()) : all.count();
        long batch = config.batchSize();
        return LongStream.range(0, (count + batch - 1) / batch)
                .mapToObj(i -> all.batch(LongStream.range(i * batch, Math.min(count, (i + 1) * batch))
                        .toArray()))
                .iterator();
    }
}
