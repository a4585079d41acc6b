package org.align4j.optim;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Which optimiser, and its constants. The learning rate comes with each step, the weight decay
/// with each [ParameterGroup].
public sealed interface OptimizerConfig {
    /// Adam with decoupled weight decay, Loshchilov & Hutter 2019.
    record AdamW(AdamSettings settings) implements OptimizerConfig {}

    /// Adam, Kingma & Ba 2015; the weight decay is added to the gradients.
    record Adam(AdamSettings settings) implements OptimizerConfig {}

    /// @param beta1 decay of the mean gradient
    /// @param beta2 decay of the mean square
    /// @param epsilon added to the root
    /// @param amsgrad whether to divide by the largest mean square so far, Reddi et al. 2018
    record AdamSettings(double beta1, double beta2, double epsilon, boolean amsgrad) {
        /// Torch's: 0.9, 0.999, 1e-8.
        public static final AdamSettings DEFAULT = new AdamSettings(0.9, 0.999, 1e-8, false);
    }

    /// Stochastic gradient descent; the weight decay is added to the gradients.
    ///
    /// @param momentum decay of the sum of gradients; 0 for none
    /// @param dampening share of a new gradient that the sum leaves out
    /// @param nesterov whether to look ahead along the sum
    record Sgd(double momentum, double dampening, boolean nesterov) implements OptimizerConfig {}

    /// RMSprop; the weight decay is added to the gradients.
    ///
    /// @param alpha decay of the mean square
    /// @param epsilon added to the root
    /// @param momentum decay of the sum of updates; 0 for none
    /// @param centered whether the mean gradient's square is taken off the mean square
    record RmsProp(double alpha, double epsilon, double momentum, boolean centered) implements OptimizerConfig {}

    /// Adafactor, Shazeer & Stern 2018, as transformers has it. Needs the groups' parts. Don't
    /// clip gradients for it.
    ///
    /// @param epsilonSquare added to squared gradients
    /// @param epsilonScale least scale of a parameter
    /// @param clipThreshold largest root mean square of an update
    /// @param decayRate the mean square decays with `1 - step^decayRate`; negative
    /// @param beta1 decay of the mean update, if there is one
    /// @param scaleParameter whether steps are relative to the parameter's root mean square
    /// @param relativeStep whether the step size follows from the step's number, and the learning
    ///     rate is not looked at
    /// @param warmupInit whether a relative step starts small
    record Adafactor(
            double epsilonSquare,
            double epsilonScale,
            double clipThreshold,
            double decayRate,
            OptionalDouble beta1,
            boolean scaleParameter,
            boolean relativeStep,
            boolean warmupInit)
            implements OptimizerConfig {}

    /// Lion, Chen et al. 2023; the weight decay is decoupled.
    ///
    /// @param beta1 weight of the mean in the step's direction
    /// @param beta2 decay of the mean
    record Lion(double beta1, double beta2) implements OptimizerConfig {}

    /// An optimiser of these parameters, with zeroed moments.
    default Optimizer over(List<ParameterGroup> groups) {
        return new Optimizer(this, groups);
    }

    /// The optimiser `adamw`, `adam`, `sgd`, `rmsprop`, `adafactor` or `lion`.
    ///
    /// @param options its constants by the names of the record's components in snake case; those
    ///     left out have torch's defaults (Adafactor: those of transformers' trainer, which gives
    ///     it a learning rate)
    /// @throws AlignException.Config for an unknown name, and for options that are unknown or out
    ///     of range, all together
    static OptimizerConfig named(String name, Map<String, ? extends Object> options) {
        NamedOptions given = new NamedOptions("optimizer " + name, options);
        OptimizerConfig config = switch (name) {
            case "adamw" -> new AdamW(adam(given));
            case "adam" -> new Adam(adam(given));
            case "sgd" -> sgd(given);
            case "rmsprop" ->
                new RmsProp(
                        given.share("alpha").orElse(0.99),
                        given.atLeastZero("epsilon").orElse(1e-8),
                        given.share("momentum").orElse(0.0),
                        given.flag("centered", false));
            case "adafactor" -> adafactor(given);
            case "lion" ->
                new Lion(given.share("beta1").orElse(0.9), given.share("beta2").orElse(0.99));
            default -> throw unknown(name);
        };
        given.finish();
        return config;
    }

    private static AlignException.Config unknown(String name) {
        List<String> names = List.of("adamw", "adam", "sgd", "rmsprop", "adafactor", "lion");
        return new AlignException.Config("optimizer: unknown name " + name
                + Problems.nearest(name, names)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; known: " + String.join(", ", names)));
    }

    private static AdamSettings adam(NamedOptions given) {
        return new AdamSettings(
                given.share("beta1").orElse(AdamSettings.DEFAULT.beta1()),
                given.share("beta2").orElse(AdamSettings.DEFAULT.beta2()),
                given.atLeastZero("epsilon").orElse(AdamSettings.DEFAULT.epsilon()),
                given.flag("amsgrad", false));
    }

    private static Sgd sgd(NamedOptions given) {
        Sgd sgd = new Sgd(
                given.share("momentum").orElse(0.0),
                given.share("dampening").orElse(0.0),
                given.flag("nesterov", false));
        if (sgd.nesterov() && (sgd.momentum() == 0 || sgd.dampening() > 0)) {
            given.fault("nesterov", "needs momentum and no dampening");
        }
        return sgd;
    }

    private static Adafactor adafactor(NamedOptions given) {
        OptionalDouble beta1 = given.share("beta1").map(OptionalDouble::of).orElse(OptionalDouble.empty());
        Adafactor adafactor = new Adafactor(
                given.atLeastZero("epsilon_square").orElse(1e-30),
                given.atLeastZero("epsilon_scale").orElse(1e-3),
                given.positive("clip_threshold").orElse(1.0),
                given.number("decay_rate", v -> v < 0, "negative").orElse(-0.8),
                beta1,
                given.flag("scale_parameter", false),
                given.flag("relative_step", false),
                given.flag("warmup_init", false));
        if (adafactor.warmupInit() && !adafactor.relativeStep()) {
            given.fault("warmup_init", "needs relative_step: true");
        }
        return adafactor;
    }
}
