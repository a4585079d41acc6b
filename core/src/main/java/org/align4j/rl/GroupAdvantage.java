package org.align4j.rl;

/// Advantages without a value model: a reward less the mean of its group, the answers to one
/// prompt, mostly in units of a standard deviation (GRPO, Shao et al. 2024, section 4.1.2; eq. 3 of
/// the lecture).
///
/// @param scale whose standard deviation divides
/// @param unbiased whether it divides squares by G − 1, as the peers do, or by G
/// @param epsilon is added to the standard deviation
public record GroupAdvantage(Scale scale, boolean unbiased, double epsilon) {
    /// As in TRL.
    public static final GroupAdvantage DEFAULT = new GroupAdvantage(Scale.GROUP, true, 1e-4);

    /// Whose standard deviation advantages are divided by.
    public enum Scale {
        /// The group's own.
        GROUP,
        /// The whole batch's (Liu et al. 2025, "Tricks or traps").
        BATCH,
        /// Nobody's: Dr. GRPO (Liu et al. 2025).
        NONE
    }

    public GroupAdvantage {
        if (!(epsilon >= 0)) {
            throw new IllegalArgumentException("epsilon must be ≥ 0, got " + epsilon);
        }
    }

    /// @param rewards of the answers, the groups one after the other; NaN: unknown
    /// @param group G, answers of a prompt
    /// @return the advantages; 0 where the reward is unknown, and in groups whose rewards are all
    ///     equal
    public double[] of(double[] rewards, int group) {
        check(rewards, group);
        double whole = Statistics.of(rewards, 0, rewards.length).deviation(unbiased);
        double[] advantages = new double[rewards.length];
        for (int from = 0; from < rewards.length; from += group) {
            Statistics statistics = Statistics.of(rewards, from, from + group);
            double deviation = switch (scale) {
                case GROUP -> statistics.deviation(unbiased);
                case BATCH -> whole;
                case NONE -> 1 - epsilon;
            };
            for (int i = from; i < from + group; i++) {
                double difference = rewards[i] - statistics.mean();
                // equal rewards differ from their mean by rounding, which a tiny deviation would blow up
                boolean nothing = Double.isNaN(difference) || allEqual(rewards, from, from + group);
                advantages[i] = nothing ? 0 : difference / (deviation + epsilon);
            }
        }
        return advantages;
    }

    /// A reward less the mean of the others of its group: RLOO (Ahmadian et al. 2024, eq. 8).
    ///
    /// @param rewards as of [#of]
    /// @param group at least 2
    /// @param normalise whether the advantages are then normalised over the batch
    /// @return 0 where the reward is unknown or the only one known
    public static double[] leaveOneOut(double[] rewards, int group, boolean normalise) {
        check(rewards, group);
        double[] advantages = new double[rewards.length];
        for (int from = 0; from < rewards.length; from += group) {
            Statistics statistics = Statistics.of(rewards, from, from + group);
            double scale = statistics.count() > 1 ? statistics.count() / (statistics.count() - 1.0) : 0;
            for (int i = from; i < from + group; i++) {
                // r − (Σ − r)/(n − 1) = (r − mean) n/(n − 1)
                boolean nothing = Double.isNaN(rewards[i]) || allEqual(rewards, from, from + group);
                advantages[i] = nothing ? 0 : (rewards[i] - statistics.mean()) * scale;
            }
        }
        return normalise ? overBatch(advantages, rewards, DEFAULT.epsilon()) : advantages;
    }

    /// 1 for the best answer of each group, the first of several; 0 for the others: what imitating
    /// the best of n is, seen as a policy gradient.
    ///
    /// @param rewards as of [#of]
    /// @return all 0 in a group of which nothing is known
    public static double[] ofBest(double[] rewards, int group) {
        check(rewards, group);
        double[] advantages = new double[rewards.length];
        for (int from = 0; from < rewards.length; from += group) {
            int best = -1;
            for (int i = from; i < from + group; i++) {
                if (!Double.isNaN(rewards[i]) && (best < 0 || rewards[i] > rewards[best])) {
                    best = i;
                }
            }
            if (best >= 0) {
                advantages[best] = 1;
            }
        }
        return advantages;
    }

    /// Advantages around their mean over the batch, in units of their standard deviation.
    ///
    /// @param rewards unknown ones are left out, and stay 0
    static double[] overBatch(double[] advantages, double[] rewards, double epsilon) {
        double[] known = new double[advantages.length];
        for (int i = 0; i < known.length; i++) {
            known[i] = Double.isNaN(rewards[i]) ? Double.NaN : advantages[i];
        }
        Statistics statistics = Statistics.of(known, 0, known.length);
        for (int i = 0; i < known.length; i++) {
            double difference = known[i] - statistics.mean();
            known[i] = Double.isNaN(difference) ? 0 : difference / (statistics.deviation(true) + epsilon);
        }
        return known;
    }

    /// The standard deviation (unbiased) of the known rewards of a group.
    public static double deviation(double[] rewards, int from, int to) {
        return Statistics.of(rewards, from, to).deviation(true);
    }

    /// Whether the known rewards of a group are all the same, so that nothing can be learned from
    /// it.
    public static boolean allEqual(double[] rewards, int from, int to) {
        double first = Double.NaN;
        for (int i = from; i < to; i++) {
            if (Double.isNaN(first)) {
                first = rewards[i];
            } else if (!Double.isNaN(rewards[i]) && rewards[i] != first) {
                return false;
            }
        }
        return true;
    }

    private static void check(double[] rewards, int group) {
        if (group < 2 || rewards.length % group != 0) {
            throw new IllegalArgumentException(
                    "groups need 2 rewards or more each, got " + rewards.length + " in groups of " + group);
        }
    }
}
