package org.align4j.data.flan.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.align4j.random.CounterRandom;

/// Objectives of pretraining, written as a prompt and a completion for models with a decoder alone.
///
/// @param prompt what is given; may be empty
/// @param completion what is learned
record Corruption(String prompt, String completion) {
    private static final Pattern SPACE = Pattern.compile("\\s+");

    /// Share of the words that is cut out, and the mean length of a span (T5's).
    private static final double RATE = 0.15;

    private static final double MEAN_SPAN = 3;

    /// What a method of pretraining makes of a text.
    static Corruption of(String text, Method method, CounterRandom draw) {
        return switch (method) {
            case PREFIX -> prefix(text, draw);
            case SPAN_CORRUPTION -> spans(text, draw);
            case CAUSAL, PLAIN, INVERTED, CHANNEL -> new Corruption("", text);
        };
    }

    /// A beginning of a tenth to nine tenths of the words, and the rest.
    private static Corruption prefix(String text, CounterRandom draw) {
        List<Integer> starts = wordStarts(text);
        if (starts.size() < 2) {
            return new Corruption("", text);
        }
        int cut = 1 + (int) ((0.1 + 0.8 * draw.uniform(0)) * (starts.size() - 1));
        int at = starts.get(Math.min(cut, starts.size() - 1));
        // the space goes with the word that follows, as in tokens
        while (Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        return new Corruption(text.substring(0, at), text.substring(at));
    }

    /// Spans of words replaced by `<extra_id_0>`, `<extra_id_1>` …, which the completion names with
    /// what they stand for.
    private static Corruption spans(String text, CounterRandom draw) {
        String[] words = SPACE.split(text.strip());
        int noise = Math.max(1, (int) Math.round(words.length * RATE));
        int count = Math.clamp(Math.round(noise / MEAN_SPAN), 1, Math.max(1, words.length - noise));
        int[] lengths = parts(noise, count, draw.at(0));
        int[] gaps = parts(words.length - noise, count, draw.at(1));
        List<String> prompt = new ArrayList<>();
        List<String> completion = new ArrayList<>();
        int at = 0;
        for (int span = 0; span < count; span++) {
            for (int i = 0; i < gaps[span]; i++) {
                prompt.add(words[at++]);
            }
            String mark = "<extra_id_" + span + ">";
            prompt.add(mark);
            completion.add(mark);
            for (int i = 0; i < lengths[span]; i++) {
                completion.add(words[at++]);
            }
        }
        while (at < words.length) {
            prompt.add(words[at++]);
        }
        return new Corruption(String.join(" ", prompt), String.join(" ", completion));
    }

    /// Parts `total` into `count` numbers, each at least 1 where that is possible.
    private static int[] parts(int total, int count, CounterRandom draw) {
        int[] parts = new int[count];
        int least = total >= count ? 1 : 0;
        java.util.Arrays.fill(parts, least);
        for (int i = least * count; i < total; i++) {
            parts[(int) draw.below(count, i)]++;
        }
        return parts;
    }

    private static List<Integer> wordStarts(String text) {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            boolean starting = i == 0 || Character.isWhitespace(text.charAt(i - 1));
            if (starting && !Character.isWhitespace(text.charAt(i))) {
                starts.add(i);
            }
        }
        return starts;
    }
}
