package org.align4j.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;

/// Training and evaluation examples.
///
/// @param <T> what is split
public record Split<T extends Sample>(List<T> train, List<T> evaluation) {
    /// How many examples are held out.
    public sealed interface HeldOut {}

    /// None.
    public record None() implements HeldOut {}

    /// A share of all, more than 0 and less than 1.
    public record Fraction(double share) implements HeldOut {
        public Fraction {
            if (!(share > 0 && share < 1)) {
                throw new AlignException.Config(
                        "data.eval_fraction: " + share + "; must be more than 0 and less than 1");
            }
        }
    }

    /// A number of examples.
    public record Count(int examples) implements HeldOut {
        public Count {
            if (examples < 1) {
                throw new AlignException.Config("data.eval_count: " + examples + "; must be at least 1");
            }
        }
    }

    /// What a configuration asks for: a number, else a share, else none.
    public static HeldOut heldOut(int count, double fraction) {
        if (count > 0) {
            return new Count(count);
        }
        return fraction > 0 ? new Fraction(fraction) : new None();
    }

    public Split {
        train = List.copyOf(train);
        evaluation = List.copyOf(evaluation);
    }

    /// Holds out examples chosen by the seed. Samples of a group, such as exact duplicates, stay on
    /// one side, so that fewer than asked for may be held out when there are many. Both sides keep
    /// the order of the data.
    ///
    /// @throws AlignException.Config when none would be left to train or to evaluate on
    public static <T extends Sample> Split<T> of(List<T> examples, HeldOut heldOut, long seed) {
        int wanted = switch (heldOut) {
            case None none -> 0;
            case Fraction fraction -> (int) Math.max(1, Math.round(fraction.share() * examples.size()));
            case Count count -> count.examples();
        };
        if (wanted > 0 && wanted >= examples.size()) {
            throw new AlignException.Config("data.eval_count: holding out " + wanted + " of " + examples.size()
                    + " examples leaves none to train on; hold out fewer");
        }
        Map<Object, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < examples.size(); i++) {
            groups.computeIfAbsent(examples.get(i).group(), group -> new ArrayList<>())
                    .add(i);
        }
        CounterRandom random = CounterRandom.of(seed, "held out").at(examples.size());
        List<List<Integer>> drawn = new ArrayList<>(groups.values());
        drawn.sort(Comparator.comparingLong(group -> random.bits(group.getFirst())));
        boolean[] held = new boolean[examples.size()];
        int left = wanted;
        for (List<Integer> group : drawn) {
            if (group.size() <= left) {
                left -= group.size();
                group.forEach(i -> held[i] = true);
            }
        }
        if (wanted > 0 && left == wanted) {
            throw new AlignException.Config("data.eval_count: holding out " + wanted
                    + " would part exact duplicates or answers to one prompt; remove duplicates or hold out more");
        }
        List<T> train = new ArrayList<>();
        List<T> evaluation = new ArrayList<>();
        for (int i = 0; i < held.length; i++) {
            (held[i] ? evaluation : train).add(examples.get(i));
        }
        return new Split<>(train, evaluation);
    }
}
