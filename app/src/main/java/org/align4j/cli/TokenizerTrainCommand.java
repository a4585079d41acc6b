package org.align4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.TextUnit;
import org.align4j.data.tokens.Corpus;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.BytePairTraining;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j tokenizer train`: learns a tokenizer from text.
@Command(
        name = "train",
        description = "Learn a byte-level BPE tokenizer from text, with the merges that Hugging Face's trainer learns.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j tokenizer train corpus.txt --vocab 4096 --out tokenizer"})
final class TokenizerTrainCommand implements Runnable {
    private static final long LINE_EVERY_NANOS = 5_000_000_000L;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files, folders or patterns: text, JSONL, JSON, CSV, TSV or Parquet, also .gz and .zst.")
    private List<String> files = List.of();

    @Option(
            names = "--vocab",
            required = true,
            paramLabel = "N",
            description = "Number of tokens, special ones and the 256 bytes included.")
    private int vocabulary;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the tokenizer; new.")
    private Path output = Path.of("");

    @Option(
            names = "--split",
            defaultValue = "gpt-2",
            paramLabel = "NAME",
            description = "How text is split into words first: gpt-2 as Hugging Face's ByteLevel, smollm with digits"
                    + " apart, llama3, qwen2, …; ${DEFAULT-VALUE} by default.")
    private String split = "gpt-2";

    @Option(
            names = "--min-frequency",
            defaultValue = "0",
            paramLabel = "N",
            description = "Pairs that occur less often are not merged.")
    private long minFrequency;

    @Option(
            names = "--special",
            defaultValue = "<|endoftext|>,<|im_start|>,<|im_end|>",
            split = ",",
            paramLabel = "TOKENS",
            description = "Special tokens, between commas; ${DEFAULT-VALUE} by default.")
    private List<String> special = List.of();

    @Option(
            names = "--bos",
            defaultValue = "<|endoftext|>",
            paramLabel = "TOKEN",
            description = "The one put before every text; empty for none.")
    private String bos = "";

    @Option(
            names = "--eos",
            defaultValue = "<|im_end|>",
            paramLabel = "TOKEN",
            description = "The one that ends texts and answers.")
    private String eos = "";

    @Option(names = "--pad", defaultValue = "<|endoftext|>", paramLabel = "TOKEN", description = "The one that fills.")
    private String pad = "";

    @Option(
            names = "--column",
            defaultValue = "text",
            paramLabel = "NAME",
            description = "The column that holds the text, or a text with columns in braces.")
    private String column = "text";

    @Option(
            names = "--text-unit",
            defaultValue = "auto",
            description = "What one document is in plain text: ${COMPLETION-CANDIDATES}.")
    private TextUnit textUnit = TextUnit.AUTO;

    @Option(names = "--on-error", defaultValue = "fail", description = "Unusable rows: ${COMPLETION-CANDIDATES}.")
    private OnError onError = OnError.FAIL;

    @Override
    public void run() {
        if (Files.exists(output.resolve("tokenizer.json"))) {
            throw new AlignException.Config(output + ": holds a tokenizer already; name another folder with --out");
        }
        BytePairTraining.Settings settings = new BytePairTraining.Settings(
                vocabulary,
                minFrequency,
                split,
                special,
                Optional.of(bos).filter(token -> !token.isEmpty()),
                eos,
                pad,
                Optional.of(ChatTemplate.chatml().source()));
        Corpus.Settings corpus = new Corpus.Settings(
                files,
                ReadOptions.DEFAULT.withTextUnit(textUnit),
                FormatOptions.DEFAULT.withColumns(column.equals("text") ? Map.of() : Map.of("text", column)),
                onError);
        long start = System.nanoTime();
        try (BytePairTraining training = new BytePairTraining(settings);
                Corpus texts = Corpus.open(corpus)) {
            long characters = count(texts, training, start);
            System.err.printf(Locale.ROOT, "learning from %,d characters%n", characters);
            try (Tokenizer tokenizer = training.finish()) {
                tokenizer.save(output);
                report(tokenizer, texts.report(), (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private static long count(Corpus texts, BytePairTraining training, long start) {
        long characters = 0;
        long told = start;
        while (texts.hasNext()) {
            String text = texts.next().text();
            training.add(text);
            characters += text.length();
            if (System.nanoTime() - told > LINE_EVERY_NANOS) {
                told = System.nanoTime();
                System.err.printf(
                        Locale.ROOT,
                        "read %,d characters, %,.0f a second%n",
                        characters,
                        characters / ((told - start) / 1e9));
            }
        }
        return characters;
    }

    private void report(Tokenizer tokenizer, DataReport texts, double seconds) {
        int learned = tokenizer.vocabularySize();
        if (learned < vocabulary) {
            System.err.printf(
                    Locale.ROOT,
                    "warning: the text supports %,d tokens only, %,d were asked for%n",
                    learned,
                    vocabulary);
        }
        texts.problems().forEach(System.err::println);
        Align4j.out(spec).printf(Locale.ROOT, "Wrote %s: %,d tokens, in %.1f s.%n", output, learned, seconds);
        Align4j.out(spec).flush();
    }
}
