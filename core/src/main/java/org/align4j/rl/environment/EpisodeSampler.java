package org.align4j.rl.environment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.generate.DrawKey;
import org.align4j.generate.GenerationRequest;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.tokenizer.ToolCallForm;
import org.jspecify.annotations.Nullable;

/// Draws episodes of several turns: all episodes that go on are drawn together, turn by turn. Which
/// tokens come depends on the weights, the seed, the iteration, the episode and the turn only.
public final class EpisodeSampler {
    private final RolloutSampler sampler;
    private final Environment environment;
    private final ToolCallForm calls;
    private final Turns turns;
    private final int maxTurns;
    private final int maxTokens;

    /// @param sampler of single turns
    /// @param renderer of the policy's chat template
    /// @param calls how that template writes calls of tools
    /// @param maxTurns of the policy; an episode that isn't done then is cut off
    /// @param maxTokens of prompt, turns and observations before a turn begins; an episode that has
    ///     more is cut off
    public EpisodeSampler(
            RolloutSampler sampler,
            Environment environment,
            ChatRenderer renderer,
            ToolCallForm calls,
            Tokenizer tokenizer,
            int maxTurns,
            int maxTokens) {
        this.sampler = sampler;
        this.environment = environment;
        this.calls = calls;
        this.turns = new Turns(renderer, tokenizer);
        this.maxTurns = maxTurns;
        this.maxTokens = maxTokens;
    }

    /// Where episodes begin.
    ///
    /// @param conversation up to the policy's first turn
    /// @param tokens of it
    /// @param fields the other columns of the prompt's row
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    public record Start(Conversation conversation, int[] tokens, Map<String, @Nullable Object> fields) {
        public Start {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /// Draws `group` episodes from each start, the groups one after the other.
    ///
    /// @param iteration of training; with the start's place it fixes the draws
    /// @param firstPlace place of the first start in the iteration
    /// @return empty where it was interrupted
    public Optional<List<Episode>> draw(
            List<Start> starts, int group, long iteration, int firstPlace, BooleanSupplier interrupted) {
        List<Played> all = new ArrayList<>();
        for (int p = 0; p < starts.size(); p++) {
            for (int g = 0; g < group; g++) {
                all.add(new Played(starts.get(p), (long) firstPlace + p, g));
            }
        }
        List<Played> going = new ArrayList<>(all);
        for (int turn = 0; turn < maxTurns && !going.isEmpty(); turn++) {
            int first = turn * group;
            List<GenerationRequest> requests = going.stream()
                    .map(played -> new GenerationRequest(
                            played.ids(), new DrawKey(iteration, played.place, (long) first + played.number)))
                    .toList();
            Optional<List<Rollout>> answers = sampler.draw(requests, interrupted);
            if (answers.isEmpty()) {
                return Optional.empty();
            }
            for (int i = 0; i < going.size(); i++) {
                going.get(i).say(answers.get().get(i));
            }
            going.removeIf(played -> played.over);
        }
        return Optional.of(all.stream().map(Played::episode).toList());
    }

    /// An episode as far as it has come.
    private final class Played {
        private final Start start;
        private final long place;
        private final int number;
        private final List<Message> messages;
        private final StringBuilder text = new StringBuilder();
        private int[] tokens = new int[0];
        private boolean[] drawn = new boolean[0];
        private float[] logps = new float[0];
        private String answer = "";
        private double reward;
        private int count;
        private boolean over;
        private boolean ended;

        Played(Start start, long place, int number) {
            this.start = start;
            this.place = place;
            this.number = number;
            messages = new ArrayList<>(start.conversation().messages());
        }

        /// What the policy goes on from.
        int[] ids() {
            int[] ids = Arrays.copyOf(start.tokens(), start.tokens().length + tokens.length);
            System.arraycopy(tokens, 0, ids, start.tokens().length, tokens.length);
            return ids;
        }

        /// Adds a turn of the policy and what the environment makes of it.
        void say(Rollout turn) {
            add(turn.tokens(), true);
            int before = logps.length;
            logps = Arrays.copyOf(logps, before + turn.samplerLogps().length);
            System.arraycopy(turn.samplerLogps(), 0, logps, before, turn.samplerLogps().length);
            answer = turn.text();
            text.append(answer);
            messages.add(Message.assistant(answer));
            count++;
            if (!turn.ended()) {
                over = true;
                return;
            }
            Environment.Step step = environment.step(new Environment.Turn(
                    new Conversation(messages, start.conversation().tools()),
                    // with special tokens: some templates mark calls by one
                    calls.read(turns.tokenizer().decode(turn.tokens(), false)),
                    start.fields()));
            reward += step.reward();
            ended = step.done();
            over = step.done() || count == maxTurns;
            if (!over) {
                observe(step.observation());
            }
        }

        private void observe(List<Message> observation) {
            int[] between = turns.between(start.conversation(), tokens[tokens.length - 1], observation);
            over = start.tokens().length + tokens.length + between.length > maxTokens;
            if (!over) {
                add(between, false);
                messages.addAll(observation);
                observation.forEach(message -> text.append("\n[")
                        .append(message.role())
                        .append("] ")
                        .append(message.content())
                        .append('\n'));
            }
        }

        private void add(int[] more, boolean own) {
            int before = tokens.length;
            tokens = Arrays.copyOf(tokens, before + more.length);
            System.arraycopy(more, 0, tokens, before, more.length);
            drawn = Arrays.copyOf(drawn, tokens.length);
            Arrays.fill(drawn, before, tokens.length, own);
        }

        Episode episode() {
            return new Episode(
                    new Rollout(start.tokens(), tokens, drawn, logps, ended, text.toString()), answer, reward, count);
        }
    }
}
