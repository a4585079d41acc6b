package org.align4j.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.model.CausalLm;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// Generates answers with a model. Prompts of different lengths are run together without padding,
/// equal ones once; then every step gives each live sequence a token. A sequence that ends leaves
/// its place to one that waits. What a sequence becomes depends on its prompt, the settings, the
/// seed and its [DrawKey], not on what it is batched with, as far as floating point allows.
///
/// LongRoPE switches at each sequence's own length. Under dynamic NTK scaling a cached key keeps
/// the turn of the length at which it was computed, as in transformers: beyond the original
/// context, log-probabilities differ from those of a pass over the whole sequence.
public final class Generator {
    /// Packing the weights costs about as much as it gains in so many steps.
    private static final int WORTH_PACKING = 24;

    private final CausalLm model;
    private final @Nullable Tokenizer tokenizer;
    private final Set<Integer> eosIds;

    /// @param tokenizer spells answers, which stop strings and [Generation#text] need
    /// @param eosIds tokens that end an answer; none: every answer has the most tokens asked for
    public Generator(CausalLm model, Optional<Tokenizer> tokenizer, Set<Integer> eosIds) {
        this.model = model;
        this.tokenizer = tokenizer.orElse(null);
        this.eosIds = Set.copyOf(eosIds);
    }

    /// The answers to `requests`, in their order. Frees all native memory that it took.
    ///
    /// @param interrupted asked before each step; once true, every answer ends where it is
    /// @throws AlignException.Data naming all prompts that are empty, too long for the model with
    ///     the answer asked for, or hold unknown ids
    public List<Generation> generate(
            List<GenerationRequest> requests,
            GenerationOptions options,
            GenerationListener listener,
            BooleanSupplier interrupted) {
        check(requests, options);
        int longest = requests.stream()
                .mapToInt(request -> request.prompt().length)
                .max()
                .orElse(0);
        int slots = Math.min(options.maxSequences(), Math.max(1, requests.size()));
        try (Decoder decoder = Decoder.open(model, slots, longest + 1, options.maxNewTokens() >= WORTH_PACKING)) {
            return new Run(decoder, requests, options, listener, interrupted).all();
        }
    }

    /// As above, with nobody listening and never interrupted.
    public List<Generation> generate(List<GenerationRequest> requests, GenerationOptions options) {
        return generate(requests, options, GenerationListener.NONE, () -> false);
    }

    /// Keeps the keys and values of one conversation from answer to answer.
    public Session session() {
        return new Session(this, Decoder.open(model, 1, KvCache.UNIT, true));
    }

    void check(List<GenerationRequest> requests, GenerationOptions options) {
        if (tokenizer == null && !options.sampling().stopStrings().isEmpty()) {
            throw new AlignException.Config("stop strings: they need a tokenizer; give one or drop them");
        }
        int most = model.architecture().maxPositions();
        int vocabulary = model.architecture().vocabularySize();
        Problems problems = new Problems();
        for (int i = 0; i < requests.size(); i++) {
            int[] prompt = requests.get(i).prompt();
            String place = "prompt " + (i + 1) + ": ";
            if (prompt.length == 0) {
                problems.add(place + "is empty; give at least one token");
            } else if (prompt.length + options.maxNewTokens() > most) {
                problems.add(place + prompt.length + " tokens and an answer of up to " + options.maxNewTokens()
                        + " are more than the model's " + most
                        + " positions; shorten the prompt or ask for fewer tokens");
            }
            if (Arrays.stream(prompt).anyMatch(id -> id < 0 || id >= vocabulary)) {
                problems.add(place + "holds an id outside 0 … " + (vocabulary - 1)
                        + "; encode it with the model's own tokenizer");
            }
        }
        problems.throwIfAny("generation:", AlignException.Data::new);
    }

    Generation continued(
            Decoder decoder,
            GenerationRequest request,
            int cached,
            GenerationOptions options,
            GenerationListener listener,
            BooleanSupplier interrupted) {
        return new Run(decoder, List.of(request), options, listener, interrupted).continued(cached);
    }

    /// One call.
    private final class Run {
        private final Decoder decoder;
        private final List<GenerationRequest> requests;
        private final GenerationOptions options;
        private final GenerationListener listener;
        private final BooleanSupplier interrupted;
        private final Sampler sampler;
        private final Deque<Integer> waiting = new ArrayDeque<>();
        /// By slot.
        private final List<LiveSequence> live = new ArrayList<>();

        private final @Nullable Generation[] answers;

