package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.jspecify.annotations.Nullable;

/// Several rewards of the same answers, by name. What a function can't say is handled as configured
/// and never becomes 0.
///
/// @param functions by the name under which they are logged
/// @param onFailure what happens when a function throws, gives NaN, or the wrong count
public record Rewards(SequencedMap<String, RewardFunction> functions, OnFailure onFailure) implements AutoCloseable {
    /// What happens when a reward can't be had.
    public enum OnFailure {
        /// The run ends.
        FAIL,
        /// The function says nothing about these answers; the others decide. An answer about which
        /// none says anything isn't learned from.
        ABSTAIN
    }

    public Rewards {
        functions = new LinkedHashMap<>(functions);
        if (functions.isEmpty()) {
            throw new IllegalArgumentException("rewards: name at least one");
        }
    }

    /// The functions of rules, named by their kinds; a second one of a kind gets a number. See
    /// [RewardRule#function].
    public static Rewards of(List<RewardRule> rules, OnFailure onFailure, DType dtype, Device device) {
        SequencedMap<String, RewardFunction> functions = new LinkedHashMap<>();
        for (RewardRule rule : rules) {
            String kind = rule.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            String name = kind;
            for (int i = 2; functions.containsKey(name); i++) {
                name = kind + i;
            }
            functions.put(name, rule.function(dtype, device));
        }
        return new Rewards(functions, onFailure);
    }

    @Override
    public void close() {
        functions.values().forEach(RewardFunction::close);
    }

    /// What all functions say.
    ///
    /// @param values `[F][B]`; NaN: unknown
    /// @param failures what went wrong, one sentence each; empty where all is well
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    public record Scores(double[][] values, List<String> failures) {}

    /// @throws AlignException.Data for a reward that can't be had, unless it is to abstain
    public Scores of(List<Attempt> attempts) {
        double[][] values = new double[functions.size()][];
        List<String> failures = new ArrayList<>();
        int at = 0;
        for (Map.Entry<String, RewardFunction> function : functions.entrySet()) {
            values[at++] = scored(function.getKey(), function.getValue(), attempts, failures);
        }
        return new Scores(values, failures);
    }

    private double[] scored(String name, RewardFunction function, List<Attempt> attempts, List<String> failures) {
        double[] rewards;
        try {
            rewards = function.of(attempts).clone();
        } catch (RuntimeException | StackOverflowError e) {
            String what = e instanceof AlignException ? "can't be had: " + e.getMessage() : "threw " + e;
            return failed(name, what, e, attempts.size(), failures);
        }
        if (rewards.length != attempts.size()) {
            String what = "gave " + rewards.length + " rewards for " + attempts.size() + " answers";
            return failed(name, what, null, attempts.size(), failures);
        }
        long unknown = Arrays.stream(rewards)
                .filter(reward -> !Double.isFinite(reward))
                .count();
        if (unknown > 0) {
            String what = "gave no finite number for " + unknown + " of " + attempts.size() + " answers";
            if (onFailure == OnFailure.FAIL) {
                failed(name, what, null, attempts.size(), failures);
            }
            failures.add("reward " + name + " " + what);
            for (int i = 0; i < rewards.length; i++) {
                rewards[i] = Double.isFinite(rewards[i]) ? rewards[i] : Double.NaN;
            }
        }
        return rewards;
    }

    private double[] failed(String name, String what, @Nullable Throwable cause, int count, List<String> failures) {
        String message = "reward " + name + " " + what;
        if (onFailure == OnFailure.FAIL) {
            String remedy = message + "; mend it and --resume, or begin with on_reward_failure: abstain";
            throw cause == null ? new AlignException.Data(remedy) : new AlignException.Data(remedy, cause);
        }
        failures.add(message);
        double[] unknown = new double[count];
        Arrays.fill(unknown, Double.NaN);
        return unknown;
    }
}
