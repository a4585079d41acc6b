package org.align4j.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.error.Require;
import org.align4j.nn.Activation;
import org.align4j.nn.Norm;

/// Everything that makes one decoder differ from another, as data. Built from a `config.json` or
/// from GGUF metadata.
///
/// @param family the model type as transformers names it, e.g. `llama`; it decides the weights'
///     names on disk
/// @param vocabularySize rows of the embedding, V
/// @param hiddenSize width of the residual stream, H
/// @param heads query heads
/// @param kvHeads key and value heads; `heads` is a multiple
/// @param headSize width of a head, D
/// @param maxPositions longest sequence that the model was made for
/// @param layers one entry a block, in order
/// @param norm the kind of every norm
/// @param normEpsilon added under the norms' square root
/// @param placement where the norms of a block stand
/// @param queryKeyNorm norms on queries and keys before the rotation
/// @param activation the MLP's nonlinearity
/// @param gatedMlp whether the MLP is `down(act(gate x) * up x)`; otherwise `down(act(up x))`
/// @param queryKeyValueBias whether the q, k and v projections have biases
/// @param outputBias whether the attention's output projection has one
/// @param mlpBias whether the MLP's projections have biases
/// @param attentionScale factor on query·key; see [#attentionScale(int)] for what a layer applies
/// @param inverseLayerScale whether layer i divides that factor by i + 1 (an option of GPT-2)
/// @param attentionSoftCap scores become `cap * tanh(score / cap)`, if present
/// @param finalSoftCap the same for the logits
/// @param embeddingScale factor on the token embedding (Gemma: √H), 1 for none
/// @param learnedPositions whether a learned position embedding is added (GPT-2)
/// @param ropes the rotations that layers refer to by index; empty if positions are learned
/// @param tiedHead whether the head is the embedding
/// @param experts mixture of experts, for layers that have it
/// @param outputs what the last hidden states are for
public record Architecture(
        String family,
        int vocabularySize,
        int hiddenSize,
        int heads,
        int kvHeads,
        int headSize,
        int maxPositions,
        List<Layer> layers,
        Norm.Kind norm,
        double normEpsilon,
        NormPlacement placement,
        QueryKeyNorm queryKeyNorm,
        Activation activation,
        boolean gatedMlp,
        boolean queryKeyValueBias,
        boolean outputBias,
        boolean mlpBias,
        double attentionScale,
        boolean inverseLayerScale,
        OptionalDouble attentionSoftCap,
        OptionalDouble finalSoftCap,
        double embeddingScale,
        boolean learnedPositions,
        List<Rope> ropes,
        boolean tiedHead,
        Optional<Experts> experts,
        Heads outputs) {

    public Architecture {
        layers = List.copyOf(layers);
        ropes = List.copyOf(ropes);
        Require.that(vocabularySize > 0 && hiddenSize > 0 && headSize > 0, "sizes must be positive");
        Require.that(
                kvHeads > 0 && heads % kvHeads == 0,
                "heads (" + heads + ") must be a multiple of kv heads (" + kvHeads + ")");
        for (Layer layer : layers) {
            Require.that(
                    layer.rope() < ropes.size(), "layer refers to rotation " + layer.rope() + " of " + ropes.size());
            Require.that(!layer.mixture() || experts.isPresent(), "a mixture layer needs experts");
        }
    }

    /// The same decoder with other heads.
    public Architecture withHeads(Heads wanted) {
        return new Architecture(
                family,
                vocabularySize,
                hiddenSize,
                heads,
                kvHeads,
                headSize,
                maxPositions,
                layers,
                norm,
                normEpsilon,
                placement,
                queryKeyNorm,
                activation,
                gatedMlp,
                queryKeyValueBias,
                outputBias,
                mlpBias,
                attentionScale,
                inverseLayerScale,
                attentionSoftCap,
                finalSoftCap,
                embeddingScale,
                learnedPositions,
                ropes,
                tiedHead,
                experts,
                wanted);
    }

    /// The factor on query·key in layer `layer`.
    public double attentionScale(int layer) {
        return inverseLayerScale ? attentionScale / (layer + 1) : attentionScale;
    }

    /// One block.
    ///
    /// @param window keys that a query sees, itself included; 0 for all
    /// @param rope index of the rotation in [Architecture#ropes()], -1 for none
    /// @param mixture whether the MLP is a mixture of experts
    /// @param intermediateSize width of the MLP (of one expert in a mixture)
    public record Layer(int window, int rope, boolean mixture, int intermediateSize) {}

    /// A rotation of queries and keys.
    ///
    /// @param theta base of the frequencies
    /// @param size rotated features of a head, even, ≤ D; the rest pass through
    /// @param scaling how frequencies change for longer contexts
    public record Rope(double theta, int size, RopeScaling scaling) {}

    /// A mixture of experts.
    ///
    /// @param count experts in a layer, E
    /// @param perToken experts that each token visits
    /// @param normaliseTopK whether the chosen experts' weights are made to sum to 1
    /// @param auxiliaryLoss coefficient of the load-balancing loss
    public record Experts(int count, int perToken, boolean normaliseTopK, double auxiliaryLoss) {}

    /// Where a block's norms stand. `f` is attention or MLP.
    public enum NormPlacement {
        /// `x + f(norm(x))`.
        BEFORE,
        /// `x + norm(f(x))` (OLMo 2).
        AFTER,
        /// `x + norm(f(norm(x)))` (Gemma 2 and 3).
        AROUND,
        /// `x + attention(norm(x)) + mlp(norm'(x))` (GPT-NeoX).
        PARALLEL
    }

    /// Norms on queries and keys.
    public enum QueryKeyNorm {
        NONE,
        /// Over each head's features, one weight `[D]` for all heads (Qwen3, Gemma 3).
        PER_HEAD,
        /// Over all heads' features together, weight `[heads * D]` (OLMo 2).
        ALL_HEADS
    }
}
