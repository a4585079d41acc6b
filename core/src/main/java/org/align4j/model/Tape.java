package org.align4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm.Recording;
import org.align4j.nn.Graph;
import org.align4j.nn.Value;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.DType;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One forward pass and its way back. What a loss needs are leaves of libtorch's autograd:
/// differentiate the loss, then call [#backward()], which takes the leaves' gradients through the
/// head's chunks and block by block into the parameters.
public final class Tape implements AutoCloseable {
    /// One block's part.
    ///
    /// @param graph null if it is to be computed again
    /// @param output null likewise
    private record Segment(
            Value input, @Nullable Graph graph, @Nullable Value output, Keeper keeper) {}

    /// All that were opened, so that a pass that fails anywhere leaves nothing.
    private final List<Keeper> keepers = new ArrayList<>();

    private final CausalLm model;
    private final PackedInput input;
    private final Wanted wanted;
    private final Recording recording;
    private final PackedBatch batch;
    private final int tokens;
    private final Keeper keeper = opened();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Tensor> routerScores = new ArrayList<>();
    /// Rows of the hidden states that predict targets, then those that are scored.
    private final Tensor hiddenRows;

    private final int predicting;
    private final Tensor targets;
    private Tensor last;
    private Tensor hidden;
    private Head.Result result;
    private @Nullable Tensor scores;

    static Tape record(CausalLm model, PackedBatch batch, Wanted wanted, Recording recording) {
        return new Tape(model, batch, wanted, recording);
    }

