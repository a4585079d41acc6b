package org.align4j.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Collects the faults of one configuration or file, so that all are reported together.
public final class Problems {
    /// Faults printed in full; the rest are counted.
    private static final int SHOWN = 20;

    private final List<String> faults = new ArrayList<>();

    /// Adds one fault: place first, then what is wrong, then the remedy.
    public void add(String fault) {
        faults.add(fault);
    }

    public boolean isEmpty() {
        return faults.isEmpty();
    }

    /// The faults so far, in the order they were found.
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /// Throws what `kind` makes of `title` and the faults, if there are any.
    public void throwIfAny(String title, Function<String, ? extends AlignException> kind) {
        if (!faults.isEmpty()) {
            throw kind.apply(message(title));
        }
    }

    private String message(String title) {
        StringBuilder text = new StringBuilder(title);
        faults.stream().limit(SHOWN).forEach(fault -> text.append("\n  ").append(fault));
        if (faults.size() > SHOWN) {
            text.append("\n  … and ").append(faults.size() - SHOWN).append(" more");
        }
        return text.toString();
    }

    /// The known name nearest to `name`, when it is near enough to be a slip of the keyboard.
    public static Optional<String> nearest(String name, Iterable<String> known) {
        List<String> names = new ArrayList<>();
        known.forEach(names::add);
        return names.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 3));
    }

    /// Levenshtein distance.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
