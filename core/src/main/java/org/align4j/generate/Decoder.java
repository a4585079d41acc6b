package org.align4j.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.model.Block;
import org.align4j.model.CausalLm;
import org.align4j.model.PackedInput;
import org.align4j.model.PackedWeights;
import org.align4j.model.RopeScaling;
import org.align4j.nn.Graph;
import org.align4j.nn.Value;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Runs a model over sequences that grow, with their keys and values in a [KvCache].
final class Decoder implements AutoCloseable {
    /// Prompts' tokens that are run at once, about.
    private static final int PREFILL_TOKENS = 4096;
    /// Fewer tokens at the start of prompts are run for each: their results are then the same to
    /// the last bit, whatever else is run.
    private static final int WORTH_SHARING = 64;
    /// Larger models have no room for a second copy of their weights.
    private static final long MOST_PACKED = 2_000_000_000;

    private final CausalLm model;
    private final KvCache cache;
    private final @Nullable PackedWeights packing;
    private final List<Integer> switches;

    /// @param slots sequences at once
    /// @param length tokens of a sequence that there is room for at first
    /// @param longAnswers whether there will be enough steps that packing the weights for them pays
    static Decoder open(CausalLm model, int slots, int length, boolean longAnswers) {
        boolean pack = longAnswers
                && PackedWeights.support(model.dtype(), model.device())
                && model.parameters().size() <= MOST_PACKED;
        PackedWeights packing = pack ? model.packForDecoding(slots) : null;
        try {
            return new Decoder(model, slots, length, packing);
        } catch (RuntimeException e) {
            if (packing != null) {
                packing.close();
            }
            throw e;
        }
    }

    Decoder(CausalLm model, int slots, int length, @Nullable PackedWeights packing) {
        this.model = model;
        this.packing = packing;
        cache = new KvCache(model, slots, length);
        switches = model.architecture().ropes().stream()
                .filter(rope -> rope.scaling() instanceof RopeScaling.LongRope)
                .map(rope -> ((RopeScaling.LongRope) rope.scaling()).originalMaxPositions())
                .toList();
    }

    /// Whether sequences of both lengths are rotated alike: LongRoPE has other factors beyond its
    /// switch.
    boolean turnsAlike(int a, int b) {
        return switches.stream().allMatch(length -> (a > length) == (b > length));
    }

    KvCache cache() {
        return cache;
    }

    /// Runs whole prompts; prompt i's keys and values go to slot `slots[i]`. What all begin with,
    /// such as demonstrations, is run once.
    ///
    /// @param slots rising; those between belong to nobody yet
    /// @return logits after each prompt, `[B, V]`
    Tensor prefill(List<int[]> prompts, int[] slots) {
        List<Tensor> hidden = new ArrayList<>();
        int shared = sharedStart(prompts);
        try (Keeper kept = new Keeper()) {
            int from = 0;
            int tokens = shared;
            for (int to = 1; to <= prompts.size(); to++) {
                tokens += prompts.get(to - 1).length - shared;
                if (to == prompts.size() || tokens + prompts.get(to).length - shared > PREFILL_TOKENS) {
                    try (Scope scope = Scope.open()) {
                        int[] theirs = Arrays.copyOfRange(slots, from, to);
                        hidden.add(kept.keep(prefillAtOnce(prompts.subList(from, to), theirs, shared)));
                    }
                    from = to;
                    tokens = shared;
                }
            }
            return model.logits(hidden.size() == 1 ? hidden.getFirst() : Tensor.cat(hidden, 0));
        }
    }

    /// How many tokens all begin with, the last one of each left; 0 where so few that sharing them
    /// isn't worth it.
    private int sharedStart(List<int[]> prompts) {
        int[] first = prompts.getFirst();
        int shared = first.length - 1;
        for (int[] prompt : prompts) {
            int alike = Arrays.mismatch(first, prompt);
            shared = Math.min(shared, Math.min(prompt.length - 1, alike < 0 ? shared : alike));
        }
        return prompts.size() > 1 && shared >= WORTH_SHARING && model.sharesPrefixes() ? shared : 0;
    }

