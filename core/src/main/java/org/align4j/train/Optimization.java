package org.align4j.train;

import java.util.ArrayList;
import java.util.List;
import org.align4j.nn.Parameters;
import org.align4j.optim.Gradients;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.Optimizer;
import org.align4j.optim.OptimizerConfig;
import org.align4j.optim.ParameterGroup;

/// The half of a training step that follows the gradients: clip, step, bring the model up to date.
public final class Optimization implements AutoCloseable {
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final LrSchedule schedule;
    private final double maxGradientNorm;

    /// What a step did.
    ///
    /// @param gradientNorm before clipping
    /// @param learningRate that it used
    public record Outcome(double gradientNorm, double learningRate) {}

    /// @param weightDecay of matrices; norms and biases have none
    /// @param maxGradientNorm gradients are scaled down to this norm; 0 for no clipping
    public Optimization(
            Parameters parameters,
            OptimizerConfig optimizer,
            double weightDecay,
            LrSchedule schedule,
            double maxGradientNorm) {
        this.parameters = parameters;
        this.optimizer = optimizer.over(groups(parameters, weightDecay));
        this.schedule = schedule;
        this.maxGradientNorm = maxGradientNorm;
    }

    private static List<ParameterGroup> groups(Parameters parameters, double weightDecay) {
        List<ParameterGroup> groups = new ArrayList<>();
        for (Parameters.Range range : parameters.ranges()) {
            groups.add(new ParameterGroup(
                    range.decay() ? "decayed" : "undecayed",
                    range.master(),
                    range.gradient(),
                    range.decay() ? weightDecay : 0,
                    range.parts().stream()
                            .map(part -> new ParameterGroup.Part(part.name(), part.offset(), part.shape()))
                            .toList()));
        }
        return groups;
    }

    /// Starts a window of micro batches.
    public void startWindow() {
        parameters.startWindow();
    }

    /// Ends the window with optimiser step `step` (from 0). A norm that is not finite leaves
    /// everything as it was.
    public Outcome step(long step) {
        parameters.finishWindow();
        double learningRate = schedule.at(step);
        double norm = Gradients.norm(optimizer.groups());
        if (Double.isFinite(norm)) {
            optimizer.step(learningRate, maxGradientNorm > 0 ? Gradients.clipFactor(norm, maxGradientNorm) : 1);
            parameters.refresh();
        }
        return new Outcome(norm, learningRate);
    }

    public Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
