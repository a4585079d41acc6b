package org.align4j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.model.Architecture.QueryKeyNorm;
import org.align4j.nn.Embedding;
import org.align4j.nn.FeedForward;
import org.align4j.nn.Graph;
import org.align4j.nn.Linear;
import org.align4j.nn.Mixture;
import org.align4j.nn.Mlp;
import org.align4j.nn.Norm;
import org.align4j.nn.Parameter;
import org.align4j.nn.Parameters;
import org.align4j.nn.Value;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.FloatProducts;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A causal language model of any family. Its parameters belong to the scope it is made in.
public final class CausalLm {
    private final Architecture architecture;
    private final WeightLayout layout;
    private final Parameters parameters;
    private final DType dtype;
    private final Device device;
    private final Embedding embedding;
    private final @Nullable Embedding positions;
    private final List<Block> blocks;
    private final Norm finalNorm;
    private final Head head;
    private @Nullable PackedWeights packing;

    /// A model with uninitialised weights.
    ///
    /// @param dtype type of the computation; masters of trained models are float32 whatever it is
    /// @param trained whether its weights are to be trained
    public CausalLm(Architecture architecture, DType dtype, Device device, boolean trained) {
        this.architecture = architecture;
        this.layout = WeightLayout.of(architecture);
        this.dtype = dtype;
        this.device = device;
        parameters =
                new Parameters(layout.weights().stream().map(CausalLm::spec).toList(), dtype, device, trained);
        if (dtype == DType.FLOAT32 && device.equals(Device.CPU)) {
            FloatProducts.of(parameters.size());
        }
        embedding = new Embedding(parameters.get("embed"));
        positions = architecture.learnedPositions() ? new Embedding(parameters.get("positions")) : null;
        blocks = IntStream.range(0, architecture.layers().size())
                .mapToObj(this::block)
                .toList();
        finalNorm = norm("final_norm").orElseThrow();
        head = new Head(
                new Linear(
                        parameters.has("head")
                                ? parameters.get("head")
                                : parameters.get("embed").alias("head"),
                        Optional.empty()),
                architecture.finalSoftCap().orElse(0));
    }

    /// Tensors that are fused here stay apart for optimisers that look at shapes, as they are apart
    /// in the peers.
    private static Parameters.Spec spec(WeightLayout.Weight weight) {
        return new Parameters.Spec(
                weight.name(),
                weight.shape(),
                weight.decay(),
                weight.parts().stream()
                        .map(part -> new Parameters.Piece(part.huggingFaceName(), part.firstRow(), part.rows()))
                        .toList());
    }

    private Block block(int index) {
        String prefix = "layers." + index + ".";
        boolean perHead = architecture.queryKeyNorm() != QueryKeyNorm.NONE;
        return new Block(
                index,
                architecture.placement(),
                norm(prefix + "attention_norm"),
                norm(prefix + "post_attention_norm"),
                norm(prefix + "mlp_norm"),
                norm(prefix + "post_mlp_norm"),
                linear(prefix + "qkv"),
                perHead ? norm(prefix + "q_norm") : Optional.empty(),
                perHead ? norm(prefix + "k_norm") : Optional.empty(),
                linear(prefix + "attention_out"),
                feedForward(prefix, architecture.layers().get(index)));
    }

    private FeedForward feedForward(String prefix, Architecture.Layer layer) {
        if (!layer.mixture()) {
            return mlp(prefix);
        }
        Architecture.Experts experts = architecture.experts().orElseThrow();
        return new Mixture(
                linear(prefix + "router"),
                IntStream.range(0, experts.count())
                        .mapToObj(e -> mlp(prefix + "experts." + e + "."))
                        .toList(),
                experts.perToken(),
                experts.normaliseTopK());
    }

    private Mlp mlp(String prefix) {
        return new Mlp(
                linear(prefix + (architecture.gatedMlp() ? "gate_up" : "up")),
                linear(prefix + "down"),
                architecture.activation(),
                architecture.gatedMlp());
    }

    private Linear linear(String name) {
        return new Linear(parameters.get(name), optional(name + ".bias"));
    }

    private Optional<Norm> norm(String name) {
        return optional(name)
                .map(weight -> new Norm(
                        architecture.norm(),
                        weight,
                        optional(name + ".bias").orElse(null),
                        architecture.normEpsilon()));
    }

    private Optional<Parameter> optional(String name) {
        return parameters.has(name) ? Optional.of(parameters.get(name)) : Optional.empty();
    }

    /// Draws the scalar head's first weights, normal with deviation 1 / √(H + 1) (Stiennon et al.
    /// 2020).
    public void initialiseScore(long seed) {
        double deviation = 1 / Math.sqrt(architecture.hiddenSize() + 1.0);
        new Initialisation(architecture, deviation, seed).fill(scoreWeight());
        parameters.refresh();
    }

    /// Draws first weights.
    ///
    /// @param deviation of matrices and embeddings, mostly [ModelConfig#initializerRange()]
    public void initialise(double deviation, long seed) {
        Initialisation initialisation = new Initialisation(architecture, deviation, seed);
        parameters.all().forEach(initialisation::fill);
        parameters.refresh();
    }

    public Architecture architecture() {
        return architecture;
    }

