package org.align4j.train.policy;

import java.util.List;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.loss.Aggregation;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyTokens;
import org.align4j.loss.ValueLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Rollout;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// The gradients of one optimiser step of PPO, of policy and values, from some answers of an
/// iteration.
///
/// @param step of the run, which dropout differs by
/// @param fresh whether the weights are those that the answers were drawn with
/// @param ofPolicy what is logged of the policy
/// @param ofValues what is logged of the values
record PpoUpdate(
        PpoConfig config,
        CausalLm policy,
        Critic critic,
        Experience drawn,
        PpoAdvantages targets,
        long step,
        boolean fresh,
        PolicyMetrics ofPolicy,
        ValueMetrics ofValues) {
    PpoUpdate(
            PpoConfig config,
            CausalLm policy,
            Critic critic,
            Experience drawn,
            PpoAdvantages targets,
            long step,
            boolean fresh) {
        this(config, policy, critic, drawn, targets, step, fresh, new PolicyMetrics(), new ValueMetrics());
    }

    /// Adds the gradients of answers, micro batch by micro batch.
    ///
    /// @param minibatch their numbers
    /// @return tokens that went through the policy
    long backward(List<Integer> minibatch) {
        List<List<Integer>> microBatches = RolloutLogps.microBatches(
                drawn.rollouts(), minibatch, config.iteration().maxTokens());
        long trained = minibatch.stream()
                .mapToLong(i -> drawn.rollouts().get(i).tokens().length)
                .sum();
        Aggregation.Window window = new Aggregation.Window(
                Math.max(1, minibatch.size()), Math.max(1, trained), Math.max(1, microBatches.size()));
        long tokens = 0;
        for (int part = 0; part < microBatches.size(); part++) {
            List<Integer> microBatch = microBatches.get(part);
            long dropout = CounterRandom.of(config.seed(), "forward").bits(step, part);
            List<Rollout> rollouts =
                    microBatch.stream().map(drawn.rollouts()::get).toList();
            switch (critic) {
                case Critic.Own own -> {
                    learnPolicy(microBatch, rollouts, window, dropout);
                    learnValues(own.model(), microBatch, rollouts, window, dropout);
                }
                case Critic.Head head -> learnBoth(microBatch, rollouts, window, dropout);
            }
            tokens += rollouts.stream().mapToInt(Rollout::length).sum();
        }
        return tokens;
    }

    private void learnPolicy(
            List<Integer> microBatch, List<Rollout> rollouts, Aggregation.Window window, long dropout) {
        try (Scope scope = Scope.open();
                Tape tape =
                        policy.forward(policy.pack(Rollout.groups(rollouts)), ofTokens(dropout), recording(config))) {
            policyLoss(tape, microBatch, rollouts, window).backward();
            tape.backward();
        }
    }

    private void learnValues(
            CausalLm values,
            List<Integer> microBatch,
            List<Rollout> rollouts,
            Aggregation.Window window,
            long dropout) {
        PackedBatch packed = values.pack(Rollout.groups(rollouts));
        Wanted wanted = Wanted.scores(RolloutValues.states(packed)).withSeed(dropout);
        try (Scope scope = Scope.open();
                Tape tape = values.forward(packed, wanted, recording(config))) {
            valueLoss(tape, microBatch, window).backward();
            tape.backward();
        }
    }

    private void learnBoth(List<Integer> microBatch, List<Rollout> rollouts, Aggregation.Window window, long dropout) {
        PackedBatch packed = policy.pack(Rollout.groups(rollouts));
        Wanted wanted = ofTokens(dropout).withScores(RolloutValues.states(packed));
        try (Scope scope = Scope.open();
                Tape tape = policy.forward(packed, wanted, recording(config))) {
            policyLoss(tape, microBatch, rollouts, window)
                    .add(valueLoss(tape, microBatch, window))
                    .backward();
            tape.backward();
        }
    }

    /// @param dropout seed of what is left out
    private Wanted ofTokens(long dropout) {
        return Wanted.logps()
                .withTemperature(config.rollout().temperature())
                .withEntropy()
                .withSeed(dropout);
    }

    private Tensor policyLoss(Tape tape, List<Integer> microBatch, List<Rollout> rollouts, Aggregation.Window window) {
        float[] computed = tape.logps().toFloats();
        float[][] old = drawn.old().orElseThrow();
        PolicyObjective.Terms terms = config.loss()
                .objective()
                .of(
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
        ofPolicy.add(terms);
        ofPolicy.addEntropy(tape.entropy().detach().sum().item(), computed.length);
        if (fresh) {
            ofPolicy.addDifferences(
                    computed,
                    RolloutTokens.joined(
                            microBatch, i -> drawn.rollouts().get(i).samplerLogps()));
        }
        return terms.loss();
    }

    /// With its coefficient.
    private Tensor valueLoss(Tape tape, List<Integer> microBatch, Aggregation.Window window) {
        float[][] old = drawn.values().orElseThrow();
        float[] returns = RolloutTokens.joined(microBatch, i -> targets.returns()[i]);
        ValueLoss.Terms terms = config.loss()
                .valueLoss()
                .of(
                        tape.scores(),
                        onDevice(RolloutTokens.joined(microBatch, i -> old[i])),
                        onDevice(returns),
                        window.tokens());
        ofValues.add(terms, tape.scores().toFloats(), returns);
        return terms.loss().mul(config.loss().valueCoefficient());
    }

    static Recording recording(PpoConfig config) {
        return config.lean() ? Recording.RECOMPUTE : Recording.KEEP;
    }

    private Tensor onDevice(float[] numbers) {
        return Tensor.of(numbers).to(policy.device());
    }
}
