package org.align4j.train.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.RunningMean;
import org.align4j.loss.preference.SequenceLogps;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Balancing;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;
import org.align4j.train.preference.PairBatch;
import org.align4j.train.preference.PairMetrics;

/// Direct alignment from judgements of the policy's own answers: online DPO, Guo et al. 2024; with
/// a renewed reference and many prompts an iteration, iterative DPO; with exploration XPO,
/// algorithm 1 of Xie et al. 2024.
public final class OnlineTrainer {
    private final OnlineConfig config;
    private final Learner learner;
    private final Optional<FrozenReference> frozen;
    private final RolloutRound round;
    private final RolloutLogps pass;
    private final Minibatches minibatches;
    private final Optimization optimization;
    private final TrainingLoop loop;
    private final ExperienceFiles files;
    private final PolicyWatch watch;
    private final HeldOutAnswers heldOut;
    private Optional<Experience> experience = Optional.empty();
    private List<ComparedGroup> groups = List.of();
    private RunningMean ratios;

    /// Trains until the end or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws org.align4j.error.AlignException for faults of the configuration, the data, the
    ///     model or a reward
    public static void run(OnlineConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Learner.Settings settings = config.learner();
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(settings, start.checkpoint().orElse(config.model()))) {
            TaskData data = TaskData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded(),
                    config.neededColumns(),
                    config.neededColumns(),
                    List.of(),
                    config.rollout().maxNewTokens());
            Optional<FrozenReference> frozen = config.needsFrozenReference()
                    ? Optional.of(FrozenReference.of(
                            learner, settings, config.reference().model()))
                    : Optional.empty();
            try (PolicyRewards rewards = config.rewardFunctions();
                    Optimization optimization = config.optimization()
                            .over(learner.parameters(), config.iteration().totalSteps())) {
                // 3. the run
                start.run(config.plan(), learner, optimization, data.news(), listener, interruption, loop -> {
                    OnlineTrainer trainer =
                            new OnlineTrainer(config, learner, frozen, data, rewards, optimization, loop);
                    return new TrainingLoop.Algorithm(trainer::learn, trainer::evaluate, trainer::samples);
                });
            }
        }
    }

    private OnlineTrainer(
            OnlineConfig config,
            Learner learner,
            Optional<FrozenReference> frozen,
            TaskData data,
            PolicyRewards rewards,
            Optimization optimization,
            TrainingLoop loop) {
        this.config = config;
        this.learner = learner;
        this.frozen = frozen;
        this.optimization = optimization;
        this.loop = loop;
        RolloutConfig rollout = config.rollout();
        round = new RolloutRound(
                rollout,
                config.data(),
                data,
                learner.loaded(),
                Play.ALONE,
                rewards,
                config.comparing()::worths,
                loop::warn,
                config.seed());
        pass = new RolloutLogps(rollout.temperature(), config.iteration().maxTokens());
        minibatches = new Minibatches(rollout.prompts(), 1, config.iteration().minibatches(), config.seed());
        files = new ExperienceFiles(config.output());
        watch = PolicyWatch.after(
                Metrics.read(new RunFiles(config.output()).metrics()), config.iteration(), config.exploration() == 0);
        heldOut = new HeldOutAnswers(
                data.evaluation(),
                learner.loaded(),
                rollout,
                HeldOutConfig.defaults(),
                Play.ALONE,
                rewards,
                frozen,
                config.iteration().maxTokens(),
                config.seed(),
                loop::warn);
        ratios = RunningMean.of(loop.memory());
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
        List<ComparedGroup> minibatch =
                minibatches.of(iteration, update).stream().map(groups::get).toList();
        PairMetrics means = new PairMetrics();
        optimization.startWindow();
        double bonus = update(drawn, minibatch, means);
        loop.remember(ratios.numbers());
        times.put("time/learn", (System.nanoTime() - learning) / 1e9);
        long tokens = minibatch.stream().mapToLong(ComparedGroup::length).sum();
        Map<String, Double> metrics = loop.step(means.loss() + bonus, tokens, "iteration " + iteration, start);
        metrics.putAll(means.named(""));
        metrics.put("loss", means.loss() + bonus);
        if (config.exploration() > 0) {
            metrics.put("loss/exploration", bonus);
        }
        metrics.put("pairs", (double) pairs(minibatch));
        // the reference's answers say nothing of the policy
        Experience own = config.exploration() > 0 ? drawn.ofFirsts() : drawn;
        metrics.putAll(round.metrics(own));
        metrics.putAll(OnlineMetrics.ofSamples(own));
        metrics.putAll(times);
        watch.look(metrics, update == 0).forEach(loop::warn);
        return metrics;
    }

    /// 1. prompts, 2. answers, 3. what they are worth, 4. how likely the reference finds them; or
    /// what was written of all this before an interruption. 5. pairs. Leaves nothing where it is
    /// interrupted now.
    private void begin(long iteration, Map<String, Double> times) {
        experience = files.of(iteration, config.iteration(), () -> drawn(iteration, times));
        experience.ifPresent(drawn -> groups = ComparedGroup.of(
                drawn,
                config.rewarding().mix(false).sum(drawn.rewards()),
                config.comparing(),
                config.loss(),
                config.exploration() > 0));
    }

    private Optional<Experience> drawn(long iteration, Map<String, Double> times) {
        Optional<Experience> answered = config.exploration() > 0
                ? round.drawBeside(prompts -> ofReference(prompts, iteration), iteration, times, loop::interrupted)
                : round.draw(iteration, times, loop::interrupted);
        return answered.map(each -> withReference(each, times));
    }

    /// An answer of the reference to each prompt; its draws are others than the policy's.
    private Optional<List<Rollout>> ofReference(List<int[]> prompts, long iteration) {
        FrozenReference reference = frozen.orElseThrow();
        LoadedModel own = learner.loaded();
        LoadedModel other = new LoadedModel(
                own.source(), reference.model(), own.config(), own.tokenizer(), own.template(), own.eosIds());
        RolloutConfig rollout = config.rollout();
        RolloutSampler sampler = new RolloutSampler(
                other,
                rollout.temperature(),
                rollout.stopStrings(),
                rollout.maxNewTokens(),
                rollout.atOnce(),
                config.seed());
        return reference.acting(() -> sampler.draw(prompts, 1, iteration, prompts.size(), loop::interrupted));
    }

    private Experience withReference(Experience drawn, Map<String, Double> times) {
        if (!config.loss().usesReference()) {
            return drawn;
        }
        long start = System.nanoTime();
        // a renewed reference is the policy of now, before it learns from these answers
        float[][] logps = frozen.map(reference -> reference.logps(pass, drawn.rollouts()))
                .orElseGet(() -> pass.of(learner.model(), drawn.rollouts()));
        times.put("time/reference", (System.nanoTime() - start) / 1e9);
        return drawn.withLogps(Optional.empty(), Optional.of(logps));
    }

    private static long pairs(List<ComparedGroup> groups) {
        return groups.stream().mapToLong(each -> each.group().pairs().size()).sum();
    }

    /// 6. the gradient of one update: the mean loss of its pairs, and the mean bonus of its
    /// prompts.
    ///
    /// @return the bonus
    private double update(Experience drawn, List<ComparedGroup> minibatch, PairMetrics means) {
        long units = minibatch.stream()
                .mapToLong(each -> each.group().units(config.loss()))
                .sum();
        double bonus = 0;
        long microBatch = 0;
        for (List<ComparedGroup> part :
                ComparedGroup.microBatches(minibatch, config.iteration().maxTokens())) {
            Wanted wanted = Wanted.logps()
                    .withTemperature(config.rollout().temperature())
                    .withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch++));
            bonus += backward(drawn, part, wanted, units, minibatch.size(), means);
        }
        return bonus;
    }

    /// @param units what the loss of all pairs is a mean over
    /// @param prompts what the bonus is a mean over
    private double backward(
            Experience drawn, List<ComparedGroup> part, Wanted wanted, long units, int prompts, PairMetrics means) {
        PairBatch batch = PairBatch.of(part.stream().map(ComparedGroup::group).toList());
        List<Integer> rollouts =
                part.stream().flatMap(each -> each.rollouts().stream()).toList();
        try (Scope scope = Scope.open();
                Tape tape = learner.model()
                        .forward(
                                learner.model().pack(batch.sequences()),
                                wanted,
                                config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor loss =
                    Tensor.zeros(DType.FLOAT32, learner.model().device(), 1).sum();
            if (!batch.pairs().isEmpty()) {
                Tensor sum = losses(batch, tape, referenceLogps(drawn, rollouts), means)
                        .sum();
                loss = loss.add(sum.mul(1.0 / units));
            }
            double bonus = 0;
            if (config.exploration() > 0) {
                Tensor likelihood = explored(batch, tape).mul(config.exploration() / prompts);
                bonus = likelihood.detach().item();
                loss = loss.add(likelihood);
            }
            double share = part.size() / (double) prompts;
            Balancing.add(loss, tape, learner.model(), share).backward();
            tape.backward();
            return bonus;
        }
    }

    private Tensor losses(PairBatch batch, Tape tape, Tensor reference, PairMetrics means) {
        Pairs pairs = batch.pairs(tape.logps(), reference, OptionalDouble.empty());
        if (config.loss().usesMeanRatio()) {
            ratios = ratios.with(pairs.chosen().ratios().toFloats())
                    .with(pairs.rejected().ratios().toFloats());
        }
        Tensor losses = batch.losses(config.loss(), pairs.withMeanRatio(ratios.mean()));
        means.add(pairs, config.loss(), losses.detach().sum().item(), batch.units(config.loss()));
        return losses;
    }

    private Tensor referenceLogps(Experience drawn, List<Integer> rollouts) {
        float[] values = drawn.reference()
                .map(logps -> RolloutTokens.joined(rollouts, i -> logps[i]))
                .orElseGet(() -> RolloutTokens.joined(
                        rollouts, i -> new float[drawn.rollouts().get(i).tokens().length]));
        return Tensor.of(values).to(learner.model().device());
    }

    /// The sum of log π of the answers that the reference drew: every second one.
    private static Tensor explored(PairBatch batch, Tape tape) {
        int[] theirs = new int[batch.outputs().size() / 2];
        for (int i = 0; i < theirs.length; i++) {
            theirs[i] = 2 * i + 1;
        }
        Tensor sums = SequenceLogps.sums(tape.logps(), batch.lengths());
        return sums.indexSelect(0, Tensor.of(theirs).to(sums.device())).sum();
    }

    private Map<String, Double> evaluate() {
        return heldOut.measure(loop::interrupted);
    }

    private List<Map<String, String>> samples() {
        List<Map<String, String>> lines = experience
                .map(drawn -> round.samples(drawn, OnlineMetrics.places(groups, drawn)))
                .orElse(List.of());
        for (int i = 0; config.exploration() > 0 && i < lines.size(); i++) {
            lines.get(i).put("drawn_by", i % 2 == 0 ? "policy" : "reference");
        }
        return lines;
    }
}
