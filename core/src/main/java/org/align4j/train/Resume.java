package org.align4j.train;

/// How to treat a run that is in the output folder already.
///
/// @param wanted go on from its newest checkpoint; otherwise a run there is an error
/// @param allowInexact go on even where the machine, threads or versions differ, and the last digits with them
public record Resume(boolean wanted, boolean allowInexact) {
    public static final Resume FRESH = new Resume(false, false);
    public static final Resume EXACT = new Resume(true, false);
}
