package org.align4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.tokenizer.PairMerging.Learned;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;

/// Learns a byte-level BPE tokenizer from texts of any size: give it all with [#add], then
/// [#finish]. Ids are those of Hugging Face's trainer: special tokens, the 256 bytes in the order
/// of their stand-ins, then the learned tokens.
public final class BytePairTraining implements AutoCloseable {
    private static final String PLACE = "new tokenizer";
    private static final int BYTES = 256;

    private final Settings settings;
    private final PreTokenizer preTokenizer;
    private final WordCounts words;

    /// What tokenizer is wanted.
    ///
    /// @param vocabulary number of tokens, special ones and the 256 bytes included
    /// @param minFrequency pairs that occur less often are not merged
    /// @param split how text is split into words that no token crosses: `gpt-2` as Hugging Face's
    ///     ByteLevel, `smollm` with digits apart, and others that GGUF files know
    /// @param special texts of special tokens
    /// @param bos the special token before every text; empty: none is put there
    /// @param eos the special token that ends texts and answers
    /// @param pad the special token that fills
    /// @param chatTemplate Jinja source; empty: none
    public record Settings(
            int vocabulary,
            long minFrequency,
            String split,
            List<String> special,
            Optional<String> bos,
            String eos,
            String pad,
            Optional<String> chatTemplate) {
        public Settings {
            special = List.copyOf(special);
            Problems problems = new Problems();
            if (special.stream().distinct().count() < special.size() || special.contains("")) {
                problems.add("special tokens must differ and not be empty, got " + special);
            }
            for (String role : List.of(bos.orElse(eos), eos, pad)) {
                if (!special.contains(role)) {
                    problems.add("\"" + role + "\" begins, ends or fills texts; name it among the special tokens "
                            + special);
                }
            }
            if (vocabulary < BYTES + special.size()) {
                problems.add("a vocabulary of " + vocabulary + " has no room for " + BYTES + " bytes and "
                        + special.size() + " special tokens; ask for " + (BYTES + special.size()) + " at least");
            }
            if (!PreTokenizer.names().contains(split)) {
                problems.add("no way to split text is called \"" + split + "\"; known are "
                        + String.join(", ", new TreeSet<>(PreTokenizer.names())));
            }
            if (minFrequency < 0) {
                problems.add("the least frequency must be ≥ 0, got " + minFrequency);
            }
            problems.throwIfAny("tokenizer:", AlignException.Config::new);
        }

        /// ChatML's tokens and template; `<|endoftext|>` begins and `<|im_end|>` ends every text,
        /// so that what a base model learns to end documents with also ends its answers later.
        public static Settings of(int vocabulary) {
            String begin = "<|endoftext|>";
            String end = "<|im_end|>";
            return new Settings(
                    vocabulary,
                    0,
                    "gpt-2",
                    List.of(begin, "<|im_start|>", end),
                    Optional.of(begin),
                    end,
                    begin,
                    Optional.of(ChatTemplate.chatml().source()));
        }

        public Settings withSplit(String chosen) {
            return new Settings(vocabulary, minFrequency, chosen, special, bos, eos, pad, chatTemplate);
        }
    }

    public BytePairTraining(Settings settings) {
        this.settings = settings;
        preTokenizer = PreTokenizer.of(settings.split(), PLACE);
        words = new WordCounts(preTokenizer);
    }

    /// Learns from texts in memory.
    public static Tokenizer train(Iterable<String> texts, Settings settings) {
        try (BytePairTraining training = new BytePairTraining(settings)) {
            texts.forEach(training::add);
            return training.finish();
        }
    }

    /// Adds a text: a document, or a piece of one that is cut where a word begins.
    public void add(String text) {
        words.add(text);
    }

    /// The tokenizer. Its vocabulary is smaller than asked for where the texts have no more pairs
    /// to merge.
    ///
    /// @throws AlignException.Data where no text was given
    public Tokenizer finish() {
        SortedMap<String, Long> counts = words.counts();
        if (counts.isEmpty()) {
            throw new AlignException.Data("tokenizer: there is no text to learn from; name files that hold some");
        }
        List<String> tokens = new ArrayList<>(settings.special());
        int[] idOfByte = new int[BYTES];
        String[] alphabet = alphabet();
        IntStream.range(0, BYTES)
                .boxed()
                .sorted((a, b) -> alphabet[a].compareTo(alphabet[b]))
                .forEach(value -> {
                    idOfByte[value] = tokens.size();
                    tokens.add(alphabet[value]);
                });
        List<int[]> symbols = new ArrayList<>(counts.size());
        counts.keySet().forEach(word -> symbols.add(bytes(word, idOfByte)));
        long[] times = counts.values().stream().mapToLong(Long::longValue).toArray();
        Learned learned = PairMerging.learn(tokens, symbols, times, settings.vocabulary(), settings.minFrequency());
        return tokenizer(learned);
    }

    @Override
    public void close() {
        words.close();
    }

    private Tokenizer tokenizer(Learned learned) {
        Map<String, AddedToken> special = new HashMap<>();
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < settings.special().size(); id++) {
            AddedToken token = new AddedToken(id, settings.special().get(id), true);
            special.put(token.text(), token);
            added.add(token);
        }
        TokenizerConfig config = new TokenizerConfig(
                settings.bos(),
                Optional.of(settings.eos()),
                Optional.of(settings.pad()),
                Optional.empty(),
                Set.of(),
                settings.chatTemplate()
                        .map(template -> Map.of(TokenizerConfig.DEFAULT_TEMPLATE, template))
                        .orElse(Map.of()),
                Map.of());
        TokenizerSpec spec = ByteLevelConversion.convert(
                learned.tokens(),
                learned.merges(),
                added,
                preTokenizer,
                settings.bos().map(special::get).stream().toList(),
                List.of());
        return Tokenizer.of(spec, config, PLACE);
    }

    private static int[] bytes(String word, int[] idOfByte) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfByte[bytes[i] & 0xff];
        }
        return ids;
    }

    /// GPT-2's printable stand-ins for the 256 bytes, by byte.
    private static String[] alphabet() {
        String[] alphabet = new String[BYTES];
        int stranger = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = (value > 32 && value < 127) || (value > 160 && value != 173);
            alphabet[value] = Character.toString(printable ? value : stranger++);
        }
        return alphabet;
    }
}
