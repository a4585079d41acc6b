package org.align4j.data.flan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.align4j.data.SkipReason;
import org.align4j.data.flan.prompt.Method;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptType;
import org.align4j.data.flan.prompt.PromptedExample;

/// What an output file holds: written beside it once it is whole, read for the manifest and when a
/// run goes on.
///
/// @param plan fingerprint of recipe and data
/// @param file its name
/// @param bytes its size
/// @param sha256 of its bytes
/// @param examples lines
/// @param characters of all prompts and completions
/// @param counts examples by task, prompt type, method and language
/// @param refused prompts that could not be made, by reason
record ShardRecord(
        String plan,
        String file,
        long bytes,
        String sha256,
        long examples,
        long characters,
        List<Count> counts,
        Map<String, Refusals> refused) {
    /// Refused prompts that are kept as examples.
    private static final int KEPT = 3;

    ShardRecord {
        counts = List.copyOf(counts);
        refused = java.util.Collections.unmodifiableMap(new TreeMap<>(refused));
    }

    /// Examples of one kind.
    record Count(String task, String family, String type, String method, String language, long examples) {}

    /// How often, and the first places.
    record Refusals(long count, List<String> examples) {
        Refusals {
            examples = List.copyOf(examples);
        }

        Refusals plus(Refusals other) {
            List<String> all = new ArrayList<>(examples);
            other.examples.stream().limit(KEPT - Math.min(KEPT, all.size())).forEach(all::add);
            return new Refusals(count + other.count, all);
        }
    }

    /// Counts while a file is written.
    static final class Tally {
        private record Kind(String task, String family, PromptType type, Method method, String language) {}

        private final Map<Kind, Long> kinds = new LinkedHashMap<>();
        private final Map<String, Refusals> refused = new TreeMap<>();
        private long examples;
        private long characters;

        void made(PromptedExample example) {
            kinds.merge(
                    new Kind(example.task(), example.family(), example.type(), example.method(), example.language()),
                    1L,
                    Long::sum);
            examples++;
            characters += example.prompt().length() + example.completion().length();
        }

        void refused(Outcome.Refused refusal) {
            SkipReason reason = refusal.reason();
            refused.merge(
                    reason.description(),
                    new Refusals(1, List.of(refusal.source() + ": " + refusal.fault())),
                    Refusals::plus);
        }

        ShardRecord record(String plan, String file, long bytes, String sha256) {
            List<Count> counts = kinds.entrySet().stream()
                    .map(entry -> new Count(
                            entry.getKey().task(),
                            entry.getKey().family(),
                            entry.getKey().type().label(),
                            entry.getKey().method().label(),
                            entry.getKey().language(),
                            entry.getValue()))
                    .sorted(java.util.Comparator.comparing(Count::task)
                            .thenComparing(Count::type)
                            .thenComparing(Count::method)
                            .thenComparing(Count::language))
                    .toList();
            return new ShardRecord(plan, file, bytes, sha256, examples, characters, counts, refused);
        }
    }
}
