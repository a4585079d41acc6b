package org.align4j.data.flan.prompt;

import java.util.List;

/// Inference by the noisy channel (Min et al. 2022, section 3): the label is chosen under which the
/// input is likeliest.
public final class NoisyChannel {
    private NoisyChannel() {}

    /// The same input under every label. A model's answer is the label whose candidate's completion
    /// has the highest log-probability; the completions are equal, so that no length has to be
    /// divided out.
    ///
    /// @param labels in the order of `candidates`
    /// @param candidates prompts that end in a label, each completed by the input
    /// @param right number of the right label
    public record Question(List<String> labels, List<PromptedExample> candidates, int right) {
        public Question {
            labels = List.copyOf(labels);
            candidates = List.copyOf(candidates);
        }
    }
}
