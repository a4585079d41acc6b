package org.align4j.model;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.nn.AttentionPlan;
import org.align4j.nn.AttentionScale;
import org.align4j.nn.Graph;
import org.align4j.nn.Rotation;
import org.align4j.nn.SelfAttention;
import org.align4j.nn.Value;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A packed batch as the blocks see it. The rows are rounded up with one spare sequence, so that
/// batches of similar sizes share their kernels; nothing depends on it.
public final class PackedInput implements Block.Attention {
    /// Rows are a multiple of this.
    private static final int ROWS = 64;

    private final Architecture architecture;
    private final List<SelfAttention> attentions;
    private final Tensor tokens;
    private final Tensor positions;
    private final AttentionPlan plan;
    private final List<Rotation> rotations;

    public PackedInput(Architecture architecture, PackedBatch batch, DType dtype, Device device) {
        this.architecture = architecture;
        attentions = selfAttentions(architecture);
        if (batch.isSharing() && !sharesPrefixes(architecture)) {
            throw new AlignException.Model("rotary positions of this model depend on each sequence's own length;"
                    + " sequences can't share the start of a prompt");
        }
        int count = batch.tokenCount();
        int rows = (count / ROWS + 1) * ROWS;
        int[] places = Arrays.copyOf(batch.positions(), rows);
        int[] lengths = new int[rows];
        for (int b = 0; b < batch.sequenceCount(); b++) {
            Arrays.fill(lengths, batch.offsets()[b], batch.offsets()[b + 1], batch.wholeLength(b));
        }
        for (int i = count; i < rows; i++) {
            // tiny models have fewer positions than the spare sequence rows
            places[i] = Math.min(i - count, architecture.maxPositions() - 1);
            lengths[i] = rows - count;
        }
        int[] offsets = Arrays.copyOf(batch.offsets(), batch.offsets().length + 1);
        offsets[offsets.length - 1] = rows;
        int[] parents = Arrays.copyOf(batch.parents(), batch.parents().length + 1);
        parents[parents.length - 1] = -1;
        tokens = Tensor.of(Arrays.copyOf(batch.tokens(), rows)).to(device);
        positions = Tensor.of(places).to(device);
        Set<Integer> windows =
                architecture.layers().stream().map(Architecture.Layer::window).collect(Collectors.toSet());
        plan = new AttentionPlan(
                offsets, parents, architecture.heads(), architecture.kvHeads(), windows, dtype, device);
        rotations = Rotations.of(architecture, places, lengths, dtype, device);
    }

    /// Whether what several sequences begin with is the same in all of them, however long they are.
    static boolean sharesPrefixes(Architecture architecture) {
        return architecture.ropes().stream().noneMatch(RopeFrequencies::dependsOnLength);
    }

    /// One for each block: their scales may differ.
    private static List<SelfAttention> selfAttentions(Architecture architecture) {
        return IntStream.range(0, architecture.layers().size())
                .mapToObj(layer -> new SelfAttention(
                        architecture.heads(),
                        architecture.kvHeads(),
                        architecture.headSize(),
                        new AttentionScale(architecture.attentionScale(layer)),
                        architecture.attentionSoftCap().orElse(0)))
                .toList();
    }

    /// int64 `[N']`, N' ≥ N + 1.
    public Tensor tokens() {
        return tokens;
    }

    /// int64 `[N']`.
    public Tensor positions() {
        return positions;
    }

    @Override
    public Value of(Graph graph, int block, Value projected) {
        Architecture.Layer layer = architecture.layers().get(block);
        @Nullable Rotation rotation = layer.rope() < 0 ? null : rotations.get(layer.rope());
        return attentions.get(block).of(graph, projected, plan, rotation, layer.window());
    }
}
