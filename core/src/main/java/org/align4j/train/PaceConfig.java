package org.align4j.train;

import org.align4j.error.Require;
/// How often a run looks at itself and makes itself last: keys that every run that trains has.
/// Zeros mean never, but for the last step.
///
/// @param evalEvery steps between evaluations; the first step and the last have one in any case. A
///     new best one is saved at once
/// @param patience evaluations without a better one that end the run; 0: it is never ended early
/// @param saveEvery steps between checkpoints
/// @param keep checkpoints kept, beside the best
/// @param sampleEvery steps between lines of `samples.jsonl`

public record PaceConfig(int evalEvery, int patience, int saveEvery, int keep, int sampleEvery) {
    public PaceConfig {
        Require.atLeast("eval_every", evalEvery, 0);
        Require.atLeast("patience", patience, 0);
        Require.atLeast("save_every", saveEvery, 0);
        Require.atLeast("keep", keep, 1);
        Require.atLeast("sample_every", sampleEvery, 0);
        if (patience > 0 && evalEvery == 0) {
            throw new IllegalArgumentException("patience needs eval_every > 0");
        }
    }

    /// Everything at the run's end.
    public static PaceConfig atTheEnd() {
        return new PaceConfig(0, 0, 0, 2, 0);
    }

    /// Refuses evaluations of nothing.
    ///
    /// @param available whether there is anything to evaluate on
    /// @param needed what it would be, such as "prompts to evaluate on: data.eval"
    /// @throws IllegalArgumentException where evaluations are wanted and can't be had
    public void checkEvaluations(boolean available, String needed) {
        if (evalEvery > 0 && !available) {
            throw new IllegalArgumentException("eval_every needs " + needed);
        }
    }
}
