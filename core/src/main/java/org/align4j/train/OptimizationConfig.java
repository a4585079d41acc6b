package org.align4j.train;

import java.util.Map;
import org.align4j.error.Require;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;

/// How gradients change weights: keys that every run that trains has.
///
/// @param optimizer adamw, adam, sgd, rmsprop, adafactor or lion
/// @param optimizerOptions its constants, such as `beta2`
/// @param learningRate the highest
/// @param schedule of the learning rate, named as in transformers
/// @param warmupSteps of the schedule
/// @param scheduleOptions its own settings, such as `num_cycles`
/// @param weightDecay of matrices
/// @param maxGradNorm gradients are scaled down to this norm; 0 for no clipping
public record OptimizationConfig(
        String optimizer,
        Map<String, String> optimizerOptions,
        double learningRate,
        String schedule,
        long warmupSteps,
        Map<String, String> scheduleOptions,
        double weightDecay,
        double maxGradNorm) {
    /// @throws org.align4j.error.AlignException.Config for an optimiser, a schedule or an option of
    ///     them that isn't known
    public OptimizationConfig {
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        Require.atLeast("learning_rate", learningRate, 0);
        Require.atLeast("warmup_steps", warmupSteps, 0);
        Require.atLeast("weight_decay", weightDecay, 0);
        Require.atLeast("max_grad_norm", maxGradNorm, 0);
        OptimizerConfig.named(optimizer, optimizerOptions);
        LrSchedule.named(schedule, learningRate, warmupSteps, Integer.MAX_VALUE, scheduleOptions);
    }

    /// AdamW with a learning rate that falls in a line to 0.
    public static OptimizationConfig linear(double learningRate) {
        return new OptimizationConfig("adamw", Map.of(), learningRate, "linear", 0, Map.of(), 0, 1);
    }

    /// AdamW with a learning rate that stays.
    public static OptimizationConfig constant(double learningRate) {
        return new OptimizationConfig("adamw", Map.of(), learningRate, "constant", 0, Map.of(), 0, 1);
    }

    /// The same with another learning rate.
    public OptimizationConfig withLearningRate(double other) {
        return new OptimizationConfig(
                optimizer, optimizerOptions, other, schedule, warmupSteps, scheduleOptions, weightDecay, maxGradNorm);
    }

    /// What changes `parameters` in a run of `totalSteps`.
    public Optimization over(Parameters parameters, long totalSteps) {
        return new Optimization(
                parameters,
                OptimizerConfig.named(optimizer, optimizerOptions),
                weightDecay,
                LrSchedule.named(schedule, learningRate, warmupSteps, totalSteps, scheduleOptions),
                maxGradNorm);
    }
}
