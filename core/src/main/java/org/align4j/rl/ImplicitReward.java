package org.align4j.rl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.peft.ModelLoading;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;

/// The reward that a policy implies: r̂(x, y) = β log π(y|x)/π_ref(y|x), section 4 of Rafailov et
/// al. 2023. It is the reward of which the policy is the optimum, up to what depends on the prompt
/// only; differences of answers to one prompt are therefore right.
public final class ImplicitReward implements Scorer {
    private final LoadedModel policy;
    private final LoadedModel reference;
    private final double beta;
    private final boolean chat;

    private ImplicitReward(LoadedModel policy, LoadedModel reference, double beta, boolean chat) {
        this.policy = policy;
        this.reference = reference;
        this.beta = beta;
        this.chat = chat;
    }

    /// @param policy what preferences made of the reference: a model directory, adapter or run
    /// @param reference the same
    /// @param chat whether answers are written by the policy's template, if it has one
    /// @throws AlignException.Config for models of different vocabularies, or a β that is not
    ///     positive
    public static ImplicitReward load(
            Path policy, Path reference, double beta, boolean chat, DType dtype, Device device) {
        if (!(beta > 0)) {
            throw new AlignException.Config("beta: " + beta + " must be > 0");
        }
        LoadedModel own = ModelLoading.load(policy, dtype, device);
        try {
            LoadedModel other = ModelLoading.load(reference, dtype, device);
            try {
                own.requireTokensOf(other, "reference");
            } catch (RuntimeException e) {
                other.close();
                throw e;
            }
            return new ImplicitReward(own, other, beta, chat);
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    @Override
    public LoadedModel loaded() {
        return policy;
    }

    @Override
    public Optional<ChatRenderer> renderer() {
        return policy.template()
                .filter(template -> chat)
                .map(template -> ChatRenderer.of(template, ChatTemplate.Options.conversation()));
    }

    @Override
    public List<float[]> score(List<List<TokenizedExample>> groups, int maxTokens, BooleanSupplier interrupted) {
        return TextBatches.scored(groups, maxTokens, interrupted, part -> {
            float[] own = logps(policy.model(), part);
            float[] other = logps(reference.model(), part);
            float[] rewards = new float[own.length];
            for (int i = 0; i < rewards.length; i++) {
                rewards[i] = (float) (beta * (own[i] - other[i]));
            }
            return rewards;
        });
    }

    /// log π(y|x) of every text's answer.
    private static float[] logps(CausalLm model, List<List<TokenizedExample>> groups) {
        List<TokenizedExample> texts = new ArrayList<>();
        groups.forEach(texts::addAll);
        PackedBatch batch = model.pack(groups);
        float[] tokens;
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.logps(), Recording.NONE)) {
            tokens = tape.logps().toFloats();
        }
        float[] sums = new float[texts.size()];
        int at = 0;
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            for (int t = 0; t < texts.get(i).trainedTokens(); t++) {
                sum += tokens[at++];
            }
            sums[i] = (float) sum;
        }
        return sums;
    }

    @Override
    public void close() {
        reference.close();
        policy.close();
    }
}
