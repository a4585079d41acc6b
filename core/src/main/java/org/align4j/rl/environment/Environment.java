package org.align4j.rl.environment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.tokenizer.ToolCallForm;
import org.jspecify.annotations.Nullable;

/// What a policy talks with. Write your own, with a constructor without parameters, and name it as
/// `environment: {type: java, name: …}`.
///
/// It remembers nothing: all that it may depend on is the turn, so that an interrupted iteration is
/// played again as it was. What can't be had (a service that fails) is an exception and ends the
/// run.
@FunctionalInterface
public interface Environment extends AutoCloseable {
    /// What the policy said, after all that went before.
    ///
    /// @param conversation ends with what the policy said
    /// @param said that, read for calls of tools as the chat template writes them
    /// @param fields the other columns of the prompt's row, such as the expected answer
    record Turn(Conversation conversation, ToolCallForm.Reading said, Map<String, @Nullable Object> fields) {
        public Turn {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /// What comes of it.
    ///
    /// @param observation messages that the policy goes on from, mostly of role `tool` or `user`;
    ///     none where it is done
    /// @param reward of this turn; those of an episode are added
    /// @param done whether the episode ends here
    record Step(List<Message> observation, double reward, boolean done) {
        public Step {
            observation = List.copyOf(observation);
            if (!done && observation.isEmpty()) {
                throw new IllegalArgumentException("a step that goes on needs an observation");
            }
            if (!Double.isFinite(reward)) {
                throw new IllegalArgumentException("the reward of a step must be finite, got " + reward);
            }
        }

        /// The episode goes on from a message, for which nothing is earned.
        public static Step observed(Message observation) {
            return new Step(List.of(observation), 0, false);
        }

        /// The episode ends.
        public static Step done(double reward) {
            return new Step(List.of(), reward, true);
        }
    }

    /// What happens after a turn. Called on the thread that trains.
    Step step(Turn turn);

    /// JSON schemas of the tools that the policy may call, for chat templates that describe them.
    default List<Map<String, Object>> tools() {
        return List.of();
    }

    /// Frees what it holds.
    @Override
    default void close() {}
}
