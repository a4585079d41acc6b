package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.rl.Rollout;
import org.align4j.rl.RunningNormaliser;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;

/// Proximal policy optimisation (Schulman et al. 2017) of a language model, step 3 of InstructGPT
/// (Ouyang et al. 2022): maximises the reward less β KL(π ‖ π_ref), with values beside the policy.
public final class PpoTrainer {
    // what a run remembers beside its weights
    private static final String BETA = "beta";
    private static final String SCORES = "scores";
    private static final String SCORE_MEAN = "score_mean";
    private static final String SCORE_SQUARES = "score_squares";
    private static final String STOPPED = "stopped_iteration";

    private final PpoConfig config;
    private final Learner policy;
    private final Critic critic;
    private final Optional<FrozenReference> reference;
    private final Optional<MixedIn> mixedIn;
    private final RolloutRound round;
    private final HeldOutAnswers heldOut;
    private final RolloutLogps pass;
    private final Minibatches minibatches;
    private final Optimization optimization;
    private final Optimization valueOptimization;
    private final TrainingLoop loop;
    private final ExperienceFiles files;
    private final PolicyWatch watch;
    private final OverOptimisation overOptimisation;
    private Optional<Experience> experience = Optional.empty();
    private Optional<PpoAdvantages> learned = Optional.empty();

