package org.align4j.data.doctor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.doctor.Finding.Check;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// Examines files of training data in one pass. Memory grows by about a kilobyte an example, most
/// of it for near duplicates.
public final class Doctor {
    /// Words in a row that make an overlap (Brown et al. 2020, appendix C).
    private static final int OVERLAP = 13;

    /// Words of a target from which its standing in the prompt is no accident.
    private static final int LEAK_WORDS = 8;

    /// Words of a target from which its end should look like one.
    private static final int LONG_WORDS = 40;

    /// Answers up to which a task counts as a classification.
    private static final int CLASSES = 64;

    private static final double ONE_CLASS = 0.9;

    /// Jinja's tags, names of templates in braces, promptsource's bar, marks of a text's end.
    private static final Pattern MARKS = Pattern.compile("\\{\\{|}}|\\{%|%}|\\|\\|\\|"
            + "|\\{(input|target|inputs|targets|options|options_|question|answer|context|premise|hypothesis|text|label"
            + "|instruction|output|rationale|definition|choices)}|<\\|endoftext\\|>");

    private static final Pattern ENDING = Pattern.compile("[\\p{L},;(\\-–—]$");

    private final FormatOptions forms;
    private final double similar;
    private final Map<Check, Finding> findings = new EnumMap<>(Check.class);
    private final Map<Long, Source> seen = new HashMap<>();
    private final NearDuplicates near;
    private final List<Source> sources = new ArrayList<>();
    private final Map<Long, Source> evaluated = new HashMap<>();
    private final Lengths prompts = new Lengths();
    private final Lengths completions = new Lengths();
    private final Map<String, Long> languages = new TreeMap<>();
    private final Map<String, Map<String, Long>> answers = new TreeMap<>();
    private final Map<String, Long> perTask = new TreeMap<>();
    private final DataReport report = new DataReport();
    private boolean compares;
    private long examples;

    /// @param forms how rows become examples
    /// @param similar similarity from which texts are near duplicates; above 1: they aren't looked
    ///     for
    public Doctor(FormatOptions forms, double similar) {
        this.forms = forms;
        this.similar = similar;
        this.near = new NearDuplicates(similar);
    }

