package org.align4j.data.tokens;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.tokenizer.Tokenizer;
import tools.jackson.databind.json.JsonMapper;

/// Some little documents as a file, and their tokens.
public record TinyCorpus(Path file, List<String> texts) {
    /// Documents of 1 to 20 words.
    public static TinyCorpus write(Path file, int documents) throws IOException {
        List<String> texts = IntStream.range(0, documents)
                .mapToObj(d -> "Document " + d + ":" + " word".repeat(d * 7 % 20))
                .toList();
        return write(file, texts);
    }

    /// As JSON lines.
    public static TinyCorpus write(Path file, List<String> texts) throws IOException {
        Files.write(
                file,
                texts.stream()
                        .map(text -> JsonMapper.shared().writeValueAsString(Map.of("text", text)))
                        .toList());
        return new TinyCorpus(file, texts);
    }

    Corpus.Settings settings() {
        return Corpus.Settings.of(List.of(file.toString()));
    }

    /// Makes all documents' tokens, in files of about `fileTokens`.
    TokenStream stream(TokenFolder target, Tokenizer tokenizer, long fileTokens, Arena arena) {
        CorpusTokens.make(target, settings(), document -> true, tokenizer, fileTokens, progress -> {}, () -> false);
        return target.open(arena);
    }
}
