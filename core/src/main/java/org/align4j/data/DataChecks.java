package org.align4j.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is doubtful about examples that can be used: repeated ones, and evaluation examples that
/// are trained on.
///
/// @param duplicates training examples equal to an earlier one, `file:line equals file:line`
/// @param leaks evaluation examples equal to a training example, in the same words
public record DataChecks(List<String> duplicates, List<String> leaks) {
    private static final int SHOWN = 3;

    public DataChecks {
        duplicates = List.copyOf(duplicates);
        leaks = List.copyOf(leaks);
    }

    /// Compares exact contents.
    public static DataChecks of(List<? extends Sample> train, List<? extends Sample> evaluation) {
        Map<Object, Source> first = new HashMap<>();
        List<String> duplicates = new ArrayList<>();
        for (Sample example : train) {
            @Nullable Source earlier = first.putIfAbsent(example.content(), example.source());
            if (earlier != null) {
                duplicates.add(example.source() + " equals " + earlier);
            }
        }
        List<String> leaks = new ArrayList<>();
        for (Sample example : evaluation) {
            @Nullable Source trained = first.get(example.content());
            if (trained != null) {
                leaks.add(example.source() + " equals " + trained);
            }
        }
        return new DataChecks(duplicates, leaks);
    }

    /// A warning for each check that found something, with the first places.
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!leaks.isEmpty()) {
            warnings.add(
                    leaks.size() + " evaluation examples are trained on too, so eval/loss is too low; remove them ("
                            + shown(leaks) + ")");
        }
        if (!duplicates.isEmpty()) {
            warnings.add(duplicates.size() + " training examples repeat an earlier one; remove them unless wanted ("
                    + shown(duplicates) + ")");
        }
        return warnings;
    }

    private static String shown(List<String> places) {
        String first = String.join("; ", places.subList(0, Math.min(SHOWN, places.size())));
        return places.size() > SHOWN ? first + "; …" : first;
    }
}
