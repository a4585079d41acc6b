package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.world.gold.GoldReward;

/// What became of one prompt in stage 1: every text, in order.
///
/// @param id of the prompt
/// @param response the first answer; empty where none came
/// @param failure why it went no further; empty where all is well
/// @param goldRewards of the prompt's row, where it is of the small world
public record Chain(
        String id,
        String prompt,
        String response,
        List<Step> steps,
        Optional<String> failure,
        List<GoldReward> goldRewards) {
    public Chain {
        steps = List.copyOf(steps);
        goldRewards = List.copyOf(goldRewards);
    }

    /// One critique and revision.
    ///
    /// @param principle by its id
    /// @param critique empty where none was asked for
    public record Step(String principle, String critique, String revision) {}

    /// A prompt that wasn't answered yet.
    static Chain of(RedTeamPrompt prompt) {
        return new Chain(prompt.id(), prompt.prompt(), "", List.of(), Optional.empty(), prompt.goldRewards());
    }

    /// The answer after the last revision.
    String answer() {
        return steps.isEmpty() ? response : steps.getLast().revision();
    }

    Chain responding(String text) {
        return new Chain(id, prompt, text, steps, failure, goldRewards);
    }

    Chain with(Step step) {
        List<Step> more = new ArrayList<>(steps);
        more.add(step);
        return new Chain(id, prompt, response, more, failure, goldRewards);
    }

    Chain without(String reason) {
        return new Chain(id, prompt, response, steps, Optional.of(reason), goldRewards);
    }

    /// With another text as its last revision, where a person wrote one.
    Chain edited(String text) {
        List<Step> changed = new ArrayList<>(steps);
        Step last = changed.isEmpty() ? new Step("by hand", "", "") : changed.removeLast();
        changed.add(new Step(last.principle(), last.critique(), text));
        return new Chain(id, prompt, response, changed, Optional.empty(), goldRewards);
    }
}
