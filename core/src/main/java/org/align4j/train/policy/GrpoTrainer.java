package org.align4j.train.policy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.loss.Aggregation;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyTokens;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Rollout;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;

/// Group relative policy optimisation, algorithm 1 of Shao et al. 2024, and its relatives: a policy
/// learns from rewards of groups of its own answers, each compared with the others of its group.
public final class GrpoTrainer {
    private final GrpoConfig config;
    private final Learner learner;
    private final Optional<RenewedReference> reference;
    private final RolloutRound round;
    private final RolloutLogps pass;
    private final Minibatches minibatches;
    private final PolicyObjective objective;
    private final Optimization optimization;
    private final TrainingLoop loop;
    private final ExperienceFiles files;
    private final PolicyWatch watch;
    private final HeldOutAnswers heldOut;
    private final OverOptimisation overOptimisation;
    private Optional<Experience> experience = Optional.empty();
    private float[][] advantages = new float[0][];

    /// Trains until the end or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws org.align4j.error.AlignException for faults of the configuration, the data, the
    ///     model or a reward
    public static void run(GrpoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Learner.Settings settings = config.learner();
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(settings, start.checkpoint().orElse(config.model()))) {
            Optional<FrozenReference> reference = config.loss().beta() > 0
                    ? Optional.of(FrozenReference.of(learner, settings, config.reference()))
                    : Optional.empty();
            try (Play play = config.play();
                    PolicyRewards rewards = config.rewardFunctions();
                    Optimization optimization = config.optimization()
                            .over(learner.parameters(), config.iteration().totalSteps())) {
                TaskData data = config.tasks(learner.loaded(), play);
                // 3. the run
                start.run(config.plan(), learner, optimization, data.news(), listener, interruption, loop -> {
                    GrpoTrainer trainer =
                            new GrpoTrainer(config, learner, reference, data, play, rewards, optimization, loop);
                    return new TrainingLoop.Algorithm(trainer::learn, trainer::evaluate, trainer::samples);
                });
            }
        }
    }

    private GrpoTrainer(
            GrpoConfig config,
            Learner learner,
            Optional<FrozenReference> reference,
            TaskData data,
            Play play,
            PolicyRewards rewards,
            Optimization optimization,
            TrainingLoop loop) {
        this.config = config;
        this.learner = learner;
        this.reference = reference.map(frozen -> new RenewedReference(
                frozen, learner, config.precision().dtype(), config.referenceEvery(), config.output()));
        this.optimization = optimization;
        this.loop = loop;
        RolloutConfig rollout = config.rollout();
        round = new RolloutRound(
                rollout,
                config.data(),
                data,
                learner.loaded(),
                play,
                rewards,
                RolloutRound.Worth.REWARD,
                loop::warn,
                config.seed());
        pass = new RolloutLogps(rollout.temperature(), config.iteration().maxTokens());
        minibatches = config.minibatchPlan();
        objective = config.loss().objective(rollout.maxNewTokens() * play.maxTurns());
        files = new ExperienceFiles(config.output());
        List<Metrics.Row> earlier = Metrics.read(new RunFiles(config.output()).metrics());
        watch = PolicyWatch.after(earlier, config.iteration(), rollout.groupSize() > 1);
        heldOut = new HeldOutAnswers(
                data.evaluation(),
                learner.loaded(),
                rollout,
                config.heldOut(),
                play,
                rewards,
                reference,
                config.iteration().maxTokens(),
                config.seed(),
                loop::warn);
        overOptimisation = OverOptimisation.after(earlier);
    }

    /// One optimiser step; the first of an iteration draws its answers.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        long iteration = config.iteration().iteration(loop.step());
        int update = config.iteration().update(loop.step());
        Map<String, Double> times = new LinkedHashMap<>();
        if (update == 0 || experience.isEmpty()) {
            begin(iteration, times);
        }
        if (loop.interrupted()) {
            return Map.of();
        }
        Experience drawn = experience.orElseThrow();
        long learning = System.nanoTime();
        List<Integer> minibatch = minibatches.of(iteration, update).stream()
                .filter(i -> !config.rollout().maskTruncated()
                        || drawn.rollouts().get(i).ended())
                .filter(i -> !config.loss().imitates() || advantages[i][0] > 0)
                .toList();
        PolicyMetrics terms = new PolicyMetrics();
        optimization.startWindow();
        long tokens = update(drawn, minibatch, update == 0, terms);
        times.put("time/learn", seconds(learning));
        Map<String, Double> metrics = loop.step(terms.loss(), tokens, "iteration " + iteration, start);
        metrics.putAll(round.metrics(drawn));
        metrics.putAll(terms.named(objective.needsReference(), wantsEntropy(), update == 0));
        new GrpoAdvantages(config).divergence(drawn).ifPresent(kl -> metrics.put("kl", kl));
        metrics.putAll(times);
        watch.look(metrics, update == 0).forEach(loop::warn);
        return metrics;
    }

    /// 1. prompts, 2. answers, 3. rewards, 4. log-probabilities, or what was written of them before
    /// an interruption. Leaves nothing where it is interrupted now.
    private void begin(long iteration, Map<String, Double> times) {
        experience = files.of(iteration, config.iteration(), () -> drawn(iteration, times));
        experience.ifPresent(drawn -> advantages = new GrpoAdvantages(config).of(drawn));
    }

    private Optional<Experience> drawn(long iteration, Map<String, Double> times) {
        return round.draw(iteration, times, loop::interrupted).map(answered -> withLogps(iteration, answered, times));
    }

    /// 4. log-probabilities under the policy that drew and under the reference. With one update,
    /// the policy's are those of the update's own forward pass.
    private Experience withLogps(long iteration, Experience drawn, Map<String, Double> times) {
        long start = System.nanoTime();
        boolean needsOld = config.iteration().updates() > 1
                || config.loss().inReward()
                || config.loss().importanceCap() > 0;
        Optional<float[][]> old = needsOld ? Optional.of(pass.of(learner.model(), drawn.rollouts())) : Optional.empty();
        times.put("time/old", seconds(start));
        long startReference = System.nanoTime();
        Optional<float[][]> ofReference = reference.map(
                renewed -> renewed.of(iteration, config.iteration().updates()).logps(pass, drawn.rollouts()));
        times.put("time/reference", seconds(startReference));
        return drawn.withLogps(old, ofReference);
    }

    /// 5. the gradient of one update.
    ///
    /// @param fresh whether the weights are those that the answers were drawn with
    /// @return tokens that went through the model
    private long update(Experience drawn, List<Integer> minibatch, boolean fresh, PolicyMetrics metrics) {
        List<List<Integer>> microBatches = RolloutLogps.microBatches(
                drawn.rollouts(), minibatch, config.iteration().maxTokens());
        long trained = minibatch.stream()
                .mapToLong(i -> drawn.rollouts().get(i).drawnTokens())
                .sum();
        Aggregation.Window window = new Aggregation.Window(
                config.rollout().outputs() / config.iteration().minibatches(),
                trained,
                Math.max(1, microBatches.size()));
        long tokens = 0;
        for (int part = 0; part < microBatches.size(); part++) {
            Wanted wanted = Wanted.logps()
                    .withTemperature(config.rollout().temperature())
                    .withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), part));
            tokens += backward(drawn, microBatches.get(part), wanted, window, fresh, metrics);
        }
        return tokens;
    }

    private long backward(
            Experience drawn,
            List<Integer> microBatch,
            Wanted wanted,
            Aggregation.Window window,
            boolean fresh,
            PolicyMetrics metrics) {
        List<Rollout> rollouts = microBatch.stream().map(drawn.rollouts()::get).toList();
        try (Scope scope = Scope.open();
                Tape tape = learner.model()
                        .forward(
                                learner.model().pack(Rollout.groups(rollouts)),
                                wantsEntropy() ? wanted.withEntropy() : wanted,
                                config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            float[] computed = tape.logps().toFloats();
            float[] sampled = RolloutTokens.joined(
                    microBatch, i -> drawn.rollouts().get(i).samplerLogps());
            PolicyTokens tokens = new PolicyTokens(
                    tape.logps(),
                    drawn.old()
                            .map(old -> onDevice(RolloutTokens.joined(microBatch, i -> old[i])))
                            .orElseGet(() -> tape.logps().detach()),
                    drawn.reference().map(frozen -> onDevice(RolloutTokens.joined(microBatch, i -> frozen[i]))),
                    wantsEntropy() ? Optional.of(tape.entropy()) : Optional.empty(),
                    onDevice(RolloutTokens.joined(microBatch, i -> weights(drawn, i))),
                    rollouts.stream().mapToInt(Rollout::drawnTokens).toArray());
            PolicyObjective.Terms terms = objective.of(tokens, window);
            metrics.add(terms);
            metrics.addEntropy(wantsEntropy() ? tape.entropy().sum().item() : 0, computed.length);
            if (fresh) {
                metrics.addDifferences(computed, sampled);
            }
            terms.loss().backward();
            tape.backward();
        }
        return rollouts.stream().mapToInt(Rollout::length).sum();
    }

    private float[] weights(Experience drawn, int answer) {
        float[] weights = new GrpoAdvantages(config).importance(drawn, answer);
        for (int t = 0; t < weights.length; t++) {
            weights[t] *= advantages[answer][t];
        }
        return weights;
    }

    private Tensor onDevice(float[] values) {
        return Tensor.of(values).to(learner.model().device());
    }

    private boolean wantsEntropy() {
        return config.logEntropy() || objective.needsEntropy();
    }

    private Map<String, Double> evaluate() {
        if (loop.step() > 0) {
            // of a resumed run that has drawn no answers yet
            long iteration = (loop.step() - 1) / config.iteration().updates();
            reference.ifPresent(renewed -> renewed.goOn(iteration));
        }
        Map<String, Double> metrics = heldOut.measure(loop::interrupted);
        overOptimisation.look(loop.step(), metrics).ifPresent(loop::warn);
        return metrics;
    }

    private List<Map<String, String>> samples() {
        return experience.map(drawn -> round.samples(drawn, means(advantages))).orElse(List.of());
    }

    /// An advantage an answer, to be read.
    private static double[] means(float[][] ofTokens) {
        return Arrays.stream(ofTokens)
                .mapToDouble(own -> IntStream.range(0, own.length)
                        .mapToDouble(t -> own[t])
                        .average()
                        .orElse(0))
                .toArray();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