    /// Hidden states after the last token of each prompt.
    private Tensor prefillAtOnce(List<int[]> prompts, int[] slots, int shared) {
        List<TokenizedExample> whole = prompts.stream()
                .map(prompt -> new TokenizedExample(prompt, new boolean[prompt.length], Source.memory(0)))
                .toList();
        PackedBatch batch = shared > 0 ? model.pack(List.of(whole)) : PackedBatch.of(whole);
        int start = batch.isSharing() ? 1 : 0;
        int[] slotOfToken = new int[batch.tokenCount()];
        Arrays.fill(slotOfToken, 0, batch.offsets()[start], slots[0]);
        int longest = 0;
        for (int b = 0; b < prompts.size(); b++) {
            Arrays.fill(slotOfToken, batch.offsets()[start + b], batch.offsets()[start + b + 1], slots[b]);
            longest = Math.max(longest, prompts.get(b).length);
        }
        cache.reserve(longest);
        Tensor rows = cache.rows(slotOfToken, batch.positions());
        PackedInput input = new PackedInput(model.architecture(), batch, model.dtype(), model.device());
        Block.Attention attention = (graph, block, projected) -> {
            // It turns queries and keys in place.
            Value output = input.of(graph, block, projected);
            cache.write(block, rows, projected.data());
            return output;
        };
        Tensor hidden = run(input.tokens(), input.positions(), attention, batch.ends());
        int others = slots[slots.length - 1] - slots[0];
        if (batch.isSharing() && others > 0) {
            cache.copy(slots[0], slots[0] + 1, others, batch.length(0));
        }
        return hidden;
    }

    /// Runs the tokens of one sequence that its slot does not hold yet.
    ///
    /// @param tokens of the whole sequence
    /// @param before how many of them the slot holds
    /// @return logits after the last, `[1, V]`
    Tensor extend(int slot, int[] tokens, int before) {
        if (before == 0) {
            return prefill(List.of(tokens), new int[] {slot});
        }
        int count = tokens.length - before;
        int[] positions = new int[count];
        Arrays.setAll(positions, i -> before + i);
        ContinuedAttention attention = new ContinuedAttention(model, cache, slot, before, count);
        return model.logits(run(
                Tensor.of(Arrays.copyOfRange(tokens, before, tokens.length)).to(model.device()),
                Tensor.of(positions).to(model.device()),
                attention,
                count - 1));
    }

    /// Runs the newest token of each sequence; sequence i has slot i.
    ///
    /// @return logits after it, `[B, V]`
    Tensor step(List<TokenHistory> sequences) {
        int[] tokens = new int[sequences.size()];
        int[] positions = new int[sequences.size()];
        for (int i = 0; i < tokens.length; i++) {
            TokenHistory sequence = sequences.get(i);
            positions[i] = sequence.length() - 1;
            tokens[i] = sequence.get(positions[i]);
            refresh(i, sequence);
        }
        return model.logits(run(
                Tensor.of(tokens).to(model.device()),
                Tensor.of(positions).to(model.device()),
                new StepAttention(model, cache, positions)));
    }

    /// A sequence that grows past the point where LongRoPE turns otherwise is run anew, as
    /// transformers does: from there on all its keys turn by the other factors.
    private void refresh(int slot, TokenHistory sequence) {
        if (switches.contains(sequence.length() - 1)) {
            try (Scope scope = Scope.open()) {
                prefillAtOnce(List.of(sequence.tokens()), new int[] {slot}, 0);
            }
        }
    }

    /// Hidden states after the final norm at some rows (all where none are named), `[M, H]`.
    private Tensor run(Tensor tokens, Tensor positions, Block.Attention attention, int... wanted) {
        Graph graph = Graph.inference();
        Tensor last = Scope.fold(
                model.embed(graph, tokens, positions).data(),
                model.blocks(),
                (x, block) -> block.of(graph, graph.input(x), attention).data());
        Tensor rows = wanted.length == 0
                ? last
                : last.indexSelect(0, Tensor.of(wanted).to(model.device()));
        return model.finish(graph, graph.input(rows)).data();
    }

    @Override
    public void close() {
        cache.close();
        if (packing != null) {
            packing.close();
        }
    }
}
