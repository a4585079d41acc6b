package org.align4j.bench.frontier;

/// Where a policy stands.
///
/// @param method that made it
/// @param setting what the method's runs differ by, such as `β = 0.1`
/// @param seed of pairs, order and draws
/// @param share of the run that it comes from, from 0 to 1
/// @param kl mean log π(y|x)/π_ref(y|x) of its stories, nats; for best-of-n log n − (n−1)/n
/// @param reward mean worth of its stories
/// @param fluency mean fluency of its stories
/// @param tokens mean length of its stories
/// @param seconds that its run took in all
record Point(
        String method,
        String setting,
        long seed,
        double share,
        double kl,
        double reward,
        double fluency,
        double tokens,
        double seconds) {}
