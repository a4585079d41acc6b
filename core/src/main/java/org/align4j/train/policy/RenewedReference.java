package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.Iterator;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.nn.Parameter;
import org.align4j.run.Checkpoints;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.train.Learner;

/// The reference of iterative GRPO (Shao et al. 2024, algorithm 1, line 2): every so many
/// iterations it becomes the policy as it then is. What it becomes is kept in `reference/` of the
/// run, from where a resumed run takes it.
final class RenewedReference {
    private final FrozenReference reference;
    private final Learner learner;
    private final DType dtype;
    private final int every;
    private final Path output;
    private final Checkpoints kept;
    private long since;

    /// @param reference a model of its own, as it is before the first renewal
    /// @param every iterations between renewals; 0: it stays as it is
    /// @param output folder of the run
    RenewedReference(FrozenReference reference, Learner learner, DType dtype, int every, Path output) {
        this.reference = reference;
        this.learner = learner;
        this.dtype = dtype;
        this.every = every;
        this.output = output;
        kept = new Checkpoints(output.resolve("reference"));
    }

    /// The reference of an iteration that is about to draw its answers.
    FrozenReference of(long iteration, int updates) {
        long due = due(iteration);
        if (due != since) {
            if (due == iteration) {
                kept.save(due, learner::saveModel);
                // a run that goes on from its newest checkpoint may have to evaluate that first, by
                // the reference that its last step was learned with
                long resumed = new RunFiles(output)
                        .checkpoints()
                        .newest()
                        .map(checkpoint -> Math.max(0, checkpoint.step() - 1) / updates)
                        .orElse(0L);
                kept.keepFrom(due(resumed));
            }
            load(due);
        }
        return reference;
    }

    /// Becomes what it was in an iteration whose answers are drawn already.
    void goOn(long iteration) {
        if (due(iteration) != since) {
            load(due(iteration));
        }
    }

    private long due(long iteration) {
        return every == 0 ? 0 : iteration / every * every;
    }

    private void load(long due) {
        Path folder = kept.list().stream()
                .filter(each -> each.step() == due)
                .findFirst()
                .map(Checkpoints.Checkpoint::folder)
                .orElseThrow(() -> new AlignException.Checkpoint(output.resolve("reference/step-" + due)
                        + ": the reference since iteration " + due
                        + " is missing; put it back, or begin the run anew"));
        try (Scope scope = Scope.open();
                LoadedModel loaded =
                        LoadedModel.load(folder, dtype, reference.model().device(), false)) {
            Iterator<Parameter> renewed = loaded.model().parameters().all().iterator();
            for (Parameter parameter : reference.model().parameters().all()) {
                parameter.value().copy_(renewed.next().value());
            }
            reference.model().parameters().refresh();
        }
        since = due;
    }
}