    public WeightLayout layout() {
        return layout;
    }

    public Parameters parameters() {
        return parameters;
    }

    public DType dtype() {
        return dtype;
    }

    public Device device() {
        return device;
    }

    public List<Block> blocks() {
        return blocks;
    }

    /// The linear layer of a block whose weight has that name among the parameters.
    public Optional<Linear> linearOf(String parameter) {
        return blocks.stream()
                .flatMap(block -> linears(block).stream())
                .filter(linear -> linear.weight().name().equals(parameter))
                .findFirst();
    }

    private static List<Linear> linears(Block block) {
        List<Linear> all = new ArrayList<>(List.of(block.projection(), block.output()));
        switch (block.mlp()) {
            case Mlp mlp -> all.addAll(List.of(mlp.up(), mlp.down()));
            case Mixture mixture -> {
                all.add(mixture.router());
                mixture.experts().forEach(expert -> all.addAll(List.of(expert.up(), expert.down())));
            }
        }
        return all;
    }

    /// Embedded tokens, `[N, H]`.
    ///
    /// @param tokens int64 `[N]`
    /// @param places int64 `[N]`
    public Value embed(Graph graph, Tensor tokens, Tensor places) {
        if (packing != null) {
            packing.check();
        }
        Value embedded = embedding.of(graph, tokens);
        if (positions != null) {
            embedded = graph.add(embedded, positions.of(graph, places));
        }
        return architecture.embeddingScale() == 1 ? embedded : graph.scale(embedded, embeddingScale());
    }

    /// transformers rounds Gemma's √H to the type of the weights.
    private double embeddingScale() {
        return dtype == DType.BFLOAT16
                ? Tensor.full(architecture.embeddingScale(), dtype, Device.CPU, 1)
                        .item()
                : (float) architecture.embeddingScale();
    }

    /// The final norm's output, `[N, H]`.
    public Value finish(Graph graph, Value hidden) {
        return finalNorm.of(graph, hidden);
    }

    /// The head's weight, `[V, H]`: the embedding in another place where they are tied.
    public Parameter headWeight() {
        return head.weight();
    }

    /// The scalar head's weight, `[1, H]`.
    ///
    /// @throws IllegalStateException of a model without one, see [Architecture#outputs()]
    public Parameter scoreWeight() {
        return optional(WeightLayout.SCORE)
                .orElseThrow(() -> new IllegalStateException("this model has no scalar head; load it with one"));
    }

    /// Packs the weights for decoding, see [PackedWeights].
    ///
    /// @param rows the most sequences at once
    public PackedWeights packForDecoding(int rows) {
        if (packing != null) {
            throw new IllegalStateException("the weights are packed already; close the other packing first");
        }
        List<Linear> linears = new ArrayList<>(List.of(head.projection()));
        blocks.forEach(block -> linears.addAll(linears(block)));
        packing = new PackedWeights(linears, rows, parameters, () -> packing = null);
        return packing;
    }

    Head head() {
        return head;
    }

    /// Packs groups of examples, such as answers to one prompt each: what a group begins with is
    /// computed once, as [PackedBatch#sharing] says, unless rotary positions depend on each
    /// sequence's own length.
    public PackedBatch pack(List<List<TokenizedExample>> groups) {
        return sharesPrefixes()
                ? PackedBatch.sharing(groups)
                : PackedBatch.of(groups.stream().flatMap(List::stream).toList());
    }

    /// Whether [#pack] computes what a group begins with once.
    public boolean sharesPrefixes() {
        return PackedInput.sharesPrefixes(architecture);
    }

    /// Refuses what a model's heads don't give.
    private void check(Wanted wanted) {
        if (wanted.targets() && !architecture.outputs().language()) {
            throw new IllegalStateException("this model gives a number, no log-probabilities; load it with both heads");
        }
        if (wanted.scored().length > 0 && !architecture.outputs().scalar()) {
            throw new IllegalStateException("this model has no scalar head; load it with one");
        }
    }

    /// Logits `[M, V]` of hidden states `[M, H]` after the final norm.
    public Tensor logits(Tensor hidden) {
        return head.logits(hidden);
    }

    /// Hidden states after the final norm, `[N, H]`, of every token of a batch.
    public Tensor hidden(PackedBatch batch) {
        PackedInput input = new PackedInput(architecture, batch, dtype, device);
        Graph graph = Graph.inference();
        Tensor embedded = embed(graph, input.tokens(), input.positions()).data();
        Tensor last = Scope.fold(
                embedded,
                blocks,
                (x, block) -> block.of(graph, graph.input(x), input).data());
        return finish(graph, graph.input(last.narrow(0, 0, batch.tokenCount()))).data();
    }

    /// Runs the model forward on a batch, for learning from it.
    ///
    /// @throws IllegalStateException when a head that is wanted isn't there
    public Tape forward(PackedBatch batch, Wanted wanted, Recording recording) {
        check(wanted);
        return Tape.record(this, batch, wanted, recording);
    }

    /// How a forward pass prepares for its way back.
    public enum Recording {
        /// Keeps what the way back needs.
        KEEP,
        /// Keeps each block's input only and computes the rest again: slower by a third, far
        /// smaller.
        RECOMPUTE,
        /// There is no way back.
        NONE
    }
}
