package org.align4j.train.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.loss.Aggregation;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyTokens;
import org.align4j.loss.ValueLoss;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.Rollout;
import org.align4j.rl.RunningNormaliser;
import org.align4j.rl.reward.Rewards;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Progress;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;

/// Proximal policy optimisation (Schulman et al. 2017) of a language model, step 3 of InstructGPT
/// (Ouyang et al. 2022): maximises the reward less β KL(π ‖ π_ref), with a value model beside the
/// policy.
public final class PpoTrainer {
    // what a run remembers beside its weights
    private static final String BETA = "beta";
    private static final String SCORES = "scores";
    private static final String SCORE_MEAN = "score_mean";
    private static final String SCORE_SQUARES = "score_squares";

    private final PpoConfig config;
    private final Learner policy;
    private final Learner values;
    private final Optional<FrozenReference> reference;
    private final RolloutRound round;
    private final RolloutLogps pass;
    private final Minibatches minibatches;
    private final PolicyObjective objective;
    private final ValueLoss valueLoss;
    private final Optimization optimization;
    private final Optimization valueOptimization;
    private final TrainingLoop loop;
    private final ExperienceFiles files;
    private final PolicyWatch watch;
    private Optional<Experience> experience = Optional.empty();
    private Optional<PpoAdvantages> learned = Optional.empty();