    /// Remembers evaluation data; call before [#examine]. Rows need not have a form of training
    /// data.
    ///
    /// @throws AlignException.Data for data that cannot be read: overlap with it would stay unseen
    public void against(List<String> names) {
        compares = true;
        DataReport read = new DataReport();
        ExampleReader reader = new ExampleReader(forms, new DataReport());
        try (Rows rows = Rows.open(names, ReadOptions.DEFAULT, read)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                String text = reader.read(row)
                        .map(example -> Specimen.of(row, example).text())
                        .orElseGet(() -> texts(row));
                long[] words = Words.of(text);
                if (words.length >= OVERLAP) {
                    for (long gram : Words.grams(words, OVERLAP)) {
                        evaluated.putIfAbsent(gram, row.source());
                    }
                }
            }
        }
        if (read.faults() > 0 || read.rowsRead() == 0) {
            throw new AlignException.Data(
                    "evaluation data cannot be read whole, so that overlap would stay unseen; mend it\n"
                            + read.summary());
        }
    }

    /// All texts of a row that is no training example, as test sets' are.
    private static String texts(Row row) {
        StringBuilder text = new StringBuilder();
        texts(row.fields(), text);
        return text.toString();
    }

    private static void texts(@Nullable Object value, StringBuilder to) {
        switch (value) {
            case String part -> to.append(part).append('\n');
            case List<?> list -> list.forEach(element -> texts(element, to));
            case Map<?, ?> map -> map.values().forEach(element -> texts(element, to));
            case null, default -> {}
        }
    }

    /// Examines the files.
    ///
    /// @throws org.align4j.error.AlignException.Data when a name stands for no file
    public Diagnosis examine(List<String> names) {
        ExampleReader reader = new ExampleReader(forms, report);
        try (Rows rows = Rows.open(names, ReadOptions.DEFAULT, report)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                Optional<Example> example = reader.read(row);
                example.ifPresent(usable -> examine(Specimen.of(row, usable)));
            }
        }
        for (SkipReason reason : SkipReason.values()) {
            DataReport.Tally tally = report.skipped(reason);
            Check check = reason == SkipReason.EMPTY_COMPLETION ? Check.EMPTY : Check.UNREADABLE;
            if (tally.count() > 0) {
                Finding known = findings.getOrDefault(check, Finding.none(check));
                List<String> places = new ArrayList<>(known.places());
                places.addAll(tally.examples());
                findings.put(check, new Finding(check, known.count() + tally.count(), places));
            }
        }
        Map<String, Diagnosis.TaskAnswers> tasks = tasks();
        List<Finding> made = new ArrayList<>();
        for (Check check : Check.values()) {
            boolean looked = (check != Check.OVERLAP || compares) && (check != Check.NEAR_DUPLICATE || similar <= 1);
            if (looked) {
                made.add(findings.getOrDefault(check, Finding.none(check)));
            }
        }
        return new Diagnosis(names, report.rowsRead(), examples, made, prompts, completions, languages, tasks);
    }

    private void examine(Specimen specimen) {
        examples++;
        prompts.add(specimen.prompt().length());
        completions.add(specimen.completion().length());
        languages.merge(specimen.language(), 1L, Long::sum);
        count(specimen);
        long[] words = Words.of(specimen.text());
        repeats(specimen, words);
        overlaps(specimen, words);
        Matcher mark = MARKS.matcher(specimen.text());
        if (mark.find()) {
            found(Check.MARKS, specimen.source() + ": " + mark.group());
        }
        if (specimen.completion().isBlank()) {
            found(Check.EMPTY, specimen.source().toString());
        }
        String target = specimen.completion().strip();
        long[] targetWords = Words.of(target);
        if (targetWords.length >= LEAK_WORDS && specimen.prompt().contains(target)) {
            found(Check.LEAKED, specimen.source() + ": " + shown(target));
        }
        if (specimen.answers() && targetWords.length >= LONG_WORDS && seemsCut(target)) {
            found(Check.TRUNCATED, specimen.source() + ": …" + shown(target.substring(target.length() - 40)));
        }
    }

    /// Whether the last line is a sentence without an end: lists of words and titles have none
    /// either.
    private static boolean seemsCut(String target) {
        String line = target.substring(target.lastIndexOf('\n') + 1);
        return ENDING.matcher(line).find() && Words.of(line).length >= LEAK_WORDS;
    }

    private void repeats(Specimen specimen, long[] words) {
        long hash = 0;
        String text = specimen.prompt() + "\u0000" + specimen.completion();
        for (int i = 0; i < text.length(); i++) {
            hash = Words.mix(hash * 31 + text.charAt(i));
        }
        @Nullable Source first = seen.putIfAbsent(hash, specimen.source());
        if (first != null) {
            found(Check.DUPLICATE, specimen.source() + " equals " + first);
        }
        if (similar > 1) {
            return;
        }
        Optional<Integer> like = near.add(words);
        sources.add(specimen.source());
        if (first == null && like.isPresent()) {
            found(Check.NEAR_DUPLICATE, specimen.source() + " is like " + sources.get(like.get()));
        }
    }

    private void overlaps(Specimen specimen, long[] words) {
        if (evaluated.isEmpty() || words.length < OVERLAP) {
            return;
        }
        Set<Source> hit = new HashSet<>();
        for (long gram : Words.grams(words, OVERLAP)) {
            @Nullable Source source = evaluated.get(gram);
            if (source != null && hit.add(source)) {
                found(Check.OVERLAP, specimen.source() + " shares with " + source);
                return;
            }
        }
    }

    private void count(Specimen specimen) {
        perTask.merge(specimen.task(), 1L, Long::sum);
        Map<String, Long> classes = answers.computeIfAbsent(specimen.task(), task -> new HashMap<>());
        // one beyond the limit stays as the sign of too many
        if (classes.size() <= CLASSES) {
            classes.merge(specimen.completion(), 1L, Long::sum);
        }
    }

    private Map<String, Diagnosis.TaskAnswers> tasks() {
        Map<String, Diagnosis.TaskAnswers> tasks = new LinkedHashMap<>();
        perTask.forEach((task, count) -> {
            Map<String, Long> classes = answers.getOrDefault(task, Map.of());
            Map<String, Long> sorted = new LinkedHashMap<>();
            // answers that hardly repeat are no classes
            if (classes.size() <= CLASSES && classes.size() * 2L <= count) {
                classes.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            }
            Diagnosis.TaskAnswers facts = new Diagnosis.TaskAnswers(count, sorted);
            if (facts.largestShare() > ONE_CLASS) {
                found(
                        Check.ONE_CLASS,
                        task + ": " + Math.round(100 * facts.largestShare()) + " % "
                                + shown(sorted.keySet().iterator().next()));
            }
            tasks.put(task, facts);
        });
        return tasks;
    }

    private void found(Check check, String place) {
        findings.merge(check, new Finding(check, 1, List.of(place)), (known, fresh) -> known.plus(place));
    }

    private static String shown(String text) {
        String line = text.replace('\n', ' ');
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }
}