    /// Trains until the end or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data, a model or a reward
    public static void run(PpoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner policy =
                        Learner.load(config.policy(), start.checkpoint().orElse(config.model()));
                Critic critic = Critic.load(config, policy, start.checkpoint())) {
            TaskData data = config.tasks(policy.loaded());
            Optional<MixedIn> mixedIn = config.ptx().map(ptx -> MixedIn.load(ptx, config.seed(), policy.loaded()));
            Optional<FrozenReference> reference = config.loss().beta() > 0
                    ? Optional.of(FrozenReference.of(policy, config.policy(), config.reference()))
                    : Optional.empty();
            List<RunEvent> news = new ArrayList<>(data.news());
            mixedIn.ifPresent(examples -> news.addAll(examples.news()));
            try (PolicyRewards rewards = config.rewardFunctions();
                    Optimization optimization = config.optimization()
                            .over(policy.parameters(), config.iteration().totalSteps());
                    Optimization valueOptimization = config.valueOptimization()
                            .over(critic.parameters(), config.iteration().totalSteps())) {
                start.checkpoint().ifPresent(folder -> critic.restore(folder, valueOptimization, resume));
                // 3. the run
                start.run(config.plan(), policy, optimization, news, listener, interruption, loop -> {
                    policy.saveWith(
                            critic.checkpointBytes(valueOptimization),
                            folder -> critic.save(folder, loop.step(), valueOptimization));
                    PpoTrainer trainer = new PpoTrainer(
                            config,
                            policy,
                            critic,
                            reference,
                            mixedIn,
                            data,
                            rewards,
                            optimization,
                            valueOptimization,
                            loop);
                    return new TrainingLoop.Algorithm(trainer::learn, trainer::evaluate, trainer::samples);
                });
            }
        }
    }

    private PpoTrainer(
            PpoConfig config,
            Learner policy,
            Critic critic,
            Optional<FrozenReference> reference,
            Optional<MixedIn> mixedIn,
            TaskData data,
            PolicyRewards rewards,
            Optimization optimization,
            Optimization valueOptimization,
            TrainingLoop loop) {
        this.config = config;
        this.policy = policy;
        this.critic = critic;
        this.reference = reference;
        this.mixedIn = mixedIn;
        this.optimization = optimization;
        this.valueOptimization = valueOptimization;
        this.loop = loop;
        RolloutConfig rollout = config.rollout();
        round = new RolloutRound(
                rollout,
                config.data(),
                data,
                policy.loaded(),
                Play.ALONE,
                rewards,
                RolloutRound.Worth.REWARD,
                loop::warn,
                config.seed());
        heldOut = new HeldOutAnswers(
                data.evaluation(),
                policy.loaded(),
                rollout,
                config.heldOut(),
                Play.ALONE,
                rewards,
                reference,
                config.iteration().maxTokens(),
                config.seed(),
                loop::warn);
        pass = new RolloutLogps(rollout.temperature(), config.iteration().maxTokens());
        minibatches = new Minibatches(rollout.outputs(), 1, config.iteration().minibatches(), config.seed());
        files = new ExperienceFiles(config.output());
        List<Metrics.Row> earlier = Metrics.read(new RunFiles(config.output()).metrics());
        watch = PolicyWatch.after(earlier, config.iteration(), rollout.groupSize() > 1);
        overOptimisation = OverOptimisation.after(earlier);
    }

    /// One optimiser step of policy and values; the first of an iteration draws its answers.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        long iteration = config.iteration().iteration(loop.step());
        int update = config.iteration().update(loop.step());
        if (present(STOPPED, -1) == iteration) {
            return skipped(0);
        }
        Map<String, Double> times = new LinkedHashMap<>();
        if (update == 0 || experience.isEmpty()) {
            begin(iteration, times);
        }
        if (loop.interrupted()) {
            return Map.of();
        }
        Experience drawn = experience.orElseThrow();
        PpoAdvantages targets = learned.orElseThrow();
        double beta = present(BETA, config.loss().beta());
        // 5. the gradients of one update
        long learning = System.nanoTime();
        List<Integer> minibatch = minibatches.of(iteration, update).stream()
                .filter(targets.included()::contains)
                .toList();
        PpoUpdate gradients = new PpoUpdate(config, policy.model(), critic, drawn, targets, loop.step(), update == 0);
        optimization.startWindow();
        valueOptimization.startWindow();
        long tokens = gradients.backward(minibatch);
        if (gradients.ofPolicy().approximateKl() > config.loss().stopKl().orElse(Double.POSITIVE_INFINITY)) {
            // the policy is too far from the one that drew: what the answers say is used up
            remember(targets, iteration);
            return skipped(tokens);
        }
        if (update == config.iteration().updates() - 1) {
            remember(targets, -1);
        }
        double ptx = mixedIn.map(
                        examples -> examples.backward(policy.model(), loop.step(), PpoUpdate.recording(config)))
                .orElse(0.0);
        // 6. the step
        requireFinite(valueOptimization.step(loop.step()).gradientNorm());
        times.put("time/learn", seconds(learning));
        double policyLoss = gradients.ofPolicy().loss();
        double valueLoss = gradients.ofValues().loss();
        Map<String, Double> metrics = loop.step(
                policyLoss + config.loss().valueCoefficient() * valueLoss + ptx,
                tokens,
                "iteration " + iteration,
                start);
        metrics.putAll(round.metrics(drawn));
        if (reference.isPresent()) {
            metrics.put("objective/kl", targets.kl());
        }
        metrics.put("objective/scores", targets.score());
        metrics.put("objective/non_score_reward", -beta * targets.kl());
        metrics.put("objective/rlhf_reward", targets.score() - beta * targets.kl());
        metrics.put("beta", beta);
        metrics.put("loss/policy_avg", policyLoss);
        config.ptx().ifPresent(mixed -> metrics.put("loss/ptx_avg", ptx / mixed.coefficient()));
        metrics.putAll(gradients.ofValues().named());
        metrics.putAll(gradients.ofPolicy().named(false, true, update == 0));
        metrics.putAll(times);
        watch.look(metrics, update == 0).forEach(loop::warn);
        return metrics;
    }

    private Map<String, Double> skipped(long tokens) {
        Map<String, Double> metrics = loop.skip(tokens);
        metrics.put("early_stop", 1.0);
        return metrics;
    }

    private double present(String name, double first) {
        return loop.memory().getOrDefault(name, first);
    }

    /// From the last update of an iteration on, β and the normaliser are those of the next.
    ///
    /// @param stopped the iteration, if it ends early; else -1
    private void remember(PpoAdvantages targets, long stopped) {
        loop.remember(Map.of(
                BETA, targets.controller().beta(),
                SCORES, (double) targets.normaliser().count(),
                SCORE_MEAN, targets.normaliser().mean(),
                SCORE_SQUARES, targets.normaliser().squares(),
                STOPPED, (double) stopped));
    }

    /// 1. prompts, answers and rewards, 2. log-probabilities, 3. values, or what was written of
    /// them before an interruption; 4. advantages. Leaves nothing where it is interrupted now.
    private void begin(long iteration, Map<String, Double> times) {
        experience = files.of(iteration, config.iteration(), () -> drawn(iteration, times));
        RunningNormaliser normaliser =
                new RunningNormaliser((long) present(SCORES, 0), present(SCORE_MEAN, 0), present(SCORE_SQUARES, 0));
        learned = experience.map(drawn -> PpoAdvantages.of(
                drawn,
                config.rewarding().mix(false).sum(drawn.rewards()),
                config.loss(),
                config.rollout().maskTruncated(),
                config.loss().controller(present(BETA, config.loss().beta())),
                normaliser));
    }

    private Optional<Experience> drawn(long iteration, Map<String, Double> times) {
        return round.draw(iteration, times, loop::interrupted).map(answered -> measured(answered, times));
    }

    private Experience measured(Experience answered, Map<String, Double> times) {
        List<Rollout> rollouts = answered.rollouts();
        long start = System.nanoTime();
        RolloutValues ofStates = RolloutValues.of(critic.model(), rollouts, pass);
        times.put("time/value", seconds(start));
        start = System.nanoTime();
        float[][] old = switch (critic) {
            case Critic.Own own -> pass.of(policy.model(), rollouts);
            case Critic.Head head -> ofStates.logps();
        };
        times.put("time/old", seconds(start));
        start = System.nanoTime();
        Optional<float[][]> frozen = reference.map(model -> model.logps(pass, rollouts));
        times.put("time/reference", seconds(start));
        return answered.withLogps(Optional.of(old), frozen).withValues(ofStates.values());
    }

    private void requireFinite(double valueGradientNorm) {
        if (!Double.isFinite(valueGradientNorm)) {
            throw new AlignException.Tensor("after step " + loop.step() + ": the value model's gradient norm is "
                    + valueGradientNorm + ". Lower value_learning_rate, set max_grad_norm, or clip the scores");
        }
    }

    private Map<String, Double> evaluate() {
        Map<String, Double> metrics = heldOut.measure(loop::interrupted);
        overOptimisation.look(loop.step(), metrics).ifPresent(loop::warn);
        return metrics;
    }

    private List<Map<String, String>> samples() {
        return experience
                .map(drawn -> round.samples(drawn, learned.orElseThrow().meanAdvantages()))
                .orElse(List.of());
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
