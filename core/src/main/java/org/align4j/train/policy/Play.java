package org.align4j.train.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.rl.RolloutSampler;
import org.align4j.rl.environment.Environment;
import org.align4j.rl.environment.Episode;
import org.align4j.rl.environment.EpisodeSampler;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.ToolCallForm;
import org.align4j.train.policy.TaskData.TokenizedTask;

/// How answers come about: by single turns, or in talks with an environment.
///
/// @param environment absent: single turns
/// @param maxTurns of the policy
record Play(Optional<Environment> environment, int maxTurns) implements AutoCloseable {
    /// Single turns.
    static final Play ALONE = new Play(Optional.empty(), 1);

    /// Schemas of the tools that a policy may call.
    List<Map<String, Object>> tools() {
        return environment.map(Environment::tools).orElse(List.of());
    }

    /// Draws `group` answers to each task, see [RolloutSampler#draw].
    ///
    /// @param maxNewTokens of a turn
    /// @return empty where it was interrupted
    Optional<List<Episode>> draw(
            LoadedModel policy,
            RolloutSampler sampler,
            int maxNewTokens,
            List<TokenizedTask> tasks,
            int group,
            long iteration,
            int firstPlace,
            BooleanSupplier interrupted) {
        if (environment.isEmpty()) {
            List<int[]> prompts = tasks.stream().map(TokenizedTask::tokens).toList();
            return sampler.draw(prompts, group, iteration, firstPlace, interrupted)
                    .map(rollouts -> rollouts.stream().map(Episode::of).toList());
        }
        ChatTemplate template = policy.template().orElseThrow();
        return new EpisodeSampler(
                        sampler,
                        environment.get(),
                        ChatRenderer.of(template, ChatTemplate.Options.conversation()),
                        ToolCallForm.of(template),
                        policy.tokenizer(),
                        maxTurns,
                        policy.model().architecture().maxPositions() - maxNewTokens)
                .draw(tasks.stream().map(TokenizedTask::start).toList(), group, iteration, firstPlace, interrupted);
    }

    @Override
    public void close() {
        environment.ifPresent(Environment::close);
    }
}
