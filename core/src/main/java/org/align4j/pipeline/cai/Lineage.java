package org.align4j.pipeline.cai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// Everything that a run made of a prompt, from the prompt to what is learned.
public final class Lineage {
    private final Path output;
    private final Map<String, RedTeamPrompt> prompts = new LinkedHashMap<>();

    private Lineage(Path output) {
        this.output = output;
        read(Stage.PROMPTS, RunRows.PROMPTS, RedTeamPrompt.class).forEach(prompt -> prompts.put(prompt.id(), prompt));
    }

    /// Of a run's folder.
    ///
    /// @throws AlignException.Config where there is no run
    public static Lineage of(Path output) {
        if (!CaiRun.isRun(output)) {
            throw new AlignException.Config(output + ": holds no prompts of align4j cai run; name its output folder");
        }
        return new Lineage(output);
    }

    /// A line of a chain.
    ///
    /// @param what such as `critique 1 (privacy)`
    public record Entry(String what, String text) {}

    /// The prompts' ids with their beginnings, in order.
    public List<Entry> all() {
        return prompts.values().stream()
                .map(prompt -> new Entry(prompt.id(), prompt.prompt()))
                .toList();
    }

    /// The chain of an example.
    ///
    /// @param id of a prompt (`p3`), of a comparison (`p3-1`), whose prompt's chain is included, or
    ///     of what was mixed in (`h5`)
    /// @throws AlignException.Config for an id that there isn't
    public List<Entry> of(String id) {
        List<SupervisedData.Line> learned = read(Stage.SUPERVISED, RunRows.DATA, SupervisedData.Line.class);
        List<Entry> mixedIn = mixedIn(id, learned);
        if (!mixedIn.isEmpty()) {
            return mixedIn;
        }
        List<AnswerPair> pairs = read(Stage.ANSWERS, RunRows.PAIRS, AnswerPair.class);
        Set<String> known = new LinkedHashSet<>(prompts.keySet());
        pairs.forEach(pair -> known.add(pair.id()));
        if (!known.contains(id)) {
            throw new AlignException.Config(id + ": there is no such example"
                    + Problems.nearest(id, known)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; without an id all are listed"));
        }
        String root = id.replaceAll("-.*", "");
        RedTeamPrompt prompt = Objects.requireNonNull(prompts.get(root));
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry("prompt " + root + " (" + prompt.source() + ")", prompt.prompt()));
        read(Stage.REVISIONS, RunRows.CHAINS, Chain.class).stream()
                .filter(chain -> chain.id().equals(root))
                .forEach(chain -> add(chain, entries));
        Edits edits = Edits.read(output);
        edits.of(root).ifPresent(edit -> entries.add(edited(edit)));
        learned.stream()
                .filter(line -> line.id().equals(root))
                .forEach(line -> entries.add(new Entry(
                        "learned in " + Stage.SUPERVISED.folder(Path.of("")),
                        String.valueOf(line.messages().getLast().get("content")))));
        pairs.stream()
                .filter(pair -> pair.id().equals(id) || pair.id().startsWith(id + "-"))
                .forEach(pair -> {
                    entries.add(new Entry("comparison " + pair.id() + ", first answer", pair.first()));
                    entries.add(new Entry("comparison " + pair.id() + ", second answer", pair.second()));
                    read(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class).stream()
                            .filter(comparison -> comparison.id().equals(pair.id()))
                            .forEach(comparison -> add(comparison, entries));
                    edits.of(pair.id()).ifPresent(edit -> entries.add(edited(edit)));
                });
        return entries;
    }

    /// The helpful example and the human comparison of an id.
    private List<Entry> mixedIn(String id, List<SupervisedData.Line> learned) {
        List<Entry> entries = new ArrayList<>();
        learned.stream()
                .filter(line -> line.id().equals(id))
                .forEach(line -> line.source()
                        .ifPresent(source -> entries.add(
                                new Entry("helpful example " + id + " (" + source + ")", said(line.messages())))));
        read(Stage.PREFERENCES, RunRows.DATA, PreferenceData.Line.class).stream()
                .filter(line -> line.id().equals(id))
                .forEach(line -> line.source().ifPresent(source -> {
                    entries.add(new Entry("human comparison " + id + " (" + source + ")", said(line.prompt())));
                    entries.add(new Entry("chosen", said(line.chosen())));
                    entries.add(new Entry("rejected", said(line.rejected())));
                }));
        return entries;
    }

    private static String said(List<Map<String, @Nullable Object>> turns) {
        return turns.stream()
                .map(turn -> turn.get("role") + ": " + turn.get("content"))
                .collect(Collectors.joining("\n"));
    }

    private static void add(Chain chain, List<Entry> entries) {
        entries.add(new Entry("response", chain.response()));
        for (int i = 0; i < chain.steps().size(); i++) {
            Chain.Step step = chain.steps().get(i);
            if (!step.critique().isEmpty()) {
                entries.add(new Entry("critique " + (i + 1) + " (" + step.principle() + ")", step.critique()));
            }
            entries.add(new Entry("revision " + (i + 1) + " (" + step.principle() + ")", step.revision()));
        }
        chain.failure().ifPresent(reason -> entries.add(new Entry("left out", reason)));
    }

    private static void add(Comparison comparison, List<Entry> entries) {
        for (Comparison.Opinion opinion : comparison.opinions()) {
            for (String thought : opinion.thoughts()) {
                entries.add(new Entry("thoughts (" + opinion.principle() + ")", thought));
            }
            entries.add(new Entry(
                    "feedback (" + opinion.principle() + ")",
                    String.format(
                            Locale.ROOT,
                            "the first is better: %.4f (log-odds of the first place %.3f, swapped %.3f; position bias"
                                    + " %.3f)",
                            opinion.probability(),
                            opinion.asFirst(),
                            opinion.asSecond(),
                            opinion.positionBias())));
        }
        entries.add(new Entry(
                "label",
                comparison
                        .failure()
                        .orElse(String.format(Locale.ROOT, "the first is better: %.4f", comparison.probability()))));
    }

    private static Entry edited(Edits.Edit edit) {
        String change = edit.vetoed()
                ? "vetoed"
                : edit.revision()
                        .orElseGet(() -> "probability " + edit.probability().orElse(0.5));
        return new Entry(
                "edited by hand" + edit.reason().map(why -> " (" + why + ")").orElse(""), change);
    }

    private <T> List<T> read(Stage stage, String file, Class<T> type) {
        Path path = stage.folder(output).resolve(file);
        return Files.exists(path) ? StageFile.read(path, type) : List.of();
    }
}