    /// Trains until the end or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data, a model or a reward
    public static void run(PpoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        config.namedOptimizer();
        config.namedSchedule(config.learningRate());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        Optional<Path> savedValues = start.checkpoint().map(PpoTrainer::valuesOf);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner policy =
                        Learner.load(config.policy(), start.checkpoint().orElse(config.model()));
                Learner values = Learner.load(
                        config.values(), savedValues.orElse(config.values().model()))) {
            requireSameTokens(policy, values);
            TaskData data = TaskData.load(
                    config.data(),
                    config.seed(),
                    policy.loaded(),
                    config.neededColumns(),
                    config.rollout().maxNewTokens());
            Optional<FrozenReference> reference = config.loss().beta() > 0
                    ? Optional.of(FrozenReference.of(policy, config.policy(), config.reference()))
                    : Optional.empty();
            try (Rewards rewards = config.rewardFunctions();
                    Optimization optimization = config.optimization(policy.parameters(), config.learningRate());
                    Optimization valueOptimization = config.optimization(
                            values.parameters(), config.valueLearningRate().orElse(config.learningRate()))) {
                savedValues.ifPresent(folder -> values.restore(folder, valueOptimization, resume));
                // 3. the run
                start.run(config.plan(), policy, optimization, data.news(), listener, interruption, loop -> {
                    policy.saveWith(folder -> saveValues(folder, values, loop.step(), valueOptimization));
                    PpoTrainer trainer = new PpoTrainer(
                            config, policy, values, reference, data, rewards, optimization, valueOptimization, loop);
                    return new TrainingLoop.Algorithm(trainer::learn, trainer::evaluate, trainer::samples);
                });
            }
        }
    }

    /// Where a checkpoint has its value model.
    private static Path valuesOf(Path checkpoint) {
        return checkpoint.resolve("value");
    }

    private static void saveValues(Path checkpoint, Learner values, long step, Optimization optimization)
            throws IOException {
        Path folder = Files.createDirectories(valuesOf(checkpoint));
        values.save(folder, Progress.at(step), optimization);
    }

    private static void requireSameTokens(Learner policy, Learner values) {
        int known = values.model().architecture().vocabularySize();
        int wanted = policy.model().architecture().vocabularySize();
        if (known != wanted) {
            throw new AlignException.Config("value_model: its vocabulary has " + known + " tokens, the policy's "
                    + wanted + "; name a model with the same tokenizer, or leave it out");
        }
    }

    private PpoTrainer(
            PpoConfig config,
            Learner policy,
            Learner values,
            Optional<FrozenReference> reference,
            TaskData data,
            Rewards rewards,
            Optimization optimization,
            Optimization valueOptimization,
            TrainingLoop loop) {
        this.config = config;
        this.policy = policy;
        this.values = values;
        this.reference = reference;
        this.optimization = optimization;
        this.valueOptimization = valueOptimization;
        this.loop = loop;
        RolloutConfig rollout = config.rollout();
        round = new RolloutRound(
                rollout, config.data(), data, policy.loaded(), rewards, config.mix(), loop::warn, config.seed());
        pass = new RolloutLogps(rollout.temperature(), config.maxTokens());
        minibatches = new Minibatches(rollout.outputs(), config.minibatches(), config.seed());
        objective = config.loss().objective();
        valueLoss = config.loss().valueLoss();
        files = new ExperienceFiles(config.output());
        watch = new PolicyWatch(loop::warn);
    }

    /// One optimiser step of both models; the first of an iteration draws its answers.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        long iteration = loop.step() / config.updates();
        int update = (int) (loop.step() % config.updates());
        Map<String, Double> times = new LinkedHashMap<>();
        if (update == 0 || experience.isEmpty()) {
            begin(iteration, times);
        }
        Experience drawn = experience.orElseThrow();
        PpoAdvantages targets = learned.orElseThrow();
        double beta = present(BETA, config.loss().beta());
        if (update == config.updates() - 1) {
            remember(targets);
        }
        // 5. the gradients of one update
        long learning = System.nanoTime();
        List<Integer> minibatch = minibatches.of(iteration, update).stream()
                .filter(targets.included()::contains)
                .toList();
        PolicyMetrics terms = new PolicyMetrics();
        ValueMetrics ofValues = new ValueMetrics();
        optimization.startWindow();
        valueOptimization.startWindow();
        long tokens = update(drawn, targets, minibatch, update == 0, terms, ofValues);
        requireFinite(valueOptimization.step(loop.step()).gradientNorm());
        times.put("time/learn", seconds(learning));
        Map<String, Double> metrics = loop.step(
                terms.loss() + config.loss().valueCoefficient() * ofValues.loss(),
                tokens,
                "iteration " + iteration,
                start);
        metrics.putAll(round.metrics(drawn));
        metrics.put("objective/kl", targets.kl());
        metrics.put("objective/scores", targets.score());
        metrics.put("objective/non_score_reward", -beta * targets.kl());
        metrics.put("objective/rlhf_reward", targets.score() - beta * targets.kl());
        metrics.put("beta", beta);
        metrics.put("loss/policy_avg", terms.loss());
        metrics.putAll(ofValues.named());
        metrics.putAll(terms.named(false, true, update == 0));
        metrics.putAll(times);
        watch.look(metrics, update == 0);
        return metrics;
    }

    private double present(String name, double first) {
        return loop.memory().getOrDefault(name, first);
    }

    /// From the last update of an iteration on, β and the normaliser are those of the next.
    private void remember(PpoAdvantages targets) {
        loop.remember(Map.of(
                BETA, targets.controller().beta(),
                SCORES, (double) targets.normaliser().count(),
                SCORE_MEAN, targets.normaliser().mean(),
                SCORE_SQUARES, targets.normaliser().squares()));
    }

    /// 1. prompts, answers and rewards, 2. log-probabilities, 3. values, or what was written of
    /// them before an interruption; 4. advantages.
    private void begin(long iteration, Map<String, Double> times) {
        Experience drawn = files.read(iteration).orElseGet(() -> drawn(iteration, times));
        RunningNormaliser normaliser =
                new RunningNormaliser((long) present(SCORES, 0), present(SCORE_MEAN, 0), present(SCORE_SQUARES, 0));
        experience = Optional.of(drawn);
        learned = Optional.of(PpoAdvantages.of(
                drawn,
                config.mix().sum(drawn.rewards()),
                config.loss(),
                config.rollout().maskTruncated(),
                config.loss().controller(present(BETA, config.loss().beta())),
                normaliser));
    }

    private Experience drawn(long iteration, Map<String, Double> times) {
        Experience answered = round.draw(iteration, times);
        List<Rollout> rollouts = answered.rollouts();
        long start = System.nanoTime();
        float[][] old = pass.of(policy.model(), rollouts);
        times.put("time/old", seconds(start));
        start = System.nanoTime();
        Optional<float[][]> frozen = reference.map(model -> model.logps(pass, rollouts));
        times.put("time/reference", seconds(start));
        start = System.nanoTime();
        float[][] ofStates = RolloutValues.of(values.model(), rollouts, config.maxTokens());
        times.put("time/value", seconds(start));
        Experience drawn = answered.withLogps(Optional.of(old), frozen).withValues(ofStates);
        files.write(iteration, drawn);
        new RunFiles(config.output())
                .checkpoints()
                .newest()
                .ifPresent(checkpoint -> files.forgetBefore(checkpoint.step() / config.updates()));
        return drawn;
    }

    /// @param fresh whether the weights are those that the answers were drawn with
    /// @return tokens that went through the policy
    private long update(
            Experience drawn,
            PpoAdvantages targets,
            List<Integer> minibatch,
            boolean fresh,
            PolicyMetrics terms,
            ValueMetrics ofValues) {
        List<List<Integer>> microBatches = RolloutLogps.microBatches(drawn.rollouts(), minibatch, config.maxTokens());
        long trained = minibatch.stream()
                .mapToLong(i -> drawn.rollouts().get(i).tokens().length)
                .sum();
        Aggregation.Window window = new Aggregation.Window(
                Math.max(1, minibatch.size()), Math.max(1, trained), Math.max(1, microBatches.size()));
        long tokens = 0;
        for (List<Integer> microBatch : microBatches) {
            List<Rollout> rollouts =
                    microBatch.stream().map(drawn.rollouts()::get).toList();
            learnPolicy(drawn, targets, microBatch, rollouts, window, fresh, terms);
            learnValues(drawn, targets, microBatch, rollouts, window.tokens(), ofValues);
            tokens += rollouts.stream().mapToInt(Rollout::length).sum();
        }
        return tokens;
    }

    private void learnPolicy(
            Experience drawn,
            PpoAdvantages targets,
            List<Integer> microBatch,
            List<Rollout> rollouts,
            Aggregation.Window window,
            boolean fresh,
            PolicyMetrics metrics) {
        Wanted wanted =
                Wanted.logps().withTemperature(config.rollout().temperature()).withEntropy();
        try (Scope scope = Scope.open();
                Tape tape =
                        policy.model().forward(policy.model().pack(Rollout.groups(rollouts)), wanted, recording())) {
            float[] computed = tape.logps().toFloats();
            float[][] old = drawn.old().orElseThrow();
            PolicyObjective.Terms terms = objective.of(
                    new PolicyTokens(
                            tape.logps(),
                            onDevice(RolloutTokens.joined(microBatch, i -> old[i])),
                            Optional.empty(),
                            Optional.of(tape.entropy()),
                            onDevice(RolloutTokens.joined(microBatch, i -> targets.advantages()[i])),
                            rollouts.stream()
                                    .mapToInt(rollout -> rollout.tokens().length)
                                    .toArray()),
                    window);
            metrics.add(terms);
            metrics.addEntropy(tape.entropy().detach().sum().item(), computed.length);
            if (fresh) {
                metrics.addDifferences(
                        computed,
                        RolloutTokens.joined(
                                microBatch, i -> drawn.rollouts().get(i).samplerLogps()));
            }
            terms.loss().backward();
            tape.backward();
        }
    }

    private void learnValues(
            Experience drawn,
            PpoAdvantages targets,
            List<Integer> microBatch,
            List<Rollout> rollouts,
            long count,
            ValueMetrics metrics) {
        PackedBatch packed = values.model().pack(Rollout.groups(rollouts));
        float[][] old = drawn.values().orElseThrow();
        try (Scope scope = Scope.open();
                Tape tape = values.model().forward(packed, Wanted.scores(RolloutValues.states(packed)), recording())) {
            float[] returns = RolloutTokens.joined(microBatch, i -> targets.returns()[i]);
            ValueLoss.Terms terms = valueLoss.of(
                    tape.scores(), onDevice(RolloutTokens.joined(microBatch, i -> old[i])), onDevice(returns), count);
            metrics.add(terms, tape.scores().toFloats(), returns);
            terms.loss().mul(config.loss().valueCoefficient()).backward();
            tape.backward();
        }
    }

    private Recording recording() {
        return config.lean() ? Recording.RECOMPUTE : Recording.KEEP;
    }

    private void requireFinite(double valueGradientNorm) {
        if (!Double.isFinite(valueGradientNorm)) {
            throw new AlignException.Tensor("after step " + loop.step() + ": the value model's gradient norm is "
                    + valueGradientNorm + ". Lower value_learning_rate, set max_grad_norm, or clip the scores");
        }
    }

    private Tensor onDevice(float[] numbers) {
        return Tensor.of(numbers).to(policy.model().device());
    }

    private Map<String, Double> evaluate() {
        return round.evaluate(loop::interrupted);
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