        private Run(
                Decoder decoder,
                List<GenerationRequest> requests,
                GenerationOptions options,
                GenerationListener listener,
                BooleanSupplier interrupted) {
            this.decoder = decoder;
            this.requests = requests;
            this.options = options;
            this.listener = listener;
            this.interrupted = interrupted;
            sampler = new Sampler(options.sampling(), List.copyOf(eosIds), options.logps());
            answers = new Generation[requests.size()];
        }

        private List<Generation> all() {
            for (int i = 0; i < requests.size(); i++) {
                waiting.add(i);
            }
            while (!interrupted.getAsBoolean() && !(waiting.isEmpty() && live.isEmpty())) {
                // Prompts are cheaper together than one at each free place.
                int free = decoder.cache().slots() - live.size();
                if (!waiting.isEmpty()
                        && free >= Math.min(waiting.size(), (decoder.cache().slots() + 3) / 4)) {
                    admit(free);
                } else {
                    step();
                }
            }
            return finished();
        }

        private Generation continued(int cached) {
            LiveSequence sequence = start(0);
            try (Scope scope = Scope.open()) {
                draw(decoder.extend(0, requests.getFirst().prompt(), cached), List.of(sequence));
            }
            while (!interrupted.getAsBoolean() && !live.isEmpty()) {
                step();
            }
            return finished().getFirst();
        }

        private LiveSequence start(int request) {
            LiveSequence sequence = new LiveSequence(request, requests.get(request), options, tokenizer, listener);
            live.add(sequence);
            return sequence;
        }

        /// Runs the prompts of the next `count` requests, equal ones once, and draws a token for
        /// each.
        private void admit(int count) {
            Map<Prompt, List<Integer>> groups = new LinkedHashMap<>();
            for (int i = 0; i < count && !waiting.isEmpty(); i++) {
                int request = waiting.remove();
                groups.computeIfAbsent(new Prompt(requests.get(request).prompt()), prompt -> new ArrayList<>())
                        .add(request);
            }
            List<int[]> prompts = new ArrayList<>();
            List<LiveSequence> started = new ArrayList<>();
            List<Integer> rowOfSequence = new ArrayList<>();
            int[] slots = new int[groups.size()];
            for (Map.Entry<Prompt, List<Integer>> group : groups.entrySet()) {
                slots[prompts.size()] = live.size();
                for (int request : group.getValue()) {
                    started.add(start(request));
                    rowOfSequence.add(prompts.size());
                }
                prompts.add(group.getKey().tokens());
            }
            try (Scope scope = Scope.open()) {
                Tensor logits = decoder.prefill(prompts, slots);
                int at = 0;
                for (List<Integer> members : groups.values()) {
                    if (members.size() > 1) {
                        decoder.cache().copy(slots[at], slots[at] + 1, members.size() - 1, prompts.get(at).length);
                    }
                    at++;
                }
                int[] rows = rowOfSequence.stream().mapToInt(Integer::intValue).toArray();
                Tensor each = started.size() == prompts.size()
                        ? logits
                        : logits.indexSelect(0, Tensor.of(rows).to(model.device()));
                draw(each, started);
            }
        }

        private void step() {
            try (Scope scope = Scope.open()) {
                Tensor logits =
                        decoder.step(live.stream().map(LiveSequence::history).toList());
                draw(logits, List.copyOf(live));
            }
        }

        /// Gives each sequence a token; those that end leave.
        private void draw(Tensor logits, List<LiveSequence> sequences) {
            Drawn drawn = sampler.draw(
                    logits, sequences.stream().map(LiveSequence::row).toList());
            // From the last on, so that the sequence that moves into a free place is one that stays.
            for (int i = sequences.size() - 1; i >= 0; i--) {
                LiveSequence sequence = sequences.get(i);
                if (sequence.accept(drawn, i, eosIds)) {
                    answers[sequence.request()] = sequence.finish(eosIds);
                    leave(live.indexOf(sequence));
                }
            }
        }

        private void leave(int slot) {
            LiveSequence last = live.removeLast();
            if (slot < live.size()) {
                live.set(slot, last);
                // Its newest token was not run yet.
                decoder.cache().copy(live.size(), slot, 1, last.history().length() - 1);
            }
        }

        private List<Generation> finished() {
            for (LiveSequence sequence : live) {
                answers[sequence.request()] = sequence.finish(eosIds);
            }
            live.clear();
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < answers.length; i++) {
                Generation answer = answers[i];
                all.add(
                        answer != null
                                ? answer
                                : new LiveSequence(i, requests.get(i), options, tokenizer, listener).finish(eosIds));
            }
            return all;
        }
    }

    /// Prompts that are equal token by token.
    @SuppressWarnings("ArrayRecordComponent") // equals compares contents
    private record Prompt(int[] tokens) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Prompt prompt && Arrays.equals(tokens, prompt.tokens);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tokens);
        }
    }
}
