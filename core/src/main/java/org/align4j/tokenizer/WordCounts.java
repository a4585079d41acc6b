package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.parallel.OrderedTasks;

/// How often each word occurs in texts, words being what a [PreTokenizer] splits text into. Counted
/// by several threads; the counts don't depend on how many.
final class WordCounts implements AutoCloseable {
    /// Characters that one thread counts at a time.
    private static final int BATCH = 1 << 20;

    private final List<Pattern> expressions;
    private final Map<String, Long> total = new HashMap<>();
    private final OrderedTasks<Map<String, Long>> tasks =
            OrderedTasks.onAllProcessors(part -> part.forEach((word, count) -> total.merge(word, count, Long::sum)));
    private List<String> batch = new ArrayList<>();
    private int batched;

    WordCounts(PreTokenizer preTokenizer) {
        // Oniguruma's classes, which the expressions are written for, are Unicode's.
        expressions = preTokenizer.expressions().stream()
                .map(expression -> Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS))
                .toList();
    }

    void add(String text) {
        batch.add(text);
        batched += text.length();
        if (batched >= BATCH) {
            flush();
        }
    }

    private void flush() {
        List<String> texts = batch;
        tasks.submit(() -> count(texts));
        batch = new ArrayList<>();
        batched = 0;
    }

    /// The words in order, with their counts.
    SortedMap<String, Long> counts() {
        flush();
        tasks.finish();
        return new TreeMap<>(total);
    }

    private Map<String, Long> count(List<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        texts.forEach(text -> split(text, 0, word -> counts.merge(word, 1L, Long::sum)));
        return counts;
    }

    /// What an expression matches and what lies between matches are pieces, each of which the next
    /// one splits again.
    private void split(String text, int level, Consumer<String> words) {
        if (level == expressions.size()) {
            words.accept(text);
            return;
        }
        Matcher matcher = expressions.get(level).matcher(text);
        int from = 0;
        while (matcher.find()) {
            if (matcher.start() > from) {
                split(text.substring(from, matcher.start()), level + 1, words);
            }
            if (matcher.end() > matcher.start()) {
                split(matcher.group(), level + 1, words);
            }
            from = matcher.end();
        }
        if (from < text.length()) {
            split(text.substring(from), level + 1, words);
        }
    }

    @Override
    public void close() {
        tasks.close();
    }
}
