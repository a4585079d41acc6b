package org.align4j.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.align4j.error.AlignException;

/// How to treat a run that is in the output folder already.
///
/// @param wanted go on from its newest checkpoint; otherwise a run there is an error
/// @param allowInexact go on even where the machine, threads or versions differ, and the last
///     digits with them
public record Resume(boolean wanted, boolean allowInexact) {
    public static final Resume FRESH = new Resume(false, false);
    public static final Resume EXACT = new Resume(true, false);

    /// Refuses a checkpoint of another environment, unless inexact results are allowed.
    void check(Path checkpoint, Map<String, String> then, Map<String, String> now) {
        List<String> differences = new TreeMap<>(now)
                .entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(then.get(entry.getKey())))
                        .map(entry -> entry.getKey() + ": " + then.get(entry.getKey()) + " then, " + entry.getValue()
                                + " now")
                        .toList();
        if (!differences.isEmpty() && !allowInexact) {
            throw new AlignException.Checkpoint(checkpoint
                    + ": was made in another environment, so the run would not go on bit-exactly ("
                    + String.join("; ", differences)
                    + "); restore it, or add --allow-inexact");
        }
    }
}
