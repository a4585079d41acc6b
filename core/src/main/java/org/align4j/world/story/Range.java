package org.align4j.world.story;

/// Which words a text may draw on. Some names, kinds, traits, places and combinations are held out:
/// the corpus has them all, training instructions none, so that held-out instructions can ask for
/// what was never practised.
public enum Range {
    /// Everything: the corpus.
    ANY,
    /// What is not held out: instructions to learn from.
    COMMON,
    /// Held-out names, and held-out places or combinations where there are some: instructions to be
    /// asked.
    RARE
}
