package org.align4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;
import org.align4j.tokenizer.TokenizerSpec.Merge;

/// Learns a small byte-level tokenizer from texts (Sennrich et al. 2016): the most frequent pair of
/// neighbouring tokens becomes a token, again and again. Splits as SmolLM's tokenizer does: digits
/// stand alone. Counts all pairs anew for each merge, which is enough for a few hundred merges.
public final class BytePairTraining {
    private static final String SPLIT = "smollm";

    private BytePairTraining() {}

    /// A tokenizer of the 256 bytes, at most `merges` learned tokens, and `special`, of which the
    /// first begins conversations' turns and the last ends them (EOS and padding).
    ///
    /// @param special texts of special tokens, at least one
    /// @param chatTemplate the Jinja source of its chat template
    public static Tokenizer train(List<String> texts, int merges, List<String> special, String chatTemplate) {
        List<String> tokens = new ArrayList<>(alphabet());
        List<Merge> learned = merges(texts, merges);
        learned.forEach(merge -> tokens.add(merge.left() + merge.right()));
        List<AddedToken> added = new ArrayList<>();
        for (String text : special) {
            added.add(new AddedToken(tokens.size(), text, true));
            tokens.add(text);
        }
        Optional<String> end = Optional.of(special.getLast());
        TokenizerConfig config = new TokenizerConfig(
                Optional.empty(),
                end,
                end,
                Optional.empty(),
                Set.of(),
                Map.of(TokenizerConfig.DEFAULT_TEMPLATE, chatTemplate),
                Map.of());
        TokenizerSpec spec = ByteLevelConversion.convert(
                tokens, learned, added, PreTokenizer.of(SPLIT, "new tokenizer"), List.of(), List.of());
        return Tokenizer.of(spec, config, "new tokenizer");
    }

    private record Pair(String left, String right) {}

    private static List<Merge> merges(List<String> texts, int most) {
        List<String> alphabet = alphabet();
        Map<List<String>, Long> words = new LinkedHashMap<>();
        texts.forEach(text -> split(text, alphabet).forEach(word -> words.merge(word, 1L, Long::sum)));
        List<Merge> merges = new ArrayList<>();
        Map<List<String>, Long> current = words;
        while (merges.size() < most) {
            Map<Pair, Long> counts = count(current);
            // Of equally frequent pairs the first in order of their text, so that the result is fixed.
            Optional<Pair> best = counts.entrySet().stream()
                    .max(Map.Entry.<Pair, Long>comparingByValue()
                            .thenComparing(
                                    entry -> entry.getKey().left() + " "
                                            + entry.getKey().right(),
                                    Collections.reverseOrder()))
                    .filter(entry -> entry.getValue() > 1)
                    .map(Map.Entry::getKey);
            if (best.isEmpty()) {
                break;
            }
            merges.add(new Merge(best.get().left(), best.get().right()));
            current = merged(current, best.get());
        }
        return merges;
    }

    private static Map<Pair, Long> count(Map<List<String>, Long> words) {
        Map<Pair, Long> counts = new HashMap<>();
        words.forEach((word, times) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge(new Pair(word.get(i), word.get(i + 1)), times, Long::sum);
            }
        });
        return counts;
    }

    private static Map<List<String>, Long> merged(Map<List<String>, Long> words, Pair pair) {
        Map<List<String>, Long> result = new LinkedHashMap<>();
        words.forEach((word, times) -> {
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < word.size(); i++) {
                boolean here = i + 1 < word.size()
                        && word.get(i).equals(pair.left())
                        && word.get(i + 1).equals(pair.right());
                parts.add(here ? pair.left() + pair.right() : word.get(i));
                i += here ? 1 : 0;
            }
            result.merge(parts, times, Long::sum);
        });
        return result;
    }

    /// The words of a text as the tokenizer splits them, in the byte-level alphabet.
    private static List<List<String>> split(String text, List<String> alphabet) {
        List<String> pieces = List.of(text);
        for (String expression : PreTokenizer.of(SPLIT, "new tokenizer").expressions()) {
            Pattern pattern = Pattern.compile(expression);
            pieces = pieces.stream()
                    .flatMap(piece -> isolate(pattern, piece).stream())
                    .toList();
        }
        return pieces.stream().map(piece -> bytes(piece, alphabet)).toList();
    }

    private static List<String> isolate(Pattern pattern, String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        int from = 0;
        while (matcher.find()) {
            if (matcher.start() > from) {
                pieces.add(text.substring(from, matcher.start()));
            }
            pieces.add(matcher.group());
            from = matcher.end();
        }
        if (from < text.length()) {
            pieces.add(text.substring(from));
        }
        return pieces;
    }

    private static List<String> bytes(String piece, List<String> alphabet) {
        List<String> symbols = new ArrayList<>();
        for (byte value : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(alphabet.get(value & 0xff));
        }
        return symbols;
    }

    /// GPT-2's printable stand-ins for the 256 bytes, by byte.
    private static List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        int stranger = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value > 32 && value < 127) || (value > 160 && value != 173);
            alphabet.add(Character.toString(printable ? value : stranger++));
        }
        return alphabet;
    }
}
