package org.align4j.data.flan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.align4j.data.SkipReason;
import org.align4j.data.flan.task.TaskData;

/// What a mixture's folder holds (`manifest.json`): the same for the same recipe, seed and data.
///
/// @param recipe its description
/// @param seed of every draw
/// @param plan hash of recipe and examples
/// @param examples lines in all files
/// @param characters of all prompts and completions
/// @param byMixture examples drawn of each mixture of tasks
/// @param byFamily examples of each family, and so on
/// @param refused prompts that could not be made, by reason
/// @param tasks every task, used or not
/// @param counts examples by task, prompt type, method and language
/// @param shards output files
/// @param inputs hash of every file of examples or templates that was read
public record Manifest(
        String recipe,
        long seed,
        String plan,
        long examples,
        long characters,
        Map<String, Long> byMixture,
        Map<String, Long> byFamily,
        Map<String, Long> byPromptType,
        Map<String, Long> byMethod,
        Map<String, Long> byLanguage,
        Map<String, Refused> refused,
        List<TaskFacts> tasks,
        List<Kind> counts,
        List<Shard> shards,
        Map<String, String> inputs) {
    public Manifest {
        tasks = List.copyOf(tasks);
        counts = List.copyOf(counts);
        shards = List.copyOf(shards);
        refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /// How often, and the first places.
    public record Refused(long count, List<String> examples) {}

    /// @param rows read
    /// @param usable examples
    /// @param drawn examples wanted of it
    /// @param leftOut rows by reason
    public record TaskFacts(
            String name, String family, long rows, long usable, long drawn, Map<String, Long> leftOut) {}

    /// Examples of one kind.
    public record Kind(String task, String promptType, String method, String language, long examples) {}

    /// An output file.
    public record Shard(String file, long examples, String sha256) {}

    static Manifest of(Mixture mixture, String plan, List<ShardRecord> records) throws IOException {
        Map<String, Long> byMixture = new LinkedHashMap<>();
        Map<String, Long> drawn = new LinkedHashMap<>();
        for (MixPlan.Entry entry : mixture.plan().entries()) {
            byMixture.merge(entry.mixture(), entry.examples(), Long::sum);
            drawn.merge(entry.task().name(), entry.examples(), Long::sum);
        }
        Map<String, ShardRecord.Refusals> refused = new TreeMap<>();
        for (ShardRecord record : records) {
            record.refused().forEach((reason, refusals) -> refused.merge(reason, refusals, ShardRecord.Refusals::plus));
        }
        Map<String, Refused> shown = new LinkedHashMap<>();
        refused.forEach((reason, refusals) -> shown.put(reason, new Refused(refusals.count(), refusals.examples())));
        return new Manifest(
                mixture.recipe().description(),
                mixture.recipe().seed(),
                plan,
                records.stream().mapToLong(ShardRecord::examples).sum(),
                records.stream().mapToLong(ShardRecord::characters).sum(),
                byMixture,
                sums(records, ShardRecord.Count::family),
                sums(records, ShardRecord.Count::type),
                sums(records, ShardRecord.Count::method),
                sums(records, ShardRecord.Count::language),
                shown,
                mixture.tasks().stream()
                        .map(task -> facts(task, drawn.getOrDefault(task.name(), 0L)))
                        .toList(),
                kinds(records),
                records.stream()
                        .map(record -> new Shard(record.file(), record.examples(), record.sha256()))
                        .toList(),
                inputs(mixture.files()));
    }

    private static Map<String, Long> sums(List<ShardRecord> records, Function<ShardRecord.Count, String> key) {
        Map<String, Long> sums = new TreeMap<>();
        for (ShardRecord record : records) {
            record.counts().forEach(count -> sums.merge(key.apply(count), count.examples(), Long::sum));
        }
        return sums;
    }

    private static List<Kind> kinds(List<ShardRecord> records) {
        Map<Kind, Long> sums = new LinkedHashMap<>();
        for (ShardRecord record : records) {
            for (ShardRecord.Count count : record.counts()) {
                Kind kind = new Kind(count.task(), count.type(), count.method(), count.language(), 0);
                sums.merge(kind, count.examples(), Long::sum);
            }
        }
        List<Kind> kinds = new ArrayList<>();
        sums.forEach((kind, examples) ->
                kinds.add(new Kind(kind.task(), kind.promptType(), kind.method(), kind.language(), examples)));
        kinds.sort(java.util.Comparator.comparing(Kind::task)
                .thenComparing(Kind::promptType)
                .thenComparing(Kind::method)
                .thenComparing(Kind::language));
        return kinds;
    }

    private static TaskFacts facts(TaskData task, long drawn) {
        Map<String, Long> leftOut = new LinkedHashMap<>();
        for (SkipReason reason : SkipReason.values()) {
            long count = task.report().skipped(reason).count();
            if (count > 0) {
                leftOut.put(reason.description(), count);
            }
        }
        return new TaskFacts(task.name(), task.family(), task.report().rowsRead(), task.size(), drawn, leftOut);
    }

    private static Map<String, String> inputs(List<Path> files) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (Path file : files) {
            hashes.put(file.toString(), Hashes.sha256(file));
        }
        return hashes;
    }
}