    private Tape(CausalLm model, PackedBatch batch, Wanted wanted, Recording recording) {
        this.model = model;
        this.wanted = wanted;
        this.recording = recording;
        this.batch = batch;
        this.tokens = batch.tokenCount();
        this.input = new PackedInput(model.architecture(), batch, model.dtype(), model.device());
        Targets aims = wanted.targets() ? Targets.of(batch) : Targets.NONE;
        this.targets = Tensor.of(aims.ids()).to(model.device());
        this.predicting = aims.rows().length;
        int[] rows = Arrays.copyOf(aims.rows(), predicting + wanted.scored().length);
        System.arraycopy(wanted.scored(), 0, rows, predicting, wanted.scored().length);
        this.hiddenRows = Tensor.of(rows).to(model.device());
        try {
            this.last = embed();
            for (Block block : model.blocks()) {
                last = run(block, last);
            }
            hidden = finish();
            result = model.head().forward(predictors(), targets, wanted, recording == Recording.KEEP ? keeper : null);
            scores = wanted.scored().length == 0 ? null : new ScoreHead(model.scoreWeight()).forward(scored());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        if (recording != Recording.NONE) {
            for (Tensor leaf : leaves()) {
                leaf.requiresGrad();
            }
        }
    }

    private Keeper opened() {
        Keeper opened = new Keeper();
        keepers.add(opened);
        return opened;
    }

    /// Hidden states that predict targets, `[M, H]`.
    private Tensor predictors() {
        return hidden.narrow(0, 0, predicting);
    }

    /// Hidden states that are scored, `[S, H]`.
    private Tensor scored() {
        return hidden.narrow(0, predicting, wanted.scored().length);
    }

    private Tensor finish() {
        try (Scope scope = Scope.open()) {
            Graph graph = Graph.inference();
            return keeper.keep(model.finish(graph, graph.rows(graph.input(last), hiddenRows))
                    .data());
        }
    }

    /// What is predicted and from where.
    ///
    /// @param ids tokens, `[M]`
    /// @param rows of the hidden states that predict them, `[M]`
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Targets(int[] ids, int[] rows) {
        static final Targets NONE = new Targets(new int[0], new int[0]);

        static Targets of(PackedBatch batch) {
            Targets targets = new Targets(new int[batch.trainedTokens()], new int[batch.trainedTokens()]);
            int count = 0;
            for (int b = 0; b < batch.sequenceCount(); b++) {
                for (int t = batch.offsets()[b]; t < batch.offsets()[b + 1]; t++) {
                    if (batch.lossMask()[t]) {
                        targets.ids[count] = batch.tokens()[t];
                        targets.rows[count++] = batch.predictor(b, t);
                    }
                }
            }
            return targets;
        }
    }

    private Tensor embed() {
        try (Scope scope = Scope.open()) {
            Tensor embedded = model.embed(Graph.inference(), input.tokens(), input.positions())
                    .data();
            if (wanted.noise() > 0) {
                embedded = embedded.add(noise(embedded));
            }
            return keeper.keep(embedded);
        }
    }

    /// NEFTune (Jain et al. 2023): uniform in ±α / √(L H), L the tokens of the sequence.
    private Tensor noise(Tensor like) {
        float[] magnitudes = new float[(int) like.size(0)];
        for (int b = 0; b < batch.sequenceCount(); b++) {
            double magnitude = wanted.noise() / Math.sqrt((double) batch.length(b) * like.size(1));
            Arrays.fill(magnitudes, batch.offsets()[b], batch.offsets()[b + 1], (float) magnitude);
        }
        Tensor scale = Tensor.of(magnitudes).to(like.device()).to(like.dtype()).unsqueeze(1);
        return Tensor.uniform(-1, 1, wanted.seed(), like).mul_(scale);
    }

    private Tensor run(Block block, Tensor blockInput) {
        Keeper kept = opened();
        try (Scope scope = Scope.open()) {
            Graph graph = switch (recording) {
                case KEEP -> Graph.recording(kept, seed(block));
                case RECOMPUTE -> Graph.rehearsal(seed(block));
                case NONE -> Graph.inference();
            };
            Value from = graph.input(blockInput);
            Value to = block.of(graph, from, input);
            graph.routerScores()
                    .ifPresent(scores -> routerScores.add(keeper.keep(
                            scores.data().detach().narrow(0, 0, tokens).to(DType.FLOAT32))));
            Tensor result = kept.keep(to.data());
            boolean keep = recording == Recording.KEEP;
            if (recording == Recording.NONE && !segments.isEmpty()) {
                segments.removeLast().keeper().close();
            }
            segments.add(new Segment(from, keep ? graph : null, keep ? to : null, kept));
            return result;
        }
    }

    private long seed(Block block) {
        return CounterRandom.of(wanted.seed(), "block").bits(block.index());
    }

    private List<Tensor> leaves() {
        List<Tensor> leaves = new ArrayList<>(List.of(result.logps()));
        Optional.ofNullable(result.entropy()).ifPresent(leaves::add);
        Optional.ofNullable(result.meanLogp()).ifPresent(leaves::add);
        Optional.ofNullable(result.divergence()).ifPresent(leaves::add);
        Optional.ofNullable(scores).ifPresent(leaves::add);
        leaves.addAll(routerScores);
        return leaves;
    }

    /// Log-probabilities of the batch's targets (tokens whose loss mask is set), in order, float32
    /// `[M]`.
    public Tensor logps() {
        return result.logps();
    }

    /// Entropy of each target's distribution in nats, float32 `[M]`, if it was wanted.
    public Tensor entropy() {
        return wanted(result.entropy(), "entropy");
    }

    /// log Σ_v p_v² of each target's distribution, float32 `[M]`, if it was wanted; a constant for
    /// the loss.
    public Tensor concentration() {
        return wanted(result.concentration(), "concentration");
    }

    /// Mean log-probability over the vocabulary for each target, float32 `[M]`, if it was wanted.
    public Tensor meanLogp() {
        return wanted(result.meanLogp(), "meanLogp");
    }

    /// KL(q ‖ p) in nats of each target's distribution p from the teacher's q, both at the
    /// teacher's temperature, float32 `[M]`, if soft targets were given.
    public Tensor divergence() {
        return wanted(result.divergence(), "divergence");
    }

    /// The scalar head's number at each row that was wanted, float32 `[S]`.
    public Tensor scores() {
        return wanted(scores, "scores");
    }

    /// Router scores of each mixture layer, float32 `[N, E]`.
    public List<Tensor> routerScores() {
        return routerScores;
    }

    private static Tensor wanted(@Nullable Tensor tensor, String name) {
        if (tensor == null) {
            throw new IllegalStateException(name + " was not wanted of this forward pass");
        }
        return tensor;
    }

    /// Takes the leaves' gradients into the parameters' gradients.
    public void backward() {
        if (recording == Recording.NONE) {
            throw new IllegalStateException("this forward pass was not recorded");
        }
        Tensor gradient = headBackward();
        Keeper holder = opened();
        holder.keep(gradient);
        int mixtures = routerScores.size();
        for (int i = segments.size() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            Keeper next = opened();
            Keeper recomputed = opened();
            try (Scope scope = Scope.open()) {
                Graph graph = segment.graph();
                Value from = segment.input();
                Value to = segment.output();
                if (graph == null || to == null) {
                    Block block = model.blocks().get(i);
                    graph = Graph.recording(recomputed, seed(block));
                    from = graph.input(from.data());
                    to = block.of(graph, from, input);
                }
                if (graph.routerScores().isPresent()) {
                    mixtures--;
                    accumulateRouter(graph.routerScores().get(), routerScores.get(mixtures));
                }
                graph.backward(to, gradient);
                gradient = next.keep(from.arrivedGradient());
            } finally {
                recomputed.close();
                segment.keeper().close();
                holder.close();
                holder = next;
            }
        }
        try (Scope scope = Scope.open();
                Keeper rest = new Keeper()) {
            Graph graph = Graph.recording(rest, 0);
            graph.backward(model.embed(graph, input.tokens(), input.positions()), gradient);
        } finally {
            holder.close();
        }
    }

    private void accumulateRouter(Value scores, Tensor leaf) {
        if (leaf.hasGrad()) {
            Tensor all =
                    Tensor.zeros(model.dtype(), model.device(), input.tokens().size(0), leaf.size(1));
            all.narrow(0, 0, tokens).copy_(leaf.grad());
            scores.accumulate(all);
        }
    }

    private Tensor headBackward() {
        Keeper kept = new Keeper();
        try (Scope scope = Scope.open()) {
            Tensor gradient = model.head()
                    .backward(
                            predictors(),
                            targets,
                            wanted,
                            result,
                            new Head.Gradients(
                                    gradient(result.logps()),
                                    gradient(result.entropy()),
                                    gradient(result.meanLogp()),
                                    gradient(result.divergence())));
            if (scores != null) {
                Tensor ofScores = new ScoreHead(model.scoreWeight()).backward(scored(), gradient(scores));
                gradient = Tensor.cat(List.of(gradient, ofScores), 0);
            }
            Graph graph = Graph.recording(kept, 0);
            Value from = graph.input(last);
            graph.backward(model.finish(graph, graph.rows(from, hiddenRows)), gradient);
            return keeper.keep(from.arrivedGradient());
        } finally {
            kept.close();
        }
    }

    private static @Nullable Tensor gradient(@Nullable Tensor leaf) {
        return leaf == null || !leaf.hasGrad() ? null : leaf.grad();
    }

    @Override
    public void close() {
        keepers.forEach(Keeper::close);
    }
}
