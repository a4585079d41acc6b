package org.align4j.train.policy;

/// Which held-out figure says which checkpoint is the best.
public enum KeepBest {
    /// The reward that is learned from.
    REWARD,
    /// The one that is held back from learning.
    GOLD_REWARD
}
